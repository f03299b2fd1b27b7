"""OBS through its loopback twin: connecting, saving, what breaks, and what must never be said."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from websocket import ABNF, WebSocket

from core.adapters.clips.obs import ObsReplays
from core.errors import Denied, Missing, Transient
from core.ports.replays import Replay, ReplayState
from tests.core.adapters.clips.conftest import PASSWORD, hurried
from tests.platforms.obs import LoopbackObs
from tests.waiting import PATIENCE, until

Make = Callable[..., ObsReplays]


@asynccontextmanager
async def kept(replays: ObsReplays):  # type: ignore[no-untyped-def]
    """Connected, and kept so."""
    running = asyncio.create_task(replays.run())
    try:
        await until(lambda: replays.state.connected and replays.state.buffer)
        yield replays
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def collecting(replays: ObsReplays) -> list[Replay]:
    found: list[Replay] = []

    async def pressed(replay: Replay) -> None:
        found.append(replay)

    replays.pressed = pressed
    return found


def frames_of(ws: WebSocket) -> list[int]:
    """The kinds of the frames that are heard on it from now on."""
    heard: list[int] = []
    really = ws.recv_frame

    def received() -> Any:
        frame = really()  # type: ignore[no-untyped-call]
        heard.append(frame.opcode)
        return frame

    ws.recv_frame = received  # type: ignore[method-assign]
    return heard


# ---------------------------------------------------------------- connecting


async def test_connecting_tells_how_obs_is_and_starts_the_buffer(obs: LoopbackObs, make: Make) -> None:
    state = await make(obs).connect()
    assert (state.connected, state.version, state.buffer, state.scene) == (True, "29.0.2", True, "Kitchen")
    assert (state.folder, state.here, state.free) == (str(obs.record), True, 41_000_500_000)
    assert obs.active


async def test_an_unwanted_buffer_is_left_off(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    replays.wanted = False
    assert not (await replays.connect()).buffer
    assert not obs.active


async def test_the_buffer_is_switched_and_switched_again(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    await replays.connect()
    for on in (False, False, True, True):
        assert (await replays.buffer(on)).buffer is on
        assert obs.active is on


async def test_nobody_at_the_address_is_said_as_such(obs: LoopbackObs, make: Make) -> None:
    await obs.kill()
    replays = make(obs)
    for wish in (replays.connect, replays.save):
        with pytest.raises(Transient) as caught:
            await wish()
        assert (caught.value.code, caught.value.values) == ("OBS_OFF", {"x": f"127.0.0.1:{obs.port}"})
    assert replays.state.trouble == "OBS_OFF"


@pytest.mark.parametrize("password", ["wrong", ""])
async def test_a_refused_password_is_told_apart(password: str, obs: LoopbackObs, make: Make) -> None:
    with pytest.raises(Denied) as caught:
        await make(obs, password).connect()
    assert caught.value.code == "OBS_PASSWORD"


async def test_no_password_is_needed_where_obs_asks_for_none(obs: LoopbackObs, make: Make) -> None:
    obs.password = ""
    assert (await make(obs, "").connect()).connected


async def test_an_obs_without_a_replay_buffer_is_said_as_such(obs: LoopbackObs, make: Make) -> None:
    obs.faults.add("no_buffer")
    replays = make(obs)
    with pytest.raises(Missing) as caught:
        await replays.connect()
    assert caught.value.code == "OBS_BUFFER"
    assert replays.state.connected


async def test_no_proxy_is_asked_for_obs(obs: LoopbackObs, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await make(obs).connect()).connected


# ---------------------------------------------------------------- saving


async def test_a_saved_replay_is_the_file_obs_names(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    replay = await replays.save()
    assert replay.path == obs.last
    assert replay.name.startswith("Replay 20")
    assert replays.state.last == replay.name
    assert replays.state.last_at > 0


async def test_three_saves_at_once_are_one_request_one_event_and_one_file(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    await replays.connect()
    first, second, third = await asyncio.gather(replays.save(), replays.save(), replays.save())
    assert first == second == third
    assert obs.asked("SaveReplayBuffer") == 1
    assert len(list(obs.record.iterdir())) == 1
    assert await replays.save() != first


async def test_fifty_saves_in_a_row_each_get_a_file_of_after_they_were_wanted(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    pressed = collecting(replays)
    await replays.connect()
    waiting = []
    for _ in range(50):
        waiting.append(asyncio.create_task(replays.save()))
        await asyncio.sleep(0.01)  # the pace of the hits: this is no waiting
    got = await asyncio.gather(*waiting)
    files = list(obs.record.iterdir())
    assert 1 < len({one.path for one in got}) == len(files) == obs.asked("SaveReplayBuffer") < 50
    assert [one.at for one in got] == sorted(one.at for one in got)
    assert pressed == []


async def test_an_event_that_is_lost_is_made_up_for_by_asking(obs: LoopbackObs, make: Make) -> None:
    obs.faults.add("no_event")
    replays = make(obs)
    pressed = collecting(replays)
    assert (await replays.save()).path == obs.last
    await obs._emit("ReplayBufferSaved", {"savedReplayPath": obs.last})  # now it comes
    await replays.connect()
    assert pressed == []


async def test_an_obs_that_saves_nothing_is_given_up(obs: LoopbackObs, make: Make) -> None:
    obs.faults.add("full")
    replays = make(obs)
    await replays.connect()
    with hurried(replays):
        replays._manner = replace(replays._manner, timeout=PATIENCE)
        with pytest.raises(Transient) as caught:
            await replays.save()
    assert caught.value.code == "OBS_SILENT"
    obs.faults.clear()
    assert (await replays.save()).path == obs.last


async def test_a_save_while_the_buffer_is_off_starts_it_and_says_so(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    await replays.connect()
    obs.active = False
    with pytest.raises(Missing) as caught:
        await replays.save()
    assert (caught.value.code, obs.active) == ("OBS_BUFFER", True)
    assert (await replays.save()).path == obs.last
    replays.wanted = obs.active = False
    with pytest.raises(Missing):
        await replays.save()
    assert not obs.active


async def test_a_replay_a_person_saves_is_handed_on_and_ours_are_not(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    pressed = collecting(replays)
    await replays.save()
    await obs.press()
    await until(lambda: pressed)
    assert [one.path for one in pressed] == [obs.last]


# ---------------------------------------------------------------- what breaks


async def test_a_socket_that_breaks_while_saving_is_replaced_and_asked_once_more(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    await replays.connect()
    obs.faults.add("drop_on_save")
    assert (await replays.save()).path == obs.last
    assert obs.asked("SaveReplayBuffer") == 2


@pytest.mark.parametrize("fault", ["hang", "half_open"])
async def test_an_obs_that_hangs_is_given_up_in_time_and_taken_up_again(
    fault: str, obs: LoopbackObs, make: Make
) -> None:
    replays = make(obs)
    async with kept(replays):
        obs.faults.add(fault)
        with hurried(replays):
            async with asyncio.timeout(PATIENCE):
                with pytest.raises(Transient) as caught:
                    await replays.save()
            assert caught.value.code == "OBS_OFF"
            await until(lambda: replays.state.trouble == "OBS_OFF")
            obs.faults.clear()
        await until(lambda: replays.state.connected)
        assert (await replays.save()).path == obs.last


async def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    await replays.connect()
    obs.faults.add("hang")
    with hurried(replays), pytest.raises(Transient):
        await replays.save()
    obs.faults.clear()
    sockets = obs.identified
    assert (await replays.connect()).version == "29.0.2"
    assert obs.identified == sockets + 2, "both sockets are new"


async def test_obs_that_goes_and_comes_back_is_connected_by_itself_and_said_once(
    obs: LoopbackObs, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="core")
    async with kept(make(obs)) as replays:
        await obs.kill()
        await until(lambda: replays.state.trouble == "OBS_OFF")
        with pytest.raises(Transient):
            await replays.save()
        await obs.__aenter__()
        await until(lambda: replays.state.connected and obs.active)
        assert (await replays.save()).path == obs.last
        pressed = collecting(replays)
        await obs.press()
        await until(lambda: pressed)
    said = [one.getMessage() for one in caplog.records if "OBS" in one.getMessage()]
    assert len([one for one in said if "cannot be used" in one]) == 1
    assert len([one for one in said if "answers" in one]) == 2


async def test_events_that_no_longer_come_are_noticed(obs: LoopbackObs, make: Make) -> None:
    async with kept(make(obs)) as replays:
        hearing = replays._link._hearing
        assert hearing is not None
        hearing.base_client.sock.shutdown(socket.SHUT_RDWR)
        await until(lambda: replays._link.alive and replays._link._hearing is not hearing)
        pressed = collecting(replays)
        await obs.press()
        await until(lambda: pressed)


async def test_a_socket_for_events_that_is_half_open_is_noticed_by_its_pings(
    obs: LoopbackObs, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.adapters.clips.obs_link.DEAF", PATIENCE)
    async with kept(make(obs)) as replays:
        before = replays._link._hearing
        assert before is not None
        heard = frames_of(before.base_client.ws)
        await until(lambda: heard.count(ABNF.OPCODE_PONG) >= 3)  # at each look; whatever is heard begins the wait anew
        assert replays._link._hearing is before
    monkeypatch.setattr("core.adapters.clips.obs_link.DEAF", 0.6)
    obs.faults.add("deaf")
    async with kept(make(obs)) as replays:
        deaf = replays._link._hearing
        await until(lambda: replays._link._hearing not in (deaf, None))


async def test_while_obs_hangs_those_who_wait_are_sent_on_at_once(
    obs: LoopbackObs, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    replays = make(obs)
    await replays.connect()
    obs.faults.add("half_open")
    monkeypatch.setattr("core.adapters.clips.obs.FRESH", 3600.0)
    with hurried(replays), pytest.raises(Transient):
        await replays.save()
    async with asyncio.timeout(PATIENCE / 2):
        with pytest.raises(Transient) as caught:
            await replays.save()
    assert caught.value.code == "OBS_OFF"


async def test_earshot_runs_on_while_there_is_no_obs_and_finds_it_when_it_comes(obs: LoopbackObs, make: Make) -> None:
    await obs.kill()
    replays = make(obs)
    running = asyncio.create_task(replays.run())
    await until(lambda: replays.state.trouble)
    assert not running.done()
    await obs.__aenter__()
    await until(lambda: replays.state.connected and replays.state.buffer)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_buffer_that_could_not_be_started_when_obs_came_is_started_at_the_next_look(
    obs: LoopbackObs, make: Make
) -> None:
    replays = make(obs)
    start, faults = replays.buffer, [Transient("OBS_OFF")]

    async def slow(on: bool) -> ReplayState:
        if faults:
            raise faults.pop()
        return await start(on)

    replays.buffer = slow  # type: ignore[method-assign]
    async with kept(replays):
        assert obs.active


async def test_whoever_is_told_of_a_replay_may_fail_without_ending_the_events(obs: LoopbackObs, make: Make) -> None:
    replays = make(obs)
    await replays.connect()

    async def failing(replay: Replay) -> None:
        raise Transient("STORE_BUSY")

    replays.pressed = failing
    await obs.press()
    await until(lambda: replays.state.last)
    pressed = collecting(replays)
    await obs.press()
    await until(lambda: pressed)


# ---------------------------------------------------------------- secrets


async def test_the_password_stands_in_no_log_no_repr_and_no_error(
    obs: LoopbackObs, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("obsws_python", "websocket", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    replays = make(obs)
    await replays.save()
    link = replays._link
    shown = [repr(one) for one in (replays, replays.state, link, link._asking, link._hearing)]
    obs.faults.add("hang")
    with hurried(replays), pytest.raises(Transient) as off:
        await replays.save()
    obs.faults.clear()
    obs.password = "another"
    with pytest.raises(Denied) as refused:
        await replays.connect()
    errors = [repr(one.value) + repr(one.value.__cause__) for one in (off, refused)]
    logged = [f"{one.getMessage()} {one.exc_text}" for one in caplog.records]
    assert not any(PASSWORD in said for said in (*shown, *errors, *logged))
