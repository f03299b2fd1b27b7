"""What is put in comes out again, store by store."""

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Missing
from core.model.account import Account, AccountStatus, Follow, Handle
from core.model.clip import Clip, Cut
from core.model.live import Live, LiveStatus, Look
from core.model.notice import Delivery, Notice
from core.model.person import Place
from core.model.review import ACTS, Act, Decision
from core.model.risk import Alert, Assessment, Category, Label, Target, Verdict, Virality
from core.model.transcript import Gap, GapCause, Segment, SegmentState, Word
from core.model.trigger import Hit, MatchMode, Then, Trigger, Where
from storage import tables
from storage.database import Database

ASSESSMENT = Assessment(
    Category.HATEFUL,
    Virality.HIGH,
    True,
    Target.GROUP,
    {Label.H: 0.9, Label.S3: 0.1},
    0.8,
    "the quote",
    12.5,
    "a reason",
    "judge",
    True,
)
CUT = Cut(Path("clips/1.mp4"), 10.0, 40.5, 123456, 720, 1280)


@pytest.mark.parametrize(
    ("value", "row", "elsewhere"),
    [
        (Place, tables.PlaceRow, set()),
        (Account, tables.AccountRow, set()),
        (Follow, tables.FollowRow, {"handle"}),
        (Live, tables.LiveRow, {"handle", "rooms", "viewers_mean"}),
        (Segment, tables.SegmentRow, set()),
        (Gap, tables.GapRow, set()),
        (Trigger, tables.TriggerRow, {"handle", "hits"}),
        (Hit, tables.HitRow, set()),
        (Clip, tables.ClipRow, set()),
        (Cut, tables.ClipRow, {"short"}),
        (Assessment, tables.AssessmentRow, set()),
        (Alert, tables.AlertRow, {"assessment", "said", "rule", "limits", "withheld"}),
        (Notice, tables.DeliveryRow, set()),
        (Delivery, tables.DeliveryRow, {"notice"}),
    ],
)
def test_rows_have_the_fields_of_their_values(value, row, elsewhere):
    assert {field.name for field in fields(value)} - elsewhere <= set(row.model_fields)


async def test_a_place_comes_back_as_it_was_and_can_change(database: Database):
    place = Place("discord:1", "Here", "fr", "Europe/Paris", 0.55, timedelta(days=7))
    async with database.work() as work:
        assert await work.places.put(place) == place
    async with database.work() as work:
        assert await work.places.get("discord:1") == place
        await work.places.put(replace(place, name="There"))
    async with database.reading() as work:
        assert (await work.places.get("discord:1")).name == "There"
        assert await work.places.get("discord:2") is None


async def test_a_follow_changes_in_what_it_wants_and_says_so_to_other_processes(database: Database, stage):
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("zoe"))
        follow = await work.follows.add(Follow(0, stage.here, account.id, account.handle, "console:a", stage.now))
        before = await work.revisions.of("follows")
        wanted = replace(follow, address="console:b", paused_until=stage.now, chat=False, videos=True, risk=0.1)
        assert await work.follows.change(replace(wanted, since=stage.now - timedelta(days=1))) == wanted
        assert await work.revisions.of("follows") > before
        await work.follows.remove(stage.here, account.id)
        assert await work.follows.change(wanted) is None, "what is taken back does not come back by a change"


async def test_a_follow_that_lasts_takes_the_place_of_one_for_once_and_not_the_other_way(database: Database, stage):
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("zoe"))
        lasting = Follow(0, stage.here, account.id, account.handle, "console:a", stage.now)
        once = replace(lasting, once=True, until=stage.now + timedelta(hours=1), address="console:b")
        assert (await work.follows.add(once)).once
        assert not (await work.follows.add(lasting)).once
        assert (await work.follows.add(once)).address == "console:a"


