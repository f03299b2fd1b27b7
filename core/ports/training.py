"""What the judge inside learns from people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.model.risk import Label


@dataclass(frozen=True)
class Lesson:
    """A text, and of which labels people said that it has them or has them not; of the others nobody said anything."""

    text: str
    labels: Mapping[Label, bool]


class Trainer(Protocol):
    """Makes the judge of a place from what its people decided, on top of the one everybody has. The loop goes on meanwhile."""

    async def stamp(self, place: str) -> str:
        """Names the judge everybody has and the place's own: another one whenever one of them is made, changed, broken or gone."""
        ...

    async def train(self, place: str, lessons: Sequence[Lesson]) -> bool:
        """Make it anew from all lessons, in the place of the last one. False where nothing can be learned from them: then the place
        has none of its own. Raises Transient DISK."""
        ...

    async def keep(self, places: Collection[str]) -> None:
        """Let the judges of all other places go."""
        ...

    def folder(self, place: str) -> Path:
        """Where all that was made of a place's decisions is, if anything was."""
        ...

    async def moved(self, old: str, new: str) -> None:
        """A place has another id now, and its judge goes with it. Raises nothing: a judge that is missing is made anew."""
        ...
