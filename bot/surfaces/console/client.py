"""The prompt: lines typed while Earshot runs, and one-and-done commands."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed, Missing
from bot.replies.videos import VideosBegun
from bot.surfaces.console.draw import Numbers, draw_console, put, tame
from bot.surfaces.console.following import Follower, Line, Outcome
from bot.surfaces.console.lines import lines_of
from bot.surfaces.console.plain import plain_reply
from bot.typed import read, split
from bot.wording import Words, plain
from core.errors import EarshotError
from core.model.person import Person, Place, Platform, Role
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing
from core.model.tellable.weights import NoWeights

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
        return Asked(self.house, person, place, Role.OWNER, PLACE, meanwhile=self._meanwhile)

    async def _meanwhile(self, reply: Any) -> None:
        """How far something is, as a line of its own; standard output is for what comes of it."""
        self._complain(reply)

    async def say(self, words: Sequence[str]) -> Any:
        """The reply to a typed line, or to a number that presses a button."""
        asked = await self.asked()
        if len(words) == 1 and (number := _number(words[0])) is not None:
            pressed = self.numbers.key(number)
            return await self.kernel.press(pressed, asked) if pressed else Failed("STALE", {})
        try:
            typed = read(words, [command.on(Platform.CONSOLE) for command in self.kernel.commands])
        except EarshotError as error:
            return Failed(error.code, dict(error.values))
        return await self.kernel.run(typed.command, typed.raw, asked)

    def show(self, reply: Any, *, numbered: bool) -> bool:
        """Print a reply; files it hands over are written into the working folder. False when one could not be written."""
        card = draw(reply, self.words)
        put(self.console, draw_console(card, self.words, self.numbers if numbered else None, self.kernel.typed))
        try:
            for path in write_files(card):
                self.console.print(Text(f"  → {tame(str(path))}"))
        except OSError as error:
            self._complain(Failed("FILE_CLOSED", {"x": Path.cwd(), "reason": error.strerror or "it did not work"}))
            return False
        return True

    def _complain(self, reply: Any) -> None:
        """What did not work, what is missing or how far it is, as one plain line on standard error."""
        card = draw(reply, self.words)
        said = " · ".join(
            plain(line)
            for line in (card.title, *(card.body if isinstance(reply, Missing) or _is_waiting(reply) else ()))
        )
        sys.stderr.write(tame(said).replace("\n", " ") + "\n")

    async def once(self, words: Sequence[str], as_json: bool) -> int:
        """One command; the exit code: 0 done, 1 it did not work, 2 something is missing in what was typed."""
        reply = await self.say(words)
        while isinstance(reply, Missing) and not as_json and sys.stdin.isatty():
            self.show(reply, numbered=False)
            try:
                answer = await asyncio.to_thread(input, f"{reply.option}: ")
            except EOFError:
                return 2
            words = [*words, f"--{reply.option}", answer]
            reply = await self.say(words)
        if isinstance(reply, Transcribing):
            reply = await self._followed(reply, as_json)
        elif isinstance(reply, Transcribed):
            reply = self._handed(reply)
        elif isinstance(reply, VideosBegun):
            await self._all_followed(reply, as_json)
        written = True
        if as_json:
            sys.stdout.write(json.dumps(plain_reply(reply, self.words), ensure_ascii=False) + "\n")
        elif isinstance(reply, Failed | Missing | NotTranscribed | NoWeights) or _is_waiting(reply):
            self._complain(reply)
        else:
            written = self.show(reply, numbered=False)
        if isinstance(reply, Missing) or _is_usage(reply):
            return 2
        return (
            0
            if written and not isinstance(reply, Failed | NotTranscribed | NoWeights) and not _is_waiting(reply)
            else 1
        )

    async def _followed(self, reply: Transcribing, as_json: bool) -> Any:
        """What becomes of a job; a file that was asked for besides is written into the working folder."""
        line = Line(self.console, self.words)
        try:
            said = await Follower(self.house, (lambda told: None) if as_json else line.show).follow(
                reply.job_id, PLACE, PERSON
            )
        except asyncio.CancelledError:
            line.clear()
            self._complain(NotTranscribed(reply.job_id, "CANCELLED"))
            raise
        line.clear()
        return self._handed(said)

    async def _all_followed(self, reply: VideosBegun, as_json: bool) -> None:
        """Show what becomes of several, one after the other; the list comes last."""
        for job_id in (row.job_id for row in reply.rows if row.job_id):
            said = await self._followed(Transcribing(job_id), as_json)
            if as_json:
                sys.stdout.write(json.dumps(plain_reply(said, self.words), ensure_ascii=False) + "\n")
            else:
                self.show(said, numbered=False)

    def _handed(self, said: Outcome) -> Outcome:
        """The outcome, with the file of its format copied here."""
        if isinstance(said, Transcribed) and said.file:
            try:
                path = _written(Path(Path(said.file).name), Path(said.file).read_bytes())
            except OSError as error:
                self._complain(Failed("FILE_CLOSED", {"x": Path.cwd(), "reason": error.strerror or "it did not work"}))
                return said
            return replace(said, file=str(path))
        return said

    async def prompt(self) -> None:
        """Answer line after line until the input ends or somebody types `quit`."""
        pending: Missing | None = None
        following: set[asyncio.Task[None]] = set()
        try:
            async for line in lines_of(sys.stdin.fileno()):
                if line.strip() in ("quit", "exit"):
                    return
                if line.strip():
                    pending, jobs = await self._answer(line, pending)
                    if jobs:
                        following.add(asyncio.create_task(self._follow_on(jobs)))
            await asyncio.gather(*following)
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)

    async def _follow_on(self, jobs: Sequence[int]) -> None:
        """Show what becomes of jobs, one after the other, while lines are answered."""
        for job_id in jobs:
            self.show(self._handed(await Follower(self.house).follow(job_id, PLACE, PERSON)), numbered=True)

    async def _answer(self, line: str, pending: Missing | None) -> tuple[Missing | None, Sequence[int]]:
        """Reply to a line; when a value was asked for, the line is that value, or the number of one that was offered. Gives what
        is asked for next, and the jobs that nobody but us will show."""
        offered = pending is not None and bool(pending.choices) and _number(line) is not None
        if pending is not None and not offered and not line.startswith("/"):
            reply = await self.kernel.answer(pending.key, pending.option, line.strip(), await self.asked())
        else:
            try:
                reply = await self.say(split(line))
            except EarshotError as error:
                reply = Failed(error.code, dict(error.values))
        self.show(self._handed(reply) if isinstance(reply, Transcribed) else reply, numbered=True)
        jobs = _begun(reply) if self.house.worker is not None else ()
        return (reply if isinstance(reply, Missing) else None), jobs


USAGE = frozenset(
    {
        "COMMAND",
        "FAMILY",
        "OPTION",
        "NO_OPTIONS",
        "OPTION_VALUE",
        "CHOICE",
        "NUMBER",
        "SHARE",
        "DURATION",
        "DURATION_LONG",
        "DATE",
        "LANGUAGE_CODE",
        "QUOTES",
    }
)


def _begun(reply: Any) -> Sequence[int]:
    """The jobs that a reply speaks of."""
    if isinstance(reply, VideosBegun):
        return [row.job_id for row in reply.rows if row.job_id]
    return [reply.job_id] if isinstance(reply, Transcribing) else []


def _is_usage(reply: Any) -> bool:
    return isinstance(reply, Failed) and reply.code in USAGE


def _is_waiting(reply: Any) -> bool:
    """Whether it has to wait for longer than anybody sits here."""
    return isinstance(reply, Transcribing) and reply.until is not None


def _number(word: str) -> int | None:
    """The number of a button; what is longer than any number of ours is none."""
    word = word.strip()
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= 4 else None


def write_files(card: Card) -> list[Path]:
    """Files a card carries as bytes, written beside where one is, never over another file. Raises OSError."""
    return [_written(Path(Path(file.name).name), file.data) for file in card.files if file.data]


def _written(wanted: Path, data: bytes) -> Path:
    """The path that was free: `name`, `name_2`, `name_3` …"""
    number, path = 2, wanted
    while True:
        try:
            with path.open("xb") as file:
                file.write(data)
            return path
        except FileExistsError:
            path, number = wanted.with_stem(f"{wanted.stem}_{number}"), number + 1