async def test_an_account_is_made_once_and_learns_from_looks(database: Database, stage):
    async with database.work() as work:
        assert await work.accounts.ensure(Handle("maria")) == stage.account
        look = Look(stage.now, True, "r", name="Maria", tiktok_id="77", followers=0)
        seen = await work.accounts.saw(stage.account.id, look, AccountStatus.LIVE)
        look_at = stage.now
        status = AccountStatus.LIVE
        assert seen == Account(stage.account.id, Handle("maria"), "Maria", "77", 0, status, look_at, tried_at=look_at)
        later = await work.accounts.saw(seen.id, Look(stage.now, False), AccountStatus.OFFLINE)
        assert (later.name, later.tiktok_id, later.followers, later.status) == ("Maria", "77", 0, AccountStatus.OFFLINE)
    async with database.reading() as work:
        assert await work.accounts.get(seen.id) == await work.accounts.by_handle(Handle("maria")) == later
        assert await work.accounts.by_handle(Handle("nobody")) is None
        assert isinstance(later.handle, Handle)
    with pytest.raises(Missing):
        async with database.work() as work:
            await work.accounts.saw(999, Look(stage.now, False), AccountStatus.OFFLINE)


async def test_a_follow_is_there_once_and_can_be_taken_back_and_restored(database: Database, stage):
    wish = Follow(0, stage.here, stage.account.id, Handle("maria"), "console:2", stage.now, "fr", False, 0.5, "@all")
    async with database.work() as work:
        (there,) = await work.follows.of_place(stage.here)
        assert await work.follows.add(wish) == there
        revision = await work.revisions.of("follows")
        assert await work.follows.remove(stage.here, stage.account.id) == there
        assert await work.follows.of_place(stage.here) == []
        assert await work.follows.remove(stage.here, stage.account.id) is None
        assert await work.follows.restore(stage.here, there.id) == there
        assert await work.follows.restore(stage.here, there.id) is None
        assert await work.revisions.of("follows") == revision + 2
        await work.follows.remove(stage.here, stage.account.id)
    async with database.work() as work:
        again = await work.follows.add(wish)
        assert again == replace(wish, id=again.id)
        assert [follow.place for follow in await work.follows.of_account(stage.account.id)] == [stage.here, stage.there]


async def test_followed_accounts_are_those_somebody_follows(database: Database, stage):
    async with database.work() as work:
        await work.accounts.ensure(Handle("alone"))
        assert await work.follows.followed() == [stage.account]
        await work.follows.remove(stage.here, stage.account.id)
        assert await work.follows.followed() == [stage.account]
        await work.follows.remove(stage.there, stage.account.id)
        assert await work.follows.followed() == []


async def test_a_room_is_one_live_for_ever(database: Database, stage):
    look = Look(stage.now + timedelta(hours=1), True, "room1")
    async with database.work() as work:
        live, new = await work.lives.begin(stage.account, look, [stage.here, stage.there, stage.there])
        assert (live, new) == (stage.live, (stage.there,))
        assert await work.lives.begin(stage.account, look, [stage.here, stage.there]) == (stage.live, ())
        assert await work.lives.places_of(live.id) == [stage.here, stage.there]
        assert (await work.lives.add_room(live.id, "room2")).rooms == ("room1", "room2")
        assert (await work.lives.add_room(live.id, "room2")).room == "room2"
        back, _ = await work.lives.begin(stage.account, replace(look, room="room2"), [])
        assert back.id == live.id


async def test_a_live_started_when_tiktok_says_so(database: Database, stage):
    began = stage.now - timedelta(minutes=9)
    async with database.work() as work:
        live, _ = await work.lives.begin(stage.account, Look(stage.now, True, "room9", "T", started=began), [])
    assert (live.started, live.title, live.handle, live.status) == (began, "T", "maria", LiveStatus.LIVE)


async def test_running_lives_are_live_or_lost(database: Database, stage):
    async with database.work() as work:
        lost = await work.lives.set_status(stage.live.id, LiveStatus.LOST)
        assert await work.lives.running() == [lost]
        ended = await work.lives.set_status(lost.id, LiveStatus.ENDED, stage.now + timedelta(hours=2))
        assert ended.length(stage.now) == timedelta(hours=2)
        assert await work.lives.running() == []
        again = await work.lives.set_status(lost.id, LiveStatus.LIVE)
        assert again.ended is None
    with pytest.raises(Missing):
        async with database.work() as work:
            await work.lives.set_status(999, LiveStatus.LOST)


