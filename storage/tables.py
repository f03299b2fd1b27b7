"""Every table. A migration follows each change here; rows check nothing, what enters is checked at the edges.

What belongs to a place has a `place` column and an index that begins with it. Lives belong to nobody: `live_place` says
who may see them. Times are aware UTC; `second` is seconds on a live's own clock.
The full-text tables `segment_fts`, `chat_line_fts` and `video_segment_fts` are written by hand in the migrations (see search.py);
lines in them never go by a cascade, which would leave the index behind.
"""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, MetaData, UniqueConstraint, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler
from sqlmodel import Field, SQLModel

from core.model.account import AccountStatus, Handle
from core.model.audit import Verb
from core.model.clip import Source
from core.model.diary import DiaryKind
from core.model.feed import Event
from core.model.job import JobState
from core.model.live import LiveStatus
from core.model.notice import DeliveryState, NoticeKind
from core.model.person import Purpose, Two
from core.model.policy import Provider, Severity
from core.model.review import Act
from core.model.risk import Category, Kind, Target, Verdict, Virality
from core.model.screening import LocalPolicy, Matter, State
from core.model.transcript import GapCause, SegmentState
from core.model.trigger import MatchMode, Then, Where
from storage.columns import Choice, HandleText, Names, Pairs, PathText, Seconds, UtcDateTime

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
LASTING_IDS = {"sqlite_autoincrement": True}
"""For what people or other processes hold by its id: a number is never given again to something else."""
UNFINISHED_JOB = text("state in ('waiting', 'running')")
WAITING_DELIVERY = text("state in ('new', 'retry')")


@compiles(CreateIndex, "postgresql")
def _partial(element: CreateIndex, compiler: DDLCompiler, **how: Any) -> str:
    """What is a partial index in SQLite is one in PostgreSQL. An index that says so itself (`postgresql_where`) has SQLAlchemy
    import all of that dialect at every start, 27 ms (measured)."""
    there, here = (element.element.dialect_options[name] for name in ("postgresql", "sqlite"))
    if there["where"] is None:
        there["where"] = here["where"]
    return str(compiler.visit_create_index(element, **how))  # type: ignore[no-untyped-call]


class Row(SQLModel):
    """The base of all rows."""

    model_config = {"arbitrary_types_allowed": True}
    metadata: ClassVar[MetaData] = METADATA


def _key(table: str, **more: Any) -> Any:
    """A foreign key: what it points to takes this row along when it goes."""
    return Field(foreign_key=f"{table}.id", ondelete="CASCADE", **more)


def _time(**more: Any) -> Any:
    return Field(sa_type=UtcDateTime(), **more)


class PlaceRow(Row, table=True):
    __tablename__ = "place"
    id: str = Field(primary_key=True)
    name: str
    language: str
    time_zone: str
    risk_threshold: float
    clips_kept: timedelta = Field(sa_type=Seconds())
    address: str = ""
    purpose: Purpose = Field(default=Purpose.COMMUNITY, sa_type=Choice(Purpose))
    set_up: datetime | None = _time(default=None)
    set_up_by: str = ""
    left: datetime | None = _time(default=None)
    reviewers: tuple[str, ...] = Field(default=(), sa_type=Names())
    quiet_from: time | None = None
    quiet_until: time | None = None
    silent: tuple[str, ...] = Field(default=(), sa_type=Names())
    ping: str = ""
    start_text: str = ""
    dark: bool = False
    names: tuple[tuple[str, str], ...] = Field(default=(), sa_type=Pairs())
    two: Two = Field(default=Two.NOBODY, sa_type=Choice(Two))


class PartnerRow(Row, table=True):
    """That a place belongs to a `circle` of linked places, each of which sees what the others decide."""

    __tablename__ = "partner"
    place: str = _key("place", primary_key=True)
    circle: str = Field(index=True)


class PersonRow(Row, table=True):
    """What somebody chose for themselves on a chat platform."""

    __tablename__ = "person"
    id: str = Field(primary_key=True)
    language: str


class FeedRow(Row, table=True):
    """Where an event goes in a place; `account_id` 0: of every account without a row of its own. No foreign key for it: 0 is
    no account."""

    __tablename__ = "feed"
    place: str = _key("place", primary_key=True)
    event: Event = Field(sa_type=Choice(Event), primary_key=True)
    account_id: int = Field(default=0, primary_key=True)
    address: str


