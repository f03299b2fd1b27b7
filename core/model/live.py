"""A live: its state, and the events that happen in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.account import Handle


class LiveStatus(StrEnum):
    """`lost` is not ended: we cannot hear it any more and keep trying."""

    LIVE = "live"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True)
class Live:
    """One live of one account. `rooms` are TikTok's room ids, oldest first: a return within 5 minutes is the same live."""

    id: int
    account_id: int
    handle: Handle
    rooms: tuple[str, ...]
    title: str
    started: datetime
    status: LiveStatus = LiveStatus.LIVE
    ended: datetime | None = None
    viewers_peak: int = 0
    viewers_mean: float = 0.0

    @property
    def room(self) -> str:
        """The room id in use."""
        return self.rooms[-1]

    def length(self, now: datetime) -> timedelta:
        """How long it has been running, or ran."""
        return (self.ended or now) - self.started

    def second_of(self, at: datetime) -> float:
        """Its second at `at` by the wall, for who knows no better: its capture does (see Clipper)."""
        return max(0.0, (min(at, self.ended or at) - self.started).total_seconds())


@dataclass(frozen=True)
class Standing:
    """How a place stands to a live it may see: `stopped`, it does not want it watched any more; no alerts before `muted_until`."""

    place: str
    stopped: bool = False
    muted_until: datetime | None = None


@dataclass(frozen=True)
class Chatter:
    """Somebody in a live's chat, as TikTok shows them. `id` is TikTok's number while the live is read; it is never stored.

    Of what is stored, `id` is a pseudonym that means something only in the place that asked (storage/chatters.py).
    """

    handle: str
    id: str = ""


@dataclass(frozen=True)
class ChatMessage:
    """A line of chat. `id` is TikTok's msg_id: the same message can come again after a reconnect."""

    id: str
    at: datetime
    chatter: Chatter
    text: str


@dataclass(frozen=True)
class GiftSent:
    """A finished gift streak."""

    id: str
    at: datetime
    chatter: Chatter
    gift: str
    count: int


@dataclass(frozen=True)
class Liked:
    """A burst of `count` likes."""

    at: datetime
    count: int


@dataclass(frozen=True)
class Joined:
    """Somebody came in, followed or shared; `what` is `join`, `follow` or `share`."""

    at: datetime
    chatter: Chatter
    what: str = "join"


@dataclass(frozen=True)
class ViewerCount:
    """How many watch now."""

    at: datetime
    count: int


@dataclass(frozen=True)
class CaptionShown:
    """TikTok's own caption of what the host says from `at` to `until`."""

    at: datetime
    until: datetime
    text: str
    language: str = ""


@dataclass(frozen=True)
class HostPaused:
    """The host paused, or went on (`paused` False)."""

    at: datetime
    paused: bool


@dataclass(frozen=True)
class HostEnded:
    """TikTok's end message."""

    at: datetime


LiveEvent = ChatMessage | GiftSent | Liked | Joined | ViewerCount | CaptionShown | HostPaused | HostEnded


@dataclass(frozen=True)
class Look:
    """One reading of whether an account is live. `room` is empty when it is not. `cover` is where TikTok has a picture of the live,
    or else of the account, `picture` where it has that of the account, also while it is offline; empty when it says nothing."""

    at: datetime
    live: bool
    room: str = ""
    title: str = ""
    name: str = ""
    tiktok_id: str = ""
    followers: int | None = None
    viewers: int | None = None
    started: datetime | None = None
    cover: str = ""
    picture: str = ""
