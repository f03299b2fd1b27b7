"""What can happen in a room, each as the message TikTok sends for it.

`Comment("bob", "hello")`, `Gift("eve", "Rose", 5, end=False)`, `Host("ended")`, … and `event_from({"type": "comment", …})`.
"""

import time
from dataclasses import KW_ONLY, dataclass, fields
from functools import lru_cache
from typing import Any, ClassVar, Protocol

from tests.platforms.tiktok.wire import data, number, packed, text

ACTIONS = {"paused": 1, "unpaused": 2, "ended": 3, "suspended": 4}

GIFTS = {  # name: (id, type, diamonds); gifts of type 1 can be sent in streaks
    "Rose": (5655, 1, 1),
    "TikTok": (5269, 1, 1),
    "Heart Me": (7934, 1, 1),
    "Finger Heart": (5487, 1, 5),
    "Perfume": (5658, 1, 20),
    "Doughnut": (5879, 1, 30),
    "Galaxy": (11046, 2, 1000),
    "Lion": (6369, 2, 29999),
}


class Room(Protocol):
    """What a message tells of the room it is sent in."""

    room_id: int
    viewers: int
    likes: int


class Event(Protocol):
    """One thing that happens. `method` is the name of its message, `key` the text key in its head, `msg_id` 0: a new one."""

    method: ClassVar[str]
    key: ClassVar[str]

    @property
    def msg_id(self) -> int: ...

    def fields(self, room: Room, msg_id: int) -> bytes:
        """The message without its head (field 1)."""
        ...


def payload(event: Event, room: Room, msg_id: int, now_ms: int = 0) -> bytes:
    """The whole message; `now_ms` (Unix time) is when it was sent, 0: now."""
    if isinstance(event, Raw):
        return event.fields(room, msg_id)
    return data(1, head(event.method, room.room_id, msg_id, now_ms, event.key)) + event.fields(room, msg_id)


def head(method: str, room_id: int, msg_id: int, now_ms: int = 0, key: str = "") -> bytes:
    """The `common` part of every message."""
    now = now_ms or int(time.time() * 1000)
    name = text(1, method)
    return name + number(2, msg_id) + number(3, room_id) + number(4, now) + number(6, 1) + data(8, text(1, key))


def stable_id(handle: str) -> int:
    """The id of a viewer, always the same for a name."""
    n = 7
    for sign in handle:
        n = (n * 131 + ord(sign)) % (1 << 61)
    return 6_800_000_000_000_000_000 + n % 100_000_000_000_000_000


@lru_cache(maxsize=20_000)
def viewer(handle: str, nickname: str = "", user_id: int = 0, rich: bool = True) -> bytes:
    """A viewer. `rich` adds pictures, bio and numbers: about 1 kB, as in a real live."""
    number_of = user_id or stable_id(handle)
    pictures = [
        data(field, b"".join(text(1, url) for url in _pictures(kind, number_of, size)) + text(2, f"{kind}/{number_of}"))
        for field, kind, size in ((9, "thumb", 72), (10, "medium", 200), (11, "large", 1080))
    ]
    return (
        number(1, number_of)
        + text(3, nickname or handle.replace("_", " ").title())
        + (text(5, f"just {handle}") + b"".join(pictures) if rich else b"")
        + (data(22, number(1, 321) + number(2, 1234) + number(3, 1)) if rich else b"")
        + text(38, handle)
        + text(46, f"MS4wLjABAAAA{handle:-<32}"[:64])
    )


def _pictures(kind: str, user_id: int, size: int) -> list[str]:
    tail = f"{kind}/{user_id}~tplv-tiktok-shrink:{size}:{size}.webp"
    return [f"https://p{host}-webcast.tiktokcdn.com/img/{tail}" for host in (16, 19)]


@dataclass(frozen=True)
class ByViewer:
    """Something a viewer does."""

    key: ClassVar[str] = ""
    user: str = "viewer_1"
    _: KW_ONLY
    nickname: str = ""
    user_id: int = 0
    rich: bool = True
    msg_id: int = 0

    @property
    def who(self) -> bytes:
        """The viewer's own message."""
        return viewer(self.user, self.nickname, self.user_id, self.rich)


@dataclass(frozen=True)
class Comment(ByViewer):
    """`stamp` adds " @" and the Unix time in nanoseconds to the text, for measuring."""

    method: ClassVar[str] = "WebcastChatMessage"
    text: str = "hello"
    language: str = "en"
    stamp: bool = False

    def fields(self, room: Room, msg_id: int) -> bytes:
        said = f"{self.text} @{time.time_ns()}" if self.stamp else self.text
        return data(2, self.who) + text(3, said) + text(14, self.language)


@dataclass(frozen=True)
class Like(ByViewer):
    """`count` taps at once; the room's total is the room's own `likes`."""

    method: ClassVar[str] = "WebcastLikeMessage"
    count: int = 1

    def fields(self, room: Room, msg_id: int) -> bytes:
        return number(2, self.count) + number(3, room.likes) + data(5, self.who)


