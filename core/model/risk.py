"""Risk of what is said: the wire terms of the analysis (French, as its seed fixed them), the score and the alert rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.model.account import NO_RISK
from core.model.person import Two


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


@dataclass(frozen=True)
class Scores:
    """How likely each label applies to a text, and that `any` does, 0 to 1. They describe a text, never a person."""

    labels: dict[Label, float]
    any: float

    @property
    def ok(self) -> float:
        """The ninth label: that none applies."""
        return 1.0 - self.any


class Kind(StrEnum):
    """What was judged: what is said in a live, its chat, a comment somebody wrote here, a title, a clip or a video."""

    SPEECH = "speech"
    CHAT = "chat"
    COMMENT = "comment"
    TITLE = "title"
    VIDEO = "video"


SEVERE = frozenset({Label.S3, Label.H2, Label.V2, Label.SH})
PERSON = "person"
"""The engine of what a person sent to review; `reason` is their name."""
SENT = 900.0
"""Seconds a post of several lines that is sent to review may tell of, and more."""

BASE = 0.2
VIRALITY_TERM = {Virality.LOW: 0.0, Virality.MEDIUM: 0.3, Virality.HIGH: 0.5}
HATE_TERM = 0.4
HATE_CONFIDENCE = 0.6
SEVERE_LIMITS: Mapping["Label", float] = {Label.S3: 0.6, Label.H2: 0.6, Label.V2: 0.6, Label.SH: 0.6}
"""From which probability on each of the severe labels raises an alert by itself, unless a place has its own."""
MINORS = 0.5
"""From which probability of S3 on words and evidence are for the people a place has named alone."""


def score(virality: Virality, hateful: bool) -> float:
    """min(1, 0.2 + virality + 0.4·hate), rounded to 2 decimals: 0.2 + 0.4 is 0.6000000000000001 in floats."""
    return round(min(1.0, BASE + VIRALITY_TERM[virality] + (HATE_TERM if hateful else 0.0)), 2)


HIGH_RISK = 0.9
"""Alerts from this score on must reach people: with sound in quiet hours too, and rather twice than perhaps not at all."""

WARNING_RISK = 0.7


class Level(StrEnum):
    """How much an alert asks for: info (from 0.5 on, or told for another reason than its score), warning from 0.7 on, critical from
    0.9 on or with a severe label."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertRule(StrEnum):
    """`seed` is the TikTok Tracking rule exactly: score > threshold and nothing else."""

    EARSHOT = "earshot"
    SEED = "seed"


class Unasked(StrEnum):
    """Why no model judged a text though one should have, where it was no fault of a model: there is none, the day's budget is used
    up, it was asked as often as it may be, it had not answered by then, too much waited for it, Earshot was started anew."""

    NO_MODEL = "NO_MODEL"
    BUDGET = "BUDGET"
    OFTEN = "OFTEN"
    LATE = "LATE"
    CROWD = "CROWD"
    RESTART = "RESTART"


