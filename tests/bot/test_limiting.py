"""Limits: so many wishes a minute of one person in one place, and a word on when the next may come."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.asked import Asked
from bot.cards import draw
from bot.commands import ALL
from bot.kernel import Kernel
from bot.limiting import A_MINUTE, Limiting, Wish
from bot.replies.common import Failed
from bot.wording import plain
from core.errors import Transient
from core.model.person import Person

Ask = Callable[..., Asked]
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def taken(
    limits: Limiting, wish: Wish, now: datetime, times: int, place: str = "discord:1", who: str = "discord:7"
) -> int:
    """How many of `times` wishes are let through."""
    done = 0
    for _ in range(times):
        try:
            limits.take(place, who, wish, now)
            done += 1
        except Transient:
            continue
    return done


def test_the_numbers_are_those_of_the_first_program() -> None:
    assert A_MINUTE == {Wish.SIGN_IN: 5, Wish.SYNC: 20, Wish.ENQUEUE: 10, Wish.QUEUE: 30}
    assert {one.name: one.wish for one in ALL if one.wish is not Wish.QUEUE} == {
        "tiktok connect": Wish.SIGN_IN,
        "tiktok optout": Wish.SIGN_IN,
        "tiktok videos": Wish.SYNC,
        "tiktok pick": Wish.ENQUEUE,
        "transcribe": Wish.ENQUEUE,
        "clip transcribe": Wish.ENQUEUE,
        "transcript retry": Wish.ENQUEUE,
        "transcript comment": Wish.ENQUEUE,
        "transcript rephrase": Wish.ENQUEUE,
        "feed retry": Wish.ENQUEUE,
    }


@pytest.mark.parametrize("wish", list(Wish))
def test_no_minute_holds_more_than_its_limit_and_refusals_do_not_count(wish: Wish) -> None:
    limits, most = Limiting(), A_MINUTE[wish]
    assert taken(limits, wish, NOW, most * 3) == most
    assert taken(limits, wish, NOW + timedelta(seconds=59), most) == 0
    assert taken(limits, wish, NOW + timedelta(seconds=60), most * 3) == most


def test_wishes_spread_over_the_minute_come_back_one_by_one() -> None:
    limits = Limiting()
    for second in range(0, 50, 10):
        limits.take("discord:1", "discord:7", Wish.SIGN_IN, NOW + timedelta(seconds=second))
    with pytest.raises(Transient) as refused:
        limits.take("discord:1", "discord:7", Wish.SIGN_IN, NOW + timedelta(seconds=48))
    assert (refused.value.code, refused.value.values["n"], refused.value.values["m"]) == ("SLOW_DOWN", 6, 5)
    assert (refused.value.values["left"], refused.value.retry_after) == (timedelta(seconds=12), 12)
    assert taken(limits, Wish.SIGN_IN, NOW + timedelta(seconds=60), 3) == 1


def test_each_place_person_and_kind_has_a_bucket_of_its_own() -> None:
    limits = Limiting()
    assert taken(limits, Wish.SIGN_IN, NOW, 9) == 5
    assert taken(limits, Wish.SIGN_IN, NOW, 9, place="discord:2") == 5
    assert taken(limits, Wish.SIGN_IN, NOW, 9, who="discord:8") == 5
    assert taken(limits, Wish.SYNC, NOW, 30) == 20


def test_no_crowd_fills_the_memory_and_who_is_active_is_remembered() -> None:
    limits = Limiting(kept=100)
    assert taken(limits, Wish.SIGN_IN, NOW, 5, who="discord:busy") == 5
    for number in range(1_000):
        limits.take("discord:1", f"discord:{number}", Wish.QUEUE, NOW)
        if number % 50 == 0:
            assert taken(limits, Wish.SIGN_IN, NOW, 1, who="discord:busy") == 0
    assert len(limits._buckets) == 100


async def test_the_kernel_says_when_the_next_may_come(kernel: Kernel, ask: Ask) -> None:
    clock, asked = Clock(), ask(place="discord:1")
    asked = replace(asked, house=replace(asked.house, clock=clock))
    replies: list[Any] = [await kernel.press("source", asked) for _ in range(31)]
    assert [isinstance(reply, Failed) for reply in replies] == [False] * 30 + [True]
    said = plain(draw(replies[-1], asked.words).title)
    assert said == "That was 31 requests in a minute; the limit is 30. Try again in 60 s."
    somebody = replace(asked, person=Person("discord:8", "Zoe"))
    assert not isinstance(await kernel.press("source", somebody), Failed)
    clock.at += timedelta(seconds=60)
    assert not isinstance(await kernel.press("source", asked), Failed)


async def test_a_wish_that_is_refused_for_its_right_counts_all_the_same(kernel: Kernel, ask: Ask) -> None:
    viewer = ask(0, "discord:1")
    replies = [await kernel.press("unfollow:amina", viewer) for _ in range(31)]
    assert {reply.code for reply in replies[:30]} == {"NO_RIGHT"}
    assert replies[30].code == "SLOW_DOWN"


async def test_typing_suggestions_costs_nothing_and_who_sits_at_the_machine_is_not_limited(
    kernel: Kernel, ask: Ask
) -> None:
    follow = kernel.named("follow")
    assert follow is not None
    for _ in range(40):
        await kernel.suggest(follow, follow.options[0], "a", ask(place="discord:1"))
        assert not isinstance(await kernel.press("source", ask()), Failed)
    assert not isinstance(await kernel.press("source", ask(place="discord:1")), Failed)
