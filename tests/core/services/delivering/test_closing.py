"""A place that lets nobody in: what waits for it is kept, its owner hears of it once, and it goes on by itself."""

import itertools
from datetime import time

import pytest

from core.errors import Ambiguous, Denied, Invalid, Missing, Transient
from core.model.notice import Notice, NoticeKind
from core.model.tellable.house import PlaceLost
from core.services.delivering import Delivering
from tests.builders import outbox, rows
from tests.core.services.conftest import Running
from tests.core.services.delivering.desk import GUILD, A, B, Post
from tests.doubles import BEGAN

MINUTE = 60.0
OWNER = "discord:@7"


@pytest.fixture
async def shut(post: Post) -> Post:
    """A place set up by person 7, whose channel A lets nobody in."""
    await post.placed(name="Kitchen", set_up_by="discord:7")
    post.discord.shut[A] = Denied("NO_POST")
    return post


def lost(post: Post) -> list[Notice]:
    return post.told(NoticeKind.PLACE_LOST)


async def opened(post: Post, courier: Delivering) -> None:
    """The channel lets Earshot in again, and the surface says so."""
    del post.discord.shut[A]
    await courier.reopened(A)
    await post.ticks()


@pytest.mark.parametrize("error", [Denied("NO_POST"), Missing("CHANNEL_GONE")])
async def test_what_waits_for_a_closed_channel_is_kept_and_goes_on_in_order(
    shut: Post, running: Running, error: Exception
):
    shut.discord.shut[A] = error
    for number in range(3):
        await shut.put(f"n{number}")
    courier = shut.courier()
    async with running(courier.run()):
        await shut.ticks(8)
        assert shut.discord.tried.count("n0") == 1
        assert {shut.states()[f"n{number}"] for number in range(3)} == {"retry", "new"}
        await opened(shut, courier)
    assert [key for key in shut.discord.keys if key.startswith("n")] == ["n0", "n1", "n2"]
    assert rows(shut.folder, "select * from closed") == []


async def test_who_set_it_up_is_told_once_in_private(shut: Post, running: Running):
    for number in range(3):
        await shut.put(f"n{number}")
    async with running(shut.courier("discord:1").run()):
        await shut.ticks(4)
        await shut.put("late")
        await shut.ticks(30, 60)
    (notice,) = lost(shut)
    assert (notice.address, notice.place) == (OWNER, OWNER)
    assert notice.tells() == PlaceLost(GUILD, "Kitchen", A, "NO_POST", BEGAN)
    assert notice.key in shut.discord.keys


async def test_in_their_own_quiet_hours_they_are_told_without_a_sound(shut: Post, running: Running):
    await shut.placed(OWNER, quiet_from=time(19), quiet_until=time(7))
    await shut.put("n")
    async with running(shut.courier().run()):
        await shut.ticks()
    assert [notice.silent for notice in lost(shut)] == [True]


async def test_owners_hear_of_a_place_whose_manager_is_not_known(shut: Post, running: Running):
    await shut.placed(name="Kitchen", set_up_by="")
    await shut.put("n")
    async with running(shut.courier("discord:1", "console:you", "telegram:2").run()):
        await shut.ticks()
    assert [notice.address for notice in lost(shut)] == ["discord:@1", "telegram:2"]


async def test_channels_of_one_place_that_close_together_are_one_message(shut: Post, running: Running):
    shut.discord.shut[B] = Denied("NO_POST")
    await shut.put("a", A)
    await shut.put("b", B)
    async with running(shut.courier().run()):
        await shut.ticks()
    assert len(lost(shut)) == 1
    assert len(rows(shut.folder, "select * from closed")) == 2


async def test_nobody_is_told_about_a_person_who_does_not_want_to_be_written_to(post: Post, running: Running):
    await post.placed("telegram:5", set_up_by="telegram:5")
    post.telegram.shut["telegram:5"] = Denied("BLOCKED")
    await post.put("n", "telegram:5", place="telegram:5")
    async with running(post.courier("discord:1").run()):
        await post.ticks()
    assert lost(post) == []
    assert post.states() == {"n": "retry"}


async def test_a_message_about_a_lost_place_that_cannot_be_told_is_not_told_about(shut: Post, running: Running):
    shut.discord.shut[OWNER] = Denied("BLOCKED")
    await shut.put("n")
    async with running(shut.courier("discord:1").run()):
        await shut.ticks(8)
    assert len(lost(shut)) == 1


