"""A whole Earshot to be killed: `python -m tests.journeys.process '{"folder": …, "origin": …, "zero": …, "speed": …}'`.

The recorded live goes on while nobody runs, as a real one does: its clock (`zero`, a reading of the system's monotonic clock)
is the same for every process of a test. Prints a line of JSON for everything a test may want to wait for.
"""

import asyncio
import json
import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import App, serve
from bot.folder import alone, prepare
from bot.house import House
from core.adapters.clock import FastClock
from core.adapters.media.clip import write_clip
from core.adapters.media.excerpt import excerpt
from core.adapters.media.opening import Patience
from core.adapters.tiktok.scripted import Recording
from core.errors import Missing
from core.model.account import Handle
from core.model.live import HostEnded, LiveEvent, Look
from core.model.person import Platform
from core.ports.messenger import Messenger as MessengerPort
from core.ports.tiktok import Purpose, StreamAddress
from core.settings import Settings, Speech
from tests.doubles import BEGAN
from tests.platforms.messenger_server import REMEMBERED, Messenger

VIDEO = Path(__file__).parents[2] / "bot" / "demo" / "live.mp4"
KEYFRAMES = 2.0  # seconds between two key pictures of the recording
SHOWN_AGAIN = 20.0  # seconds of chat TikTok shows again to whoever connects


def say(**facts: Any) -> None:
    """A line for the test."""
    print(json.dumps(facts), flush=True)


@dataclass
class GoingOn:
    """A LiveSource: the recorded live, wherever it is by now."""

    recording: Recording
    clock: FastClock
    speed: float

    @property
    def second(self) -> float:
        return (self.clock.now() - BEGAN).total_seconds()

    @property
    def end(self) -> float:
        return next(second for second, event in self.recording.events(BEGAN) if isinstance(event, HostEnded))

    async def look(self, handle: Handle) -> Look:
        say(look=handle, live=self.second < self.end)
        if handle != self.recording.handle:
            raise Missing("HANDLE", x=handle)
        live = self.second < self.end
        room = self.recording.room if live else ""
        return Look(self.clock.now(), live, room, self.recording.said["title"], "Amina", "71", 48210, 180, BEGAN)

    async def confirm(self, room: str) -> bool:
        return self.second < self.end

    async def events(self, room: str) -> AsyncIterator[LiveEvent]:
        since = self.second - SHOWN_AGAIN
        for second, event in self.recording.events(BEGAN):
            if second < since:
                continue
            if (wait := second - self.second) > 0:
                await self.clock.sleep(wait)
            yield event

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """The rest of the recording, from the next key picture on, when its time has come."""
        start = math.ceil(self.second / KEYFRAMES) * KEYFRAMES
        if start >= self.end - KEYFRAMES:
            raise Missing("ROOM_OVER", x=room)
        rest = Path(tempfile.mkdtemp()) / "rest.mp4"
        whole = StreamAddress(str(self.recording.video), live=False, pace=0.0)
        stretch = await asyncio.to_thread(excerpt, whole, Patience(), start, self.end + 60)
        assert stretch is not None
        await asyncio.to_thread(write_clip, stretch, rest)
        await self.clock.sleep(max(0.0, start - self.second))
        return StreamAddress(str(rest), live=False, pace=self.speed)


async def main(given: dict[str, Any]) -> None:
    """Serve until killed or the test says stop on standard input."""
    folder = prepare(Path(given["folder"]))
    speed = float(given["speed"])
    clock = FastClock(speed, BEGAN, given["zero"])
    source = GoingOn(Recording.read(VIDEO), clock, speed)
    settings = Settings.model_construct(DATA_DIR=folder, LOOK_EVERY=given.get("every", 5.0))
    if "groq" in given:  # judges; words are TikTok's captions all the same
        key = SecretStr(given["key"])
        settings = settings.model_copy(
            update={"SPEECH": Speech.CAPTIONS, "GROQ_API_KEY": key, "GROQ_BASE_URL": given["groq"]}
        )

    def connect(house: House) -> Mapping[Platform, MessengerPort]:
        return {
            Platform.DISCORD: Messenger(given["origin"], REMEMBERED),
            Platform.TELEGRAM: Messenger(given["origin"], 0.0),
            Platform.CONSOLE: Messenger(given["origin"], REMEMBERED),
        }

    async def front(app: App) -> None:
        say(ready=True, second=source.second)
        await asyncio.to_thread(sys.stdin.readline)

    with alone(folder):
        await serve(settings, connect, front, source=source, clock=clock, speed=speed)


if __name__ == "__main__":
    asyncio.run(main({"zero": time.monotonic(), **json.loads(sys.argv[1])}))
