"""How soon commands are acknowledged on Discord while twenty transcriptions are under way and everything outside hangs.

Used by a test and by `earshot bench delivery`.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.command import Command
from bot.commands import ALL
from core.model.person import Platform
from tests.journeys.chats import Town, town
from tests.journeys.conftest import begin
from tests.platforms.tiktok import running

ORDERED = 20
HANGS_SECONDS = 120.0
HANDLE = "amina"
VALUES: dict[str, Any] = {
    "account": f"@{HANDLE}",
    "link": "https://www.tiktok.com/@chef/video/7400000000000000999",
    "transcript": "v1",
    "live": "1",
    "trigger": "1",
    "alert": "1",
    "clip": "1",
    "word": "giveaway",
    "list": "bob, carol",
    "title": "Eggs",
    "name": "eggs",
    "text": "hello there",
    "reason": "it is mine",
}


@dataclass
class Acknowledged:
    """Seconds from sending a command to its acknowledgement, by its name."""

    seconds: dict[str, float] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        ordered = sorted(self.seconds.values())
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


async def acknowledged(folder: Path) -> Acknowledged:
    """Every command that is offered, one after the other."""
    with running() as tiktok:
        tiktok.tell("account", unique_id=HANDLE, nickname="Amina", followers=10)
        links = [tiktok.tell("video", unique_id="chef", desc=f"Part {n}")["url"] for n in range(ORDERED)]
        async with town() as here:
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": "2", "SPEECH": "groq"}
            around |= {"GROQ_API_KEY": "gsk_loopback_0123456789", "GROQ_BASE_URL": "http://127.0.0.1:9"}
            process = await here.begin(begin, folder, **around)
            try:
                await here.slash("setup")
                await here.slash("follow", account=f"@{HANDLE}")
                await here.slash("trigger add", word="giveaway")
                tiktok.tell("fault", route="*", delay_s=HANGS_SECONDS, times=-1)
                for link in links:
                    await here.slash("transcribe", link=link, wait="ack")
                return await measured(here)
            finally:
                await process.kill()


async def measured(here: Town) -> Acknowledged:
    """Use everything there is, as somebody who may."""
    found = Acknowledged()
    for command in ALL:
        if command.offered:
            answer = await here.slash(command.name, wait="ack", **options(command))
            found.seconds[command.name] = answer.ack_latency if answer.ack_latency is not None else 99.0
            await asyncio.sleep(0.05)  # nobody types faster
    found.violations = [str(one) for one in here.discord.violations]
    return found


def options(command: Command) -> dict[str, Any]:
    """What its required options need."""
    made: dict[str, Any] = {}
    for option in command.on(Platform.DISCORD).required:
        choices = option.kind.choices
        made[option.name] = choices[0].value if choices else VALUES.get(option.name, "1")
    return made
