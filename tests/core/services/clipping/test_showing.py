"""Addresses of clips: open for a week, for nothing else, for nobody who made them up."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.sealing import Sealing
from core.model.clip import Clip, Cut
from core.services.clipping import Showing
from core.services.clipping.showing import OPEN
from tests.builders import HERE, THERE, followed, scene_of
from tests.doubles import CountedStorage, HandClock

KEY = Fernet.generate_key().decode()
BASE = "https://earshot.example.com"


@pytest.fixture
def showing(storage: CountedStorage, clock: HandClock) -> Showing:
    return Showing(storage, clock, Sealing([KEY]), BASE)


@pytest.fixture
async def clip(storage: CountedStorage, clock: HandClock) -> Clip:
    await followed(storage, "maria", HERE)
    scene = await scene_of(storage)
    async with storage.work() as work:
        cut = Cut(Path("7.mp4"), 1.0, 40.0, 4, 720, 1280)
        return await work.clips.add(scene.live.id, HERE, "a.mp4", cut, clock.now(), "", "job:7")


def token(showing: Showing, clip: Clip, place: str = HERE) -> str:
    link = showing.link(place, clip.id)
    assert link.startswith(f"{BASE}/c/")
    return link.rpartition("/")[2]


async def test_an_address_shows_its_clip_for_a_week_and_tells_nothing(showing: Showing, clip: Clip, clock: HandClock):
    address = token(showing, clip)
    found = await showing.find(address)
    assert found is not None
    assert (found.clip, found.live.handle) == (clip, "maria")
    assert HERE not in address
    await clock.advance((OPEN - timedelta(seconds=2)).total_seconds())
    assert await showing.find(address) is not None
    await clock.advance(2)
    assert await showing.find(address) is None


async def test_it_ends_with_the_clip(showing: Showing, clip: Clip, storage: CountedStorage):
    address = token(showing, clip)
    async with storage.work() as work:
        await work.clips.delete(HERE, clip.id)
    assert await showing.find(address) is None


async def test_another_places_and_another_keys_addresses_show_nothing(
    showing: Showing, clip: Clip, storage: CountedStorage, clock: HandClock
):
    assert await showing.find(token(showing, clip, THERE)) is None
    other = Showing(storage, clock, Sealing([Fernet.generate_key().decode()]), BASE)
    assert await showing.find(token(other, clip)) is None
    renewed = Showing(storage, clock, Sealing([Fernet.generate_key().decode(), KEY]), BASE)
    assert await renewed.find(token(showing, clip)) is not None  # an old key still opens


@pytest.mark.parametrize("text", ["", "7", "x" * 100, "x" * 5000, "é" * 60, "../../etc/passwd" * 4, "=" * 60])
async def test_what_somebody_made_up_shows_nothing(showing: Showing, clip: Clip, text: str):
    assert await showing.find(text) is None


@pytest.mark.parametrize("sealed", ["a token of TikTok's", "clip x y z", "clip 1 2", "clip 1 9999999999999999999 x"])
async def test_what_was_sealed_for_something_else_shows_nothing(showing: Showing, sealed: str):
    assert await showing.find(Sealing([KEY]).seal(sealed).decode()) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(at=st.integers(0, 10_000), sign=st.sampled_from("AZaz09-_"))
async def test_no_sign_of_an_address_can_be_changed(showing: Showing, clip: Clip, at: int, sign: str):
    address = token(showing, clip)
    at %= len(address) - 6  # the last sign before the padding has bits that mean nothing
    changed = address[:at] + sign + address[at + 1 :]
    assert changed == address or await showing.find(changed) is None
