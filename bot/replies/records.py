"""Replies about what stays of reviewing, and of what would be said of a text."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.model.account import Handle
from core.model.agreement import Agreements
from core.model.audit import Deed
from core.model.evidence import Evidence
from core.services.exporting import Exported
from core.services.reviewing.trying import Tried


@dataclass(frozen=True)
class StatsShown:
    """How the judge and people agree about alerts raised since then; `plot` is a picture of it, if there is one."""

    found: Agreements
    since: datetime
    account: Handle | None = None
    plot: Path | None = None


@dataclass(frozen=True)
class TextTried:
    """What would be said of a text."""

    tried: Tried


@dataclass(frozen=True)
class EvidenceShown:
    """Evidence that is held, or released since then. `wrong`: what of it is not as it was frozen; None when nobody looked."""

    evidence: Evidence
    wrong: tuple[str, ...] | None = None


@dataclass(frozen=True)
class EvidenceFile:
    """Evidence, handed out."""

    evidence: Evidence
    path: Path


@dataclass(frozen=True)
class AuditList:
    """One page of who did what, newest first; `more`: there are older ones. `broken` is the first row that is not as it
    was written. `whole`: the asker may have it as a table."""

    rows: tuple[Deed, ...]
    page: int
    more: bool
    key: str = "review.audit"
    name: str = ""
    since: datetime | None = None
    broken: int | None = None
    whole: bool = False


@dataclass(frozen=True)
class AuditFile:
    """The same as a table."""

    file: Exported
