"""What is remembered of recordings that are heard by services elsewhere."""

from datetime import datetime
from typing import Protocol

from core.model.recording import Remote


class Remotes(Protocol):
    """Recordings that lie at services, until nothing of them lies there any more."""

    async def add(self, remote: Remote) -> Remote:
        """`remote.id` is ignored. One that is already there for the same job and engine, and not over, is given instead."""
        ...

    async def waiting(self, key: str, engine: str) -> Remote | None:
        """The one a job waits for."""
        ...

    async def of_number(self, external: str) -> list[Remote]:
        """The one that has this number at its service, over or not; where none has, those it may be whose number is not written
        down yet. None for an empty number."""
        ...

    async def submitted(self, remote_id: int, external: str) -> None:
        """The service has begun, and this is its number."""
        ...

    async def over(self, key: str) -> None:
        """Nobody waits any more for what was entrusted for this job."""
        ...

    async def left(self, before: datetime, limit: int) -> list[Remote]:
        """What lies at services and has to go: what is over, and what nobody can wait for since it is from before `before`.
        Oldest first."""
        ...

    async def remove(self, remote_id: int) -> None:
        """Nothing lies there any more."""
        ...
