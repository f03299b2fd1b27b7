"""A place is set up step by step, by whoever may; before that nothing is looked at, recorded or posted for it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card, Picker
from bot.cards import draw
from bot.commands import ALL
from bot.kernel import Kernel
from bot.replies.accounts import Followed
from bot.replies.common import Failed
from bot.replies.common import Missing as MissingValue
from bot.replies.setup import SetupShown
from bot.wording import plain
from core.errors import Missing
from core.model.notice import NoticeKind
from core.model.person import Place, Platform, Purpose, Role
from tests.bot.conftest import Belongings
from tests.builders import told

Ask = Callable[..., Asked]
SERVER, GROUP, MINE = "discord:1", "telegram:-1001", "telegram:5678"


@dataclass
class StagedChannels:
    """The channels of a server: in some, rights are missing; some are not there."""

    lacking: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def missing(self, place: str, address: str) -> tuple[str, ...]:
        if address.startswith("discord:9"):
            return self.lacking.get(address, ())
        raise Missing("NOT_FOUND", x=address)


@pytest.fixture
def channels() -> StagedChannels:
    return StagedChannels()


@pytest.fixture
def fresh(ask: Ask, channels: StagedChannels) -> Ask:
    """Somebody in a place nobody has set up; asked again, they find it as it is stored by then."""

    async def asked(role: Role = Role.MANAGER, place: str = SERVER, address: str = "discord:901") -> Asked:
        here = ask(role, place)
        following = replace(here.house.following, channels={Platform.DISCORD: channels})
        house = replace(here.house, following=following, settling=replace(here.house.settling, following=following))
        async with house.storage.reading() as work:
            stored = await work.places.get(place)
        return replace(here, house=house, place=stored or Place(place, "The kitchen"), address=address)

    return asked


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items)))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


def code(reply: Any) -> str:
    assert isinstance(reply, Failed), reply
    return reply.code


async def test_before_a_place_is_set_up_nothing_makes_earshot_look_record_or_post(kernel: Kernel, fresh: Ask) -> None:
    assert {one.name for one in ALL if one.begins} == {
        "follow", "unfollow undo", "account import", "watch start", "setup account", "setup test", "obs connect",
    }  # fmt: skip
    for command in (one for one in ALL if one.begins):
        pressed = command.verb + ":amina" * bool(command.options)
        assert code(await kernel.press(pressed, await fresh())) == "SETUP_FIRST", command.name
    async with (await fresh()).house.storage.reading() as work:
        assert await work.places.get(SERVER) is None
        assert await work.follows.all() == []
    assert "follow" not in {one.name for one in (await kernel.press("help", await fresh())).commands}


async def test_the_refusal_offers_setup_to_who_may_and_names_them_to_others(kernel: Kernel, fresh: Ask) -> None:
    asked = await fresh()
    card = draw(await kernel.press("follow:amina", asked), asked.words)
    assert text(card).startswith("The kitchen is not set up yet.")
    assert keys(card) == ["setup"]
    moderator = await fresh(Role.MODERATOR)
    reply = await kernel.press("watch.start:amina", moderator)
    assert code(reply) == "SETUP_ASK"
    card = draw(reply, moderator.words)
    assert "one of its managers types /setup" in text(card)
    assert keys(card) == []
    assert code(await kernel.press("setup", moderator)) == "NO_RIGHT"


async def test_a_private_chat_and_the_console_need_no_setup_and_may_have_it(kernel: Kernel, fresh: Ask) -> None:
    for place, address in ((MINE, "telegram:5678"), ("discord:@71", "discord:@71"), ("console:here", "console:here")):
        asked = await fresh(Role.MANAGER, place, address)
        assert isinstance(await kernel.press("following", asked), object)
        if place != "discord:@71":
            assert isinstance(await kernel.press("follow:amina", asked), Followed)
        assert isinstance(await kernel.press("setup", asked), SetupShown)


async def test_running_setup_is_the_act_that_begins_a_place(kernel: Kernel, fresh: Ask) -> None:
    asked = await fresh()
    shown = await kernel.press("setup", asked)
    card = draw(shown, asked.words)
    assert text(card).split("\n")[0] == "Set up · step 1 of 4: channel and rights"
    assert "It looks at nobody before you say whom to follow." in text(card)
    assert "I may post there." in text(card)
    assert card.question is not None
    assert (card.question.picker, card.question.key, keys(card)) == (Picker.CHANNEL, "setup.channel", ["setup:2"])
    place = (await fresh()).place
    assert (place.begun, place.address, place.set_up_by, place.purpose) == (
        True, "discord:901", asked.person.id, Purpose.COMMUNITY,
    )  # fmt: skip


async def test_a_channel_without_rights_is_named_with_what_is_missing_and_checked_again(
    kernel: Kernel, fresh: Ask, channels: StagedChannels
) -> None:
    channels.lacking["discord:901"] = ("View Channel", "Send Messages")
    card = draw(await kernel.press("setup", await fresh()), (await fresh()).words)
    assert "I cannot post in <#901> yet. Missing: View Channel, Send Messages." in text(card)
    assert "setup:1" in keys(card)
    refused = await kernel.press("setup.here", await fresh())
    assert (code(refused), refused.values["missing"]) == ("NO_POST", "View Channel, Send Messages")
    asked = await fresh()
    question = await kernel.press("setup.channel", asked)
    assert isinstance(question, MissingValue)
    assert question.picker is Picker.CHANNEL
    chosen = await kernel.answer(question.key, question.option, "<#902>", asked)
    assert (chosen.place.address, chosen.missing) == ("discord:902", ())
    assert code(await kernel.answer(question.key, question.option, "<#55>", asked)) == "NOT_FOUND", "of another server"
    channels.lacking = {"discord:902": ("Embed Links",)}
    card = draw(await kernel.press("setup:1", await fresh()), asked.words)
    assert "Missing: Embed Links." in text(card)
    assert {"setup:1", "setup.here"} <= set(keys(card))


async def test_the_other_steps_follow_an_account_choose_a_manner_and_try_a_post(kernel: Kernel, fresh: Ask) -> None:
    await kernel.press("setup", await fresh())
    asked = await fresh()
    card = draw(await kernel.press("setup:2", asked), asked.words)
    assert keys(card) == ["setup.account", "setup:1", "setup:3"]
    question = await kernel.press("setup.account", asked)
    assert isinstance(question, MissingValue)
    third = await kernel.answer(question.key, question.option, "@amina", asked)
    assert (third.step, third.followed, third.n) == (3, "amina", 1)
    card = draw(third, asked.words)
    assert "@amina is followed now." in text(card)
    assert {"settings.speak:fr;step=3", "settings.purpose:notices;step=3", "setup:4"} <= set(keys(card))
    french = await kernel.press("settings.speak:fr;step=3", asked)
    assert (french.step, french.place.language) == (3, "fr")
    newsroom = await kernel.press("settings.purpose:public body;step=3", await fresh())
    assert (newsroom.step, newsroom.place.purpose, newsroom.place.language) == (3, Purpose.PUBLIC_BODY, "fr")
    fourth = await kernel.press("setup:4", await fresh())
    assert "On now: 1 account is followed." in text(draw(fourth, asked.words))
    tried = await kernel.press("setup.test", await fresh())
    assert tried.tested
    [post] = told(asked.house.settings.DATA_DIR, NoticeKind.TESTED)
    assert (post.notice.address, post.says.by, draw(post.says, asked.words).ping) == ("discord:901", "Karim", "")
    assert (await kernel.press("setup:99", await fresh())).step == 4


async def test_on_telegram_the_topic_it_is_asked_in_is_the_channel(kernel: Kernel, fresh: Ask) -> None:
    asked = await fresh(Role.MANAGER, GROUP, "telegram:-1001/7")
    shown = await kernel.press("setup", asked)
    assert shown.place.address == "telegram:-1001/7"
    assert "setup.channel" not in keys(draw(shown, asked.words)), "there is no picker of channels"
    moved = await fresh(Role.MANAGER, GROUP, "telegram:-1001/9")
    assert "setup.here" in keys(draw(await kernel.press("setup", moved), moved.words))
    assert (await kernel.press("setup.here", moved)).place.address == "telegram:-1001/9"


async def test_a_fresh_follow_only_tells_and_goes_to_the_channel_of_the_place_on_discord(
    kernel: Kernel, fresh: Ask
) -> None:
    await kernel.press("setup", await fresh())
    elsewhere = await fresh(Role.MANAGER, SERVER, "discord:955")
    made = await kernel.press("follow:amina", elsewhere)
    assert (made.follow.address, made.follow.transcript, made.goes) == ("discord:901", False, "discord:901")
    assert "I tell when it begins and ends." in text(draw(made, elsewhere.words))
    said = await kernel.press("follow:zoe;channel=<#955>", elsewhere)
    assert said.follow.address == "discord:955"
    group = await fresh(Role.MANAGER, GROUP, "telegram:-1001/7")
    await kernel.press("setup", group)
    topic = await fresh(Role.MANAGER, GROUP, "telegram:-1001/9")
    assert (await kernel.press("follow:amina", topic)).follow.address == "telegram:-1001/9"


async def test_where_notices_only_are_wanted_nothing_recorded_is_asked_for_or_shown(
    kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    quiet = ask()
    quiet = replace(quiet, place=replace(quiet.place, purpose=Purpose.NOTICES))
    for pressed in (
        "clip.save:amina", "trigger.add:word", "trigger.test:word", "watch.log", f"lives.export:{mine.live.id};chat;csv",
        f"transcript.open:{mine.live.id}", f"transcript.download:{mine.live.id};txt",
    ):  # fmt: skip
        assert code(await kernel.press(pressed, quiet)) == "NOTICES_ONLY", pressed
    for pressed in ("following", "lives.list", "follow:zoe", "privacy"):
        assert not isinstance(await kernel.press(pressed, quiet), Failed), pressed
    offered = {one.name for one in (await kernel.press("help", quiet)).commands}
    assert not offered & {"clip save", "trigger add", "watch log", "lives export"}