class TopicRow(Row, table=True):
    """A thread or topic Earshot made at an address, about something (`account:12`): `external` is the platform's number of it."""

    __tablename__ = "topic"
    address: str = Field(primary_key=True)
    about: str = Field(primary_key=True)
    external: str


class ClosedRow(Row, table=True):
    """An address where Earshot may not post: what waits for it is kept until it may. Tried again at `probe`."""

    __tablename__ = "closed"
    address: str = Field(primary_key=True)
    place: str = Field(index=True)
    since: datetime = _time()
    why: str
    probe: datetime = _time()


class MemoRow(Row, table=True):
    """What Earshot has to remember about itself: hashes of what it told the platforms. After `until` it is tidied away."""

    __tablename__ = "memo"
    name: str = Field(primary_key=True)
    value: str
    until: datetime | None = _time(default=None)


class AccountRow(Row, table=True):
    __tablename__ = "account"
    id: int | None = Field(default=None, primary_key=True)
    handle: Handle = Field(sa_type=HandleText(), unique=True)
    name: str = ""
    tiktok_id: str = ""
    followers: int | None = None
    status: AccountStatus = Field(default=AccountStatus.UNKNOWN, sa_type=Choice(AccountStatus))
    looked_at: datetime | None = _time(default=None)
    tried_at: datetime | None = _time(default=None)
    why: str = ""
    missing_since: datetime | None = _time(default=None)
    posted_at: datetime | None = _time(default=None)
    posted_id: str = ""
    was: str = ""


class FollowRow(Row, table=True):
    """`removed` keeps a follow that was taken back, so that an undo can bring it back."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("place", "account_id"), LASTING_IDS)
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place")
    account_id: int = _key("account", index=True)
    address: str
    since: datetime = _time()
    language: str
    transcript: bool
    risk: float | None
    ping: str
    paused_until: datetime | None = _time()
    chat: bool = True
    clips: bool = True
    videos: bool = False
    once: bool = False
    until: datetime | None = _time(default=None)
    engine: str = ""
    removed: bool = False


class LiveRow(Row, table=True):
    __tablename__ = "live"
    __table_args__ = (Index(None, "account_id", "started"), LASTING_IDS)
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    title: str
    started: datetime = _time(index=True)
    status: LiveStatus = Field(default=LiveStatus.LIVE, sa_type=Choice(LiveStatus), index=True)
    ended: datetime | None = _time(default=None)
    viewers_peak: int = 0
    viewers_sum: int = 0
    viewers_samples: int = 0


class LiveRoomRow(Row, table=True):
    """A room of TikTok: it belongs to one live for ever. `id` keeps the order of a live's rooms."""

    __tablename__ = "live_room"
    id: int | None = Field(default=None, primary_key=True)
    room: str = Field(unique=True)
    live_id: int = _key("live", index=True)


class LivePlaceRow(Row, table=True):
    """That a place may see a live; `stopped`: it does not want it watched any more; no alerts before `muted_until`."""

    __tablename__ = "live_place"
    place: str = _key("place", primary_key=True)
    live_id: int = _key("live", primary_key=True, index=True)
    stopped: bool = False
    muted_until: datetime | None = _time(default=None)


