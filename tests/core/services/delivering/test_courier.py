"""The courier: every notice ends exactly once, in order at its address, whatever the platform does."""

import asyncio
import itertools
from datetime import timedelta

from core.errors import Ambiguous, Invalid, Transient
from core.model.person import Platform
from core.services.delivering import Delivering, nonce_of
from tests.builders import outbox
from tests.core.services.conftest import Running
from tests.core.services.delivering.desk import FORGETFUL, A, B, Post


async def test_notices_reach_an_address_in_order_and_each_once(post: Post, running: Running):
    for number in range(5):
        await post.put(f"n{number}")
    async with running(post.courier().run()):
        await post.ticks(8)
    assert post.discord.keys == [f"n{number}" for number in range(5)]
    assert set(post.states().values()) == {"sent"}


async def test_one_notice_is_in_flight_at_an_address_and_others_do_not_wait_for_it(post: Post, running: Running):
    post.discord.gate.clear()
    for key, address in (("a1", A), ("a2", A), ("b1", B), ("b2", B)):
        await post.put(key, address)
    async with running(post.courier().run()):
        await post.ticks()
        assert sorted(post.discord.in_flight) == ["a1", "b1"]
        post.discord.gate.set()
        await post.ticks()
    assert sorted(post.discord.keys) == ["a1", "a2", "b1", "b2"]
    assert post.discord.keys.index("a1") < post.discord.keys.index("a2")


async def test_an_alert_goes_before_the_edits_that_wait(post: Post, running: Running):
    await post.put("edit", edits=True)
    await post.put("alert")
    async with running(post.courier().run()):
        await post.ticks()
    assert post.discord.keys == ["alert", "edit"]


async def test_an_edit_changes_the_post_of_its_subject_and_only_the_last_one_is_sent(post: Post, running: Running):
    await post.put("first", subject="hit:1")
    async with running(post.courier().run()):
        await post.ticks()
        for number in range(3):
            await post.put(f"edit{number}", subject="hit:1", edits=True)
        await post.ticks()
    assert [(notice.key, external) for notice, _, external in post.discord.posts] == [("first", ""), ("edit2", "post1")]
    assert post.states() == {"first": "sent", "edit0": "replaced", "edit1": "replaced", "edit2": "sent"}


async def test_an_edit_of_a_post_that_never_came_becomes_the_post_and_is_edited_from_then_on(
    post: Post, running: Running
):
    post.discord.faults.append(Invalid("POST_REFUSED"))
    await post.put("first", subject="hit:1")
    async with running(post.courier().run()):
        await post.ticks()
        await post.put("edit1", subject="hit:1", edits=True)
        await post.ticks()
        await post.put("edit2", subject="hit:1", edits=True)
        await post.ticks()
    assert [(notice.key, external) for notice, _, external in post.discord.posts] == [("edit1", ""), ("edit2", "post1")]
    assert post.states()["first"] == "dead"


async def test_a_platform_that_says_when_is_asked_again_then_and_the_order_is_kept(post: Post, running: Running):
    post.discord.faults.append(Transient("RATE", retry_after=30))
    await post.put("one")
    await post.put("two")
    async with running(post.courier().run()):
        await post.clock.advance(29)
        assert post.discord.keys == []
        await post.clock.advance(1.5)
        await post.ticks()
    assert post.discord.keys == ["one", "two"]


async def test_what_is_refused_for_good_is_dead_and_the_next_goes_on(post: Post, running: Running):
    post.discord.faults.extend([Invalid("POST_REFUSED"), Invalid("POST_REFUSED")])
    for number in range(3):
        await post.put(f"n{number}")
    async with running(post.courier().run()):
        await post.ticks(8)
    assert post.states() == {"n0": "dead", "n1": "dead", "n2": "sent"}
    assert "POST_REFUSED" in outbox(post.folder)[0].reason


async def test_an_outage_is_waited_out_however_many_attempts_it_takes(post: Post, running: Running):
    post.discord.faults.extend([Transient("DISCORD_DOWN")] * 30)
    await post.put("one")
    async with running(post.courier().run()):
        for _ in range(40):
            await post.clock.advance(300)
    assert (post.states(), post.discord.keys) == ({"one": "sent"}, ["one"])


