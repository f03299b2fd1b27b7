"""Settings and routes of a file become those of a place, as far as they mean something there; what does not is named."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import NO_RISK, Follow, Handle
from core.model.audit import Verb
from core.model.clip import Cut
from core.model.feed import OFF, Event, Feed
from core.model.person import Person, Place, Platform, Purpose, Two
from core.model.trigger import MatchMode, Then, Trigger, Where
from core.services.adopting import Left, Why
from core.services.arming import MOST
from core.services.carried import read, written
from core.services.carrying import Carrying
from core.services.declared import WantedRoute
from core.services.following import Following, Wishes
from tests.builders import HERE, THERE, at, deeds, followed, placed, scene_of
from tests.core.services.carrying_desk import MANAGER, carrying_of
from tests.core.services.test_following import StagedChannels
from tests.doubles import BEGAN, CountedStorage, HandClock

CONSOLE, SERVER = Place(HERE, "The kitchen"), Place(THERE, "There")
SET = {
    "language": "fr",
    "time_zone": "Europe/Paris",
    "risk_threshold": 0.85,
    "clips_kept": timedelta(days=90),
    "purpose": Purpose.NEWSROOM,
    "quiet_from": time(22),
    "quiet_until": time(7, 30),
    "silent": ("end", "hit"),
    "start_text": "{account} cooks: *yes* # & <b>",
    "dark": True,
}


@pytest.fixture
def carrying(storage: CountedStorage, clock: HandClock) -> Carrying:
    return carrying_of(storage, clock, Following(storage, clock, limit=6))


async def brought(  # type: ignore[no-untyped-def]
    carrying: Carrying, text: str, place: Place = CONSOLE, address: str = "console:a", by: Person = MANAGER, **more
):
    return await carrying.bring(place, by, read(text), address, **{"everywhere": False, **more})


def file_of(place: Place, *feeds: Feed, follows: tuple[Follow, ...] = ()) -> str:
    return written(place, follows, (), feeds, BEGAN)


async def stored(carrying: Carrying, place: str = HERE) -> Place:
    async with carrying.storage.reading() as work:
        found = await work.places.get(place)
    assert found is not None
    return found


# ---------------------------------------------------------------- there and back

names = st.text("abcdefghij_", min_size=2, max_size=9)
spoken = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30)
channels = names.map("console:{}".format)
places = st.builds(
    replace,
    st.just(CONSOLE),
    name=spoken,
    language=st.sampled_from(["en", "fr"]),
    time_zone=st.sampled_from(["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+8"]),
    risk_threshold=st.floats(0, 1) | st.just(NO_RISK),
    clips_kept=st.integers(1, 365).map(lambda days: timedelta(days=days)),
    purpose=st.sampled_from(Purpose),
    address=channels,
    silent=st.sets(st.sampled_from([one for one in Event if one is not Event.RISK])).map(
        lambda some: tuple(one for one in Event if one in some)
    ),
    ping=st.sampled_from(["", "console:9"]),
    start_text=spoken.map(lambda text: " ".join(text.replace("{", "").replace("}", "").split())) | st.just("{title} 🍲"),
    dark=st.booleans(),
    two=st.sampled_from(Two),
)  # fmt: skip
quiet = st.none() | st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda ends: ends[0] != ends[1])
wishes = st.builds(
    Wishes, st.sampled_from(["", "fr"]), st.booleans(), st.none() | st.floats(0, 1) | st.just(NO_RISK), st.just(""),
    st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["", "groq", "whisper"]),
)  # fmt: skip


@given(places, quiet, st.dictionaries(names, wishes, max_size=4), st.lists(spoken, max_size=4), st.data())
def test_what_is_written_is_read_again(
    place: Place, hours: tuple[int, int] | None, wanted: dict[str, Wishes], words: list[str], data: st.DataObject
) -> None:
    if hours is not None:
        start, end = (time(one // 60, one % 60) for one in hours)
        place = replace(place, quiet_from=start, quiet_until=end)
    follows = [
        Follow(n, HERE, n, Handle(name), f"console:{name}", BEGAN, **vars(wish))
        for n, (name, wish) in enumerate(wanted.items(), 1)
    ]
    triggers = [
        Trigger(0, HERE, word, None, None, data.draw(st.sampled_from(Where)), data.draw(st.sampled_from(MatchMode)),
                data.draw(st.sampled_from(Then)), timedelta(seconds=data.draw(st.integers(0, 9999))))
        for word in words
    ]  # fmt: skip
    feeds = [
        Feed(HERE, event, data.draw(channels | st.just(OFF)), data.draw(st.integers(0, len(follows))))
        for event in data.draw(st.sets(st.sampled_from(Event)))
    ]
    found = read(written(place, follows, triggers, feeds, BEGAN))
    assert replace(CONSOLE, name=place.name, **found.declared.settings) == place
    assert (found.declared.wrong, found.declared.of) == ((), HERE)
    assert [(one.handle, one.channel, one.wishes) for one in found.follows] == [
        (Handle(name), f"console:{name}", wish) for name, wish in wanted.items()
    ]
    assert [one.trigger(HERE, None) for one in found.triggers] == triggers
    handles = {follow.account_id: follow.handle for follow in follows}
    assert set(found.declared.routes) == {
        WantedRoute(feed.event, feed.address, handles.get(feed.account_id)) for feed in feeds
    }


async def test_a_place_gets_the_settings_of_another_and_is_told_before_and_after(
    carrying: Carrying, storage: CountedStorage
):
    other = replace(SERVER, **SET)
    came = (await brought(carrying, file_of(other))).adopted
    assert (came.before, came.after, came.left) == (CONSOLE, replace(CONSOLE, **SET), ())
    assert await stored(carrying) == replace(CONSOLE, **SET)
    again = (await brought(carrying, file_of(other))).adopted
    assert again.before == again.after


async def test_routes_of_all_and_of_one_account_come_along(carrying: Carrying, storage: CountedStorage):
    amina = await followed(storage, "amina", address="console:a")
    feeds = (
        Feed(HERE, Event.RISK, "console:mods"), Feed(HERE, Event.DIGEST, OFF),
        Feed(HERE, Event.CLIP, "console:clips", amina.account_id),
    )  # fmt: skip
    text = file_of(CONSOLE, *feeds, follows=(amina,))
    async with storage.work() as work:
        await work.follows.remove(HERE, amina.account_id)
    came = (await brought(carrying, text)).adopted
    assert len(came.routes) == 3
    async with storage.reading() as work:
        assert set(await work.feeds.of_place(HERE)) == set(feeds)
    assert (await brought(carrying, text)).adopted.routes == ()


async def test_a_setting_that_cannot_be_read_is_named_and_takes_no_other_along(carrying: Carrying):
    came = (
        await brought(
            carrying,
            "earshot: 1\nplace:\n  language: xx\n  time_zone: ../../etc/passwd\n  risk_threshold: 7\n  clips_kept_days: 0\n"
            "  purpose: [a]\n  quiet_hours: 22:00-22:00\n  silent: hit\n  plots: mauve\n  start_line: '{host}'\n  channel: {a: b}\n"
            "  role: [x]\n  colour: red\nroutes: [{event: tea, channel: 'off'}, {event: hit, channel: 'off'}, x]\n",
        )
    ).adopted
    assert {one.what for one in came.left} == {
        "language", "time_zone", "risk_threshold", "clips_kept_days", "purpose", "quiet_hours", "silent", "plots", "start_line",
        "channel", "role", "routes",
    }  # fmt: skip
    assert {one.why for one in came.left} == {Why.WRONG}
    assert came.routes == (WantedRoute(Event.HIT, OFF),)
    assert await stored(carrying) == CONSOLE


@pytest.mark.parametrize("zone", ["Europe", "/etc/passwd", "Europe/Atlantis", "", "x" * 99_999, "UTC\\0"])
async def test_a_time_zone_that_is_none_is_left(carrying: Carrying, zone: str):
    came = (await brought(carrying, f'earshot: 1\nplace: {{time_zone: "{zone}"}}')).adopted
    assert came.left == (Left("time_zone", Why.WRONG),)


# ---------------------------------------------------------------- a file may come from anywhere


async def test_channels_that_are_not_of_this_place_are_named_and_get_nothing(
    carrying: Carrying, storage: CountedStorage
):
    await followed(storage, "known", THERE, address="discord:5")
    rights = StagedChannels({"discord:1": (), "discord:5": (), "discord:6": ("Send Messages",)})
    asking = replace(carrying, following=replace(carrying.following, channels={Platform.DISCORD: rights}))
    routes = [
        Feed(THERE, Event.LIVE, "discord:5"), Feed(THERE, Event.HIT, "discord:6"), Feed(THERE, Event.CLIP, "discord:7"),
        Feed(THERE, Event.END, "telegram:-1"), Feed(THERE, Event.RISK, OFF),
    ]  # fmt: skip
    came = (await brought(asking, file_of(replace(SERVER, address="discord:7"), *routes), SERVER, "discord:1")).adopted
    assert {(one.what, one.value) for one in came.left} == {
        ("channel", "discord:7"), ("hit", "discord:6"), ("clip", "discord:7"), ("end", "telegram:-1"),
    }  # fmt: skip
    async with storage.reading() as work:
        assert {(one.event, one.address) for one in await work.feeds.of_place(THERE)} == {
            (Event.LIVE, "discord:5"), (Event.RISK, OFF),
        }  # fmt: skip
    assert (await stored(carrying, THERE)).address == ""


async def test_a_role_of_another_place_is_called_by_nobody(carrying: Carrying):
    came = (await brought(carrying, file_of(Place("discord:9", "x", ping="discord:7")), SERVER, "discord:1")).adopted
    assert came.left == (Left("role", Why.ROLE, "discord:7"),)
    mine = (await brought(carrying, file_of(replace(SERVER, ping="discord:7")), SERVER, "discord:1")).adopted
    assert mine.after is not None
    assert mine.after.ping == "discord:7"


async def test_a_file_deletes_nothing(carrying: Carrying, storage: CountedStorage, clock: HandClock, tmp_path: Path):
    await followed(storage)
    scene = await scene_of(storage)
    async with storage.work() as work:
        await work.clips.add(scene.live.id, HERE, "a.mp4", Cut(tmp_path / "1.mp4", 0, 1, 1, 1, 1), at(0), "", "job:1")
    clock.at += timedelta(days=9)
    text = file_of(replace(CONSOLE, clips_kept=timedelta(days=7)))
    assert (await brought(carrying, text)).adopted.left == (Left("clips_kept_days", Why.DELETES, "7", 1),)
    assert (await stored(carrying)).clips_kept == timedelta(days=30)
    longer = (await brought(carrying, text.replace("kept_days: 7", "kept_days: 10"))).adopted
    assert longer.left == ()
    assert (await stored(carrying)).clips_kept == timedelta(days=10)


async def test_where_a_channel_was_given_the_files_own_are_nothing(carrying: Carrying, storage: CountedStorage):
    await placed(storage)
    text = file_of(replace(CONSOLE, address="console:x"), Feed(HERE, Event.RISK, "console:mods"))
    came = (await brought(carrying, text, everywhere=True)).adopted
    assert {(one.what, one.why) for one in came.left} == {("channel", Why.GIVEN), ("routes", Why.GIVEN)}
    async with storage.reading() as work:
        assert await work.feeds.of_place(HERE) == []


async def test_a_list_of_names_changes_no_setting(carrying: Carrying):
    came = await brought(carrying, "amina, bob")
    assert (came.adopted.before, came.adopted.after) == (None, None)


async def test_ten_thousand_words_fill_a_place_and_no_more(carrying: Carrying):
    text = '{"keywords": "' + ",".join(f"w{n}" for n in range(10_000)) + '"}'
    came = await brought(carrying, text)
    assert (came.triggers, came.full, came.failed) == (MOST, 10_000 - MOST, 0)
    assert len(await carrying.arming.listed(HERE)) == MOST


async def test_how_many_people_an_alert_takes_is_taken_over_and_who_did_that_is_written_down(
    carrying: Carrying, storage: CountedStorage
):
    nina, text = Person("discord:7", "Nina"), file_of(replace(CONSOLE, two=Two.SEVERE))
    came = (await brought(carrying, text, SERVER, "discord:a", by=nina)).adopted
    assert came.after is not None
    assert (came.after.two, (await stored(carrying, THERE)).two) == (Two.SEVERE, Two.SEVERE)
    assert await deeds(storage, THERE) == [(Verb.TWO, "two", "nobody", "severe", "")]


async def test_where_nobody_else_decides_a_file_cannot_ask_for_two_people(carrying: Carrying):
    came = (await brought(carrying, file_of(replace(SERVER, two=Two.EVERY)))).adopted
    assert came.left == (Left("two_people", Why.ALONE, "every"),)
    assert (await stored(carrying)).two is Two.NOBODY
    wrong = (await brought(carrying, "earshot: 1\nplace:\n  two_people: three\n")).adopted
    assert wrong.left == (Left("two_people", Why.WRONG),)