class SegmentRow(Row, table=True):
    """`words` is [[start, end, text], …]; `search_text` is None where there are no words. Where they are gone and may have to
    be withheld, `engine` says so and `words` is of another kind: see `AGED` in minors.py."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("live_id", "start"),)
    id: int | None = Field(default=None, primary_key=True)
    live_id: int = Field(foreign_key="live.id")
    start: float
    end: float
    text: str | None
    language: str
    engine: str
    words: list[Any] = Field(sa_type=JSON())
    state: SegmentState = Field(sa_type=Choice(SegmentState))
    speaker: str = ""
    search_text: str | None


class GapRow(Row, table=True):
    __tablename__ = "gap"
    __table_args__ = (UniqueConstraint("live_id", "start"),)
    id: int | None = Field(default=None, primary_key=True)
    live_id: int = _key("live")
    start: float
    end: float
    cause: GapCause = Field(sa_type=Choice(GapCause))


class SoundRow(Row, table=True):
    """The sound of a span that nobody could hear yet: a file, until its words are there."""

    __tablename__ = "sound"
    __table_args__ = (UniqueConstraint("live_id", "start"),)
    id: int | None = Field(default=None, primary_key=True)
    live_id: int = _key("live")
    start: float
    end: float
    overlap: float
    path: Path = Field(sa_type=PathText())
    kept: datetime = _time()


class ChatLineRow(Row, table=True):
    """`chatter` is the handle shown, `chatter_key` the keyed hash of TikTok's number (storage/chatters.py). A line without a
    `msg_id` is not recognised when it comes again."""

    __tablename__ = "chat_line"
    __table_args__ = (UniqueConstraint("live_id", "msg_id"), Index(None, "live_id", "second"))
    id: int | None = Field(default=None, primary_key=True)
    live_id: int = Field(foreign_key="live.id")
    msg_id: str | None
    at: datetime = _time()
    second: float
    chatter: str
    chatter_key: str = ""
    text: str
    search_text: str


class LiveEventRow(Row, table=True):
    """Gifts, likes, joins, follows and shares. Only gifts have a `msg_id`; `name` is the gift's."""

    __tablename__ = "live_event"
    __table_args__ = (UniqueConstraint("live_id", "msg_id"), Index(None, "live_id", "second"))
    id: int | None = Field(default=None, primary_key=True)
    live_id: int = _key("live")
    msg_id: str | None
    at: datetime = _time()
    second: float
    kind: str
    chatter: str
    chatter_key: str = ""
    name: str
    count: int


class DiaryRow(Row, table=True):
    """What happened to a watch, and the marks people put in it. `place` empty: every place that may see the live."""

    __tablename__ = "diary"
    __table_args__ = (Index(None, "live_id", "at"), Index(None, "place", "live_id"), LASTING_IDS)
    id: int | None = Field(default=None, primary_key=True)
    live_id: int = _key("live")
    place: str
    at: datetime = _time()
    second: float
    kind: DiaryKind = Field(sa_type=Choice(DiaryKind))
    text: str
    by: str


class VideoRow(Row, table=True):
    """A video of TikTok, shared by all places: `tiktok_id` is TikTok's number."""

    __tablename__ = "video"
    id: int | None = Field(default=None, primary_key=True)
    tiktok_id: str = Field(unique=True)
    handle: Handle = Field(sa_type=HandleText())
    name: str
    title: str
    description: str
    seconds: float
    posted: datetime | None = _time(default=None)
    thumbnail: Path | None = Field(default=None, sa_type=PathText())


class VideoTranscriptRow(Row, table=True):
    """The words of a video in a place: one for each engine and language asked for, and for each who asked for themselves."""

    __tablename__ = "video_transcript"
    __table_args__ = (
        UniqueConstraint("place", "video_id", "engine", "asked_language", "by"),
        Index(None, "place", "made"),
        LASTING_IDS,
    )
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place")
    video_id: int = _key("video", index=True)
    engine: str
    asked_language: str
    language: str
    automatic: bool
    made: datetime = _time()
    by: str
    title: str
    public: bool = True
    passed: tuple[tuple[str, str], ...] = Field(default=(), sa_type=Pairs())
    removed: bool = False


class VideoSegmentRow(Row, table=True):
    """`words` is [[start, end, text], …]; seconds of the video."""

    __tablename__ = "video_segment"
    __table_args__ = (UniqueConstraint("transcript_id", "start"),)
    id: int | None = Field(default=None, primary_key=True)
    transcript_id: int = _key("video_transcript")
    start: float
    end: float
    text: str
    words: list[Any] = Field(sa_type=JSON())
    speaker: str = ""
    search_text: str


class RemoteRow(Row, table=True):
    """A recording that is heard elsewhere: see Remote. `pieces` is [[start, end], …]. It outlives its place, which is empty then:
    what lies at the service still has to go."""

    __tablename__ = "remote"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    place: str = Field(index=True)
    engine: str
    upload: str
    pieces: list[Any] = Field(sa_type=JSON())
    since: datetime = _time()
    external: str = Field(index=True)
    secret: str
    over: bool


