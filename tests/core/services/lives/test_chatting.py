"""The chat of a live: connected again and again, waited for when there is no signature, and never the reason a live ends."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Denied, EarshotError, Transient
from core.model.live import Liked
from core.model.notice import NoticeKind
from core.model.trigger import Trigger, Where
from core.services.lives.chatting import FIRST, LEAST, MOST, Backoff, Chatting
from core.services.lives.scene import Scene
from core.services.lives.watch import Watch
from tests.builders import HERE, ROOM, THERE, at, chat, followed, scene_of, span, told
from tests.core.services.conftest import Running
from tests.core.services.staging import Stage
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedCapture, StagedTikTok


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running) -> Stage:
    tiktok = StagedTikTok(clock, rooms={"maria": ROOM})
    return Stage(storage, clock, tiktok, tmp_path, running, StagedCapture(clock), sights=True)


async def passes(stage: Stage, seconds: float, step: float = 5.0) -> None:
    """Time goes on as it does, in steps of a few seconds."""
    for _ in range(round(seconds / step)):
        await stage.clock.advance(step)


def waits(stage: Stage, place: str = HERE) -> list[tuple[bool, bool, bool, str]]:
    """(found, edits, silent, why) of each word about the chat."""
    notices = [one for one in told(stage.folder, NoticeKind.CHAT_WAITS) if one.notice.place == place]
    return [(one.says.found, one.notice.edits, one.notice.silent, one.says.why) for one in notices]


@given(st.integers(0, 200))
def test_waits_grow_from_five_seconds_to_five_minutes_with_full_jitter(attempts: int):
    wait = Backoff(attempts).next(Transient("CHAT_LOST"))
    assert LEAST <= wait <= min(MOST, FIRST * 2**attempts)


@given(st.lists(st.floats(0, 86_400), min_size=1))
def test_what_the_other_side_asks_for_is_kept_to_and_makes_no_later_wait_longer(asked: list[float]):
    backoff = Backoff()
    assert [backoff.next(Transient("SIGN_LIMIT", retry_after=wait)) for wait in asked] == [max(LEAST, w) for w in asked]
    assert backoff.attempts == 0


@pytest.mark.parametrize(
    "error",
    [Transient("SIGN_LIMIT", retry_after=60), Transient("SIGN_DOWN"), Denied("SIGN_KEY")],
    ids=lambda error: error.code,
)
async def test_an_hour_without_signatures_is_told_once_while_the_live_goes_on(stage: Stage, error: EarshotError):
    for place in (HERE, THERE):
        await followed(stage.storage, "maria", place)
    stage.tiktok.unsigned = error
    async with stage.up() as watching:
        await stage.looked()
        await passes(stage, 3600, 15)
        assert waits(stage, HERE) == waits(stage, THERE) == [(False, True, True, error.code)]
        stage.capture.opened[0].give(span(0, 2))
        await stage.clock.advance(0.1)
        assert stage.seen == ["hello"]  # heard all the while
        assert (stage.lives(), len(watching.watches)) == (
            [("lost", ROOM)],
            1,
        )  # its stream stood still, and that is no end
        stage.tiktok.unsigned = None
        stage.tiktok.says(ROOM, chat("we are back"))
        await passes(stage, 310)
        assert stage.seen == ["hello", "we are back"]
    assert waits(stage) == [(False, True, True, error.code), (True, True, True, error.code)]
    assert len({one.notice.subject for one in told(stage.folder, NoticeKind.CHAT_WAITS)}) == 1
    assert [kind for kind, _ in stage.diary() if kind.startswith("chat")] == ["chat waits", "chat back"]
    assert stage.starts() == [HERE, THERE]


async def test_a_restart_in_the_middle_of_it_tells_nothing_twice_and_edits_the_same_post(stage: Stage):
    stage.tiktok.unsigned = Transient("SIGN_DOWN")
    async with stage.watched():
        await passes(stage, 70)
    async with stage.up():
        await passes(stage, 300)
        assert len(waits(stage)) == 1
        stage.tiktok.unsigned = None
        stage.tiktok.says(ROOM, chat("back"))
        await passes(stage, 310)
    assert [found for found, *_ in waits(stage)] == [False, True]
    assert len({one.notice.subject for one in told(stage.folder, NoticeKind.CHAT_WAITS)}) == 1


async def test_lives_that_wait_together_are_one_post_that_names_them(stage: Stage):
    stage.tiktok.rooms |= {"bob": "7301", "zoe": "7302"}
    for handle in ("maria", "bob", "zoe"):
        await followed(stage.storage, handle, HERE)
    await followed(stage.storage, "bob", THERE)
    stage.tiktok.unsigned = Transient("SIGN_DOWN")
    async with stage.up():
        await stage.looked()
        await passes(stage, 90)
        stage.tiktok.unsigned = None
        for room in (ROOM, "7301", "7302"):
            stage.tiktok.says(room, chat("back", by=room))
        await passes(stage, 310)
    for place, last in ((HERE, ["bob", "maria", "zoe"]), (THERE, ["bob"])):
        said = [one for one in told(stage.folder, NoticeKind.CHAT_WAITS) if one.notice.place == place]
        assert len({one.notice.subject for one in said}) == 1
        assert all(one.notice.edits for one in said), "the first becomes the post, the others change it"
        waiting = [one.says.handles for one in said if not one.says.found]
        assert max(waiting, key=len) == last
        assert (said[-1].says.found, said[-1].says.handles) == (True, last)
        assert sum(one.says.found for one in said) == 1


async def test_two_outages_are_told_twice(stage: Stage):
    async with stage.watched():
        for number in range(2):
            stage.tiktok.unsigned = Transient("SIGN_LIMIT", retry_after=30)
            stage.tiktok.says(ROOM, None)
            await passes(stage, 90)
            stage.tiktok.unsigned = None
            stage.tiktok.says(ROOM, chat("back", number))
            await passes(stage, 60)
    assert [found for found, *_ in waits(stage)] == [False, True, False, True]


async def test_a_wait_of_less_than_a_minute_is_not_worth_a_word(stage: Stage):
    stage.tiktok.unsigned = Transient("SIGN_LIMIT", retry_after=20)
    async with stage.watched():
        await passes(stage, 20)
        stage.tiktok.unsigned = None
        stage.tiktok.says(ROOM, chat("hello"))
        await passes(stage, 120)
    assert (stage.seen, waits(stage)) == (["hello"], [])


async def test_only_who_wants_the_chat_is_told_that_it_waits(stage: Stage):
    await followed(stage.storage, "maria", HERE)
    await followed(stage.storage, "maria", THERE, chat=False)
    stage.tiktok.unsigned = Transient("SIGN_DOWN")
    async with stage.up():
        await stage.looked()
        await passes(stage, 70)
    assert (len(waits(stage, HERE)), waits(stage, THERE)) == (1, [])


async def test_while_the_chat_waits_the_looks_count_the_viewers(stage: Stage):
    stage.tiktok.unsigned = Transient("SIGN_DOWN")
    async with stage.watched():
        await stage.looked()
        assert len(stage.viewers) > 1
        stage.tiktok.unsigned = None
        stage.tiktok.says(ROOM, chat("hello"))
        await passes(stage, 300)
        counted = len(stage.viewers)
        await stage.looked(2)
    assert len(stage.viewers) == counted


async def test_after_a_lost_connection_a_look_comes_before_the_next_one(stage: Stage):
    async with stage.watched():
        looks, joined = len(stage.tiktok.looks), len(stage.tiktok.joined)
        stage.tiktok.says(ROOM, chat("hello"), Transient("CHAT_LOST"))
        await stage.clock.advance(0.3)
        assert (len(stage.tiktok.looks), len(stage.tiktok.joined)) == (looks + 1, joined)
        await stage.clock.advance(5)
        assert len(stage.tiktok.joined) == joined + 1
    assert stage.diary()[-1] == ("error", "chat")


async def test_a_signature_that_is_missing_says_nothing_about_the_live(stage: Stage):
    async with stage.watched():
        looks = len(stage.tiktok.looks)
        stage.tiktok.unsigned = Transient("SIGN_DOWN")
        stage.tiktok.says(ROOM, Transient("SIGN_DOWN"))
        await stage.clock.advance(0.3)
    assert len(stage.tiktok.looks) == looks


async def test_connections_that_break_at_once_are_tried_more_and_more_seldom(stage: Stage):
    stage.tiktok.unsigned = Transient("CHAT_BLOCKED")
    async with stage.watched():
        await passes(stage, 1800)
        assert 8 <= len(stage.tiktok.joined) <= 60  # full jitter: half of 5, 10, 20 … 300 s on average
        assert waits(stage) == []


async def test_a_connection_that_held_five_minutes_begins_the_waits_anew(stage: Stage):
    stage.tiktok.unsigned = Transient("CHAT_BLOCKED")
    async with stage.watched():
        await passes(stage, 1200)
        stage.tiktok.unsigned = None
        await passes(stage, 305)
        for minute in range(6):
            stage.tiktok.says(ROOM, Liked(at(minute), 1))
            await passes(stage, 60)
        stage.tiktok.says(ROOM, Transient("CHAT_LOST"))
        await stage.clock.advance(0.1)
        joined = len(stage.tiktok.joined)
        await stage.clock.advance(5)
    assert len(stage.tiktok.joined) == joined + 1


async def test_a_chat_that_is_quiet_for_three_minutes_asks_for_a_look(stage: Stage, running: Running):
    await followed(stage.storage)
    scene, asked = await scene_of(stage.storage), list[int]()

    async def react(scene: Scene, event: object) -> None: ...

    chatting = Chatting(stage.tiktok, stage.storage, stage.clock, react, asked.append)
    async with running(chatting.mind(Watch(scene, BEGAN))):
        await passes(stage, 170)
        scene.reach.hears(stage.clock.now())
        await passes(stage, 175)
        assert asked == []
        await passes(stage, 15)
        assert asked == [scene.account.id]
        await passes(stage, 400)
        assert len(asked) == 3  # and again while it stays quiet


async def test_a_chat_nobody_wants_is_not_read_until_somebody_does(stage: Stage):
    follow = await followed(stage.storage, chat=False)
    async with stage.up():
        await stage.looked(2)
        assert stage.tiktok.joined == []
        await followed(stage.storage, "maria", THERE)
        for _ in range(3):
            await stage.clock.advance(0.5)
        assert stage.tiktok.joined == [ROOM]
        async with stage.storage.work() as work:
            await work.follows.remove(THERE, follow.account_id)
        await stage.clock.advance(0.5)
        stage.tiktok.says(ROOM, chat("unheard"))
        await passes(stage, 10)
    assert (stage.seen, stage.tiktok.joined) == ([], [ROOM])


async def test_a_room_that_changes_is_followed_at_once_though_the_old_one_stays_silent(stage: Stage):
    async with stage.watched():
        stage.tiktok.rooms["maria"] = "7301"
        await stage.looked()
        assert stage.tiktok.joined == [ROOM, "7301"]
        stage.tiktok.says("7301", chat("here"))
        await stage.clock.advance(0.1)
    assert stage.seen == ["here"]
    assert ("room", "") in stage.diary()


async def test_chats_of_lives_somebody_has_triggers_for_come_first(stage: Stage):
    for handle, room in (("maria", "1"), ("amina", "2"), ("lena", "3")):
        await followed(stage.storage, handle, chat=handle != "lena")
        stage.tiktok.rooms[handle] = room
    async with stage.storage.work() as work:
        account = await work.accounts.by_handle("amina")
        await work.triggers.add(Trigger(0, HERE, "giveaway", account.id))
        await work.triggers.add(Trigger(0, HERE, "spoken", where=Where.SPEECH))
    async with stage.up() as watching:
        await stage.looked()
        assert [watching.prefers(room) for room in ("1", "2", "3", "4")] == [False, True, False, False]


async def test_no_task_is_left_when_lives_come_break_and_go(stage: Stage):
    await followed(stage.storage)
    before = asyncio.all_tasks()
    async with stage.up():
        for number in range(5):
            room = str(7400 + number)
            stage.tiktok.rooms["maria"] = room
            await stage.looked()
            stage.tiktok.says(room, chat("hello", number), Transient("CHAT_LOST"))
            await passes(stage, 10)
            del stage.tiktok.rooms["maria"]
            await passes(stage, 330)
            await stage.looked()
        assert len(stage.lives()) == 5
        await passes(stage, 70)
        assert {
            task.get_name() for task in asyncio.all_tasks() - before if task.get_name().startswith("watch")
        } == set()
    assert asyncio.all_tasks() == before
