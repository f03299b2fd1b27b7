"""TikTok's videos by yt-dlp, each in a short process of its own: pages, captions, sound, and the newest of an account."""

import asyncio
import json
import logging
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.adapters.tiktok.pictures import TikTokPictures
from core.adapters.tiktok.videos.cues import language_of, read
from core.adapters.tiktok.videos.links import ShortLinks
from core.adapters.tiktok.videos.verdicts import verdict
from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.account import HANDLE, Handle
from core.model.video import DESCRIPTION, TITLE, Post, Video, VideoLink, cut
from core.ports.video import Captions, Fetched, Newest, Watcher, Wish

log = logging.getLogger(__name__)
AT_ONCE = 2  # videos at a time: more looks like a flood from one address
PAGE_SECONDS = 60.0
"""How long a page may take in all. yt-dlp's own limit is one of silence only: a page that trickles never reaches it."""

STALL_SECONDS = 45.0  # without a word about a download
LINE_BYTES = 8 << 20  # of one answer: captions are at most 2 MB, and JSON may double them
CLOSED_SECONDS, CLOSED_LONGEST = 600.0, 7200.0
"""How long nothing is asked after a refusal, doubled with each that follows: waves of them last hours."""

EARLIEST, LATEST = 1_400_000_000, 4_000_000_000  # Unix times: TikTok's first year, and the year 2096
Turn = Callable[[], AbstractAsyncContextManager[None]]


