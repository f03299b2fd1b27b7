"""From a hit to the posted clip of OBS: through the real queue, a loopback OBS that needs 0.6 s to save, and the outbox."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.replays import replaying_of
from core.adapters.clips.ring import RingClipper
from core.adapters.clock import SystemClock
from core.model.clip import Source
from core.model.live import Look
from core.model.notice import Notice
from core.model.person import Platform
from core.model.trigger import Hit, Where
from core.ports.messenger import Pace
from core.services.clipping import Clipping
from core.services.clipping.replaying import Replaying
from core.services.delivering import Delivering
from core.services.lives.scene import Scene
from core.services.working import Working
from core.settings import load
from storage.database import Database
from storage.news import News
from tests.builders import armed, followed
from tests.core.adapters.media.conftest import play
from tests.platforms.obs import LoopbackObs
from tests.recordings.recorder import record
from tests.waiting import Standstill, until

HERE = "console:here"
SAVES = 0.6  # seconds a real OBS was seen to need
HITS, AT_MOST = 20, 1.5  # seconds after the save


@dataclass
class Channel:
    """A messenger that notes when what was posted."""

    repeats_for: float = 3600.0
    per_second: float = 1000.0
    posts: list[tuple[float, Notice]] = field(default_factory=list)

    def pace(self, address: str) -> Pace:
        return Pace(address)

    async def find(self, notice: Notice, nonce: str, since: object) -> str | None:
        return None

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        self.posts.append((time.monotonic(), notice))
        return str(len(self.posts))


@dataclass
class Evening:
    database: Database
    clock: SystemClock
    channel: Channel
    obs: LoopbackObs
    replaying: Replaying
    scene: Scene

    async def hit(self, by: str) -> None:
        trigger = await armed(self.database, f"word of {by}", HERE)
        now = self.clock.now()
        second = self.scene.second_of(now)
        async with self.database.work() as work:
            hit = Hit(0, trigger.id, self.scene.live.id, HERE, "word", Where.CHAT, now, second, "word", 0, 4, by)
            await self.replaying.clipping.wish(work, self.scene, await work.hits.add(hit))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What OBS recorded: 20 seconds."""
    return record(tmp_path_factory.mktemp("sample") / "sample.mkv", 20, form="matroska", size=(1280, 720))


@pytest.fixture
async def evening(template: Path, tmp_path: Path, sample: Path) -> AsyncIterator[Evening]:
    shutil.copy(template, tmp_path / "earshot.db")
    database, clock, channel = Database("", tmp_path), SystemClock(), Channel()
    await database.open()
    async with LoopbackObs("secret", sample, tmp_path / "obs", save_delay=SAVES) as obs:
        settings = load(dotenv=None, DATA_DIR=tmp_path, OBS_URL=obs.url, OBS_PASSWORD="secret")
        replaying = replaying_of(
            settings, clock, database, Clipping(database, clock, RingClipper(), tmp_path / "clips")
        )
        await followed(database, "maria", HERE)
        working = Working(database, clock, replaying.handlers)
        delivering = Delivering(database, clock, {Platform.CONSOLE: channel})
        database.on = {News.TOLD: delivering.soon, News.ASKED: working.soon}
        runs = [asyncio.create_task(part.run()) for part in (working, delivering, replaying)]
        async with database.work() as work:
            account = await work.accounts.ensure("maria")  # type: ignore[arg-type]
            follows = tuple(await work.follows.of_account(account.id))
            live, _ = await work.lives.begin(account, Look(clock.now(), True, "7300", "x", started=clock.now()), [HERE])
        assert replaying.replays is not None
        await until(lambda: replaying.replays is not None and replaying.replays.state.buffer)
        yield Evening(database, clock, channel, obs, replaying, Scene(live, account, follows))
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
    await database.close()


async def test_a_clip_is_posted_soon_after_obs_has_saved_it(evening: Evening) -> None:
    late = []
    for n in range(HITS):
        began = time.monotonic()
        with Standstill() as still:
            await evening.hit(f"chatter{n}")
            await until(lambda: len(evening.channel.posts) > n)  # noqa: B023  looked at before the next round
        late.append(evening.channel.posts[n][0] - began - SAVES - still.seconds)
    late.sort()
    p95 = late[round(0.95 * HITS) - 1]
    print(f"\nobs: clip posted p50 {late[HITS // 2]:.3f} s, p95 {p95:.3f} s after the save", flush=True)
    assert p95 <= AT_MOST
    said = [notice.tells() for _, notice in evening.channel.posts]
    assert [one.shown.split("_")[0] for one in said] == [f"chatter{n}" for n in range(HITS)]  # type: ignore[union-attr]
    assert {one.source for one in said} == {Source.OBS}  # type: ignore[union-attr]
    played = play(Path(said[0].path))  # type: ignore[union-attr]
    assert (played.errors, played.first_key, played.faststart) == (0, True, True)


async def test_fifty_hits_in_a_burst_are_as_many_clips_as_obs_saved_files(evening: Evening) -> None:
    for n in range(50):
        await evening.hit(f"chatter{n}")
        await asyncio.sleep(0.02)  # the pace of the hits: this is no waiting

    async def calm() -> bool:
        async with evening.database.reading() as work:
            return await work.jobs.unfinished() == 0

    await until(calm)
    saved = evening.obs.asked("SaveReplayBuffer")
    files = list(evening.obs.record.iterdir())
    await until(lambda: len(evening.channel.posts) >= len(files))
    assert len(evening.channel.posts) == len(files) == saved < 25
    names = [notice.tells().shown.split("_")[0] for _, notice in evening.channel.posts]  # type: ignore[union-attr]
    assert len(set(names)) == len(names)
    assert names[0] == "chatter0"


async def test_a_replay_somebody_saves_in_obs_is_posted_too(evening: Evening) -> None:
    await evening.obs.press()
    await until(lambda: evening.channel.posts)
    said = evening.channel.posts[0][1].tells()
    assert said.shown.startswith("OBS_replay_")  # type: ignore[union-attr]
