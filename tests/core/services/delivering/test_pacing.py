"""What waits for its turn waits unclaimed, alerts first, and nobody waits for somebody else's chat."""

from datetime import timedelta

import pytest

from core.errors import Transient
from core.model.notice import Notice, NoticeKind
from core.ports.messenger import Pace
from tests.core.services.conftest import Running
from tests.core.services.delivering.desk import FORGETFUL, GUILD, A, B, Post
from tests.doubles import BEGAN

GROUP, OTHER = "telegram:-1", "telegram:-2"
TOPICS = [f"{GROUP}/{number}" for number in range(3)]
SLOW = Pace("-1", every=3.0, edits_every=5.0)


@pytest.fixture
def group(post: Post) -> Post:
    """A group with topics: one call in three seconds, one edit in five."""
    post.telegram.paces |= dict.fromkeys((GROUP, *TOPICS), SLOW)
    return post


async def test_posts_to_a_group_keep_their_distance_and_other_chats_do_not_wait(group: Post, running: Running):
    for number in range(4):
        await group.put(f"g{number}", GROUP)
        await group.put(f"o{number}", OTHER)
    async with running(group.courier().run()):
        await group.ticks(100, 0.1)
    assert [group.at(group.telegram, f"g{number}") for number in range(4)] == pytest.approx([0, 3, 6, 9])
    assert [group.at(group.telegram, f"o{number}") for number in range(4)] == [0, 0, 0, 0]


async def test_what_waits_for_its_turn_is_not_being_sent(group: Post, running: Running):
    for number in range(3):
        await group.put(f"g{number}", GROUP)
    async with running(group.courier().run()):
        await group.ticks(4, 0.1)
        assert group.states() == {"g0": "sent", "g1": "new", "g2": "new"}


async def test_a_crash_while_something_waits_for_its_turn_leaves_nothing_in_doubt(group: Post, running: Running):
    for number in range(3):
        await group.put(f"g{number}", GROUP)
    for _ in range(2):
        async with running(group.courier().run()):
            await group.ticks(2, 0.1)
        await group.ticks(1, 60)
    assert "unknown" not in group.states().values()
    async with running(group.courier().run()):
        await group.ticks(4, 3)
    assert group.telegram.keys == ["g0", "g1", "g2"]


async def test_topics_of_a_group_share_its_turns(group: Post, running: Running):
    for number, topic in enumerate(TOPICS):
        await group.put(f"t{number}", topic)
    async with running(group.courier().run()):
        await group.ticks(70, 0.1)
    assert sorted(group.at(group.telegram, f"t{number}") for number in range(3)) == pytest.approx([0, 3, 6])


async def test_a_post_that_comes_while_a_turn_is_awaited_goes_at_that_turn_before_older_edits(
    group: Post, running: Running
):
    await group.put("first", GROUP, subject="s")
    async with running(group.courier().run()):
        await group.ticks(2, 0.1)
        await group.put("edit", GROUP, subject="s", edits=True)
        await group.ticks(5, 0.1)
        await group.put("alert", GROUP, urgent=True)
        await group.ticks(90, 0.1)
    assert group.telegram.keys == ["first", "alert", "edit"]
    assert group.at(group.telegram, "alert") == pytest.approx(3.0)


async def test_edits_keep_their_own_distance_and_let_posts_through_meanwhile(group: Post, running: Running):
    for name in ("a", "b"):
        await group.put(name, GROUP, subject=name)
    async with running(group.courier().run()):
        await group.ticks(70, 0.1)
        began = (group.clock.now() - BEGAN) / timedelta(seconds=1)
        for name in ("a", "b"):
            await group.put(f"{name}2", GROUP, subject=name, edits=True)
        await group.ticks(2, 0.1)
        await group.put("post", GROUP)
        await group.ticks(100, 0.1)
    times = {key: group.at(group.telegram, key) - began for key in ("a2", "post", "b2")}
    assert times == pytest.approx({"a2": 0.0, "post": 3.0, "b2": 6.0}, abs=0.15)


async def test_urgent_edits_that_keep_coming_do_not_starve_posts(post: Post, running: Running):
    post.discord.paces[A] = Pace(A, every=1.0)
    await post.put("alert", urgent=True, subject="alert")
    for number in range(5):
        await post.put(f"post{number}")
    async with running(post.courier().run()):
        for number in range(12):
            await post.put(f"edit{number}", urgent=True, subject="alert", edits=True)
            await post.ticks(10, 0.1)
    kinds = ["edit" if key.startswith("edit") else "post" for key in post.discord.keys]
    assert kinds[:10] == ["post", "edit"] * 5 or kinds[:10] == ["post", *["edit", "post"] * 4, "edit"]
    posts = [key for key in post.discord.keys if key.startswith("post")]
    assert posts == [f"post{number}" for number in range(5)]


async def test_edits_that_wait_for_their_turn_become_one(group: Post, running: Running):
    await group.put("first", GROUP, subject="s")
    async with running(group.courier().run()):
        for number in range(20):
            await group.put(f"edit{number}", GROUP, subject="s", edits=True)
            await group.ticks(1, 0.1)
        await group.ticks(70, 0.1)
    assert len(group.telegram.keys) <= 3
    assert group.telegram.keys[-1] == "edit19"