async def test_lives_of_a_place_are_newest_first_and_narrowed(database: Database, stage):
    async with database.work() as work:
        other = await work.accounts.ensure(Handle("other"))
        for hour in range(3):
            look = Look(stage.now + timedelta(hours=hour), True, f"o{hour}")
            await work.lives.begin(other, look, [stage.here])
        await work.lives.set_status(stage.live.id, LiveStatus.ENDED, stage.now)

        async def rooms(**narrowed):
            return [live.room for live in await work.lives.of_place(stage.here, **narrowed)]

        assert await rooms() == ["o2", "o1", "o0", "room1"]
        assert await rooms(limit=1) == ["o2"]
        assert await rooms(running=True) == ["o2", "o1", "o0"]
        assert await rooms(account_id=stage.account.id) == ["room1"]
        assert await rooms(since=stage.now + timedelta(hours=1)) == ["o2", "o1"]


async def test_a_transcript_comes_back_in_order_with_its_words_and_gaps(database: Database, stage):
    told = Segment(5.1, 7.0, "Héllo there", "fr", "whisper", (Word(5.1, 5.5, "Héllo"), Word(5.6, 7.0, "there")))
    untold = Segment(0.0, 2.0, None, state=SegmentState.UNTOLD)
    gap = Gap(2.0, 5.0, GapCause.RECONNECT)
    async with database.work() as work:
        await work.transcripts.add(stage.live.id, [told, gap, untold])
    async with database.work() as work:
        assert await work.transcripts.of_live(stage.live.id) == [untold, gap, told]
        heard = Segment(0.0, 2.0, "late words", "en", "groq")
        await work.transcripts.add(stage.live.id, [heard, gap])
        assert await work.transcripts.of_live(stage.live.id) == [heard, gap, told]


async def test_a_trigger_comes_back_with_its_hits_and_can_be_restored(database: Database, stage):
    given = Trigger(
        0, stage.here, "give*", stage.account.id, None, Where.CHAT, MatchMode.PATTERN, Then.CLIP, timedelta(seconds=0)
    )
    async with database.work() as work:
        revision = await work.revisions.of("triggers")
        trigger = await work.triggers.add(given)
        assert trigger == replace(given, id=trigger.id, handle=Handle("maria"))
        hit = Hit(
            0, trigger.id, stage.live.id, stage.here, "give*", Where.CHAT, stage.now, 3.5, "a giveaway", 2, 10, "bob"
        )
        stored = await work.hits.add(hit)
        assert stored == replace(hit, id=stored.id)
    async with database.work() as work:
        assert await work.hits.of_live(stage.here, stage.live.id) == [stored]
        counted = replace(trigger, hits=1)
        assert await work.triggers.of_place(stage.here) == [counted]
        assert await work.triggers.remove(stage.here, trigger.id) == counted
        assert await work.triggers.of_place(stage.here) == []
        assert await work.triggers.of_account(stage.account.id) == []
        assert await work.triggers.remove(stage.here, trigger.id) is None
        assert await work.triggers.restore(stage.here, trigger.id) == counted
        assert await work.triggers.restore(stage.here, trigger.id) is None
        assert await work.revisions.of("triggers") == revision + 3


async def test_triggers_of_an_account_are_those_of_its_followers_that_listen_to_it(database: Database, stage):
    async with database.work() as work:
        other = await work.accounts.ensure(Handle("other"))
        await work.places.put(Place("console:away", "does not follow"))
        for place, word, account_id in [
            (stage.here, "all", None),
            (stage.there, "hers", stage.account.id),
            (stage.here, "other's", other.id),
            ("console:away", "away", None),
        ]:
            await work.triggers.add(Trigger(0, place, word, account_id))
        assert [t.word for t in await work.triggers.of_account(stage.account.id)] == ["all", "hers"]
        assert [t.word for t in await work.triggers.of_place(stage.here, stage.account.id)] == ["all"]
        assert [t.word for t in await work.triggers.of_place(stage.here)] == ["all", "other's"]


async def test_hits_are_counted_since_a_time(database: Database, stage):
    async with database.work() as work:
        trigger = await work.triggers.add(Trigger(0, stage.here, "hi"))
        for second in range(3):
            at = stage.now + timedelta(seconds=second)
            await work.hits.add(Hit(0, trigger.id, stage.live.id, stage.here, "hi", Where.CHAT, at, second, "hi", 0, 2))
        since = stage.now + timedelta(seconds=1)
        assert await work.hits.count(stage.here, stage.live.id, trigger.id, since) == 2


