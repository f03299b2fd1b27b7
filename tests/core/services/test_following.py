"""Following and unfollowing, as places ask for it."""

import pytest

from core.errors import Invalid, Missing
from core.model.account import AccountStatus, Handle
from core.model.person import Place
from core.services.following import Following, Wishes
from tests.builders import HERE, THERE, followed
from tests.doubles import CountedStorage, HandClock

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
