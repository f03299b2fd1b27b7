"""What whoever runs Earshot can see and do: its parts, its work, a word to every place; beside whatever runs."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.commands import ALL
from bot.kernel import Kernel
from bot.replies.admin import AtIt, CleanedUp, ConfirmSay, HealthShown, JobList, JobShown, Learned, SaidToAll, Synced
from bot.replies.common import Failed
from bot.wording import plain
from core.errors import Transient
from core.model.job import Job, JobState
from core.model.notice import DeliveryState, Notice, NoticeKind
from core.model.person import Place, Platform, Role
from core.model.risk import Kind, Label, Verdict
from core.services.diagnosing import Diagnosing
from core.services.finding.looking import ALL_NOW
from core.services.offering import Offering
from core.services.tidying import KIND as TIDY
from core.services.videos.ordering import Order
from core.services.videos.reckoning import Reckoning
from core.services.working import Handler
from storage.database import Database
from tests.at_work import at_work
from tests.bot.conftest import Belongings
from tests.builders import judged, rows, told
from tests.waiting import PATIENCE, until

Ask = Callable[..., Asked]


@dataclass
class StagedChat:
    """A chat platform as a test wants it."""

    platform: Platform
    ready: bool = True
    trouble: str = ""
    fault: Exception | None = None

    async def sync(self) -> int:
        if self.fault:
            raise self.fault
        return 26


@dataclass
class SlowClock:
    """It stands until `passes`; then every look is a second after the one before."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    passes: bool = False

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.01)
        if self.passes:
            self.at += timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _on_a_slow_machine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.admin.ANSWERS", timedelta(seconds=PATIENCE))


def by(clock: SlowClock, asked: Asked) -> Asked:
    """As asked by that clock."""
    return replace(asked, house=replace(asked.house, clock=clock))


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items)))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


@asynccontextmanager
async def running(
    asked: Asked, *chats: StagedChat, handlers: Mapping[str, Handler] | None = None
) -> AsyncIterator[None]:
    """An Earshot at work on the same data folder, with a database of its own."""
    house, database = asked.house, Database("", asked.house.settings.DATA_DIR)
    await database.open()
    offering = Offering(database, house.clock, {chat.platform: chat for chat in chats})
    beside = replace(house, storage=database, offering=offering, diagnosing=Diagnosing(house.diagnosing.path))
    async with at_work(beside, handlers):
        yield
    await database.close()


async def test_only_the_owner_may_and_every_name_of_theirs_begins_with_admin() -> None:
    assert {one.name.partition(" ")[0] for one in ALL if one.role is Role.OWNER} == {"admin"}
    assert {one.role for one in ALL if one.name.startswith("admin ")} == {Role.OWNER}


async def test_health_says_plainly_that_nothing_runs_and_what_storage_and_disk_tell(kernel: Kernel, ask: Ask) -> None:
    asked = ask()
    shown = await kernel.press("admin.health", asked)
    assert isinstance(shown, HealthShown)
    codes = {part.code: part.well for part in shown.parts}
    assert codes["NOT_RUNNING"] is False
    assert (codes["STORED"], codes["POSTS"], codes["NO_ENGINE"]) == (True, True, None)
    assert {"DISK", "DISK_TIGHT", "DISK_FULL"} & set(codes)
    assert not any(code.startswith(("CHAT", "NO_CHAT")) for code in codes)
    lines = text(draw(shown, asked.words)).split("\n")
    assert lines[0].startswith("1 part is to be mended")
    assert "Start it with earshot run." in lines[1]


async def test_health_beside_a_running_one_names_its_chats_and_what_is_to_be_mended_first(
    kernel: Kernel, ask: Ask
) -> None:
    began, asked, now = time.time(), ask(), ask().house.clock.now()
    async with asked.house.storage.work() as work:
        await work.places.put(Place("discord:1", "a"))
        for number, address in enumerate(("discord:901", "discord:901", "discord:902")):
            await work.outbox.put(Notice(NoticeKind.SAID, f"{number}", "discord:1", address, f"{number}"), now)
        await work.outbox.close("discord:901", "discord:1", "NO_POST", now, now)
        (late,) = [one for one in await work.outbox.claim("c", ["discord"], now, now - now, 9) if one.notice.key == "2"]
        await work.outbox.settle(late, DeliveryState.UNKNOWN, now)
    telegram = StagedChat(Platform.TELEGRAM, ready=False, trouble="SECOND_POLLER")
    async with running(asked, StagedChat(Platform.DISCORD), telegram):
        shown = await kernel.press("admin.health", asked)
    codes = {part.code: part for part in shown.parts}
    assert (codes["RUNS"].well, codes["CHAT_READY"].well, codes["CHAT_TROUBLE"].well) == (True, True, False)
    assert began - 0.001 <= codes["CHAT_TROUBLE"].values["since"].timestamp() <= time.time()
    assert codes["POSTS_UNKNOWN"].values == {"n": 1}
    assert codes["CLOSED"].values == {"n": 1, "kept": 1}
    lines = text(draw(shown, asked.words)).split("\n")
    assert lines[0].startswith("1 part is to be mended")
    assert "Telegram, since " in lines[1]
    assert "another program uses this token. Stop the other copy, or make a new token." in lines[1]
    assert any("1 channels let me post no more; posts waiting for them: 1." in line for line in lines)


