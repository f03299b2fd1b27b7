"""A live being watched, as the reactions see it."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.model.account import Account, Follow
from core.model.live import Live
from core.model.tongue import Tongue
from core.model.transcript import Word
from core.ports.media import LiveCapture
from core.ports.tiktok import Purpose

CAPTIONS_KEPT = 200


@dataclass(eq=False)
class Captions:
    """TikTok's own captions of one live, in seconds of the live, newest last. `hoped`: none came yet, and none was waited for
    in vain."""

    words: deque[Word] = field(default_factory=lambda: deque(maxlen=CAPTIONS_KEPT))
    language: str = ""
    hoped: bool = True
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, word: Word, language: str) -> None:
        """Take over the next caption."""
        self.words.append(word)
        self.language = language or self.language
        self._more.set()

    async def reach(self, second: float, patience: float, first: bool = False) -> None:
        """Wait up to `patience` real seconds until captions have come as far as `second`; where there are none not at all, or
        with `first` once, since the first of them may still be on its way."""
        try:
            async with asyncio.timeout(patience):
                while self.words[-1].end < second if self.words else first and self.hoped:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            self.hoped = False

    def within(self, start: float, end: float) -> tuple[Word, ...]:
        """What touches [start, end]."""
        return tuple(word for word in self.words if word.end > start and word.start < end)


@dataclass(eq=False)
class Lag:
    """How far the words of a live are behind. `behind`: seconds from the end of the newest piece of speech until its words were
    there. `why` its words are late or missing (SLOW, QUOTA, FAILED, KEY), empty while they come or nobody could hear it;
    `engine` is the one that was to blame, `opens` in how many seconds its quota does, `kept` whether the sound is kept for
    later."""

    behind: float = 0.0
    why: str = ""
    engine: str = ""
    opens: float | None = None
    kept: bool = True


@dataclass(eq=False)
class Reach:
    """How the chat of one live is reached. `heard`: when the last event came. `waits_since`: since when no connection can be
    opened for lack of a signature, and `why` (SIGN_LIMIT, SIGN_DOWN, SIGN_KEY); the live goes on without its chat."""

    heard: datetime | None = None
    waits_since: datetime | None = None
    why: str = ""

    def hears(self, now: datetime) -> None:
        """An event came."""
        self.heard, self.waits_since, self.why = now, None, ""

    def waits(self, now: datetime, why: str) -> None:
        """It could not be opened."""
        self.waits_since, self.why = self.waits_since or now, why


@dataclass(eq=False)
class Scene:
    """One live, who is told of it, and its clock. Services keep what they know about a live in a map keyed by its scene.

    `follows` are those in force: neither paused nor stopped here; `notices` are places that only want to be told when it begins
    and ends. `mutes`: until when a place wants no alerts of it. `armed`:
    how many triggers listen to its chat. Seconds are seconds into the live: 0 is `live.started`. `offset` is where the
    capture's own clock began on it. `frugal`: who has it written down has used up the day's minutes, so only captions are read.
    `cover`: where TikTok has its picture, as the newest reading says; `picture`: that one here,
    as a path, once it has come.
    """

    live: Live
    account: Account
    follows: tuple[Follow, ...] = ()
    capture: LiveCapture | None = None
    offset: float = 0.0
    captions: Captions = field(default_factory=Captions)
    mutes: Mapping[str, datetime] = field(default_factory=dict)
    armed: int = 0
    reach: Reach = field(default_factory=Reach)
    tongue: Tongue = field(default_factory=Tongue)
    lag: Lag = field(default_factory=Lag)
    frugal: bool = False
    notices: frozenset[str] = frozenset()
    cover: str = ""
    picture: str = ""

    def second_of(self, at: datetime) -> float:
        """The second of the live at `at`: by the capture's clock when there is one, so that chat and sound agree."""
        if self.capture is not None:
            return self.offset + self.capture.second_of(at)
        return max(0.0, (at - self.live.started).total_seconds())

    def time_of(self, second: float) -> datetime:
        """When `second` of the live was."""
        return self.live.started + timedelta(seconds=second)

    def second_at(self, time: datetime) -> float:
        """The other way of `time_of`."""
        return (time - self.live.started).total_seconds()

    @property
    def heard(self) -> tuple[Follow, ...]:
        """The follows that want more than notices: for nobody else anything of it is read, written down or judged."""
        return tuple(follow for follow in self.follows if follow.place not in self.notices)

    @property
    def only(self) -> str:
        """The place that hears it, when there is just one; else empty. What a place has taught judges counts for it alone."""
        places = {follow.place for follow in self.heard}
        return places.pop() if len(places) == 1 else ""

    @property
    def purpose(self) -> Purpose:
        """What its stream is for: clips need the picture, words only the sound. A stream that is open stays as it is when this
        changes; the next open asks anew."""
        return Purpose.CLIPS if any(follow.clips for follow in self.heard) else Purpose.SOUND

    @property
    def wants_chat(self) -> bool:
        """Whether anybody wants its chat read."""
        return any(follow.chat for follow in self.heard)

    def muted(self, place: str, now: datetime) -> bool:
        """Whether `place` wants no alerts of it for the time being."""
        return place in self.mutes and now < self.mutes[place]

    def follow_of(self, place: str) -> Follow | None:
        """How `place` follows this account."""
        return next((follow for follow in self.follows if follow.place == place), None)

    def heard_for(self, place: str) -> Follow | None:
        """How `place` follows this account, when it wants more than notices."""
        return next((follow for follow in self.heard if follow.place == place), None)
