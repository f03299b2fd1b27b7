"""What the section of risk answers about how many people an alert takes."""

from dataclasses import dataclass

from core.model.person import Place


@dataclass(frozen=True)
class TwoShown:
    """Of which alerts a place wants two people to say the same."""

    place: Place
