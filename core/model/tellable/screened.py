"""What is told of a screening: what was looked at, what was found, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from core.model.screening import Check, LocalPolicy, Screening, State, Where


@dataclass(frozen=True)
class Screened:
    """How a clip or video stands. `found` says of each check in what it found something; `alert_id` is the alert that decides it.
    The other fields are those of a Screening."""

    state: State
    found: tuple[tuple[Check, Where], ...] = ()
    reason: str = ""
    frames: int = 0
    unheard: float = 0.0
    fault: str = ""
    gone: bool = True
    blind: bool = False
    doubtful: bool = False
    alike: datetime | None = None
    local: LocalPolicy = LocalPolicy.TEXT_ONLY
    restricted: bool = False
    veiled: bool = False
    alert_id: int | None = None
    by: str = ""
    at: datetime | None = None

    @classmethod
    def of(cls, screening: Screening) -> Self:
        """As it is told."""
        return cls(
            screening.state,
            tuple((one.check, one.where) for one in screening.found),
            screening.reason,
            screening.frames,
            screening.unheard,
            screening.fault,
            screening.gone,
            screening.blind,
            screening.doubtful,
            screening.alike,
            screening.local,
            screening.restricted,
            screening.veiled,
            screening.alert_id,
            screening.by,
            screening.at,
        )

    @property
    def stands(self) -> str:
        """Which decision of a person stands, by when it was made, in a few characters; empty while none does. A card's Undo carries
        it, so that nobody takes back a decision its card did not show."""
        return f"{round(self.at.timestamp() * 1000):x}" if self.by and self.at is not None else ""

    @property
    def open(self) -> bool:
        """As Screening.open."""
        return self.state in (State.PASSED, State.OVERRIDDEN) and not self.restricted
