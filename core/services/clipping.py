"""Clipping: which stretch of a live becomes a clip, and the job that cuts it."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from core.errors import EarshotError, Missing, Transient
from core.model.clip import AFTER_SECONDS, BEFORE_SECONDS, NAMELESS, clean, shown_name
from core.model.feed import Event
from core.model.job import Job
from core.model.live import Live
from core.model.notice import Notice, facts_of
from core.model.person import Place
from core.model.tellable.finds import ClipSaved
from core.model.trigger import Hit
from core.ports.clipper import Clipper
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.feeding import way_of
from core.services.holding import hold
from core.services.lives.scene import Scene
from core.services.working import Effect

LONGEST = 60.0  # seconds: clips are quotes, not copies


@dataclass
class Clipping:
    """Wishes for clips, and the handler of `clip` jobs."""

    storage: Storage
    clock: Clock
    clipper: Clipper
    folder: Path
    _windows: WeakKeyDictionary[Scene, list[tuple[str, float, float]]] = field(default_factory=WeakKeyDictionary)

    async def wish(self, work: Work, scene: Scene, hit: Hit) -> None:
        """A clip around `hit`; hits inside one window share one clip."""
        windows = self._windows.setdefault(scene, [])
        if any(place == hit.place and start <= hit.second <= end for place, start, end in windows):
            return
        start, end = max(0.0, hit.second - BEFORE_SECONDS), hit.second + AFTER_SECONDS
        windows.append((hit.place, start, end))
        payload = {
            "live_id": scene.live.id,
            "place": hit.place,
            "start": start,
            "end": end,
            "at": hit.at.isoformat(),
            "who": hit.by or scene.live.handle,
            "word": hit.word,
            "hit_id": hit.id,
        }
        await work.jobs.add("clip", f"clip:hit:{hit.id}", payload, self.clock.now())

    async def ask(self, live: Live, place: str, seconds: float, name: str, who: str) -> Job:
        """A clip of the last `seconds`, asked for by a person."""
        now = self.clock.now()
        second = self.clipper.second_of(live, now)
        payload = {
            "live_id": live.id,
            "place": place,
            "start": max(0.0, second - min(seconds, LONGEST)),
            "end": second,
            "at": now.isoformat(),
            "who": who,
            "word": name or NAMELESS,
            "hit_id": None,
        }
        async with self.storage.work() as work:
            return await work.jobs.add("clip", f"clip:{place}:{live.id}:{second:.0f}", payload, now)

    async def save(self, job: Job) -> Effect:
        """Cut the clip of a job; the file is named by the job, so that a repeat after a crash writes the same one."""
        wish = job.payload
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{job.id}.mp4"
        try:
            cut = await self.clipper.save(wish["live_id"], wish["start"], wish["end"], path)
        except Transient:
            raise
        except EarshotError as error:
            return await self._failed(job, error)

        async def effect(work: Work) -> None:
            live, place = await _subject(work, wish)
            shown = shown_name(wish["who"], wish["word"], datetime.fromisoformat(wish["at"]), place.zone)
            clip = await work.clips.add(
                live.id, place.id, shown, cut, self.clock.now(), clean(wish["word"], 80), f"job:{job.id}"
            )
            said = ClipSaved(
                clip.id,
                live.id,
                live.handle,
                clip.shown,
                str(clip.path),
                clip.seconds,
                clip.size,
                clip.width,
                clip.height,
                wish["word"],
            )
            await self._tell(work, job, said)

        return effect

    async def _failed(self, job: Job, error: EarshotError) -> Effect:
        async def effect(work: Work) -> None:
            live, _ = await _subject(work, job.payload)
            said = ClipSaved(0, live.id, live.handle, "", "", 0.0, 0, 0, 0, job.payload["word"], error.code)
            await self._tell(work, job, said)

        return effect

    async def _tell(self, work: Work, job: Job, said: ClipSaved) -> None:
        live, place = await _subject(work, job.payload)
        follow = next((f for f in await work.follows.of_account(live.account_id) if f.place == place.id), None)
        now = self.clock.now()
        way = await way_of(work, Event.CLIP, follow, now) if follow is not None else None
        if follow is None or way is None:
            return
        if way.held and job.payload["hit_id"] is not None:  # nobody asked for it now
            if not said.failed:
                await hold(work, Event.CLIP, follow, now)
            return
        kind, facts = facts_of(said)
        key = f"clip:{job.id}"
        await work.outbox.put(Notice(kind, key, place.id, way.address, key, facts, silent=way.silent), now)


async def _subject(work: Work, wish: dict[str, Any]) -> tuple[Live, Place]:
    live, place = await work.lives.get(wish["live_id"]), await work.places.get(wish["place"])
    if live is None or place is None:
        raise Missing("CLIP_GONE")
    return live, place
