"""Counting: which words stand in an alert of speech: it quotes the worst of them, whatever a model takes back of the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.model.risk import Assessment, Label

KEPT = 600.0  # seconds of a live: no model says anything of what is older


def worse(one: Assessment, other: Assessment, limits: Mapping[Label, float]) -> bool:
    """Whether it says something worse, as a place with these limits of severe labels sees it: something grave that the other does
    not, else a higher score. Grave words may have any score."""
    grave, known = one.grave(limits), other.grave(limits)
    if grave - known:
        return True
    return one.score > other.score and not known - grave


@dataclass
class Counted:
    """The words of one alert: by the second their segment begins, the number of the assessment that stands, and itself. The alert
    quotes those of `quoted`; None: others, from before this process."""

    quoted: float | None = None
    words: dict[float, tuple[int, Assessment]] = field(default_factory=dict)

    def put(self, start: float, number: int, word: Assessment) -> None:
        """What stands of a segment now."""
        self.words[start] = (number, word)
        self.words = {at: one for at, one in self.words.items() if at > start - KEPT}

    def worst(self, limits: Mapping[Label, float]) -> float | None:
        """Which of them says the worst, the earliest of several; None: no word is left."""
        found: float | None = None
        for start in sorted(self.words):
            if found is None or worse(self.words[start][1], self.words[found][1], limits):
                found = start
        return found