async def test_what_fails_for_a_day_is_dead_in_the_end(post: Post, running: Running):
    post.discord.faults.extend([Transient("DISCORD_DOWN", retry_after=3600)] * 30)
    await post.put("one")
    async with running(post.courier().run()):
        for _ in range(26):
            await post.clock.advance(3600)
    assert (post.states(), post.discord.keys) == ({"one": "dead"}, [])


async def test_an_answer_lost_on_the_way_is_repeated_with_the_same_nonce_where_that_is_recognised(
    post: Post, running: Running
):
    post.discord.faults.append(Ambiguous("ANSWER_LOST"))
    await post.put("one")
    nonce = nonce_of((await post.die_over())[0])
    async with running(post.courier().run()):
        await post.ticks(20)
    assert [(notice.key, sent) for notice, sent, _ in post.discord.posts] == [("one", nonce)]
    assert len(nonce) <= 25  # what Discord takes
    assert post.states() == {"one": "sent"}


async def test_elsewhere_it_is_unknown_and_the_next_goes_on(post: Post, running: Running):
    post.telegram.faults.append(Ambiguous("ANSWER_LOST"))
    await post.put("one", FORGETFUL)
    await post.put("two", FORGETFUL)
    async with running(post.courier().run()):
        await post.ticks(20)
    assert (post.states(), post.telegram.keys) == ({"one": "unknown", "two": "sent"}, ["two"])
    assert "ANSWER_LOST" in outbox(post.folder)[0].reason


async def test_what_a_killed_courier_was_sending_is_settled_at_the_next_start(post: Post, running: Running):
    await post.put("known", A)
    await post.put("unknown", FORGETFUL)
    await post.put("next", FORGETFUL)
    await post.die_over()
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"known": "sent", "unknown": "unknown", "next": "sent"}


async def test_a_repeat_that_would_come_too_late_is_not_made(post: Post, running: Running):
    """The platform forgets nonces after two minutes, and a post may take three quarters of one."""
    await post.put("one")
    await post.die_over()
    await post.clock.advance(80)
    async with running(post.courier().run()):
        await post.ticks()
    assert (post.states(), post.discord.keys) == ({"one": "unknown"}, [])


async def test_a_repeat_that_waited_too_long_is_not_made_either(post: Post, running: Running):
    post.discord.faults.append(Ambiguous("ANSWER_LOST"))
    await post.put("one")
    async with running(post.courier().run()):
        pass
    assert post.states() == {"one": "retry"}
    await post.clock.advance(600)  # nobody ran
    async with running(post.courier().run()):
        await post.ticks()
    assert (post.states(), post.discord.keys) == ({"one": "unknown"}, [])


async def test_a_doubt_is_not_forgotten_when_the_repeat_is_turned_away(post: Post, running: Running):
    post.discord.faults.extend([Ambiguous("ANSWER_LOST"), Transient("RATE", retry_after=300)])
    await post.put("one")
    async with running(post.courier().run()):
        await post.ticks(10)
        await post.clock.advance(300)
        await post.ticks()
    assert (post.states(), post.discord.keys) == ({"one": "unknown"}, [])


async def test_an_edit_may_be_repeated_on_any_platform(post: Post, running: Running):
    await post.put("first", FORGETFUL, subject="live:1")
    async with running(post.courier().run()):
        await post.ticks()
        post.telegram.faults.append(Ambiguous("ANSWER_LOST"))
        await post.put("edit1", FORGETFUL, subject="live:1", edits=True)
        await post.ticks(10)
    assert (post.states()["edit1"], post.telegram.keys) == ("sent", ["first", "edit1"])
    await post.put("edit2", FORGETFUL, subject="live:1", edits=True)
    await post.die_over()
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states()["edit2"] == "sent"


async def test_a_stop_lets_what_is_in_flight_arrive(post: Post, running: Running):
    post.telegram.gate.clear()
    await post.put("one", FORGETFUL)
    async with running(post.courier().run()):
        assert post.telegram.in_flight == ["one"]
        asyncio.get_running_loop().call_later(0.05, post.telegram.gate.set)
    assert post.states() == {"one": "sent"}


