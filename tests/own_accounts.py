"""People who sign in with TikTok, for tests: the way there and back, a clock that can be moved, whoever transcribes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet

from core.adapters.sealing import Sealing
from core.adapters.tiktok.official import TikTokOfficial
from core.adapters.tiktok.videos.links import parse
from core.errors import EarshotError
from core.model.link import Link
from core.model.person import Person, Place
from core.model.video import VideoLink
from core.ports.store import Storage, Work
from core.services.own.linking import Linking
from core.services.videos.ordering import Order
from tests.platforms.tiktok_open import TikTokOpen
from tests.waiting import PATIENCE

KEY, OLD_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
REDIRECT = "http://127.0.0.1:8080/oauth/tiktok/callback"
PLACE = Place("console:here", "The kitchen")
KARIM, LEA = Person("console:karim", "Karim"), Person("console:lea", "Léa")


@dataclass
class LaterClock:
    """The true time and `later` on top; waiting is 50 times as fast. `rests`: how often somebody began to wait."""

    later: timedelta = timedelta()
    rests: int = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    async def sleep(self, seconds: float) -> None:
        self.rests += 1
        await asyncio.sleep(seconds / 50)


@dataclass
class Meanwhile:
    """`storage`, in which another process does something just before the first change made here."""

    storage: Storage
    does: Callable[[], Awaitable[object]]
    done: bool = False

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        if not self.done:
            self.done = True
            await self.does()
        async with self.storage.work() as work:
            yield work

    def reading(self) -> AbstractAsyncContextManager[Work]:
        return self.storage.reading()


@dataclass
class Asked:
    """Transcribes nothing and remembers what it was asked for: (place, person, order)."""

    orders: list[tuple[str, str, Order]] = field(default_factory=list)
    ready: Mapping[str, object] = field(default_factory=dict)

    async def find(self, text: str) -> VideoLink:
        link = parse(text)
        assert isinstance(link, VideoLink)
        return link

    async def ask(self, place: str, by: str, order: Order) -> object:
        self.orders.append((place, by, order))
        return self.ready.get(order.video)

    @property
    def videos(self) -> list[str]:
        return [order.video for _, _, order in self.orders]


def official(
    tiktok: TikTokOpen, *keys: str, redirect: str = REDIRECT, timeout_seconds: float = PATIENCE
) -> TikTokOfficial:
    """The adapter, pointed at the loopback service."""
    app = tiktok.client_key, tiktok.client_secret
    return TikTokOfficial(*app, redirect, Sealing(keys or (KEY,)), tiktok.origin, timeout_seconds=timeout_seconds)


def linking(storage: Storage, clock: LaterClock, tiktok: TikTokOpen, *keys: str) -> Linking:
    """A process of its own."""
    return Linking(storage, clock, official(tiktok, *keys))


async def went(address: str) -> dict[str, str]:
    """What TikTok sends back after the page at `address` has been answered."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as browser:
        answer = await browser.get(address)
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def signed_in(here: Linking, person: Person = KARIM, address: str = "console:here") -> Link:
    """`person` links whoever is signed in to TikTok in the browser."""
    back = await went(await here.connect(PLACE, person, address))
    return await here.arrive(back["state"], back.get("code", ""), back.get("error", ""))


async def refused(awaited: Awaitable[object], code: str) -> EarshotError:
    """The error it ends with, which has that code."""
    with pytest.raises(EarshotError) as caught:
        await awaited
    assert caught.value.code == code
    return caught.value
