"""A recorded live played as if it were on TikTok: its stream, chat, gifts, viewers and captions, at a chosen speed.

The recording is a video file and a JSON document beside it with the account, the room and the events by second.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import Missing
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
from core.ports.tiktok import StreamAddress

PATIENCE = 15.0  # seconds (real) to wait for somebody to open the stream: its opening is second 0


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
        """(second it is seen, event) in order; TikTok shows a caption when it has been spoken."""
        timed = [(float(one["at"]), event) for one in self.said["events"] if (event := _event(one, zero))]
        timed += [(float(one["end"]), _caption(one, zero)) for one in self.said["captions"]]
        return iter(sorted(timed, key=lambda pair: pair[0]))


@dataclass
class ScriptedSource:
    """TikTok with exactly one account, which is live until its recording ends."""

    recording: Recording
    clock: Clock
    speed: float
    _zero: asyncio.Future[datetime] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _ended: bool = False

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
        """The script, from the moment somebody opens the stream."""
        if self._ended:
            raise Missing("ROOM_OVER", x=room)
        async with asyncio.timeout(PATIENCE):
            zero = await asyncio.shield(self._zero)
        for second, event in self.recording.events(zero):
            wait = (zero + timedelta(seconds=second) - self.clock.now()).total_seconds()
            if wait > 0:
                await self.clock.sleep(wait)
            if isinstance(event, HostEnded):
                self._ended = True
            yield event

    async def stream(self, room: str) -> StreamAddress:
        """The file, once: it is over when it has been read."""
        if self._zero.done():
            raise Missing("ROOM_OVER", x=room)
        self._zero.set_result(self.clock.now())
        return StreamAddress(str(self.recording.video), live=False, pace=self.speed)


def _caption(one: dict[str, Any], zero: datetime) -> CaptionShown:
    start, end = zero + timedelta(seconds=one["at"]), zero + timedelta(seconds=one["end"])
    return CaptionShown(start, end, one["text"], one.get("language", ""))


def _event(one: dict[str, Any], zero: datetime) -> LiveEvent | None:
    at = zero + timedelta(seconds=one["at"])
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
        case "join" | "follow" | "share" as what:
            return Joined(at, chatter, what)
        case "end":
            return HostEnded(at)
    return None
