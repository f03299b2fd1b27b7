"""The head: nine weights for each column, from which the likelihood of each label follows. Made by fitting, kept by shelf."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.adapters.risk.linear.features import Counted, Features
from core.matching.fold import fold
from core.model.risk import Label, Scores

LABELS = tuple(Label)
ANY = len(LABELS)
"""The column of weights of `any`, after those of the labels."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Card:
    """What is said of a head: where it comes from and how good it was on texts it had not seen. `figures` has for each label, and
    for `any`, the threshold with the best F1, that F1, the AUPRC and how many texts had it; only where there were enough."""

    version: str
    note: str = ""
    languages: tuple[str, ...] = ()
    rows: int = 0
    split: str = ""
    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    base: str = ""


@dataclass(frozen=True)
class Head:
    """`weights`: columns × 9, float16. `slopes` and `offsets` turn logits into likelihoods. `learned`: marks of the texts it was
    fitted on, so that nobody measures it on those."""

    features: Features
    weights: NDArray[np.float16]
    bias: Array
    slopes: Array
    offsets: Array
    learned: NDArray[np.uint64]
    card: Card

    def logits(self, text: Counted) -> Array:
        """How much speaks for each label and for `any`."""
        row = self.features.row(text)
        found: Array = row.values.astype(np.float64) @ self.weights[row.columns].astype(np.float64) + self.bias
        return found

    def score(self, text: Counted) -> Scores:
        """The likelihoods."""
        return likelihoods(self.logits(text) * self.slopes + self.offsets)

    def knows(self, text: str) -> bool:
        """Whether it was fitted on this text, but for white space, case and marks."""
        mark, at = mark_of(text), int(np.searchsorted(self.learned, mark_of(text)))
        return at < len(self.learned) and bool(self.learned[at] == mark)

    def threshold(self, label: Label) -> float | None:
        """From which likelihood on it was most often right about a label, if that was measured."""
        return self.card.figures.get(label.value, {}).get("threshold")

    def carded(self, **changes: Any) -> "Head":
        """The same head with another card."""
        return replace(self, card=replace(self.card, **changes))


def likelihoods(logits: Array) -> Scores:
    """From calibrated logits. That any label applies is asked twice, of its own weights and of the labels' together: their mean,
    never less than the likeliest label."""
    likely = 0.5 * (1 + np.tanh(logits / 2))
    labels = {label: float(likely[number]) for number, label in enumerate(LABELS)}
    either = 1 - float(np.prod(1 - likely[:ANY]))
    return Scores(labels, max(*labels.values(), (float(likely[ANY]) + either) / 2))


def mark_of(text: str) -> np.uint64:
    """A number that stands for a text and does not tell it."""
    folded = fold(text).text.encode("utf-8", "replace")
    return np.uint64(int.from_bytes(hashlib.blake2b(folded, digest_size=8).digest(), "big"))
