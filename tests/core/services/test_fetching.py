"""Weights asked for in a chat: told as they come, used once they are here, ended, tried again, gone on with."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.errors import Denied, EarshotError, Missing, Transient
from core.model.job import Job, JobState
from core.model.notice import NoticeKind
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere
from core.model.weights import Presence, Weights
from core.ports.weights import Watch
from core.services.choosing import Choice, Choosing
from core.services.fetching import KIND, Fetching
from core.services.working import Working
from tests.builders import HERE, outbox, placed
from tests.doubles import CountedStorage, HandClock
from tests.waiting import until

SIZE = 148_000_000


@dataclass
class StagedShelf:
    """Weights as a test wants them: each call of `get` waits for what comes of it, a fault or nothing."""

    comes: "asyncio.Queue[EarshotError | None]" = field(default_factory=asyncio.Queue)
    here: set[str] = field(default_factory=set)
    watch: Watch = lambda got, total: None

    def all(self) -> tuple[Weights, ...]:
        return (self.of("base"),)

    def of(self, name: str) -> Weights:
        if name == "huge":
            raise Missing("MODEL", x=name, list="base")
        return Weights(name, SIZE, Presence.HERE if name in self.here else Presence.AWAY)

    async def get(self, name: str, watch: Watch) -> Weights:
        self.watch = watch
        if fault := await self.comes.get():
            raise fault
        self.here.add(name)
        return self.of(name)


@dataclass
class Desk:
    """The service and its worker."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    shelf: StagedShelf = field(default_factory=StagedShelf)

    def __post_init__(self) -> None:
        self.choosing = Choosing(self.storage, self.clock, Choice("auto", "tiny"))
        self.service = Fetching(self.storage, self.clock, self.shelf, self.choosing)
        handlers, failing = {KIND: self.service.fetch}, {KIND: self.service.failed}
        self.worker = Working(self.storage, self.clock, handlers, failing=failing)

    async def ask(self, name: str = "base") -> Job:
        made = await self.service.ask(name, HERE, "console:you", f"{HERE}:1", "discord:7")
        assert isinstance(made, Job)
        return made

    async def job(self, number: int = 1) -> Job:
        async with self.storage.reading() as work:
            job = await work.jobs.get(number)
        assert job is not None
        return job

    def told(self) -> list[Any]:
        return [one.says for one in outbox(self.folder)]

    def kinds(self) -> list[NoticeKind]:
        return [one.notice.kind for one in outbox(self.folder)]


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Any:
    await placed(storage)
    made = Desk(storage, clock, tmp_path)
    task = asyncio.create_task(made.worker.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_they_are_told_every_three_seconds_and_used_once_they_are_here(desk: Desk, clock: HandClock) -> None:
    await desk.ask()
    await clock.advance(0.5)
    for second in range(1, 8):
        desk.shelf.watch(second * 10_000_000, SIZE)
        await clock.advance(1)
    coming = [said for said in desk.told() if isinstance(said, WeightsComing)]
    assert len(coming) == 2
    assert [said.total for said in coming] == [SIZE, SIZE]
    assert coming[-1].got > coming[0].got > 0
    assert coming[-1].speed == pytest.approx(10_000_000, rel=0.1)
    assert await desk.choosing.look() == Choice("auto", "tiny"), "not before they are here"
    desk.shelf.comes.put_nowait(None)
    await clock.settled()
    assert desk.told()[-1] == WeightsHere("base", SIZE, "discord:7")
    assert await desk.choosing.look() == Choice("whisper", "base")
    assert (await desk.job()).state is JobState.DONE
    assert {one.notice.subject for one in outbox(desk.folder)} == {"job:1"}, "one post from begin to end"


async def test_asked_for_twice_they_are_fetched_once(desk: Desk) -> None:
    assert (await desk.ask()).id == (await desk.ask()).id
    assert (await desk.ask("small")).id != (await desk.ask()).id


async def test_those_that_are_here_are_used_at_once(desk: Desk) -> None:
    desk.shelf.here.add("base")
    assert isinstance(await desk.service.ask("base", HERE, "console:you", ""), Weights)
    assert await desk.choosing.look() == Choice("whisper", "base")


async def test_what_is_no_model_is_refused_before_there_is_a_job(desk: Desk) -> None:
    with pytest.raises(Missing, match="MODEL"):
        await desk.ask("huge")
    assert desk.told() == []


async def test_a_hub_that_is_down_is_asked_again_and_people_see_until_when(desk: Desk, clock: HandClock) -> None:
    await desk.ask()
    await clock.advance(0.5)
    desk.shelf.watch(61_000_000, SIZE)
    await clock.advance(3)
    desk.shelf.comes.put_nowait(Transient("WEIGHTS_BUSY", retry_after=90, host="hub"))
    await clock.settled()
    waits = desk.told()[-1]
    assert (waits.waits, waits.got, waits.total) == ("WEIGHTS_BUSY", 61_000_000, SIZE)
    assert (waits.until - clock.now()).total_seconds() == pytest.approx(90)
    assert desk.service.state(await desk.job()) == waits
    desk.shelf.comes.put_nowait(None)
    await clock.advance(91)
    assert isinstance(desk.told()[-1], WeightsHere)


async def test_no_room_is_told_at_once_and_can_be_tried_again(desk: Desk, clock: HandClock) -> None:
    await desk.ask()
    desk.shelf.comes.put_nowait(Denied("WEIGHTS_ROOM", x="base", need=212, free=90))
    await clock.advance(0.5)
    said = desk.told()[-1]
    assert said == NoWeights(1, "base", "WEIGHTS_ROOM", {"x": "base", "need": 212, "free": 90}, "discord:7")
    assert desk.service.state(await desk.job()) == said
    assert (await desk.ask()).id == 2
    assert await desk.choosing.look() == Choice("auto", "tiny")


async def test_who_cancels_is_told_that_what_came_stays(desk: Desk, clock: HandClock) -> None:
    await desk.ask()
    await clock.advance(0.5)
    await desk.service.cancel(1, HERE)
    await clock.advance(1)
    assert desk.told()[-1] == NoWeights(1, "base", "CANCELLED", only="discord:7")
    assert desk.worker.running == {}
    with pytest.raises(Missing, match="NOT_FOUND"):
        await desk.service.cancel(1, HERE)


async def test_another_place_cancels_nothing(desk: Desk, clock: HandClock) -> None:
    await desk.ask()
    with pytest.raises(Missing, match="NOT_FOUND"):
        await desk.service.cancel(1, "discord:there")


async def test_what_takes_longer_than_an_attempt_may_goes_on_in_the_next(desk: Desk, clock: HandClock) -> None:
    unwatched = desk.shelf.watch

    async def begun() -> bool:
        await clock.advance(0.5)
        return desk.shelf.watch is not unwatched

    await desk.ask()
    await until(begun)
    for _ in range(26 * 6):  # in steps in which its lease is renewed
        await clock.advance(10)
    await until(desk.kinds)
    assert desk.kinds()[-1] is NoticeKind.WEIGHTS_COMING
    desk.shelf.comes.put_nowait(None)

    async def here() -> bool:
        await clock.advance(1)
        return isinstance(desk.told()[-1], WeightsHere)

    await until(here)


async def test_the_state_of_a_job_is_what_is_told_of_it(desk: Desk, clock: HandClock) -> None:
    await desk.ask()
    assert desk.service.state(await desk.job()) == WeightsComing(1, "base", only="discord:7")
    desk.shelf.comes.put_nowait(None)
    await clock.advance(0.5)
    assert desk.service.state(await desk.job()) == WeightsHere("base", SIZE, "discord:7")
