"""What yt-dlp's failures mean. The kinds and texts are those of yt-dlp 2026.10.26, each met by running it."""

from collections.abc import Callable
from typing import Any

from core.errors import Denied, EarshotError, Invalid, Missing, Transient

WALL_SECONDS = 600.0
"""A bot wall passes by itself, or TikTok has changed: three more tries over half an hour."""

BLOCKED_SECONDS = 300.0

TEXTS: tuple[tuple[str, Callable[[], EarshotError]], ...] = (
    ("You do not have permission to view this post", lambda: Denied("PRIVATE")),
    ("account is private", lambda: Denied("PRIVATE")),
    ("either private or all of their videos are private", lambda: Denied("PRIVATE")),
    ("IP address is blocked", lambda: Transient("VIDEO_BLOCKED", retry_after=BLOCKED_SECONDS)),
    ("Video not available, status code", lambda: Missing("GONE", name="That video")),
    ("requiring login", lambda: Denied("AGE")),
    ("may not be comfortable", lambda: Denied("AGE")),
    ("Log in for access", lambda: Denied("AGE")),
    ("Unable to extract secondary user ID", lambda: Missing("GONE", name="That account")),  # or hidden
    ("Unable to extract", lambda: Transient("TIKTOK_DOWN", retry_after=WALL_SECONDS)),
    ("Unexpected response from webpage", lambda: Transient("TIKTOK_DOWN", retry_after=WALL_SECONDS)),
    ("Unable to solve JS challenge", lambda: Transient("TIKTOK_DOWN", retry_after=WALL_SECONDS)),
    ("not currently live", lambda: Missing("GONE", name="That live")),
    ("livestream has ended", lambda: Missing("GONE", name="That live")),
    ("does not have any videos posted", lambda: Missing("NOTHING")),
    ("is not a valid URL", lambda: Invalid("NOT_TIKTOK")),
    ("No suitable extractor found", lambda: Invalid("NOT_TIKTOK")),
    ("Requested format is not available", lambda: Invalid("NOT_VIDEO")),
    ("No video formats found", lambda: Invalid("NOT_VIDEO")),
    ("No space left on device", lambda: Transient("DISK")),
)
"""The first part that stands in the message counts."""


def verdict(fault: dict[str, Any], largest: int) -> EarshotError:
    """The error for what `ytdlp.fault_of` told: by its class and status first, by its text second."""
    name, status, text = fault["name"], fault["status"], fault["text"]
    if name == "TooBig":
        return Invalid("TOO_BIG", a=_megabytes(int(text)), b=_megabytes(largest))
    if status == 404:
        return Missing("GONE", name="That video")
    if status and fault["while"] == "file":
        return Transient("TIKTOK_DOWN")  # the media host, not TikTok's pages: no reason to leave the others waiting
    if status in (403, 429) or status >= 500:
        return Transient("TIKTOK_LIMIT")
    if fault["network"]:
        return Transient("TIKTOK_DOWN")
    if name == "UnsupportedError":
        return Invalid("NOT_TIKTOK")
    if name == "OSError" and "space" in text:
        return Transient("DISK")
    meant = next((make for part, make in TEXTS if part in text), None)
    return meant() if meant else Transient("TIKTOK_DOWN")


def _megabytes(size: int) -> int:
    return max(1, round(size / 1_000_000))
