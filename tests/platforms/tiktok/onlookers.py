"""The real client libraries as tests use them: TikTokLive in a room, httpx for a page, yt-dlp for a post."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import yt_dlp
from TikTokLive import TikTokLiveClient
from TikTokLive.events import (
    CaptionEvent,
    CommentEvent,
    ConnectEvent,
    DisconnectEvent,
    FollowEvent,
    GiftEvent,
    JoinEvent,
    LikeEvent,
    LiveEndEvent,
    LivePauseEvent,
    RoomUserSeqEvent,
    ShareEvent,
)

from tests.platforms.tiktok.server import TikTok
from tests.waiting import PATIENCE, until

HEARD = (
    ConnectEvent,
    CommentEvent,
    GiftEvent,
    LikeEvent,
    FollowEvent,
    ShareEvent,
    JoinEvent,
    RoomUserSeqEvent,
    CaptionEvent,
    LivePauseEvent,
    LiveEndEvent,
    DisconnectEvent,
)


class Chat:
    """TikTokLive in a room: what it tells, and the task that reads."""

    def __init__(self, name: str, **more: Any) -> None:
        self.client = TikTokLiveClient(name, **more)
        self.seen: list[Any] = []
        self.reading: asyncio.Task[None] | None = None
        for kind in HEARD:
            self.client.add_listener(kind, self._hear)

    async def _hear(self, event: Any) -> None:
        self.seen.append(event)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.seen if type(event) is kind]

    async def start(self, **more: Any) -> None:
        self.reading = await self.client.start(**more)

    async def sees(self, kind: type[Any], count: int = 1) -> list[Any]:
        await until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    async def close(self) -> None:
        if self.reading is not None:
            self.reading.cancel()
            await asyncio.gather(self.reading, return_exceptions=True)
        await self.client.web.close()
        await self.client.web.signer.client.aclose()


@asynccontextmanager
async def chat(name: str, **more: Any) -> AsyncIterator[Chat]:
    """One, closed afterwards."""
    reading = Chat(name, **more)
    try:
        yield reading
    finally:
        await reading.close()


async def page(address: str) -> httpx.Response:
    """An answer of the web."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        return await client.get(address)


async def extracted(address: str, tiktok: TikTok, folder: Path, **more: Any) -> dict[str, Any]:
    """What yt-dlp tells of a post, downloaded to `folder`; its own urllib trusts SSL_CERT_FILE only without certifi."""
    options = {
        "quiet": True,
        "noprogress": True,
        "proxy": tiktok.proxy,
        "compat_opts": {"no-certifi"},
        "outtmpl": f"{folder}/%(id)s.%(ext)s",
        "logger": Silent(),
        **more,
    }

    def work() -> dict[str, Any]:
        with yt_dlp.YoutubeDL(options) as downloader:
            told: dict[str, Any] = downloader.sanitize_info(downloader.extract_info(address))
            return told

    return await asyncio.to_thread(work)


class Silent:
    """A logger."""

    def debug(self, text: str) -> None: ...

    warning = error = debug
