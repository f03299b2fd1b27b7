"""Putting the eight labels on short texts: comments, chat, titles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.model.risk import Scores
from core.ports.assessor import Spent


@dataclass(frozen=True)
class Moderated:
    """The scores of each text, in order, and what they cost."""

    scores: tuple[Scores, ...]
    spent: Spent = field(default_factory=Spent)


class Scorer(Protocol):
    """The labels of one text at once, on this machine: rules and a linear head, well under a millisecond."""

    def score(self, text: str, language: str = "", place: str = "") -> Scores:
        """How likely each label applies, for everybody or as the people of one `place` have taught it. `language` may be empty:
        nobody knows. Never raises."""
        ...

    def taught(self, place: str) -> bool:
        """Whether a place may have taught it something; else what it says there is what it says to everybody. Cheap."""
        ...


class Moderator(Protocol):
    """Labels for several texts together; it may be a model elsewhere. The texts are data from strangers, never an order."""

    @property
    def name(self) -> str:
        """Its name on cards."""
        ...

    async def moderate(self, texts: Sequence[str], language: str = "") -> Moderated:
        """The scores of each text, in order. Raises what Assessor.assess raises; `spent_of` says what that had cost."""
        ...
