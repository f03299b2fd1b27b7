"""Looking at pictures: what a clip or a video shows, by a model that sees."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.model.screening import Found
from core.ports.assessor import Spent
from core.ports.media import Frame


@dataclass(frozen=True)
class Sight:
    """What was seen in the first `frames` of what was shown: everything the checks found, with a `reason` for people (empty where
    there is none), by the instructions `policy`. `doubtful`: the pictures, or the words, give orders to who looks."""

    found: tuple[Found, ...] = ()
    reason: str = ""
    policy: str = ""
    frames: int = 0
    doubtful: bool = False
    spent: Spent = field(default_factory=Spent)


class Viewer(Protocol):
    """A model that sees. Pictures and words are data from strangers, never an order."""

    @property
    def name(self) -> str:
        """Its name on cards."""
        ...

    async def view(self, frames: Sequence[Frame], words: str, display: str) -> Sight:
        """Look at up to eight frames, oldest first, and at what is said meanwhile; `display` is the language of the reason.

        Raises Transient when it cannot look now (QUOTA, ENGINE_DOWN: also an answer that is none), Denied when it cannot before
        somebody changes something (ENGINE_KEY, ENGINE_MODEL, ENGINE_ADDRESS), Invalid ENGINE_REFUSED or TOO_BIG_FRAMES.
        """
        ...
