"""What is told of what was found in a live: hits, clips, risks."""

from dataclasses import dataclass, field
from datetime import datetime

from core.model.clip import Short, Source
from core.model.risk import Kind, Level, Target, Verdict, Virality
from core.model.tellable.screened import Screened
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
    `page` is where it can be watched for a while: put in when it is posted, never stored. `screened`: what was looked at before it
    was posted, None for one of a time when nothing was; while that is not `open` nobody is shown it. `stays`: its video was shown
    in a message that the platform lets nobody but people delete any more; put in when its post changes, never stored."""

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
    screened: Screened | None = None
    stays: bool = False

    @property
    def open(self) -> bool:
        """Whether it may be shown."""
        return not self.failed and (self.screened is None or self.screened.open)


@dataclass(frozen=True)
class RiskRaised:
    """An assessment over the place's threshold, and what people decided about it. `again`: nobody knows whether it was posted
    before. `grown`: it was told of as less, and is critical by now. What belongs to no live has no `live_id`, and an `item` instead
    (`comment:9`).

    `two` people have to agree, because `second_by` asked for it or its place does; the first of them (`proposed_by`) has `proposed`
    a verdict, `opposed_by` would decide the other way; once it is decided, `agreed_by` had said the same as `decided_by`.
    `relabelled` and `relabels` are the category and labels a person says it has. `restricted`: only people the place has named see
    more of it. `over` are the severe labels over the limit of its place, with how sure the judge is and that limit, the surest
    first. `seen` stands for what whoever decides it judges, `stands` for what an undo takes back; empty in what was told before
    there was such a thing. `unasked`: the code of why no model judged what is `degraded`, empty where that is not known."""

    alert_id: int
    live_id: int | None
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
    kind: Kind = Kind.SPEECH
    item: str = ""
    policy: str = ""
    degraded: bool = False
    doubtful: bool = False
    injection: bool = False
    second_by: str = ""
    proposed: Verdict | None = None
    proposed_by: str = ""
    relabelled: str = ""
    relabels: list[str] | None = None
    relabelled_by: str = ""
    restricted: bool = False
    level: Level = Level.INFO
    two: bool = False
    opposed_by: str = ""
    agreed_by: str = ""
    grown: bool = False
    over: list[tuple[str, float, float]] = field(default_factory=list)
    seen: str = ""
    unasked: str = ""
    stands: str = ""

    @property
    def aside(self) -> bool:
        """As `Alert.aside`; nobody is named in `decided_by` when that was whoever wrote it."""
        return self.verdict is Verdict.MUTED and self.live_id is None
