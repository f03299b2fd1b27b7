"""What every outbox must do about places that let nobody in, posts that are gone, and more than anybody would read."""

from datetime import timedelta

from core.model.notice import DeliveryState
from core.model.person import Place
from core.model.tellable.house import Skipped
from core.ports.outbox import MOST_WAITING
from tests.contracts.test_outbox import ALL, HERE, NOW, Working, claim, keys, notice


class TestPlaces:
    """One contract, every implementation."""

    async def test_nothing_is_claimed_for_a_closed_address_until_it_is_opened_or_tried(self, working: Working):
        probe, later = NOW + timedelta(minutes=15), NOW + timedelta(hours=1)
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)
            await work.outbox.put(notice("elsewhere", address="telegram:-100/8"), NOW)
            assert await work.outbox.close(HERE, "telegram:-100", "NO_POST", NOW, probe)
            assert [head.address for head in await work.outbox.heads(ALL, NOW, 10)] == ["telegram:-100/8"]
            assert len(await work.outbox.heads(ALL, probe, 10)) == 2
            assert not await work.outbox.close(HERE, "telegram:-100", "GONE", probe, later)
            (closed,) = await work.outbox.closed_of("telegram:-100")
            assert (closed.address, closed.since, closed.why, closed.probe) == (HERE, NOW, "GONE", later)
            assert await work.outbox.closed_of("telegram:-1") == []
            for where in (HERE, "telegram:-100"):
                await work.outbox.close(HERE, "telegram:-100", "GONE", probe, later)
                await work.outbox.try_closed("telegram:-1", NOW)
                assert len(await work.outbox.heads(ALL, NOW, 10)) == 1
                await work.outbox.try_closed(where, NOW)
                assert len(await work.outbox.heads(ALL, NOW, 10)) == 2
            assert await work.outbox.reopen(HERE)
            assert not await work.outbox.reopen(HERE)
            assert len(await work.outbox.heads(ALL, NOW, 10)) == 2

    async def test_what_is_closed_is_counted_with_what_waits_for_it(self, working: Working):
        async with working() as work:
            assert await work.outbox.count_closed() == (0, 0)
            for key, address in (("a", HERE), ("b", HERE), ("c", "telegram:-100/8")):
                await work.outbox.put(notice(key, address=address), NOW)
            await work.outbox.close(HERE, "telegram:-100", "NO_POST", NOW, NOW)
            await work.outbox.close("discord:7", "discord:1", "NO_POST", NOW, NOW)
            assert await work.outbox.count_closed() == (2, 2)

    async def test_nothing_is_claimed_for_a_place_that_was_left(self, working: Working):
        async with working() as work:
            await work.places.put(Place("telegram:-100", "Kitchen", left=NOW))
            await work.outbox.put(notice("a"), NOW)
            assert await claim(work) == []
            await work.places.put(Place("telegram:-100", "Kitchen"))
            assert await keys(work) == ["a"]

    async def test_what_certainly_was_not_posted_counts_as_never_tried(self, working: Working):
        later = NOW + timedelta(hours=1)
        async with working() as work:
            await work.outbox.put(notice("a"), NOW)
            (delivery,) = await claim(work)
            await work.outbox.settle(delivery, DeliveryState.RETRY, NOW, due=later, untried=True)
            (again,) = await claim(work, later)
            assert again.first_tried == later

    async def test_a_post_that_was_deleted_is_known_to_have_been(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("a", subject="s"), NOW)
            await keys(work)
            assert not await work.outbox.lost_post(HERE, "s")
            await work.outbox.lose_post(HERE, "s")
            assert await work.outbox.lost_post(HERE, "s")
            assert await work.outbox.post_of(HERE, "s") == ""
            await work.outbox.put(notice("b", subject="s", edits=True), NOW)
            await keys(work)
            assert await work.outbox.post_of(HERE, "s") == "id of b"


class TestCrowds:
    """At most so many wait for one address; what is left out is counted, in one post that is kept up to date."""

    async def test_the_oldest_posts_that_are_not_urgent_are_left_out_and_counted(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("alert", urgent=True), NOW)
            for number in range(MOST_WAITING + 10):
                await work.outbox.put(notice(f"n{number}"), NOW + timedelta(seconds=number))
            counts = await work.outbox.counts()
            assert counts[DeliveryState.NEW] == MOST_WAITING
            late = NOW + timedelta(hours=1)
            assert await keys(work, late) == ["alert"]
            (skipped,) = await claim(work, late)
            assert skipped.notice.tells() == Skipped(12, NOW, NOW + timedelta(seconds=11))
            assert (skipped.notice.silent, skipped.notice.place) == (True, "telegram:-100")
            await work.outbox.settle(skipped, DeliveryState.SENT, late)
            assert await keys(work, late) == ["n12"]

    async def test_one_that_was_told_begins_anew_when_there_is_too_much_again(self, working: Working):
        async with working() as work:
            for number in range(MOST_WAITING + 1):
                await work.outbox.put(notice(f"n{number}"), NOW)
            (first,) = await claim(work)
            await work.outbox.settle(first, DeliveryState.SENT, NOW)
            for number in range(3):
                await work.outbox.put(notice(f"m{number}"), NOW)
            (second,) = await claim(work)
            assert (first.notice.tells().count, second.notice.tells().count) == (2, 3)
            assert first.notice.key != second.notice.key

    async def test_other_addresses_are_left_alone(self, working: Working):
        async with working() as work:
            await work.outbox.put(notice("other", address="telegram:-100"), NOW)
            for number in range(MOST_WAITING + 1):
                await work.outbox.put(notice(f"n{number}"), NOW)
            assert "other" in await keys(work)

    async def test_alerts_alone_are_left_out_last_and_edits_are_not_counted_as_posts(self, working: Working):
        async with working() as work:
            for number in range(3):
                await work.outbox.put(notice(f"edit{number}", edits=True), NOW)
            for number in range(MOST_WAITING - 3):
                await work.outbox.put(notice(f"alert{number}", urgent=True), NOW)
            await work.outbox.put(notice("alert", urgent=True), NOW)
            assert (await work.outbox.counts())[DeliveryState.REPLACED] == 2
            for number in range(3):
                await work.outbox.put(notice(f"more{number}", urgent=True), NOW)
            assert (await work.outbox.counts())[DeliveryState.NEW] == MOST_WAITING
            (first,) = await claim(work)
            assert first.notice.key == "alert2"
