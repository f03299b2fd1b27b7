"""What Earshot tells a place: the kinds of notices, the notice that carries one, and its delivery.

The things themselves are in core/model/tellable: meaning, never text; surfaces draw it. The subject ties later notices to the
post they edit: the end of a live edits its start, a decision edits its alert, more hits edit the first one's count.
"""

import types
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import uuid4

from core.model.person import Address
from core.model.tellable.accounts import AccountGone, AccountOptedOut, AccountRenamed, Linked, LinkLost
from core.model.tellable.comments import CommentDecided, TitleDecided
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.model.tellable.house import (
    BudgetSpent,
    ClipsStopped,
    Digest,
    Health,
    HeldBack,
    JudgeSpent,
    PlaceLost,
    Said,
    Skipped,
    Tested,
)
from core.model.tellable.lives import ChatWaits, LiveEnded, LiveLeft, LiveLost, LiveStarted, Rolling, WordsLate
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing, VideoPosted
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere

Tellable = (
    LiveStarted
    | LiveEnded
    | LiveLeft
    | LiveLost
    | ChatWaits
    | WordsLate
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
    | CommentDecided
    | TitleDecided
    | WeightsComing
    | WeightsHere
    | NoWeights
    | Linked
    | LinkLost
    | AccountOptedOut
    | PlaceLost
    | Skipped
    | ClipsStopped
    | Digest
    | HeldBack
    | Health
    | BudgetSpent
    | JudgeSpent
    | Said
    | Tested
)


T = TypeVar("T")
AGAIN = ":again"
"""Ends the key and the subject of what is told once more because nobody knows whether it came: a post beside the first."""


class NoticeKind(StrEnum):
    """Every kind of post, as stored."""

    LIVE_STARTED = "live started"
    LIVE_ENDED = "live ended"
    LIVE_LEFT = "live left"
    LIVE_LOST = "live lost"
    CHAT_WAITS = "chat waits"
    WORDS_LATE = "words late"
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
    COMMENT = "comment decided"
    TITLE = "title decided"
    WEIGHTS_COMING = "weights coming"
    WEIGHTS_HERE = "weights here"
    NO_WEIGHTS = "no weights"
    LINKED = "linked"
    LINK_LOST = "link lost"
    OPTED_OUT = "opted out"
    PLACE_LOST = "place lost"
    SKIPPED = "skipped"
    CLIPS_STOPPED = "clips stopped"
    DIGEST = "digest"
    HELD = "held back"
    HEALTH = "health"
    BUDGET = "budget"
    JUDGE_BUDGET = "judge budget"
    SAID = "said"
    TESTED = "tested"


KINDS: dict[NoticeKind, type[Tellable]] = {
    NoticeKind.LIVE_STARTED: LiveStarted,
    NoticeKind.LIVE_ENDED: LiveEnded,
    NoticeKind.LIVE_LEFT: LiveLeft,
    NoticeKind.LIVE_LOST: LiveLost,
    NoticeKind.CHAT_WAITS: ChatWaits,
    NoticeKind.WORDS_LATE: WordsLate,
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
    NoticeKind.COMMENT: CommentDecided,
    NoticeKind.TITLE: TitleDecided,
    NoticeKind.WEIGHTS_COMING: WeightsComing,
    NoticeKind.WEIGHTS_HERE: WeightsHere,
    NoticeKind.NO_WEIGHTS: NoWeights,
    NoticeKind.LINKED: Linked,
    NoticeKind.LINK_LOST: LinkLost,
    NoticeKind.OPTED_OUT: AccountOptedOut,
    NoticeKind.PLACE_LOST: PlaceLost,
    NoticeKind.SKIPPED: Skipped,
    NoticeKind.CLIPS_STOPPED: ClipsStopped,
    NoticeKind.DIGEST: Digest,
    NoticeKind.HELD: HeldBack,
    NoticeKind.HEALTH: Health,
    NoticeKind.BUDGET: BudgetSpent,
    NoticeKind.JUDGE_BUDGET: JudgeSpent,
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


def edit_key(subject: str) -> str:
    """A key for a change of the posts of `subject`, which no other change has: two may come in one microsecond, and one change goes
    to several addresses. One that was taken for another would leave a post that says what is not so."""
    return f"{subject}:{uuid4().hex}"


def facts_of(tellable: Tellable) -> tuple[NoticeKind, dict[str, Any]]:
    """The kind and the plain JSON of something to tell."""
    kind = next(kind for kind, made in KINDS.items() if type(tellable) is made)
    return kind, {name: _plain(value) for name, value in asdict(tellable).items()}


def read(kind: NoticeKind, facts: dict[str, Any]) -> Tellable:
    """The other way of `facts_of`. Fields this version does not know are left out; new ones take their default."""
    return _made(KINDS[kind], facts)


def _made(kind: type[T], facts: dict[str, Any]) -> T:
    types_of = get_type_hints(kind)
    known = [f.name for f in fields(kind) if f.name in facts]  # type: ignore[arg-type]
    return kind(**{name: _typed(types_of[name], facts[name]) for name in known})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _typed(wanted: Any, value: Any) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if value is None:
        return None
    if origin in (Union, types.UnionType):
        return _typed(next(one for one in arguments if one is not type(None)), value)
    if origin is list:
        return [_typed(arguments[0], one) for one in value]
    if origin is tuple and arguments[1:] == (...,):
        return tuple(_typed(arguments[0], one) for one in value)
    if origin is tuple:
        return tuple(_typed(kind, one) for kind, one in zip(arguments, value, strict=True))
    if wanted is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _made(wanted, value)
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
