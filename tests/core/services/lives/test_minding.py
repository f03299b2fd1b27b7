"""What people ask of the watch of one live: begun, stopped, muted, marked, and its log."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.account import FOREVER, Handle
from core.model.diary import DiaryKind, Entry
from core.model.live import Live, Look
from core.model.notice import NoticeKind
from core.model.person import Person, Place
from core.model.transcript import Segment
from core.model.trigger import Hit, Where
from core.ports.tiktok import Profile
from core.services.finding.checking import Checking
from core.services.lives.minding import PAGE, LogKind, Minding, Source
from core.services.lives.welcoming import tell_start
from storage.writer import BatchedWriter
from tests.builders import HERE, ROOM, THERE, armed, at, chat, followed, judged, placed, scene_of, segment, told
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedTikTok

MARIA = Handle("maria")
KARIM, LINA = Person("console:1", "Karim"), Person("console:2", "Lina")


@dataclass
class Pages:
    """TikTok's pages: who has one."""

    there: set[str] = field(default_factory=set)

    async def profile(self, handle: Handle) -> Profile:
        if handle not in self.there:
            raise Missing("HANDLE", x=handle)
        return Profile(handle, "71")

    async def handle_of(self, tiktok_id: str) -> Handle:
        raise Missing("GONE", name=tiktok_id)

    async def alive(self, rooms: object) -> frozenset[str]:
        return frozenset()


@dataclass
class Objecting:
    """Somebody who does not want to be watched."""

    handle: str

    async def refused(self, handle: Handle, tiktok_id: str) -> bool:
        return handle == self.handle


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    tiktok: StagedTikTok
    pages: Pages
    folder: Path

    def minding(self, limit: int = 3, objecting: str = "") -> Minding:
        checking = Checking(self.tiktok, self.pages, self.storage, self.clock)
        return Minding(self.storage, self.clock, limit, checking, Objecting(objecting))

    async def standing(self, place: str = HERE) -> tuple[bool, object]:
        async with self.storage.reading() as work:
            (found,) = [one for one in await work.lives.standings(1) if one.place == place]
        return found.stopped, found.muted_until


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    return Stage(storage, clock, StagedTikTok(clock, rooms={"maria": ROOM}), Pages({"maria"}), tmp_path)


def place(name: str = HERE) -> Place:
    return Place(name, name)


# ---------------------------------------------------------------- start


async def test_a_live_of_somebody_who_is_not_followed_is_followed_once_where_it_was_asked(stage: Stage):
    until = BEGAN + timedelta(hours=1)
    begun = await stage.minding().start(place(), MARIA, f"{HERE}:lives", until)
    assert (begun.look.live, begun.look.title) == (True, "Sunday kitchen")
    async with stage.storage.reading() as work:
        (follow,) = await work.follows.all()
        assert await work.revisions.of("follows") == 1
    assert (follow.once, follow.until, follow.address, follow.place) == (True, until, f"{HERE}:lives", HERE)


async def test_asked_again_it_is_the_same_watch_with_the_new_time(stage: Stage):
    for hours in (1, 2):
        await stage.minding(limit=1).start(place(), MARIA, HERE, BEGAN + timedelta(hours=hours))
    async with stage.storage.reading() as work:
        (follow,) = await work.follows.all()
    assert follow.until == BEGAN + timedelta(hours=2)


async def test_a_live_of_a_followed_account_that_was_stopped_here_goes_on(stage: Stage):
    follow = await followed(stage.storage)
    await scene_of(stage.storage)
    minding = stage.minding()
    await minding.stop(HERE, await live_of(stage), KARIM)
    begun = await minding.start(place(), MARIA, HERE, None)
    assert (begun.follow, begun.live_id) == (follow, 1)
    assert await stage.standing() == (False, None)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Denied("AGE"), "AGE"),
        (Transient("TIKTOK_LIMIT"), "TIKTOK_LIMIT"),
        (Transient("TIKTOK_DOWN"), "TIKTOK_DOWN"),
        (Missing("NAME_UNKNOWN"), "HANDLE"),
    ],
    ids=str,
)
async def test_what_tiktok_refuses_is_said_and_nothing_is_begun(stage: Stage, fault: EarshotError, code: str):
    stage.tiktok.faults["nobody"] = fault
    with pytest.raises(EarshotError) as raised:
        await stage.minding().start(place(), Handle("nobody"), HERE, None)
    assert raised.value.code == code
    async with stage.storage.reading() as work:
        assert await work.follows.all() == []


