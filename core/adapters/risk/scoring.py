"""The labels of a text: rules and the linear head together. It queues for a person and never punishes.

The head is likelier right in general, the rules are right where it cannot be: in languages and about things it was shown little
of, and about minors, of which it was shown nothing on purpose. A head that cannot be used leaves the rules
alone, and `heads.fault` says so.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.adapters.risk.evidence import Evidence, evidence
from core.adapters.risk.minors import minor
from core.adapters.risk.sentences import Sentence, sentences
from core.adapters.risk.vocabulary import Vocabulary
from core.matching.fold import fold
from core.model.risk import Label, Scores

if TYPE_CHECKING:
    from core.adapters.risk.linear.heads import Heads

LONGEST = 5_000
"""Characters of a text that are judged. Fifteen seconds of speech hold about 300."""

EACH_MORE, MOST = 0.08, 0.95
RULES = 0.4
"""What the strength of a rule counts beside the head's likelihood, found by cross-validation."""


@dataclass(frozen=True)
class Reading:
    """A text as it was judged: what of it was looked at, its sentences, what the rules found, their labels, and all together."""

    text: str
    parts: list[Sentence]
    found: list[Evidence]
    rules: dict[Label, float]
    scores: Scores


class LocalScorer:
    """The Scorer on this machine. `own` is a folder with an installation's own heads and those of its places; the newest whole one
    is used, else the one Earshot ships with."""

    def __init__(self, own: Path | None = None) -> None:
        self._own = own

    def score(self, text: str, language: str = "", place: str = "") -> Scores:
        """See Scorer. All four languages are looked for in every text: `language` is often wrong about one line, and not used."""
        return self.read(text, place).scores

    def taught(self, place: str) -> bool:
        """See Scorer."""
        return self.heads.taught(place)

    def read(self, text: str, place: str = "") -> Reading:
        """All that is known of a text, as a place has taught it. Never raises."""
        text = text[:LONGEST]
        folded = fold(text)
        parts = sentences(folded)
        found = evidence(parts, self.vocabulary)
        rules = strengths(found)
        scores = together(self.heads.score(folded, parts, place), rules, minor(parts, self.vocabulary))
        return Reading(text, parts, found, rules, scores)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the rules."""
        return Vocabulary()

    @cached_property
    def heads(self) -> "Heads":
        """The linear heads, read with numpy when the first text comes: none of it is needed to start."""
        from core.adapters.risk.linear.heads import Heads

        return Heads(self._own)


def strengths(found: list[Evidence]) -> dict[Label, float]:
    """For each label the strongest evidence of the rules, a little more for each further piece of it that was meant."""
    labels = dict.fromkeys(Label, 0.0)
    for label in Label:
        each = sorted((one.strength * one.labels[label] for one in found if label in one.labels), reverse=True)
        meant = sum(1 for one in found if label in one.labels and not one.turned)
        if each:
            labels[label] = round(min(MOST, each[0] + EACH_MORE * max(0, meant - 1)), 2)
    return labels


def together(head: Scores | None, rules: dict[Label, float], minor: float) -> Scores:
    """The head's likelihoods raised by the rules' strengths, as if each were right on its own. S3 is how likely sexual words are
    where a minor (0 to 1) may be spoken of, or what the rules say of it: no head ever saw a text of that kind."""
    if head is None:
        return Scores(dict(rules), max(rules.values()))
    labels = {label: _either(head.labels[label], RULES * rules[label]) for label in Label}
    labels[Label.S3] = max(rules[Label.S3], labels[Label.S] * minor)
    return Scores(labels, max(_either(head.any, RULES * max(rules.values())), *labels.values()))


def _either(one: float, other: float) -> float:
    return 1 - (1 - one) * (1 - other)
