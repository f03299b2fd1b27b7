"""Posts of unknown fate that somebody was seen to use: known again, and changed from then on."""

from typing import Any

import pytest

from core.errors import Ambiguous
from core.model.notice import Delivery
from core.ports.messenger import Pace
from core.services.delivering import Recognising, nonce_of
from tests.builders import outbox
from tests.core.services.conftest import Running
from tests.core.services.delivering.desk import FORGETFUL, Post
from tests.core.services.delivering.test_doubts import risk


@pytest.fixture
def recognising(post: Post) -> Recognising:
    return Recognising(post.storage, post.clock)


async def of(post: Post, key: str) -> Delivery:
    async with post.storage.reading() as work:
        delivery = await work.outbox.get(key)
    assert delivery is not None
    return delivery


async def lose(post: Post, running: Running, key: str, address: str = FORGETFUL, **more: Any) -> str:
    """Something is posted, and its answer gets lost; its nonce."""
    post.telegram.faults.append(Ambiguous("LOST"))
    await post.put(key, address, **more)
    async with running(post.courier().run()):
        await post.ticks()
    return nonce_of(await of(post, key))


async def test_what_was_seen_is_sent_and_changes_where_it_stands(
    post: Post, running: Running, recognising: Recognising
):
    nonce = await lose(post, running, "one", subject="s")
    assert post.states() == {"one": "unknown"}
    assert await recognising.seen(FORGETFUL, nonce, "55m")
    assert not await recognising.seen(FORGETFUL, nonce, "55m"), "once is enough"
    await post.put("edit", FORGETFUL, subject="s", edits=True)
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"one": "sent", "edit": "sent"}
    assert [(notice.key, external) for notice, _, external in post.telegram.posts] == [("edit", "55m")]


async def test_it_stands_in_a_topic_of_the_chat_it_was_seen_in(post: Post, running: Running, recognising: Recognising):
    nonce = await lose(post, running, "one", f"{FORGETFUL}/7")
    assert await recognising.seen(FORGETFUL, nonce, "55")
    assert post.states() == {"one": "sent"}


@pytest.mark.parametrize("chat", ["telegram:b", "telegram:aa", "discord:a", "telegram:"])
async def test_another_chat_tells_nothing_about_it(post: Post, running: Running, recognising: Recognising, chat: str):
    nonce = await lose(post, running, "one")
    assert not await recognising.seen(chat, nonce, "55")
    assert not await recognising.seen(FORGETFUL, "0" * 24, "55")
    assert post.states() == {"one": "unknown"}


async def test_what_was_posted_for_certain_stays_what_it_is(post: Post, running: Running, recognising: Recognising):
    await post.put("one", FORGETFUL)
    async with running(post.courier().run()):
        await post.ticks()
    known = await of(post, "one")
    assert not await recognising.seen(FORGETFUL, nonce_of(known), "77")
    assert (await of(post, "one")).external == known.external


async def test_a_press_may_come_before_the_next_courier_looks_at_what_the_last_one_died_over(
    post: Post, running: Running, recognising: Recognising
):
    await post.put("risk:1", FORGETFUL, **risk(1.0))
    (dead,) = await post.die_over()
    assert await recognising.seen(FORGETFUL, nonce_of(dead), "55")
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"risk:1": "sent"}
    assert post.telegram.keys == []


async def test_a_post_seen_while_its_sender_still_waits_for_the_answer_is_sent_once(
    post: Post, running: Running, recognising: Recognising
):
    post.telegram.gate.clear()
    await post.put("one", FORGETFUL)
    async with running(post.courier().run()):
        await post.ticks(1)
        assert await recognising.seen(FORGETFUL, nonce_of(await of(post, "one")), "55")
        post.telegram.gate.set()
        await post.ticks()
    assert post.states() == {"one": "sent"}
    assert (await of(post, "one")).external == "55"
    assert post.telegram.keys == ["one"]


async def test_a_high_risk_that_turns_out_to_be_there_is_not_told_once_more(
    post: Post, running: Running, recognising: Recognising
):
    post.telegram.paces[FORGETFUL] = Pace(FORGETFUL, every=10.0)
    post.telegram.faults.append(Ambiguous("LOST"))
    await post.put("risk:1", FORGETFUL, **risk(1.0))
    async with running(post.courier().run()):
        await post.ticks()
        assert post.states() == {"risk:1": "unknown", "risk:1:again": "new"}
        assert await recognising.seen(FORGETFUL, nonce_of(await of(post, "risk:1")), "55")
        await post.ticks(4, 10.0)
    assert post.states() == {"risk:1": "sent", "risk:1:again": "replaced"}
    assert post.telegram.keys == []


async def test_a_first_post_takes_over_what_became_of_its_copy(post: Post, running: Running, recognising: Recognising):
    nonce = await lose(post, running, "risk:1", **risk(1.0))
    more = {**risk(1.0), "subject": "risk:1:again", "edits": True}
    await post.put("decided", FORGETFUL, **more)
    async with running(post.courier().run()):
        await post.ticks()
        assert await recognising.seen(FORGETFUL, nonce, "55")
        await post.ticks()
    changed = [(notice.key, external) for notice, _, external in post.telegram.posts if external]
    assert changed == [("decided", "post1"), ("decided:first", "55")]
    assert [one.notice.silent for one in outbox(post.folder)][-1]
    assert set(post.states().values()) == {"sent"}


async def test_nothing_is_changed_where_nothing_was_decided(post: Post, running: Running, recognising: Recognising):
    nonce = await lose(post, running, "risk:1", **risk(1.0))
    assert await recognising.seen(FORGETFUL, nonce, "55")
    assert post.states() == {"risk:1": "sent", "risk:1:again": "sent"}
