"""What is told of the weights of a local model while they are fetched."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class WeightsComing:
    """They are being fetched: `got` of `total` bytes are here (`total` 0: nobody knows yet), `speed` of them come in a second.
    `waits` is the code of what it waits for until `until`. `only`: the one person it is for."""

    job_id: int
    model: str
    got: int = 0
    total: int = 0
    speed: float = 0.0
    waits: str = ""
    until: datetime | None = None
    only: str = ""


@dataclass(frozen=True)
class WeightsHere:
    """They are here, and the engine uses them from now on."""

    model: str
    size: int
    only: str = ""


@dataclass(frozen=True)
class NoWeights:
    """They did not come, or nobody wants them any more (`code` CANCELLED). `code` and `values` are those of an error."""

    job_id: int
    model: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    only: str = ""