class UsageRow(Row, table=True):
    """What an engine heard for a place on a day (UTC)."""

    __tablename__ = "usage"
    place: str = _key("place", primary_key=True)
    day: date = Field(primary_key=True)
    engine: str = Field(primary_key=True)
    seconds: float
    pieces: int


class SpendingRow(Row, table=True):
    """What a model judged for a place on a day (UTC), and what that cost; a share of it where others see the same live."""

    __tablename__ = "spending"
    place: str = _key("place", primary_key=True)
    day: date = Field(primary_key=True)
    model: str = Field(primary_key=True)
    requests: float
    asked: float
    cached: float
    answered: float
    dollars: float
    seconds: float = 0.0


class LinkRow(Row, table=True):
    """A person's own TikTok account. Tokens are sealed (SECRET_KEYS) and never leave the adapter unsealed."""

    __tablename__ = "link"
    __table_args__ = (LASTING_IDS,)
    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(unique=True)
    place: str = _key("place", index=True)
    address: str
    open_id: str = Field(index=True)
    name: str
    picture: str
    scopes: str
    access: bytes
    access_until: datetime = _time()
    refresh: bytes
    refresh_until: datetime = _time()
    automatic: bool = False
    newest: datetime | None = _time(default=None)
    refreshing: datetime | None = _time(default=None)
    since: datetime = _time()


class LinkStateRow(Row, table=True):
    """A sign-in under way: `state` is a hash of what went out, used once, for one person in one place."""

    __tablename__ = "link_state"
    state: str = Field(primary_key=True)
    person: str
    place: str = _key("place", index=True)
    address: str
    purpose: str
    verifier: bytes
    until: datetime = _time(index=True)


class OptOutRow(Row, table=True):
    """An account whose owner does not want to be watched, anywhere here. Keyed hashes only: `who` of TikTok's number, `name` of
    the handle it had."""

    __tablename__ = "opt_out"
    who: str = Field(primary_key=True)
    name: str = Field(index=True)
    at: datetime = _time()


class ViewerSampleRow(Row, table=True):
    __tablename__ = "viewer_sample"
    live_id: int = _key("live", primary_key=True)
    second: float = Field(primary_key=True)
    viewers: int


class TriggerRow(Row, table=True):
    """`removed` keeps a trigger that was taken back: its hits still speak of it, and an undo brings it back."""

    __tablename__ = "trigger"
    __table_args__ = LASTING_IDS
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place", index=True)
    word: str
    account_id: int | None = _key("account", index=True)
    where: Where = Field(sa_type=Choice(Where))
    match: MatchMode = Field(sa_type=Choice(MatchMode))
    then: Then = Field(sa_type=Choice(Then))
    cooldown: timedelta = Field(sa_type=Seconds())
    removed: bool = False


class HitRow(Row, table=True):
    __tablename__ = "hit"
    __table_args__ = (Index(None, "place", "live_id"), Index(None, "trigger_id", "live_id", "at"), LASTING_IDS)
    id: int | None = Field(default=None, primary_key=True)
    trigger_id: int = _key("trigger")
    live_id: int = _key("live", index=True)
    place: str = _key("place")
    word: str
    source: Where = Field(sa_type=Choice(Where))
    at: datetime = _time()
    second: float
    quote: str
    start: int
    end: int
    by: str


class ClipRow(Row, table=True):
    """`wish` is what was asked for, once."""

    __tablename__ = "clip"
    __table_args__ = (
        UniqueConstraint("place", "wish"),
        UniqueConstraint("place", "shown"),
        Index(None, "place", "made"),
        LASTING_IDS,
    )
    id: int | None = Field(default=None, primary_key=True)
    live_id: int = _key("live", index=True)
    place: str = _key("place")
    shown: str
    path: Path = Field(sa_type=PathText())
    start: float
    seconds: float
    size: int
    width: int
    height: int
    made: datetime = _time()
    why: str
    wish: str
    source: Source = Field(sa_type=Choice(Source))
    kept: bool = False