async def test_health_of_one_that_speaks_nowhere_says_what_would_help(kernel: Kernel, ask: Ask) -> None:
    asked = ask()
    async with running(asked):
        shown = await kernel.press("admin.health", asked)
    assert "One will do: DISCORD_TOKEN, TELEGRAM_TOKEN." in text(draw(shown, asked.words))


async def test_work_of_all_places_is_listed_tried_again_and_cancelled(kernel: Kernel, ask: Ask) -> None:
    clock = SlowClock()
    asked, now = by(clock, ask()), clock.at
    async with asked.house.storage.work() as work:
        for number in range(7):
            await work.jobs.add("clip", f"k{number}", {}, now, place="discord:1" if number else "")
        [job] = await work.jobs.claim("w", ["clip"], now, now - now, 1)
        await work.jobs.finish(job, now, "CLIP_GONE")
    clock.at += timedelta(seconds=5)
    listed = await kernel.press("admin.jobs", asked)
    assert isinstance(listed, JobList)
    assert (listed.state, listed.n, len(listed.rows), listed.pages) == (JobState.WAITING, 6, 5, 2)
    assert "admin.jobs:waiting;page=2" in keys(draw(listed, asked.words))
    assert len((await kernel.press("admin.jobs:waiting;page=2", asked)).rows) == 1
    failed = draw(await kernel.press("admin.jobs:failed", asked), asked.words)
    assert "a clip · for 5 s · That part of the live is not kept any more." in text(failed)
    opened = await kernel.press(failed.items[0].key, asked)
    assert isinstance(opened, JobShown)
    assert keys(draw(opened, asked.words)) == [f"admin.retry:{job.id}", "admin.jobs"]
    again = await kernel.press(f"admin.retry:{job.id}", asked)
    assert (again.job.state, again.job.attempt) == (JobState.WAITING, 0)
    assert f"admin.cancel:{job.id}" in keys(draw(again, asked.words))
    assert (await kernel.press(f"admin.cancel:{job.id}", asked)).job.state is JobState.CANCELLED
    assert (await kernel.press("admin.job:99", asked)).code == "NOT_FOUND"


