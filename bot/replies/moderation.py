"""What the section of risk answers, as far as it is about short texts."""

from dataclasses import dataclass

from core.model.pack import Pack
from core.model.person import Place
from core.model.policy import Policy, WordRule
from core.model.risk import Label
from core.services.moderating.weighing import Judges


@dataclass(frozen=True)
class LabelsShown:
    """Which labels count here, from where on."""

    policy: Policy


@dataclass(frozen=True)
class LabelShown:
    """One label, and from where on it could count."""

    policy: Policy
    label: Label


@dataclass(frozen=True)
class TextsShown:
    """Which short texts are judged, and by whom."""

    policy: Policy
    judges: Judges


@dataclass(frozen=True)
class RegionsShown:
    """Which prompt pack models have for what is said here, and which there are, the usual one first."""

    policy: Policy
    packs: tuple[Pack, ...]


@dataclass(frozen=True)
class PolicyChanged:
    """What holds now, and what did before."""

    before: Policy
    after: Policy
    judges: Judges


@dataclass(frozen=True)
class RulesShown:
    """A page of the word rules of a place; `n` are all."""

    rows: tuple[WordRule, ...]
    n: int
    page: int
    pages: int


@dataclass(frozen=True)
class RuleShown:
    """One word rule; `before` when it was changed just now, `new` when it was made just now."""

    rule: WordRule
    before: WordRule | None = None
    new: bool = False


@dataclass(frozen=True)
class RuleRemoved:
    """It is gone; it can be had back."""

    rule: WordRule


@dataclass(frozen=True)
class ThresholdChanged:
    """From which score on a place is alerted, before and now."""

    before: Place
    after: Place
