"""The web: alive, ready, measured; nothing else, and a taken port is told."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.surfaces.web.client import WebClient, metrics
from core.errors import Denied
from core.services.diagnosing import Diagnosing, Vitals
from tests.waiting import listening


@pytest.fixture
def free() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(port: int, ready: asyncio.Event, folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """The web running on `port`, and somebody who asks it."""
    diagnosing = Diagnosing(folder / "run.json")
    diagnosing.extra = lambda: {"writer_wait_seconds": 0.25, "lives": 2, "jobs": 1}
    running = asyncio.create_task(WebClient(diagnosing, ready.is_set, "127.0.0.1", port).run())
    await listening(port)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_is_healthy_at_once_and_ready_when_everything_is(free: int, tmp_path: Path) -> None:
    ready = asyncio.Event()
    async with serving(free, ready, tmp_path) as web:
        assert await _status(web, "/healthz") == 200
        assert await _status(web, "/readyz") == 503
        ready.set()
        assert await _status(web, "/readyz") == 200


async def test_metrics_show_the_lag_and_the_wait_from_the_first_moment(free: int, tmp_path: Path) -> None:
    async with serving(free, asyncio.Event(), tmp_path) as web, web.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        families = text_string_to_metric_families(await answer.text())
        found = {family.name: family.samples[0].value for family in families if family.samples}
    assert found["earshot_loop_lag_seconds"] == 0
    assert found["earshot_writer_wait_seconds"] == 0.25
    assert found["earshot_lives"] == 2
    assert "earshot_loop_lag_p99_seconds" in found


def test_metrics_tell_of_each_live_how_late_its_words_come() -> None:
    families = text_string_to_metric_families(metrics(Vitals(behind={"amina": 2.5, "bob": 31.0})).decode())
    (behind,) = [family for family in families if family.name == "earshot_words_behind_seconds"]
    assert {one.labels["account"]: one.value for one in behind.samples} == {"amina": 2.5, "bob": 31.0}


async def test_nothing_else_is_there_and_nothing_can_be_changed(free: int, tmp_path: Path) -> None:
    async with serving(free, asyncio.Event(), tmp_path) as web:
        for path in ("/", "/hooks/telegram", "/hooks/assemblyai", "/t/x", "/../etc/passwd", "/metrics/x"):
            assert 400 <= await _status(web, path) < 500, path
        for path in ("/healthz", "/metrics"):
            async with web.post(path, data=b"x") as answer:
                assert answer.status == 405


async def test_a_taken_port_is_told_with_its_address(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Denied) as caught:
            await WebClient(Diagnosing(tmp_path / "run.json"), lambda: True, "127.0.0.1", port).run()
    assert caught.value.code == "WEB_PORT"
    assert caught.value.values["x"] == f"127.0.0.1:{port}"
    assert caught.value.values["reason"]


async def test_an_address_that_is_not_ours_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(Denied) as caught:
        await WebClient(Diagnosing(tmp_path / "run.json"), lambda: True, "192.0.2.1", 1).run()
    assert caught.value.code == "WEB_PORT"


async def _status(web: aiohttp.ClientSession, path: str) -> int:
    async with web.get(path) as answer:
        return answer.status
