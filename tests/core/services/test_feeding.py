"""Where each event of a followed account is told, and what a place that only wants notices is spared."""

from pathlib import Path

import pytest

from core.model.account import Follow, Handle
from core.model.feed import OFF, Event, Feed
from core.model.live import HostEnded
from core.model.notice import NoticeKind
from core.model.person import Place, Purpose
from core.model.tellable.lives import LiveEnded, LiveStarted
from core.model.transcript import Segment
from core.services.assessing import Assessing
from core.services.clipping import Clipping
from core.services.feeding import address_of
from core.services.following import Following, Wishes
from core.services.lives.relaying import Relaying
from core.services.lives.reporting import Reporting
from core.services.settling import Settling
from core.services.triggering import Triggering
from tests.builders import (
    HERE,
    ROOM,
    THERE,
    armed,
    at,
    chat,
    followed,
    judged,
    outbox,
    placed,
    rows,
    scene_of,
    segment,
    stored_with,
    told,
)
from tests.core.services.conftest import Running
from tests.core.services.staging import Stage
from tests.doubles import (
    CountedStorage,
    HandClock,
    StagedCapture,
    StagedClipper,
    StagedJudge,
    StagedPlotter,
    StagedTikTok,
)

ALL = 0


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running) -> Stage:
    return Stage(storage, clock, StagedTikTok(clock), tmp_path, running, StagedCapture(clock))


async def feed(storage: CountedStorage, event: Event, address: str, account_id: int = ALL, place: str = HERE) -> None:
    async with storage.work() as work:
        await work.feeds.put(Feed(place, event, address, account_id))


async def goes(storage: CountedStorage, follow: Follow) -> dict[Event, str | None]:
    async with storage.reading() as work:
        return {event: await address_of(work, event, follow) for event in Event}


async def test_without_a_feed_everything_goes_where_the_account_posts(storage: CountedStorage):
    assert set((await goes(storage, await followed(storage))).values()) == {"console:here:lives"}


async def test_the_feed_of_the_account_goes_before_that_of_the_place(storage: CountedStorage):
    maria, zoe = await followed(storage), await followed(storage, "zoe")
    await feed(storage, Event.VIDEO, "console:videos")
    await feed(storage, Event.VIDEO, "console:maria", maria.account_id)
    assert (await goes(storage, maria))[Event.VIDEO] == "console:maria"
    assert (await goes(storage, zoe))[Event.VIDEO] == "console:videos"
    await feed(storage, Event.VIDEO, OFF, zoe.account_id)
    assert (await goes(storage, zoe))[Event.VIDEO] is None


async def test_end_hits_clips_and_alerts_go_with_the_live(storage: CountedStorage):
    follow = await followed(storage)
    await feed(storage, Event.LIVE, "console:stage")
    where = await goes(storage, follow)
    assert {event for event, address in where.items() if address == "console:stage"} == {
        Event.LIVE, Event.END, Event.HIT, Event.CLIP, Event.RISK,
    }  # fmt: skip
    await feed(storage, Event.HIT, "console:words")
    assert (await goes(storage, follow))[Event.HIT] == "console:words"


async def test_a_live_that_is_not_told_has_no_end_and_its_hits_stay_where_the_account_posts(storage: CountedStorage):
    follow = await followed(storage)
    await feed(storage, Event.LIVE, OFF)
    where = await goes(storage, follow)
    assert (where[Event.LIVE], where[Event.END]) == (None, None)
    assert (where[Event.HIT], where[Event.CLIP], where[Event.RISK]) == (follow.address,) * 3
    await feed(storage, Event.END, "console:ends")
    assert (await goes(storage, follow))[Event.END] == "console:ends"


async def test_a_channel_said_for_one_account_goes_before_what_the_place_said_but_off_stays_off(
    storage: CountedStorage, clock: HandClock
):
    place = await placed(storage)
    await feed(storage, Event.LIVE, "console:stage")
    await feed(storage, Event.VIDEO, OFF)
    following = Following(storage, clock, 5)
    usual, _ = await following.follow(place, Handle("zoe"), "console:a", Wishes())
    said, _ = await following.follow(place, Handle("maria"), "console:a", Wishes(), said=True)
    assert (await goes(storage, usual))[Event.LIVE] == "console:stage"
    where = await goes(storage, said)
    assert (where[Event.LIVE], where[Event.END], where[Event.VIDEO], where[Event.RISK]) == (
        "console:a", "console:a", None, "console:a",
    )  # fmt: skip
    moved = await following.change(place, said, address="console:b")
    assert (await goes(storage, moved))[Event.LIVE] == "console:b"
    await following.unfollow(moved)
    again, _ = await following.follow(place, Handle("maria"), "console:c", Wishes())
    assert (await goes(storage, again))[Event.LIVE] == "console:stage", "followed anew, nothing is remembered"


async def test_each_post_of_a_live_goes_to_its_own_feed(storage: CountedStorage, clock: HandClock, tmp_path: Path):
    for event in (Event.HIT, Event.CLIP, Event.RISK, Event.LIVE):
        await placed(storage) if event is Event.HIT else None
        await feed(storage, event, f"console:{event}")
    await followed(storage, transcript=True)
    await armed(storage, "giveaway")
    scene = await scene_of(storage)
    clipping = Clipping(storage, clock, StagedClipper(), tmp_path)
    await Triggering(storage, clock, clipping).chat(scene, chat("a giveaway", 3))
    await Assessing(storage, clock, StagedJudge(lambda segment: judged())).speech(scene, segment("words"))
    await Relaying(storage, clock).speech(scene, segment("words"))
    async with storage.work() as work:
        [job] = await work.jobs.claim("w", ["clip"], at(1e4), clock.now() - clock.now(), 1)
    effect = await clipping.save(job)
    async with storage.work() as work:
        await effect(work)
    assert {one.notice.kind: one.notice.address for one in outbox(tmp_path)} == {
        NoticeKind.HIT: "console:hit",
        NoticeKind.CLIP: "console:clip",
        NoticeKind.RISK: "console:risk",
        NoticeKind.ROLLING: "console:live",
    }


