"""What the section of linked places answers."""

from dataclasses import dataclass

from core.model.person import Place


@dataclass(frozen=True)
class PartnersShown:
    """What a place is linked with. `code` links one more, for `minutes`; `linked`: that has just been done."""

    place: Place
    partners: tuple[Place, ...]
    code: str = ""
    minutes: int = 0
    linked: bool = False
