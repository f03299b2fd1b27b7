"""Everything set in a place is shown in panels, and changed by a press, a picker or a typed line."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card, Picker
from bot.cards import draw
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.common import Missing as MissingValue
from bot.replies.moderation import ThresholdChanged
from bot.replies.settings import ChannelsShown, FeedShown, LanguageShown, RiskShown, SettingsShown, WhoShown
from bot.typed import read, split
from bot.wording import Words, plain
from core.model.account import NO_RISK
from core.model.feed import OFF, Event
from core.model.person import Person, Place, Platform, Role
from core.settings import Settings
from tests.bot.conftest import HERE, THERE, Belongings

Ask = Callable[..., Asked]
Say = Callable[..., Any]
SERVER = "discord:1"


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Say:
    """A typed line, in the place as it is stored by then."""

    async def said(line: str, role: Role = Role.MANAGER, place: str = HERE) -> Any:
        asked = await now(ask(role, place))
        typed = read(split(line), [command.on(asked.place.platform) for command in kernel.commands])
        return await kernel.run(typed.command, typed.raw, asked)

    return said


async def now(asked: Asked) -> Asked:
    async with asked.house.storage.reading() as work:
        stored = await work.places.get(asked.place.id)
    return replace(asked, place=stored or asked.place)


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items)))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


async def test_the_panel_has_a_line_for_each_section_and_each_opens(say: Say, ask: Ask, kernel: Kernel) -> None:
    shown = await say("settings")
    assert isinstance(shown, SettingsShown)
    card = draw(shown, ask().words)
    sections = [
        "channels", "alerts", "risk", "language and time", "quiet hours", "digest", "keeping data", "looks", "who may do what",
        "linked places", "purpose",
    ]  # fmt: skip
    assert [item.key for item in card.items] == [f"settings:{section}" for section in sections]
    for item in card.items:
        opened = await kernel.press(item.key, ask())
        assert keys(draw(opened, ask().words))[-1] in ("settings", "settings.risk:no")
    for typed in (
        "settings language and time", "settings language", "settings --section who", "settings purpose",
        "settings alerts", "settings quiet hours", "settings quiet", "settings digest", "settings looks", "settings keeping data",
    ):  # fmt: skip
        assert not isinstance(await say(typed), Failed | SettingsShown), typed
    assert (await say("settings", Role.MODERATOR)).code == "NO_RIGHT"


async def test_events_are_sent_elsewhere_off_and_back_and_the_list_says_so(
    say: Say, ask: Ask, mine: Belongings, kernel: Kernel
) -> None:
    made = await say("settings channels --event risk --to #mods")
    assert isinstance(made, FeedShown)
    assert made.address == "console:mods"
    assert (await kernel.press("settings.feed:hit;0;off", ask())).address == OFF
    listed = await say("settings channels")
    assert isinstance(listed, ChannelsShown)
    shown = text(draw(listed, ask().words))
    assert "A risk alert · #mods" in shown
    assert "A trigger fires · off" in shown
    assert "A live begins · where the account's posts go" in shown
    assert "A live ends · where the live is told" in shown
    overview = text(draw(await say("settings"), ask().words))
    assert "1 elsewhere · 1 off" in overview
    panel = draw(await kernel.press("settings:channels;event=hit", ask()), ask().words)
    assert keys(panel) == [
        "settings.feed:hit;0", "settings.feed:hit;0;here", "settings.feed:hit;0;default", "settings:channels",
    ]  # fmt: skip
    assert (await kernel.press("settings.feed:hit;0;default", ask())).address == ""
    assert (await say("settings channels --event hit --to a/b")).code == "ROUTE"


async def test_one_account_can_differ_and_its_card_says_where_its_lives_go(
    say: Say, ask: Ask, mine: Belongings, kernel: Kernel
) -> None:
    await say("settings --event live --to #stage")
    assert "Posts go to #stage" in text(draw(await say("following @amina"), ask().words))
    made = await say("settings --event live --account @amina --to off")
    assert (made.follow.handle, made.address) == ("amina", OFF)
    assert "Its lives are told nowhere" in text(draw(await say("following @amina"), ask().words))
    panel = draw(await say("settings --account amina"), ask().words)
    assert "Where posts about @amina go" in text(panel)
    assert "digest" not in text(panel)
    assert panel.items[0].key == "settings:channels;live;account=amina"
    opened = draw(await kernel.press(panel.items[0].key, ask()), ask().words)
    assert f"settings.feed:live;{mine.follow.account_id};default" in keys(opened)
    await kernel.press(f"settings.feed:live;{mine.follow.account_id};default", ask())
    assert "Posts go to #stage" in text(draw(await say("following @amina"), ask().words))
    assert (await say("settings --event digest --account amina --to off")).code == "NOT_OF_ACCOUNT"
    assert (await kernel.press("settings.feed:live;99;off", ask())).code == "NOT_FOUND"


async def test_the_things_of_another_place_are_not_touched(
    say: Say, ask: Ask, mine: Belongings, theirs: Belongings, kernel: Kernel
) -> None:
    assert (await kernel.press(f"settings.feed:live;{theirs.follow.account_id};off", ask())).code == "NOT_FOUND"
    assert (await say("settings --event live --account bruno --to off")).code == "NOT_FOUND"
    await say("settings --event live --to off")
    await say("settings speak fr")
    async with ask().house.storage.reading() as work:
        assert await work.feeds.of_place(theirs.place.id) == []
        assert await work.places.get(theirs.place.id) == theirs.place


async def test_on_discord_a_channel_is_picked_and_on_telegram_it_is_here_or_nowhere(kernel: Kernel, ask: Ask) -> None:
    server = ask(Role.MANAGER, SERVER)
    question = await kernel.press("settings.feed:risk;0", server)
    assert isinstance(question, MissingValue)
    assert (question.picker, question.option, question.choices) == (Picker.CHANNEL, "to", ())
    picked = await kernel.answer(question.key, question.option, "<#902>", server)
    assert picked.address == "discord:902"
    group = replace(ask(Role.MANAGER, "telegram:-5"), address="telegram:-5/3")
    panel = draw(await kernel.press("settings:channels;event=risk", group), group.words)
    assert keys(panel) == ["settings.feed:risk;0;here", "settings.feed:risk;0;off", "settings:channels"]
    assert (await kernel.press("settings.feed:risk;0;here", group)).address == "telegram:-5/3"
    assert (await kernel.press("settings.feed:risk;0;telegram:-9", group)).code == "ROUTE", (
        "another chat is nobody's to name"
    )


async def test_the_threshold_language_time_and_purpose_are_changed_and_stay(say: Say, ask: Ask, kernel: Kernel) -> None:
    assert isinstance(await kernel.press("settings.risk:0.9", ask()), ThresholdChanged)
    assert isinstance(await say("settings speak fr"), LanguageShown)
    assert (await say("settings --zone paris")).place.time_zone == "Europe/Paris"
    assert (await say("settings zone UTC")).place.time_zone == "UTC"
    assert (await say("settings purpose newsroom")).place.purpose == "newsroom"
    off = await say("settings risk no")
    assert (off.before.risk_threshold, off.after.risk_threshold) == (0.9, NO_RISK)
    place: Place = off.after
    assert (place.language, place.time_zone, place.purpose) == ("fr", "UTC", "newsroom")
    assert "Risk alerts · from 0.90 → no" in text(draw(off, ask().words))
    assert isinstance(await say("settings risk"), RiskShown)
    assert (await say("settings risk yes")).after.risk_threshold == 0.7, "off has no score to come back to"


@pytest.mark.parametrize(
    ("typed", "code", "list_"),
    [("Pariss", "ZONE_NEAR", "Europe/Paris"), ("xqzzk", "ZONE", ""), ("\u202e<b>", "ZONE", "")],
)
async def test_a_time_zone_nobody_knows_names_those_like_it(say: Say, typed: str, code: str, list_: str) -> None:
    refused = await say(f"settings zone {typed}")
    assert refused.code == code
    assert list_ in refused.values.get("list", "")


async def test_time_zones_are_suggested_while_typing(kernel: Kernel, ask: Ask) -> None:
    settings = kernel.named("settings")
    assert settings is not None
    zone = settings.option("zone")
    assert zone is not None
    found = await kernel.suggest(settings, zone, "pari", ask())
    assert "Europe/Paris" in {choice.value for choice in found}


async def test_reviewers_are_named_by_mention_or_number_and_decide_from_then_on(kernel: Kernel, ask: Ask) -> None:
    server = ask(Role.MANAGER, SERVER)
    question = await kernel.press("settings.allow", server)
    assert isinstance(question, MissingValue)
    assert question.picker is Picker.PERSON
    shown = await kernel.answer(question.key, question.option, "<@72>", server)
    assert isinstance(shown, WhoShown)
    assert shown.place.reviewers == ("discord:72",)
    assert "<@72>" in text(draw(shown, server.words))
    assert (await kernel.press("settings.disallow:72", server)).place.reviewers == ()
    group = ask(Role.MANAGER, "telegram:-5")
    assert (await kernel.press("settings.allow:5678", group)).place.reviewers == ("telegram:5678",)
    for typed in ("@karim", "discord:72", "5678 5679", "<@72>"):
        assert (await kernel.answer("settings.allow", "person", typed, group)).code == "PERSON_REPLY", typed
    assert (await kernel.press("settings.allow:1", ask())).code == "PERSON", "nobody is named at the console"


async def test_what_everybody_chooses_for_themselves_is_answered_in_it_at_once(
    kernel: Kernel, ask: Ask, settings: Settings
) -> None:
    asked = ask(Role.VIEWER, SERVER)
    before = draw(await kernel.press("me.settings", asked), asked.words)
    assert "as your app has it" in text(before)
    assert "me.speak:fr" in keys(before)
    french = draw(await kernel.press("me.speak:fr", asked), asked.words)
    assert text(french).startswith("Vos réglages")
    assert "comme vous l'avez choisi" in text(french)
    assert keys(french)[0] == "me.speak:en"
    async with asked.house.storage.reading() as work:
        assert await work.people.language(asked.person.id) == "fr"
        assert await work.people.language("discord:other") == ""
    console = draw(await kernel.press("me.settings", ask()), ask().words)
    assert not any(key.startswith("me.speak") for key in keys(console))


async def test_a_public_post_is_in_the_language_of_the_place_and_a_reply_in_the_persons(say: Say, ask: Ask) -> None:
    shown = await say("settings speak fr")
    assert shown.place.language == "fr"
    assert ask(language="en").words == Words("en", shown.place.zone)
    assert Person("x", "y").language == "en"
    assert shown.place.platform is Platform.CONSOLE
    assert Event("live") is Event.LIVE


async def test_two_places_are_linked_by_a_code_and_unlinked_again(
    say: Say, ask: Ask, mine: Belongings, kernel: Kernel
) -> None:
    shown = await kernel.press("settings:linked places", ask())
    assert keys(draw(shown, ask().words)) == ["settings.code", "settings.join", "settings"]
    made = await kernel.press("settings.code", ask())
    assert f"Code {made.code}, for one place, within 10 min." in text(draw(made, ask().words))
    asked = await kernel.press("settings.join", ask(place=THERE))
    assert isinstance(asked, MissingValue)
    linked = await kernel.answer(asked.key, "code", made.code, ask(place=THERE))
    assert "decide together" in text(draw(linked, ask().words))
    assert "Linked places · 1 other" in text(draw(await say("settings"), ask().words))
    assert (await say(f"settings join {made.code}", place="console:third")).code == "PARTNER_CODE"
    assert (await kernel.press("settings.part", ask())).partners == ()
    assert (await say("settings code", role=Role.MODERATOR)).code == "NO_RIGHT"
