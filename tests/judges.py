"""Judges that say what a test wants."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from core.errors import EarshotError
from core.model.risk import Assessment, Category, Virality
from core.model.transcript import Segment
from core.ports.assessor import Judgement, Spent, Window
from core.ports.speech import Check, Readiness


@dataclass
class StagedJudge:
    """Judges by a rule of the test, as the judge inside or as a model: then each window costs `cost`. `gate` shut holds its answers
    back; it was looked at `checked` times."""

    judge: Callable[[Segment], Assessment]
    name: str = "staged"
    asked: list[tuple[list[str | None], list[str | None]]] = field(default_factory=list)
    fault: Exception | None = None
    trouble: EarshotError | None = None
    windows: list[Window] = field(default_factory=list)
    cost: Spent = field(default_factory=lambda: Spent(1, 1000, 0, 100, 0.0001))
    summary: str = ""
    checked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def readiness(self) -> Readiness:
        return Readiness(True)

    async def check(self) -> Check:
        self.checked += 1
        return Check(self.trouble is None, "ready")

    def judged(self, segment: Segment, place: str = "") -> Assessment:
        return self.judge(segment)

    async def assess(self, window: Window) -> Judgement:
        self.windows.append(window)
        self.asked.append(([s.text for s in window.segments], [s.text for s in window.context]))
        await self.gate.wait()
        if self.fault:
            raise self.fault
        said = tuple(replace(self.judge(segment), engine=self.name) for segment in window.segments)
        return Judgement(said, self.summary, self.cost)


def harmless(segment: Segment) -> Assessment:
    """Nothing to say against it."""
    return Assessment(Category.NEUTRAL, Virality.LOW, False, second=segment.start)
