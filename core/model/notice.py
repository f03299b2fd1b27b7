"""What Earshot tells a place: the things it can say, the notice that carries one, and the delivery of a notice.

Everything here is meaning, never text: surfaces draw it. The subject ties later notices to the post they edit: the end of a
live edits its start, a decision edits its alert, more hits edit the first one's count.
"""

import types
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from core.model.person import Address
from core.model.risk import Target, Verdict, Virality
from core.model.trigger import Where


@dataclass(frozen=True)
class LiveStarted:
    """An account is live. `threshold` is from which score on the place is alerted, None without risk alerts; `language` the one
    said to be spoken, empty when nobody said; `cover` the path of a picture, empty without one. Not `recorded`: the place wants
    notices only."""

    live_id: int
    handle: str
    title: str
    started: datetime
    viewers: int | None = None
    triggers: int = 0
    transcript: bool = True
    threshold: float | None = None
    ping: str = ""
    language: str = ""
    cover: str = ""
    recorded: bool = True


@dataclass(frozen=True)
class LiveEnded:
    """A live is over: what it was, in figures. `plot` is the path of a PNG, empty without one; `lines` its first words;
    `titles` what it was called before. Not `recorded`: only when it was and who watched is known here."""

    live_id: int
    handle: str
    title: str
    started: datetime
    ended: datetime
    viewers_peak: int = 0
    viewers_mean: float = 0.0
    chats: int = 0
    hits: int = 0
    alerts: int = 0
    clips: int = 0
    segments: int = 0
    told: int = 0
    failed: int = 0
    untold: int = 0
    lines: str = ""
    plot: str = ""
    titles: list[str] = field(default_factory=list)
    recorded: bool = True


@dataclass(frozen=True)
class LiveLost:
    """We cannot hear a live any more and keep trying; `found` when it is heard again."""

    live_id: int
    handle: str
    since: datetime
    found: bool = False


@dataclass(frozen=True)
class ChatWaits:
    """The chats of the lives of `handles` cannot be opened, and the lives go on without them; `found` when all are read again.
    `why` is SIGN_LIMIT (no signature left), SIGN_DOWN (nobody who signs) or SIGN_KEY (our key is refused)."""

    handles: list[str]
    since: datetime
    why: str
    found: bool = False


@dataclass(frozen=True)
class AccountRenamed:
    """An account goes by another name now; it is followed on under it."""

    handle: str
    was: str


@dataclass(frozen=True)
class AccountGone:
    """An account that TikTok has not known since `since`."""

    handle: str
    since: datetime


GAPS = ("silent", "untold", "failed", "reconnect", "overflow", "engine")
"""Why a stretch of a live has no words: nobody spoke, no engine was ready, the engine failed, or a cause of a Gap."""


@dataclass(frozen=True)
class Rolling:
    """The newest words of a live: (time, text) each, None where speech has no words. `engine` made them. `gaps` are stretches
    without words: (from, until, why), why being one of GAPS. `over`: this post grows no more."""

    live_id: int
    handle: str
    language: str
    engine: str
    lines: list[tuple[datetime, str | None]] = field(default_factory=list)
    gaps: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    over: bool = False


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
    """A clip is ready. `path` is its file; a clip that could not be made has `failed` with the reason's code."""

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


@dataclass(frozen=True)
class Transcribing:
    """A transcription under way. `step` is waiting, found, downloaded, speech to text or posted: the one it is at. `share` of
    it is done, None when nobody knows; `ahead` are before it. `waits` is the code of what it waits for until `until`.
    `only`: the one person it is for, empty for everybody.
    """

    job_id: int
    handle: str = ""
    title: str = ""
    seconds: float = 0.0
    step: str = "waiting"
    share: float | None = None
    left_seconds: float | None = None
    ahead: int = 0
    waits: str = ""
    until: datetime | None = None
    only: str = ""


