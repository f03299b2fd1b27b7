"""Scripted lives for benchmarks: the bundled recording as many accounts at real speed, with chat of any density."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import Missing
from core.model.account import Follow, Handle
from core.model.live import CaptionShown, ChatMessage, Chatter, GiftSent, Joined, Liked, LiveEvent, Look, ViewerCount
from core.model.person import Place
from core.model.trigger import Trigger
from core.ports.clock import Clock
from core.ports.store import Storage
from core.ports.tiktok import Purpose, StreamAddress

VIDEO = Path(__file__).parents[2] / "bot" / "demo" / "live.mp4"
SCRIPT: dict[str, Any] = json.loads(VIDEO.with_suffix(".json").read_text(encoding="utf-8"))
PLACE = "console:here"
PATIENCE = 30.0  # seconds until a live must have been opened
KINDS = ("chat", "like", "join", "gift", "viewers")
MIX = (40, 38, 16, 4, 2)  # percent

Say = Callable[[int], str]


@dataclass
class ScriptedLives:
    """A LiveSource of any number of accounts, each live until its recording (67 s) has been read.

    Every live brings `each_second` events: chat (its text is `say(number)`), likes, joins, gifts and viewer counts as MIX
    says, or chat alone. With `captions` the recording's own come as well. `sound` is the recording without its picture, for whoever
    only listens, as TikTok has it.
    """

    clock: Clock
    each_second: float
    say: Say
    chat_only: bool = False
    captions: bool = False
    sound: Path | None = None
    sent: int = 0
    zeros: dict[str, asyncio.Future[datetime]] = field(default_factory=dict)

    async def look(self, handle: Handle) -> Look:
        """Live."""
        now = self.clock.now()
        return Look(now, True, f"room-{handle}", "Sunday kitchen", handle, "7", 10, 180, now)

    async def confirm(self, room: str) -> bool:
        """Live."""
        return True

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """The recording, once."""
        if self._zero(room).done():
            raise Missing("ROOM_OVER", x=room)
        self._zero(room).set_result(self.clock.now())
        heard = self.sound if self.sound is not None and purpose is Purpose.SOUND else VIDEO
        return StreamAddress(str(heard), live=False, pace=1.0)

    async def events(self, room: str) -> AsyncIterator[LiveEvent]:
        """Events from the moment the stream is opened."""
        async with asyncio.timeout(PATIENCE):
            zero = await asyncio.shield(self._zero(room))
        chance = random.Random(room)
        captions = list(SCRIPT["captions"]) if self.captions else []
        number = 0
        while True:
            number += 1
            wait = (zero + timedelta(seconds=number / self.each_second) - self.clock.now()).total_seconds()
            if wait > 0:
                await asyncio.sleep(wait)
            at = self.clock.now()
            while captions and zero + timedelta(seconds=captions[0]["end"]) <= at:
                yield _caption(captions.pop(0), zero)
            self.sent += 1
            yield self._event(room, number, at, chance)

    def _zero(self, room: str) -> "asyncio.Future[datetime]":
        if room not in self.zeros:
            self.zeros[room] = asyncio.get_running_loop().create_future()
        return self.zeros[room]

    def _event(self, room: str, number: int, at: datetime, chance: random.Random) -> LiveEvent:
        key = f"{room}-{number}"
        chatter = Chatter(f"viewer{chance.randrange(500)}", str(number))
        match "chat" if self.chat_only else chance.choices(KINDS, MIX)[0]:
            case "like":
                return Liked(at, chance.randrange(1, 15))
            case "join":
                return Joined(at, chatter)
            case "gift":
                return GiftSent(key, at, chatter, "Rose", 1)
            case "viewers":
                return ViewerCount(at, chance.randrange(100, 200))
        return ChatMessage(key, at, chatter, self.say(number))


async def follow_all(
    storage: Storage, now: datetime, accounts: int, triggers: list[Trigger], *, clips: bool = True
) -> None:
    """The console's place follows `account0`, `account1`… and has `triggers`."""
    async with storage.work() as work:
        await work.places.put(Place(PLACE, "console"))
        for number in range(accounts):
            account = await work.accounts.ensure(Handle(f"account{number}"))
            await work.follows.add(Follow(0, PLACE, account.id, account.handle, PLACE, now, clips=clips))
        for trigger in triggers:
            await work.triggers.add(trigger)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _caption(one: dict[str, Any], zero: datetime) -> CaptionShown:
    start, end = zero + timedelta(seconds=one["at"]), zero + timedelta(seconds=one["end"])
    return CaptionShown(start, end, one["text"], one.get("language", ""))
