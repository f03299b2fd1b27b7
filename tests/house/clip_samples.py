"""One of everything that is told and answered about clips."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.replies.clips import (
    ClipAsked,
    ClipDecided,
    ClipDeleted,
    ClipList,
    ClipLonger,
    ClipLooked,
    ClipPage,
    ClipRenamed,
    ClipShown,
    ConfirmClipDelete,
)
from core.model.account import Handle
from core.model.clip import Clip, Short
from core.model.live import Live, LiveStatus
from core.model.screening import Check, LocalPolicy, State, Where
from core.model.tellable.finds import ClipSaved
from core.model.tellable.screened import Screened
from core.services.clipping.curating import DELETED

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
HANDLE = Handle("amina.kitchen")
NAME = "juno_plays_giveaway_2026-11-20_08-14-05_PM.mp4"
CLIP = Clip(7, 7, "console:here", NAME, Path("7.mp4"), 1.0, 40.0, 18_400_000, 720, 1280, NOW, "giveaway")
LIVE = Live(7, 7, HANDLE, ("7301",), "Dinner for six", NOW, LiveStatus.LIVE, NOW, 1204, 800.5)
SAVED = ClipSaved(7, 7, HANDLE, NAME, "7.mp4", 40.0, 8_400_000, 720, 1280, "giveaway")


def saved(seconds: float, start: float, short: Short | None, width: int = 720) -> ClipSaved:
    """A clip of our own buffer that came about somehow."""
    return replace(SAVED, seconds=seconds, size=round(seconds * 250_000), width=width, start=start, short=short)


def screened(state: State = State.HELD, **more: Any) -> ClipSaved:
    """A clip that was looked at before it was posted."""
    return replace(SAVED, screened=Screened(state, **{"alert_id": 9, **more}))


HATE, NUDE, MINORS = (Check.HATE, Where.WORDS), (Check.NUDITY, Where.FRAMES), (Check.MINORS, Where.FRAMES)
SEEN: dict[str, Any] = {"frames": 8, "gone": False}
SCREENED: tuple[Any, ...] = (
    screened(State.PASSED, unheard=9.0),
    screened(State.PASSED, blind=True),
    screened(State.PASSED, found=((Check.DANGEROUS, Where.FRAMES), (Check.MISINFORMATION, Where.FRAMES)), **SEEN),
    screened(State.PASSED, fault="ENGINE_MODEL"),
    screened(State.PASSED, veiled=True),
    screened(found=(HATE,)),
    screened(found=(NUDE,), reason="A person without clothes in the second half.", **SEEN),
    screened(alike=NOW),
    screened(doubtful=True, **SEEN),
    screened(local=LocalPolicy.HOLD),
    *(
        screened(fault=code, gone=False)
        for code in ("QUOTA", "ENGINE_DOWN", "TOO_BIG_FRAMES", "ENGINE_REFUSED", "TIMEOUT")
    ),
    *(screened(fault=code, local=LocalPolicy.HOLD) for code in ("ENGINE_KEY", "ENGINE_ADDRESS")),
    screened(State.REJECTED, found=(MINORS,), restricted=True, **SEEN),
    screened(State.REJECTED, found=(HATE, NUDE), by="Karim", **SEEN),
    screened(State.OVERRIDDEN, found=(HATE,), by="Karim"),
    screened(State.OVERRIDDEN, found=(MINORS,), by="Karim", restricted=True, **SEEN),
)
CLIPS: tuple[Any, ...] = (
    ClipAsked(LIVE, 30.0),
    ClipLonger(CLIP),
    ClipList((CLIP, replace(CLIP, id=8, kept=True), CLIP), 1, 2, 9),
    ClipList((CLIP,), 2, 2, 6, "clip.page:0123456789ab", HANDLE, NOW, "juno"),
    ClipList((), 1, 1, 0, "clip.list", HANDLE),
    ClipList((CLIP, replace(CLIP, id=8)), 1, 1, 2, held=frozenset({7})),
    ClipLooked(screened(found=(NUDE,), reason="A person without clothes.", **SEEN)),
    *(
        ClipDecided(screened(state, found=(HATE,), by="Karim"))
        for state in (State.OVERRIDDEN, State.REJECTED, State.HELD)
    ),
    ClipDecided(screened(State.HELD, found=(HATE,)), proposed=True),
    *SCREENED,
    ClipShown(replace(SAVED, page="https://earshot.example.com/c/token")),
    ClipPage(CLIP, HANDLE, NOW),
    ClipRenamed(CLIP, "bob.mp4"),
    ConfirmClipDelete(CLIP),
    ClipDeleted(CLIP),
    SAVED,
    replace(SAVED, kept=True, shown="\u0645\u0631\u062d\u0628\u0627_giveaway_2026-11-20_08-14-05_PM.mp4"),
    replace(SAVED, failed=DELETED, by="Karim"),
    replace(SAVED, failed=DELETED, by="Karim", stays=True),
    saved(40.0, 751.0, None),
    saved(40.0, 751.0, None, width=0),
    *(saved(12.0, 3723.4, short) for short in Short),
    *(
        ClipSaved(0, 7, HANDLE, "", "", 0.0, 0, 0, 0, word, code)
        for code in ("CLIP_EARLY", "CLIP_SLOW", "SOURCE_UNREADABLE", "FOLDER_MISSING")
        for word in ("giveaway", "clip")
    ),
)
