"""What exists on the loopback TikTok: accounts, rooms and videos."""

import itertools
import time
from collections import Counter, deque
from dataclasses import dataclass, field, fields, replace
from typing import Any

from aiohttp import web

LIVE, OFFLINE = 2, 4  # TikTok's status of a room
HISTORY = 6  # comments shown again to whoever joins


@dataclass
class Account:
    """Somebody. `status` overrides what the profile page says; `can_live` False: never went live, so "user_not_found"."""

    unique_id: str
    user_id: int
    sec_uid: str
    nickname: str = ""
    followers: int = 1000
    about: str = ""
    can_live: bool = True
    private: bool = False
    verified: bool = False
    status: int = 0
    room: "Room | None" = None


@dataclass(frozen=True)
class Quality:
    """One rendering of a stream, as room info lists it; the bytes are always the recording's own H.264 and AAC."""

    name: str
    resolution: str = "360x640"
    codec: str = "h264"
    kbps: int = 600


LADDER = (
    Quality("origin", "1080x1920", "h264", 4000),
    Quality("hd", "720x1280", "h264", 2000),
    Quality("sd", "540x960", "h264", 1000),
    Quality("ld", "360x640", "h264", 500),
)
SOUND = Quality("ao", "", "", 64)
"""The rendering without picture; not every live has it."""


@dataclass
class Socket:
    """One viewer's connection. `frozen`: nothing is sent on it any more, not even heartbeats."""

    response: web.WebSocketResponse
    request: web.Request
    zipped: bool
    seen: float
    frozen: bool = False
    frames: Counter[str] = field(default_factory=Counter)

    def cut(self) -> None:
        """Break the connection without a goodbye."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass
class Room:
    """A live. Its stream shows second `time.time() - started` of `recording`, over and over.

    `stream`: what room info says of it: full, legacy (only the old fields), detail (only the page for guests), none.
    A new `stream_token` makes addresses handed out before expire; `stream_up` False: no picture, though the live goes on.
    """

    room_id: int
    owner: Account
    title: str = "live now"
    viewers: int = 12
    likes: int = 0
    status: int = LIVE
    age_restricted: bool = False
    recording: str = "demo"
    qualities: tuple[Quality, ...] = LADDER
    stream: str = "full"
    stream_up: bool = True
    stream_token: str = "1"
    started: float = field(default_factory=time.time)
    ended: float = 0.0
    sockets: list[Socket] = field(default_factory=list)
    history: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=HISTORY))
    sent: Counter[str] = field(default_factory=Counter)

    @property
    def live(self) -> bool:
        return self.status == LIVE

    @property
    def second(self) -> float:
        """Where the stream is."""
        return (self.ended or time.time()) - self.started


@dataclass(frozen=True)
class Rendering:
    """One file of a video, as its page lists it. `codec` h264, bytevc1 (H.265), bytevc2; `silent`: H.265 without sound.

    The bytes are always the recording's own H.264; `size` 0: their true number.
    """

    codec: str = "h264"
    height: str = "540p"
    bits_per_second: int = 214_000
    size: int = 0
    silent: bool = False


@dataclass(frozen=True)
class Track:
    """Subtitles of a video. `source` ASR: heard, MT: translated by machine. No `lines` (start, end, text): the recording's."""

    language: str = "eng-US"
    source: str = "ASR"
    form: str = "webvtt"
    lines: tuple[tuple[float, float, str], ...] = ()


