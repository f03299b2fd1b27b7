"""Replies about alerts and their review."""

from dataclasses import dataclass
from datetime import datetime

from core.model.account import Handle
from core.model.review import Decision
from core.model.risk import Category, Kind, Label, Verdict
from core.model.tellable.finds import RiskRaised
from core.services.clipping.sampling import Sample


@dataclass(frozen=True)
class AlertShown:
    """An alert as it stands now, waiting or decided. `posted`: there are posts of it, which say the same."""

    alert: RiskRaised
    posted: bool = False


@dataclass(frozen=True)
class AlertDone:
    """What was done to an alert, in short. `undo`: no post of it offers to take that back."""

    alert: RiskRaised
    undo: bool = False


@dataclass(frozen=True)
class AlertRead:
    """An alert with the words its post keeps back, for one person alone."""

    alert: RiskRaised


@dataclass(frozen=True)
class AlertList:
    """One page of all `n` alerts, narrowed by state, account, kind and time. `key` asks for the same."""

    rows: tuple[RiskRaised, ...]
    page: int
    pages: int
    n: int
    key: str = "review.list"
    state: Verdict | None = None
    account: Handle | None = None
    kind: Kind | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class AlertHistory:
    """What was decided about an alert, oldest first."""

    alert: RiskRaised
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class AlertNoted:
    """A note stands on an alert."""

    alert_id: int
    text: str


@dataclass(frozen=True)
class Relabelling:
    """What a person may say an alert is: a category and labels so far, to be saved or changed."""

    alert: RiskRaised
    category: Category
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class AlertHeard:
    """The sound and picture around an alert."""

    alert: RiskRaised
    sample: Sample
