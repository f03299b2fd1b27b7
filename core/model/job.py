"""Work to be done outside a reaction, and its state."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """waiting → running → done | waiting again (retry) | dead | cancelled."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Job:
    """One piece of work. `key` is unique among jobs not yet finished: the same wish twice is one job.

    `attempt` counts claims, `epoch` is the fence: only the claim that holds it may finish the job.
    `place` and `by` (a person) are whose it is, empty for Earshot's own; `progress` is what people are shown meanwhile.
    `since` and `begun`: when it was first due, and claimed last; None where nobody wrote it down.
    """

    id: int
    kind: str
    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    state: JobState = JobState.WAITING
    due: datetime | None = None
    attempt: int = 0
    epoch: int = 0
    error: str = ""
    place: str = ""
    by: str = ""
    since: datetime | None = None
    begun: datetime | None = None
    progress: dict[str, Any] = field(default_factory=dict)