@dataclass
class Video:
    """A post. `status` other than 0 is what its page says instead of showing it: 10216 and 10222 private, 10204 blocked or
    removed, 10231 and others removed. `page`: ok, login, classified, wait, captcha, challenge, empty. `images` > 0: a photo
    post. `states_s`: the length its page states. `pace`: bytes per second its files come with (0: at once).
    """

    video_id: str
    owner: Account
    desc: str = ""
    recording: str = "demo"
    status: int = 0
    page: str = "ok"
    created: int = field(default_factory=lambda: int(time.time()) - 3600)
    states_s: int | None = None
    renderings: tuple[Rendering, ...] = (Rendering(),)
    tracks: tuple[Track, ...] = ()
    images: int = 0
    sound: bool = True
    pace: int = 0

    @property
    def url(self) -> str:
        """Its full address."""
        kind = "photo" if self.images else "video"
        return f"https://www.tiktok.com/@{self.owner.unique_id}/{kind}/{self.video_id}"


@dataclass
class Config:
    """How TikTok and the sign server behave as a whole.

    `check_alive_lies`: every room is "alive", as in July 2026. `sign_key`: other keys get 401. `sign_fallback`: a stub push
    server that refuses every handshake, as in September 2026. `sign_cookie` and `quota_headers` False: the headers are missing.
    `heartbeat_timeout_s` > 0: sockets silent for longer are dropped. `pulse_s` > 0: every live tells its viewers so often, as real
    ones do. `ping_s`: how often clients are to send a heartbeat.
    """

    check_alive_lies: bool = False
    sign_key: str = ""
    sign_fallback: bool = False
    sign_cookie: bool = True
    quota_headers: bool = True
    history: bool = True
    ack: bool = True
    heartbeat_timeout_s: float = 0.0
    pulse_s: float = 0.0
    ping_s: int = 10


class World:
    """Everything there is, by its names."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self.clear()

    def clear(self) -> None:
        """Forget everybody."""
        self.accounts: dict[str, Account] = {}
        self.rooms: dict[int, Room] = {}
        self.videos: dict[str, Video] = {}
        self.links: dict[str, str] = {}
        self.config = Config()

    def next_id(self) -> int:
        """Never the same twice."""
        return next(self._ids)

    def find(self, name: str) -> Account | None:
        """The account of this name, in any case, with or without @."""
        return self.accounts.get(name.lstrip("@").lower())

    def find_id(self, number: str) -> Account | None:
        """The account with this stable number or secUid."""
        return next((a for a in self.accounts.values() if number in (str(a.user_id), a.sec_uid)), None)

    def account(self, name: str) -> Account:
        """The account of this name; made when it is not there."""
        plain = name.lstrip("@")
        found = self.find(plain)
        if found is None:
            sec_uid = "MS4wLjABAAAA" + f"{plain.lower():-<64}"[:64].replace(".", "_")
            found = Account(plain, 7_000_000_000_000_000_000 + self.next_id(), sec_uid, plain.title())
            self.accounts[plain.lower()] = found
        return found

    def room_of(self, name: str) -> Room:
        """The newest room of an account. Raises ValueError."""
        account = self.find(name)
        if account is None or account.room is None:
            raise ValueError(f"{name} has no room")
        return account.room

    def open_room(self, account: Account) -> Room:
        """A new room for an account that is not live. Raises ValueError."""
        if account.room and account.room.live:
            raise ValueError(f"{account.unique_id} is live already")
        account.can_live = True
        room = account.room = Room(7_500_000_000_000_000_000 + self.next_id(), account)
        self.rooms[room.room_id] = room
        return room

    def rename(self, old: str, new: str) -> Account:
        """The same account under another name; nobody has the old one any more. Raises KeyError."""
        account = self.accounts.pop(old.lstrip("@").lower())
        account.unique_id = new.lstrip("@")
        self.accounts[account.unique_id.lower()] = account
        return account

    def configure(self, changes: dict[str, Any]) -> Config:
        """Change some of `config`. Raises TypeError for a name there is not."""
        self.config = replace(self.config, **changes)
        return self.config


def change(thing: Any, changes: dict[str, Any]) -> None:
    """Set fields of a dataclass. Raises ValueError for a name it does not have."""
    known = {each.name for each in fields(thing)}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"{type(thing).__name__.lower()} has no {name!r}; it has {sorted(known)}")
        setattr(thing, name, value)
