"""What a place wants of short texts: which labels count from where on, its own word rules, and who puts the labels on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.model.risk import SEVERE, Label
from core.model.trigger import MatchMode


class Provider(StrEnum):
    """Who judges: the judge inside, a model elsewhere with a written policy, or both, of which the worse word counts."""

    LOCAL = "local"
    SAFEGUARD = "safeguard"
    ENSEMBLE = "ensemble"


class Severity(StrEnum):
    """What a word rule means. `hold`: a comment stays away until a person has decided; `flag`: it is shown, and a person looks.
    Of what TikTok shows nothing can be held, so both only raise an alert there. `except`: what stands there is no word of another
    rule."""

    HOLD = "hold"
    FLAG = "flag"
    EXCEPT = "except"


LIMIT = 0.6
"""From which probability on a label counts, unless a place says otherwise: the limit of the severe ones in speech too."""
LEAST, HIGHEST = 0.05, 0.95
"""Between which a limit may be. Above, none is ever reached, which would be a switch that does not say so."""
SAMPLES = (0, 12, 60)
"""Lines a minute that look harmless and are judged elsewhere all the same."""


@dataclass(frozen=True)
class Policy:
    """What holds in a place. `limits` are those of the labels that are on; S3 always is. `chat`, `titles`: whether these are judged
    at all (comments always are). `sample`: so many lines of a chat a minute go to a judge elsewhere though they look harmless.
    `region` names the prompt pack of speech."""

    place: str
    limits: Mapping[Label, float] = field(default_factory=lambda: dict.fromkeys(Label, LIMIT))
    chat: bool = True
    titles: bool = True
    provider: Provider = Provider.LOCAL
    sample: int = SAMPLES[1]
    region: str = ""

    def over(self, labels: Mapping[Label, float]) -> tuple[Label, ...]:
        """The labels that are on and at their limit or over it, the furthest over it first."""
        found = [label for label, limit in self.limits.items() if labels.get(label, 0.0) >= limit]
        return tuple(sorted(found, key=lambda label: self.limits[label] - labels[label]))

    @property
    def severe(self) -> Mapping[Label, float]:
        """The limits of the severe labels, for `Assessment.alarming`."""
        return {label: limit for label, limit in self.limits.items() if label in SEVERE}


LASTING = frozenset({Label.S3})
"""The labels no place can switch off."""


@dataclass(frozen=True)
class WordRule:
    """A word or pattern of a place, written and matched as a trigger's is (`but not` names its own exceptions)."""

    id: int
    place: str
    word: str
    match: MatchMode = MatchMode.WHOLE_WORD
    severity: Severity = Severity.HOLD
