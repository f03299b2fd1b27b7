"""What the section of alerts answers."""

from dataclasses import dataclass

from core.model.person import Place


@dataclass(frozen=True)
class AlertsShown:
    """Which events a place is told of with a sound, and whom it calls."""

    place: Place
