"""A real house on a real SQLite file: one place with everything in it, and another whose things must never be seen."""

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import opened
from bot.asked import Asked
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from core.model.account import Follow, Handle
from core.model.clip import Clip, Cut
from core.model.live import Live, Look
from core.model.person import Person, Place, Role
from core.model.risk import Alert, Assessment, Category, Label, Target, Virality
from core.model.transcript import Segment
from core.model.trigger import Hit, Trigger, Where
from core.settings import Settings, load
from storage.database import Database
from storage.schema import prepare

HERE, THERE = "console:here", "console:there"


@dataclass(frozen=True)
class Belongings:
    """What one place has, one of each."""

    place: Place
    follow: Follow
    live: Live
    trigger: Trigger
    clip: Clip
    alert: Alert


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    prepare(folder / "earshot.db", folder / "backups")
    return folder / "earshot.db"


@pytest.fixture
def settings(_template: Path, tmp_path: Path) -> Settings:
    shutil.copy(_template, tmp_path / "earshot.db")
    return load(dotenv=None, DATA_DIR=tmp_path, LANGUAGE="en", TIMEZONE="UTC", DATABASE_URL="", SPEECH="none")


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with opened(settings) as made:
        yield made


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(ALL)


@pytest.fixture
async def mine(house: House) -> Belongings:
    return await _furnish(house, HERE, "amina")


@pytest.fixture
async def theirs(house: House, mine: Belongings) -> Belongings:
    """Of another place; made second, so that its numbers differ."""
    return await _furnish(house, THERE, "bruno")


@pytest.fixture
def ask(house: House) -> Callable[..., Asked]:
    """Somebody with a right in a place that is set up."""

    def asked(role: Role = Role.OWNER, place: str = HERE, language: str = "en") -> Asked:
        where = Place(place, "The kitchen", set_up=house.clock.now())
        return Asked(house, Person(f"{place}:9", "Karim", language), where, role, place)

    return asked


async def _furnish(house: House, place_id: str, handle: str) -> Belongings:
    assert isinstance(house.storage, Database)
    now = house.clock.now()
    began = now - timedelta(minutes=10)
    place = Place(place_id, "The kitchen")
    judged = Assessment(
        Category.HATEFUL, Virality.MEDIUM, True, Target.GROUP, {Label.H: 0.9}, 0.9, "out with them", 30.0, "Rules: x."
    )
    async with house.storage.work() as work:
        await work.places.put(place)
        account = await work.accounts.ensure(Handle(handle))
        follow = await work.follows.add(Follow(0, place_id, account.id, account.handle, place_id, began))
        live, _ = await work.lives.begin(
            account, Look(began, True, f"room-{handle}", "Dinner", started=began), [place_id]
        )
        trigger = await work.triggers.add(Trigger(0, place_id, f"giveaway {handle}"))
        await work.transcripts.add(live.id, [Segment(29.0, 33.0, "Out with them, giveaway later.", "en", "captions")])
        await work.hits.add(
            Hit(0, trigger.id, live.id, place_id, trigger.word, Where.CHAT, began, 31.0, "giveaway", 0, 8, "bob")
        )
        cut = Cut(Path("1.mp4"), 1.0, 30.0, 2_000_000, 720, 1280)
        clip = await work.clips.add(live.id, place_id, f"{handle}.mp4", cut, now, "giveaway", f"wish-{handle}")
        assessment = await work.alerts.assessed(live.id, judged, began)
        alert = await work.alerts.raise_(place_id, live.id, assessment, began)
    return Belongings(place, follow, live, trigger, clip, alert)
