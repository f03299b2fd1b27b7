"""One timeline of a live: everything that happened is on it, once, in order, and every page of it fits a card."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from core.model.account import NO_RISK
from core.model.clip import Cut
from core.model.diary import DiaryKind, Entry
from core.model.live import GiftSent, Joined, Liked, Live, ViewerCount
from core.model.moment import Crowd, Moment, MomentKind
from core.model.transcript import Gap, GapCause, SegmentState
from core.model.trigger import Hit, Where
from core.services.lives.recounting import KINDS, LETTERS, ROWS, Recounting, Stretch, View
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, armed, at, chat, followed, judged, scene_of, segment
from tests.doubles import CountedStorage, HandClock


@pytest.fixture
async def live(storage: CountedStorage) -> Live:
    for place in (HERE, THERE):
        await followed(storage, "maria", place, risk=0.7)
    return (await scene_of(storage)).live


@pytest.fixture
def recounting(storage: CountedStorage, clock: HandClock) -> Recounting:
    return Recounting(storage, clock)


async def fill(storage: CountedStorage, live: Live, seconds: Sequence[float]) -> None:
    """Something of each kind in turn at these seconds."""
    trigger = await armed(storage, "giveaway")
    writer = BatchedWriter(storage.database)
    who = chat("x").chatter
    for number, second in enumerate(seconds):
        async with storage.work() as work:
            match number % 11:
                case 0 | 1 | 2:
                    writer.put(live.id, second, chat(f"line {number} " + "x" * (number % 90), second, number=number))
                case 3:
                    writer.put(live.id, second, GiftSent(str(number), at(second), who, "Rose", 2))
                case 4:
                    writer.put(live.id, second, Liked(at(second), 15))
                case 5:
                    writer.put(live.id, second, Joined(at(second), who, "join"))
                case 6:
                    await work.transcripts.add(live.id, [segment("said " * 20, second, 0.5)])
                case 7:
                    await work.transcripts.add(live.id, [Gap(second, second + 1, GapCause.OVERFLOW)])
                case 8:
                    await work.hits.add(
                        Hit(0, trigger.id, live.id, HERE, "go", Where.CHAT, at(second), second, "go", 0, 2)
                    )
                case 9:
                    await work.diary.add(Entry(live.id, at(second), second, DiaryKind.MARK, "mark", "Karim", HERE))
                case 10:
                    await work.alerts.assessed(live.id, judged(second=second), at(second))
    await writer.flush()


async def everything(recounting: Recounting, live: Live, place: str = HERE, view: View = View.ALL) -> list[Moment]:
    return [moment async for piece in recounting.pieces(place, live, view) for moment in piece]


async def walked(recounting: Recounting, live: Live, view: View) -> list[Stretch]:
    """Every page, as somebody sees them who goes on to the end."""
    pages = [await recounting.page(HERE, live, view)]
    while pages[-1].end < pages[-1].length:
        pages.append(await recounting.page(HERE, live, view, pages[-1].end))
    return pages


def shown(pages: Sequence[Stretch]) -> int:
    """How many moments they tell of; likes and viewers aside, whose numbers are no count of moments."""
    rows = [row for page in pages for row in page.rows]
    told = [row for row in rows if isinstance(row, Moment) and row.kind not in (MomentKind.LIKE, MomentKind.VIEWERS)]
    crowds = [row for row in rows if isinstance(row, Crowd)]
    return len(told) + sum(one.chats + one.gifts // 2 + one.joins for one in crowds)


HOUR = strategies.floats(0, 4000, allow_nan=False)
INSTANT = strategies.sampled_from([0.0, 59.999, 60.0, 299.9999, 300.0, 300.0004, 900.0, 3999.9])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seconds=strategies.lists(HOUR | INSTANT, max_size=60, unique=True))
async def test_nothing_is_lost_nothing_comes_twice_and_all_is_in_order(
    storage: CountedStorage, recounting: Recounting, live: Live, seconds: list[float]
):
    live = replace((await scene_of(storage, room=secrets.token_hex(4))).live, ended=at(4001))
    await fill(storage, live, seconds)
    found = await everything(recounting, live)
    assert [moment.second for moment in found] == sorted(seconds)
    for view in View:
        wanted = [moment for moment in found if moment.kind in KINDS[view]]
        assert await everything(recounting, live, view=view) == wanted
        pages = await walked(recounting, live, view)
        assert [page.start for page in pages][1:] == [page.end for page in pages][:-1]
        likes = sum(moment.kind is MomentKind.LIKE for moment in wanted)
        assert shown(pages) == len(wanted) - likes


async def test_pages_fit_a_card_and_going_back_leads_to_the_beginning(
    storage: CountedStorage, recounting: Recounting, live: Live
):
    live = replace(live, ended=at(4001))
    await fill(storage, live, [7.3 * n for n in range(540)])
    for view in View:
        pages = await walked(recounting, live, view)
        assert all(len(page.rows) <= ROWS for page in pages)
        assert all(sum(len(row.text) for row in page.rows if isinstance(row, Moment)) <= LETTERS for page in pages)
        assert not any(page.left_out for page in pages)
        back = [pages[-1]]
        while back[-1].start > 0:
            back.append(await recounting.page(HERE, live, view, before=back[-1].start))
            assert back[-1].end == back[-2].start
        assert shown(back) == shown(pages)


async def test_what_many_do_is_a_row_a_minute_with_its_first_lines(
    storage: CountedStorage, recounting: Recounting, live: Live
):
    live = replace(live, ended=at(130))
    writer = BatchedWriter(storage.database)
    for number in range(90):
        writer.put(live.id, float(number), chat(f"line {number}", number))
    writer.put(live.id, 30.0, Liked(at(30), 15))
    writer.put(live.id, 31.0, GiftSent("g", at(31), chat("x").chatter, "Rose", 3))
    for second, viewers in ((10.0, 100), (50.0, 120)):
        writer.put(live.id, second, ViewerCount(at(second), viewers))
    await writer.flush()
    async with storage.work() as work:
        await work.transcripts.add(live.id, [segment("Good evening.", 5.0)])
    page = await recounting.page(HERE, live)
    first, said, second = page.rows
    assert isinstance(first, Crowd)
    assert (first.second, first.chats, first.likes, first.gifts, first.viewers) == (0.0, 60, 15, 3, 120)
    assert [line.text for line in first.lines] == ["line 0", "line 1"]
    assert isinstance(said, Moment)
    assert said.text == "Good evening."
    assert isinstance(second, Crowd)
    assert (second.second, second.chats, second.viewers) == (60.0, 30, None)
    assert (page.start, page.end, page.length) == (0, 131, 131)


async def test_a_second_with_more_chat_than_a_card_holds_says_how_much_is_left_out(
    storage: CountedStorage, recounting: Recounting, live: Live
):
    live = replace(live, ended=at(60))
    writer = BatchedWriter(storage.database)
    for number in range(300):
        writer.put(live.id, 10.0 + number / 1000, chat("hello", 10.0, number=number))
    await writer.flush()
    page = await recounting.page(HERE, live, View.CHAT, 10)
    assert (len(page.rows), page.left_out, page.start) == (ROWS, 300 - ROWS, 10)
    assert len(await everything(recounting, live, view=View.CHAT)) == 300


async def test_a_live_in_which_nothing_happened_is_one_empty_page(recounting: Recounting, live: Live):
    page = await recounting.page(HERE, replace(live, ended=live.started + timedelta(hours=8)))
    assert (page.rows, page.start, page.end) == ((), 0, page.length)
    assert (await recounting.page(HERE, live, View.EVENTS, 10**9)).rows == ()
    assert (await recounting.page(HERE, live, View.EVENTS, before=0)).rows == ()


async def test_a_place_sees_what_alarms_it_and_only_its_own_finds(
    storage: CountedStorage, recounting: Recounting, live: Live
):
    await fill(storage, live, [float(n) for n in range(11)])
    async with storage.work() as work:
        await work.clips.add(live.id, HERE, "a.mp4", Cut(Path("1"), 3.5, 9.0, 1, 1, 1), at(20), "x", "w")
        await work.follows.change(replace((await work.follows.of_place(THERE))[0], risk=NO_RISK))
    own = {MomentKind.ALERT, MomentKind.HIT, MomentKind.MARK, MomentKind.CLIP}
    assert {moment.kind for moment in await everything(recounting, live)} >= own
    assert not {moment.kind for moment in await everything(recounting, live, THERE)} & own


async def test_what_was_said_when_something_alarmed_is_marked_and_what_has_no_words_is_named(
    storage: CountedStorage, recounting: Recounting, live: Live
):
    parts = [segment("fine", 0.0), segment("vermin", 5.0), segment("", 10.0, state=SegmentState.SILENT)]
    parts += [segment(None, 15.0, state=SegmentState.UNTOLD)]
    async with storage.work() as work:
        await work.transcripts.add(live.id, parts)
        await work.alerts.assessed(live.id, judged(second=6.0), at(6))
    found = await everything(recounting, live, view=View.SPEECH)
    assert [(one.kind, one.text, one.risky) for one in found] == [
        (MomentKind.SPEECH, "fine", False),
        (MomentKind.SPEECH, "vermin", True),
        (MomentKind.GAP, "untold", False),
    ]
