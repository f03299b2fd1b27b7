"""Replaying: the jobs that have OBS save a replay and make a clip of it, and replays that people save in OBS."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import EarshotError, Missing, Transient
from core.model.clip import AFTER_SECONDS, BEFORE_SECONDS, Source, clean
from core.model.job import Job
from core.model.live import Live
from core.ports.clock import Clock
from core.ports.replays import Fetched, Replay, Replays, ReplayState
from core.ports.store import Storage, Work
from core.services.clipping import serving
from core.services.clipping.cutting import Clipping
from core.services.clipping.telling import Made, failed, path_of, saved
from core.services.clipping.wishing import KINDS, LONGEST, SEEN, Wish, covered
from core.services.enduring import enduring
from core.services.sparing import make
from core.services.working import ATTEMPTS, Effect, Handler

ADOPT, STEER = "adopt", "obs"
WHO, WORD = "OBS", "replay"
"""What a replay is called that a person saved in OBS: OBS_replay_STAMP.mp4."""

GLANCE = 2.0  # seconds between two looks whether the buffer shall run
ALIKE = 1.0  # seconds by which the clocks of a live and of OBS may differ
KEPT = 50  # replays that are remembered for hits that share them, and for a second try


@dataclass
class Replaying:
    """`replays` None: no OBS is set up. `clipping` cuts where OBS does not answer."""

    storage: Storage
    clock: Clock
    clipping: Clipping
    replays: Replays | None = None
    _made: OrderedDict[str, "asyncio.Task[tuple[Fetched, Made]]"] = field(default_factory=OrderedDict)
    _first: OrderedDict[str, Job] = field(default_factory=OrderedDict)
    _of_job: OrderedDict[int, Replay] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.clipping.wishing.sources = self.sources
        if self.replays is not None:
            self.replays.pressed = self.adopt

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By the kind of job."""
        return {KINDS[Source.OBS]: self.save, ADOPT: self.take_over, STEER: self.steer}

    @property
    def said(self) -> dict[str, Any]:
        """How OBS is, for whoever asks from another process; empty: none is set up."""
        return asdict(self.replays.state) if self.replays is not None else {}

    async def sources(self, work: Work, place: str) -> tuple[Source, ...]:
        """Where the clips of `place` come from when nobody said so."""
        mode = await serving.mode_of(work, place) if self.replays is not None else None
        return mode.sources if mode is not None else (Source.OWN,)

    async def run(self) -> None:
        """Keep OBS connected and its buffer as it shall be, until cancelled."""
        if self.replays is None:
            await asyncio.Event().wait()
            return
        await self._heed(self.replays)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.replays.run(), name="obs")
            while True:
                await self.clock.sleep(GLANCE)
                await self._heed(self.replays)

    async def _heed(self, replays: Replays) -> None:
        """What people want of the buffer, in whatever process they said so."""
        with enduring("whether OBS's buffer shall run"):
            async with self.storage.reading() as work:
                replays.wanted, first = await serving.wanted(work), await serving.unchosen(work)
            if first:
                async with self.storage.work() as work:
                    await serving.choose_first(work)

    async def close(self) -> None:
        """Let go of OBS."""
        if self.replays is not None:
            await self.replays.close()

    # ------------------------------------------------------------------ a replay for a hit, or for a person

    async def save(self, job: Job) -> Effect:
        """The handler of `replay` jobs. What is no clip of OBS becomes one of the own buffer, and says why."""
        wish = Wish.of(job)
        async with self.storage.reading() as work:
            mode, live = await serving.mode_of(work, wish.place), await work.lives.get(wish.live_id)
        if live is None:
            raise Missing("CLIP_GONE")
        if self.replays is None or mode is None:
            return self._instead(job, wish, "OBS_UNSET" if self.replays is None else "OBS_UNSERVED")
        try:
            replay = self._of_job.get(job.id) or await self.replays.save()
        except EarshotError as error:
            twice = (
                mode is serving.Mode.BOTH and wish.hit_id is None
            )  # whoever asked is given one of the own buffer anyway
            return _nothing if twice else self._instead(job, wish, error.code)
        self._of_job[job.id] = replay  # for a second try, when the disk was full
        _forget(self._of_job)
        return await self._clip(job, wish, live, replay)

    async def _clip(self, job: Job, wish: Wish, live: Live, replay: Replay) -> Effect:
        """The clip of a replay, or why there is none. Hits of one place and live in one replay share its clip, which is called
        after the first of them; a person's wish has its own."""
        person = wish.hit_id is None
        key = f"obs:{wish.place}:{live.id}:{replay.at.timestamp():.3f}:{replay.name}" + (f":{job.id}" if person else "")
        back = 0.0 if person else (replay.at - wish.at).total_seconds()
        longest = min(LONGEST, wish.end - wish.start) if person else LONGEST
        first = self._first.setdefault(key, job)
        if wish.at < Wish.of(first).at:
            self._first[key] = job
        _forget(self._first)
        try:
            fetched, made = await self._fetched(key, job, live, replay, longest, back)
        except EarshotError as error:
            if isinstance(error, Transient) and job.attempt < ATTEMPTS:
                raise
            code, shown = error.code, clean(replay.name, 120)
            return lambda work: failed(work, self.clock, self._first.get(key, job), code, Source.OBS, shown, key)
        if back > fetched.before + ALIKE:  # it does not show what it is for
            return self._instead(job, wish, "OBS_SHORT")
        return lambda work: saved(work, self.clock, self._first.get(key, job), made, Source.OBS, key)

    async def _fetched(
        self, key: str, job: Job, live: Live, replay: Replay, longest: float, back: float
    ) -> tuple[Fetched, Made]:
        """As Replays.fetch, and looked at, once for all that share a clip."""
        known = self._made.get(key)
        if known is None or (known.done() and (known.cancelled() or known.exception() is not None)):
            make(self.clipping.folder)
            path = path_of(self.clipping.folder, job)
            known = self._made[key] = asyncio.create_task(self._made_of(job, live, replay, path, longest, back))
            known.add_done_callback(lambda done: done.cancelled() or done.exception())
            _forget(self._made)
        return await asyncio.shield(known)

    async def _made_of(
        self, job: Job, live: Live, replay: Replay, path: Path, longest: float, back: float
    ) -> tuple[Fetched, Made]:
        assert self.replays is not None
        fetched = await self.replays.fetch(replay, path, longest, back)
        start = max(0.0, self.clipping.clipper.second_of(live, replay.at) - fetched.before)
        return fetched, await self.clipping.looked_at(live.id, job.place, replace(fetched.cut, start=start))

    def _instead(self, job: Job, wish: Wish, why: str) -> Effect:
        """The same from the own buffer, when its stretch is over; hits in one window share it, and a hit that has one there has no
        second."""
        ours = replace(wish, instead=why)
        kind = KINDS[Source.OWN]

        async def effect(work: Work) -> None:
            made = await work.jobs.of_place(wish.place, kind, limit=SEEN) if wish.hit_id is not None else []
            if any(Wish.of(one).hit_id == wish.hit_id for one in made):
                return
            second = wish.end if wish.hit_id is None else wish.end - AFTER_SECONDS
            if wish.hit_id is None or not await covered(work, kind, ours, second):
                due = wish.at if wish.hit_id is None else wish.at + timedelta(seconds=AFTER_SECONDS)
                key = f"{kind}:hit:{wish.hit_id}" if wish.hit_id is not None else f"{kind}:instead:{job.id}"
                await work.jobs.add(kind, key, ours.facts, max(due, self.clock.now()), place=wish.place)

        return effect

    # ------------------------------------------------------------------ a replay somebody saved in OBS

    async def adopt(self, replay: Replay) -> None:
        """It is a clip of the live that runs in each place whose clips come from OBS; of the one that began last, where there are
        several. While the disk is nearly full it stays in OBS."""
        if await self.clipping.wishing.spare() is not None:
            return
        async with self.storage.work() as work:
            for place, mode in await serving.served(work):
                if mode is serving.Mode.OWN:
                    continue
                lives = await work.lives.of_place(place.id, running=True)
                live = max(lives, key=lambda one: one.started, default=None)
                if live is None:
                    continue
                end = self.clipping.clipper.second_of(live, replay.at)
                wish = Wish(live.id, place.id, max(0.0, end - BEFORE_SECONDS), end, replay.at, WHO, WORD)
                facts = {"wish": wish.facts, "path": replay.path, "at": replay.at.isoformat()}
                key = f"{ADOPT}:{place.id}:{replay.at.isoformat()}"
                await work.jobs.add(ADOPT, key, facts, self.clock.now(), place=place.id)

    async def take_over(self, job: Job) -> Effect:
        """The handler of `adopt` jobs."""
        wished = replace(job, payload=job.payload["wish"])
        wish = Wish.of(wished)
        async with self.storage.reading() as work:
            live = await work.lives.get(wish.live_id)
        if live is None or self.replays is None:
            return _nothing
        replay = Replay(job.payload["path"], datetime.fromisoformat(job.payload["at"]))
        return await self._clip(wished, replace(wish, start=wish.end - LONGEST), live, replay)

    # ------------------------------------------------------------------ what people do with OBS

    async def ask(self, do: str, place: str) -> Job:
        """Have it done by the process that is connected: `connect`, `on`, `off`."""
        async with self.storage.work() as work:
            if do != "connect":
                await serving.want(work, do == "on")
            return await work.jobs.add(STEER, f"{STEER}:{do}:{place}", {"do": do}, self.clock.now(), place=place)

    async def steer(self, job: Job) -> Effect:
        """The handler of `obs` jobs: what came of it stands in their progress (`done`)."""
        said: dict[str, Any] = {"code": "OBS_UNSET", "values": {}}
        if self.replays is not None:
            self.replays.wanted = job.payload["do"] != "off"
            try:
                if job.payload["do"] == "connect":
                    async with self.storage.reading() as work:
                        self.replays.wanted = await serving.wanted(work)
                    state = await self.replays.connect()
                else:
                    state = await self.replays.buffer(job.payload["do"] == "on")
                said = {"state": asdict(state)}
            except EarshotError as error:
                said = {"code": error.code, "values": {name: str(value) for name, value in error.values.items()}}

        async def effect(work: Work) -> None:
            await work.jobs.progress(job, said)

        return effect


def done(job: Job) -> ReplayState | tuple[str, dict[str, Any]]:
    """What came of an `obs` job: how OBS is then, or the code and values of its error."""
    said = job.progress
    return ReplayState(**said["state"]) if "state" in said else (said.get("code", "OBS_OFF"), said.get("values", {}))


async def _nothing(work: Work) -> None:
    pass


def _forget(known: "OrderedDict[Any, Any]") -> None:
    while len(known) > KEPT:
        known.popitem(last=False)