async def test_a_broadcast_keeps_the_pace_of_the_platform_and_the_order_of_each_place(post: Post, running: Running):
    post.discord.per_second = 40.0
    for number in range(3):
        for place in range(40):
            await post.put(f"{place}-{number}", f"discord:{place}")
    async with running(post.courier().run()):
        await post.ticks(90, 0.05)
    times = post.discord.times
    assert len(times) == 120
    for first in times:
        assert sum(first <= one < first + timedelta(seconds=1) for one in times) <= 40
    assert times[-1] - times[0] <= timedelta(seconds=4)
    for place in range(40):
        keys = [key for key in post.discord.keys if key.startswith(f"{place}-")]
        assert keys == [f"{place}-{number}" for number in range(3)]


async def test_an_alert_overtakes_a_broadcast_on_its_platform(post: Post, running: Running):
    post.discord.per_second = 40.0
    for place in range(200):
        await post.put(f"all{place}", f"discord:{place}")
    async with running(post.courier().run()):
        await post.ticks(4, 0.1)
        await post.put("alert", B, urgent=True)
        await post.ticks(3, 0.1)
        assert "alert" in post.discord.keys
        assert len(post.discord.keys) < 60
        for number in range(3):  # while it has just been looked
            await post.put(f"alert{number}", f"discord:alert{number}", urgent=True)
            await post.ticks(1, 0.03)
        await post.ticks(3, 0.1)
        assert {"alert0", "alert1", "alert2"} <= set(post.discord.keys)


async def test_a_broadcast_on_one_platform_does_not_hold_up_the_other(post: Post, running: Running):
    post.discord.per_second = 8.0
    for place in range(100):
        await post.put(f"all{place}", f"discord:{place}")
    await post.put("other", FORGETFUL)
    async with running(post.courier().run()):
        await post.ticks(1, 0.1)
    assert post.telegram.keys == ["other"]
    assert len(post.discord.keys) < 5


async def test_places_that_do_not_answer_hold_up_nobody(post: Post, running: Running):
    post.discord.gate.clear()
    for place in range(60):
        await post.put(f"dead{place}", f"discord:{place}")
    async with running(post.courier().run()):
        await post.ticks(2, 0.1)
        assert len(post.discord.in_flight) == 60
        post.discord.gate.set()
        post.discord.gate.clear()
        await post.put("alive", B)
        await post.ticks(2, 0.1)
        assert "alive" in post.discord.in_flight
        post.discord.gate.set()
        await post.ticks(2, 0.1)


async def test_a_chat_that_said_when_is_left_alone_until_then_with_all_its_topics(group: Post, running: Running):
    group.telegram.faults.append(Transient("RATE", retry_after=20))
    await group.put("one", TOPICS[0])
    async with running(group.courier().run()):
        await group.ticks(2, 0.1)
        await group.put("two", TOPICS[1])
        await group.ticks(190, 0.1)
        assert group.telegram.tried == ["one"]
        await group.ticks(60, 0.1)
    times = sorted(group.at(group.telegram, key) for key in ("one", "two"))
    assert times == pytest.approx([20.0, 23.0], abs=0.15)


async def test_an_answer_to_a_person_uses_up_a_turn_of_what_waits(group: Post, running: Running):
    courier = group.courier()
    courier.turns.spend(GROUP)
    await group.put("post", GROUP)
    async with running(courier.run()):
        await group.ticks(40, 0.1)
    assert group.at(group.telegram, "post") == pytest.approx(3.0, abs=0.15)


async def test_answers_hold_up_posts_only_where_the_chat_as_a_whole_takes_no_more(group: Post, running: Running):
    group.telegram.paces[GROUP] = Pace("-1", every=3.0, burst=2, whole=10)
    courier = group.courier()
    for _ in range(9):
        courier.turns.spend(GROUP, answers=True)
    for number in range(2):
        await group.put(f"post{number}", GROUP)
    async with running(courier.run()):
        await group.ticks(310, 0.1)
    times = [group.at(group.telegram, f"post{number}") for number in range(2)]
    assert times == pytest.approx([0.0, 30.0], abs=0.15)


async def test_the_courier_waits_for_the_next_turn_and_not_for_the_next_look(post: Post, running: Running):
    post.discord.paces[A] = Pace(A, every=0.15)
    for number in range(4):
        await post.put(f"n{number}")
    async with running(post.courier().run()):
        await post.ticks(50, 0.01)
    times = [post.at(post.discord, f"n{number}") for number in range(4)]
    assert times == pytest.approx([0.0, 0.15, 0.30, 0.45], abs=0.03)


async def test_more_than_anybody_would_read_is_one_line_about_it(post: Post, running: Running):
    async with post.storage.work() as work:
        assert await work.outbox.close(A, GUILD, "NO_POST", BEGAN, BEGAN + timedelta(hours=1))
        for number in range(510):
            await work.outbox.put(Notice(NoticeKind.HIT, f"n{number}", GUILD, A, f"n{number}"), BEGAN)
    courier = post.courier()
    post.discord.per_second = 8.0
    async with running(courier.run()):
        await courier.reopened(A)
        await post.ticks(3)
    (skipped,) = post.told(NoticeKind.SKIPPED)
    said = skipped.tells()
    assert (said.count, post.discord.keys[:2]) == (11, [skipped.key, "n11"])
    assert list(post.states().values()).count("replaced") == 11
