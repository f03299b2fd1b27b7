"""Speech to text."""

from dataclasses import dataclass
from typing import Protocol

from core.model.transcript import Heard, Span, Word

CAPTIONS = "captions"
"""The name of the engine that hands out TikTok's own captions: the only one that needs no sound, and has to wait for them."""
LIVE = (CAPTIONS, "groq", "whisper")
"""The engines an account may have of its own for its lives."""


@dataclass(frozen=True)
class Hint:
    """What is known beside the sound: a language ("" = find out), the words before (≤ 200 characters, only when the gap
    is under 2 s), and TikTok's own captions that touch the span, in seconds of the live."""

    language: str = ""
    before: str = ""
    captions: tuple[Word, ...] = ()
    caption_language: str = ""


@dataclass(frozen=True)
class Readiness:
    """Whether an engine can work now, and what it lacks in words a person can act on. `again_in`: seconds until it can by
    itself, None when somebody has to do something first."""

    ready: bool
    lacks: str = ""
    again_in: float | None = None


@dataclass(frozen=True)
class About:
    """What people choose an engine by; the README's table is made of it. `live`: it answers soon enough for a live."""

    needs: str
    live: bool
    speakers: bool
    languages: str
    cost: str


@dataclass(frozen=True)
class Check:
    """What asking an engine found, and what to do about it. `ok` None: nothing is wrong, but it does not work either."""

    ok: bool | None
    finding: str
    cure: str = ""


class SpeechToText(Protocol):
    """One engine. Never invents words: silence gives Heard with an empty text."""

    @property
    def about(self) -> About:
        """What it needs, can and costs."""
        ...

    @property
    def name(self) -> str:
        """Its name in settings and on cards."""
        ...

    def readiness(self) -> Readiness:
        """Asked often; touches no network."""
        ...

    async def check(self) -> Check:
        """Ask whether it would work: its key, its address, its model. Costs nothing, takes seconds, raises nothing."""
        ...

    async def hear(self, span: Span, hint: Hint) -> Heard:
        """The words of `span`, at most the adapter's own deadline later.

        Raises Missing when this engine has nothing for this span (captions), Transient (limits, faults), Denied (a refused
        key), Invalid (sound it cannot read).
        """
        ...
