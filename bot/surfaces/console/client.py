"""The prompt: lines typed while Earshot runs, and one-and-done commands."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.command import Command
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed, Missing
from bot.surfaces.console.draw import Numbers, draw_console
from bot.typed import read, split
from bot.wording import Words, plain
from core.errors import EarshotError
from core.model.person import Person, Place, Role

PLACE = "console:here"
PERSON = "console:you"


@dataclass
class ConsoleClient:
    """Somebody at the keyboard of the machine: the owner of the place "console"."""

    house: House
    kernel: Kernel
    console: Console
    numbers: Numbers
    words: Words

    async def asked(self) -> Asked:
        """Who sits here. The place is made when it is first spoken in."""
        async with self.house.storage.reading() as work:
            place = await work.places.get(PLACE)
        settings = self.house.settings
        place = place or Place(PLACE, "console", settings.LANGUAGE, settings.TIMEZONE, settings.RISK_THRESHOLD)
        person = Person(PERSON, "you", settings.LANGUAGE)
        return Asked(self.house, person, place, Role.OWNER, PLACE)

    async def say(self, words: Sequence[str]) -> Any:
        """The reply to a typed line, or to a number that presses a button."""
        asked = await self.asked()
        if len(words) == 1 and words[0].isdecimal():
            pressed = self.numbers.key(int(words[0]))
            return await self.kernel.press(pressed, asked) if pressed else Failed("STALE", {})
        try:
            typed = read(words, self.kernel.commands)
        except EarshotError as error:
            return Failed(error.code, dict(error.values))
        return await self.kernel.run(typed.command, typed.raw, asked)

    def show(self, reply: Any, *, numbered: bool) -> None:
        """Print a reply; files it hands over are written into the working folder."""
        card = draw(reply, self.words)
        for line in draw_console(card, self.numbers if numbered else None):
            self.console.print(line)
        for path in write_files(card):
            self.console.print(f"  → {path}", markup=False)

    async def once(self, words: Sequence[str], as_json: bool) -> int:
        """One command; the exit code: 0 done, 1 it did not work, 2 something is missing in what was typed."""
        reply = await self.say(words)
        while isinstance(reply, Missing) and not as_json and sys.stdin.isatty():
            self.show(reply, numbered=False)
            answer = await asyncio.to_thread(input, f"{reply.option}: ")
            reply = await self.say([*words, f"--{reply.option}", answer])
        if as_json:
            sys.stdout.write(json.dumps(plain_reply(reply, self.words), ensure_ascii=False) + "\n")
        elif isinstance(reply, Failed):
            sys.stderr.write(plain(draw(reply, self.words).title) + "\n")
        else:
            self.show(reply, numbered=False)
        return 2 if isinstance(reply, Missing) or _is_usage(reply) else 1 if isinstance(reply, Failed) else 0

    async def prompt(self) -> None:
        """Answer line after line until the input ends or somebody types `quit`."""
        lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=100)
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin, lambda: lines.put_nowait(sys.stdin.readline() or None))
        pending: Missing | None = None
        try:
            while (line := await lines.get()) is not None:
                if line.strip() in ("quit", "exit"):
                    return
                if line.strip():
                    pending = await self._answer(line, pending)
        finally:
            loop.remove_reader(sys.stdin)

    async def _answer(self, line: str, pending: Missing | None) -> Missing | None:
        """Reply to a line; when a value was asked for, the line is that value."""
        if pending is not None and not line.startswith("/"):
            reply = await self.kernel.answer(pending.key, pending.option, line.strip(), await self.asked())
        else:
            try:
                reply = await self.say(split(line))
            except EarshotError as error:
                reply = Failed(error.code, dict(error.values))
        self.show(reply, numbered=True)
        return reply if isinstance(reply, Missing) else None


USAGE = frozenset(
    {"COMMAND", "OPTION", "OPTION_VALUE", "CHOICE", "NUMBER", "DURATION", "DATE", "LANGUAGE_CODE", "QUOTES"}
)


def _is_usage(reply: Any) -> bool:
    return isinstance(reply, Failed) and reply.code in USAGE


def write_files(card: Card) -> list[Path]:
    """Files a card carries as bytes, written beside where one is, never over another file."""
    written = []
    for file in card.files:
        if not file.data:
            continue
        path = Path(file.name)
        number = 2
        while path.exists():
            path, number = Path(file.name).with_stem(f"{Path(file.name).stem}_{number}"), number + 1
        path.write_bytes(file.data)
        written.append(path)
    return written


def plain_reply(reply: Any, words: Words) -> dict[str, Any]:
    """A reply as JSON: its name, its fields, and the text people read."""
    return {"reply": type(reply).__name__, "text": plain(draw(reply, words).title), **_plain(reply)}


def _plain(value: Any) -> Any:
    if isinstance(value, Command):
        return {
            "name": value.name,
            "about": value.about,
            "role": value.role.name.lower(),
            "options": [o.name for o in value.shown],
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
