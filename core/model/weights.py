"""The weights of speech models that run on this machine: which there are, and how much of each is here."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """Whether weights can be used: all here; some of them (a fetch was interrupted); here but not whole; none."""

    HERE = "here"
    PART = "part"
    BROKEN = "broken"
    AWAY = "away"


@dataclass(frozen=True)
class Weights:
    """One model by its name. `size` in bytes: as found here, else about what its source has (0: nobody knows); `got` are here.
    `english`: it knows no other language. `fault` says what is wrong with what is here. `known`: there is a source for it."""

    name: str
    size: int
    presence: Presence = Presence.AWAY
    got: int = 0
    english: bool = False
    fault: str = ""
    known: bool = True
