"""Earshot on the loopback Telegram, by the real library: a house on a real SQLite file, connected and ready."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.telegram.client import TelegramClient
from core.errors import EarshotError
from core.model.notice import Notice, Tellable, facts_of
from core.model.person import Place
from core.services.leaving import Doors
from core.settings import load
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram, telegram  # noqa: F401  a fixture
from tests.waiting import PATIENCE, until

SOON, TYPING = "bot.surfaces.telegram.press.SOON", "bot.surfaces.telegram.screen.TYPING"


@pytest.fixture(autouse=True)
def _nobody_is_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that stands still, too, a press is answered with what came of it, and nobody sees that it takes its time."""
    for limit in (SOON, TYPING):
        monkeypatch.setattr(limit, PATIENCE)


@pytest.fixture
def hurried(_nobody_is_in_a_hurry: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it does take its time, that is seen soon."""
    for limit in (SOON, TYPING):
        monkeypatch.setattr(limit, 0.2)


@dataclass
class Heard:
    """What the client told of where it is."""

    told: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def doors(self) -> Doors:
        """Doors that write it down."""

        def tell(name: str) -> Callable[..., Awaitable[None]]:
            async def told(*what: str) -> None:
                self.told.append((name, *what))

            return told

        return Doors(tell("left"), tell("back"), tell("reopened"), tell("moved"))


def settled(house: House, service: Telegram, **more: Any) -> House:
    """`house` with its Telegram on loopback, where posts are delivered by somebody."""
    settings = load(
        dotenv=None,
        DATA_DIR=house.settings.DATA_DIR,
        LANGUAGE="en",
        TIMEZONE="UTC",
        SPEECH="none",
        **{**service.environment(), **more},
    )
    return replace(house, settings=settings, worker=None)


@asynccontextmanager
async def running(client: TelegramClient, *, ready: bool = True) -> AsyncIterator[TelegramClient]:
    """The client while it runs."""
    task = asyncio.create_task(client.run())
    try:
        await until(lambda: not ready or client.ready or task.done())
        if task.done():
            await task
        yield client
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, EarshotError):
            await task
        await client.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def client(house: House, kernel: Kernel, telegram: Telegram, heard: Heard) -> AsyncIterator[TelegramClient]:  # noqa: F811
    await placed(house, telegram.kitchen, set_up=BEGAN)
    async with running(TelegramClient(replace(settled(house, telegram), doors=heard.doors), kernel)) as made:
        yield made


async def placed(house: House, chat: dict[str, Any], **how: Any) -> Place:
    """The place of a chat, as it is stored."""
    place = Place(f"telegram:{chat['id']}", chat.get("title", chat.get("first_name", "")), **how)
    async with house.storage.work() as work:
        await work.places.put(place)
    return place


def notice(
    place: Place, said: Tellable, *, key: str = "k", address: str = "", subject: str = "s", **how: Any
) -> Notice:
    """Something to tell a place."""
    kind, facts = facts_of(said)
    return Notice(kind, key, place.id, address or place.id, subject, facts, **how)


def labels(message: dict[str, Any]) -> list[str]:
    """What stands on the buttons of a message."""
    return [one["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for one in row]


def read(message: dict[str, Any]) -> str:
    """The words of a message, without the invisible signs."""
    text = message.get("text", message.get("caption", ""))
    return "".join(sign for sign in text if sign not in "\u2060\u200b\u200d").strip()
