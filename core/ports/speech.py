"""Speech to text."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from core.model.recording import Recorded
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


SHOWN = "X-Earshot-Secret"
"""The header in which a service that calls shows what it was given."""


@dataclass(frozen=True)
class Hook:
    """Where a service may call when it is done, and what it has to show then."""

    address: str
    secret: str = field(repr=False)


@runtime_checkable
class RecordingToText(SpeechToText, Protocol):
    """An engine that hears whole recordings, elsewhere and in its own time. Each call asks once and has a deadline of its own.

    All raise Denied ENGINE_KEY, ENGINE_ADDRESS; Transient QUOTA (with `retry_after` as the service says), ENGINE_DOWN.
    """

    async def pack(self, spoken: AsyncIterator[bytes], to: Path) -> None:
        """Write speech (parts of 16 kHz mono s16le) into a file as this engine takes it. Asks nobody."""
        ...

    async def upload(self, path: Path) -> str:
        """Hand a packed file over; where it lies there. Raises Invalid TOO_BIG_SPEECH."""
        ...

    async def submit(self, upload: str, language: str, speakers: bool, hook: Hook | None) -> str:
        """Have it heard; the service's number of the work. An empty `language` is found out; `speakers` are told apart. Raises
        Invalid ENGINE_REFUSED (said)."""
        ...

    async def submitted(self, upload: str) -> str:
        """The number of the work on what lies there, empty when there is none: for when its answer was lost."""
        ...

    async def result(self, external: str) -> Recorded | None:
        """What it heard, in seconds of what was handed over; None while it works. Raises Invalid ENGINE_REFUSED (said), Missing
        REMOTE_GONE."""
        ...

    async def forget(self, external: str) -> None:
        """Delete what lies there. Raises Missing REMOTE_GONE when nothing does, Transient also while the service works on it."""
        ...
