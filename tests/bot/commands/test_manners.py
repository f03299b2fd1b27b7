"""When and how loudly a place is told, and how its posts look: shown in panels, changed by a press or a typed line."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card, Picker
from bot.cards import draw
from bot.house import House
from bot.kernel import Kernel
from bot.replies.alerts import AlertsShown
from bot.replies.common import Missing
from bot.replies.digests import DigestPanel, DigestShown
from bot.replies.looks import LooksShown
from bot.replies.quiet import QuietShown
from bot.typed import read, split
from bot.wording import plain
from core.model.digest import Every, Rhythm
from core.model.feed import Event
from core.model.person import Place, Platform, Role
from core.model.tellable.lives import LiveStarted
from core.services.digesting import Digesting
from tests.bot.conftest import HERE, Belongings

Ask = Callable[..., Asked]
Say = Callable[..., Any]
SERVER, GROUP = "discord:1", "telegram:-5"


@dataclass(frozen=True)
class StoppedClock:
    """Always the same time."""

    at: datetime = datetime(2026, 11, 20, 20, 14, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


@pytest.fixture
def house(house: House) -> House:
    clock = StoppedClock()
    return replace(house, clock=clock, digesting=Digesting(house.storage, clock))


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Say:
    """A typed line, or a press, in the place as it is stored by then."""

    async def said(line: str, role: Role = Role.MANAGER, place: str = HERE) -> Any:
        asked = await now(ask(role, place))
        if line.startswith("!"):
            return await kernel.press(line[1:], asked)
        typed = read(split(line), [command.on(asked.place.platform) for command in kernel.commands])
        return await kernel.run(typed.command, typed.raw, asked)

    return said


async def now(asked: Asked) -> Asked:
    async with asked.house.storage.reading() as work:
        stored = await work.places.get(asked.place.id)
    return replace(asked, place=stored or asked.place)


async def stored(house: House, place: str = HERE) -> Place:
    async with house.storage.reading() as work:
        found = await work.places.get(place)
    assert found is not None
    return found


def text(card: Card) -> str:
    lines = (card.title, *card.body, *(item.line for item in card.items), card.foot)
    return "\n".join(plain(line) for line in lines)


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


# ---------------------------------------------------------------- alerts


async def test_each_event_is_turned_silent_and_loud_but_never_an_alert(say: Say, ask: Ask, house: House):
    shown = await say("settings alerts")
    assert isinstance(shown, AlertsShown)
    card = draw(shown, ask().words)
    assert [item.key for item in card.items] == [
        f"settings.sound:{event};no" for event in Event if event is not Event.RISK
    ]
    assert "in quiet hours only a critical one: from 0.90, or with a severe label." in text(card)
    await say("!settings.sound:new video;no")
    after = draw(await say("settings alerts event=hit sound=no"), ask().words)
    assert (await stored(house)).silent == ("new video", "hit")
    assert "Alerts · 2 without a sound" in text(after)
    assert "A trigger fires · without a sound" in text(after)
    assert "settings.sound:hit;yes" in [item.key for item in after.items]
    assert "Alerts · 2 without a sound" in text(draw(await say("settings"), ask().words))
    await say("!settings.sound:hit;yes")
    assert (await stored(house)).silent == ("new video",)
    assert (await say("settings event=risk sound=no")).code == "RISK_SOUNDS"
    assert (await say("!settings.sound:hit;no", Role.MODERATOR)).code == "NO_RIGHT"
    assert (await stored(house)).silent == ("new video",)


async def test_an_event_without_a_word_of_sound_is_still_where_it_goes(say: Say, ask: Ask):
    assert isinstance(await say("settings alerts event=hit"), AlertsShown)
    assert (await say("settings event=hit")).event is Event.HIT


async def test_on_a_server_a_role_is_picked_and_everybody_is_never_called(
    say: Say, ask: Ask, kernel: Kernel, house: House
):
    card = draw(await say("settings alerts", place=SERVER), ask().words)
    assert card.question is not None
    assert (card.question.picker, card.question.key, card.question.option) == (Picker.ROLE, "settings.ping", "role")
    assert "nobody is called" in text(card)
    picked = await kernel.answer("settings.ping", "role", "<@&9>", ask(Role.MANAGER, SERVER))
    assert isinstance(picked, AlertsShown)
    card = draw(picked, ask().words)
    assert ("I call <@&9>" in text(card), "settings.ping:none" in keys(card)) == (True, True)
    for everybody in ("@everyone", "<@&1>", "1", "@here"):
        assert (await kernel.answer("settings.ping", "role", everybody, ask(Role.MANAGER, SERVER))).code == "ROLE"
    assert (await stored(house, SERVER)).ping == "discord:9"
    silent = draw(await say("settings event=live sound=no", place=SERVER), ask().words)
    assert "Lives begin without a sound, so <@&9> is not called." in text(silent)
    assert (await say("settings role=none", place=SERVER)).place.ping == ""


async def test_where_there_are_no_roles_nobody_is_asked_for_one(say: Say, ask: Ask, kernel: Kernel):
    for place in (HERE, GROUP, "discord:@7"):
        card = draw(await say("settings alerts", place=place), ask().words)
        assert (card.question, "call" in text(card)) == (None, False), place
    settings = kernel.named("settings")
    assert settings is not None
    assert settings.on(Platform.TELEGRAM).option("role") is None
    assert (await say("settings role=9", place="discord:@7")).code == "ROLE"


# ---------------------------------------------------------------- quiet hours


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("settings quiet=22:00-08:00", (time(22), time(8))),
        ("settings hours 22-8", (time(22), time(8))),
        ("settings hours from 22h30 to 7", (time(22, 30), time(7))),
        ("settings hours de 22h à 7h30", (time(22), time(7, 30))),
        ("settings hours 13:00 – 15:30", (time(13), time(15, 30))),
        ("!settings.hours:23:00-09:00", (time(23), time(9))),
    ],
)
async def test_quiet_hours_are_written_as_people_write_them(
    say: Say, house: House, typed: str, hours: tuple[time, time]
):
    assert isinstance(await say(typed), QuietShown)
    place = await stored(house)
    assert (place.quiet_from, place.quiet_until) == hours


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("22", "HOURS"),
        ("22-", "HOURS"),
        ("at night", "HOURS"),
        ("22-8-9", "HOURS"),
        ("22-25", "CLOCK"),
        ("8-8:00", "HOURS_SAME"),
    ],
)
async def test_what_is_no_hours_is_said_and_changes_nothing(say: Say, house: House, typed: str, code: str):
    await say("settings quiet=22:00-08:00")
    assert (await say(f"settings hours {typed}")).code == code
    assert (await stored(house)).quiet_from == time(22)


async def test_the_panel_says_when_it_is_quiet_next_and_changes_either_end(say: Say, ask: Ask, house: House):
    off = draw(await say("settings quiet hours"), ask().words)
    assert text(off).startswith("Quiet hours · off")
    assert keys(off) == [
        "settings.hours:21:00-07:00", "settings.hours:22:00-08:00", "settings.hours:23:00-09:00", "settings.hours", "settings",
    ]  # fmt: skip
    on = draw(await say("!settings.hours:22:00-08:00"), ask().words)
    assert "It is quiet next on 20 Nov at 22:00." in text(on)
    assert {"settings.hours:23:00-08:00", "settings.hours:22:00-07:00", "settings.hours:off"} <= set(keys(on))
    assert "Quiet hours · 22:00–08:00" in text(draw(await say("settings"), ask().words))
    running = draw(await say("settings quiet=20:00-21:00"), ask().words)
    assert "It is quiet now, until 21:00." in text(running)
    await say("settings zone Europe/Paris")
    assert "It is quiet next on 21 Nov at 20:00." in text(
        draw(await say("settings quiet"), (await now(ask())).words)
    ), "by the clock of the place"
    await say("!settings.hours:off")
    assert (await stored(house)).quiet_hours is None


async def test_a_bare_press_asks_for_the_hours(say: Say):
    asked = await say("!settings.hours")
    assert isinstance(asked, Missing)
    assert (asked.option, asked.choices) == ("hours", ())


# ---------------------------------------------------------------- digest


async def test_the_section_of_the_digest_says_when_it_comes_and_changes_it(say: Say, ask: Ask, house: House):
    async with house.storage.work() as work:
        await work.places.put(Place(HERE, "The kitchen", address="console:staff"))
    panel = await say("settings digest")
    assert panel == DigestPanel(Rhythm(), "console:staff", datetime(2026, 11, 21, 9, tzinfo=UTC))
    card = draw(panel, ask().words)
    assert "It is posted every day at 09:00, in #staff." in text(card)
    assert "The next one comes on 21 Nov at 09:00." in text(card)
    assert keys(card) == [
        "settings.digest:weekly", "settings.time", "settings.digest:off", "digest:now", "settings:channels;digest", "settings",
    ]  # fmt: skip
    weekly = await say("!settings.digest:weekly")
    assert (weekly.rhythm.every, weekly.coming) == (Every.WEEKLY, datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert isinstance(await say("!settings.time"), Missing)
    assert (await say("settings time 7h30")).rhythm == Rhythm(Every.WEEKLY, time(7, 30))
    assert "Digest · on Mondays at 07:30" in text(draw(await say("settings"), ask().words))
    off = draw(await say("!settings.digest:off"), ask().words)
    assert text(off).startswith("Digest · off")
    assert keys(off)[:2] == ["settings.digest:daily", "settings.digest:weekly"]
    assert (await say("!settings.digest:daily")).address == "console:staff", "it goes where it went"
    assert isinstance(await say("!digest:now"), DigestShown)


async def test_where_nobody_has_said_where_it_comes_to_whoever_turns_it_on(say: Say, ask: Ask):
    assert (await say("settings digest", place="telegram:7")).address == ""
    assert (await say("!settings.digest:daily", place="telegram:7")).address == "telegram:7"


# ---------------------------------------------------------------- looks


async def test_plots_are_light_or_dark(say: Say, ask: Ask, house: House):
    card = draw(await say("settings looks"), ask().words)
    assert text(card).startswith("Looks · light plots")
    assert keys(card) == ["settings.plots:dark", "settings.line", "settings"]
    await say("!settings.plots:dark")
    assert (await stored(house)).dark
    assert "Looks · dark plots" in text(draw(await say("settings"), ask().words))
    await say("settings plots=light")
    assert not (await stored(house)).dark


async def test_a_line_is_previewed_and_stands_under_the_start_of_a_live(say: Say, ask: Ask, house: House):
    card = draw(await say('settings line="{account} cooks {title}: {viewers} since {time}"'), ask().words)
    assert "As people read it: @amina cooks Dinner for six: 1,204 since 20:14" in text(card)
    assert "A line may hold {account}, {title}, {viewers}, {time}" in text(card)
    place = await stored(house)
    started = LiveStarted(1, "bo", "{time} @everyone **x**", StoppedClock().at, None, text=place.start_text)
    (line,) = [line for line in draw(started, ask().words).body if "cooks" in plain(line)]
    assert plain(line) == "@bo cooks {time} @everyone **x**: – since 20:14"
    assert [run.style for run in line] == ["plain"], "nothing in it is markup"
    off = draw(await say("!settings.line:off"), ask().words)
    assert (await stored(house)).start_text == ""
    assert "settings.line:off" not in keys(off)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{handle} is on", "PLACEHOLDER"),
        ("{account.place}", "PLACEHOLDER"),
        ("{}", "PLACEHOLDER"),
        ("x" * 201, "LINE_LONG"),
    ],
)
async def test_a_line_that_cannot_be_is_refused_with_what_may_be(
    say: Say, ask: Ask, house: House, line: str, code: str
):
    await say("settings line {account} cooks")
    refused = await say(f"settings line {line}")
    assert refused.code == code
    if code == "PLACEHOLDER":
        assert "A line may hold {account}, {title}, {viewers}, {time}." in text(draw(refused, ask().words))
    assert (await stored(house)).start_text == "{account} cooks"


async def test_a_title_without_end_leaves_the_start_of_a_live_readable(ask: Ask):
    started = LiveStarted(1, "bo", "soup " * 900, StoppedClock().at, 7, text="{title}" * 28)
    assert max(len(plain(line)) for line in draw(started, ask().words).body) <= 300


# ---------------------------------------------------------------- all of them


async def test_what_is_set_of_one_place_is_nothing_of_another(
    say: Say, mine: Belongings, theirs: Belongings, house: House
):
    for line in ("settings quiet=22-8", "settings event=hit sound=no", "settings plots=dark", "settings line hello"):
        await say(line)
    assert await stored(house, theirs.place.id) == theirs.place
    changed = await stored(house)
    assert (changed.quiet_from, changed.silent, changed.dark, changed.start_text) == (time(22), ("hit",), True, "hello")


async def test_several_things_at_once_all_hold(say: Say, house: House):
    shown = await say("settings zone=Europe/Paris quiet=22-8 plots=dark line=hello")
    place = await stored(house)
    assert (place.time_zone, place.quiet_from, place.dark, place.start_text) == (
        "Europe/Paris",
        time(22),
        True,
        "hello",
    )
    assert isinstance(shown, LooksShown)


async def test_only_managers_may(say: Say, house: House):
    for line in (
        "settings quiet=22-8",
        "!settings.hours:22-8",
        "!settings.plots:dark",
        "!settings.line:x",
        "!settings.digest:off",
    ):
        assert (await say(line, Role.MODERATOR)).code == "NO_RIGHT", line
