"""Risk of what is said: the wire terms of the analysis (French, as its seed fixed them), the score and the alert rule."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.model.account import NO_RISK


class Category(StrEnum):
    """What a window of speech is."""

    NEUTRAL = "Neutre"
    CONTROVERSIAL = "Polémique"
    VIRAL = "Potentiellement viral"
    HATEFUL = "Discours haineux"


class Virality(StrEnum):
    """How far it may spread."""

    LOW = "faible"
    MEDIUM = "moyenne"
    HIGH = "forte"


class Target(StrEnum):
    """Whom hate is aimed at."""

    ETHNICITY = "ethnie"
    RELIGION = "religion"
    INDIVIDUAL = "individu"
    GROUP = "groupe_social"
    OTHER = "autre"
    NONE = "aucune"


class Label(StrEnum):
    """The eight labels; OK is that none of them applies. S3, H2, V2 and SH are severe."""

    S = "S"
    H = "H"
    V = "V"
    HR = "HR"
    SH = "SH"
    S3 = "S3"
    H2 = "H2"
    V2 = "V2"


SEVERE = frozenset({Label.S3, Label.H2, Label.V2, Label.SH})
PERSON = "person"
"""The engine of what a person sent to review; `reason` is their name."""

BASE = 0.2
VIRALITY_TERM = {Virality.LOW: 0.0, Virality.MEDIUM: 0.3, Virality.HIGH: 0.5}
HATE_TERM = 0.4
HATE_CONFIDENCE = 0.6
SEVERE_CONFIDENCE = 0.6


def score(virality: Virality, hateful: bool) -> float:
    """min(1, 0.2 + virality + 0.4·hate), rounded to 2 decimals: 0.2 + 0.4 is 0.6000000000000001 in floats."""
    return round(min(1.0, BASE + VIRALITY_TERM[virality] + (HATE_TERM if hateful else 0.0)), 2)


HIGH_RISK = 0.9
"""Alerts from this score on must reach people: with sound in quiet hours too, and rather twice than perhaps not at all."""


class AlertRule(StrEnum):
    """`seed` is the TikTok Tracking rule exactly: score > threshold and nothing else."""

    EARSHOT = "earshot"
    SEED = "seed"


@dataclass(frozen=True)
class Assessment:
    """The judgement of one window of speech. `labels` are probabilities 0 to 1; `quote` occurs in the text."""

    category: Category
    virality: Virality
    hateful: bool
    target: Target = Target.NONE
    labels: dict[Label, float] = field(default_factory=dict)
    confidence: float = 0.0
    quote: str = ""
    second: float = 0.0
    reason: str = ""
    engine: str = "rules"
    injection: bool = False

    @property
    def score(self) -> float:
        """Computed here, never by a model."""
        return score(self.virality, self.hateful)

    @property
    def severe(self) -> frozenset[Label]:
        """The severe labels over their threshold."""
        return frozenset(label for label in SEVERE if self.labels.get(label, 0.0) >= SEVERE_CONFIDENCE)

    def alarming(self, threshold: float, rule: AlertRule = AlertRule.EARSHOT) -> bool:
        """Whether a place with this threshold is told; with NO_RISK it never is."""
        if threshold >= NO_RISK:
            return False
        if rule is AlertRule.SEED:
            return self.score > threshold
        hate = self.hateful and self.confidence >= HATE_CONFIDENCE
        return self.score >= threshold or hate or bool(self.severe)

    def terms(self) -> tuple[tuple[str, float], ...]:
        """The sum of the score, for the card."""
        terms = [("base", BASE), (f"virality {self.virality}", VIRALITY_TERM[self.virality])]
        return (*terms, *([("hate", HATE_TERM)] if self.hateful else []))


class Verdict(StrEnum):
    """Where an alert stands with people."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    MUTED = "muted"


@dataclass(frozen=True)
class Alert:
    """An assessment over a place's threshold, waiting for or decided by a person. `repeats` counts merged ones."""

    id: int
    place: str
    live_id: int
    raised: datetime
    assessment: Assessment
    verdict: Verdict = Verdict.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    repeats: int = 0
