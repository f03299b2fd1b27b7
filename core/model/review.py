"""Review: what people decide about alerts. Each decision is a value of its own that is never changed; an undo is one more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.risk import Category, Label, Verdict

UNDO = timedelta(minutes=10)
"""For so long everybody who may decide may take a decision back; afterwards a manager may."""
MUTED_FOR = timedelta(minutes=30)
"""How long a live has no alerts once somebody mutes one of them."""


class Act(StrEnum):
    """What somebody did to an alert. `propose`: the first of two verdicts that have to agree; `second`: asked for two of them."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    MUTE = "mute"
    REOPEN = "reopen"
    PROPOSE = "propose"
    SECOND = "second"
    RELABEL = "relabel"
    NOTE = "note"


ACTS = {
    Verdict.CONFIRMED: Act.CONFIRM,
    Verdict.DISMISSED: Act.DISMISS,
    Verdict.MUTED: Act.MUTE,
    Verdict.WAITING: Act.REOPEN,
}
"""What setting a verdict is."""


@dataclass(frozen=True)
class Decision:
    """One thing somebody did to an alert. `was` and `verdict` are where it stood before and stands after it; a proposal has the
    verdict that is proposed. `category` and `labels` are what a person says it is. `supersedes` is the decision on the same alert
    before it."""

    alert_id: int
    act: Act
    was: Verdict
    verdict: Verdict
    by: str
    by_id: str
    at: datetime
    note: str = ""
    category: Category | None = None
    labels: tuple[Label, ...] | None = None
    supersedes: int | None = None
    id: int = 0
