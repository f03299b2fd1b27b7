"""What every messenger promises. A new platform is one entry in MESSENGERS."""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from bot.kernel import Kernel
from bot.surfaces.console.draw import Numbers
from bot.surfaces.console.post import ConsoleMessenger
from bot.surfaces.copies import Copies
from bot.surfaces.discord.post import DiscordMessenger
from bot.surfaces.telegram.budget import Budget
from bot.surfaces.telegram.connection import connect
from bot.surfaces.telegram.fitting import Fitting
from bot.surfaces.telegram.post import TelegramMessenger
from bot.surfaces.telegram.replies import Replies
from bot.surfaces.telegram.sending import Sender
from bot.surfaces.telegram.topics import Topics
from bot.surfaces.telegram.uploads import Uploads
from bot.wording import Words
from core.adapters.clock import SystemClock
from core.errors import Ambiguous, Invalid, Transient
from core.model.notice import Notice, Tellable, facts_of
from core.model.person import Place
from core.model.risk import Target, Virality
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.model.tellable.lives import LiveEnded, LiveLost, LiveStarted, Rolling
from core.model.trigger import Where
from core.ports.messenger import Messenger
from core.services.leaving import Doors
from core.settings import load
from storage.database import Database
from tests.bot.surfaces.discord.kit import connected
from tests.doubles import BEGAN
from tests.platforms.chats import Discord, Telegram, furnish_discord, furnish_telegram
from tests.platforms.messenger_server import Messenger as SmallMessenger
from tests.platforms.messenger_server import MessengerServer
from tests.platforms.service import Fault

HOSTILE = "Hello\x1b[2J\u202e <b>{x}</b> %s $1 台所 🍅 " + "x" * 3000
TELLABLE: tuple[Tellable, ...] = (
    LiveStarted(1, "maria", HOSTILE, BEGAN, 180, 2, True, 0.7, "@mods"),
    LiveEnded(1, "maria", HOSTILE, BEGAN, BEGAN + timedelta(hours=2), 1204, 300.5, lines=HOSTILE),
    LiveLost(1, "maria", BEGAN),
    Rolling(1, "maria", "en", "captions", [(BEGAN, HOSTILE), (BEGAN, None)]),
    HitFound(1, 1, 1, "maria", "go", Where.CHAT, HOSTILE, 0, 5, BEGAN, 18.2, "juno"),
    ClipSaved(1, 1, "maria", "juno_go.mp4", "/nowhere.mp4", 28.0, 1000, 360, 640, "go"),
    ClipSaved(0, 1, "maria", "", "", 0.0, 0, 0, 0, "go", "CLIP_GONE"),
    RiskRaised(1, 1, "maria", 0.9, "Discours haineux", Virality.HIGH, Target.GROUP, ["H"], HOSTILE, "r", [("base", 0.2)],
               "rules", BEGAN, 42.0),
)  # fmt: skip


def notice(tellable: Tellable, key: str = "k", platform: str = "console") -> Notice:
    kind, facts = facts_of(tellable)
    return Notice(kind, key, f"{platform}:here", f"{platform}:here", "subject", facts)


@dataclass
class Bench:
    """A messenger, and how many messages people see."""

    messenger: Messenger
    seen: Callable[[], int]
    address: str = "console:here"

    def notice(self, tellable: Tellable, key: str = "k") -> Notice:
        """Something to tell there."""
        return replace(notice(tellable, key), place=self.address, address=self.address)


@asynccontextmanager
async def console(database: Database) -> AsyncIterator[Bench]:
    async with database.work() as work:
        await work.places.put(Place("console:here", "here"))
    messenger = ConsoleMessenger(
        Console(file=io.StringIO(), width=80), database, Words("en", Place("console:x", "x").zone), Numbers()
    )
    yield Bench(messenger, lambda: messenger.posted)


@asynccontextmanager
async def small(database: Database) -> AsyncIterator[Bench]:
    async with MessengerServer() as server:
        server.remembers["console"] = 120.0
        messenger = SmallMessenger(server.origin, 120.0)
        yield Bench(messenger, lambda: len(server.posts))
        await messenger.client.aclose()


