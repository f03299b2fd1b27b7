"""Steering watches and handing out lives by command: who may, what is answered, and what a place never gets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed, Missing
from bot.replies.lives import LiveFile, LiveTimeline
from bot.replies.reviews import AlertShown
from bot.replies.watches import WatchBegun, WatchLog, WatchMuted, WatchStopped
from bot.wording import Words, plain
from core.model.account import AccountStatus, Handle
from core.model.diary import DiaryKind
from core.model.live import Live, LiveStatus, Look, Standing
from core.model.person import Role
from core.model.tellable.finds import HitFound
from core.model.tellable.lives import LiveStarted
from core.model.transcript import Segment
from core.model.trigger import Where
from core.services.assessing import raised
from core.services.lives.minding import Begun, Logged, LogKind, Source
from tests.bot.conftest import HERE, THERE, Belongings
from tests.house.samples import FOLLOW, LIVE, NOW

Ask = Callable[..., Asked]


def read(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items), card.foot))


async def said(kernel: Kernel, pressed: str, asked: Asked) -> str:
    return read(draw(await kernel.press(pressed, asked), asked.words))


def failed(reply: Any) -> str:
    assert isinstance(reply, Failed), reply
    return reply.code


@pytest.mark.parametrize("verb", ["start", "stop", "mute", "mark", "log"])
def test_watches_are_steered_by_moderators(kernel: Kernel, verb: str) -> None:
    command = kernel.named(f"watch {verb}")
    assert command is not None
    assert (command.role, command.offered) == (Role.MODERATOR, True)


def test_the_options_are_those_people_know(kernel: Kernel) -> None:
    def options(name: str) -> list[tuple[str, bool]]:
        command = kernel.named(name)
        assert command is not None
        return [(option.name, option.required) for option in command.shown]

    assert options("watch start") == [("account", True), ("until", False)]
    assert options("watch stop") == [("account", True)]
    assert options("watch mute") == [("account", True), ("for", False)]
    assert options("watch mark") == [("account", True), ("note", False)]
    assert options("watch log") == [("account", False), ("kind", False)]
    assert options("lives export") == [("live", True), ("what", True), ("format", True)]


async def test_a_stop_names_who_stopped_it_and_its_undo_brings_it_back(
    kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    asked = ask(Role.MODERATOR)
    card = draw(await kernel.press("watch.stop:amina", asked), asked.words)
    assert read(card).startswith("@amina's live is watched no longer here.\nStopped by Karim.")
    async with asked.house.storage.reading() as work:
        assert [one.stopped for one in await work.lives.standings(mine.live.id)] == [True]
    undo = card.buttons[0][0]
    assert undo.label == "Undo"
    assert "watched again here" in await said(kernel, undo.key, asked)
    async with asked.house.storage.reading() as work:
        assert [one.stopped for one in await work.lives.standings(mine.live.id)] == [False]


async def test_a_mute_lasts_half_an_hour_unless_told_otherwise(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    asked = ask(Role.MODERATOR)
    for pressed, minutes in (
        ("watch.mute:amina", 30),
        ("watch.mute:amina;for=2 h", 120),
        ("watch.mute:amina;for=5", 5),
    ):
        before = asked.house.clock.now()
        answer = await said(kernel, pressed, asked)
        async with asked.house.storage.reading() as work:
            (standing,) = await work.lives.standings(mine.live.id)
        assert standing.muted_until is not None
        assert abs(standing.muted_until - before - timedelta(minutes=minutes)) < timedelta(seconds=30)
        assert f"until {asked.words.day(standing.muted_until)} {asked.words.time(standing.muted_until)}." in answer


async def next_live(house: House, mine: Belongings) -> Live:
    """Its account ends the live and begins another one."""
    now = house.clock.now()
    async with house.storage.work() as work:
        await work.lives.set_status(mine.live.id, LiveStatus.ENDED, now)
        account = await work.accounts.ensure(mine.follow.handle)
        live, _ = await work.lives.begin(account, Look(now, True, "room 2", "Next day", started=now), [HERE])
    return live


async def posts(house: House, mine: Belongings) -> list[Any]:
    """What a place was told of a live, and what steers that live."""
    async with house.storage.reading() as work:
        (hit,) = await work.hits.of_live(HERE, mine.live.id)
    handle, live = mine.live.handle, mine.live
    return [
        raised(mine.alert, handle),
        LiveStarted(live.id, handle, live.title, live.started),
        HitFound(hit.id, live.id, hit.trigger_id, handle, hit.word, hit.source, hit.quote, 0, 8, hit.at, hit.second),
    ]


def steering(card: Card) -> dict[str, str]:
    """The buttons that do something to a live that runs, by what they say."""
    made = [one for row in card.buttons for one in row]
    return {one.label: one.key for one in made if one.key.startswith(("watch.", "clip.save"))}


async def test_a_button_under_the_post_of_a_live_that_is_over_does_nothing_to_the_next_one(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
) -> None:
    asked = ask(Role.MODERATOR)
    drawn = [steering(draw(one, asked.words)) for one in await posts(house, mine)]
    assert [list(one) for one in drawn] == [
        ["Stop capture"],
        ["Save a clip", "Stop", "Mute for 30 min"],
        ["Save a clip", "Mute for 1 h"],
    ]
    live = await next_live(house, mine)
    for pressed in (key for one in drawn for key in one.values()):
        reply = await kernel.press(pressed, asked)
        assert failed(reply) == "LIVE_OVER", pressed
        assert read(draw(reply, asked.words)).startswith("That live of @amina has ended, so nothing was done.")
    async with house.storage.reading() as work:
        assert await work.lives.standings(live.id) == [Standing(HERE)]
        assert await work.diary.of_live(HERE, live.id) == []
        assert sum((await work.jobs.counts()).values()) == 0


async def test_a_button_under_the_post_of_a_live_that_runs_is_about_that_live(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
) -> None:
    asked = ask(Role.MODERATOR)
    for one in await posts(house, mine):
        for label, pressed in steering(draw(one, asked.words)).items():
            reply = await kernel.press(pressed, asked)
            assert not isinstance(reply, Failed) or reply.code == "CLIP_EARLY", label
            hours = {"Mute for 1 h": 1.0, "Mute for 30 min": 0.5}.get(label)
            if hours is not None:
                assert abs(reply.until - house.clock.now() - timedelta(hours=hours)) < timedelta(seconds=30)


async def test_a_button_that_mutes_cuts_no_longer_mute_short_and_says_what_holds(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
) -> None:
    asked = ask(Role.MODERATOR)
    long = await kernel.press("watch.mute:amina;for=3 h", asked)
    drawn = [steering(draw(one, asked.words)) for one in await posts(house, mine)]
    pressed = [key for one in drawn for key in one.values() if key.startswith("watch.mute")]
    assert len(pressed) == 2
    for key in (*pressed, f"review.mute:{mine.alert.id}"):
        reply = await kernel.press(key, asked)
        assert isinstance(reply, AlertShown) or reply.until == long.until
        async with house.storage.reading() as work:
            (standing,) = await work.lives.standings(mine.live.id)
        assert standing.muted_until == long.until
    logged = await said(kernel, "watch.log", asked)
    assert logged.count(f"no alerts until {asked.words.time(long.until)} (Karim)") == 4


async def test_what_is_typed_and_a_button_of_an_older_version_are_about_the_live_that_runs(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
) -> None:
    live = await next_live(house, mine)
    asked = ask(Role.MODERATOR)
    assert isinstance(await kernel.press("watch.mute:amina;for=1 h", asked), WatchMuted)
    assert isinstance(await kernel.press("watch.stop:amina", asked), WatchStopped)
    async with house.storage.reading() as work:
        (standing,) = await work.lives.standings(live.id)
    assert standing.stopped
    assert kernel.typed(f"watch.stop:amina;live={mine.live.id}") == "", "nobody types which live a card was about"


def test_which_live_it_is_finds_room_in_every_key() -> None:
    handle, number = "a" * 24, 10**18 - 1
    words = Words("en", ZoneInfo("UTC"))
    cards = [
        draw(LiveStarted(number, handle, "", NOW), words),
        draw(HitFound(7, number, 7, handle, "x", Where.CHAT, "x", 0, 1, NOW, 1.0), words),
        draw(WatchBegun(Begun(replace(FOLLOW, handle=Handle(handle)), Look(NOW, True), number)), words),
    ]
    made = [key for card in cards for key in steering(card).values()]
    assert len(made) == 6
    assert all(key.endswith(f";live={number}") and len(key.encode()) <= 64 for key in made)


async def test_a_mark_says_when_it_is_and_stands_in_the_log(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    asked = ask(Role.MODERATOR)
    answer = await said(kernel, "watch.mark:amina;note=the **onions**", asked)
    assert answer.startswith("Marked ")
    assert " 10:0" in answer  # minutes into the live, which began ten minutes ago
    assert "the **onions**" in answer
    log = await said(kernel, "watch.log", asked)
    assert "mark: the **onions** (Karim)" in log


async def test_the_log_has_what_was_asked_for_and_pages_by_its_arrows(
    kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    asked = ask(Role.MODERATOR)
    every = await said(kernel, "watch.log", asked)
    for part in ("said: Out with them", "giveaway amina written by bob", "risk: out with them"):
        assert part in every
    assert "said" not in await said(kernel, "watch.log:kind=alerts", asked)
    for number in range(25):
        await kernel.press(f"watch.mark:amina;note=mark {number}", asked)
    pages, pressed = [], "watch.log:account=amina"
    while pressed:
        reply = await kernel.press(pressed, asked)
        assert isinstance(reply, WatchLog)
        assert len(reply.rows) <= 10
        pages.append(reply.page)
        arrows = [button for row in draw(reply, asked.words).buttons for button in row]
        pressed = next((button.key for button in arrows if button.label == "▶"), "")
    assert pages == [1, 2, 3]


@pytest.mark.parametrize("account", ["bruno", "nobody"])
async def test_an_account_without_lives_here_has_an_empty_log(
    kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings, account: str
) -> None:
    answer = await said(kernel, f"watch.log:account={account}", ask(Role.MODERATOR))
    assert answer.startswith("Nothing yet. /follow @name")


@pytest.mark.parametrize("pressed", ["watch.stop:bruno", "watch.mute:bruno", "watch.mark:bruno", "watch.stop:nobody"])
async def test_a_live_of_another_place_is_as_unknown_as_none(
    kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings, pressed: str
) -> None:
    asked = ask(Role.OWNER, HERE)
    assert failed(await kernel.press(pressed, asked)) == "NOT_WATCHED"
    assert failed(await kernel.press(f"watch.undo:{theirs.live.id}", asked)) == "NOT_FOUND"
    assert failed(await kernel.press(f"lives.export:{theirs.live.id};chat;csv", asked)) == "NOT_FOUND"
    async with asked.house.storage.reading() as work:
        assert [one.stopped for one in await work.lives.standings(theirs.live.id)] == [False]
        assert await work.diary.of_live(THERE, theirs.live.id) == []


async def test_who_is_followed_and_not_live_is_not_live(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
) -> None:
    async with house.storage.work() as work:
        account = await work.accounts.ensure(Handle("lena"))
        await work.follows.add(replace(mine.follow, account_id=account.id, handle=account.handle))
    assert "@lena is not live. I watch it" in await said(kernel, "watch.stop:lena", ask(Role.MODERATOR))
    for status, words in (
        (AccountStatus.OFFLINE, "@lena is not live (looked 0 s ago). I watch it"),
        (AccountStatus.LIVE, "No live of @lena is watched here now."),  # it is on, but was stopped here
        (AccountStatus.SUSPECTED, "No live of @lena is watched here now."),
    ):
        async with house.storage.work() as work:
            await work.accounts.saw(account.id, Look(house.clock.now(), False, ""), status)
        assert words in await said(kernel, "watch.stop:lena", ask(Role.MODERATOR))
    async with house.storage.work() as work:
        await work.accounts.saw(account.id, Look(house.clock.now(), False, ""), AccountStatus.OFFLINE)
    card = draw(await kernel.press("clip.save:lena", ask(Role.MODERATOR)), ask().words)
    assert [button.key for row in card.buttons for button in row] == ["account.check:lena"]


async def test_what_is_suggested_is_live_here(kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings) -> None:
    stop = kernel.named("watch stop")
    assert stop is not None
    choices = await kernel.suggest(stop, stop.options[0], "", ask(Role.MODERATOR))
    assert [choice.value for choice in choices] == ["amina"]
    question = await kernel.press("watch.stop", ask(Role.MODERATOR))
    assert isinstance(question, Missing)
    assert [choice.value for choice in question.choices] == ["amina"]


# ---------------------------------------------------------------- lives as files


@pytest.mark.parametrize("typed", ["", "amina", "@ami"])
async def test_an_export_suggests_the_latest_live_first(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings, typed: str
) -> None:
    newest = mine.live
    async with house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        for number in range(3):
            at = mine.live.started + timedelta(minutes=number + 1)
            newest, _ = await work.lives.begin(account, Look(at, True, f"room {number}", started=at), [HERE])
    export = kernel.named("lives export")
    assert export is not None
    choices = await kernel.suggest(export, export.options[0], typed, ask())
    assert choices[0].value == str(newest.id)


async def test_a_file_is_handed_out_to_the_asker_only(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    asked = ask(Role.VIEWER)
    reply = await kernel.press(f"lives.export:{mine.live.id};transcript;srt", asked)
    assert isinstance(reply, LiveFile)
    card = draw(reply, asked.words)
    assert card.private
    assert b"Out with them" in card.files[0].data
    assert read(card).startswith("A transcript of @amina's live · dinner_transcript.srt")


@pytest.mark.parametrize(
    ("what", "format", "answer"),
    [
        ("chat", "srt", "A chat cannot be a srt. It can be: csv, txt, json."),
        ("report", "csv", "A report cannot be a csv. It can be: md, txt, json, pdf."),
        ("transcript", "csv", "A transcript cannot be a csv. It can be: txt, md, srt, vtt, json, pdf."),
    ],
)
async def test_what_cannot_be_names_what_it_can_be(
    kernel: Kernel, ask: Ask, mine: Belongings, what: str, format: str, answer: str
) -> None:
    assert (await said(kernel, f"lives.export:{mine.live.id};{what};{format}", ask())).strip() == answer


async def test_the_timeline_of_a_live_is_leafed_through_by_kind_and_by_moment(
    kernel: Kernel, ask: Ask, mine: Belongings, house: House
) -> None:
    async with house.storage.work() as work:
        await work.transcripts.add(mine.live.id, [Segment(1200.0 + n, 1200.5 + n, f"word {n}") for n in range(60)])
        await work.lives.set_status(mine.live.id, LiveStatus.ENDED, mine.live.started + timedelta(minutes=30))
    first = await kernel.press(f"lives.timeline:{mine.live.id};speech", ask())
    card = draw(first, ask().words)
    assert read(card).startswith("@amina's live, 0:00 to")
    assert "said: Out with them" in card.quotes[0].text
    assert card.quotes[0].veiled == {0}
    [on] = [one.key for row in card.buttons for one in row if one.label == "▶"]
    later = await kernel.press(f"lives.timeline:{mine.live.id};speech;at=20:10", ask())
    assert draw(later, ask().words).quotes[0].text.startswith("20:10  said: word 10\n")
    second = await kernel.press(on, ask())
    assert isinstance(first, LiveTimeline)
    assert isinstance(second, LiveTimeline)
    assert second.stretch.start == first.stretch.end
    [back] = [one.key for row in draw(later, ask().words).buttons for one in row if one.label == "◀"]
    assert (await kernel.press(back, ask())).stretch.end == 1210
    wrong = await kernel.press(f"lives.timeline:{mine.live.id};speech;at=soon", ask())
    assert read(draw(wrong, ask().words)).startswith("I cannot read “soon” as a moment of a live.")


async def test_the_timeline_of_a_live_is_for_places_that_see_it(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    assert (await kernel.press(f"lives.timeline:{mine.live.id}", ask(place=THERE))).code == "NOT_FOUND"


def test_the_undo_of_a_stop_is_only_pressed() -> None:
    assert [command.offered for command in ALL if command.name == "watch undo"] == [False]


def test_a_muted_entry_says_until_when() -> None:
    row = Logged(LIVE, NOW, 31.0, Source.DIARY, NOW.isoformat(), "Karim", DiaryKind.MUTED)
    card = draw(WatchLog((row,), None, LogKind.ALL, 1, False), Words("en", ZoneInfo("UTC")))
    assert "no alerts until 20:14 (Karim)" in read(card)
