"""The client for TikTok's web against a server that means no good."""

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp import web

from core.adapters.tiktok.web import CONNECTIONS, MOST_BYTES, Gate, Web
from core.errors import Transient
from tests.waiting import PATIENCE, until

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """A server on loopback; gives its address."""
    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[Web]:
    client = Web(timeout_seconds=PATIENCE)
    yield client
    await client.close()


def sends(body: bytes, packed: str = "") -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Encoding": packed} if packed else {})

    return handler


@pytest.mark.parametrize(
    ("body", "packed"),
    [(b'{"a": 1}', ""), (gzip.compress(b'{"a": 1}', mtime=0), "gzip"), (zlib.compress(b'{"a": 1}'), "deflate")],
)
async def test_an_answer_is_unpacked(client: Web, body: bytes, packed: str) -> None:
    async with served(sends(body, packed)) as address:
        assert await client.json(address, {}) == {"a": 1}


ODD = {
    "a bomb": lambda: gzip.compress(b'{"a": "' + b"x" * 500_000_000 + b'"}', 1, mtime=0)[:1_900_000],
    "too large when unpacked": lambda: gzip.compress(b'{"a": "' + b" " * MOST_BYTES + b'"}', mtime=0),
    "cut short": lambda: gzip.compress(b'{"a": 1}', mtime=0)[:-9],
    "not packed": lambda: b"not packed at all",
    "empty": lambda: gzip.compress(b"", mtime=0),
}


@pytest.mark.parametrize("name", ODD)
async def test_what_cannot_be_unpacked_to_a_usual_size_is_no_answer(client: Web, name: str) -> None:
    async with served(sends(ODD[name](), "gzip")) as address:
        with pytest.raises(Transient) as raised:
            await client.json(address, {})
    assert raised.value.code == "TIKTOK_DOWN"


async def test_an_answer_that_trickles_is_given_up() -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    client = Web(timeout_seconds=0.5)
    async with served(trickle) as address, asyncio.timeout(PATIENCE):
        with pytest.raises(Transient):
            await client.json(address, {})
    await client.close()


async def test_a_client_without_a_connection_left_is_given_up_for_a_new_one() -> None:
    """Connections of questions that were given up may be kept for ever; here they are taken by answers that trickle."""
    slow, enough, client = 0, asyncio.Event(), Web(timeout_seconds=PATIENCE)

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal slow
        if "quick" in request.query:
            return web.Response(body=b'{"a": 1}')
        response = web.StreamResponse()
        await response.prepare(request)
        slow += 1
        while not enough.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.1)
        await response.write(b'{"a": 1}')
        return response

    async with served(answer) as address:
        asked = [asyncio.create_task(client.json(address, {})) for _ in range(CONNECTIONS)]
        await until(lambda: slow >= CONNECTIONS)
        (await client._client()).timeout = httpx.Timeout(PATIENCE, pool=0.5)
        with pytest.raises(Transient, match="TIKTOK_DOWN") as caught:
            await client.json(address, {"quick": "1"})
        assert isinstance(caught.value.__cause__, httpx.PoolTimeout)
        assert await client.json(address, {"quick": "1"}) == {"a": 1}
        assert slow == CONNECTIONS
        assert not any(one.done() for one in asked), "who still used the old one goes on"
        enough.set()
        assert await asyncio.gather(*asked) == [{"a": 1}] * CONNECTIONS
    await client.close()


async def test_a_redirect_out_of_https_or_tiktok_is_not_followed(client: Web) -> None:
    asked = []

    async def away(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        raise web.HTTPFound(f"http://127.0.0.1:{request.url.port}/")

    async with served(away) as address:
        with pytest.raises(Transient):
            await client.json(address, {})
    assert asked == ["/"]


async def test_a_gate_keeps_its_pace_after_a_burst() -> None:
    gate, times = Gate(50.0, 3), []

    async def pass_through() -> None:
        async with gate.turn():
            times.append(time.monotonic())

    await asyncio.gather(*(pass_through() for _ in range(13)))
    assert times[-1] - times[0] >= 10 / 50 - 0.02


async def test_a_gate_lets_as_many_through_together_as_it_may_and_the_next_one_in_its_time() -> None:
    gate, passed = Gate(1 / 3600, 3), 0

    async def pass_through() -> None:
        nonlocal passed
        async with gate.turn():
            passed += 1

    tasks = [asyncio.create_task(pass_through()) for _ in range(4)]
    await until(lambda: passed == 3)
    await asyncio.sleep(0.01)
    assert [task.done() for task in tasks] == [True, True, True, False]
    tasks[3].cancel()


async def test_a_gate_lets_no_more_through_than_it_may_and_forgets_who_was_cancelled() -> None:
    gate, inside, most = Gate(10_000.0, 3), 0, 0

    async def stay(seconds: float) -> None:
        nonlocal inside, most
        async with gate.turn():
            inside += 1
            most = max(most, inside)
            try:
                await asyncio.sleep(seconds)
            finally:
                inside -= 1

    stuck = [asyncio.create_task(stay(60)) for _ in range(5)]
    await asyncio.sleep(0.01)
    for task in stuck:
        task.cancel()
    await asyncio.gather(*(stay(0.001) for _ in range(20)))
    assert (most, inside) == (3, 0)
