"""Fetching: the weights of a local model, asked for in a chat, with its progress told, and used once they are here."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.errors import EarshotError, Missing, Transient
from core.model.job import Job, JobState
from core.model.notice import NoticeKind, read
from core.model.person import Address
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere
from core.model.weights import Presence, Weights
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.ports.weights import Shelf
from core.services.choosing import Choice, Choosing
from core.services.enduring import enduring
from core.services.videos.limiting import within
from core.services.videos.telling import post, values_of
from core.services.working import Effect

KIND, ENGINE = "weights", "whisper"
TOLD_EVERY = 3.0  # seconds
STRETCH = 10.0  # seconds over which the speed is reckoned
SOFT = timedelta(minutes=25)  # of one attempt: what takes longer goes on in the next one


@dataclass(frozen=True)
class Fetching:
    """One fetch of a model at a time, whoever asked for it."""

    storage: Storage
    clock: Clock
    shelf: Shelf
    choosing: Choosing

    async def ask(self, name: str, place: str, by: str, address: Address, only: str = "") -> Job | Weights:
        """The job that fetches them, a new one or the one under way, which tells at `address`, to one person `only` or to all who
        see it; or the weights, used from now on, if they are here. Raises Missing MODEL."""
        known = await asyncio.to_thread(self.shelf.of, name)
        async with self.storage.work() as work:
            if known.presence is Presence.HERE:
                await self.choosing.choose(work, Choice(ENGINE, name))
                return known
            payload = {"model": name, "address": address, "only": only}
            return await work.jobs.add(KIND, f"{KIND}:{name}", payload, self.clock.now(), place=place, by=by)

    async def cancel(self, job_id: int, place: str) -> None:
        """End one; what has come stays. Raises Missing NOT_FOUND when there is none under way."""
        async with self.storage.work() as work:
            job = await work.jobs.cancel(job_id, place)
            if job is None:
                raise Missing("NOT_FOUND", x=f"j{job_id}")
            said = NoWeights(job.id, _model(job), "CANCELLED", only=_only(job))
            await post(work, job, _address(job), said, f"{job.epoch}:cancelled", self.clock.now())

    async def fetch(self, job: Job) -> Effect:
        """The handler of its jobs."""
        told = _Telling(self, job, WeightsComing(job.id, _model(job), only=_only(job)))
        words = asyncio.create_task(told.run())
        try:
            got = await within(self.clock, SOFT.total_seconds(), self.shelf.get(_model(job), told.moved))
        except TimeoutError as error:
            raise Transient("WEIGHTS_SLOW", retry_after=0.1) from error
        finally:
            words.cancel()

        async def effect(work: Work) -> None:
            await self.choosing.choose(work, Choice(ENGINE, got.name))
            await work.jobs.progress(job, {"got": got.size, "total": got.size})
            said = WeightsHere(got.name, got.size, _only(job))
            await post(work, job, _address(job), said, f"{job.epoch}:here", self.clock.now())

        return effect

    async def failed(self, work: Work, job: Job, error: EarshotError, at: datetime | None) -> None:
        """Tell that an attempt failed: for good, or until `at`. In the transaction that stores it."""
        known = await work.jobs.get(job.id)
        progress = dict(known.progress) if known else {}
        if at is not None:
            waiting = {**progress, "speed": 0.0, "waits": error.code, "until": at.isoformat()}
            await work.jobs.progress(job, waiting)
            now, key = self.clock.now(), f"{job.epoch}:waits"
            await post(work, job, _address(job), _coming(job, waiting), key, now, silent=True)
            return
        await work.jobs.progress(job, {**progress, "failed": error.code, "values": values_of(error)})
        said = NoWeights(job.id, _model(job), error.code, values_of(error), _only(job))
        await post(work, job, _address(job), said, f"{job.epoch}:failed", self.clock.now())

    def state(self, job: Job) -> WeightsComing | WeightsHere | NoWeights:
        """How one of its jobs is, as it is told."""
        model, said = _model(job), job.progress
        if job.state is JobState.DONE:
            return WeightsHere(model, int(said.get("total", 0)), _only(job))
        if job.state is JobState.CANCELLED:
            return NoWeights(job.id, model, "CANCELLED", only=_only(job))
        if job.state is JobState.DEAD:
            return NoWeights(job.id, model, str(said.get("failed", "BUG")), said.get("values", {}), _only(job))
        if job.state is JobState.RUNNING:  # it waits no more
            said = {name: value for name, value in said.items() if name not in ("waits", "until")}
        return _coming(job, said)


def _coming(job: Job, progress: dict[str, Any]) -> WeightsComing:
    told = read(NoticeKind.WEIGHTS_COMING, {"job_id": job.id, "model": _model(job), "only": _only(job), **progress})
    assert isinstance(told, WeightsComing)
    return told


def _model(job: Job) -> str:
    return str(job.payload.get("model", ""))


def _address(job: Job) -> Address:
    return str(job.payload.get("address", ""))


def _only(job: Job) -> str:
    return str(job.payload.get("only", ""))


@dataclass
class _Telling:
    """How far one attempt is: into its job for who looks, into its post for who waits."""

    fetching: Fetching
    job: Job
    said: WeightsComing
    _seen: deque[tuple[datetime, int]] = field(default_factory=deque)
    _number: int = 0

    def moved(self, got: int, total: int) -> None:
        """So many bytes are here; the speed is that of the last seconds."""
        now = self.fetching.clock.now()
        self._seen.append((now, got))
        while (now - self._seen[0][0]).total_seconds() > STRETCH:
            self._seen.popleft()
        since, before = self._seen[0]
        took = (now - since).total_seconds()
        speed = (got - before) / took if took > 0 else 0.0
        self.said = WeightsComing(self.job.id, self.said.model, got, total, speed, only=self.said.only)

    async def run(self) -> None:
        """Tell what is new, until cancelled."""
        told: WeightsComing | None = None
        while True:
            if self.said != told and self.said.total:
                told = self.said
                with enduring(f"telling of {self.job.key}"):
                    await self._tell(told)
            await self.fetching.clock.sleep(TOLD_EVERY)

    async def _tell(self, said: WeightsComing) -> None:
        async with self.fetching.storage.work() as work:
            progress = {"got": said.got, "total": said.total, "speed": said.speed}
            if await work.jobs.progress(self.job, progress):
                self._number += 1
                now, key = self.fetching.clock.now(), f"{self.job.epoch}:{self._number}"
                await post(work, self.job, _address(self.job), said, key, now, silent=True)