async def test_a_mistake_in_drawing_one_notice_leaves_the_others_alone(post: Post, running: Running):
    post.discord.faults.append(ZeroDivisionError())
    await post.put("bad", A)
    await post.put("good", B)
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"bad": "unknown", "good": "sent"}


async def test_a_notice_nobody_can_draw_does_not_stand_in_the_way_of_those_behind_it(post: Post, running: Running):
    post.discord.faults.append(ZeroDivisionError())
    await post.put("bad")
    await post.put("good")
    async with running(post.courier().run()):
        await post.ticks(4)
    assert (post.states(), post.discord.keys) == ({"bad": "unknown", "good": "sent"}, ["good"])


async def test_a_mistake_in_finding_out_about_a_post_ends_the_doubt(post: Post, running: Running):
    post.discord.found = ZeroDivisionError()
    await post.put("bad")
    await post.die_over()
    await post.put("good")
    await post.clock.advance(600)
    async with running(post.courier().run()):
        await post.ticks(4)
    assert post.states() == {"bad": "unknown", "good": "sent"}


async def test_what_was_posted_is_written_down_as_soon_as_the_database_lets_it(post: Post, running: Running):
    post.telegram.gate.clear()
    await post.put("one", FORGETFUL)
    async with running(post.courier().run()):
        post.storage.busy = 2
        post.telegram.gate.set()
        await post.ticks(8)
    assert (post.states(), post.telegram.keys) == ({"one": "sent"}, ["one"])


async def test_a_busy_database_delays_the_post_and_does_not_end_it(post: Post, running: Running):
    async with running(post.courier().run()):
        post.storage.busy = 3
        await post.ticks()
        await post.put("one")
        await post.ticks()
    assert post.discord.keys == ["one"]


async def test_only_platforms_that_are_connected_are_served(post: Post, running: Running):
    await post.put("one", FORGETFUL)
    courier = Delivering(post.storage, post.clock, {Platform.DISCORD: post.discord}, "courier")
    async with running(courier.run()):
        await post.ticks()
        assert not await courier.idle()
    assert post.states() == {"one": "new"}


async def test_the_courier_is_idle_when_everything_has_ended(post: Post, running: Running):
    courier = post.courier()
    post.telegram.faults.append(Ambiguous("ANSWER_LOST"))
    await post.put("one", FORGETFUL)
    await post.put("two")
    async with running(courier.run()):
        await post.ticks()
        assert await courier.idle()


async def test_nothing_is_tried_on_a_platform_that_is_not_connected_and_goes_when_it_is(post: Post, running: Running):
    connected = {Platform.TELEGRAM}
    courier = post.courier()
    courier.connected = connected.__contains__
    await post.put("one")
    await post.put("other", FORGETFUL)
    async with running(courier.run()):
        await post.ticks(4, 3600)
        assert (post.states()["one"], post.telegram.keys) == ("new", ["other"])
        connected.add(Platform.DISCORD)
        await post.ticks(1)
    assert post.discord.keys == ["one"]


async def test_a_clock_that_goes_on_between_two_questions_holds_up_nobody(post: Post, running: Running):
    """Turns are compared with one moment, not with each question's own."""
    post.clock.now = lambda: post.clock.at + timedelta(microseconds=next(ticking))  # type: ignore[method-assign]
    ticking = itertools.count()
    for number in range(3):
        await post.put(f"n{number}")
    async with running(post.courier().run()):
        await post.ticks(2)
    assert post.discord.keys == ["n0", "n1", "n2"]


async def test_a_halt_lets_arrive_what_is_on_its_way_and_begins_with_nothing_more(post: Post, running: Running):
    post.discord.gate.clear()
    await post.put("flying")
    courier = post.courier()
    async with running(courier.run()):
        await post.ticks(1, 0.1)
        await post.put("later", B)
        halting = asyncio.create_task(courier.halt())
        await asyncio.sleep(0)
        post.discord.gate.set()
        await halting
        await post.ticks(2)
    assert post.states() == {"flying": "sent", "later": "new"}
