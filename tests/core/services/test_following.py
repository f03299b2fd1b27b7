"""Following and unfollowing, as places ask for it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.account import FOREVER, Account, AccountStatus, Handle
from core.model.audit import Verb
from core.model.feed import Event, Feed
from core.model.live import Look
from core.model.person import Person, Place, Platform
from core.ports.tiktok import Profile
from core.services.finding.checking import Checking, Reading
from core.services.following import Following, Wishes
from tests.builders import HERE, THERE, deeds, followed
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedTikTok

MARIA = Handle("maria")


@pytest.fixture
def following(storage: CountedStorage, clock: HandClock) -> Following:
    return Following(storage, clock, limit=2)


async def test_an_account_is_followed_with_the_wishes_given(following: Following, clock: HandClock):
    follow, count = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes("fr", False, 0.4, "@mods"))
    assert count == 1
    assert (follow.place, follow.handle, follow.address, follow.since) == (HERE, MARIA, "console:a", clock.now())
    assert (follow.language, follow.transcript, follow.risk, follow.ping) == ("fr", False, 0.4, "@mods")


async def test_an_account_followed_already_says_since_when(following: Following, clock: HandClock):
    await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    began = clock.now()
    await clock.advance(60)
    with pytest.raises(Invalid) as refused:
        await following.follow(Place(HERE, "here"), MARIA, "console:b", Wishes())
    assert refused.value.code == "ALREADY"
    assert (refused.value.values["since"], refused.value.values["channel"]) == (began, "console:a")


async def test_a_place_follows_no_more_than_the_limit_and_other_places_do_not_count(following: Following):
    await following.follow(Place(THERE, "there"), Handle("zoe"), "discord:a", Wishes())
    for name in ("maria", "amina"):
        await following.follow(Place(HERE, "here"), Handle(name), "console:a", Wishes())
    with pytest.raises(Invalid) as refused:
        await following.follow(Place(HERE, "here"), Handle("zoe"), "console:a", Wishes())
    assert (refused.value.code, refused.value.values["n"], refused.value.values["m"]) == ("LIMIT", 2, 2)


async def test_an_unfollowed_account_comes_back_as_it_was(following: Following):
    follow, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes("fr", False, 0.4))
    assert (await following.unfollow(follow)).id == follow.id
    assert await following.listed(HERE) == []
    assert await following.restore(HERE, follow.id) == follow
    assert [one for one, _ in await following.listed(HERE)] == [follow]


async def test_unfollowing_twice_and_restoring_nothing_say_so(following: Following):
    follow, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    with pytest.raises(Missing):
        await following.restore(HERE, follow.id)
    await following.unfollow(follow)
    with pytest.raises(Missing):
        await following.unfollow(follow)
    with pytest.raises(Missing):
        await following.restore(THERE, follow.id)


async def test_following_again_after_unfollowing_takes_the_new_wishes(following: Following):
    follow, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes("fr"))
    await following.unfollow(follow)
    again, count = await following.follow(Place(HERE, "here"), MARIA, "console:b", Wishes("en"))
    assert (again.address, again.language, count) == ("console:b", "en", 1)


async def test_the_list_shows_each_account_as_last_seen_by_handle(following: Following, storage: CountedStorage):
    for name in ("zoe", "amina"):
        await followed(storage, name)
    listed = await following.listed(HERE)
    assert [(follow.handle, account.status) for follow, account in listed] == [
        ("amina", AccountStatus.UNKNOWN),
        ("zoe", AccountStatus.UNKNOWN),
    ]


# ---------------------------------------------------------------- TikTok, objections, channels


@dataclass
class StagedChecking:
    """What TikTok says of accounts: errors by name."""

    faults: dict[str, Exception] = field(default_factory=dict)
    live: bool = False
    asked: list[str] = field(default_factory=list)

    async def known(self, handle: Handle) -> None:
        self.asked.append(handle)
        if handle in self.faults:
            raise self.faults[handle]

    async def check(self, account: Account) -> Reading:
        await self.known(account.handle)
        return Reading(account, Look(BEGAN, self.live, "7300" if self.live else "", viewers=180), self.live)


@dataclass(frozen=True)
class StagedObjections:
    """Owners who object, by handle or by number."""

    who: frozenset[str]

    async def refused(self, handle: Handle, tiktok_id: str) -> bool:
        return bool({handle, tiktok_id} & self.who)


@dataclass(frozen=True)
class StagedChannels:
    """Channels of places, and what is missing in each."""

    rights: dict[str, tuple[str, ...]]

    async def missing(self, place: str, address: str) -> tuple[str, ...]:
        if address not in self.rights:
            raise Missing("NOT_FOUND", x=address)
        return self.rights[address]


async def refusal(
    following: Following, name: str = "maria", address: str = "console:a", place: str = HERE
) -> EarshotError:
    with pytest.raises(EarshotError) as refused:
        await following.follow(Place(place, "here"), Handle(name), address, Wishes())
    return refused.value


async def test_a_name_tiktok_does_not_know_is_refused_with_names_like_it(following: Following, storage: CountedStorage):
    tiktok = StagedChecking({"marja": Missing("HANDLE", x="marja"), "qqqq": Missing("HANDLE", x="qqqq")})
    asking = replace(following, checking=tiktok)
    await asking.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    near = await refusal(asking, "marja")
    assert (near.code, near.values) == ("HANDLE_NEAR", {"x": "marja", "list": "@maria"})
    assert (await refusal(asking, "qqqq")).code == "HANDLE"
    assert [follow.handle for follow, _ in await asking.listed(HERE)] == ["maria"]


async def test_an_account_that_was_on_tiktok_once_is_gone(following: Following, storage: CountedStorage):
    async with storage.work() as work:
        account = await work.accounts.ensure(MARIA)
        await work.accounts.saw(account.id, Look(BEGAN, False, tiktok_id="71"), AccountStatus.OFFLINE)
    asking = replace(following, checking=StagedChecking({"maria": Missing("HANDLE", x="maria")}))
    gone = await refusal(asking)
    assert (gone.code, gone.values["name"]) == ("GONE", "@maria")


@dataclass(frozen=True)
class StagedProfiles:
    """Pages of accounts."""

    there: frozenset[str]

    async def profile(self, handle: Handle) -> Profile:
        if handle not in self.there:
            raise Missing("HANDLE", x=handle)
        return Profile(handle, "71")


async def test_only_what_tiktok_says_plainly_keeps_an_account_from_being_followed(
    following: Following, storage: CountedStorage, clock: HandClock
):
    """The real check: a name the looks do not know may be somebody who never was live."""
    tiktok = StagedTikTok(clock, faults={"nobody": Missing("NAME_UNKNOWN", x="nobody"), "shy": Missing("NAME_UNKNOWN")})
    tiktok.faults["slow"] = Transient("TIKTOK_DOWN")
    asking = replace(following, limit=9, checking=Checking(tiktok, StagedProfiles(frozenset({"shy"})), storage, clock))
    for name in ("shy", "slow", "maria"):
        follow, _ = await asking.follow(Place(HERE, "here"), Handle(name), "console:a", Wishes())
        assert follow.handle == name
    assert (await refusal(asking, "nobody")).code == "HANDLE"


async def test_what_needs_no_question_is_refused_without_one(following: Following):
    tiktok = StagedChecking()
    asking = replace(following, checking=tiktok)
    for name in ("maria", "amina"):
        await asking.follow(Place(HERE, "here"), Handle(name), "console:a", Wishes())
    tiktok.asked.clear()
    assert [(await refusal(asking)).code, (await refusal(asking, "zoe")).code] == ["ALREADY", "LIMIT"]
    assert tiktok.asked == []


async def test_a_check_tells_what_was_read_or_why_nothing_was(following: Following):
    tiktok = StagedChecking({"zoe": Transient("TIKTOK_LIMIT")}, live=True)
    maria, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    zoe, _ = await following.follow(Place(HERE, "here"), Handle("zoe"), "console:a", Wishes())
    asking = replace(following, checking=tiktok)
    reading = await asking.check(maria)
    assert (reading.look.live, reading.confirmed, reading.account.handle) == (True, True, "maria")
    for checker, code in ((asking, "TIKTOK_LIMIT"), (following, "NO_TIKTOK")):
        with pytest.raises(Transient) as refused:
            await checker.check(zoe)
        assert refused.value.code == code


async def test_an_account_whose_owner_objects_is_not_followed(following: Following, storage: CountedStorage):
    async with storage.work() as work:
        account = await work.accounts.ensure(Handle("renamed"))
        await work.accounts.saw(account.id, Look(BEGAN, False, tiktok_id="71"), AccountStatus.OFFLINE)
    tiktok = StagedChecking()
    asking = replace(following, objections=StagedObjections(frozenset({"maria", "71"})), checking=tiktok)
    assert [(await refusal(asking, name)).code for name in ("maria", "renamed")] == ["OPTED_OUT", "OPTED_OUT"]
    assert tiktok.asked == [], "not even its page is opened"


async def test_posts_go_only_where_they_may(following: Following, storage: CountedStorage):
    rights = StagedChannels({"discord:1": (), "discord:2": ("View Channel", "Send Messages")})
    asking = replace(following, channels={Platform.DISCORD: rights})
    follow, _ = await asking.follow(Place(THERE, "there"), MARIA, "discord:1", Wishes())
    refused = await refusal(asking, "zoe", "discord:2", THERE)
    assert (refused.code, refused.values["missing"]) == ("NO_POST", "View Channel, Send Messages")
    assert (await refusal(asking, "zoe", "discord:9", THERE)).code == "NOT_FOUND"
    with pytest.raises(Denied):
        await asking.change(Place(THERE, "there"), replace(follow, address="discord:2"))
    assert (await asking.listed(THERE))[0][0].address == "discord:1"


# ---------------------------------------------------------------- changes


async def test_what_is_wanted_can_change_and_nothing_else_does(following: Following, storage: CountedStorage):
    follow, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    wanted = {
        "address": "console:b",
        "language": "fr",
        "transcript": False,
        "risk": 0.2,
        "ping": "discord:7",
        "chat": False,
        "videos": True,
    }
    assert await following.change(Place(HERE, "here"), follow, **wanted) == replace(follow, **wanted)
    assert [one for one, _ in await following.listed(HERE)] == [replace(follow, **wanted)]


async def test_who_changes_from_which_risk_on_an_account_is_told_stands_in_the_audit_log(following: Following):
    place, karim = Place(HERE, "here"), Person("discord:7", "Karim")
    follow, _ = await following.follow(place, MARIA, "console:a", Wishes())
    changed = await following.change(place, follow, karim, risk=0.2, language="fr")
    await following.change(place, changed, karim, language="en")
    await following.change(place, changed, karim, risk=0.9)
    about = f"account:{follow.account_id}"
    assert await deeds(following.storage) == [
        (Verb.ACCOUNT_RISK, about, "", "0.2", "maria"),
        (Verb.ACCOUNT_RISK, about, "0.2", "0.9", "maria"),
    ]


async def test_two_who_change_a_follow_at_once_both_get_what_they_want(following: Following):
    """One of them looked at it before the other had changed it."""
    follow, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    await following.pause(follow, None)
    await following.change(Place(HERE, "here"), follow, language="fr")
    ((now, _),) = await following.listed(HERE)
    assert now == replace(follow, language="fr", paused_until=FOREVER)


async def test_a_change_of_what_is_not_followed_any_more_changes_nothing(following: Following, storage: CountedStorage):
    follow, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    async with storage.work() as work:
        await work.feeds.put(Feed(HERE, Event.LIVE, "console:all"))
    await following.unfollow(follow)
    with pytest.raises(Missing):
        await following.change(Place(HERE, "here"), follow, address="console:b")
    async with storage.reading() as work:
        assert [feed.address for feed in await work.feeds.of_place(HERE)] == ["console:all"]


async def test_a_change_reaches_only_the_own_place(following: Following, storage: CountedStorage):
    theirs = await followed(storage, "maria", THERE)
    with pytest.raises(Missing):
        await following.change(Place(HERE, "here"), replace(theirs, place=HERE), language="fr")
    assert (await following.listed(THERE))[0][0] == theirs


async def test_a_pause_lasts_its_time_or_until_it_is_resumed(following: Following, clock: HandClock):
    follow, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    paused = await following.pause(follow, timedelta(hours=2))
    assert paused.paused_until == clock.now() + timedelta(hours=2)
    assert not paused.active(clock.now())
    for_good = await following.pause(follow, None)
    assert for_good.paused_until == FOREVER
    assert (await following.resume(for_good)).active(clock.now())
    await following.unfollow(follow)
    for change in (following.pause(follow, None), following.resume(follow), following.change(Place(HERE, "h"), follow)):
        with pytest.raises(Missing):
            await change


async def test_a_live_watched_once_is_no_follow_and_becomes_one_when_it_is_followed(
    following: Following, storage: CountedStorage, clock: HandClock
):
    for name in ("amina", "zoe"):
        await followed(storage, name, once=True, until=clock.now() + timedelta(hours=1))
    assert await following.listed(HERE) == []
    follow, count = await following.follow(Place(HERE, "here"), Handle("zoe"), "console:a", Wishes("fr"))
    assert (follow.once, follow.until, follow.language, count) == (False, None, "fr", 1)
    assert [one for one, _ in await following.listed(HERE)] == [follow]


async def test_an_old_button_brings_back_nobody_who_objects_and_nobody_too_many(
    following: Following, storage: CountedStorage
):
    maria, _ = await following.follow(Place(HERE, "here"), MARIA, "console:a", Wishes())
    await following.unfollow(maria)
    minding = replace(following, objections=StagedObjections(frozenset({"maria"})))
    with pytest.raises(Denied) as refused:
        await minding.restore(HERE, maria.id)
    assert refused.value.code == "OPTED_OUT"
    assert await following.listed(HERE) == [], "nothing of it is stored"
    for name in ("amina", "zoe"):
        await followed(storage, name)
    with pytest.raises(Invalid) as full:
        await following.restore(HERE, maria.id)
    assert full.value.code == "LIMIT"
