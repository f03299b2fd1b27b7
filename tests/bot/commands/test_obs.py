"""OBS from a chat or the console: how it is, whom it serves, its buffer; and what a place it does not serve learns."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import opened
from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.commands import ALL
from bot.doctor import obs as doctor
from bot.health import parts_of
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.obs import ObsConnected, ObsElsewhere, ObsShown
from bot.wording import plain
from core.model.person import Person, Place, Role
from core.ports.replays import ReplayState
from core.services.clipping import serving
from core.services.clipping.serving import Mode
from core.services.diagnosing import Vitals
from core.settings import Settings
from tests.platforms.obs import LoopbackObs
from tests.recordings.recorder import record

PASSWORD = "s3cr3t-p4ss"
KITCHEN, OTHERS = "console:here", "console:there"


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items), card.foot))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("sample") / "sample.mp4", 2)


@pytest.fixture
async def obs(tmp_path: Path, sample: Path) -> AsyncIterator[LoopbackObs]:
    async with LoopbackObs(PASSWORD, sample, tmp_path / "obs") as made:
        yield made


@pytest.fixture
def settings(settings: Settings, obs: LoopbackObs) -> Settings:
    return settings.model_copy(update={"OBS_URL": obs.url, "OBS_PASSWORD": SecretStr(PASSWORD)})


@pytest.fixture
def asked(house: House) -> Callable[..., Asked]:
    def one(role: Role = Role.MANAGER, place: str = KITCHEN) -> Asked:
        where = Place(place, f"<b>{place}</b>", set_up=house.clock.now())
        return Asked(house, Person(f"{place}:9", "Karim", "en"), where, role, place)

    return one


@pytest.fixture
async def places(house: House, asked: Callable[..., Asked]) -> None:
    """KITCHEN is older."""
    for place in (KITCHEN, OTHERS):
        async with house.storage.work() as work:
            await work.places.put(asked(place=place).place)


pytestmark = pytest.mark.usefixtures("places")


async def test_connecting_names_each_step_and_serves_the_place(
    kernel: Kernel, asked: Callable[..., Asked], obs: LoopbackObs, house: House
) -> None:
    shown = await kernel.press("obs.connect", asked(place=OTHERS))
    assert isinstance(shown, ObsConnected)
    said = text(draw(shown, asked().words))
    for step in (
        "OBS serves this place.",
        f"✓ OBS 29.0.2 answers at 127.0.0.1:{obs.port}.",
        "✓ It takes the password.",
        "✓ The replay buffer runs.",
        "✓ I can fetch its recordings.",
        "✓ Clips of this place come from OBS; while it does not answer, from Earshot's own buffer.",
    ):
        assert step in said
    async with house.storage.reading() as work:
        assert await serving.mode_of(work, OTHERS) is Mode.OBS
        assert await serving.mode_of(work, KITCHEN) is None
    both = await kernel.press("obs.connect:both", asked(place=OTHERS))
    assert both.mode is Mode.BOTH


async def test_with_owners_only_they_say_whom_obs_serves(
    kernel: Kernel, asked: Callable[..., Asked], house: House, obs: LoopbackObs
) -> None:
    owned = replace(house, settings=house.settings.model_copy(update={"OWNERS": "discord:1"}))
    manager, owner = (replace(asked(role, OTHERS), house=owned) for role in (Role.MANAGER, Role.OWNER))
    refused = await kernel.press("obs.connect", manager)
    assert isinstance(refused, Failed)
    assert (refused.code, refused.values["role"]) == ("NO_RIGHT", "owner")
    assert obs.requests == [], "OBS was not even asked"
    assert isinstance(await kernel.press("obs.connect", owner), ObsConnected)


@pytest.mark.parametrize("key", ["obs.status", "obs.connect", "obs.buffer:on"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
async def test_rights_are_checked_on_every_press(
    key: str, role: Role, kernel: Kernel, asked: Callable[..., Asked], obs: LoopbackObs
) -> None:
    refused = await kernel.press(key, asked(role))
    assert refused.code == "NO_RIGHT"
    assert obs.requests == []


async def test_a_place_it_does_not_serve_learns_nothing_of_it(
    kernel: Kernel, asked: Callable[..., Asked], obs: LoopbackObs
) -> None:
    await kernel.press("obs.connect", asked())
    seen = len(obs.requests)
    for key in ("obs.status", "obs.buffer:off"):
        shown = await kernel.press(key, asked(place=OTHERS))
        assert isinstance(shown, ObsElsewhere)
        card = draw(shown, asked().words)
        assert str(obs.port) not in text(card)
        assert "29.0.2" not in text(card)
        assert keys(card) == ["obs.connect"]
    assert obs.active
    assert len(obs.requests) == seen


async def test_the_state_is_shown_with_what_can_be_done_and_the_places_to_the_owner_only(
    kernel: Kernel, asked: Callable[..., Asked], house: House, obs: LoopbackObs
) -> None:
    await kernel.press("obs.connect", asked())
    shown = await kernel.press("obs.status", asked())
    card = draw(shown, asked().words)
    for line in (
        "OBS 29.0.2 is connected.",
        "✓ The replay buffer runs.",
        "Scene: Kitchen",
        "Its disk has 41.0 GB free.",
    ):
        assert line in text(card)
    assert keys(card) == ["obs.buffer:off", "obs.status"]
    assert shown.places == ()
    assert (await kernel.press("obs.status", asked(Role.OWNER))).places == (f"<b>{KITCHEN}</b>",)


async def test_the_buffer_is_turned_off_and_stays_off_and_on_again(
    kernel: Kernel, asked: Callable[..., Asked], house: House, obs: LoopbackObs
) -> None:
    await kernel.press("obs.connect", asked())
    off = await kernel.press("obs.buffer:off", asked())
    assert isinstance(off, ObsShown)
    assert not off.state.buffer
    assert keys(draw(off, asked().words))[0] == "obs.buffer:on"
    again = await kernel.press("obs.connect", asked())
    assert not again.state.buffer, "somebody wanted it off"
    on = await kernel.press("obs.buffer:on", asked())
    assert on.state.buffer
    assert obs.active


async def test_what_is_wrong_is_said_with_the_button_that_tries_again(
    kernel: Kernel, asked: Callable[..., Asked], house: House, obs: LoopbackObs
) -> None:
    obs.password = "another"
    refused = await kernel.press("obs.connect:both", asked())
    card = draw(refused, asked().words)
    assert (refused.code, keys(card)) == ("OBS_PASSWORD", ["obs.connect:clips=both"])
    assert PASSWORD not in text(card)
    obs.password = PASSWORD
    obs.faults.add("no_buffer")
    without = await kernel.press("obs.connect", asked())
    assert (without.code, keys(draw(without, asked().words))) == ("OBS_BUFFER", ["obs.buffer:on"])
    await obs.kill()
    off = await kernel.press("obs.connect", asked())
    assert off.code == "OBS_OFF"
    assert f"OBS is not answering at 127.0.0.1:{obs.port}." in text(draw(off, asked().words))
    async with house.storage.reading() as work:
        assert await work.memos.get(serving.CONNECTED) == "", "nothing was changed"


async def test_status_and_health_name_obs_where_it_serves(
    kernel: Kernel, asked: Callable[..., Asked], house: House, obs: LoopbackObs
) -> None:
    connected = await kernel.press("obs.connect", asked())
    running = Vitals(pid=1, obs=asdict(connected.state))
    house.diagnosing.path.write_text(json.dumps({**asdict(running), "pid": os.getpid()}))
    assert "OBS: connected, its replay buffer runs." in text(draw(await kernel.press("status", asked()), asked().words))
    assert "OBS" not in text(draw(await kernel.press("status", asked(place=OTHERS)), asked().words))
    assert "OBS_WELL" in [part.code for part in await parts_of(house)]


async def test_the_doctor_asks_obs_without_changing_it(settings: Settings, obs: LoopbackObs) -> None:
    async def found(vitals: Vitals | None = None, *, quick: bool = False) -> list[tuple[str, str, bool | None]]:
        return [(name, part.code, part.well) async for name, part in doctor.look(settings, vitals, quick=quick)]

    assert await found() == [("connection", "OBS_IDLE", None)]
    assert not obs.active
    obs.active, obs.called = True, "D:\\Videos"
    assert await found() == [("connection", "OBS_WELL", True), ("recordings", "OBS_FAR", None)]
    assert await found(quick=True) == [("connection", "OBS_NAMED", True)]
    obs.password = "another"
    assert await found() == [("connection", "OBS_REFUSES", False)]
    await obs.kill()
    assert await found() == [("connection", "OBS_SILENT", False)]
    known = Vitals(pid=1, obs=asdict(ReplayState("h:1", True, "", "30", True, here=True)))
    assert await found(known) == [("connection", "OBS_WELL", True)]


async def test_without_an_obs_that_is_said_and_the_doctor_is_content(
    settings: Settings, asked: Callable[..., Asked], kernel: Kernel
) -> None:
    without = settings.model_copy(update={"OBS_URL": ""})
    async with opened(without) as house:
        for key in ("obs.status", "obs.connect", "obs.buffer:on"):
            assert (await kernel.press(key, replace(asked(), house=house))).code == "OBS_UNSET"
    assert [part.code async for _, part in doctor.look(without, None, quick=False)] == ["OBS_NONE"]


async def test_a_process_beside_has_the_one_that_is_connected_do_it(
    kernel: Kernel, asked: Callable[..., Asked], house: House, obs: LoopbackObs
) -> None:
    """The hands of the process that runs are those of this house; the asker's has none."""
    assert house.worker is not None
    hands = asyncio.create_task(house.worker.run())
    try:
        beside = replace(asked(), house=replace(house, worker=None))
        assert isinstance(await kernel.press("obs.connect", beside), ObsConnected)
    finally:
        hands.cancel()
        await asyncio.gather(hands, return_exceptions=True)


def test_obs_stands_in_the_menu() -> None:
    assert [one.name for one in ALL if one.name.startswith("obs")] == ["obs status", "obs connect", "obs buffer"]