@dataclass(frozen=True)
class Transcribed:
    """A video has its words. `lines` are the first of them; `video_id` is TikTok's, 0 for a file; `thumbnail` and `file` (the
    transcript in the format asked for) are paths, empty without one. `automatic`: TikTok's captions, by machine."""

    transcript_id: int
    handle: str
    title: str
    description: str
    seconds: float
    language: str
    engine: str
    automatic: bool
    posted: datetime | None = None
    lines: str = ""
    video_id: int = 0
    thumbnail: str = ""
    file: str = ""
    only: str = ""


@dataclass(frozen=True)
class NotTranscribed:
    """A transcription that failed for good, or was cancelled (`code` CANCELLED). `code` and `values` are those of an error."""

    job_id: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    only: str = ""


@dataclass(frozen=True)
class VideoPosted:
    """An account has posted a video."""

    handle: str
    video_id: int
    title: str
    seconds: float = 0.0
    posted: datetime | None = None
    thumbnail: str = ""


@dataclass(frozen=True)
class Linked:
    """Somebody's own TikTok account is linked. Whose is not said: others may read along where it was asked for."""


@dataclass(frozen=True)
class LinkLost:
    """A link is over: TikTok honours it no longer, or its tokens were lost."""


@dataclass(frozen=True)
class AccountOptedOut:
    """The owner of an account does not want to be watched; nobody follows it any more."""

    handle: str


@dataclass(frozen=True)
class PlaceLost:
    """Told to whoever set a place up: Earshot may not post there any more. `why` is NO_POST or GONE."""

    place: str
    name: str
    address: Address
    why: str
    since: datetime


@dataclass(frozen=True)
class Skipped:
    """More was waiting for an address than anybody would read: `count` posts were left out between `since` and `until`."""

    count: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Digest:
    """What happened in a place between `since` and `until`. `accounts` are (handle, lives, hits, alerts, clips) of those with
    something to tell; `quiet` are the others; `waiting` alerts wait for a person."""

    since: datetime
    until: datetime
    accounts: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    waiting: int = 0
    videos: int = 0


@dataclass(frozen=True)
class Health:
    """Something of Earshot's is not well. `what` names it (TIKTOK_LIMIT, POSTS_LATE, DISK_LOW, STORE_SLOW, NO_WORDS); over at
    `ended`."""

    what: str
    since: datetime
    ended: datetime | None = None
    amount: float = 0.0


@dataclass(frozen=True)
class Said:
    """A word of who runs Earshot to every place."""

    text: str


@dataclass(frozen=True)
class Tested:
    """A post that shows that posts arrive. `by` asked for it."""

    by: str


Tellable = (
    LiveStarted
    | LiveEnded
    | LiveLost
    | ChatWaits
    | AccountRenamed
    | AccountGone
    | Rolling
    | HitFound
    | ClipSaved
    | RiskRaised
    | Transcribing
    | Transcribed
    | NotTranscribed
    | VideoPosted
    | Linked
    | LinkLost
    | AccountOptedOut
    | PlaceLost
    | Skipped
    | Digest
    | Health
    | Said
    | Tested
)


class NoticeKind(StrEnum):
    """Every kind of post, as stored."""

    LIVE_STARTED = "live started"
    LIVE_ENDED = "live ended"
    LIVE_LOST = "live lost"
    CHAT_WAITS = "chat waits"
    RENAMED = "renamed"
    GONE = "gone"
    ROLLING = "rolling transcript"
    HIT = "hit"
    CLIP = "clip"
    RISK = "risk"
    TRANSCRIBING = "transcribing"
    TRANSCRIBED = "transcribed"
    NOT_TRANSCRIBED = "not transcribed"
    VIDEO = "new video"
    LINKED = "linked"
    LINK_LOST = "link lost"
    OPTED_OUT = "opted out"
    PLACE_LOST = "place lost"
    SKIPPED = "skipped"
    DIGEST = "digest"
    HEALTH = "health"
    SAID = "said"
    TESTED = "tested"


