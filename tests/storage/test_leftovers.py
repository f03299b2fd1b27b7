"""What is left over: found in pages, let go by the same rule, and nothing that anybody may still need."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from core.model.account import Handle
from core.model.clip import Cut
from core.model.feed import Event, Feed
from core.model.keep import Matter
from core.model.live import LiveStatus, Look
from core.model.notice import DeliveryState, Notice, NoticeKind
from core.model.person import Place
from core.model.usage import Usage
from core.model.video import Video
from core.ports.stores.leftovers import Key, Leftover, Since
from storage.database import Database
from tests.builders import judged, outbox, rows
from tests.storage.conftest import NOW, Stage

SINCE = Since(NOW, *(NOW - timedelta(days=days) for days in (90, 30, 30, 400)))
LONG_AGO, LATELY = NOW - timedelta(days=91), NOW - timedelta(days=89)
HERE = "console:here"
ENDS = (DeliveryState.SENT, DeliveryState.REPLACED, DeliveryState.DEAD)


async def let_go(database: Database, what: Leftover, limit: int = 500) -> int:
    """Everything, `limit` at a time."""
    gone, keys = 0, await find(database, what, limit)
    while keys:
        async with database.work() as work:
            gone += await work.leftovers.let_go(what, SINCE, keys)
        keys = await find(database, what, limit, keys[-1])
    return gone


async def find(database: Database, what: Leftover, limit: int = 500, after: Key = ()) -> list[Key]:
    async with database.reading() as work:
        return await work.leftovers.find(what, SINCE, limit, after)


async def told(
    database: Database, key: str, at: datetime, state: DeliveryState = DeliveryState.SENT, **more: Any
) -> None:
    """A post that came to `state` then."""
    made = Notice(NoticeKind.SAID, key, HERE, "discord:901", key, {})
    async with database.work() as work:
        await work.outbox.put(replace(made, **more), at)
        (delivery,) = await work.outbox.claim("c", ("discord",), at, timedelta(minutes=1), 1)
        await work.outbox.settle(delivery, state, at, external="7")


def keys_in(folder: Path) -> list[str]:
    return [one.notice.key for one in outbox(folder)]


# ---------------------------------------------------------------- posts


@pytest.mark.parametrize("state", ENDS)
async def test_posts_that_came_to_their_end_long_ago_go(database: Database, tmp_path: Path, state: DeliveryState):
    await told(database, "old", LONG_AGO, state)
    await told(database, "new", LATELY, state)
    assert await let_go(database, Leftover.TOLD) == 1
    assert keys_in(tmp_path) == ["new"]


async def test_posts_that_wait_or_whose_fate_nobody_knows_stay(database: Database, tmp_path: Path):
    await told(database, "unknown", LONG_AGO, DeliveryState.UNKNOWN)
    await told(database, "retry", LONG_AGO, DeliveryState.RETRY)
    async with database.work() as work:
        await work.outbox.put(Notice(NoticeKind.SAID, "new", HERE, "discord:902", "new"), LONG_AGO)
    assert await let_go(database, Leftover.TOLD) == 0
    assert keys_in(tmp_path) == ["unknown", "retry", "new"]


async def test_posts_of_a_live_stay_until_it_has_ended(database: Database, tmp_path: Path, stage: Stage):
    await told(database, "start", LONG_AGO, kind=NoticeKind.LIVE_STARTED, facts={"live_id": stage.live.id})
    for status in (LiveStatus.LIVE, LiveStatus.LOST):
        async with database.work() as work:
            await work.lives.set_status(stage.live.id, status)
        assert await let_go(database, Leftover.TOLD) == 0
    async with database.work() as work:
        await work.lives.set_status(stage.live.id, LiveStatus.ENDED, LONG_AGO)
    assert await let_go(database, Leftover.TOLD) == 1
    assert keys_in(tmp_path) == []


async def test_alerts_can_be_decided_for_as_long_as_they_are_stored(database: Database, stage: Stage):
    async with database.work() as work:
        await work.lives.set_status(stage.live.id, LiveStatus.ENDED, LONG_AGO)
        number = await work.alerts.assessed(stage.live.id, judged(), LONG_AGO)
        alert = await work.alerts.raise_(stage.here, stage.live.id, number, LONG_AGO)
    facts = {"live_id": stage.live.id, "alert_id": alert.id}
    await told(database, "risk", LONG_AGO, kind=NoticeKind.RISK, subject=f"risk:{alert.id}", facts=facts)
    await told(database, "gone", LONG_AGO, kind=NoticeKind.RISK, facts={**facts, "alert_id": 99})
    assert await let_go(database, Leftover.TOLD) == 1
    async with database.reading() as work:
        assert await work.outbox.told_at(HERE, f"risk:{alert.id}") == ["discord:901"]


async def test_much_is_found_in_pages(database: Database, tmp_path: Path):
    for number in range(7):
        await told(database, f"n{number}", LATELY if number == 3 else LONG_AGO)
    pages: list[Sequence[Key]] = [await find(database, Leftover.TOLD, 2)]
    while pages[-1]:
        pages.append(await find(database, Leftover.TOLD, 2, pages[-1][-1]))
    assert [len(page) for page in pages] == [2, 2, 2, 0]
    assert await let_go(database, Leftover.TOLD, 2) == 6
    assert keys_in(tmp_path) == ["n3"]


async def test_what_is_not_left_over_any_more_when_it_comes_to_it_stays(database: Database, stage: Stage):
    await told(database, "start", LONG_AGO, facts={"live_id": stage.live.id})
    async with database.work() as work:
        await work.lives.set_status(stage.live.id, LiveStatus.ENDED, LONG_AGO)
    keys = await find(database, Leftover.TOLD)
    async with database.work() as work:
        await work.lives.set_status(stage.live.id, LiveStatus.LIVE)
        assert await work.leftovers.let_go(Leftover.TOLD, SINCE, keys) == 0


# ---------------------------------------------------------------- shut out


async def test_what_waits_for_an_address_long_closed_is_dead_and_says_why(database: Database, tmp_path: Path):
    async with database.work() as work:
        await work.places.put(Place("discord:left", "left", left=NOW - timedelta(days=31)))
        for key, place, address in (
            ("shut", HERE, "discord:1"),
            ("soon", HERE, "discord:2"),
            ("open", HERE, "discord:3"),
            ("left", "discord:left", "discord:4"),
        ):
            await work.outbox.put(Notice(NoticeKind.RISK, key, place, address, key), NOW - timedelta(hours=1))
        for address, days in (("discord:1", 31), ("discord:2", 29)):
            await work.outbox.close(address, HERE, "NO_POST", NOW - timedelta(days=days), NOW)
    assert await let_go(database, Leftover.SHUT_OUT) == 2
    states = {one.notice.key: (one.state, one.reason) for one in outbox(tmp_path)}
    assert states == {
        "shut": ("dead", "SHUT_OUT"),
        "soon": ("new", ""),
        "open": ("new", ""),
        "left": ("dead", "SHUT_OUT"),
    }
    assert await let_go(database, Leftover.TOLD) == 0  # it has come to its end only now


# ---------------------------------------------------------------- topics


async def topic(database: Database, address: str, about: str) -> None:
    async with database.work() as work:
        await work.topics.put(address, about, "77")


def topics_in(folder: Path) -> list[str]:
    return [row["about"] for row in rows(folder, "select about from topic order by about")]


async def test_threads_of_lives_long_over_or_gone_go(database: Database, tmp_path: Path, stage: Stage):
    async with database.work() as work:
        await work.feeds.put(Feed(HERE, Event.LIVE, "discord:901"))
        account = await work.accounts.ensure(Handle("other"))
        over, _ = await work.lives.begin(account, Look(LONG_AGO, True, "r2", "x"), [HERE])
        late, _ = await work.lives.begin(account, Look(LATELY, True, "r3", "x"), [HERE])
        await work.lives.set_status(over.id, LiveStatus.ENDED, LONG_AGO)
        await work.lives.set_status(late.id, LiveStatus.ENDED, LATELY)
    for number in (stage.live.id, over.id, late.id, 999):
        await topic(database, "discord:901", f"live:{number}")
        await topic(database, "discord:901", f"closed:live:{number}")
    assert await let_go(database, Leftover.TOPICS) == 4
    kept = sorted(f"{word}:{number}" for word in ("live", "closed:live") for number in (stage.live.id, late.id))
    assert topics_in(tmp_path) == kept


async def test_topics_of_accounts_stay_while_the_account_and_the_address_are_known(
    database: Database, tmp_path: Path, stage: Stage
):
    async with database.work() as work:
        await work.places.put(Place("telegram:-100", "Kitchen"))
    for about in (f"account:{stage.account.id}", "account:999", "account:@somebody"):
        await topic(database, "telegram:-100", about)
    await topic(database, "telegram:-200", f"account:{stage.account.id}")
    assert await let_go(database, Leftover.TOPICS) == 2
    assert rows(tmp_path, "select 1 from topic where address = 'telegram:-200'") == []
    assert topics_in(tmp_path) == [f"account:{stage.account.id}", "account:@somebody"]


# ---------------------------------------------------------------- memos


async def test_memos_go_after_their_time_and_those_of_places_that_are_gone(database: Database, tmp_path: Path):
    async with database.work() as work:
        await work.places.put(Place("discord:1", "a"))
        await work.memos.put("said:old", "text", NOW - timedelta(seconds=1))
        await work.memos.put("said:new", "text", NOW + timedelta(seconds=1))
        for place in ("discord:1", "discord:12"):
            for word in ("digest how", "digest told", "held", "suspicions"):
                await work.memos.put(f"{word} {place}", "daily 09:00")
        await work.memos.put("telegram:menus:7", "hash")
    assert await let_go(database, Leftover.MEMOS) == 5
    left = [row["name"] for row in rows(tmp_path, "select name from memo order by name")]
    of_place = ["digest how discord:1", "digest told discord:1", "held discord:1"]
    assert left == [*of_place, "said:new", "suspicions discord:1", "telegram:menus:7"]


async def test_a_memo_put_again_has_its_new_time_and_an_empty_one_is_none(database: Database, tmp_path: Path):
    async with database.work() as work:
        await work.memos.put("a", "1", NOW - timedelta(days=1))
        await work.memos.put("a", "2")
        await work.memos.put("b", "1")
        await work.memos.put("b", "")
        assert await work.memos.get("b") == ""
    assert await let_go(database, Leftover.MEMOS) == 0
    assert [(row["name"], row["value"]) for row in rows(tmp_path, "select * from memo")] == [("a", "2")]


# ---------------------------------------------------------------- work and usage


async def test_work_that_is_over_goes_after_a_month_and_what_failed_after_three(database: Database, tmp_path: Path):
    ended = {"done": 31, "done lately": 29, "dead": 91, "dead lately": 60}
    async with database.work() as work:
        for key in (*ended, "cancelled", "cancelled lately", "waiting", "running"):
            days = 31 if "lately" not in key else 29
            await work.jobs.add("clip", key, {}, NOW - timedelta(days=days), place=HERE)
        jobs = {
            job.key: job for job in await work.jobs.claim("w", ["clip"], NOW - timedelta(days=91), timedelta(0), 99)
        }
        assert jobs == {}
        jobs = {
            job.key: job
            for job in await work.jobs.claim("w", ["clip"], NOW - timedelta(days=29), timedelta(days=99), 99)
        }
        for key, days in ended.items():
            error = "it broke" if key.startswith("dead") else ""
            assert await work.jobs.finish(jobs[key], NOW - timedelta(days=days), error)
        for key in ("cancelled", "cancelled lately"):
            await work.jobs.cancel(jobs[key].id, HERE)
        await work.jobs.give_back(jobs["waiting"], NOW - timedelta(days=500))
    assert await let_go(database, Leftover.JOBS, 2) == 3
    left = [row["key"] for row in rows(tmp_path, "select key from job order by key")]
    assert left == ["cancelled lately", "dead lately", "done lately", "running", "waiting"]


async def test_what_was_heard_more_than_a_year_ago_goes(database: Database, tmp_path: Path):
    async with database.work() as work:
        await work.places.put(Place(HERE, "a"))
        for days in (0, 399, 401, 402, 700):
            await work.usages.add(HERE, Usage((NOW - timedelta(days=days)).date(), "groq", 5.0, 1))
            await work.usages.add(HERE, Usage((NOW - timedelta(days=days)).date(), "captions", 5.0, 1))
    assert await let_go(database, Leftover.USAGE, 2) == 6
    assert len(rows(tmp_path, "select * from usage")) == 4


# ---------------------------------------------------------------- files


async def test_files_are_needed_while_a_row_or_a_job_names_them(database: Database, stage: Stage):
    cut = Cut(Path("elsewhere/clips/12.mp4"), 0.0, 1.0, 4, 1, 1)
    video = Video(0, "7400", Handle("chef"), "Chef", "", "", 1.0, thumbnail=Path("pictures/7400.webp"))
    async with database.work() as work:
        await work.clips.add(stage.live.id, HERE, "x.mp4", cut, NOW, "", "job:12")
        waiting = await work.jobs.add("clip", "clip:1", {}, NOW)
        await work.jobs.add("report", "report:1", {}, NOW)
        (done,) = await work.jobs.claim("w", ["report"], NOW, timedelta(0), 1)
        await work.jobs.finish(done, NOW)
        await work.videos.ensure(video)
        await work.videos.ensure(replace(video, tiktok_id="7401", thumbnail=None))
    async with database.reading() as work:
        assert await work.leftovers.clips() == {"12.mp4", f"{waiting.id}.mp4"}
        assert await work.leftovers.lives() == {stage.live.id}
        assert await work.leftovers.pictures() == {"7400.webp"}


# ---------------------------------------------------------------- what was said


@contextmanager
def looked_for() -> Iterator[list[tuple[str, Any]]]:
    """The selects that are sent meanwhile, with their values."""
    sent: list[tuple[str, Any]] = []

    def sending(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, values))

    event.listen(Engine, "before_cursor_execute", sending)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", sending)


async def test_some_old_lines_of_a_chat_are_found_without_going_through_all_there_are(
    database: Database, tmp_path: Path, stage: Stage
):
    with looked_for() as sent:
        async with database.work() as work:
            await work.leftovers.forget(Matter.CHAT, stage.live.id, 500)
    with closing(sqlite3.connect(tmp_path / "earshot.db")) as connection:
        plans = [[row[3] for row in connection.execute(f"explain query plan {one}", values)] for one, values in sent]
    assert [plan[0].split(" USING ")[0] for plan in plans] == ["SEARCH chat_line", "SEARCH live_event"]
    assert [step for plan in plans for step in plan if "TEMP B-TREE" in step] == []
