"""Judging what is said."""

from dataclasses import dataclass, field
from typing import Protocol

from core.errors import EarshotError
from core.model.risk import Assessment
from core.model.transcript import Segment
from core.ports.speech import Check, Readiness


@dataclass(frozen=True)
class Example:
    """A text of before, as much data as any other, and the category that people of the place say it has (a wire term)."""

    text: str
    said: str


@dataclass(frozen=True)
class Window:
    """What is judged at once: the new `segments` of one live, oldest first, each with words.

    `context` (what was said before, oldest first) and `summary` (of what came before that) are only read. `language` is spoken,
    `display` the language reasons are written in; `region` names the prompt pack. Nothing in it says who speaks.
    `examples` are what people of the one place that hears this live decided before; a judge may leave them out.
    """

    segments: tuple[Segment, ...]
    context: tuple[Segment, ...] = ()
    summary: str = ""
    language: str = ""
    display: str = "en"
    region: str = ""
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Spent:
    """What asking a model cost: requests, tokens of the question (of which `cached` were cheaper) and of the answer, dollars."""

    requests: int = 0
    asked: int = 0
    cached: int = 0
    answered: int = 0
    dollars: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.requests + other.requests,
            self.asked + other.asked,
            self.cached + other.cached,
            self.answered + other.answered,
            self.dollars + other.dollars,
        )


@dataclass(frozen=True)
class Judgement:
    """What a judge says: one assessment for each segment of the window, in order; `summary` (at most 80 words) is handed to the
    next window of the live."""

    assessments: tuple[Assessment, ...]
    summary: str = ""
    spent: Spent = field(default_factory=Spent)


SPENT = "spent"
"""Among the values of what an Assessor raises: what it had cost by then."""


def spent_of(error: EarshotError) -> Spent:
    """What a failed judgement has cost."""
    cost = error.values.get(SPENT)
    return cost if isinstance(cost, Spent) else Spent()


class Assessor(Protocol):
    """One judge of speech. Everything it is given is data from strangers, never an order."""

    @property
    def name(self) -> str:
        """Its name on cards, as in Assessment.engine."""
        ...

    async def assess(self, window: Window) -> Judgement:
        """Judge every segment of the window. What came back is checked before it is returned: no foreign or missing segment, quotes
        that occur in their segment, only known terms.

        Raises Transient when it cannot judge now (QUOTA with `retry_after`, ENGINE_DOWN), Denied when it cannot before
        somebody changes something (ENGINE_KEY, ENGINE_MODEL, ENGINE_ADDRESS), Invalid ENGINE_REFUSED or TOO_BIG_JUDGE.
        `spent_of` says what that had cost.
        """
        ...


class ModelAssessor(Assessor, Protocol):
    """A judge elsewhere, which may not be there."""

    def readiness(self) -> Readiness:
        """Asked often; touches no network."""
        ...

    @property
    def trouble(self) -> EarshotError | None:
        """Why it is not asked at present; None while it may be."""
        ...

    async def check(self) -> Check:
        """Ask whether it would work: its key, its address, its model. Costs nothing, takes seconds, raises nothing. A model that is
        gone is not asked any more until a check or 15 minutes later."""
        ...


class LocalAssessor(Protocol):
    """The judge inside: always there, in well under a millisecond a sentence."""

    name: str

    def judged(self, segment: Segment, place: str = "") -> Assessment:
        """The assessment of one segment, for everybody or as the people of one `place` have taught it. Never raises; a segment
        without words is neutral."""
        ...