async def test_the_same_wish_is_one_clip_and_a_taken_name_gets_a_number(database: Database, stage):
    async with database.work() as work:

        async def add(wish: str, shown: str = "bob_hi.mp4", place: str = stage.here) -> Clip:
            return await work.clips.add(stage.live.id, place, shown, CUT, stage.now, "hi", wish)

        first, second, third = await add("w1"), await add("w2"), await add("w3")
        assert [clip.shown for clip in (first, second, third)] == ["bob_hi.mp4", "bob_hi_2.mp4", "bob_hi_3.mp4"]
        assert await add("w2", "else.mp4") == second
        assert (await add("w1", place=stage.there)).id != first.id
        assert (await add("w5", "100%_x.mp4")).shown == "100%_x.mp4"
        assert first.path == CUT.path
        assert (first.start, first.seconds, first.size, first.width, first.height) == (10.0, 40.5, 123456, 720, 1280)
        assert await work.clips.get(stage.here, first.id) == first
        assert (await work.clips.of_place(stage.here, limit=2))[1].shown == "bob_hi_3.mp4"
        assert await work.clips.of_place(stage.here, since=stage.now + timedelta(seconds=1)) == []


async def test_an_assessment_and_its_alert_come_back_whole(database: Database, stage):
    async with database.work() as work:
        number = await work.alerts.assessed(stage.live.id, ASSESSMENT, stage.now)
        await work.alerts.assessed(stage.live.id, replace(ASSESSMENT, second=1.0), stage.now)
        alert = await work.alerts.raise_(stage.here, stage.live.id, number, stage.now)
        assert await work.alerts.raise_(stage.here, stage.live.id, number, stage.now) == alert
    async with database.work() as work:
        assert [a.second for a in await work.alerts.of_live(stage.live.id)] == [1.0, 12.5]
        assert (await work.alerts.of_live(stage.live.id))[1] == ASSESSMENT
        assert await work.alerts.get(stage.here, alert.id) == alert
        assert (await work.alerts.repeated(alert.id)).repeats == 1
        assert [a.repeats for a in await work.alerts.recent(stage.here, stage.live.id, stage.now)] == [1]
        assert await work.alerts.recent(stage.here, stage.live.id, stage.now + timedelta(seconds=1)) == []
    with pytest.raises(Missing):
        async with database.work() as work:
            await work.alerts.repeated(999)


async def test_the_faster_decision_counts_and_an_undo_makes_it_wait_again(database: Database, stage):
    async with database.work() as work:
        number = await work.alerts.assessed(stage.live.id, ASSESSMENT, stage.now)
        alert = await work.alerts.raise_(stage.here, stage.live.id, number, stage.now)

    async def decide(verdict: Verdict, was: Verdict, note: str = ""):
        before = replace(alert, verdict=was)
        undone = verdict is Verdict.WAITING
        after = replace(
            alert,
            verdict=verdict,
            decided_by="" if undone else "ann",
            decided_at=None if undone else stage.now,
            note=note,
        )
        made = Decision(alert.id, ACTS[verdict], was, verdict, "ann", "console:ann", stage.now, note)
        async with database.work() as work:
            return await work.alerts.change(before, after, made)

    decided = await decide(Verdict.CONFIRMED, Verdict.WAITING, "yes")
    assert (decided.verdict, decided.decided_by, decided.decided_at, decided.note) == (
        Verdict.CONFIRMED,
        "ann",
        stage.now,
        "yes",
    )
    assert await decide(Verdict.DISMISSED, Verdict.WAITING) is None
    async with database.reading() as work:
        assert await work.alerts.waiting(stage.here) == []
    undone = await decide(Verdict.WAITING, Verdict.CONFIRMED)
    assert undone == alert
    async with database.reading() as work:
        assert await work.alerts.waiting(stage.here) == [alert]
        decisions = await work.alerts.decisions(stage.here, alert.id)
    assert [(one.act, one.by_id, one.note) for one in decisions] == [
        (Act.CONFIRM, "console:ann", "yes"),
        (Act.REOPEN, "console:ann", ""),
    ]
    assert [one.supersedes for one in decisions] == [None, decisions[0].id]


async def test_revisions_only_grow(database: Database):
    async with database.work() as work:
        assert await work.revisions.of("anything") == 0
        await work.revisions.bump("anything")
        await work.revisions.bump("anything")
        assert await work.revisions.of("anything") == 2
