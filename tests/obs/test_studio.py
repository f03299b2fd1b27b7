"""Earshot and a real OBS Studio: `make test-obs`. Figures are printed."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from core.adapters.clips.obs import Manner, ObsReplays
from core.adapters.clips.obs_files import ReplayFiles
from core.adapters.clock import SystemClock
from core.adapters.media.remux import remux
from core.errors import Denied
from core.ports.replays import Replay
from tests.core.adapters.media.conftest import play
from tests.core.adapters.media.test_remux import codecs
from tests.obs.studio import PASSWORD, SECONDS, Studio
from tests.waiting import until

pytestmark = [
    pytest.mark.obs,
    pytest.mark.timeout(300),
]
MANNER = Manner(look=2.0, back_off=(0.5, 1.0))
FULL = SECONDS + 3  # seconds until the buffer holds what it can


@pytest.fixture
async def studio(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Studio]:
    made = Studio(tmp_path / "studio", getattr(request, "param", "mp4"))
    made.folder.mkdir()
    await made.start()
    yield made
    await made.kill()


@pytest.fixture
async def replays(studio: Studio) -> AsyncIterator[ObsReplays]:
    made = reaching(studio)
    yield made
    await made.close()


def reaching(studio: Studio, password: str = PASSWORD) -> ObsReplays:
    return ObsReplays(studio.url, password, ReplayFiles("", lambda: remux), SystemClock(), MANNER)


async def timed(what: str, doing: Awaitable[object]) -> float:
    began = time.monotonic()
    await doing
    seconds = time.monotonic() - began
    print(f"\nobs: {what} {seconds:.3f} s", flush=True)
    return seconds


async def filled(replays: ObsReplays) -> None:
    """Until the buffer runs and holds what it can."""
    began = time.monotonic()
    await until(lambda: replays.state.buffer, 30)
    await until(lambda: time.monotonic() - began > FULL, FULL + 5)


def pressing(replays: ObsReplays) -> list[Replay]:
    found: list[Replay] = []

    async def pressed(replay: Replay) -> None:
        found.append(replay)

    replays.pressed = pressed
    return found


@pytest.mark.parametrize("studio", ["mp4", "mkv"], indirect=True)
async def test_a_replay_is_saved_fetched_and_plays(studio: Studio, replays: ObsReplays, tmp_path: Path) -> None:
    assert await timed(f"connect ({studio.form})", replays.connect()) < 3
    state = replays.state
    assert (state.connected, state.scene, state.folder, state.here) == (True, "Kitchen", str(studio.record), True)
    assert state.version
    assert state.free > 0
    await filled(replays)
    began = time.monotonic()
    first, second, third = await asyncio.gather(replays.save(), replays.save(), replays.save())
    saved = time.monotonic() - began
    print(f"\nobs {state.version}: save to file ({studio.form}) {saved:.3f} s", flush=True)
    assert first == second == third
    assert len(list(studio.record.iterdir())) == 1, "three saves at once are one file"
    began = time.monotonic()
    found = await replays.fetch(first, tmp_path / "clip.mp4", 60.0, 0.0)
    print(f"\nobs: remux of {found.cut.seconds:.1f} s ({studio.form}) {time.monotonic() - began:.3f} s", flush=True)
    played = play(found.cut.path)
    assert codecs(found.cut.path) == ["h264", "aac"]
    assert (played.errors, played.first_key, played.faststart) == (0, True, True)
    assert SECONDS / 2 < played.seconds < SECONDS + 10
    assert (found.cut.width, found.cut.height) == (640, 360)
    assert saved < 5


async def test_a_wrong_password_is_refused(studio: Studio) -> None:
    wrong = reaching(studio, "wrong")
    with pytest.raises(Denied) as caught:
        await wrong.connect()
    assert caught.value.code == "OBS_PASSWORD"
    await wrong.close()


async def test_the_buffer_is_switched_and_a_person_s_replay_is_handed_on(studio: Studio, replays: ObsReplays) -> None:
    person = reaching(studio)  # another program that saves, as the key in OBS would
    pressed, own = pressing(replays), pressing(person)
    await replays.connect()
    assert (await replays.buffer(on=False)).buffer is False
    assert (await replays.buffer(on=True)).buffer
    await filled(replays)
    replay = await person.save()
    await until(lambda: pressed, 20)
    assert [one.path for one in pressed] == [replay.path]
    assert own == []
    await person.close()


async def test_obs_is_killed_and_comes_back(studio: Studio, replays: ObsReplays) -> None:
    running = asyncio.create_task(replays.run())
    try:
        await until(lambda: replays.state.connected and replays.state.buffer, 30)
        await studio.kill()
        await until(lambda: replays.state.trouble == "OBS_OFF", 30)
        began = time.monotonic()
        await studio.start()
        await until(lambda: replays.state.connected and replays.state.buffer, 60)
        print(f"\nobs: started and connected again after {time.monotonic() - began:.1f} s", flush=True)
        await filled(replays)
        assert Path((await replays.save()).path).is_file()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
