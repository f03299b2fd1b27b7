"""Backfilling: speech that got no words is kept, and heard later when an engine has time for it.

What comes late goes into the transcript, the search and, while its live still runs, past the triggers and the judge. It is heard
one piece at a time and only while no live is behind: what is said now comes first.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import EarshotError, Transient
from core.model.job import Job
from core.model.joining import join_words
from core.model.live import Live, LiveStatus
from core.model.transcript import Segment, SegmentState, Sound, Span
from core.ports.clock import Clock
from core.ports.media import SoundFiles
from core.ports.speech import CAPTIONS
from core.ports.store import Storage, Work
from core.services.enduring import enduring
from core.services.listening import Listening, Tried
from core.services.lives.keeping import Following, Stored, idle, nothing
from core.services.lives.scene import Scene
from core.services.metering import Metering
from core.services.sweeping import inside, remove
from core.services.working import Effect

log = logging.getLogger(__name__)
KIND = "late words"
"""The kind of its jobs."""
KEPT = timedelta(hours=24)  # what nobody could hear by then is let go: sound is kept no longer than it has a use
MOST_SECONDS = 100_000.0  # of sound in all: 28 hours, 300 MB
EVERY = 10.0  # seconds between two looks whether something may be heard now
BUSY = 5.0  # seconds a live's words may be behind while older ones are heard
LONGEST_PAUSE = 600.0  # seconds, while an engine fails at everything
TRIES = 3
SWEPT_EVERY, WRITING = timedelta(hours=1), timedelta(minutes=5)  # by then a file that was written has its row
ALL = 100_000  # more pieces than MOST_SECONDS hold


async def _nothing(*about: object) -> None:
    return None


@dataclass
class Backfilling:
    """Keeps sound in `folder` and hears it later. `scenes` are the lives watched here; `late` is given what came late of a live
    that still runs, `later` what came of one that does not, both in the transaction that stores it, so that nobody who is killed
    leaves words that nobody looked at. `complete`: a live of which nothing is kept any more, and whether the last of it got its
    words."""

    storage: Storage
    clock: Clock
    listening: Listening
    files: SoundFiles
    folder: Path
    metering: Metering
    scenes: Callable[[], list[Scene]] = list
    late: Following = nothing
    later: Callable[[Work, Scene, Segment], Awaitable[None]] = _nothing
    complete: Callable[[Live, bool], Awaitable[None]] = _nothing
    _kept: float | None = None
    _failed: dict[int, int] = field(default_factory=dict)
    _swept: datetime | None = None

    async def keep(self, scene: Scene, span: Span) -> bool:
        """Keep the sound of a span; whether it could be kept."""
        path = self.folder / str(scene.live.id) / f"{span.start * 1000:.0f}.ogg"
        try:
            if await self._seconds() + span.seconds > MOST_SECONDS:
                return False
            await self.files.write(span.pcm, path)
            sound = Sound(scene.live.id, span.start, span.end, span.overlap, path, self.clock.now())
            async with self.storage.work() as work:
                await work.sounds.keep(sound)
        except EarshotError as error:
            log.warning("sound of %s cannot be kept: %s", scene.live.handle, error)
            return False
        self._kept = (self._kept or 0.0) + span.seconds
        return True

    async def run(self) -> None:
        """Hear what is kept as soon as an engine can, until cancelled. While nothing succeeds it is tried less and less often."""
        pause = EVERY
        while True:
            with enduring("hearing what was kept"):
                pause = EVERY if await self.round() else min(LONGEST_PAUSE, pause * 2)
            await self.clock.sleep(pause)

    async def round(self) -> bool:
        """Hear what can be heard now, oldest first, and let go what is too old. False: an engine failed at all it was given."""
        await self._let_go()
        failed: list[Sound] = []
        heard, after = 0, 0
        while self._may() and len(failed) < (TRIES if heard else 2):
            async with self.storage.reading() as work:
                sounds = await work.sounds.oldest(1, after)
            if not sounds:
                break
            after = sounds[0].id
            tried = await self._hear(sounds[0])
            if tried.failed:
                failed.append(sounds[0])
            elif tried.opens is not None:
                break
            heard += tried.segment is not None
        if heard:
            await self._blame(failed)
        return bool(heard) or not failed

    def _may(self) -> bool:
        """Whether an engine is free for what can wait."""
        able = any(engine.name != CAPTIONS for engine in self.listening.able())
        return able and all(scene.lag.behind <= BUSY for scene in self.scenes())

    async def _hear(self, sound: Sound) -> Tried:
        """Hear one piece; what came of it. One of a live that is about to be taken up again, after a restart, waits for that: what
        it says is to reach triggers and judge."""
        scene = self._running(sound) or await self._scene(sound.live_id)
        if scene is not None and (await self._spent(scene) or self._comes_back(scene)):
            return Tried()  # its time may come tomorrow
        try:
            pcm = await self.files.read(sound.path) if scene is not None else b""
        except EarshotError as error:
            log.warning("%s is not heard any more: %s", sound.path.name, error)
            scene = None
        if scene is None:
            await self._drop(sound)
            return Tried()
        tried = await self.listening.later(scene, Span(sound.start, sound.end, pcm, sound.overlap))
        if tried.segment is not None:
            await self._take(scene, sound, tried.segment)
        return tried

    def _running(self, sound: Sound) -> Scene | None:
        """The live of a piece, while it is watched here."""
        return next((scene for scene in self.scenes() if scene.live.id == sound.live_id), None)

    def _comes_back(self, scene: Scene) -> bool:
        """Whether a live runs that is not watched here yet."""
        return scene.live.status is not LiveStatus.ENDED and scene not in self.scenes()

    async def _take(self, scene: Scene, sound: Sound, segment: Segment) -> None:
        """Store what was heard, with what follows from it. In a live that runs a mistake there costs no words, as when they come in
        time; of one that is over, where the judge alone is asked, nothing is shown that he has not seen."""
        running = self._running(sound)  # it may have ended meanwhile
        try:
            stored = await self._store(running or scene, sound, segment, self.late if running else self._later)
        except Transient:
            raise  # it is heard once more
        except Exception:  # supervision: see above
            if running is None:
                raise
            log.exception("what follows from late words of %s", scene.live.handle)
            stored = await self._store(running, sound, segment, nothing)
        if stored is not None:
            await self._remove(sound)
            await stored()

    async def _later(self, work: Work, scene: Scene, segment: Segment) -> Stored:
        await self.later(work, scene, segment)
        return idle

    async def _blame(self, failed: Sequence[Sound]) -> None:
        """While other pieces got their words these did not: after TRIES times they are left as they are."""
        for sound in failed:
            self._failed[sound.id] = self._failed.get(sound.id, 0) + 1
            if self._failed[sound.id] >= TRIES:
                await self._drop(sound)

    async def _store(self, scene: Scene, sound: Sound, segment: Segment, follows: Following) -> Stored | None:
        """Its words instead of none, without those the pieces around it have already, and what `follows` from them, in one
        transaction. None: that it has none is not stored yet; then it is heard again."""
        async with self.storage.work() as work:
            parts = [part for part in await work.transcripts.of_live(sound.live_id) if isinstance(part, Segment)]
            if not any(part.start == sound.start for part in parts):
                return None
            segment = _joined(segment, sound.overlap, [part for part in parts if part.words])
            await work.transcripts.add(sound.live_id, [segment])
            await self.metering.speech(work, scene, segment)
            stored = await follows(work, scene, segment)
            await self._over(work, sound, heard=True)
            return stored

    async def _drop(self, sound: Sound) -> None:
        async with self.storage.work() as work:
            await self._over(work, sound, heard=False)
        await self._remove(sound)

    async def _over(self, work: Work, sound: Sound, *, heard: bool) -> None:
        """It is kept no longer. What follows once nothing of its live is kept is a job of the same transaction: a process may be
        killed before it has done that."""
        await work.sounds.remove(sound.id)
        left, _ = await work.sounds.of_live(sound.live_id)
        if not left:
            facts = {"live": sound.live_id, "heard": heard}
            await work.jobs.add(KIND, f"{KIND}:{sound.live_id}:{sound.start:.3f}", facts, self.clock.now())

    async def completed(self, job: Job) -> Effect:
        """The handler of its jobs; done twice, it changes nothing."""
        async with self.storage.reading() as work:
            live = await work.lives.get(int(job.payload["live"]))
        if live is not None:
            await self.complete(live, bool(job.payload["heard"]))

        async def effect(work: Work) -> None:
            return None

        return effect

    async def _remove(self, sound: Sound) -> None:
        self._kept = None
        self._failed.pop(sound.id, None)
        with suppress(OSError):
            await asyncio.to_thread(sound.path.unlink, missing_ok=True)

    async def _scene(self, live_id: int) -> Scene | None:
        """A live that is over, or watched elsewhere, as far as engines need to know it."""
        async with self.storage.reading() as work:
            live = await work.lives.get(live_id)
            account = await work.accounts.get(live.account_id) if live is not None else None
            follows = await work.follows.of_account(live.account_id) if live is not None else []
        return Scene(live, account, tuple(follows)) if live is not None and account is not None else None

    async def _spent(self, scene: Scene) -> bool:
        async with self.storage.reading() as work:
            return await self.metering.all_spent(work, scene)

    async def _let_go(self) -> None:
        """What was kept for too long, and files that are nobody's."""
        old, after = self.clock.now() - KEPT, 0
        while True:
            async with self.storage.reading() as work:
                sounds = await work.sounds.oldest(1, after)
            if not sounds or sounds[0].kept > old:
                break
            after = sounds[0].id
            await self._drop(sounds[0])
        if self._swept is None or self.clock.now() - self._swept >= SWEPT_EVERY:
            self._swept = self.clock.now()
            async with self.storage.reading() as work:
                known = frozenset(sound.path for sound in await work.sounds.oldest(ALL))
            await asyncio.to_thread(self._sweep, known)

    def _sweep(self, known: frozenset[Path]) -> None:
        """Files that are nobody's any more: of lives that were deleted, or left by a killed process. Blocks."""
        for folder in inside(self.folder):
            for path in inside(folder):
                if path not in known:
                    remove(path, WRITING)
            with suppress(OSError):
                folder.rmdir()  # only when nothing is in it

    async def _seconds(self) -> float:
        if self._kept is None:
            async with self.storage.reading() as work:
                self._kept = await work.sounds.seconds()
        return self._kept


def _joined(segment: Segment, overlap: float, around: Sequence[Segment]) -> Segment:
    """Without the words that the pieces before and after it have, where they share sound."""
    words = segment.words
    before = next((one for one in reversed(around) if one.start < segment.start < one.end), None)
    after = next((one for one in around if segment.start < one.start < segment.end), None)
    if before is not None and overlap:
        words = join_words(before.words, words, segment.start, overlap)
    if after is not None:
        words = tuple(word for word in words if (word.start + word.end) / 2 < after.words[0].start)
    if words == segment.words:
        return segment
    text = " ".join(word.text.strip() for word in words)
    return replace(segment, text=text, words=words, state=SegmentState.TOLD if text else SegmentState.SILENT)
