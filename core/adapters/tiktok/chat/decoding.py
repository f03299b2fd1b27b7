"""From a webcast message to the event it means. Importing this imports TikTokLive's message classes (2 s): see chat.py."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from TikTokLive.events.proto_events import EVENT_MAPPINGS
from TikTokLive.proto.custom_proto import ControlAction

from core.adapters.tiktok.chat.limits import Losses
from core.adapters.tiktok.chat.reading import Plan, plan_of, read
from core.model.live import (
    CaptionShown,
    ChatMessage,
    Chatter,
    GiftSent,
    HostEnded,
    HostPaused,
    Joined,
    Liked,
    LiveEvent,
    ViewerCount,
)

LONGEST_TEXT, LONGEST_NAME = 1_000, 100  # characters; TikTok itself allows 150 and 24
LONGEST_CAPTION = timedelta(seconds=60)
OLDEST, NEWEST = timedelta(days=1), timedelta(minutes=1)  # a message's own time is believed this far from its arrival
STREAKABLE = 1  # the type of gifts that are sent in streaks
MOST = 2**31 - 1

Said = dict[str, Any]
Meaning = Callable[[Said, datetime], LiveEvent | None]


class Malformed(ValueError):
    """A message without what makes it one: a comment of nobody, or an empty one."""


@dataclass(frozen=True)
class Kind:
    """One kind of message: what is read of it, and what that means at a time."""

    plan: Plan
    meaning: Meaning


class Decoder:
    """Makes events of one connection's messages; `losses` counts those that could not be read."""

    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._caption: tuple[int, CaptionShown] | None = None

    def events(self, method: str, payload: bytes, history: bool, now: datetime) -> Iterator[LiveEvent]:
        """What a message means, mostly one event or none. `now` is its arrival, aware UTC.

        Of what a room shows again to a newcomer (`history`) only what carries an id is told.
        """
        kind = KINDS.get(method)
        if kind is None:
            return
        try:
            said = read(payload, kind.plan)
            event = kind.meaning(said, _time(said.get("common", {}).get("create_time", 0), now))
        except ValueError:
            self._losses.malformed += 1
            return
        if event is None or (history and not isinstance(event, ChatMessage | GiftSent)):
            return
        if isinstance(event, CaptionShown):
            yield from self._settled(event, said)
            return
        if isinstance(event, HostEnded):
            yield from self.rest()
        yield event

    def rest(self) -> Iterator[LiveEvent]:
        """What is still held back when the connection ends."""
        if self._caption is not None:
            yield self._caption[1]
            self._caption = None

    def _settled(self, caption: CaptionShown, said: Said) -> Iterator[LiveEvent]:
        """A sentence comes again and again, longer each time, until it is definite or the next one begins: told once, whole."""
        sentence = said.get("sentence_id", 0)
        if self._caption is not None and self._caption[0] != sentence:
            yield from self.rest()
        self._caption = None
        if said.get("definite") or not sentence:
            yield caption
        else:
            self._caption = sentence, caption


def _time(milliseconds: int, now: datetime) -> datetime:
    """A time TikTok states (Unix, ms), or `now` when that cannot be."""
    low, high = now - OLDEST, now + NEWEST
    if not low.timestamp() * 1000 <= milliseconds <= high.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _text(raw: bytes, longest: int) -> str:
    """Text without what storage cannot keep, at most `longest` characters."""
    return raw[: 4 * longest].decode(errors="replace").replace("\0", "")[:longest].strip()


def _chatter(said: Said) -> Chatter:
    user = said.get("user")
    if user is None:
        raise Malformed
    handle = _text(user.get("display_id") or user.get("nickname", b""), LONGEST_NAME)
    if not handle:
        raise Malformed
    return Chatter(handle, str(user["id"]) if user.get("id") else "")


def _id(said: Said) -> str:
    number = said.get("common", {}).get("msg_id", 0)
    return str(number) if number else ""


def _count(said: Said, *names: str) -> int:
    return min(MOST, max((said.get(name, 0) for name in names), default=0))


def _chat(said: Said, at: datetime) -> LiveEvent | None:
    text = _text(said.get("content", b""), LONGEST_TEXT)
    if not text:
        raise Malformed
    return ChatMessage(_id(said), at, _chatter(said), text)


def _gift(said: Said, at: datetime) -> LiveEvent | None:
    gift = said.get("gift", {})
    if gift.get("type") == STREAKABLE and not said.get("repeat_end"):
        return None  # the streak goes on
    name = _text(gift.get("name", b""), LONGEST_NAME) or f"#{said.get('gift_id', 0)}"
    return GiftSent(_id(said), at, _chatter(said), name, max(1, _count(said, "repeat_count")))


def _like(said: Said, at: datetime) -> LiveEvent | None:
    count = _count(said, "count")
    return Liked(at, count) if count > 0 else None


def _join(said: Said, at: datetime) -> LiveEvent | None:
    return Joined(at, _chatter(said))


def _social(said: Said, at: datetime) -> LiveEvent | None:
    key = said.get("common", {}).get("display_text", {}).get("key", b"")
    what = next((word for word in ("follow", "share") if word.encode() in key), "")
    return Joined(at, _chatter(said), what) if what else None


def _viewers(said: Said, at: datetime) -> LiveEvent | None:
    return ViewerCount(at, max(0, _count(said, "total")))


def _caption(said: Said, at: datetime) -> LiveEvent | None:
    original: Said = next(iter(said.get("content", ())), {})  # translations follow
    text = _text(original.get("content", b""), LONGEST_TEXT)
    if not text:
        return None
    length = min(LONGEST_CAPTION, timedelta(milliseconds=min(MOST, max(0, said.get("duration_ms", 0)))))
    start = _time(said.get("timestamp_ms", 0), at)
    start = at - length if start == at else start
    return CaptionShown(start, start + length, text, _text(original.get("lang", b""), 16))


def _control(said: Said, at: datetime) -> LiveEvent | None:
    action = said.get("action", 0)
    if action in (ControlAction.STREAM_ENDED, ControlAction.STREAM_SUSPENDED):
        return HostEnded(at)
    if action in (ControlAction.STREAM_PAUSED, ControlAction.STREAM_UNPAUSED):
        return HostPaused(at, action == ControlAction.STREAM_PAUSED)
    return None


def _kind(method: str, meaning: Meaning, *names: str) -> Kind:
    return Kind(plan_of(EVENT_MAPPINGS[method], "common.create_time", *names), meaning)


WHO = ("user.id", "user.display_id", "user.nickname")
GIFT = ("gift_id", "repeat_count", "repeat_end", "gift.name", "gift.type")
CAPTION = ("timestamp_ms", "duration_ms", "content.lang", "content.content", "sentence_id", "definite")
KINDS = {
    "WebcastChatMessage": _kind("WebcastChatMessage", _chat, "common.msg_id", "content", *WHO),
    "WebcastGiftMessage": _kind("WebcastGiftMessage", _gift, "common.msg_id", *GIFT, *WHO),
    "WebcastLikeMessage": _kind("WebcastLikeMessage", _like, "count"),
    "WebcastMemberMessage": _kind("WebcastMemberMessage", _join, *WHO),
    "WebcastSocialMessage": _kind("WebcastSocialMessage", _social, "common.display_text.key", *WHO),
    "WebcastRoomUserSeqMessage": _kind("WebcastRoomUserSeqMessage", _viewers, "total"),
    "WebcastCaptionMessage": _kind("WebcastCaptionMessage", _caption, *CAPTION),
    "WebcastControlMessage": _kind("WebcastControlMessage", _control, "action"),
}
