"""What the section of quiet hours answers."""

from dataclasses import dataclass

from core.model.person import Place
from core.model.quiet import Period


@dataclass(frozen=True)
class QuietShown:
    """The quiet hours of a place: those that are `running` now, else those that come next; neither where there are none."""

    place: Place
    running: Period | None = None
    coming: Period | None = None