async def test_the_end_edits_the_start_post_or_goes_to_its_own_feed(stage: Stage):
    await placed(stage.storage)
    await placed(stage.storage, THERE)
    await feed(stage.storage, Event.LIVE, "console:stage")
    await feed(stage.storage, Event.END, "discord:ends", place=THERE)
    for place in (HERE, THERE):
        await followed(stage.storage, "maria", place)
    stage.tiktok.rooms["maria"] = ROOM
    async with stage.up():
        await stage.looked(2)
        stage.tiktok.says(ROOM, HostEnded(at(1)))
        stage.tiktok.rooms.clear()
        await stage.looked(1)
    reporting = Reporting(stage.storage, stage.clock, StagedPlotter(), stage.folder)
    async with stage.storage.work() as work:
        [job] = await work.jobs.claim("w", ["report"], stage.clock.now(), stage.clock.now() - stage.clock.now(), 1)
    effect = await reporting.report(job)
    async with stage.storage.work() as work:
        await effect(work)
    started = {one.notice.place: one.notice.address for one in told(stage.folder, NoticeKind.LIVE_STARTED)}
    ended = [one.notice for one in told(stage.folder, NoticeKind.LIVE_ENDED)]
    assert started == {HERE: "console:stage", THERE: f"{THERE}:lives"}
    loud = {one.place: one.address for one in ended if not one.silent}
    assert loud == {HERE: "console:stage", THERE: "discord:ends"}
    assert [(one.place, one.address, one.edits) for one in ended if one.silent] == [(THERE, f"{THERE}:lives", True)]


async def test_a_place_that_wants_notices_hears_of_a_live_and_nothing_of_it_is_read(stage: Stage):
    await placed(stage.storage, purpose=Purpose.NOTICES)
    await followed(stage.storage, transcript=True)
    await armed(stage.storage, "giveaway")
    stage.tiktok.rooms["maria"] = ROOM
    stage.sights = True
    async with stage.up():
        await stage.looked(8)
        assert (stage.capture.opened, stage.tiktok.joined) == ([], [])
        assert stage.lives() == [("live", ROOM)], "what nobody hears cannot be lost"
        [start] = told(stage.folder, NoticeKind.LIVE_STARTED)
        assert isinstance(start.says, LiveStarted)
        assert (start.says.transcript, start.says.triggers, start.says.threshold) == (False, 0, None)
    assert [one.notice.kind for one in outbox(stage.folder)] == [NoticeKind.LIVE_STARTED]


async def test_what_others_have_recorded_is_not_told_to_a_place_that_wants_notices(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    quiet = await placed(storage, purpose=Purpose.NOTICES)
    for place in (HERE, THERE):
        await followed(storage, "maria", place, transcript=True)
        await armed(storage, "giveaway", place)
    scene = await scene_of(storage)
    scene.notices = frozenset({HERE})
    clipping = Clipping(storage, clock, StagedClipper(), tmp_path)
    triggering = Triggering(storage, clock, clipping)
    await triggering.chat(scene, chat("a giveaway", 3))
    await stored_with(storage, triggering.speech, scene, segment("a giveaway said", 5))
    await Assessing(storage, clock, StagedJudge(lambda one: judged())).speech(scene, segment("words"))
    await Relaying(storage, clock).speech(scene, segment("words"))
    async with storage.work() as work:
        await work.transcripts.add(scene.live.id, [Segment(0.0, 5.0, "words", "en", "captions")])
    assert {one.notice.place for one in outbox(tmp_path)} == {THERE}
    assert {row["place"] for row in rows(tmp_path, "select place from hit")} == {THERE}
    reporting = Reporting(storage, clock, StagedPlotter(), tmp_path)
    mine, theirs = await reporting.of(quiet.id, scene.live), await reporting.of(THERE, scene.live)
    assert isinstance(mine, LiveEnded)
    assert (mine.recorded, mine.segments, mine.lines, mine.plot) == (False, 0, "", "")
    assert (theirs.recorded, theirs.segments, theirs.lines) == (True, 1, "words")


async def test_a_place_that_only_wants_notices_from_now_on_stops_being_recorded_at_once(stage: Stage):
    place = await placed(stage.storage)
    await followed(stage.storage)
    stage.tiktok.rooms["maria"] = ROOM
    settling = Settling(stage.storage, stage.clock, Following(stage.storage, stage.clock, 5))
    async with stage.up() as watching:
        await stage.looked(2)
        assert len(stage.capture.opened) == 1
        await settling.change(place, purpose=Purpose.NOTICES)
        await stage.clock.advance(6)
        assert stage.capture.opened[0].stopped
        [watch] = watching.watches.values()
        assert (watch.scene.heard, watch.scene.wants_chat) == ((), False)
        await settling.change(place, purpose=Purpose.COMMUNITY)
        await stage.clock.advance(6)
        await stage.clock.advance(1)
        assert len(stage.capture.opened) == 2


async def test_a_place_is_asked_for_by_its_name_and_keeps_what_was_set(storage: CountedStorage):
    await placed(storage, address="console:a")
    async with storage.work() as work:
        kept = await work.places.ensure(Place(HERE, "renamed", address="", language="fr"))
    assert (kept.name, kept.address, kept.language) == ("renamed", "console:a", "en")
