"""What the tests of Discord stand on: a server, settings that lead there, a client that is connected, commands to try."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.asked import Asked
from bot.card import Button, Card, File
from bot.cards import draw
from bot.command import command
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.kinds import Text
from bot.surfaces.discord.client import DiscordClient
from bot.surfaces.discord.post import DiscordMessenger
from bot.wording import Words
from core.model.account import Follow, Handle
from core.model.live import Live, Look
from core.model.notice import DeliveryState, Notice, Tellable, facts_of
from core.model.person import Place, Role
from core.ports.store import Storage
from core.services.leaving import Doors
from core.settings import Settings, load
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord, InteractionResult
from tests.waiting import until

Thing = dict[str, Any]
WHILE = timedelta(seconds=60)


@dataclass(frozen=True)
class Server:
    """A server on loopback: its channel, a manager, a moderator, somebody."""

    discord: FakeDiscord
    guild: Thing
    channel: Thing
    karim: Thing
    mona: Thing
    vera: Thing

    @property
    def place(self) -> str:
        return f"discord:{self.guild['id']}"

    @property
    def address(self) -> str:
        return address(self.channel)


def address(channel: Thing) -> str:
    return f"discord:{channel['id']}"


def settings_for(discord: FakeDiscord, template: Path, folder: Path, **more: Any) -> Settings:
    shutil.copy(template, folder / "earshot.db")
    return load(
        dotenv=None,
        DATA_DIR=folder,
        LANGUAGE="en",
        TIMEZONE="UTC",
        DATABASE_URL="",
        SPEECH="none",
        **discord.environment(),
        **more,
    )


@asynccontextmanager
async def connected(
    house: House, kernel: Kernel | None = None, doors: Doors | None = None, **more: Any
) -> AsyncIterator[DiscordClient]:
    """A client of its own that is ready; stopped at the end."""
    client = DiscordClient(replace(house, doors=doors) if doors else house, kernel or Kernel(ALL), **more)
    running = asyncio.create_task(client.run())
    try:
        await until(lambda: client.ready or running.done())
        if running.done():
            running.result()
        yield client
    finally:
        await client.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def messenger(client: DiscordClient, house: House) -> DiscordMessenger:
    return DiscordMessenger(client, house)


def notice(server: Server, told: Tellable, key: str = "k", subject: str = "", **more: Any) -> Notice:
    kind, facts = facts_of(told)
    given = {"address": server.address, **more}
    return Notice(kind, key, server.place, given.pop("address"), subject or key, facts, **given)


async def placed(house: House, server: Server, **more: Any) -> Place:
    async with house.storage.work() as work:
        return await work.places.put(Place(server.place, "The kitchen", **{"set_up": BEGAN, **more}))


async def live_of(storage: Storage, server: Server, began: datetime, where: str = "") -> tuple[Follow, Live]:
    """A live of @amina that the server follows."""
    async with storage.work() as work:
        if await work.places.get(server.place) is None:
            await work.places.put(Place(server.place, "The kitchen", set_up=BEGAN))
        account = await work.accounts.ensure(Handle("amina"))
        follow = Follow(0, server.place, account.id, account.handle, where or server.address, began)
        follow = await work.follows.add(follow)
        live, _ = await work.lives.begin(account, Look(began, True, "room-1", "Dinner", started=began), [server.place])
    return follow, live


async def delivered(house: House, notice: Notice, external: str) -> None:
    """Write down that a notice was sent, as whoever delivers does."""
    now = house.clock.now()
    async with house.storage.work() as work:
        await work.outbox.put(notice, now)
        claimed = await work.outbox.claim("test", ["discord"], now, WHILE, 50)
        for delivery in claimed:
            mine = delivery.notice.key == notice.key
            state = DeliveryState.SENT if mine else DeliveryState.RETRY
            await work.outbox.settle(delivery, state, now, external=external if mine else "", due=now)


def texts(message: Thing) -> str:
    """What a reader sees."""
    found: list[str] = [message.get("content") or ""]
    parts = list(message["components"])
    while parts:
        part = parts.pop(0)
        parts = [*part.get("components", []), *parts]
        if part["type"] == 10:
            found.append(part["content"])
    return "\n".join(filter(None, found))


def labels(message: Thing) -> list[str]:
    """What can be pressed."""
    found: list[str] = []
    parts = list(message["components"])
    while parts:
        part = parts.pop(0)
        parts = [*part.get("components", []), *parts]
        if part["type"] == 2:
            found.append(part["label"])
    return found


async def filled(discord: FakeDiscord, form: InteractionResult, answer: str, user: Thing) -> InteractionResult:
    """Fill in the form that opened, and send it."""
    assert form.modal is not None
    (field,) = form.modal["components"]
    return await discord.submit(form, {field["label"]: answer}, user=user)


def at(house: House, clock: Any) -> House:
    """The house by another clock."""
    return replace(house, clock=clock)


@dataclass
class Gates:
    """Commands to try the answering with: each waits until its gate is opened."""

    opened: asyncio.Event
    asked: list[Asked]


def gated() -> tuple[Gates, Kernel]:
    """`slow` is answered to the asker, `loud` to all; both end when the gate is opened."""
    gates = Gates(asyncio.Event(), [])

    async def wait(asked: Asked) -> None:
        gates.asked.append(asked)
        await gates.opened.wait()

    @command("slow")
    async def slow(asked: Asked) -> Marked:
        """Something that takes its time"""
        await wait(asked)
        return Marked("done, for you", True)

    @command("loud", quiet=False)
    async def loud(asked: Asked) -> Marked:
        """Something everybody hears"""
        await wait(asked)
        return Marked("done, for all", False)

    @command("wrong", quiet=False)
    async def wrong(asked: Asked) -> Marked:
        """Something that was thought to be for everybody"""
        await wait(asked)
        return Marked("done, after all for you", True)

    @command("broken")
    async def broken(asked: Asked) -> Marked:
        """Something that is broken"""
        raise ValueError("a secret detail")

    @command("huge")
    async def huge(asked: Asked) -> Marked:
        """Something with a large file"""
        return Marked("here it is", True, bytes(FILE + 1))

    @command("keeper say", Role.OWNER)
    async def say(asked: Asked, text: Text) -> Marked:
        """A notice to every place"""
        return Marked(f"said: {text}", True)

    return gates, Kernel((*ALL, slow, loud, wrong, broken, huge, say))


FILE = 10 * 1024 * 1024


@dataclass(frozen=True)
class Marked:
    """A reply with a button that does it again."""

    text: str
    private: bool
    data: bytes = b""


@draw.register
def _marked(meaning: Marked, words: Words) -> Card:
    files = (File("a.bin", data=meaning.data),) if meaning.data else ()
    again = Button("Again", "slow" if meaning.private else "loud")
    return Card(words.line("**{x}**", x=meaning.text), buttons=((again,),), private=meaning.private, files=files)
