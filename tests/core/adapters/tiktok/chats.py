"""A chat that is being read, and everything it gave, for the tests of chats."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.adapters.clock import SystemClock
from core.adapters.tiktok.chat.chat import Chat
from core.adapters.tiktok.chat.limits import Limits
from core.adapters.tiktok.web import Web
from core.errors import EarshotError
from core.model.live import LiveEvent
from tests.platforms.tiktok import Room, TikTok
from tests.waiting import PATIENCE, until

OURS = ("TikTokLive", "websockets", "core/adapters")


@pytest.fixture
async def chat(tiktok: TikTok, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Chat]:
    """Leaves no task behind, and no exception that nobody took."""
    web = Web()
    chat = Chat(web, "", tiktok.url, SystemClock(), Limits(start=PATIENCE, leave=PATIENCE))
    yield chat
    await web.close()
    assert left_behind() == []
    assert [record for record in caplog.records if record.name in ("asyncio", "TikTokLive")] == []


@dataclass
class Reading:
    """What came of a room, and the error it ended with."""

    events: list[LiveEvent] = field(default_factory=list)
    error: EarshotError | None = None
    over: bool = False

    async def of(self, chat: Chat, room: str) -> None:
        """Take everything until it ends."""
        try:
            async with aclosing(chat.events(room)) as events:
                async for event in events:
                    self.events.append(event)
        except EarshotError as error:
            self.error = error
        finally:
            self.over = True

    def texts(self) -> list[str]:
        """What was said."""
        return [event.text for event in self.events if hasattr(event, "text")]

    async def done(self) -> EarshotError | None:
        """Wait for the end; the error it was."""
        await until(lambda: self.over)
        return self.error


@asynccontextmanager
async def reading(chat: Chat, room: Room | str) -> AsyncIterator[Reading]:
    """Read a room; once the block begins its socket is there, or it is over already."""
    taken, number = Reading(), room if isinstance(room, str) else str(room.room_id)
    task = asyncio.create_task(taken.of(chat, number))
    try:
        await until(lambda: taken.over or (isinstance(room, Room) and bool(room.sockets)))
        yield taken
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def failure(chat: Chat, room: Room | str) -> EarshotError:
    """How reading a room fails."""
    async with reading(chat, room) as taken:
        error = await taken.done()
    assert error is not None
    return error


def left_behind() -> list[asyncio.Task[Any]]:
    """Tasks of ours or of a library of ours."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    return [task for task in tasks if any(mark in _file(task) for mark in OURS)]


def _file(task: asyncio.Task[Any]) -> str:
    code = getattr(task.get_coro(), "cr_code", None) or getattr(task.get_coro(), "ag_code", None)
    return str(getattr(code, "co_filename", ""))
