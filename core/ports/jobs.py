"""The queue of work, in the same database and transaction as the facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.model.job import Job, JobState


class JobQueue(Protocol):
    """Jobs of one installation. A claim is a lease: a worker that dies gives its jobs back when the lease is over."""

    async def add(
        self, kind: str, key: str, payload: dict[str, Any], due: datetime, *, place: str = "", by: str = ""
    ) -> Job:
        """Enqueue; a job with the same key that is not finished yet is given back instead."""
        ...

    async def get(self, job_id: int) -> Job | None: ...

    async def of_place(
        self,
        place: str,
        kind: str,
        *,
        unfinished: bool = False,
        by: str = "",
        state: JobState | None = None,
        limit: int = 50,
    ) -> list[Job]:
        """The jobs of one kind asked for in a place, newest first; those of one person, or in one state."""
        ...

    async def ahead(self, job: Job, now: datetime) -> int:
        """How many jobs of its kind are under way, or come before it."""
        ...

    async def queue(self, kind: str, now: datetime, limit: int) -> list[Job]:
        """The first `limit` jobs of a kind: those under way, then those that are due, in the order in which they are claimed."""
        ...

    async def due(self, kinds: Sequence[str], now: datetime) -> bool:
        """Whether `claim` would find something: a question that takes no write lock."""
        ...

    async def next_due(self, kinds: Sequence[str]) -> datetime | None:
        """When the first waiting job of these kinds is, or was, due; None when none waits."""
        ...

    async def hasten(self, job_ids: Sequence[int], now: datetime) -> None:
        """Those of them that wait and were never tried are due now, if they were due later."""
        ...

    async def claim(
        self, worker: str, kinds: Sequence[str], now: datetime, lease: timedelta, limit: int, *, only: int | None = None
    ) -> list[Job]:
        """Up to `limit` due jobs, now running for `worker` with a new epoch. Stale leases count as due. `only`: no other than
        this one.

        Places take turns, those with the fewest jobs under way first, then those that have waited longest since a job of theirs
        was begun; a place's own come oldest due first."""
        ...

    async def finish(self, job: Job, now: datetime, error: str = "", retry_at: datetime | None = None) -> bool:
        """done without `error`; else waiting again at `retry_at`, or dead without one. False: the lease had been lost."""
        ...

    async def give_back(self, job: Job, now: datetime) -> bool:
        """It was stopped, not tried: waiting again at `now`, and the attempt does not count. False: the lease was lost."""
        ...

    async def extend(self, job: Job, until: datetime) -> bool:
        """Keep the lease of a long job. False: it was lost or the job cancelled."""
        ...

    async def progress(self, job: Job, progress: dict[str, Any]) -> bool:
        """Store how far it is, or in the transaction of its end what came of it. False: the claim was lost or the job cancelled."""
        ...

    async def lost(self, jobs: Sequence[Job]) -> set[int]:
        """The ids of those whose claim does not hold any more: cancelled, or taken over by another worker."""
        ...

    async def cancel(self, job_id: int, place: str) -> Job | None:
        """End a job of `place` that is waiting or running; its worker notices. None: it is over, or another place's."""
        ...

    async def again(self, job_id: int, place: str, due: datetime, payload: dict[str, Any] | None = None) -> Job | None:
        """A job of `place` that died or was cancelled, waiting anew as if never tried, with another `payload` where one is given;
        an unfinished one with the same key is given back instead. None: it is done, under way, or another place's."""
        ...

    async def in_state(self, state: JobState, limit: int, skip: int = 0) -> list[Job]:
        """Those of every place, newest first, without the first `skip`."""
        ...

    async def counts(self, *, place: str = "", by: str = "", kind: str = "") -> dict[JobState, int]:
        """How many are in each state: in all places, or in one; of everybody, or of one person; of all kinds, or of one."""
        ...

    async def unfinished(self) -> int:
        """How many jobs are waiting or running."""
        ...
