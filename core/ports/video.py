"""Videos from outside: their page, their captions, their sound."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.errors import EarshotError
from core.model.account import Handle
from core.model.transcript import Word
from core.model.video import Post, Video, VideoLink


@dataclass(frozen=True)
class Wish:
    """What is wanted of a video. `captions`: TikTok's own if there are any, before any sound; `sound`: the file when there are
    none. `language` is the asked one, `likely` the place's: an ISO 639-1 code or empty. `longest` in seconds, `largest` in bytes.
    """

    captions: bool
    sound: bool
    language: str
    likely: str
    longest: float
    largest: int


@dataclass(frozen=True)
class Captions:
    """Lines with their seconds of the video. `automatic`: made by a machine as far as anybody can tell."""

    lines: tuple[Word, ...]
    language: str
    automatic: bool = True


@dataclass(frozen=True)
class Fetched:
    """A video with its captions, or with the file that holds its sound; neither when nothing of what was wished is there."""

    video: Video
    captions: Captions | None = None
    file: Path | None = None


@dataclass(frozen=True)
class Watcher:
    """Who wants to know how it goes on: the video once its page was read; then bytes so far and in all (0: unknown)."""

    found: Callable[[Video], None] = field(default=lambda video: None)
    loaded: Callable[[int, int], None] = field(default=lambda bytes_, total: None)


@dataclass(frozen=True)
class Newest:
    """The newest posts of an account, newest first; or why they could not be read."""

    handle: Handle
    posts: tuple[Post, ...] = ()
    error: EarshotError | None = None


class VideoSource(Protocol):
    """TikTok's videos.

    Raises Invalid NOT_VIDEO, TOO_LONG (m, n), TOO_BIG (a, b); Denied PRIVATE, AGE; Missing GONE (name), NOTHING; Transient
    TIKTOK_LIMIT, TIKTOK_DOWN, VIDEO_BLOCKED (that may be a removed video or a refused address of ours), DISK.
    """

    async def resolve(self, text: str) -> VideoLink:
        """The video a text names; only a short link asks anything. Raises besides Invalid LINK (for what is no link) and
        NOT_TIKTOK, Missing LIVE_LINK (x) for a live."""
        ...

    async def fetch(self, link: VideoLink, folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
        """The video; files only in `folder`, which is there. Cancelled, it stops at once and writes nothing more."""
        ...

    def newest(self, handles: Sequence[Handle], count: int) -> AsyncIterator[Newest]:
        """The newest `count` posts of each account, in the order asked; fewer accounts when TikTok does not answer."""
        ...