async def test_everybody_is_looked_at_now_by_whatever_process_looks(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    async def wished() -> int:
        async with ask().house.storage.reading() as work:
            return await work.revisions.of(ALL_NOW)

    before = await wished()
    shown = await kernel.press("admin.run:check accounts", ask())
    assert (shown.n, await wished()) == (1, before + 1)
    assert (await kernel.press("admin.run:back up", ask())).code == "CHOICE"


async def test_a_word_to_every_place_is_shown_first_and_sent_once(kernel: Kernel, ask: Ask, tmp_path: Path) -> None:
    asked, now = ask(), ask().house.clock.now()
    async with asked.house.storage.work() as work:
        await work.places.put(Place("discord:1", "a", address="discord:901", set_up=now))
        await work.places.put(Place("telegram:77", "private"))
    long = "Down on Sunday; " * 20
    say = kernel.named("admin say")
    assert say is not None
    draft = await kernel.run(say, {"text": long}, asked)
    assert isinstance(draft, ConfirmSay)
    card = draw(draft, asked.words)
    assert (draft.places, card.quotes[0].text, keys(card)) == (1, long.strip(), [f"admin.send:{draft.number}"])
    assert rows(tmp_path, "select 1 from delivery") == []
    sent = await kernel.press(keys(card)[0], asked)
    assert isinstance(sent, SaidToAll)
    assert sent.places == 1
    assert (await kernel.press(keys(card)[0], asked)).places == 0
    [post] = told(tmp_path, NoticeKind.SAID)
    assert (post.notice.address, post.says.text) == ("discord:901", long.strip())
    [memo] = rows(tmp_path, "select until < datetime('now', '+8 days') as passes from memo where name like 'said:%'")
    assert memo["passes"] == 1
    assert (await kernel.press("admin.send:nothing", asked)).code == "NOT_FOUND"


# ---------------------------------------------------------------- registered again


async def test_nobody_registers_anything_where_nothing_runs(kernel: Kernel, ask: Ask, tmp_path: Path) -> None:
    refused = await kernel.press("admin.sync", ask())
    assert isinstance(refused, Failed)
    assert refused.code == "NOT_RUNNING"
    assert rows(tmp_path, "select 1 from job") == []


async def test_the_running_one_registers_its_commands_and_who_asked_is_told_what_came_of_it(
    kernel: Kernel, ask: Ask
) -> None:
    asked = ask()
    down = StagedChat(Platform.TELEGRAM, fault=Transient("TELEGRAM_DOWN"))
    async with running(asked, StagedChat(Platform.DISCORD), down):
        synced = await kernel.press("admin.sync", asked)
    assert isinstance(synced, Synced)
    said = [(one.platform, one.count, one.why) for one in synced.rows]
    assert said == [("discord", 26, ""), ("telegram", None, "TELEGRAM_DOWN")]
    words = text(draw(synced, asked.words))
    assert "Discord · 26 commands" in words
    assert "Telegram · it did not work: Telegram does not answer" in words


async def test_one_without_chats_has_nothing_to_register(kernel: Kernel, ask: Ask) -> None:
    async with running(ask()):
        refused = await kernel.press("admin.sync", ask())
    assert refused.code == "NO_CHAT"


async def test_what_the_running_one_does_not_take_up_is_not_done_later_either(
    kernel: Kernel, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.admin.ANSWERS", timedelta(seconds=0.3))
    async with running(ask(), StagedChat(Platform.DISCORD), handlers={}):
        refused = await kernel.press("admin.sync", ask())
    assert refused.code == "NO_ANSWER"
    assert [row["state"] for row in rows(tmp_path, "select state from job")] == ["cancelled"]


async def test_what_takes_longer_goes_on_and_can_be_looked_at(kernel: Kernel, ask: Ask) -> None:
    done, clock = asyncio.Event(), SlowClock()

    class Slow(StagedChat):
        async def sync(self) -> int:
            clock.passes = True
            await done.wait()
            return 26

    async with running(ask(), Slow(Platform.DISCORD)):
        shown = await kernel.press("admin.sync", by(clock, ask()))
        assert isinstance(shown, JobShown)
        assert shown.job.state is JobState.RUNNING
        assert "registering the commands" in text(draw(shown, ask().words))
        done.set()
        number = shown.job.id

        async def synced() -> Synced | None:
            now = await kernel.press(f"admin.job:{number}", ask())
            return now if isinstance(now, Synced) else None

        assert (await until(synced)).rows[0].count == 26


async def test_a_mistake_in_registering_is_shown_as_failed_work(kernel: Kernel, ask: Ask) -> None:
    async with running(ask(), StagedChat(Platform.DISCORD, fault=ValueError("odd"))):
        shown = await kernel.press("admin.sync", ask())
    assert isinstance(shown, JobShown)
    assert shown.job.state is JobState.DEAD


# ---------------------------------------------------------------- cleaned up


def left_over(folder: Path) -> Path:
    """A clip that is nobody's."""
    path = folder / "clips" / "8.mp4"
    path.parent.mkdir()
    path.write_bytes(b"x" * 200_000)
    os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    return path


async def test_cleaning_up_is_done_here_when_nothing_runs(kernel: Kernel, ask: Ask, tmp_path: Path) -> None:
    path, asked = left_over(tmp_path), ask()
    done = await kernel.press("admin.run:clean up", asked)
    assert isinstance(done, CleanedUp)
    assert (done.tidied.files, done.tidied.size, path.exists()) == (1, 200_000, False)
    assert text(draw(done, asked.words)) == "Cleaned up.\n1 file nobody needed is gone: 0.2 MB."
    again = draw(await kernel.press("admin.run:clean up", asked), asked.words)
    assert text(again) == "There was nothing to clean up."
    assert plain(again.foot) == "By itself it happens every night."


async def test_cleaning_up_is_done_by_whatever_runs_when_the_asker_has_no_hands(
    kernel: Kernel, ask: Ask, tmp_path: Path
) -> None:
    path, asked = left_over(tmp_path), ask()
    asked = replace(asked, house=replace(asked.house, worker=None))
    async with running(asked):
        done = await kernel.press("admin.run:clean up", asked)
    assert (done.tidied.files, path.exists()) == (1, False)


async def test_learning_is_done_here_or_by_whatever_runs_and_says_of_how_many_places(kernel: Kernel, ask: Ask) -> None:
    asked = ask()
    done = await kernel.press("admin.run:learn from decisions", asked)
    assert text(draw(done, asked.words)).startswith("There was nothing new to learn.")
    async with asked.house.storage.work() as work:
        await work.places.ensure(asked.place)
        number = await work.alerts.assessed(
            None, judged(kind=Kind.CHAT, labels={Label.H: 0.9}), asked.house.clock.now()
        )
        alert = await work.alerts.raise_(asked.place.id, None, number, asked.house.clock.now())
    await asked.house.reviewing.decide(asked.place, alert, Verdict.DISMISSED, asked.person)
    async with running(asked):
        done = await kernel.press(
            "admin.run:learn from decisions", replace(asked, house=replace(asked.house, worker=None))
        )
    assert done == Learned(1)
    assert text(draw(done, asked.words)).startswith("Learned from the decisions of 1 place.")
    assert asked.house.learning.trainer.folder(asked.place.id).is_dir()


async def test_who_waits_for_long_is_shown_how_far_it_is_and_then_let_go(kernel: Kernel, ask: Ask) -> None:
    seen, clock = list[Any](), SlowClock()

    async def meanwhile(reply: Any) -> None:
        seen.append(reply)

    asked = ask()
    asked = replace(asked, house=replace(asked.house, worker=None), meanwhile=meanwhile)

    async def stuck(job: Job) -> Any:
        async with asked.house.storage.work() as work:
            await work.jobs.progress(job, {"done": 3, "of": 8})
        clock.passes = True
        await asyncio.Event().wait()

    async with running(asked, handlers={TIDY: stuck}):
        shown = await kernel.press("admin.run:clean up", by(clock, asked))
    assert isinstance(shown, JobShown)
    assert shown.job.state is JobState.RUNNING
    assert len(seen) == 39, "every three seconds of two minutes"
    assert seen[-1] == AtIt("tidy", 3, 8)
    card = draw(seen[-1], asked.words)
    assert (plain(card.title), card.progress) == ("Still at it: cleaning up", 3 / 8)


@pytest.mark.parametrize(
    "verb", ["admin.health", "admin.jobs", "admin.send:x", "admin.retry:1", "admin.sync", "admin.run:clean up"]
)
async def test_a_manager_is_refused_typed_or_pressed(verb: str, kernel: Kernel, ask: Ask) -> None:
    assert (await kernel.press(verb, ask(Role.MANAGER))).code == "NO_RIGHT"


async def test_work_says_whose_it_is_since_when_how_long_and_why_it_failed(kernel: Kernel, ask: Ask) -> None:
    asked = ask()
    house, now = asked.house, asked.house.clock.now()
    async with house.storage.work() as work:
        await work.places.put(Place("discord:1", "The kitchen"))
        await Reckoning().learn(work, "groq", 30.0, 60.0)
        for number in range(4):
            order = Order(f"74{number}", "chef")
            since = now - timedelta(hours=3) + timedelta(seconds=number)
            await work.jobs.add("transcribe", f"k{number}", order.payload(), since, place="discord:1", by="discord:7")
    listed = draw(await kernel.press("admin.jobs", asked), asked.words)
    assert "j4 · a transcription · discord:1 · for 3 h 00 min · 3 jobs are ahead · about 60 s left" in text(listed)
    assert "waiting · 4 · running · 0" in plain(listed.foot)
    opened = draw(await kernel.press("admin.job:4", asked), asked.words)
    assert "Asked for by discord:7 in The kitchen." in text(opened)
    assert "3 jobs are ahead · about 60 s left" in text(opened)
    async with house.storage.work() as work:
        (job, *_) = await work.jobs.claim("w", ["transcribe"], now, timedelta(minutes=1), 1)
        await work.jobs.progress(job, {"failed": "TOO_LONG", "values": {"m": 90, "n": 60}, "title": "A lecture"})
        await work.jobs.finish(job, now, "TOO_LONG {'m': 90}")
    failed = text(draw(await kernel.press(f"admin.job:{job.id}", asked), asked.words))
    assert "It was “A lecture”." in failed
    assert "That video is 90 min; the limit here is 60 min." in failed
