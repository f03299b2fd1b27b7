"""Following a job in the terminal: what moves is shown until it is over; where nothing works by itself, it is worked at here."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from rich.console import Console

from bot.cards import draw
from bot.cards.videos import STEPS, heading
from bot.house import House
from bot.surfaces.console.draw import tame
from bot.wording import Words, plain
from core.errors import EarshotError
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing

GLANCE = 0.2  # seconds between two looks
PATIENCE = timedelta(seconds=60)  # what is tried again later than that is not waited for

Outcome = Transcribing | Transcribed | NotTranscribed


@dataclass
class Line:
    """One line that moves on a terminal; elsewhere a line on standard error for each step."""

    console: Console
    words: Words
    _last: str = ""
    _step: str = ""

    def show(self, said: Transcribing) -> None:
        """How far it is now."""
        if not self.console.is_terminal:
            if said.step != self._step:
                self._step = said.step
                sys.stderr.write(self._text(said) + "\n")
            return
        text = self._short(said)
        if text != self._last:
            self._last = text
            self.console.file.write("\r\x1b[2K" + text[: max(10, self.console.width - 1)])
            self.console.file.flush()

    def clear(self) -> None:
        """Make room for what comes after."""
        if self._last:
            self.console.file.write("\r\x1b[2K")
            self.console.file.flush()
            self._last = ""

    def _text(self, said: Transcribing) -> str:
        """Everything there is to say."""
        parts = [plain(heading(said, self.words)), *(plain(line).strip() for line in draw(said, self.words).body)]
        return tame(" · ".join(part for part in parts if part)).replace("\n", " ")

    def _short(self, said: Transcribing) -> str:
        """What fits into a line: the step it is at, how much of it is done, and what is left."""
        if said.waits or said.step not in STEPS:
            return self._text(said)
        share = f" {said.share:.0%}" if said.share is not None else ""
        parts = [plain(heading(said, self.words)), self.words.term(STEPS[said.step]) + share]
        if said.left_seconds is not None:
            parts.append(
                self.words.say("about {left} left", left=self.words.length(timedelta(seconds=said.left_seconds)))
            )
        return tame(" · ".join(parts)).replace("\n", " ")


@dataclass
class Follower:
    """Follows jobs of one house. `show` is told how far one is."""

    house: House
    show: Callable[[Transcribing], None] = field(default=lambda said: None)

    async def follow(self, job_id: int, place: str, person: str) -> Outcome:
        """What becomes of the job; one that has to wait for longer than PATIENCE is left as it is. Interrupted, the job is
        cancelled."""
        worker = self.house.worker
        hands = asyncio.create_task(worker.for_one(job_id).run()) if worker is not None else None
        try:
            while True:
                said = await self.house.transcribing.state(job_id)
                if not isinstance(said, Transcribing):
                    return said
                if said.until is not None and said.until - self.house.clock.now() > PATIENCE:
                    return said
                self.show(said)
                await asyncio.sleep(GLANCE)
        except asyncio.CancelledError:
            with suppress(EarshotError):  # it came to its end in this very moment
                await self.house.transcribing.cancel(job_id, place, person, any_of_place=True)
            raise
        finally:
            if hands is not None:
                hands.cancel()
                await asyncio.gather(hands, return_exceptions=True)