@dataclass(frozen=True)
class Assessment:
    """The judgement of one text: a piece of speech, or another of its `kind`, of which `item` says which (`clip:12`).

    `labels` are probabilities 0 to 1; `quote` occurs in the text. `policy` is the version of the instructions a model had.
    `degraded`: the judge that should have judged could not, and the one inside did; `unasked` is the code of why, where that is
    known: of an error, or one of `Unasked`. `doubtful`: a person has to see it whatever
    its score, because the text gives orders to its judge, or because what was said of it contradicts itself.
    """

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
    policy: str = ""
    degraded: bool = False
    unasked: str = ""
    doubtful: bool = False
    language: str = ""
    kind: Kind = Kind.SPEECH
    item: str = ""

    @property
    def score(self) -> float:
        """Computed here, never by a model."""
        return score(self.virality, self.hateful)

    @property
    def about_minors(self) -> bool:
        """Whether its words may be sexual and about minors: they are told to nobody again."""
        return self.labels.get(Label.S3, 0.0) >= MINORS

    def severe(self, limits: Mapping[Label, float] = SEVERE_LIMITS) -> frozenset[Label]:
        """The severe labels over their limit."""
        return frozenset(label for label in SEVERE & limits.keys() if self.labels.get(label, 0.0) >= limits[label])

    def grave(self, limits: Mapping[Label, float] = SEVERE_LIMITS) -> frozenset[Label]:
        """What of its labels no milder words may stand for: the severe ones, and S3 where it may be about minors at all, since
        others look at that."""
        return self.severe(limits) | ({Label.S3} if self.about_minors else frozenset())

    def alarming(
        self,
        threshold: float,
        rule: AlertRule = AlertRule.EARSHOT,
        limits: Mapping[Label, float] = SEVERE_LIMITS,
    ) -> bool:
        """Whether a place with this threshold and these limits of severe labels is told; with NO_RISK it never is."""
        if threshold >= NO_RISK:
            return False
        if rule is AlertRule.SEED:
            return self.score > threshold
        hate = self.hateful and self.confidence >= HATE_CONFIDENCE
        return self.score >= threshold or hate or self.doubtful or bool(self.severe(limits))

    def level(self, limits: Mapping[Label, float] = SEVERE_LIMITS) -> Level:
        """How much it asks for, with these limits of severe labels."""
        if self.score >= HIGH_RISK or self.severe(limits):
            return Level.CRITICAL
        return Level.WARNING if self.score >= WARNING_RISK else Level.INFO

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
    """An assessment over a place's threshold, waiting for or decided by a person. `repeats` counts merged ones. What belongs to no
    live has no `live_id`.

    `decider` is the id of `decided_by`. Where two people have to agree (`two`), because `second_by` asked for it or by the `rule`
    of its place, the first verdict is `proposed`, by `proposed_by` (`proposer` is their id); `opposed_by` (`opposer`) would decide
    the other way. `category` and `labels` are what a person (`relabelled_by`) says it is, if anybody did. `said` is when what it
    quotes was said or seen: later than `raised` once a worse repeat took the place of the first words. `rule` and `limits` (of
    severe labels) are those its place has now. `withheld`: what it quotes is shown to nobody in its place for another reason than
    its own, such as another judge's word.
    """

    id: int
    place: str
    live_id: int | None
    raised: datetime
    assessment: Assessment
    verdict: Verdict = Verdict.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    repeats: int = 0
    decider: str = ""
    second_by: str = ""
    proposed: Verdict | None = None
    proposed_by: str = ""
    proposer: str = ""
    category: Category | None = None
    labels: tuple[Label, ...] | None = None
    relabelled_by: str = ""
    said: datetime | None = None
    opposed_by: str = ""
    opposer: str = ""
    rule: Two = Two.NOBODY
    limits: Mapping[Label, float] = field(default_factory=lambda: SEVERE_LIMITS)

    @property
    def level(self) -> Level:
        """How much it asks for, as its place sees it."""
        return self.assessment.level(self.limits)

    @property
    def two(self) -> bool:
        """Whether two people have to say the same before it stands. What anybody, judge or person, holds for severe is severe."""
        severe = self.level is Level.CRITICAL or bool(SEVERE & set(self.labels or ()))
        return bool(self.second_by) or self.rule is Two.EVERY or (self.rule is Two.SEVERE and severe)

    withheld: bool = False

    @property
    def aside(self) -> bool:
        """Whether what it quotes was taken back, deleted or replaced before anybody decided: no live was muted, and nothing is left
        to decide."""
        return self.verdict is Verdict.MUTED and self.live_id is None

    @property
    def restricted(self) -> bool:
        """Whether only people a place has named see more of it than its post says."""
        return self.about_minors or self.withheld

    @property
    def about_minors(self) -> bool:
        """Whether it is about minors as things stand: people have the last word."""
        if self.verdict is Verdict.DISMISSED:
            return False
        return self.assessment.about_minors if self.labels is None else Label.S3 in self.labels

    @property
    def suspected(self) -> bool:
        """Whether anybody ever took it for that: what no model learns from, whatever was decided."""
        return self.assessment.about_minors or self.restricted
