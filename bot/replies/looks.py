"""What the section of looks answers."""

from dataclasses import dataclass

from core.model.person import Place


@dataclass(frozen=True)
class LooksShown:
    """How the posts of a place look."""

    place: Place
