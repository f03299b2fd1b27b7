"""One of every way a clip of our own buffer may come about, or not."""

from core.model.account import Handle
from core.model.clip import Short
from core.model.tellable.finds import ClipSaved

HANDLE = Handle("amina.kitchen")


def saved(seconds: float, start: float, short: Short | None, width: int = 720) -> ClipSaved:
    name = "bob_giveaway_2026-11-20_08-23-04_PM.mp4"
    size = round(seconds * 250_000)
    return ClipSaved(7, 7, HANDLE, name, "7.mp4", seconds, size, width, 1280, "giveaway", start=start, short=short)


CLIPS = (
    saved(40.0, 751.0, None),
    saved(40.0, 751.0, None, width=0),
    *(saved(12.0, 3723.4, short) for short in Short),
    *(
        ClipSaved(0, 7, HANDLE, "", "", 0.0, 0, 0, 0, word, code)
        for code in ("CLIP_EARLY", "CLIP_SLOW", "SOURCE_UNREADABLE", "FOLDER_MISSING")
        for word in ("giveaway", "clip")
    ),
)