class AssessmentRow(Row, table=True):
    """`labels` is {label: probability}. `start` is that of the segment judged; what does not stand any more was said before a
    better judge's word. `waits`: nobody was told of it yet, because such a word may come."""

    __tablename__ = "assessment"
    __table_args__ = (Index(None, "live_id", "second"), Index(None, "live_id", "start"), Index(None, "item"))
    id: int | None = Field(default=None, primary_key=True)
    live_id: int | None = _key("live", default=None)
    at: datetime = _time()
    category: Category = Field(sa_type=Choice(Category))
    virality: Virality = Field(sa_type=Choice(Virality))
    hateful: bool
    target: Target = Field(sa_type=Choice(Target))
    labels: dict[str, float] = Field(sa_type=JSON())
    confidence: float
    quote: str
    second: float
    reason: str
    engine: str
    injection: bool
    policy: str = ""
    degraded: bool = False
    unasked: str = ""
    doubtful: bool = False
    language: str = ""
    kind: Kind = Field(default=Kind.SPEECH, sa_type=Choice(Kind))
    item: str = ""
    start: float | None = None
    stands: bool = True
    waits: bool = False


class AlertRow(Row, table=True):
    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("place", "assessment_id"),
        Index(None, "place", "verdict"),
        Index(None, "place", "live_id", "raised"),
        LASTING_IDS,
    )
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place")
    live_id: int | None = _key("live", index=True, default=None)
    assessment_id: int = _key("assessment", index=True)
    raised: datetime = _time()
    verdict: Verdict = Field(default=Verdict.WAITING, sa_type=Choice(Verdict))
    decided_by: str = ""
    decided_at: datetime | None = _time(default=None)
    note: str = ""
    repeats: int = 0
    decider: str = ""
    second_by: str = ""
    proposed: Verdict | None = Field(default=None, sa_type=Choice(Verdict))
    proposed_by: str = ""
    proposer: str = ""
    category: Category | None = Field(default=None, sa_type=Choice(Category))
    labels: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    relabelled_by: str = ""
    opposed_by: str = ""
    opposer: str = ""


class DecisionRow(Row, table=True):
    """One decision on an alert; undoing is one too. Never changed."""

    __tablename__ = "decision"
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place", index=True)
    alert_id: int = _key("alert", index=True)
    was: Verdict = Field(sa_type=Choice(Verdict))
    verdict: Verdict = Field(sa_type=Choice(Verdict))
    by: str
    at: datetime = _time()
    note: str
    act: Act = Field(sa_type=Choice(Act))
    by_id: str = ""
    category: Category | None = Field(default=None, sa_type=Choice(Category))
    labels: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    supersedes: int | None = None