@dataclass(frozen=True)
class Gift(ByViewer):
    """A streak is several of these with the same `streak` and a growing `count`, the last one with `end`."""

    method: ClassVar[str] = "WebcastGiftMessage"
    gift: str = "Rose"
    count: int = 1
    end: bool = True
    streak: int = 0

    def fields(self, room: Room, msg_id: int) -> bytes:
        gift_id, kind, diamonds = GIFTS.get(self.gift, (9999, 1, 1))
        what = (
            number(5, gift_id) + number(10, kind == 1) + number(11, kind) + number(12, diamonds) + text(16, self.gift)
        )
        counts = number(4, 1) + number(5, self.count) + number(6, self.count)
        ends = number(9, self.end) + number(11, self.streak or msg_id)
        return number(2, gift_id) + counts + data(7, self.who) + ends + data(15, what)


@dataclass(frozen=True)
class Follow(ByViewer):
    """A viewer follows the host."""

    method: ClassVar[str] = "WebcastSocialMessage"
    key: ClassVar[str] = "pm_main_follow_message_viewer_2"

    def fields(self, room: Room, msg_id: int) -> bytes:
        return data(2, self.who) + number(4, 1)


@dataclass(frozen=True)
class Share(ByViewer):
    """A viewer shares the live."""

    method: ClassVar[str] = "WebcastSocialMessage"
    key: ClassVar[str] = "pm_mt_guidance_share"

    def fields(self, room: Room, msg_id: int) -> bytes:
        return data(2, self.who) + number(4, 3)


@dataclass(frozen=True)
class Join(ByViewer):
    """A viewer comes in."""

    method: ClassVar[str] = "WebcastMemberMessage"

    def fields(self, room: Room, msg_id: int) -> bytes:
        return data(2, self.who) + number(3, room.viewers)


@dataclass(frozen=True)
class Viewers:
    """How many are there now."""

    method: ClassVar[str] = "WebcastRoomUserSeqMessage"
    key: ClassVar[str] = ""
    count: int = 0
    msg_id: int = 0

    def fields(self, room: Room, msg_id: int) -> bytes:
        return number(3, self.count) + number(6, self.count) + number(7, self.count * 3)


@dataclass(frozen=True)
class Host:
    """What becomes of the host's stream: paused, unpaused, ended, suspended."""

    method: ClassVar[str] = "WebcastControlMessage"
    key: ClassVar[str] = ""
    action: str = "ended"
    msg_id: int = 0

    def fields(self, room: Room, msg_id: int) -> bytes:
        return number(2, ACTIONS[self.action])


@dataclass(frozen=True)
class Caption:
    """TikTok's own caption of what was said in the last `duration_ms`; a sentence comes again, longer, until `definite`."""

    method: ClassVar[str] = "WebcastCaptionMessage"
    key: ClassVar[str] = ""
    text: str = "hello"
    language: str = "en"
    duration_ms: int = 2000
    sentence: int = 1
    sequence: int = 1
    definite: bool = True
    at_ms: int = 0
    msg_id: int = 0

    def fields(self, room: Room, msg_id: int) -> bytes:
        at = self.at_ms or int(time.time() * 1000) - self.duration_ms
        said = data(4, text(1, self.language) + text(2, self.text))
        order = number(5, self.sentence) + number(6, self.sequence) + number(7, self.definite)
        return number(2, at) + number(3, self.duration_ms) + said + order


@dataclass(frozen=True)
class Delete:
    """Moderators take comments back, by message or by viewer."""

    method: ClassVar[str] = "WebcastImDeleteMessage"
    key: ClassVar[str] = ""
    messages: tuple[int, ...] = ()
    viewers: tuple[int, ...] = ()
    msg_id: int = 0

    def fields(self, room: Room, msg_id: int) -> bytes:
        return packed(2, tuple(self.messages)) + packed(3, tuple(self.viewers))


@dataclass(frozen=True)
class Raw:
    """Any message at all, without a head: `payload` in hexadecimal. By default one nobody knows."""

    method: ClassVar[str] = ""
    key: ClassVar[str] = ""
    name: str = "WebcastNobodyKnowsMessage"
    payload: str = "0a0178"
    msg_id: int = 0

    def fields(self, room: Room, msg_id: int) -> bytes:
        return bytes.fromhex(self.payload)


MALFORMED = Raw("WebcastChatMessage", "0affffffff0f")

KINDS: dict[str, type[Any]] = {
    "comment": Comment,
    "like": Like,
    "gift": Gift,
    "follow": Follow,
    "share": Share,
    "join": Join,
    "viewers": Viewers,
    "control": Host,
    "caption": Caption,
    "delete": Delete,
    "raw": Raw,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def event_from(said: dict[str, Any]) -> Event:
    """The event of a JSON object: `type` names it, the rest are its fields. Raises ValueError."""
    told = dict(said)
    name = told.pop("type", "")
    if name == "malformed":
        return MALFORMED
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"no event type {name!r}; there are {sorted(KINDS)}")
    unknown = set(told) - {each.name for each in fields(kind)}
    if unknown:
        raise ValueError(f"{name} has no {sorted(unknown)}")
    event: Event = kind(**told)
    return event


def method_of(event: Event) -> str:
    """The name of its message."""
    return event.name if isinstance(event, Raw) else event.method
