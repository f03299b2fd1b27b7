"""What is told of what was found in a live: hits, clips, risks."""

from dataclasses import dataclass
from datetime import datetime

from core.model.clip import Short, Source
from core.model.risk import Target, Verdict, Virality
from core.model.trigger import Where


@dataclass(frozen=True)
class HitFound:
    """A trigger fired; the matched part is quote[start:end]. `count` grows with more hits within the cool-down."""

    hit_id: int
    live_id: int
    trigger_id: int
    handle: str
    word: str
    source: Where
    quote: str
    start: int
    end: int
    at: datetime
    second: float
    by: str = ""
    count: int = 1
    cooldown_seconds: float = 30.0


@dataclass(frozen=True)
class ClipSaved:
    """A clip is ready. `path` is its file, `start` the second of the live at which it really begins; one that is `short`er than was
    asked says why. A clip that could not be made has `failed` with the reason's code, `shown` being the file that OBS has; one
    that was deleted has DELETED, and `by` whom. `instead`: the code of why it does not come from OBS, which it was wanted from.
    `page` is where it can be watched for a while: put in when it is posted, never stored."""

    clip_id: int
    live_id: int
    handle: str
    shown: str
    path: str
    seconds: float
    size: int
    width: int
    height: int
    why: str = ""
    failed: str = ""
    start: float = 0.0
    source: Source = Source.OWN
    short: Short | None = None
    kept: bool = False
    by: str = ""
    page: str = ""
    instead: str = ""


@dataclass(frozen=True)
class RiskRaised:
    """An assessment over the place's threshold, and what people decided about it. `again`: nobody knows whether it was posted
    before."""

    alert_id: int
    live_id: int
    handle: str
    score: float
    category: str
    virality: Virality
    target: Target
    labels: list[str]
    quote: str
    reason: str
    terms: list[tuple[str, float]]
    engine: str
    at: datetime
    second: float
    repeats: int = 0
    verdict: Verdict = Verdict.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    again: bool = False
