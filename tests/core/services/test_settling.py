"""A place is set up once, changed by many, and nothing is lost between two who change it at a time."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from core.errors import Denied, Invalid, Missing
from core.model.audit import Verb
from core.model.feed import OFF, Event
from core.model.notice import NoticeKind
from core.model.person import Person, Place, Platform, Purpose
from core.services.announcing import Announcing
from core.services.following import Following
from core.services.settling import MOST_REVIEWERS, Settling
from tests.builders import deeds, followed, outbox, placed, told
from tests.doubles import CountedStorage, HandClock

SERVER = Place("discord:1", "The kitchen")
KARIM, ZOE = Person("discord:71", "Karim"), Person("discord:72", "Zoe")


@dataclass
class StagedChannels:
    """The channels of a place; rights are missing in some."""

    lacking: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def missing(self, place: str, address: str) -> tuple[str, ...]:
        if address == "discord:9":
            raise Missing("NOT_FOUND", x=address)
        return self.lacking.get(address, ())


@pytest.fixture
def channels() -> StagedChannels:
    return StagedChannels()


@pytest.fixture
def settling(storage: CountedStorage, clock: HandClock, channels: StagedChannels) -> Settling:
    following = Following(storage, clock, 5, channels={Platform.DISCORD: channels})
    return Settling(storage, clock, following)


async def stored(settling: Settling, place: str = SERVER.id) -> Place:
    async with settling.storage.reading() as work:
        found = await work.places.get(place)
    assert found is not None
    return found


async def test_a_place_begins_where_it_was_set_up_and_remembers_who_was_first(settling: Settling, clock: HandClock):
    assert not SERVER.begun
    place = await settling.begin(SERVER, KARIM, "discord:901")
    assert (place.begun, place.address, place.set_up, place.set_up_by) == (
        True,
        "discord:901",
        clock.now(),
        "discord:71",
    )
    await clock.advance(60)
    again = await settling.begin(SERVER, ZOE, "discord:902")
    assert again == place == await stored(settling)


async def test_where_earshot_may_not_post_a_place_begins_without_a_channel(
    settling: Settling, channels: StagedChannels
):
    channels.lacking["discord:901"] = ("Send Messages",)
    place = await settling.begin(SERVER, KARIM, "discord:901")
    assert (place.begun, place.address) == (True, "")
    with pytest.raises(Denied) as refused:
        await settling.change(place, address="discord:901")
    assert refused.value.values["missing"] == "Send Messages"
    channels.lacking.clear()
    assert (await settling.begin(place, KARIM, "discord:901")).address == "discord:901"
    assert await settling.missing(place, "discord:9") == ("discord:9",), "a channel that is gone"


async def test_two_who_change_different_things_at_a_time_both_have_their_way(settling: Settling):
    before = await settling.begin(SERVER, KARIM, "discord:901")
    await settling.change(before, language="fr")
    await settling.change(before, risk_threshold=0.9)
    await settling.appoint(before, KARIM, "discord:72", may=True)
    now = await stored(settling)
    assert (now.language, now.risk_threshold, now.reviewers, now.address) == ("fr", 0.9, ("discord:72",), "discord:901")


async def test_a_place_that_is_set_up_after_it_was_left_is_looked_at_again(settling: Settling, clock: HandClock):
    place = await settling.begin(SERVER, KARIM, "discord:901")
    async with settling.storage.work() as work:
        await work.places.put(replace(place, left=clock.now()))
        before = await work.revisions.of("follows")
    assert (await settling.begin(SERVER, ZOE, "discord:901")).left is None
    async with settling.storage.reading() as work:
        assert await work.revisions.of("follows") == before + 1


async def test_only_a_purpose_that_changes_what_is_recorded_wakes_what_runs(settling: Settling):
    place = await settling.begin(SERVER, KARIM, "discord:901")

    async def revision() -> int:
        async with settling.storage.reading() as work:
            return await work.revisions.of("follows")

    before = await revision()
    await settling.change(place, purpose=Purpose.NEWSROOM)
    assert await revision() == before
    await settling.change(place, purpose=Purpose.NOTICES)
    assert await revision() == before + 1


async def test_reviewers_are_named_once_taken_away_and_not_too_many(settling: Settling):
    for number in (1, 2, 1):
        place = await settling.appoint(SERVER, KARIM, f"discord:{number}", may=True)
    assert place.reviewers == ("discord:2", "discord:1")
    assert (await settling.appoint(SERVER, KARIM, "discord:2", may=False)).reviewers == ("discord:1",)
    for number in range(2, MOST_REVIEWERS + 1):
        await settling.appoint(SERVER, KARIM, f"discord:{number}", may=True)
    with pytest.raises(Invalid) as refused:
        await settling.appoint(SERVER, KARIM, "discord:99", may=True)
    assert refused.value.code == "REVIEWERS"


async def test_the_name_of_a_reviewer_is_kept_as_long_as_they_are_one(settling: Settling):
    group = Place("telegram:-5", "The kitchen")
    await settling.appoint(group, KARIM, "telegram:1", may=True, name="Mona")
    place = await settling.appoint(group, KARIM, "telegram:2", may=True)
    assert (place.called("telegram:1"), place.called("telegram:2")) == ("Mona", "")
    assert (await settling.appoint(place, KARIM, "telegram:1", may=True)).called("telegram:1") == "Mona", (
        "a number says no name"
    )
    place = await settling.recognise(
        await settling.recognise(place, "telegram:2", "Zoe \n  Z"), "telegram:1", "M" * 200
    )
    assert (place.called("telegram:1"), place.called("telegram:2")) == ("M" * 64, "Zoe Z")
    assert await stored(settling, group.id) == place
    assert (await settling.appoint(place, KARIM, "telegram:1", may=False)).names == (("telegram:2", "Zoe Z"),)
    assert (await settling.recognise(place, "telegram:3", "Karim")).names == place.names, "nobody else's name is kept"


async def test_who_names_a_reviewer_stands_in_the_audit_log(settling: Settling):
    await settling.appoint(SERVER, KARIM, "discord:72", may=True, name="Zoe")
    await settling.appoint(SERVER, KARIM, "discord:72", may=True)  # she is one: nothing was done
    await settling.appoint(SERVER, KARIM, "discord:72", may=False)
    await settling.appoint(SERVER, KARIM, "discord:72", may=False)
    assert await deeds(settling.storage, SERVER.id) == [
        (Verb.APPOINT, "person:discord:72", "", "", "Zoe"),
        (Verb.DEPOSE, "person:discord:72", "", "", "Zoe"),
    ]


async def test_events_are_sent_elsewhere_switched_off_and_left_to_themselves_again(settling: Settling):
    place = await settling.begin(SERVER, KARIM, "discord:901")
    follow = await followed(settling.storage, "maria", SERVER.id)
    await settling.route(place, Event.RISK, "discord:902")
    await settling.route(place, Event.HIT, OFF)
    await settling.route(place, Event.RISK, "discord:903", follow)
    assert await settling.routes(place.id) == {Event.RISK: "discord:902", Event.HIT: OFF}
    assert await settling.routes(place.id, follow.account_id) == {Event.RISK: "discord:903"}
    await settling.route(place, Event.HIT, "")
    assert await settling.routes(place.id) == {Event.RISK: "discord:902"}
    with pytest.raises(Invalid) as refused:
        await settling.route(place, Event.DIGEST, "discord:902", follow)
    assert refused.value.code == "NOT_OF_ACCOUNT"
    with pytest.raises(Missing):
        await settling.route(place, Event.LIVE, "discord:9")


async def test_a_test_post_takes_the_way_of_every_post_and_says_who_asked(settling: Settling, tmp_path: Path):
    place = await settling.begin(SERVER, KARIM, "discord:901")
    await settling.test(place, "discord:901", KARIM)
    [post] = told(tmp_path, NoticeKind.TESTED)
    assert (post.notice.address, post.notice.place, post.says.by, post.notice.edits) == (
        "discord:901", SERVER.id, "Karim", False,
    )  # fmt: skip


async def test_a_word_to_all_reaches_every_place_that_is_set_up_once(
    settling: Settling, storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    announcing = Announcing(storage, clock)
    await settling.begin(SERVER, KARIM, "discord:901")
    await settling.begin(Place("telegram:-5", "group"), ZOE, "telegram:-5/3")
    left = await settling.begin(Place("discord:2", "left"), ZOE, "discord:800")
    async with storage.work() as work:
        await work.places.put(Place(**{**vars(left), "left": clock.now()}))
    await placed(storage, "telegram:77")  # somebody's private chat, in which nothing was set up
    await placed(storage, "discord:3")
    draft = await announcing.draft("Down on Sunday; @everyone")
    assert (draft.places, outbox(tmp_path)) == (2, [])
    assert await announcing.send(draft.id) == 2
    assert await announcing.send(draft.id) == 0
    assert sorted((one.notice.address, one.says.text) for one in told(tmp_path, NoticeKind.SAID)) == [
        ("discord:901", "Down on Sunday; @everyone"),
        ("telegram:-5/3", "Down on Sunday; @everyone"),
    ]
    with pytest.raises(Missing):
        await announcing.send("nothing")


async def test_two_who_turn_sounds_off_at_a_time_both_have_their_way_and_alerts_keep_theirs(settling: Settling):
    await placed(settling.storage, SERVER.id)
    await settling.sound(SERVER, Event.HIT, on=False)
    await settling.sound(SERVER, Event.LIVE, on=False)
    assert (await stored(settling)).silent == ("live", "hit")
    await settling.sound(SERVER, Event.LIVE, on=True)
    await settling.sound(SERVER, Event.CLIP, on=True)
    assert (await stored(settling)).silent == ("hit",)
    with pytest.raises(Invalid, match="RISK_SOUNDS"):
        await settling.sound(SERVER, Event.RISK, on=False)
    assert (await stored(settling)).silent == ("hit",)