async def test_it_is_tried_by_itself_at_growing_distances(shut: Post, running: Running):
    await shut.put("n0")
    await shut.put("n1")
    tried = [0]
    async with running(shut.courier().run()):
        for minute in range(5, 14 * 60, 5):
            before = shut.discord.tried.count("n0")
            await shut.ticks(1, 5 * MINUTE)
            if shut.discord.tried.count("n0") > before:
                tried.append(minute)
    assert [b - a for a, b in itertools.pairwise(tried)] == [15, 30, 60, 120, 240, 360]
    assert "n1" not in shut.discord.tried
    assert len(lost(shut)) == 1


async def test_a_try_that_succeeds_opens_it_and_everything_goes_on(shut: Post, running: Running):
    for number in range(3):
        await shut.put(f"n{number}")
    async with running(shut.courier().run()):
        await shut.ticks()
        del shut.discord.shut[A]
        await shut.ticks(13, MINUTE)
        assert "n0" not in shut.discord.keys
        await shut.ticks(4, MINUTE)
    assert [key for key in shut.discord.keys if key.startswith("n")] == ["n0", "n1", "n2"]
    assert rows(shut.folder, "select * from closed") == []


async def test_days_in_a_closed_channel_are_no_outage_that_is_given_up(shut: Post, running: Running):
    await shut.put("n")
    courier = shut.courier()
    async with running(courier.run()):
        await shut.ticks(72, 3600)
        shut.discord.faults.append(Transient("DOWN", retry_after=5))
        await opened(shut, courier)
        await shut.ticks(20)
    assert shut.states()["n"] == "sent"


async def test_others_do_not_wait_for_a_closed_channel(shut: Post, running: Running):
    for number in range(3):
        await shut.put(f"a{number}", A)
    async with running(shut.courier().run()):
        await shut.ticks()
        await shut.put("b", B)
        await shut.ticks(1, 0.1)
    assert "b" in shut.discord.keys


async def test_a_place_that_is_lost_again_is_told_again(shut: Post, running: Running):
    courier = shut.courier()
    async with running(courier.run()):
        await shut.put("one")
        await shut.ticks()
        await opened(shut, courier)
        shut.discord.shut[A] = Denied("NO_POST")
        await shut.put("two")
        await shut.ticks()
    assert len(lost(shut)) == 2


async def test_an_opening_that_was_none_is_not_told_again(shut: Post, running: Running):
    courier = shut.courier()
    async with running(courier.run()):
        await shut.put("one")
        await shut.ticks()
        for _ in range(3):
            await courier.reopened(A)
            await shut.ticks(2)
    assert (shut.discord.tried.count("one"), len(lost(shut))) == (4, 1)


async def test_a_whole_place_is_opened_at_once(shut: Post, running: Running):
    shut.discord.shut[B] = Missing("GONE")
    await shut.put("a", A)
    await shut.put("b", B)
    courier = shut.courier()
    async with running(courier.run()):
        await shut.ticks()
        shut.discord.shut.clear()
        await courier.reopened_place(GUILD)
        await shut.ticks()
    assert {"a", "b"} <= set(shut.discord.keys)


async def test_a_chat_that_is_opened_is_opened_with_its_topics(post: Post, running: Running):
    await post.placed("telegram:-1")
    for topic in (4, 5):
        post.telegram.shut[f"telegram:-1/{topic}"] = Denied("NO_POST")
        await post.put(f"n{topic}", f"telegram:-1/{topic}", place="telegram:-1")
    courier = post.courier()
    async with running(courier.run()):
        await post.ticks()
        post.telegram.shut.clear()
        await courier.reopened("telegram:-1")
        await post.ticks()
    assert sorted(post.telegram.keys) == ["n4", "n5"]


async def test_a_reply_that_is_gone_is_dead_and_closes_nothing(post: Post, running: Running):
    await post.placed(set_up_by="discord:7")
    reply = f"{A}#i4"
    post.discord.shut[reply] = Missing("REPLY_GONE")
    await post.put("reply", reply)
    await post.put("post", A)
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"reply": "dead", "post": "sent"}
    assert rows(post.folder, "select * from closed") == []


