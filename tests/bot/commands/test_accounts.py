"""The account commands as people use them: what is asked, what comes of it, and what each answer offers next."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.asked import Asked, Attachment
from bot.card import Card
from bot.cards import draw
from bot.kernel import Kernel
from bot.replies.accounts import (
    AccountChecked,
    AccountEdited,
    AccountPaused,
    AccountResumed,
    AccountShown,
    Bringing,
    Followed,
    FollowingList,
    ListBrought,
    SettingsFile,
)
from bot.replies.common import Failed
from bot.surfaces.console.client import ConsoleClient
from bot.surfaces.console.draw import Numbers
from bot.typed import read, split
from bot.wording import plain
from core.errors import Transient
from core.model.account import FOREVER, NO_RISK, AccountStatus, Follow, Handle
from core.model.live import Look
from core.model.person import Place, Role
from core.services.carrying import Outcome
from core.services.finding.pacing import SLOWEST
from tests.bot.conftest import HERE, Belongings
from tests.core.services.test_following import StagedChecking

Ask = Callable[..., Asked]


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Callable[..., Any]:
    """A typed line and its reply."""

    async def said(line: str, asked: Asked | None = None) -> Any:
        asked = asked or ask()
        typed = read(split(line), [command.on(asked.place.platform) for command in kernel.commands])
        return await kernel.run(typed.command, typed.raw, asked)

    return said


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items)))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


def checked_by(asked: Asked, checking: Any) -> Asked:
    return replace(asked, house=replace(asked.house, following=replace(asked.house.following, checking=checking)))


async def test_following_says_where_the_first_post_goes(say: Any, ask: Ask) -> None:
    here = draw(await say("follow @Bruno"), ask().words)
    assert "@bruno is followed now." in text(here)
    assert "the first post comes here when @bruno goes live" in text(here)
    made = await say("follow @zoe --channel lives --language fr --transcript no --risk 0.5")
    assert isinstance(made, Followed)
    assert (made.follow.address, made.follow.language, made.follow.transcript, made.follow.risk) == (
        "console:lives", "fr", False, 0.5,
    )  # fmt: skip
    assert "the first post goes to #lives when @zoe goes live" in text(draw(made, ask().words))


async def test_risk_alerts_are_a_yes_a_no_or_a_score(say: Any, ask: Ask) -> None:
    for given, stored in (("yes", 0.7), ("no", NO_RISK), ("0,9", 0.9)):
        made = await say(f"follow @zoe{stored} --risk {given}".replace("zoe", "zoe_"))
        assert made.follow.risk == stored
    shown = text(draw(await say(f"following @zoe_{NO_RISK}"), ask().words))
    assert "risk alerts no" in shown
    refused = await say("account edit @zoe_0.9 --risk 7")
    assert "neither yes, no, nor a number from 0 to 1" in text(draw(refused, ask().words))


async def test_an_account_that_is_live_now_has_its_first_post_at_once(say: Any, ask: Ask) -> None:
    house = ask().house
    async with house.storage.work() as work:
        account = await work.accounts.ensure(Handle("bruno"))
        await work.accounts.saw(account.id, Look(house.clock.now(), True, "7", followers=1), AccountStatus.LIVE)
    assert "It is live now: the first post follows at once." in text(draw(await say("follow @bruno"), ask().words))


async def test_an_account_followed_already_names_its_channel_and_offers_to_change_it(
    say: Any, ask: Ask, mine: Belongings
) -> None:
    refused = await say("follow @amina")
    assert isinstance(refused, Failed)
    card = draw(refused, ask().words)
    assert "@amina is already followed here, in #here since" in text(card)
    assert keys(card) == ["account.edit:amina"]


async def test_a_short_link_says_what_to_paste_instead(say: Any) -> None:
    for link in ("https://vm.tiktok.com/ZMabc/", "vt.tiktok.com/ZSabc", "https://www.tiktok.com/t/ZTabc/"):
        assert (await say(f"follow {link}")).code == "SHORT_LINK"
    assert (await say("follow name.")).code == "HANDLE_FORM"


async def test_a_change_shows_before_and_after_and_nothing_given_shows_the_account(
    say: Any, ask: Ask, mine: Belongings, kernel: Kernel
) -> None:
    changed = await say("account edit @amina --channel lives --language fr --risk 0.5 --videos yes --engine groq")
    assert isinstance(changed, AccountEdited)
    assert text(draw(changed, ask().words)).split("\n")[1:] == [
        "channel · #here → #lives",
        "language · auto → fr",
        "risk alerts · as in this place → from 0.50",
        "new videos · no → yes",
        "engine · auto → Groq",
    ]
    shown = await say("account edit @amina --language fr")
    assert isinstance(shown, AccountShown)
    switches = keys(draw(shown, ask().words))
    assert switches[:4] == [
        "account.edit:amina;transcript=no",
        "account.edit:amina;chat=no",
        "account.edit:amina;clips=no",
        "account.edit:amina;videos=no",
    ]
    pressed = await kernel.press(switches[3], ask())
    assert isinstance(pressed, AccountEdited)
    assert not pressed.after.videos
    assert (await say("account edit @nobody --chat no")).code == "NOT_FOUND"


async def test_a_pause_is_shown_and_ends_by_a_button(say: Any, ask: Ask, mine: Belongings, kernel: Kernel) -> None:
    paused = await say("account pause @amina --for 2h")
    assert isinstance(paused, AccountPaused)
    assert paused.follow.paused_until is not None
    assert abs(paused.follow.paused_until - ask().house.clock.now() - timedelta(hours=2)) < timedelta(seconds=5)
    assert "paused until" in text(draw(await say("following"), ask().words))
    resumed = await kernel.press(keys(draw(paused, ask().words))[0], ask())
    assert isinstance(resumed, AccountResumed)
    assert resumed.follow.paused_until is None
    for_good = await say("account pause amina")
    assert for_good.follow.paused_until == FOREVER
    assert "@amina is paused until it is resumed." in text(draw(for_good, ask().words))
    card = draw(await say("following @amina"), ask().words)
    assert keys(card)[0] == "account.resume:amina"


async def test_the_card_of_an_account_shows_who_it_is_and_what_is_wanted(say: Any, ask: Ask, mine: Belongings) -> None:
    house = ask().house
    now = house.clock.now()
    async with house.storage.work() as work:
        look = Look(now, False, name="Amina cooks", followers=1204)
        await work.accounts.saw(mine.follow.account_id, look, AccountStatus.OFFLINE)
    shown = await say("following @amina")
    assert isinstance(shown, AccountShown)
    card = draw(shown, ask().words)
    assert text(card).split("\n")[:2] == ["@amina", "Amina cooks · 1,204 followers"]
    assert "offline · last looked" in text(card)
    assert "Posts go to #here, since" in text(card)
    assert "transcript yes · language auto · risk alerts as in this place · chat yes · clips yes" in text(card)
    assert keys(card) == [
        "account.pause:amina", "account.check:amina", "account.edit:amina", "unfollow:amina", "https://www.tiktok.com/@amina",
    ]  # fmt: skip
    viewer = await say("following @amina", ask(Role.VIEWER))
    assert keys(draw(viewer, ask().words)) == ["https://www.tiktok.com/@amina"], "no button that would only refuse"


async def test_a_check_is_one_line_and_a_failure_says_why(say: Any, ask: Ask, mine: Belongings) -> None:
    assert "I do not know whether @amina is live: TikTok did not answer." in text(
        draw(await say("account check @amina"), ask().words)
    )
    live = await say("account check @amina", checked_by(ask(), StagedChecking(live=True)))
    assert text(draw(live, ask().words)) == "@amina is live now. 180 people watch."
    offline = await say("account check @amina", checked_by(ask(), StagedChecking()))
    assert isinstance(offline, AccountChecked)
    assert text(draw(offline, ask().words)) == "@amina is offline now."
    posted = replace(offline.account, posted_at=offline.now - timedelta(hours=3))
    assert text(draw(replace(offline, account=posted), ask().words)).endswith("It posted a video 3 h 00 min ago.")
    limited = await say("account check @amina", checked_by(ask(), StagedChecking({"amina": Transient("TIKTOK_LIMIT")})))
    assert text(draw(limited, ask().words)) == "I do not know whether @amina is live: TikTok limits me."


async def test_a_list_comes_from_a_file_on_the_console_and_goes_out_as_one(
    say: Any, ask: Ask, mine: Belongings, tmp_path: Path
) -> None:
    (tmp_path / "names.txt").write_text("@bruno\n@zoe, amina\nwhat?\n", encoding="utf-8")
    brought = await say(f"account import {tmp_path}/names.txt")
    assert isinstance(brought, ListBrought)
    assert text(draw(brought, ask().words)).split("\n") == [
        "2 accounts are new here.",
        "Following 3 of 50.",
        "what? · no TikTok name",
        "@bruno · followed",
        "@zoe · followed",
        "amina · followed already",
    ]
    file = await say("account export")
    assert isinstance(file, SettingsFile)
    (tmp_path / file.file.name).write_bytes(file.file.data)
    again = await say(f"account import {tmp_path}/{file.file.name}")
    assert {outcome for _, outcome in again.brought.rows} == {Outcome.ALREADY}
    assert again.brought.doubled == 1
    assert (await say(f"account import {tmp_path}/nothing.txt")).code == "LIST_FILE"
    chat = ask(place="telegram:-1")
    assert (await say(f"account import {tmp_path}/names.txt", chat)).brought.rows[0][1] is Outcome.WRONG, (
        "no file there"
    )


async def test_the_settings_of_the_live_chat_detector_are_taken_without_its_password(
    say: Any, ask: Ask, tmp_path: Path
) -> None:
    config = tmp_path / "config.json"
    config.write_bytes(
        b'\xef\xbb\xbf{\r\n\t"username": ["bruno"],\r\n\t"obs_password": "hunter2",\r\n\t"source_name": "Window Capture",'
        b'\r\n\t"keywords": "gift, \\ud83c\\udf81"\r\n}'
    )
    brought = await say(f"account import {config}")
    shown = text(draw(brought, ask().words))
    assert shown.split("\n") == [
        "1 account is new here.",
        "Following 1 of 50.",
        "2 triggers are new.",
        "The password of OBS in it was refused: no file carries one here. Put it into OBS_PASSWORD, and delete the file.",
        "Not needed here: source_name.",
        "bruno · followed",
    ]
    assert "hunter2" not in shown + repr(brought)
    assert {one.word for one in await ask().house.arming.listed(HERE)} == {"gift", "🎁"}


async def test_settings_of_another_place_are_taken_by_its_managers_alone(say: Any, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "there.yaml").write_text(
        "earshot: 1\nplace: {language: fr, quiet_hours: '22:00-08:00', channel: 'discord:7', silent: [hit]}\n"
        "routes: [{event: risk, channel: 'off'}]\n"
    )
    line = f"account import {tmp_path}/there.yaml"
    refused = await say(line, ask(Role.MODERATOR))
    assert refused.code == "NO_RIGHT"
    assert text(draw(await say(line), ask().words)).split("\n")[2:] == [
        "Language · English → French",
        "Quiet hours · off → 22:00–08:00",
        "Without a sound · no event → A trigger fires",
        "A risk alert → off",
        "Not taken: channel · I do not know the channel “discord:7” here.",
    ]


async def test_a_long_list_says_how_far_it_is(ask: Ask, say: Any) -> None:
    shown: list[Any] = []

    async def meanwhile(reply: Any) -> None:
        shown.append(reply)

    asked = ask()
    house = asked.house

    class Late(StagedChecking):
        async def known(self, handle: Handle) -> None:
            clock.at += timedelta(seconds=2)
            await asyncio.sleep(0)

    class Turned:
        at = house.clock.now()

        def now(self) -> Any:
            return self.at

    clock = Turned()
    following = replace(house.following, checking=Late())
    slow = replace(house, clock=clock, following=following, carrying=replace(house.carrying, following=following))
    brought = await say("account import a1 b2 c3 d4", replace(asked, house=slow, meanwhile=meanwhile))
    assert brought.brought.count(Outcome.FOLLOWED) == 4
    assert shown
    assert all(isinstance(one, Bringing) and one.of == 4 for one in shown)


async def test_the_list_says_how_often_quiet_accounts_are_looked_at(say: Any, ask: Ask) -> None:
    """130 quiet accounts at a second each are past the budget; those of another place count, and are not shown."""
    house = ask().house
    async with house.storage.work() as work:
        for place, count in ((HERE, 12), ("console:there", 130)):
            await work.places.put(Place(place, place))
            for n in range(count):
                account = await work.accounts.ensure(Handle(f"{place[8]}{n}"))
                await work.follows.add(Follow(0, place, account.id, account.handle, place, house.clock.now()))
    shown = await say("following")
    assert isinstance(shown, FollowingList)
    assert (shown.n, shown.slowed) == (12, 12)
    assert house.settings.LOOK_EVERY < shown.slow_every <= SLOWEST * house.settings.LOOK_EVERY
    assert "12 quiet accounts are looked at every" in text(draw(shown, ask().words))
    made = await say("follow @newcomer")
    assert made.every == (await say("following")).slow_every, "what is promised is what is done"


async def test_a_file_that_comes_with_the_command_is_the_list(say: Any, ask: Ask) -> None:
    async def fetch() -> AsyncIterator[bytes]:
        yield b"earshot: 1\nfollows:\n- {account: bruno, language: fr}\n"

    asked = replace(ask(place="discord:55"), attachment=Attachment("follows.yaml", 50, fetch))
    brought = await say("account import follows.yaml", asked)
    assert brought.brought.rows == (("bruno", Outcome.FOLLOWED),)
    ((follow, _),) = await asked.house.following.listed("discord:55")
    assert (follow.language, follow.address) == ("fr", asked.address)


async def test_status_counts_the_accounts_here_that_gave_no_reading(say: Any, ask: Ask, mine: Belongings) -> None:
    house = ask().house
    assert (await say("status")).unread == 0
    async with house.storage.work() as work:
        await work.accounts.failed(mine.follow.account_id, house.clock.now(), "TIKTOK_LIMIT")
    told = await say("status")
    assert (told.followed, told.unread) == (1, 1)
    assert told.downloader_days is not None
    assert "1 account has no reading at present." in text(draw(told, ask().words))
    await say("account pause amina")
    assert (await say("status")).unread == 0, "nobody is looking at it"


async def test_source_names_the_repository_and_the_licence(say: Any, ask: Ask) -> None:
    said = text(draw(await say("source", ask(Role.VIEWER)), ask().words))
    assert "https://github.com/earshot/earshot" in said
    assert "AGPL-3.0-or-later" in said


async def test_how_far_a_list_is_stands_apart_from_what_comes_of_it(
    ask: Ask, kernel: Kernel, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask()
    client = ConsoleClient(asked.house, kernel, Console(), Numbers(), asked.words)
    await (await client.asked()).meanwhile(Bringing(12, 50))
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "Reading the list, 12 of 50\n")