class AuditRow(Row, table=True):
    """Who did what. `number` counts from 1 in each place; rows are added at the end and leave at the front, and never change."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "place", "at"),)
    place: str = _key("place", primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = _time()
    person: str
    by: str
    verb: Verb = Field(sa_type=Choice(Verb))
    about: str
    before: str = ""
    after: str = ""
    reason: str = ""
    previous: str
    hash: str


class ChainRow(Row, table=True):
    """Where the audit of a place begins and ends: without it nobody would see that its last rows are gone."""

    __tablename__ = "chain"
    place: str = _key("place", primary_key=True)
    anchor: int = 0
    anchor_hash: str = ""
    number: int = 0
    hash: str = ""


class EvidenceRow(Row, table=True):
    """`alert_id` points nowhere: evidence stays when its alert goes."""

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "place", "alert_id"), LASTING_IDS)
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place")
    alert_id: int
    kept: datetime = _time()
    by: str
    file: str
    size: int
    sha256: str
    clip: bool = False
    restricted: bool = False
    released: datetime | None = _time(default=None)


class PolicyRow(Row, table=True):
    """What a place wants of short texts. `limits` is {label: from which probability on}, of the labels that are on."""

    __tablename__ = "policy"
    place: str = _key("place", primary_key=True)
    limits: dict[str, float] = Field(sa_type=JSON())
    chat: bool
    titles: bool
    provider: Provider = Field(sa_type=Choice(Provider))
    sample: int
    region: str


class WordRuleRow(Row, table=True):
    """`removed` keeps a rule that was taken back, so that an undo can bring it back."""

    __tablename__ = "word_rule"
    __table_args__ = LASTING_IDS
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place", index=True)
    word: str
    match: MatchMode = Field(sa_type=Choice(MatchMode))
    severity: Severity = Field(sa_type=Choice(Severity))
    removed: bool = False


class CommentRow(Row, table=True):
    """What somebody wrote about a transcript. `told`: the verdict of its alert that its author knows of."""

    __tablename__ = "comment"
    __table_args__ = LASTING_IDS
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place", index=True)
    transcript_id: int = _key("video_transcript", index=True)
    by: str
    name: str
    text: str
    made: datetime = _time()
    to: int | None = None
    held: bool = False
    alert_id: int | None = Field(default=None, index=True)
    told: Verdict = Field(default=Verdict.WAITING, sa_type=Choice(Verdict))
    removed: datetime | None = _time(default=None, index=True)


class ScreeningRow(Row, table=True):
    """How a clip or video stands before, and after, it is posted. `item` is the number of either; no foreign key: what was rejected
    is remembered when its file is gone. `found` is [[check, where, share], …], `hashes` are hexadecimal."""

    __tablename__ = "screening"
    __table_args__ = (
        UniqueConstraint("place", "matter", "item"),
        Index(None, "state", "place"),
        LASTING_IDS,
    )
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place")
    matter: Matter = Field(sa_type=Choice(Matter))
    item: int
    state: State = Field(sa_type=Choice(State))
    at: datetime = _time()
    found: list[Any] = Field(sa_type=JSON())
    labels: dict[str, float] = Field(sa_type=JSON())
    reason: str
    quote: str
    engine: str
    policy: str
    local: LocalPolicy = Field(sa_type=Choice(LocalPolicy))
    frames: int
    unheard: float
    fault: str
    gone: bool
    blind: bool
    doubtful: bool
    alike: datetime | None = _time(default=None)
    hashes: tuple[str, ...] = Field(default=(), sa_type=Names())
    dollars: float
    post: str
    alert_id: int | None = Field(default=None, index=True)
    by: str = ""
    restricted: bool


class ScreeningStepRow(Row, table=True):
    """One move of a screening. Never changed."""

    __tablename__ = "screening_step"
    id: int | None = Field(default=None, primary_key=True)
    place: str = _key("place", index=True)
    screening_id: int = _key("screening", index=True)
    was: State | None = Field(default=None, sa_type=Choice(State))
    state: State = Field(sa_type=Choice(State))
    at: datetime = _time()
    by: str
    reason: str


class JobRow(Row, table=True):
    """`worker` and `lease_until` belong to the claim with this `epoch`."""

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_key_unfinished", "key", unique=True, sqlite_where=UNFINISHED_JOB),
        Index("ix_job_due_unfinished", "due", sqlite_where=UNFINISHED_JOB),
        Index("ix_job_place_kind_begun", "place", "kind", "begun"),
        LASTING_IDS,
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str
    payload: dict[str, Any] = Field(sa_type=JSON())
    state: JobState = Field(default=JobState.WAITING, sa_type=Choice(JobState))
    due: datetime = _time()
    attempt: int = 0
    epoch: int = 0
    error: str = ""
    worker: str = ""
    lease_until: datetime | None = _time(default=None)
    finished: datetime | None = _time(default=None)
    place: str = ""
    by: str = ""
    since: datetime | None = _time(default=None)
    begun: datetime | None = _time(default=None)
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=JSON())


class DeliveryRow(Row, table=True):
    """A notice and how far it is told. `rank` orders what waits at an address: urgent posts, urgent edits, posts, edits (0 to 3).
    `courier` and `lease_until` belong to the claim with this `epoch`."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_waiting", "address", "rank", "id", sqlite_where=WAITING_DELIVERY),
        Index(None, "state", "address"),
        Index(None, "address", "subject"),
        LASTING_IDS,
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: NoticeKind = Field(sa_type=Choice(NoticeKind))
    place: str = Field(index=True)
    address: str
    platform: str
    subject: str
    facts: dict[str, Any] = Field(sa_type=JSON())
    edits: bool
    silent: bool
    urgent: bool = False
    rank: int = 0
    state: DeliveryState = Field(default=DeliveryState.NEW, sa_type=Choice(DeliveryState))
    attempt: int = 0
    epoch: int = 0
    due: datetime = _time()
    first_tried: datetime | None = _time(default=None)
    external: str = ""
    reason: str = ""
    courier: str = ""
    lease_until: datetime | None = _time(default=None)
    settled: datetime | None = _time(default=None)


class RevisionRow(Row, table=True):
    __tablename__ = "revision"
    topic: str = Field(primary_key=True)
    number: int
