"""A service calls the web when it has heard a recording: the real server, the real client, and strangers who call too."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.app import opened
from bot.house import House
from bot.surfaces.web.client import WebClient
from bot.surfaces.web.heard import HeardHook
from core.model.job import Job, JobState
from core.model.person import Place, Platform
from core.ports.speech import SHOWN
from core.services.videos.ordering import Order
from core.setting_values import CALLS
from core.settings import Settings, load
from tests.platforms import speech
from tests.platforms.assemblyai import LoopbackAssemblyAI, Work
from tests.waiting import listening, until

TALK = speech.ROOT / "bot" / "demo" / "live.mp4"
PLACE = "console:here"


@dataclass
class Stage:
    """A house whose web is reached from outside, and the service."""

    house: House
    service: LoopbackAssemblyAI
    browser: aiohttp.ClientSession
    working: list["asyncio.Task[None]"] = field(default_factory=list)

    async def ask(self) -> Job:
        """A recording is asked for, and worked at."""
        transcribing = self.house.transcribing
        async with self.house.storage.work() as work:
            await work.places.ensure(Place(PLACE, "here"))
        order = await transcribing.attaching.path(Platform.CONSOLE, PLACE, TALK, Order("", speakers=True))
        job = await transcribing.ask(PLACE, "console:9", order)
        assert isinstance(job, Job)
        assert self.house.worker
        self.working.append(asyncio.create_task(self.house.worker.for_one(job.id).run()))
        return job

    async def entrusted(self) -> Work:
        """The service has it, and Earshot has looked and found that it is not heard yet."""
        await until(lambda: self.service.works)
        await until(lambda: self.service.sent("get"))
        return next(iter(self.service.works.values()))

    async def state(self, job: Job) -> JobState:
        async with self.house.storage.reading() as work:
            found = await work.jobs.get(job.id)
        assert found
        return found.state

    async def status(self, body: bytes, **headers: str) -> int:
        async with self.browser.post(CALLS, data=body, headers={SHOWN: "x", **headers}) as answer:
            return answer.status


@pytest.fixture
async def stage(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr("core.services.videos.entrusting.EVERY_CALLED", 300.0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    async with LoopbackAssemblyAI(await asyncio.to_thread(speech.Spliced)) as service:
        service.working.clear()
        settings = load(
            dotenv=None, DATA_DIR=settings.DATA_DIR, LANGUAGE="en", TIMEZONE="UTC", ASSEMBLYAI_API_KEY=service.key,
            ASSEMBLYAI_BASE_URL=service.origin, WEB_LISTEN="127.0.0.1", PUBLIC_URL=f"http://127.0.0.1:{port}",
        )  # fmt: skip
        async with opened(settings) as house, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as browser:
            hook = HeardHook(house.transcribing.hearing.entrusting)
            web = WebClient(house.diagnosing, lambda: True, "127.0.0.1", port, heard=hook)
            tasks = [asyncio.create_task(web.run())]
            await listening(port)
            yield Stage(house, service, browser, tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_call_ends_the_wait_at_once_and_only_what_is_fetched_is_believed(stage: Stage) -> None:
    job = await stage.ask()
    work = await stage.entrusted()
    asked = work.asked
    assert asked["webhook_url"].endswith(CALLS)
    looks = len(stage.service.sent("get"))
    genuine = {asked["webhook_auth_header_name"]: asked["webhook_auth_header_value"]}
    stage.service.calling = False
    stage.service.working.set()
    await until(lambda: work.result)
    assert len(stage.service.sent("get")) == looks, "it is looked for once in a while, or when the service calls"
    for wrong in ({SHOWN: "forged"}, {SHOWN: ""}, {}, {"Authorization": genuine[SHOWN]}):
        assert await stage.service.call(work.id, wrong) == 404
    assert len(stage.service.sent("get")) == looks
    assert await stage.service.call(work.id, genuine) == 200
    assert await stage.service.call(work.id, genuine) == 200, "once more does no harm"

    async def done() -> bool:
        return await stage.state(job) is JobState.DONE

    await until(done)
    async with stage.house.storage.reading() as reading:
        (known,) = await reading.videos.of_place(PLACE, "console:9")
        lines = await reading.videos.segments(PLACE, known.id)
    assert {line.speaker for line in lines} == {"A", "B"}
    await stage.house.transcribing.hearing.entrusting.settle()
    assert (stage.service.kept, stage.service.uploads) == ([], {})
    assert await stage.service.call(work.id, genuine) == 404, "it is none of ours any more"


STRANGE = [
    (b"", 400),
    (b"{", 400),
    (b"[" * 60_000, 400),
    (b"[1]", 400),
    (b'{"transcript_id": 7}', 400),
    (b'{"transcript_id": ""}', 400),
    (b"\xff\xfe", 400),
    (b'{"transcript_id": "nobodys"}', 404),
    (b'{"transcript_id": "' + b"x" * 50_000 + b'"}', 404),
    (b"x" * 70_000, 413),
]


async def test_what_strangers_send_is_refused(stage: Stage) -> None:
    assert [await stage.status(body) for body, _ in STRANGE] == [status for _, status in STRANGE]
    async with stage.browser.get(CALLS) as answer:
        assert answer.status == 405


async def test_a_file_is_left_alone_and_a_second_program_finds_the_same_work(stage: Stage, tmp_path: Path) -> None:
    job = await stage.ask()
    again = await stage.ask()
    assert again.id == job.id, "the same wish"
    await stage.entrusted()
    assert len(stage.service.sent("create")) == 1
    assert TALK.exists()
