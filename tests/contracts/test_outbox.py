"""What every outbox must do, and that killing couriers loses no notice and tells none twice."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.model.notice import Delivery, DeliveryState, Notice, NoticeKind
from core.ports.store import Work
from storage.database import Database

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
HERE = "telegram:-100:7"
ALL = ("console", "discord", "telegram")
Working = Callable[[], AbstractAsyncContextManager[Work]]


def notice(key: str, **changed: Any) -> Notice:
    values = {"place": "telegram:-100", "address": HERE, "subject": f"subject {key}", **changed}
    return Notice(NoticeKind.HIT, key, **values)


async def claim(work: Work, at: datetime = NOW, platforms: tuple[str, ...] = ALL, limit: int = 50) -> list[Delivery]:
    return await work.outbox.claim("courier", platforms, at, LEASE, limit)


async def keys(work: Work, at: datetime = NOW) -> list[str]:
    """The keys of what is claimed, and settled as sent."""
    claimed = await claim(work, at)
    for delivery in claimed:
        assert await work.outbox.settle(delivery, DeliveryState.SENT, at, external=f"id of {delivery.notice.key}")
    return [delivery.notice.key for delivery in claimed]


class TestOutbox:
    """One contract, every implementation."""

    async def test_a_notice_goes_out_once_and_comes_back_as_it_was(self, working: Working):
        told = notice("a", facts={"quote": "é", "list": [1, None]}, silent=True)
        async with working() as work:
            assert await work.outbox.put(told, NOW)
            assert not await work.outbox.put(told, NOW)
            assert [head.address for head in await work.outbox.heads(ALL, NOW, 5)] == [HERE]
        async with working() as work:
            (delivery,) = await claim(work)
            assert delivery.notice == told
            assert (delivery.state, delivery.attempt, delivery.epoch) == (DeliveryState.SENDING, 1, 1)
            assert delivery.first_tried == NOW
        async with working() as work:
            assert await work.outbox.settle(delivery, DeliveryState.SENT, NOW, external="77")
            assert await work.outbox.heads(ALL, NOW, 5) == []
            assert not await work.outbox.put(told, NOW)
            assert await work.outbox.post_of(HERE, "subject a") == "77"
            assert (await work.outbox.counts())[DeliveryState.SENT] == 1

    async def test_every_copy_of_a_post_is_known_by_its_subject_in_its_own_place(self, working: Working):
        async with working() as work:
            for key, address in (("a", HERE), ("b", "console:else"), ("c", HERE)):
                await work.outbox.put(replace(notice(key), address=address, subject="risk:1"), NOW)
            await work.outbox.put(
                replace(notice("d"), place="console:there", address="console:1", subject="risk:1"), NOW
            )
            assert await work.outbox.told_at(notice("a").place, "risk:1") == sorted([HERE, "console:else"])
            assert await work.outbox.told_at(notice("a").place, "risk:2") == []

    async def test_the_last_of_a_family_of_subjects_is_found_in_its_own_place(self, working: Working):
        async with working() as work:
            for key, subject in (("a", "rolling:1:5"), ("b", "rolling:1:9"), ("c", "rolling:11:7"), ("d", "risk:1")):
                await work.outbox.put(replace(notice(key), subject=subject), NOW)
            last = await work.outbox.latest(notice("a").place, "rolling:1:")
            assert last is not None
            assert (last.key, last.subject) == ("b", "rolling:1:9")
            assert await work.outbox.latest("console:there", "rolling:1:") is None

    async def test_doubts_are_those_of_one_chat_its_topics_and_its_replies(self, working: Working):
        chats = ("telegram:-10", "telegram:-10/7", "telegram:-10#m5", "telegram:-101", "telegram:1", "discord:-10")
        async with working() as work:
            for number, address in enumerate(chats):
                await work.outbox.put(notice(f"{number}", address=address), NOW)
            claimed = {one.notice.key: one for one in await claim(work)}
            lost, flying = claimed["0"], claimed["1"]
            await work.outbox.put(notice("waits", address="telegram:-10"), NOW)
            assert await work.outbox.settle(lost, DeliveryState.UNKNOWN, NOW)
            doubtful = await work.outbox.doubtful("telegram:-10")
            assert [one.notice.key for one in doubtful] == ["0", "1", "2"]
            assert [one.state for one in doubtful] == ["unknown", "sending", "sending"]
            assert await work.outbox.settle(flying, DeliveryState.SENT, NOW, external="5")
            assert await work.outbox.settle(doubtful[0], DeliveryState.SENT, NOW, external="4")
            assert not await work.outbox.settle(flying, DeliveryState.SENT, NOW, external="6")
            assert [one.notice.key for one in await work.outbox.doubtful("telegram:-10")] == ["2"]

    async def test_what_waits_can_be_withdrawn_and_nothing_else(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)
            await claim(work)
            await work.outbox.put(notice("b"), NOW)
            assert [await work.outbox.withdraw(key, NOW) for key in ("a", "b", "b", "c")] == [False, True, False, False]
            assert (await work.outbox.counts())[DeliveryState.REPLACED] == 1

    async def test_the_newest_about_a_subject_is_known(self, working: Working):
        async with working() as work:
            for key, address in (("a", HERE), ("b", HERE), ("c", "console:else")):
                await work.outbox.put(notice(key, address=address, subject="risk:1"), NOW)
            newest = await work.outbox.newest(HERE, "risk:1")
            assert newest is not None
            assert newest.key == "b"
            assert await work.outbox.newest(HERE, "risk:2") is None

    async def test_one_is_in_flight_per_address_and_the_order_is_kept(self, working: Working):
        async with working() as work:
            for key in ("a", "b", "c"):
                await work.outbox.put(notice(key), NOW)
            await work.outbox.put(notice("elsewhere", address="discord:1"), NOW)
            assert sorted(d.notice.key for d in await claim(work)) == ["a", "elsewhere"]
            assert await work.outbox.heads(ALL, NOW, 5) == []
            assert await claim(work) == []
        async with working() as work:
            assert await keys(work) == []

    async def test_the_next_goes_when_the_one_before_is_settled(self, working: Working):
        async with working() as work:
            for key in ("a", "b"):
                await work.outbox.put(notice(key), NOW)
            assert [await keys(work), await keys(work), await keys(work)] == [["a"], ["b"], []]

    async def test_posts_go_before_edits(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("edit", edits=True), NOW)
            await work.outbox.put(notice("post"), NOW)
            assert [await keys(work), await keys(work)] == [["post"], ["edit"]]

    async def test_a_newer_edit_replaces_a_waiting_one_of_the_same_subject(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("e1", edits=True, subject="s"), NOW)
            await work.outbox.put(notice("e2", edits=True, subject="s"), NOW)
            await work.outbox.put(notice("other", edits=True, subject="t"), NOW)
            await work.outbox.put(notice("elsewhere", edits=True, subject="s", address="telegram:2"), NOW)
            assert (await work.outbox.counts())[DeliveryState.REPLACED] == 1
            assert sorted([*await keys(work), *await keys(work)]) == ["e2", "elsewhere", "other"]
            assert not await work.outbox.put(notice("e1", edits=True, subject="s"), NOW)

    async def test_an_edit_replaces_neither_posts_nor_what_is_on_its_way(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("post", subject="s"), NOW)
            assert await keys(work) == ["post"]
            await work.outbox.put(notice("e1", edits=True, subject="s"), NOW)
            (flying,) = await claim(work)
            await work.outbox.put(notice("e2", edits=True, subject="s"), NOW)
            assert await work.outbox.settle(flying, DeliveryState.SENT, NOW)
            assert await keys(work) == ["e2"]

    async def test_an_edit_in_place_of_one_that_was_told_to_wait_waits_as_long(self, working: Working):
        later = NOW + timedelta(seconds=20)
        async with working() as work:
            await work.outbox.put(notice("e1", edits=True, subject="s"), NOW)
            (delivery,) = await claim(work)
            await work.outbox.settle(delivery, DeliveryState.RETRY, NOW, due=later)
            await work.outbox.put(notice("e2", edits=True, subject="s"), NOW)
            assert await keys(work, NOW) == []
            assert await keys(work, later) == ["e2"]

    async def test_a_retry_holds_its_address_until_it_is_due_and_no_other(self, working: Working):
        later = NOW + timedelta(seconds=20)
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)
            await work.outbox.put(notice("b"), NOW)
            (delivery,) = await claim(work)
            assert await work.outbox.settle(delivery, DeliveryState.RETRY, NOW, reason="429", due=later)
            await work.outbox.put(notice("c", address="discord:1"), NOW)
            assert await keys(work, NOW) == ["c"]
            (again,) = await claim(work, later)
            assert (again.notice.key, again.attempt, again.epoch, again.reason) == ("a", 2, 2, "429")
            assert again.first_tried == NOW

    async def test_only_the_platforms_asked_for_and_no_more_than_the_limit(self, working: Working):
        async with working() as work:
            for number in range(4):
                await work.outbox.put(notice(f"t{number}", address=f"telegram:{number}"), NOW)
                await work.outbox.put(notice(f"d{number}", address=f"discord:{number}"), NOW)
            assert await work.outbox.heads(("console",), NOW, 5) == []
            assert [d.notice.key for d in await claim(work, platforms=("discord",), limit=3)] == ["d0", "d1", "d2"]

    async def test_what_died_while_sending_is_stale_and_never_claimed(self, working: Working):
        late = NOW + LEASE
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)
            await work.outbox.put(notice("b"), NOW)
            (dead,) = await claim(work)
            assert await work.outbox.stale("telegram", NOW) == []
            assert await work.outbox.stale("discord", late) == []
            assert await work.outbox.stale("telegram", late) == [dead]
            assert await claim(work, late) == []
            assert await work.outbox.settle(dead, DeliveryState.UNKNOWN, late)
            assert await keys(work, late) == ["b"]
            assert await work.outbox.settle(dead, DeliveryState.SENT, late, external="found")
            assert await work.outbox.post_of(HERE, "subject a") == "found"

    async def test_a_courier_that_was_given_up_can_do_no_harm(self, working: Working):
        late = NOW + LEASE
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)
            (slow,) = await claim(work)
            assert await work.outbox.settle(slow, DeliveryState.RETRY, late)
            assert not await work.outbox.settle(slow, DeliveryState.SENT, late, external="1")
            (quick,) = await claim(work, late)
            assert not await work.outbox.settle(slow, DeliveryState.DEAD, late)
            assert await work.outbox.settle(quick, DeliveryState.SENT, late, external="2")
            assert await work.outbox.post_of(HERE, "subject a") == "2"

    async def test_the_dead_free_their_address(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)
            await work.outbox.put(notice("b"), NOW)
            (delivery,) = await claim(work)
            assert await work.outbox.settle(delivery, DeliveryState.DEAD, NOW, reason="403")
            assert await keys(work) == ["b"]
            assert await work.outbox.post_of(HERE, "subject a") == ""

    async def test_the_post_of_a_subject_is_its_first_message_or_what_an_edit_became(self, working: Working):
        async with working() as work:
            for key in ("first", "second"):
                await work.outbox.put(notice(key, subject="s"), NOW)
                await keys(work)
            assert await work.outbox.post_of(HERE, "s") == "id of first"
            assert await work.outbox.post_of("telegram:other", "s") == ""
            await work.outbox.put(notice("edit", subject="s", edits=True), NOW)
            await keys(work)
            assert await work.outbox.post_of(HERE, "s") == "id of edit"

    async def test_a_claim_that_is_not_committed_never_happened(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)

        async def claim_and_fail() -> None:
            async with working() as work:
                await claim(work)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await claim_and_fail()
        async with working() as work:
            assert (await claim(work))[0].epoch == 1

    async def test_what_is_urgent_goes_before_everything_and_waits_for_nothing_but_the_urgent(self, working: Working):
        async with working() as work:
            for key, more in (
                ("edit", {"edits": True}),
                ("post", {}),
                ("urgent edit", {"edits": True, "urgent": True}),
                ("alert", {"urgent": True}),
            ):
                await work.outbox.put(notice(key, **more), NOW)
            order = [key for _ in range(4) for key in await keys(work)]
            assert order == ["alert", "urgent edit", "post", "edit"]

    async def test_behind_an_urgent_edit_the_first_post_is_offered_too(self, working: Working):
        async with working() as work:
            for number in range(2):
                await work.outbox.put(notice(f"post{number}"), NOW)
            await work.outbox.put(notice("edit", edits=True, urgent=True), NOW)
            heads = await work.outbox.heads(("telegram",), NOW, 10)
            assert [(head.address, head.edits) for head in heads] == [(HERE, True), (HERE, False)]
            claimed = await work.outbox.claim("c", ALL, NOW, LEASE, 10, only=heads[1:])
            assert [delivery.notice.key for delivery in claimed] == ["post0"]

    async def test_of_what_was_chosen_only_what_still_waits_is_claimed(self, working: Working):
        async with working() as work:
            for key, more in (("a", {"edits": True, "subject": "s"}), ("b", {"address": "discord:1"})):
                await work.outbox.put(notice(key, **more), NOW)
            chosen = await work.outbox.heads(ALL, NOW, 10)
            await work.outbox.put(notice("newer", edits=True, subject="s"), NOW)
            claimed = await work.outbox.claim("c", ALL, NOW, LEASE, 10, only=chosen)
            assert [delivery.notice.key for delivery in claimed] == ["b"]
            assert await work.outbox.claim("c", ALL, NOW, LEASE, 10, only=chosen) == []


COURIER = """
import asyncio, os, sys
from datetime import datetime, timedelta
from pathlib import Path
from core.model.notice import DeliveryState
from storage.database import Database