@asynccontextmanager
async def telegram(database: Database) -> AsyncIterator[Bench]:
    async with Telegram() as service:
        furnish_telegram(service)
        chat = service.alice
        settings = load(dotenv=None, **service.environment())
        connection = connect(settings)
        sender = Sender(connection, Budget(), Uploads(database, "1", False), Fitting(Copies(None, 1.0), 50_000_000))
        messenger = TelegramMessenger(sender, Topics(connection, database), Replies(), database, settings)
        yield Bench(messenger, lambda: len(service.messages_in(chat)), f"telegram:{chat['id']}")
        await connection.close()
        service.assert_clean()


@asynccontextmanager
async def discord(database: Database) -> AsyncIterator[Bench]:
    async with Discord() as service:
        furnish_discord(service)
        channel = service.channel
        settings = load(dotenv=None, **service.environment())
        house: Any = SimpleNamespace(
            showing=None, settings=settings, storage=database, clock=SystemClock(), fitter=None, doors=Doors()
        )
        async with connected(house, Kernel(())) as client:
            yield Bench(
                DiscordMessenger(client, house),
                lambda: len(service.messages_in(channel)),
                f"discord:{channel['id']}",
            )
        service.assert_clean()


MESSENGERS = {"console": console, "small": small, "telegram": telegram, "discord": discord}


@pytest.fixture(params=MESSENGERS)
async def bench(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Bench]:
    async with MESSENGERS[request.param](database) as bench:
        yield bench


class TestMessenger:
    @pytest.mark.parametrize("tellable", TELLABLE, ids=lambda told: type(told).__name__)
    async def test_everything_that_can_be_told_is_posted_and_can_be_edited(self, bench: Bench, tellable: Tellable):
        number = await bench.messenger.post(bench.notice(tellable), "nonce", "")
        assert number
        assert bench.seen() == 1
        edit = replace(bench.notice(tellable, "edit"), edits=True)
        assert (await bench.messenger.post(edit, "nonce2", number)).removesuffix("m") == number.removesuffix("m")
        assert bench.seen() == 1

    async def test_two_notices_are_two_posts(self, bench: Bench):
        numbers = {await bench.messenger.post(bench.notice(TELLABLE[0], key), key, "") for key in "ab"}
        assert len(numbers) == bench.seen() == 2


@pytest.fixture
async def server() -> AsyncIterator[MessengerServer]:
    async with MessengerServer() as server:
        server.remembers["discord"] = 0.2
        yield server


async def test_a_repeat_is_recognised_while_it_is_remembered_and_only_where_it_is(server: MessengerServer):
    messenger = SmallMessenger(server.origin, 0.2)
    for platform, posts in (("discord", 1), ("telegram", 3)):
        for _ in range(2):
            await messenger.post(notice(TELLABLE[0], platform=platform), "same", "")
        assert len(server.posts) == posts
    await messenger.client.aclose()


async def test_faults_of_the_platform_are_told_apart_by_what_is_certain(server: MessengerServer):
    messenger = SmallMessenger(server.origin, 0.0)
    faults = [
        (Fault("post", status=429, headers={"Retry-After": "3"}), Transient),
        (Fault("post", status=500), Ambiguous),
        (Fault("post", abort=True), Ambiguous),
        (Fault("post", status=400), Invalid),
    ]
    for fault, kind in faults:
        server.fail_next(fault)
        with pytest.raises(kind) as raised:
            await messenger.post(notice(TELLABLE[0]), "n", "")
        assert type(raised.value) is kind
        assert getattr(raised.value, "retry_after", None) == (3.0 if fault.status == 429 else None)
    assert server.posts == []
    for number, how in enumerate(("500", "drop"), 1):
        server.lose(how)
        with pytest.raises(Ambiguous):
            await messenger.post(notice(TELLABLE[0]), "n", "")
        assert len(server.posts) == number  # it was posted, and nobody could know
    origin = server.origin
    await messenger.client.aclose()
    gone = SmallMessenger(origin.rsplit(":", 1)[0] + ":9", 0.0)
    with pytest.raises(Transient) as raised:
        await gone.post(notice(TELLABLE[0]), "n", "")
    assert not isinstance(raised.value, Ambiguous)
    await gone.client.aclose()
