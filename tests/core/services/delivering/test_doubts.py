"""What may have been posted: asked for where the platform can tell, and sent once more only where missing it would be worse."""

from dataclasses import replace
from typing import Any

import pytest

from core.errors import Ambiguous, Denied, Transient
from core.model.notice import NoticeKind, facts_of
from core.model.person import Platform
from core.model.risk import Level, Target, Virality
from core.model.tellable.finds import RiskRaised
from core.services.delivering import LEASE, nonce_of
from tests.builders import outbox
from tests.core.services.conftest import Running
from tests.core.services.delivering.desk import FORGETFUL, A, Post
from tests.doubles import BEGAN


def risk(score: float, level: Level = Level.CRITICAL) -> dict[str, Any]:
    """A risk alert, for `Post.put`."""
    said = RiskRaised(
        1, 1, "maria", score, "x", Virality.HIGH, Target.GROUP, ["H"], "q", "r", [("base", 0.2)], "rules", BEGAN, 1.0
    )
    said = replace(said, level=level)
    return {"kind": NoticeKind.RISK, "facts": facts_of(said)[1], "urgent": True, "subject": "risk:1"}


async def doubted(post: Post, found: Any, later: float = 600) -> None:
    """`later` seconds after somebody died over a notice. Asked whether it was posted, Discord answers `found`."""
    post.discord.found = found
    await post.put("one")
    await post.die_over()
    await post.clock.advance(later)


async def test_a_post_the_platform_has_is_sent_and_can_be_edited(post: Post, running: Running):
    post.telegram.found = "77"
    post.telegram.faults.append(Ambiguous("LOST"))
    await post.put("one", FORGETFUL, subject="s")
    async with running(post.courier().run()):
        await post.ticks()
        await post.put("edit", FORGETFUL, subject="s", edits=True)
        await post.ticks()
    assert [(notice.key, external) for notice, _, external in post.telegram.posts] == [("edit", "77")]
    assert post.states() == {"one": "sent", "edit": "sent"}


async def test_it_is_asked_for_by_its_nonce_and_since_it_was_first_tried(post: Post, running: Running):
    await post.put("one")
    (dead,) = await post.die_over()
    await post.clock.advance(600)
    async with running(post.courier().run()):
        await post.ticks()
    assert post.discord.asked == [("one", nonce_of(dead), BEGAN)]


async def test_a_post_that_is_certainly_not_there_is_posted(post: Post, running: Running):
    post.discord.found = ""
    await post.put("one")
    await post.put("two")
    await post.die_over()
    await post.clock.advance(600)
    async with running(post.courier().run()):
        await post.ticks()
    assert post.discord.keys == ["one", "two"]


async def test_what_nobody_can_tell_is_unknown(post: Post, running: Running):
    await post.put("one", FORGETFUL)
    await post.die_over()
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"one": "unknown"}
    assert post.telegram.keys == []


async def test_a_platform_that_cannot_be_asked_just_now_is_asked_again(post: Post, running: Running):
    await doubted(post, Transient("DISCORD_DOWN"))
    async with running(post.courier().run()):
        await post.ticks(4)
        assert post.states() == {"one": "retry"}
        post.discord.found = "post9"
        await post.ticks(8)
    assert (post.states(), post.discord.keys) == ({"one": "sent"}, [])


async def test_a_doubt_waits_for_the_connection_however_long_earshot_was_away(post: Post, running: Running):
    await doubted(post, Transient("DISCORD_DOWN"), 7200)
    courier, connected = post.courier(), {Platform.TELEGRAM}
    courier.connected = connected.__contains__
    async with running(courier.run()):
        await post.ticks(20)
        assert (post.states(), post.discord.asked) == ({"one": "sending"}, [])
        post.discord.found = "post9"
        connected.add(Platform.DISCORD)
        await post.ticks(20)
    assert (post.states(), post.discord.keys) == ({"one": "sent"}, [])


async def test_a_lease_that_has_not_run_out_is_no_reason_to_wait_when_the_connection_comes(
    post: Post, running: Running
):
    post.discord.found = "post9"
    post.discord.repeats_for = 0.0
    await post.put("one")
    await post.die_over()
    courier, connected = post.courier(), {Platform.TELEGRAM}
    courier.connected = connected.__contains__
    async with running(courier.run()):
        await post.ticks(12)
        connected.add(Platform.DISCORD)
        await post.ticks(12)
    assert post.states() == {"one": "sent"}


async def test_but_not_for_ever(post: Post, running: Running):
    await doubted(post, Transient("DISCORD_DOWN"))
    async with running(post.courier().run()):
        await post.ticks(80, 60)
    assert (post.states(), post.discord.keys) == ({"one": "unknown"}, [])


async def test_where_nobody_may_look_any_more_it_is_unknown(post: Post, running: Running):
    await doubted(post, Denied("NO_POST"))
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"one": "unknown"}


async def test_an_edit_is_repeated_without_asking(post: Post, running: Running):
    await post.put("first", FORGETFUL, subject="s")
    async with running(post.courier().run()):
        await post.ticks()
        await post.put("edit", FORGETFUL, subject="s", edits=True)
        post.telegram.faults.append(Ambiguous("LOST"))
        await post.ticks(10)
    assert post.states()["edit"] == "sent"
    assert post.telegram.asked == []


@pytest.mark.parametrize("score", [0.9, 0.2])
async def test_a_critical_risk_of_unknown_fate_is_sent_once_more_and_says_so(
    score: float, post: Post, running: Running
):
    post.telegram.faults.append(Ambiguous("LOST"))
    await post.put("risk:1", FORGETFUL, **risk(score))
    async with running(post.courier().run()):
        await post.ticks()
    assert post.states() == {"risk:1": "unknown", "risk:1:again": "sent"}
    ((notice, _, external),) = post.telegram.posts
    assert (notice.tells().again, notice.subject, external) == (True, "risk:1:again", "")


async def test_no_more_than_once_whatever_happens_to_the_repeat(post: Post, running: Running):
    post.telegram.faults.extend([Ambiguous("LOST")] * 2)
    await post.put("risk:1", FORGETFUL, **risk(1.0))
    for _ in range(3):
        async with running(post.courier().run()):
            await post.ticks()
    assert post.states() == {"risk:1": "unknown", "risk:1:again": "unknown"}
    assert len(post.telegram.tried) == 2


async def test_once_more_over_a_crash_too(post: Post, running: Running):
    await post.put("risk:1", FORGETFUL, **risk(1.0))
    await post.die_over()
    for _ in range(2):
        async with running(post.courier().run()):
            await post.ticks()
        await post.clock.advance(LEASE.total_seconds())
    assert post.telegram.keys == ["risk:1:again"]


@pytest.mark.parametrize("more", [risk(0.89, Level.WARNING), {"kind": NoticeKind.HIT}, {**risk(1.0), "edits": True}])
async def test_nothing_else_is_sent_twice(post: Post, running: Running, more: dict[str, Any]):
    post.telegram.faults.append(Ambiguous("LOST"))
    await post.put("one", FORGETFUL, **more)
    async with running(post.courier().run()):
        await post.ticks()
    assert [one.state for one in outbox(post.folder)] == ["unknown"]


async def test_a_repeat_inside_the_time_of_the_nonce_asks_nobody(post: Post, running: Running):
    post.discord.faults.append(Ambiguous("LOST"))
    await post.put("one", A)
    async with running(post.courier().run()):
        await post.ticks(10)
    assert (post.discord.keys, post.discord.asked) == (["one"], [])