async def test_a_name_that_was_never_live_is_not_called_unknown(stage: Stage):
    stage.pages.there.add("shy")
    stage.tiktok.faults["shy"] = Missing("NAME_UNKNOWN")
    with pytest.raises(Invalid) as raised:
        await stage.minding().start(place(), Handle("shy"), HERE, None)
    assert raised.value.code == "NOT_LIVE_NOW"


async def test_who_is_not_live_is_said_so_by_whether_it_is_followed(stage: Stage):
    await followed(stage.storage, "amina")
    for handle, code in (("amina", "NOT_LIVE"), ("lena", "NOT_LIVE_NOW")):
        with pytest.raises(Invalid) as raised:
            await stage.minding().start(place(), Handle(handle), HERE, None)
        assert raised.value.code == code


async def test_a_watch_counts_as_an_account_of_the_place(stage: Stage):
    await followed(stage.storage, "amina")
    with pytest.raises(Invalid) as raised:
        await stage.minding(limit=1).start(place(), MARIA, HERE, None)
    assert (raised.value.code, raised.value.values) == ("LIMIT", {"n": 1, "m": 1})


async def test_a_paused_follow_is_not_gone_around(stage: Stage):
    await followed(stage.storage, paused_until=FOREVER)
    with pytest.raises(Invalid) as raised:
        await stage.minding().start(place(), MARIA, HERE, None)
    assert raised.value.code == "ALREADY"


async def test_who_does_not_want_to_be_watched_is_not(stage: Stage):
    with pytest.raises(Denied) as raised:
        await stage.minding(objecting="maria").start(place(), MARIA, HERE, None)
    assert raised.value.code == "OPTED_OUT"
    assert stage.tiktok.looks == []


# ---------------------------------------------------------------- stop, mute, mark


async def live_of(stage: Stage) -> Live:
    async with stage.storage.reading() as work:
        live = await work.lives.get(1)
    assert live is not None
    return live


async def test_a_stop_is_this_places_own_and_can_be_undone(stage: Stage):
    for name in (HERE, THERE):
        await followed(stage.storage, "maria", name)
    await scene_of(stage.storage)
    minding, live = stage.minding(), await live_of(stage)
    await minding.stop(HERE, live, KARIM)
    assert (await stage.standing(HERE), await stage.standing(THERE)) == ((True, None), (False, None))
    await minding.go_on(HERE, live, LINA)
    assert await stage.standing(HERE) == (False, None)
    async with stage.storage.reading() as work:
        here, there = await work.diary.of_live(HERE, 1), await work.diary.of_live(THERE, 1)
    assert [(entry.kind, entry.by) for entry in here] == [(DiaryKind.GOES_ON, "Lina"), (DiaryKind.STOPPED, "Karim")]
    assert there == []


async def test_the_post_about_a_live_says_who_stopped_it_here_and_that_it_goes_on(stage: Stage):
    for name in (HERE, THERE):
        await followed(stage.storage, "maria", name)
    scene = await scene_of(stage.storage)
    async with stage.storage.work() as work:
        await tell_start(work, scene, Look(BEGAN, True, ROOM, viewers=9), (HERE, THERE), stage.clock)
    minding, live = stage.minding(), await live_of(stage)
    await minding.stop(HERE, live, KARIM)
    (left,) = told(stage.folder, NoticeKind.LIVE_LEFT)
    assert (left.says.by, left.notice.place, left.notice.subject) == ("Karim", HERE, f"live:{live.id}")
    assert (left.notice.edits, left.notice.silent) == (True, True)
    await minding.go_on(HERE, live, LINA)
    await minding.go_on(HERE, live, LINA)
    first, _, again = told(stage.folder, NoticeKind.LIVE_STARTED)
    assert (again.says, again.notice.address, again.notice.edits) == (first.says, first.notice.address, True)


async def test_a_live_whose_start_was_never_told_here_has_no_post_to_change(stage: Stage):
    await followed(stage.storage)
    await scene_of(stage.storage)
    await stage.minding().stop(HERE, await live_of(stage), KARIM)
    assert told(stage.folder, NoticeKind.LIVE_LEFT) == []


async def test_a_place_that_never_saw_a_live_cannot_steer_it(stage: Stage):
    await followed(stage.storage)
    await placed(stage.storage, THERE)
    await scene_of(stage.storage)
    minding, live = stage.minding(), await live_of(stage)
    with pytest.raises(Missing):
        await minding.stop(THERE, live, KARIM)
    with pytest.raises(Missing):
        await minding.mute(THERE, live, timedelta(minutes=5), KARIM)
    async with stage.storage.reading() as work:
        assert await work.diary.of_live(THERE, 1) == []


