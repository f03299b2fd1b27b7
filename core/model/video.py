"""Videos of TikTok, what is known of them, and their transcripts."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.model.account import Handle
from core.model.live import Live

TITLE, DESCRIPTION = 200, 500
"""Characters kept of what people wrote (Tiknote's limits)."""


@dataclass(frozen=True)
class VideoLink:
    """One video by TikTok's number; `handle` is empty when the link does not say whose it is."""

    id: str
    handle: str = ""

    @property
    def address(self) -> str:
        """Its page."""
        return f"https://www.tiktok.com/@{self.handle}/video/{self.id}"


@dataclass(frozen=True)
class ShortLink:
    """A link that leads to a video by a redirect."""

    address: str


@dataclass(frozen=True)
class Video:
    """A video, or a file somebody handed over (`handle` is empty then, `tiktok_id` begins with `file:`).

    `id` is 0 until it is stored. `title` and `description` are strangers' text without NULs. `seconds` 0: nobody knows.
    """

    id: int
    tiktok_id: str
    handle: Handle
    name: str
    title: str
    description: str
    seconds: float
    posted: datetime | None = None
    thumbnail: Path | None = None

    @property
    def address(self) -> str:
        """Where anybody can watch it, empty for a file."""
        return VideoLink(self.tiktok_id, self.handle).address if self.handle else ""


@dataclass(frozen=True)
class Post:
    """A video in the list of an account's newest."""

    id: str
    title: str
    seconds: float
    posted: datetime | None = None


@dataclass(frozen=True)
class VideoTranscript:
    """The words of a video in a place. `engine` made them, `automatic`: TikTok's own captions by machine. `asked_language` is
    what was asked for, `language` what is spoken; both may be empty. `by` asked for it; only they see it when it is not `public`.
    `passed`: the engines that were tried before, each with the code of what it said.
    """

    id: int
    place: str
    video: Video
    engine: str
    asked_language: str
    language: str
    automatic: bool
    made: datetime
    by: str
    title: str
    public: bool = True
    passed: tuple[tuple[str, str], ...] = ()

    @property
    def number(self) -> str:
        """What people call it: `v12`."""
        return f"v{self.id}"


Spoken = Live | VideoTranscript
"""What has a transcript."""


def cut(text: str, most: int) -> str:
    """`text` without NULs and lone surrogates (no database takes them), at most `most` characters."""
    whole = "".join(sign for sign in text.replace("\0", "") if not "\ud800" <= sign <= "\udfff").strip()
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"