@dataclass
class YtDlpVideos:
    """`proxy` is an http proxy's address, empty for the environment's; `cookies` a Netscape cookie file for what only
    signed-in adults see; `turn` the gate everything that is asked without a person waiting for it has to pass."""

    proxy: str = field(default="", repr=False)  # it may hold a password
    cookies: Path | None = None
    turn: Turn = nullcontext
    now: Callable[[], float] = time.monotonic
    page_seconds: float = PAGE_SECONDS
    stall_seconds: float = STALL_SECONDS
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _closed_until: float = 0.0
    _closed_for: float = 0.0

    def __post_init__(self) -> None:
        self._links = ShortLinks(self.proxy)
        self._covers = TikTokPictures(self.proxy)

    async def resolve(self, text: str) -> VideoLink:
        """See VideoSource."""
        return await self._links.resolve(text)

    async def fetch(self, link: VideoLink, folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
        """See VideoSource."""
        async with self._slots:
            self._check_open()
            asked = {
                "do": "video",
                "url": link.address,
                "folder": str(folder),
                "options": self._options(folder),
                "captions": wish.captions,
                "sound": wish.sound,
                "language": wish.language,
                "likely": wish.likely,
                "longest": wish.longest,
                "largest": wish.largest,
            }
            async with _child() as child:
                return await self._fetched(child, asked, folder, wish, watcher)

    async def _fetched(
        self, child: Process, asked: dict[str, Any], folder: Path, wish: Wish, watcher: Watcher
    ) -> Fetched:
        await _tell(child, asked)
        found, address = await self._found(child, wish)
        watcher.found(found)
        cover = asyncio.create_task(self._covers.fetch(address, folder))
        try:
            done = await self._done(child, wish, watcher)
            return replace(done, video=replace(found, thumbnail=await cover))
        finally:
            cover.cancel()

    async def _found(self, child: Process, wish: Wish) -> tuple[Video, str]:
        """The video of the page and the address of its picture."""
        try:
            async with asyncio.timeout(self.page_seconds):
                said = await self._next(child, wish.largest)
        except TimeoutError as error:
            raise Transient("TIKTOK_DOWN") from error
        facts = said["found"]
        if not facts["pictures"]:
            raise Invalid("NOT_VIDEO")
        video = _video(facts)
        if video.seconds > wish.longest:
            raise Invalid("TOO_LONG", m=round(video.seconds / 60), n=round(wish.longest / 60))
        self._closed_for = 0.0
        return video, str(facts["thumbnail"])

    async def _done(self, child: Process, wish: Wish, watcher: Watcher) -> Fetched:
        """What came of it; `video` is filled in by who asked."""
        while True:
            try:
                async with asyncio.timeout(self.stall_seconds):
                    said = await self._next(child, wish.largest)
            except TimeoutError as error:
                raise Transient("TIKTOK_DOWN") from error
            if "loaded" in said:
                watcher.loaded(*said["loaded"])
                continue
            done = said["done"]
            if "file" in done and not done["file"]:
                raise Invalid("TOO_BIG", a=f"> {wish.largest // 1_000_000}", b=wish.largest // 1_000_000)
            captions, file = _captions(done.get("captions")), done.get("file")
            return Fetched(_NOBODY, captions, Path(file) if file else None)

    async def newest(self, handles: Sequence[Handle], count: int) -> AsyncIterator[Newest]:
        """See VideoSource. One process for all of them; after a refusal, or without an answer, the rest is left for later."""
        if self._closed_until > self.now():
            return
        async with _child() as child:
            for handle in handles:
                try:
                    async with self.turn():
                        posts = await self._newest(child, handle, count)
                except EarshotError as error:
                    yield Newest(handle, error=error)
                    if isinstance(error, Transient):
                        return
                else:
                    yield Newest(handle, posts)

    async def _newest(self, child: Process, handle: Handle, count: int) -> tuple[Post, ...]:
        address = f"https://www.tiktok.com/@{handle}"
        await _tell(child, {"do": "newest", "url": address, "count": count, "options": self._options(None)})
        try:
            async with asyncio.timeout(self.page_seconds):
                said = await self._next(child, 0)
        except TimeoutError as error:
            raise Transient("TIKTOK_DOWN") from error
        except Missing as error:
            if error.code == "NOTHING":
                return ()
            raise
        self._closed_for = 0.0
        posts = [_video(facts) for facts in said["done"]["posts"] if str(facts["id"]).isdecimal()]
        return tuple(Post(one.tiktok_id, one.title, one.seconds, one.posted) for one in posts)

    def _options(self, folder: Path | None) -> dict[str, Any]:
        """What this installation adds. The cookie file is written back to by yt-dlp: it is given a copy."""
        options: dict[str, Any] = {"proxy": self.proxy} if self.proxy else {}
        if self.cookies is not None and folder is not None:
            copy = folder / "cookies.txt"
            try:
                with open(copy, "wb", opener=_private) as file:
                    file.write(self.cookies.read_bytes())
            except OSError as error:
                raise Denied("COOKIES", x=self.cookies, reason=error.strerror or "it did not work") from error
            options["cookiefile"] = str(copy)
        return options

    def _check_open(self) -> None:
        """Raises Transient TIKTOK_LIMIT while TikTok is left alone."""
        if (wait := self._closed_until - self.now()) > 0:
            raise Transient("TIKTOK_LIMIT", retry_after=wait)

    async def _next(self, child: Process, largest: int) -> dict[str, Any]:
        """The next line of the child. Raises what it failed with."""
        assert child.stdout is not None
        try:
            line = await child.stdout.readline()
            said: dict[str, Any] = json.loads(line)
        except ValueError as error:  # it ended, or said more than a line can hold
            raise Transient("TIKTOK_DOWN") from error
        if "failed" not in said:
            return said
        failure = verdict(said["failed"], largest)
        if failure.code != "TIKTOK_LIMIT":
            raise failure
        self._closed_for = min(max(CLOSED_SECONDS, 2 * self._closed_for), CLOSED_LONGEST)
        self._closed_until = self.now() + self._closed_for
        raise Transient("TIKTOK_LIMIT", retry_after=self._closed_for)


def _private(path: str, flags: int) -> int:
    """Makes a file that nobody else can read, not even for a moment."""
    return os.open(path, flags, 0o600)


@asynccontextmanager
async def _child() -> AsyncIterator[Process]:
    """The process; gone when the block ends, however it ends. Raises Transient TIKTOK_DOWN when there can be none now."""
    run = sys.executable, "-m", "core.adapters.tiktok.videos.ytdlp"
    try:
        child = await asyncio.create_subprocess_exec(*run, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=LINE_BYTES)
    except OSError as error:  # no memory or no file left for it
        log.warning("no process for TikTok's videos: %s", error)
        raise Transient("TIKTOK_DOWN") from error
    try:
        yield child
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _tell(child: Process, wish: dict[str, Any]) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(wish).encode() + b"\n")
        await child.stdin.drain()
    except OSError as error:
        raise Transient("TIKTOK_DOWN") from error


def _video(facts: dict[str, Any]) -> Video:
    """What a page says, made fit to keep."""
    handle, description = str(facts["handle"]).lower(), str(facts["description"])
    first = description.strip().split("\n")[0]
    return Video(
        id=0,
        tiktok_id=str(facts["id"])[:25],
        handle=Handle(handle if HANDLE.fullmatch(handle) else ""),
        name=cut(str(facts["name"]), TITLE),
        title=cut(first or str(facts["title"]), TITLE),
        description=cut(description, DESCRIPTION),
        seconds=_number(facts["seconds"], 0, 1e6),
        posted=datetime.fromtimestamp(posted, UTC) if (posted := _number(facts["posted"], EARLIEST, LATEST)) else None,
    )


def _number(value: Any, least: float, most: float) -> float:
    return float(value) if isinstance(value, int | float) and least <= value <= most else 0.0


def _captions(said: dict[str, Any] | None) -> Captions | None:
    """The lines of a track; None when it holds none."""
    lines = read(said["text"], said["form"]) if said else ()
    return Captions(lines, language_of(said["key"])) if said and lines else None


_NOBODY = Video(0, "", Handle(""), "", "", "", 0.0)