async def test_every_wish_wakes_a_process_that_watches(stage: Stage):
    await followed(stage.storage)
    await scene_of(stage.storage)
    minding, live = stage.minding(), await live_of(stage)
    revisions = []
    for wish in (
        minding.mute(HERE, live, timedelta(minutes=5), KARIM),
        minding.stop(HERE, live, KARIM),
        minding.go_on(HERE, live, KARIM),
    ):
        await wish
        async with stage.storage.reading() as work:
            revisions.append(await work.revisions.of("follows"))
    assert len(set(revisions)) == 3


async def test_a_mute_lasts_as_long_as_asked(stage: Stage):
    await followed(stage.storage)
    await scene_of(stage.storage)
    until = await stage.minding().mute(HERE, await live_of(stage), timedelta(minutes=5), KARIM)
    assert until == BEGAN + timedelta(minutes=5)
    assert await stage.standing() == (False, until)


async def test_a_mark_knows_its_second_and_who_made_it(stage: Stage):
    await followed(stage.storage)
    await scene_of(stage.storage)
    stage.clock.at += timedelta(seconds=75)
    entry = await stage.minding().mark(HERE, await live_of(stage), "the onions", "Karim")
    assert (entry.second, entry.at, entry.text, entry.by) == (75.0, at(75), "the onions", "Karim")


# ---------------------------------------------------------------- log


async def furnished(stage: Stage) -> Minding:
    """A live with one of everything, at seconds 1 to 6."""
    for name in (HERE, THERE):
        await followed(stage.storage, "maria", name)
    scene = await scene_of(stage.storage)
    writer = BatchedWriter(stage.storage.database)
    writer.put(1, 1.0, chat("hello there", 1.0))
    await writer.flush()
    trigger = await armed(stage.storage, "giveaway")
    async with stage.storage.work() as work:
        await work.transcripts.add(1, [Segment(2.0, 3.0, "a giveaway"), segment(None, 9.0)])
        await work.hits.add(Hit(0, trigger.id, 1, HERE, "giveaway", Where.SPEECH, at(3), 3.0, "a giveaway", 2, 10))
        number = await work.alerts.assessed(1, judged(second=4.0), at(4))
        await work.alerts.raise_(HERE, 1, number, at(4))
        await work.diary.add(Entry(scene.live.id, at(5), 5.0, DiaryKind.LOST))
        await work.diary.add(Entry(scene.live.id, at(6), 6.0, DiaryKind.MARK, "mine", "Karim", HERE))
    return stage.minding()


@pytest.mark.parametrize(
    ("kind", "sources"),
    [
        (LogKind.ALL, [Source.DIARY, Source.DIARY, Source.RISK, Source.HIT, Source.SPEECH, Source.CHAT]),
        (LogKind.CHAT, [Source.CHAT]),
        (LogKind.SPEECH, [Source.SPEECH]),
        (LogKind.ALERTS, [Source.RISK, Source.HIT]),
        (LogKind.ERRORS, [Source.DIARY]),
    ],
)
async def test_a_log_merges_what_happened_newest_first(stage: Stage, kind: LogKind, sources: list[Source]):
    rows, page, more = await (await furnished(stage)).log(HERE, None, kind, 1)
    assert ([row.source for row in rows], page, more) == (sources, 1, False)
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


async def test_a_log_holds_nothing_of_another_place(stage: Stage):
    rows, _, _ = await (await furnished(stage)).log(THERE, None, LogKind.ALL, 1)
    assert [(row.source, row.kind) for row in rows] == [
        (Source.DIARY, DiaryKind.LOST),
        (Source.SPEECH, None),
        (Source.CHAT, None),
    ]
    assert await stage.minding().log("console:elsewhere", None, LogKind.ALL, 1) == ((), 1, False)


async def test_a_log_pages_back_through_all_lives_in_the_order_of_time(stage: Stage):
    await followed(stage.storage, "maria")
    await followed(stage.storage, "amina")
    writer = BatchedWriter(stage.storage.database)
    lives = [await scene_of(stage.storage, handle, handle) for handle in ("maria", "amina")]
    for number in range(2 * PAGE + 5):
        writer.put(lives[number % 2].live.id, float(number), chat(f"line {number}", number))
    await writer.flush()
    pages = [await stage.minding().log(HERE, None, LogKind.CHAT, page) for page in (1, 2, 3, 4)]
    texts = [row.text for rows, _, _ in pages[:3] for row in rows]
    assert texts == [f"line {number}" for number in reversed(range(2 * PAGE + 5))]
    assert [(page, more) for _, page, more in pages] == [(1, True), (2, True), (3, False), (3, False)]
    only, _, _ = await stage.minding().log(HERE, lives[0].account.id, LogKind.CHAT, 1)
    assert {row.live.handle for row in only} == {"maria"}