async def main():
    database = Database("", Path(sys.argv[1]))
    now, platform = datetime.fromisoformat(sys.argv[2]), os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND)
    await database.open()
    async with database.work() as work:
        for delivery in await work.outbox.stale("telegram", now):
            assert await work.outbox.settle(delivery, DeliveryState.UNKNOWN, now)
    while True:
        async with database.work() as work:
            deliveries = await work.outbox.claim("c", ["telegram"], now, timedelta(seconds=30), 5)
        if not deliveries:
            break
        for delivery in deliveries:
            os.write(platform, (delivery.notice.key + "\\n").encode())
            print(delivery.notice.key, flush=True)
            async with database.work() as work:
                assert await work.outbox.settle(delivery, DeliveryState.SENT, now, external="x")
    await database.close()

asyncio.run(main())
"""


async def test_killing_couriers_tells_nothing_twice_and_loses_nothing_silently(tmp_path: Path):
    """kill -9 between sending and writing it down; what arrived at the platform is one line each in a file."""
    database = Database("", tmp_path)
    await database.open()
    async with database.work() as work:
        for number in range(100):
            await work.outbox.put(notice(f"k{number}", address=f"telegram:{number % 10}"), NOW)
    platform = tmp_path / "platform"
    platform.touch()
    kills = 0
    for generation in range(20):
        now = NOW + generation * LEASE
        command = [sys.executable, "-c", COURIER, str(tmp_path), now.isoformat(), str(platform)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as courier:
            assert courier.stdout is not None
            for told, _ in enumerate(courier.stdout, 1):
                if told == 28 + generation:
                    courier.kill()
                    break
            killed = courier.wait(timeout=60) != 0
        kills += killed
        if not killed:
            break
    arrived = platform.read_text().split()
    assert len(arrived) == len(set(arrived))
    async with database.reading() as work:
        counts = await work.outbox.counts()
    assert counts[DeliveryState.SENT] + counts[DeliveryState.UNKNOWN] == 100
    assert counts[DeliveryState.SENT] <= len(arrived) <= 100
    assert kills >= 2
    assert counts[DeliveryState.UNKNOWN] <= kills * 5
    for address in range(10):
        order = [int(key[1:]) for key in arrived if int(key[1:]) % 10 == address]
        assert order == sorted(order)
    await database.close()
