"""Lists of accounts into a place, and what is set in a place as a file: what goes out comes back, and nothing else gets in."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.account import FOREVER, NO_RISK, Follow, Handle
from core.model.feed import OFF, Event, Feed
from core.model.person import Place, Platform
from core.model.trigger import MatchMode, Then, Trigger, Where
from core.services.carried import LONGEST, Carried, read
from core.services.carrying import Carrying, Outcome
from core.services.following import Following
from tests.builders import HERE, THERE, armed, followed
from tests.core.services.carrying_desk import MANAGER, carrying_of
from tests.core.services.test_following import StagedChannels, StagedChecking, StagedObjections
from tests.doubles import CountedStorage, HandClock

CONSOLE, SERVER = Place(HERE, "The kitchen"), Place(THERE, "There", "fr", "Europe/Paris", 0.6)


@pytest.fixture
def carrying(storage: CountedStorage, clock: HandClock) -> Carrying:
    following = Following(storage, clock, limit=6)
    return carrying_of(storage, clock, following)


async def brought(carrying: Carrying, text: str, place: Place = CONSOLE, address: str = "console:a", **more):  # type: ignore[no-untyped-def]
    return await carrying.bring(place, MANAGER, read(text), address, **{"everywhere": False, **more})


async def follows(carrying: Carrying, place: str = HERE) -> dict[str, Follow]:
    return {follow.handle: follow for follow, _ in await carrying.following.listed(place)}


def names(carried: Carried) -> list[str]:
    return [one.handle or f"wrong: {one.name}" for one in carried.follows]


# ---------------------------------------------------------------- lists


@pytest.mark.parametrize(
    "text",
    [
        "@amina, bob;https://www.tiktok.com/@Zoe_1/live",
        "amina bob zoe_1",
        "- amina\n- @bob\n- zoe_1\n",
        '["amina", "bob", "zoe_1"]',
        "1. amina\n2. bob\n3. zoe_1",
        "amina,,bob ,\n\n zoe_1;AMINA",
        '{"username": ["amina", "@bob", "zoe_1"], "obs_password": "secret"}',
        '{"username": "amina, bob,zoe_1", "keywords": ""}',
    ],
)
def test_names_are_read_however_they_are_written_and_each_once(text: str) -> None:
    assert names(read(text)) == ["amina", "bob", "zoe_1"]


def test_what_is_no_name_is_kept_to_be_told(carrying: Carrying) -> None:
    said = names(read("amina, two words?, https://evil.example/@x, https://vm.tiktok.com/ZM1/, dot."))
    assert said == [
        "amina", "two", "wrong: words?", "wrong: https://evil.example/@x", "wrong: https://vm.tiktok.com/ZM1/", "wrong: dot.",
    ]  # fmt: skip


def test_the_seeds_settings_bring_their_words_as_it_matched_them() -> None:
    found = read('{"username": ["amina"], "keywords": ["Giveaway", "free gift"], "notifications_enabled": true}')
    assert [(one.word, one.where, one.match) for one in found.triggers] == [
        ("Giveaway", Where.CHAT, MatchMode.CONTAINS),
        ("free gift", Where.CHAT, MatchMode.CONTAINS),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("earshot: 1\nfollows: [", 2),
        ("earshot: 2\nfollows: []", 1),
        ("earshot: 1\n\tfollows: []", 2),
        ("{", 1),
        ('{"keyword": "a"}', 1),
        ('{"username": [],\r\n\t"keywords": a"}', 2),
        ("{" * 100_000, 1),
        ('{"username": ' + "[" * 100_000, 1),
        ("earshot: 1\nfollows: *nobody", 2),
        ("earshot: 1\n" + "[" * 5000, 2),
    ],
)
def test_a_broken_file_says_where_it_breaks(text: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert (refused.value.code, refused.value.values["n"]) == ("LIST_FORM", line)


def test_a_file_makes_nothing_but_texts() -> None:
    """No tag makes an object, no name is taken for a yes, a number or a date."""
    found = read(
        "earshot: 1\nfollows:\n- {account: no}\n- {account: 1e5}\n- {account: 2026-01-01}\n- {account: !!python/name:os.system x}\n"
    )
    assert names(found) == ["no", "1e5", "wrong: 2026-01-01", "x"]
    with pytest.raises(Invalid):
        read("a," * LONGEST)


def test_lists_within_lists_stay_as_small_as_they_are_written() -> None:
    levels = [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 12)]  # 9^11 words if written out
    found = read("\n".join(["earshot: 1", "x0: &x0 [a]", *levels, "follows: [*x11, bob]", "triggers: [*x11]"]))
    assert (names(found), found.triggers) == (["wrong: […]", "wrong: bob"], ())


@given(
    st.text(max_size=200) | st.text("earshot: 1\n-[]{}&*!|>'\"@ab,", max_size=60).map("earshot: 1\nfollows:\n".__add__)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(EarshotError):
        read(text)


async def test_each_name_is_told_what_became_of_it(carrying: Carrying, storage: CountedStorage):
    await followed(storage, "amina")
    tiktok = StagedChecking({"nobody": Missing("HANDLE", x="nobody")})
    following = replace(carrying.following, checking=tiktok, objections=StagedObjections(frozenset({"shy"})))
    done: list[tuple[int, int]] = []

    async def told(n: int, of: int) -> None:
        done.append((n, of))

    came = await brought(replace(carrying, following=following), "bob, amina, two?, nobody, shy", told=told)
    assert came.rows == (
        ("bob", Outcome.FOLLOWED),
        ("amina", Outcome.ALREADY),
        ("two?", Outcome.WRONG),
        ("nobody", Outcome.GONE),
        ("shy", Outcome.REFUSED),
    )
    assert done == [(n, 5) for n in range(1, 6)]
    assert set(await follows(carrying)) == {"amina", "bob"}


async def test_a_place_gets_no_more_than_it_may_have(carrying: Carrying, storage: CountedStorage):
    for name in ("one", "two", "three", "four"):
        await followed(storage, name)
    came = await brought(carrying, "five, six, seven, eight")
    assert sorted(outcome for _, outcome in came.rows) == ["followed", "followed", "limit", "limit"]
    assert len(await follows(carrying)) == 6
    with pytest.raises(Invalid) as refused:
        await brought(carrying, ", ".join(f"n{n}" for n in range(7)))
    assert (refused.value.code, refused.value.values) == ("TOO_MANY", {"n": 7, "m": 6})


async def test_a_busy_database_costs_one_name_and_is_said(carrying: Carrying, storage: CountedStorage):
    read_ = read("amina")
    storage.busy = 2  # the first look for a channel of the place's own, and the follow
    with pytest.raises(Transient):
        await carrying.bring(CONSOLE, MANAGER, read_, "console:a", everywhere=False)
    storage.busy = 1
    came = await carrying.bring(CONSOLE, MANAGER, read_, "console:a", everywhere=True)
    assert came.rows == (("amina", Outcome.BUSY),)


@dataclass
class Crowd(StagedChecking):
    """Counts how many are asked at a time."""

    at_once: int = 0
    most: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def known(self, handle: Handle) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        if self.at_once == 4:
            self.gate.set()
        await self.gate.wait()
        self.at_once -= 1


async def test_no_more_than_four_are_asked_at_a_time(carrying: Carrying):
    crowd = Crowd()
    asking = replace(carrying, following=replace(carrying.following, checking=crowd))
    came = await brought(asking, "a1, b2, c3, d4, e5")
    assert (came.count(Outcome.FOLLOWED), crowd.most) == (5, 4)


# ---------------------------------------------------------------- there and back


async def test_what_a_place_has_comes_back_as_it_was(carrying: Carrying, storage: CountedStorage, clock: HandClock):
    until = clock.now() + timedelta(days=2)
    amina = await followed(
        storage,
        "amina",
        address="console:here",
        language="fr",
        transcript=False,
        risk=0.25,
        chat=False,
        clips=False,
        videos=True,
        engine="whisper",
        paused_until=until,
    )
    no = await followed(storage, "no", address="console:lives", paused_until=FOREVER)
    once = await followed(storage, "onlynow", once=True, until=until)
    await armed(storage, "cadeau: {gratuit} # 'oui'")
    await armed(
        storage, r"gi\w+", account_id=amina.account_id, where=Where.CHAT, match=MatchMode.PATTERN, then=Then.ALERT,
        cooldown=timedelta(0),
    )  # fmt: skip
    file = await carrying.export(CONSOLE)
    triggers = await carrying.arming.listed(HERE)
    async with storage.work() as work:
        for follow in (amina, no, once):
            await work.follows.remove(HERE, follow.account_id)
        for trigger in triggers:
            await work.triggers.remove(HERE, trigger.id)
    came = await brought(carrying, file.data.decode())
    assert (came.count(Outcome.FOLLOWED), came.moved, came.triggers, came.doubled, came.failed) == (2, 0, 2, 0, 0)
    back = await follows(carrying)
    assert back.keys() == {"amina", "no"}, "a live that is watched once is not carried"
    assert {name: replace(one, since=amina.since) for name, one in back.items()} == {"amina": amina, "no": no}

    def meant(trigger: Trigger) -> Trigger:
        return replace(trigger, id=0)

    assert list(map(meant, await carrying.arming.listed(HERE))) == list(map(meant, triggers))
    again = await brought(carrying, file.data.decode())
    assert (again.count(Outcome.ALREADY), again.triggers, again.doubled) == (2, 0, 2)


async def test_the_file_says_when_and_how_loudly_the_place_is_told(carrying: Carrying):
    line = "{account} cooks: *yes* # & <b>"
    mannered = replace(
        SERVER, quiet_from=time(22), quiet_until=time(7, 30), silent=("hit", "clip"), ping="discord:9", start_text=line, dark=True
    )  # fmt: skip
    facts = yaml.safe_load((await carrying.export(mannered)).data)["place"]
    assert {name: facts[name] for name in ("quiet_hours", "silent", "role", "plots", "start_line")} == {
        "quiet_hours": "22:00-07:30", "silent": ["hit", "clip"], "role": "discord:9", "plots": "dark", "start_line": line,
    }  # fmt: skip


async def test_the_file_says_what_the_place_has_set_and_holds_nothing_of_others(
    carrying: Carrying, storage: CountedStorage
):
    bruno = await followed(storage, "bruno", THERE)
    amina = await followed(storage, "amina")
    async with storage.work() as work:
        await work.feeds.put(Feed(HERE, Event.RISK, "console:mods"))
        await work.feeds.put(Feed(HERE, Event.LIVE, OFF, amina.account_id))
        await work.feeds.put(Feed(THERE, Event.LIVE, "discord:bruno", bruno.account_id))
    file = await carrying.export(replace(SERVER, id=HERE))
    assert file.name == "earshot_2026-11-20.yaml"
    facts = yaml.safe_load(file.data)
    assert facts["place"] == {
        "id": HERE, "name": "There", "language": "fr", "time_zone": "Europe/Paris", "risk_threshold": 0.6, "two_people": "nobody",
        "clips_kept_days": 30, "purpose": "community", "channel": "", "quiet_hours": "off", "silent": [], "role": "",
        "plots": "light", "start_line": "",
    }  # fmt: skip
    assert facts["routes"] == [
        {"event": "live", "channel": "off", "account": "amina"},
        {"event": "risk", "channel": "console:mods"},
    ]
    assert [one["account"] for one in facts["follows"]] == ["amina"]
    assert b"bruno" not in file.data


async def test_a_wrong_value_makes_its_entry_wrong_and_no_other(carrying: Carrying):
    came = await brought(
        carrying,
        "earshot: 1\nfollows:\n- {account: a1, risk: 7}\n- {account: b2, chat: maybe}\n- {account: c3, language: french}\n"
        "- {account: d4, paused_until: soon, engine: groq}\n- {account: e5, engine: ear}\n- {account: f6, risk: 0.5}\n",
    )
    assert [outcome for _, outcome in came.rows] == [*[Outcome.WRONG] * 5, Outcome.FOLLOWED]
    assert (await follows(carrying))["f6"].risk == 0.5


async def test_a_follow_without_risk_alerts_is_written_as_no_and_read_again(
    carrying: Carrying, storage: CountedStorage
):
    await brought(carrying, "earshot: 1\nfollows:\n- {account: a1, risk: no}\n")
    follow = (await follows(carrying))["a1"]
    assert follow.risk == NO_RISK
    file = await carrying.export(CONSOLE)
    assert yaml.safe_load(file.data)["follows"][0]["risk"] is False
    async with storage.work() as work:
        await work.follows.remove(HERE, follow.account_id)
    await brought(carrying, file.data.decode())
    assert (await follows(carrying))["a1"].risk == NO_RISK


async def test_triggers_that_cannot_be_armed_are_counted(carrying: Carrying):
    came = await brought(
        carrying,
        "earshot: 1\nfollows: [{account: amina}]\ntriggers:\n- {word: one, account: amina}\n- {word: two, account: stranger}\n"
        "- {word: '(', match: pattern}\n- {word: x, cooldown_seconds: -1}\n- {where: chat}\n- none\n",
    )
    assert (came.triggers, came.failed) == (1, 5)


# ---------------------------------------------------------------- a file may come from anywhere


async def test_a_file_sends_no_posts_to_channels_of_others(carrying: Carrying, storage: CountedStorage):
    await followed(storage, "known", THERE, address="discord:5")
    text = (
        "earshot: 1\nfollows:\n- {account: a1, channel: 'discord:5'}\n- {account: b2, channel: 'discord:666'}\n"
        "- {account: c3, channel: 'console:lives'}\n"
    )
    came = await brought(carrying, text, SERVER, "discord:1")
    assert {name: one.address for name, one in (await follows(carrying, THERE)).items() if name != "known"} == {
        "a1": "discord:5", "b2": "discord:1", "c3": "discord:1",
    }  # fmt: skip
    assert came.moved == 2


async def test_where_the_platform_says_what_is_the_places_it_is_asked(carrying: Carrying):
    rights = StagedChannels({"discord:1": (), "discord:5": (), "discord:6": ("Send Messages",)})
    asking = replace(carrying, following=replace(carrying.following, channels={Platform.DISCORD: rights}))
    text = "earshot: 1\nfollows:\n" + "".join(f"- {{account: a{n}, channel: 'discord:{n}'}}\n" for n in (5, 6, 7))
    came = await brought(asking, text, SERVER, "discord:1")
    assert [one.address for one in (await follows(carrying, THERE)).values()] == ["discord:5", "discord:1", "discord:1"]
    assert came.moved == 2
    with pytest.raises(Denied):
        await brought(asking, "zoe", SERVER, "discord:6")


async def test_a_channel_given_with_the_list_is_for_everybody(carrying: Carrying):
    came = await brought(
        carrying, "earshot: 1\nfollows: [{account: a1, channel: 'console:lives'}]", address="console:b", everywhere=True
    )
    assert ((await follows(carrying))["a1"].address, came.moved) == ("console:b", 0)


@pytest.mark.parametrize("role", ["discord:there", "console:here", "discord:9"])
async def test_a_file_calls_nobody_outside_its_platform_and_never_everybody(carrying: Carrying, role: str):
    text = f"earshot: 1\nfollows: [{{account: a1, role: '{role}'}}]"
    await brought(carrying, text, SERVER, "discord:1")
    ping = (await follows(carrying, THERE))["a1"].ping
    assert ping == ("discord:9" if role == "discord:9" else "")
