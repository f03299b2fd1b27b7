"""The queue of work, in the same database and transaction as the facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.model.job import Job


class JobQueue(Protocol):
    """Jobs of one installation. A claim is a lease: a worker that dies gives its jobs back when the lease is over."""

    async def add(self, kind: str, key: str, payload: dict[str, Any], due: datetime) -> Job:
        """Enqueue; a job with the same key that is not finished yet is given back instead."""
        ...

    async def due(self, kinds: Sequence[str], now: datetime) -> bool:
        """Whether `claim` would find something: a question that takes no write lock."""
        ...

    async def claim(self, worker: str, kinds: Sequence[str], now: datetime, lease: timedelta, limit: int) -> list[Job]:
        """Up to `limit` due jobs, oldest due first, now running for `worker` with a new epoch. Stale leases count as due."""
        ...

    async def finish(self, job: Job, now: datetime, error: str = "", retry_at: datetime | None = None) -> bool:
        """done without `error`; else waiting again at `retry_at`, or dead without one. False: the lease had been lost."""
        ...

    async def extend(self, job: Job, until: datetime) -> bool:
        """Keep the lease of a long job. False: it was lost or the job cancelled."""
        ...

    async def unfinished(self) -> int:
        """How many jobs are waiting or running."""
        ...
