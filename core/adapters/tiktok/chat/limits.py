"""How long a chat's connection may take for what, and what was lost of chats."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds: until a signed address must be there, until a connection must be closed, without a frame until it is lost."""

    start: float = 20.0
    leave: float = 5.0
    silence: float = 60.0


@dataclass
class Losses:
    """`dropped` events were not taken in time; `malformed` messages told nothing."""

    dropped: int = 0
    malformed: int = 0