async def test_a_doubt_is_kept_while_its_channel_is_closed(shut: Post, running: Running):
    del shut.discord.shut[A]
    shut.discord.faults.extend([Ambiguous("LOST"), Denied("NO_POST")])
    await shut.put("n")
    courier = shut.courier()
    async with running(courier.run()):
        await shut.ticks(10)
        await shut.ticks(1, 600)
        await courier.reopened(A)
        await shut.ticks()
    assert shut.states()["n"] == "unknown"  # the platform has forgotten its nonce meanwhile


async def test_a_refused_post_does_not_stand_in_the_way_of_the_try(shut: Post, running: Running):
    await shut.put("bad")
    await shut.put("good")
    async with running(shut.courier().run()):
        await shut.ticks()
        shut.discord.shut.clear()
        shut.discord.faults.append(Invalid("POST_REFUSED"))
        await shut.ticks(16, MINUTE)
    states = shut.states()
    assert (states["bad"], states["good"]) == ("dead", "sent")


async def test_everything_waits_while_earshot_is_not_in_the_place(post: Post, running: Running):
    await post.placed(left=BEGAN)
    await post.put("n")
    async with running(post.courier().run()):
        await post.ticks(4, 3600)
        assert post.discord.tried == []
        await post.placed(left=None)
        await post.ticks()
    assert post.discord.keys == ["n"]


async def test_a_post_that_was_deleted_is_not_edited_silently_again(post: Post, running: Running):
    await post.put("first", subject="s")
    async with running(post.courier().run()):
        await post.ticks()
        post.discord.faults.append(Missing("POST_GONE"))
        await post.put("edit1", subject="s", edits=True, silent=True)
        await post.ticks()
        await post.put("edit2", subject="s", edits=True, silent=True)
        await post.ticks()
    assert post.discord.tried == ["first", "edit1"]
    assert post.states() == {"first": "sent", "edit1": "dead", "edit2": "dead"}
    assert [one.reason for one in outbox(post.folder)] == ["POST_GONE"] * 3


async def test_what_is_not_silent_becomes_a_new_post_and_is_edited_from_then_on(post: Post, running: Running):
    await post.put("first", subject="s")
    async with running(post.courier().run()):
        await post.ticks()
        post.discord.faults.append(Missing("POST_GONE"))
        await post.put("ended", subject="s", edits=True)
        await post.ticks()
        await post.put("more", subject="s", edits=True, silent=True)
        await post.ticks()
    assert [(notice.key, external) for notice, _, external in post.discord.posts] == [
        ("first", ""),
        ("ended", ""),
        ("more", "post2"),
    ]


async def test_a_group_that_became_a_supergroup_is_followed_at_once(post: Post, running: Running):
    await post.placed("telegram:-1", address="telegram:-1", name="Kitchen")
    post.telegram.shut["telegram:-1"] = Missing("MOVED", address="telegram:-1", to="telegram:-100")
    for number in range(3):
        await post.put(f"n{number}", "telegram:-1", place="telegram:-1")
    async with running(post.courier().run()):
        await post.ticks()
    assert post.telegram.keys == ["n0", "n1", "n2"]
    assert {notice.address for notice, _, _ in post.telegram.posts} == {"telegram:-100"}
    async with post.storage.reading() as work:
        assert await work.places.get("telegram:-1") is None
        place = await work.places.get("telegram:-100")
    assert place is not None
    assert (place.name, place.address) == ("Kitchen", "telegram:-100")


async def test_a_group_may_also_be_moved_by_who_hears_of_it_first(post: Post, running: Running):
    await post.placed("telegram:-1", address="telegram:-1/4")
    await post.put("n", "telegram:-1/4", place="telegram:-1")
    post.telegram.shut["telegram:-1/4"] = Transient("DOWN", retry_after=1)
    courier = post.courier()
    async with running(courier.run()):
        await post.ticks()
        await courier.moved("telegram:-1", "telegram:-100")
        await post.ticks(10)
    assert [notice.address for notice, _, _ in post.telegram.posts] == ["telegram:-100/4"]


async def test_a_move_to_where_it_is_already_is_no_reason_to_turn_in_circles(post: Post, running: Running):
    await post.placed("telegram:-1", set_up_by="telegram:7")
    post.telegram.shut["telegram:-1"] = Missing("MOVED", address="telegram:-1", to="telegram:-1")
    await post.put("n", "telegram:-1", place="telegram:-1")
    async with running(post.courier().run()):
        await post.ticks(8)
    assert post.telegram.tried.count("n") == 1