KINDS: dict[NoticeKind, type[Tellable]] = {
    NoticeKind.LIVE_STARTED: LiveStarted,
    NoticeKind.LIVE_ENDED: LiveEnded,
    NoticeKind.LIVE_LOST: LiveLost,
    NoticeKind.CHAT_WAITS: ChatWaits,
    NoticeKind.RENAMED: AccountRenamed,
    NoticeKind.GONE: AccountGone,
    NoticeKind.ROLLING: Rolling,
    NoticeKind.HIT: HitFound,
    NoticeKind.CLIP: ClipSaved,
    NoticeKind.RISK: RiskRaised,
    NoticeKind.TRANSCRIBING: Transcribing,
    NoticeKind.TRANSCRIBED: Transcribed,
    NoticeKind.NOT_TRANSCRIBED: NotTranscribed,
    NoticeKind.VIDEO: VideoPosted,
    NoticeKind.LINKED: Linked,
    NoticeKind.LINK_LOST: LinkLost,
    NoticeKind.OPTED_OUT: AccountOptedOut,
    NoticeKind.PLACE_LOST: PlaceLost,
    NoticeKind.SKIPPED: Skipped,
    NoticeKind.DIGEST: Digest,
    NoticeKind.HEALTH: Health,
    NoticeKind.SAID: Said,
    NoticeKind.TESTED: Tested,
}


@dataclass(frozen=True)
class Notice:
    """One thing to tell at one address. `key` is unique: telling the same thing twice is telling it once.

    `subject` names the post: a notice that `edits` changes the post with its subject at that address (or becomes it, when
    there is none); any other is a new message. `silent`: without sound. `urgent`: before everything else that waits at the
    address. `facts` are the fields of `kind` as plain JSON.
    """

    kind: NoticeKind
    key: str
    place: str
    address: Address
    subject: str
    facts: dict[str, Any] = field(default_factory=dict)
    edits: bool = False
    silent: bool = False
    urgent: bool = False

    def tells(self) -> Tellable:
        """The facts as the value they were."""
        return read(self.kind, self.facts)


def facts_of(tellable: Tellable) -> tuple[NoticeKind, dict[str, Any]]:
    """The kind and the plain JSON of something to tell."""
    kind = next(kind for kind, made in KINDS.items() if type(tellable) is made)
    return kind, {name: _plain(value) for name, value in asdict(tellable).items()}


def read(kind: NoticeKind, facts: dict[str, Any]) -> Tellable:
    """The other way of `facts_of`. Fields this version does not know are left out; new ones take their default."""
    made = KINDS[kind]
    types_of = get_type_hints(made)
    return made(**{f.name: _typed(types_of[f.name], facts[f.name]) for f in fields(made) if f.name in facts})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _typed(wanted: Any, value: Any) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if value is None:
        return None
    if origin in (Union, types.UnionType):
        return _typed(next(one for one in arguments if one is not type(None)), value)
    if origin is list:
        return [_typed(arguments[0], one) for one in value]
    if origin is tuple:
        return tuple(_typed(kind, one) for kind, one in zip(arguments, value, strict=True))
    if wanted is datetime:
        return datetime.fromisoformat(value)
    return wanted(value) if isinstance(wanted, type) and issubclass(wanted, StrEnum) else value


class DeliveryState(StrEnum):
    """new → sending → sent | retry | unknown (perhaps sent) | dead | replaced (a later edit took its place)."""

    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"
    DEAD = "dead"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Delivery:
    """A notice on its way. `external` is the platform's id of the post, `epoch` the fence of the attempt.

    `first_tried` is when it was first being sent: a repeat is recognised by the platform only for a while after that.
    """

    id: int
    notice: Notice
    state: DeliveryState
    attempt: int = 0
    epoch: int = 0
    due: datetime | None = None
    first_tried: datetime | None = None
    external: str = ""
    reason: str = ""
