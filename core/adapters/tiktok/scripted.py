"""A recorded live played as if it were on TikTok: its stream, chat, gifts, viewers and captions, at a chosen speed.

The recording is a video file and a JSON document beside it with the account, the room and the events by second.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import Missing, Transient
from core.model.account import Handle
from core.model.live import (
    CaptionShown,
    ChatMessage,
    Chatter,
    GiftSent,
    HostEnded,
    Joined,
    Liked,
    LiveEvent,
    Look,
    ViewerCount,
)
from core.ports.clock import Clock
from core.ports.media import Capture, FreshAddress, LiveCapture
from core.ports.tiktok import Purpose, StreamAddress

PATIENCE = 15.0  # seconds (real) to wait until somebody has opened the stream
GLANCE = 0.005  # seconds (real) between two looks how far it has come
LATE = 30.0  # seconds (real) without anything new after which a stream that broke is taken to be over
SHORT = 0.5  # seconds by which the last packet of a file may end before the file does
CLOSE = timedelta(milliseconds=1)  # by which a time that is found by halving may be wrong
KINDS = frozenset({"chat", "gift", "viewers", "like", "join", "follow", "share", "end"})

When = Callable[[float], datetime]
"""When a second of the recording was."""

Told = Callable[[When], LiveEvent]


@dataclass(frozen=True)
class Recording:
    """A recorded live as its JSON tells it."""

    video: Path
    said: dict[str, Any]

    @classmethod
    def read(cls, video: Path) -> "Recording":
        """The recording of `video`, told by the .json of the same name."""
        return cls(video, json.loads(video.with_suffix(".json").read_text(encoding="utf-8")))

    @property
    def handle(self) -> Handle:
        """Whose live it is."""
        return Handle(self.said["account"]["handle"])

    @property
    def room(self) -> str:
        """Its room id."""
        return str(self.said["room"])

    def events(self, zero: datetime) -> Iterator[tuple[float, LiveEvent]]:
        """(second it is seen, event) in order, for a live that began at `zero`."""
        return ((second, told(lambda at: zero + timedelta(seconds=at))) for second, told in self.script())

    def script(self) -> list[tuple[float, Told]]:
        """(second it is seen, the event once it is known when) in order; TikTok shows a caption when it has been spoken."""
        events = (one for one in self.said["events"] if one["kind"] in KINDS)
        timed: list[tuple[float, Told]] = [(float(one["at"]), partial(_event, one)) for one in events]
        timed += [(float(one["end"]), partial(_caption, one)) for one in self.said["captions"]]
        return sorted(timed, key=lambda pair: pair[0])


@dataclass
class ScriptedSource:
    """TikTok with exactly one account, which is live until its recording ends. What happens in it happens when its stream has
    come that far: opening a file takes a tenth of a second, which is more than one of a recording that runs fast."""

    recording: Recording
    clock: Clock
    speed: float
    _capture: LiveCapture | None = None
    _since: datetime | None = None
    _opened: bool = False
    _ended: bool = False

    def watched(self, capture: Capture) -> Capture:
        """`capture`, whose lives this source keeps step with."""
        return _Watched(self, capture)

    def keep_step(self, capture: LiveCapture) -> None:
        """Events come as `capture` gets there; the first one, since the stream is given out once."""
        self._capture, self._since = self._capture or capture, self._since or self.clock.now()

    async def look(self, handle: Handle) -> Look:
        """Live, until the recording's end message has been seen."""
        if handle != self.recording.handle:
            raise Missing("HANDLE", x=handle)
        said, now = self.recording.said, self.clock.now()
        account = said["account"]
        first = next((int(one["count"]) for one in said["events"] if one["kind"] == "viewers"), None)
        return Look(
            now,
            not self._ended,
            "" if self._ended else self.recording.room,
            said["title"],
            account["name"],
            account["tiktok_id"],
            account["followers"],
            first,
            now,
        )

    async def confirm(self, room: str) -> bool:
        """The second reading."""
        return not self._ended and room == self.recording.room

    async def events(self, room: str) -> AsyncIterator[LiveEvent]:
        """The script, from the first second of the stream on. Raises Transient ROOM_SILENT when nobody opens it."""
        if self._ended:
            raise Missing("ROOM_OVER", x=room)
        capture = await self._captured(room)
        for second, told in self.recording.script():
            await self._reached(capture, second)
            event = told(lambda at: self._arrival(capture, at))
            if isinstance(event, HostEnded):
                self._ended = True
            yield event

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """The file, once: it is over when it has been read."""
        if self._opened:
            raise Missing("ROOM_OVER", x=room)
        self._opened = True
        return StreamAddress(str(self.recording.video), live=False, pace=self.speed)

    async def _captured(self, room: str) -> LiveCapture:
        try:
            async with asyncio.timeout(PATIENCE):
                while self._capture is None or not self._capture.second:  # noqa: ASYNC110  a thread of its own moves it
                    await asyncio.sleep(GLANCE)
        except TimeoutError as error:
            raise Transient("ROOM_SILENT", x=room) from error
        return self._capture

    async def _reached(self, capture: LiveCapture, second: float) -> None:
        """Wait until the stream has come to `second`, or should have and is over before it."""
        come, since = capture.second, time.monotonic()
        while capture.second_of(self.clock.now()) < second or capture.second < second:
            if capture.second > come:
                come, since = capture.second, time.monotonic()
            elif capture.second < second and (_read(capture) or time.monotonic() - since > LATE):
                return
            await self.clock.sleep(max(GLANCE * self.speed, second - capture.second))

    def _arrival(self, capture: LiveCapture, second: float) -> datetime:
        """When `second` of the stream came, found by halving. A machine that stood still reads at once what it missed: reckoned
        from where the stream is now, what happened meanwhile would be somewhere else than what was said."""
        later = self.clock.now() + timedelta(seconds=max(0.0, second - capture.second))
        sooner = min(self._since or later, later)
        while later - sooner > CLOSE:
            middle = sooner + (later - sooner) / 2
            sooner, later = (middle, later) if capture.second_of(middle) < second else (sooner, middle)
        return later


@dataclass(frozen=True)
class _Watched:
    """A Capture that tells the script which capture to keep step with."""

    source: ScriptedSource
    capture: Capture

    def open(self, name: str, address: FreshAddress) -> LiveCapture:
        opened = self.capture.open(name, address)
        self.source.keep_step(opened)
        return opened


def _read(capture: LiveCapture) -> bool:
    """Whether its file has been read to its end, but for what is no whole packet."""
    return capture.length is not None and capture.second >= capture.length - SHORT


def _caption(one: dict[str, Any], when: When) -> CaptionShown:
    start = when(one["at"])
    return CaptionShown(start, start + timedelta(seconds=one["end"] - one["at"]), one["text"], one.get("language", ""))


def _event(one: dict[str, Any], when: When) -> LiveEvent:
    at = when(one["at"])
    chatter = Chatter(one.get("user", ""), one.get("user_id", ""))
    match one["kind"]:
        case "chat":
            return ChatMessage(one["id"], at, chatter, one["text"])
        case "gift":
            return GiftSent(one["id"], at, chatter, one["gift"], one["count"])
        case "viewers":
            return ViewerCount(at, one["count"])
        case "like":
            return Liked(at, one["count"])
        case "end":
            return HostEnded(at)
        case what:
            return Joined(at, chatter, what)
