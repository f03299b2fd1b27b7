"""Lagging: when the words of a live are late or missing, its places are told once, with what is missing and whether it is kept; the
same post says when words come again, and when everything that was kept has been written down."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from core.model.diary import DiaryKind
from core.model.feed import Event
from core.model.live import Live
from core.model.notice import Notice, facts_of
from core.model.tellable.lives import WordsLate
from core.model.transcript import Gap, GapCause, Segment
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.feeding import address_of
from core.services.lives.noting import note
from core.services.lives.scene import Scene

WORTH = 20.0  # seconds of speech without words that are worth a post: less is a hiccup
CAUGHT_UP = 3  # pieces with words in a row after which words come again
CALM = 30.0  # seconds words may be behind then
AGAIN = timedelta(minutes=10)  # what begins again so soon is the same trouble


@dataclass
class Trouble:
    """What is missing of one live since `since`; `told` is what its places know; `fine`: pieces with words in a row since."""

    since: datetime
    seconds: float = 0.0
    kept: bool = True
    told: WordsLate | None = None
    fine: int = 0

    @property
    def goes_on(self) -> bool:
        return self.told is not None and self.told.until is None


@dataclass
class Lagging:
    """The troubles of all lives heard here."""

    storage: Storage
    clock: Clock
    _troubles: WeakKeyDictionary[Scene, Trouble] = field(default_factory=WeakKeyDictionary)

    async def speech(self, scene: Scene, part: Segment | Gap) -> None:
        """Count a piece of speech; tell when it begins, or ends, to matter."""
        trouble = self._troubles.get(scene)
        lost = isinstance(part, Gap) and part.cause is GapCause.OVERFLOW
        if lost or (isinstance(part, Segment) and part.text is None and scene.lag.why not in ("", "BUDGET")):
            trouble = trouble or await self._before(scene) or Trouble(scene.time_of(part.start))
            self._troubles[scene] = trouble
            trouble.seconds += part.end - part.start
            trouble.kept = trouble.kept and scene.lag.kept and not lost
            trouble.fine = 0
            if trouble.seconds >= WORTH and (trouble.told is None or trouble.told.until is not None):
                await self._tell(scene, trouble, _said(scene, trouble, self.clock.now(), lost=lost))
        elif isinstance(part, Segment) and part.text is not None and trouble is not None:
            trouble.fine += 1
            if trouble.fine >= CAUGHT_UP and scene.lag.behind <= CALM:
                await self._over(scene, trouble)

    async def finish(self, scene: Scene) -> None:
        """The live is over: nothing comes any more, and what is missing so far is said."""
        trouble = self._troubles.pop(scene, None)
        if trouble is not None:
            await self._over(scene, trouble, ended=True)

    async def complete(self, live: Live) -> None:
        """Everything that was kept of a live has been written down: its posts say so, unless more is still coming without words."""
        if any(scene.live.id == live.id and trouble.goes_on for scene, trouble in self._troubles.items()):
            return
        async with self.storage.work() as work:
            entry = await work.diary.last(live.id, DiaryKind.WORDS_LATE)
            if entry is None:
                return
            subject = _subject(live.id, entry.at)
            for place, address in await work.outbox.addresses(subject):
                newest = await work.outbox.newest(address, subject)
                said = newest.tells() if newest is not None else None
                if isinstance(said, WordsLate) and said.kept and not said.filled:
                    now = self.clock.now()
                    said = replace(said, until=said.until or now, filled=True)
                    await _put(work, said, place, address, subject, now)

    async def _before(self, scene: Scene) -> Trouble | None:
        """What was told before a restart, or not long ago: it goes on in the same post."""
        async with self.storage.reading() as work:
            entry = await work.diary.last(scene.live.id, DiaryKind.WORDS_LATE, DiaryKind.WORDS_BACK)
            began = await work.diary.last(scene.live.id, DiaryKind.WORDS_LATE)
        if entry is None or began is None:
            return None
        if entry.kind is DiaryKind.WORDS_BACK and self.clock.now() - entry.at > AGAIN:
            return None
        over = entry.kind is DiaryKind.WORDS_BACK
        told = WordsLate(scene.live.id, scene.live.handle, began.at, began.text, until=entry.at if over else None)
        return Trouble(began.at, float(entry.text or 0) if over else WORTH, told=told)

    async def _over(self, scene: Scene, trouble: Trouble, *, ended: bool = False) -> None:
        if trouble.told is not None and trouble.goes_on:
            now = self.clock.now()
            said = replace(trouble.told, seconds=trouble.seconds, kept=trouble.kept, until=now, ended=ended)
            await self._tell(scene, trouble, said)
        self._troubles.pop(scene, None)

    async def _tell(self, scene: Scene, trouble: Trouble, said: WordsLate) -> None:
        """Store that it began or ended and tell every place that wants the transcript, in one transaction; without a sound. What
        another engine has written down meanwhile is not missing any more."""
        now, subject = self.clock.now(), _subject(scene.live.id, trouble.since)
        async with self.storage.work() as work:
            _, left = await work.sounds.of_live(scene.live.id)
            said = replace(said, left=left, filled=said.kept and said.until is not None and not left)
            if said.until is None:
                await note(work, scene, DiaryKind.WORDS_LATE, trouble.since, said.why)
            else:
                await note(work, scene, DiaryKind.WORDS_BACK, now, f"{said.seconds:.0f}")
            for follow in scene.heard:
                address = await address_of(work, Event.LIVE, follow) if follow.transcript else None
                if address is not None:
                    await _put(work, said, follow.place, address, subject, now)
        trouble.told = said


def _said(scene: Scene, trouble: Trouble, now: datetime, *, lost: bool) -> WordsLate:
    lag = scene.lag
    return WordsLate(
        scene.live.id,
        scene.live.handle,
        trouble.since,
        "SLOW" if lost else lag.why,
        lag.engine,
        now + timedelta(seconds=lag.opens) if lag.opens is not None else None,
        trouble.seconds,
        trouble.kept,
    )


def _subject(live_id: int, since: datetime) -> str:
    return f"words:{live_id}:{since.timestamp():.0f}"


async def _put(work: Work, said: WordsLate, place: str, address: str, subject: str, now: datetime) -> None:
    kind, facts = facts_of(said)
    key = f"{subject}:{now.timestamp():.0f}{':filled' * said.filled}:{place}"
    await work.outbox.put(Notice(kind, key, place, address, subject, facts, edits=True, silent=True), now)
