"""`load`: twenty scripted lives, 300 events a second in all, a plot every few seconds and 5 commands a second, in one process.

The lives are the bundled recording at real speed through the real capture; its captions are the words, so that triggers, risk
rules, the rolling transcript and clips all work. The lag is the product's own figure over the whole run, its start included;
CPU is that of this process (100: one core), plots draw in processes of their own. Posts are drawn and printed to nowhere.
"""

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from bot.app import App, serve
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.surfaces.console.client import ConsoleClient
from bot.surfaces.console.draw import Numbers
from bot.surfaces.console.post import ConsoleMessenger
from bot.wording import Words
from core.adapters.clock import SystemClock
from core.model.person import Platform
from core.model.trigger import Trigger
from core.ports.messenger import Messenger
from core.settings import Settings, Speech
from tests.bench.ingest import chat, vocabulary
from tests.bench.lives import PLACE, ScriptedLives, follow_all, percentile
from tests.waiting import until

LIVES = 20
EVENTS_EACH_SECOND = 300
SECONDS = 30.0
COMMAND_EVERY = 0.2
PLOT_EVERY = 3.0
TRIGGERS = 200
SPOKEN = ("soup", "onions", "giveaway", "honey", "table")
COMMANDS = ("following", "lives now", "trigger list", "transcript open {live}", "status", "lives list", "help")
PATIENCE = 60.0


def run() -> dict[str, Any]:
    """Goal: the loop's lag p99 0.1 s."""
    with tempfile.TemporaryDirectory() as folder:
        return {"figures": asyncio.run(_measure(Path(folder)))}


async def _measure(folder: Path) -> dict[str, float]:
    clock, words = SystemClock(), vocabulary()
    lines = [event.text for event in chat(words, 5_000)]
    lives = ScriptedLives(clock, EVENTS_EACH_SECOND / LIVES, lambda number: lines[number % len(lines)], captions=True)
    settings = Settings.model_construct(DATA_DIR=folder, SPEECH=Speech.CAPTIONS)
    figures: dict[str, float] = {}
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console, numbers = Console(file=nowhere, soft_wrap=True), Numbers()
        wording = Words("en", settings.zone)

        def connect(house: House) -> Mapping[Platform, Messenger]:
            return {Platform.CONSOLE: ConsoleMessenger(console, house.storage, wording, numbers)}

        async def front(app: App) -> None:
            gc.freeze()  # as `earshot run` does
            listened = [*words[:: len(words) // TRIGGERS], *SPOKEN]
            await follow_all(app.house.storage, clock.now(), LIVES, [Trigger(0, PLACE, word) for word in listened])
            client = ConsoleClient(app.house, Kernel(ALL), console, numbers, wording)
            figures.update(await Load(app, lives, client).figures())

        await serve(settings, connect, front, source=lives, clock=clock)
    return figures


@dataclass
class Load:
    """What is done to a running Earshot."""

    app: App
    lives: ScriptedLives
    client: ConsoleClient
    took: list[float] = field(default_factory=list)
    plots: int = 0

    async def figures(self) -> dict[str, float]:
        """Wait until all lives are on, load for `SECONDS`, measure."""
        zeros = self.lives.zeros
        await until(lambda: len(zeros) >= LIVES and all(zero.done() for zero in zeros.values()), PATIENCE)
        process = psutil.Process()
        cpu, began, sent = process.cpu_times(), time.perf_counter(), self.lives.sent
        async with asyncio.TaskGroup() as group:
            group.create_task(self._command(began + SECONDS))
            group.create_task(self._plot(began + SECONDS))
        passed, used = time.perf_counter() - began, process.cpu_times()
        vitals = self.app.house.diagnosing.now()
        rss = process.memory_info().rss
        assert vitals.dropped == 0
        return {
            "loop_lag_p99_seconds": vitals.loop_lag_p99_seconds,
            "writer_wait_seconds": vitals.writer_wait_seconds,
            "cpu_percent": round((used.user + used.system - cpu.user - cpu.system) / passed * 100, 1),
            "rss_mb": round(rss / 1e6, 1),
            "events_per_second": round((self.lives.sent - sent) / passed, 1),
            "commands_per_second": round(len(self.took) / passed, 2),
            "command_p95_seconds": round(percentile(self.took, 0.95), 3),
            "plots": self.plots,
            "lives": len(self.app.watching.watches),
        }

    async def _command(self, until: float) -> None:
        for command in cycle(COMMANDS):
            began = time.perf_counter()
            if began >= until:
                return
            await self._say(command)
            self.took.append(time.perf_counter() - began)
            await asyncio.sleep(max(0.0, COMMAND_EVERY - self.took[-1]))

    async def _plot(self, until: float) -> None:
        while time.perf_counter() < until - PLOT_EVERY:
            await self._say("lives show {live}")
            self.plots += 1
            await asyncio.sleep(PLOT_EVERY)

    async def _say(self, command: str) -> None:
        live = next(iter(self.app.watching.watches.values())).scene.live.id
        reply = await self.client.say(command.format(live=live).split())
        assert not isinstance(reply, Failed), reply
        self.client.show(reply, numbered=True)
