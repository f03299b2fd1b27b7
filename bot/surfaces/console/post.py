"""Posts in the terminal: what is told is printed; an edit prints only what is new."""

from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.text import Text

from bot.cards import draw
from bot.cards.rolls import lines_of
from bot.cards.videos import heading, steps
from bot.surfaces.console.draw import EDGE, Numbers, draw_console, put, tame
from bot.wording import Line, Words, plain
from core.model.notice import Notice
from core.model.person import Address
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import LiveStarted, Rolling
from core.model.tellable.videos import Transcribing
from core.ports.messenger import Pace
from core.ports.store import Storage


@dataclass
class ConsoleMessenger:
    """The terminal as a platform. A repeat after a crash is harmless here: the screen of the old process is gone."""

    console: Console
    storage: Storage
    words: Words
    numbers: Numbers
    repeats_for: float = 3600.0
    posted: int = 0
    _rolled: dict[str, datetime] = field(default_factory=dict)
    _steps: dict[str, str] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Printing is never too fast."""
        return 1000.0

    def pace(self, address: Address) -> Pace:
        """The terminal is one place."""
        return Pace("console")

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        """What another process printed is nobody's to know."""
        return None

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """Print it; the id of a post is its number."""
        said = notice.tells()
        if isinstance(said, Rolling):
            self._roll(notice.subject, said)
        elif external and isinstance(said, LiveStarted):
            pass  # only its figures or its cover have changed
        elif external and isinstance(said, HitFound):
            self._short(self.words.count("`{word}` heard once", "`{word}` heard {n} times", said.count, word=said.word))
        elif external and isinstance(said, RiskRaised) and said.repeats and not said.decided_by:
            self._short(
                self.words.count(
                    "the same risk heard {n} more time", "the same risk heard {n} more times", said.repeats
                )
            )
        elif external and isinstance(said, Transcribing) and not said.waits:
            self._step(notice.subject, said)
        else:
            self._print(draw_console(draw(said, self.words), self.words, self.numbers))
        if external:
            return external
        self.posted += 1
        return str(self.posted)

    def _roll(self, subject: str, said: Rolling) -> None:
        """Only the lines that are new since the last edit of the same post."""
        last = self._rolled.get(subject)
        for at, _, text in lines_of(said, self.words):
            if last is None or at > last:
                head = f"{self.words.time(at, seconds=True)}  @{said.handle} "
                put(self.console, [Text.assemble((head, "dim"), tame(text))], len(head))
                last = at
        if last is not None:
            self._rolled[subject] = last

    def _step(self, subject: str, said: Transcribing) -> None:
        """Only that a transcription came a step further."""
        if self._steps.get(subject) != said.step:
            self._steps[subject] = said.step
            self._short(heading(said, self.words) + self.words.line(" · ") + steps(said, self.words))

    def _short(self, line: Line) -> None:
        self.console.print(Text.assemble((EDGE, "dim"), tame(plain(line))))

    def _print(self, lines: list[Text]) -> None:
        self.console.print()
        put(self.console, lines)
