"""The libraries sound and videos need, and their age."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bot.app import media_versions
from bot.health import Part, age


async def look() -> AsyncIterator[tuple[str, Part]]:
    """PyAV with its FFmpeg, and yt-dlp."""
    try:
        av, ffmpeg = await media_versions()
        yield "pyav", Part("PYAV", True, {"version": av, "ffmpeg": ffmpeg})
    except ImportError:
        yield "pyav", Part("PYAV_MISSING", False)
    for part in age(datetime.now(UTC)):
        yield "yt-dlp", part
