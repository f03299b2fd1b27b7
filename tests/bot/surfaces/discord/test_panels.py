"""What is answered with panels, lists and pickers, by the real client: every step of it, its rights, and after a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import courier_of, opened
from bot.house import House
from bot.limiting import Wish
from bot.surfaces.discord.channels import DiscordChannels
from bot.surfaces.discord.client import DiscordClient
from core.model.account import Follow, Handle
from core.model.feed import OFF, Event
from core.model.person import Place, Platform
from core.model.risk import Assessment, Category, Label, Target, Virality
from core.services.assessing import raised
from core.settings import Settings
from storage.database import Database
from storage.news import News
from tests.bot.surfaces.discord.kit import (
    Server,
    Thing,
    connected,
    labels,
    live_of,
    messenger,
    notice,
    placed,
    settings_for,
    texts,
)
from tests.platforms.discord import FakeDiscord, Perm


@pytest.fixture
def olga(discord: FakeDiscord, server: Server) -> Thing:
    """Who runs Earshot, and may do nothing else here."""
    return discord.add_user("olga", guild=server.guild)


@pytest.fixture
def settings(discord: FakeDiscord, olga: Thing, template: Path, tmp_path: Path) -> Settings:
    return settings_for(discord, template, tmp_path, OWNERS=f"discord:{olga['id']}")


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """As in a process that delivers; nobody has set anything up."""
    async with opened(settings) as made:
        yield replace(made, worker=None)


@asynccontextmanager
async def working(house: House) -> AsyncIterator[DiscordClient]:
    """A client whose channels are asked for rights, and a courier that carries what is told."""
    async with connected(house) as client:
        assert isinstance(house.storage, Database)
        house.following.channels[Platform.DISCORD] = DiscordChannels(client)
        house.chats[Platform.DISCORD] = client
        courier, _ = courier_of(house, house.storage, {Platform.DISCORD: messenger(client, house)})
        house.storage.on = {News.TOLD: courier.soon}
        running = asyncio.create_task(courier.run())
        try:
            yield client
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def place_of(house: House, server: Server) -> Place:
    async with house.storage.reading() as work:
        found = await work.places.get(server.place)
    assert found is not None
    return found


async def follows(house: House, server: Server) -> list[Follow]:
    async with house.storage.reading() as work:
        return await work.follows.of_place(server.place)


async def following(house: House, server: Server, *names: str) -> None:
    """The place follows them, as if it had said so long ago."""
    async with house.storage.work() as work:
        for name in names:
            account = await work.accounts.ensure(Handle(name))
            now = house.clock.now()
            await work.follows.add(Follow(0, server.place, account.id, account.handle, server.address, now))


async def becomes(discord: FakeDiscord, message: Thing, words: str) -> str:
    """What a message says once it has `words`."""
    await discord.wait_for(lambda: words in texts(discord.messages[message["id"]]))
    return texts(discord.messages[message["id"]])


# ---------------------------------------------------------------- setting up


async def test_a_place_is_set_up_in_four_steps_and_the_test_post_arrives(
    discord: FakeDiscord, server: Server, house: House
):
    news = discord.add_channel(server.guild, "news")
    async with working(house):
        asked = await discord.slash("setup", user=server.karim, channel=server.channel)
        assert asked.ephemeral
        assert "step 1 of 4" in asked.text
        panel = asked.message
        chosen = await discord.select(panel, "Choose a channel", [news], user=server.karim)
        assert chosen.ack_type == 7, "the panel goes on where it is"
        assert f"Posts go to <#{news['id']}>" in texts(discord.messages[panel["id"]])
        await discord.click(panel, "Next", user=server.karim)
        form = await discord.click(panel, "Follow an account", user=server.karim)
        (field,) = form.modal["components"] if form.modal else ()
        await discord.submit(form, {field["label"]: "@amina.kitchen"}, user=server.karim)
        third = await becomes(discord, panel, "step 3 of 4")
        assert "@amina.kitchen is followed now" in third.replace("**", "").replace("\\", "")
        await discord.click(panel, "Français", user=server.karim)
        await discord.click(panel, "Newsroom", user=server.karim)
        await discord.click(panel, "Next", user=server.karim)
        await discord.click(panel, "Send a test post", user=server.karim)
        await becomes(discord, panel, "on its way")
        post = await discord.wait_message(news)
        assert "Les messages arrivent ici" in texts(post), "posts speak the language of the place"
        assert "karim" in texts(post)
        assert "On now: 1 account is followed" in texts(discord.messages[panel["id"]])
    place = await place_of(house, server)
    assert (place.address, place.language, place.purpose) == (f"discord:{news['id']}", "fr", "newsroom")
    assert [follow.address for follow in await follows(house, server)] == [f"discord:{news['id']}"]
    discord.assert_clean()


async def test_missing_rights_are_named_and_looked_at_again(discord: FakeDiscord, server: Server, house: House):
    news = discord.add_channel(server.guild, "news")
    discord.deny(news, Perm.SEND_MESSAGES | Perm.READ_MESSAGE_HISTORY)
    async with working(house):
        panel = (await discord.slash("setup", user=server.karim, channel=server.channel)).message
        chosen = await discord.select(panel, "Choose a channel", [news], user=server.karim)
        assert f"I cannot post in <#{news['id']}>" in chosen.text.replace("**", "")
        assert "Send Messages, Read Message History" in chosen.text
        assert "Check again" in labels(chosen.message)
        again = await discord.click(chosen.message, "Check again", user=server.karim)
        assert "Read Message History" in again.text
        assert (await place_of(house, server)).address == server.address, "nothing has changed"
        discord.allow(news)
        await discord.update_channel(news)
        done = await discord.click(chosen.message, "Check again", user=server.karim)
        assert "step 1 of 4" in done.text
        assert f"Posts go to <#{news['id']}>" in done.text
    assert (await place_of(house, server)).address == f"discord:{news['id']}"
    discord.assert_clean()


async def test_where_nothing_may_be_posted_setup_leads_to_the_picker(
    discord: FakeDiscord, server: Server, house: House
):
    news = discord.add_channel(server.guild, "news")
    discord.deny(server.channel, Perm.SEND_MESSAGES)
    async with working(house):
        asked = await discord.slash("setup", user=server.karim, channel=server.channel)
        assert f"I cannot post in <#{server.channel['id']}>" in asked.text
        assert "Send Messages" in asked.text
        await discord.select(asked.message, "Choose a channel", [news], user=server.karim)
        assert "I may post there." in texts(discord.messages[asked.message["id"]])
    assert (await place_of(house, server)).address == f"discord:{news['id']}"
    discord.assert_clean()


# ---------------------------------------------------------------- settings


async def test_where_an_event_goes_is_picked_for_all_accounts_and_for_one(
    discord: FakeDiscord, server: Server, house: House
):
    await placed(house, server)
    await following(house, server, "amina")
    clips = discord.add_channel(server.guild, "clips")
    async with working(house):
        panel = (await discord.slash("settings", user=server.karim, channel=server.channel)).message
        assert "Everything set here" in texts(panel)

        async def opened_at(word: str) -> None:
            menu = next(part for part in parts(discord.messages[panel["id"]]) if part["type"] == 3)
            entry = next(one for one in menu["options"] if word in one["label"])
            assert len(entry["label"]) < 100
            await discord.select(panel, menu["custom_id"], [entry["value"]], user=server.karim)

        await opened_at("Channels")
        assert "Where posts go here" in texts(discord.messages[panel["id"]])
        await opened_at("A clip is saved")
        await discord.select(panel, "Choose a channel", [clips], user=server.karim)
        assert f"<#{clips['id']}>" in texts(discord.messages[panel["id"]])
        assert await said(house, server) == {Event.CLIP: f"discord:{clips['id']}"}
        await discord.click(panel, "Off", user=server.karim)
        assert await said(house, server) == {Event.CLIP: OFF}
        await discord.click(panel, "As before", user=server.karim)
        assert await said(house, server) == {}
        alone = await discord.slash("settings", user=server.karim, channel=server.channel, account="amina")
        assert "Where posts about @amina go" in alone.text
        event = await discord.slash(
            "settings", user=server.karim, channel=server.channel, account="amina", event="clip", to="off"
        )
        assert "For @amina alone" in event.text
        assert await said(house, server) == {}
        assert await said(house, server, "amina") == {Event.CLIP: OFF}
    discord.assert_clean()


async def test_risk_language_time_and_purpose_are_set_by_pressing(discord: FakeDiscord, server: Server, house: House):
    await placed(house, server)
    async with working(house):

        async def section(name: str) -> Thing:
            asked = await discord.slash("settings", user=server.karim, channel=server.channel, section=name)
            assert asked.ephemeral
            return asked.message

        risk = await section("risk")
        await discord.click(risk, "0.5", user=server.karim)
        assert "from 0.50" in texts(discord.messages[risk["id"]])
        tongue = await section("language and time")
        await discord.click(tongue, "Français", user=server.karim)
        form = await discord.click(tongue, "Another time zone", user=server.karim)
        (field,) = form.modal["components"] if form.modal else ()
        wrong = await discord.submit(form, {field["label"]: "Pariss"}, user=server.karim)
        assert "Perhaps: Europe/Paris" in wrong.text
        assert "Language and time" in texts(discord.messages[tongue["id"]]), "what was pressed on is still there"
        form = await discord.click(tongue, "Another time zone", user=server.karim)
        await discord.submit(form, {field["label"]: "Paris"}, user=server.karim)
        assert "Europe/Paris" in texts(discord.messages[tongue["id"]])
        await discord.click(await section("purpose"), "Notices only", user=server.karim)
    place = await place_of(house, server)
    assert (place.risk_threshold, place.language, place.time_zone, place.purpose) == (
        0.5,
        "fr",
        "Europe/Paris",
        "notices",
    )
    discord.assert_clean()


def parts(message: Thing) -> list[Thing]:
    """Every part of a message, those inside others too."""
    found, left = [], list(message["components"])
    while left:
        found.append(left.pop(0))
        left = [*found[-1].get("components", []), *left]
    return found


async def said(house: House, server: Server, name: str = "") -> dict[Event, str]:
    """What was said about where events go."""
    account = next((one.account_id for one in await follows(house, server) if one.handle == name), 0)
    found: dict[Any, str] = await house.settling.routes(server.place, account)
    return found


# ---------------------------------------------------------------- people and their rights


JUDGED = Assessment(
    Category.HATEFUL, Virality.MEDIUM, True, Target.GROUP, {Label.H: 0.9}, 0.9, "out with them", 30.0, "Rules: x."
)


async def alerted(client: DiscordClient, house: House, server: Server) -> Thing:
    """A risk alert as a post in the channel."""
    _, live = await live_of(house.storage, server, house.clock.now())
    async with house.storage.work() as work:
        assessment = await work.alerts.assessed(live.id, JUDGED, house.clock.now())
        alert = await work.alerts.raise_(server.place, live.id, assessment, house.clock.now())
    said = notice(server, raised(alert, "amina"), "risk", f"risk:{alert.id}")
    await messenger(client, house).post(said, "n" * 24, "")
    return await server.discord.wait_message(server.channel, match=lambda message: "isk" in texts(message))


async def test_a_reviewer_is_picked_and_decides_until_they_are_taken_off(
    discord: FakeDiscord, server: Server, house: House
):
    await placed(house, server)
    async with working(house) as client:
        post = await alerted(client, house, server)
        assert "This is for moderators" in (await discord.click(post, "Confirm", user=server.vera)).text
        asked = await discord.slash("settings", user=server.karim, channel=server.channel, section="who may do what")
        panel = asked.message
        await discord.select(panel, "Name a reviewer", [server.vera], user=server.karim)
        assert f"<@{server.vera['id']}>" in await becomes(discord, panel, server.vera["id"])
        await discord.click(post, "Confirm", user=server.vera)
        assert "vera" in await becomes(discord, post, "Confirmed")
        await discord.click(panel, "Remove one", user=server.karim)
        await becomes(discord, panel, "Who shall be a reviewer no longer?")
        await discord.select(panel, "Choose one", [server.vera], user=server.karim)
        await becomes(discord, panel, "Who may do what")
        assert "This is for moderators" in (await discord.click(post, "Undo", user=server.vera)).text
    assert (await place_of(house, server)).reviewers == ()
    discord.assert_clean()


async def test_nobody_presses_what_they_may_not_and_too_many_presses_wait(
    discord: FakeDiscord, server: Server, house: House
):
    await placed(house, server)
    async with working(house) as client:
        asked = await discord.slash("settings", user=server.karim, channel=server.channel, section="risk")
        for button in ("0.9", "Off", "Everything set here"):
            assert "This is for managers" in (await discord.click(asked.message, button, user=server.mona)).text
        await discord.click(asked.message, "0.8", user=server.karim)
        for _ in range(28):
            client.kernel.limits.take(server.place, f"discord:{server.karim['id']}", Wish.QUEUE, house.clock.now())
        late = await discord.click(asked.message, "0.9", user=server.karim)
        assert "That was 31 requests in a minute; the limit is 30." in late.text
    assert (await place_of(house, server)).risk_threshold == 0.8
    discord.assert_clean()


# ---------------------------------------------------------------- lists


async def test_pages_live_in_their_keys_and_an_unfollow_is_taken_back(
    discord: FakeDiscord, server: Server, house: House
):
    await placed(house, server)
    await following(house, server, *(f"cook{n:02}" for n in range(12)))
    async with working(house):
        panel = (await discord.slash("following", user=server.karim, channel=server.channel)).message
        await discord.click(panel, "▶", user=server.karim)
        await becomes(discord, panel, "cook05")
    async with working(house):
        await discord.click(panel, "▶", user=server.karim)
        assert "cook11" in await becomes(discord, panel, "cook10")
        assert labels(discord.messages[panel["id"]]) == ["◀"]
        await discord.click(panel, "◀", user=server.karim)
        await becomes(discord, panel, "cook09")
        menu = next(part for part in parts(discord.messages[panel["id"]]) if part["type"] == 3)
        await discord.select(panel, menu["custom_id"], [menu["options"][0]["value"]], user=server.karim)
        assert "cook06" not in await becomes(discord, panel, "Posts go to")
        await discord.click(panel, "Unfollow", user=server.karim)
        await becomes(discord, panel, "Stop following")
        await discord.click(panel, "Unfollow @cook05", user=server.karim)
        await becomes(discord, panel, "not followed any more")
        assert len(await follows(house, server)) == 11
        await discord.click(panel, "Undo", user=server.karim)
        await becomes(discord, panel, "followed again")
    assert len(await follows(house, server)) == 12
    discord.assert_clean()


# ---------------------------------------------------------------- the rest


async def test_the_digest_goes_only_where_posting_is_allowed(discord: FakeDiscord, server: Server, house: House):
    await placed(house, server, address=server.address)
    news = discord.add_channel(server.guild, "news")
    discord.deny(news, Perm.SEND_MESSAGES)
    async with working(house):
        given: Thing = {"when": "daily", "at": "7:30", "channel_": news}
        refused = await discord.slash("digest", user=server.karim, channel=server.channel, **given)
        assert f"I cannot post in <#{news['id']}>" in refused.text.replace("**", "")
        shown = await discord.slash("digest", user=server.karim, channel=server.channel)
        assert f"It is posted every day at 09:00, in <#{server.channel['id']}>" in shown.text, "nothing has changed"
        discord.allow(news)
        await discord.click(refused.message, "Check again", user=server.karim)
        assert f"07:30, in <#{news['id']}>" in await becomes(discord, refused.message, "The digest is set")
        await discord.click(refused.message, "Off", user=server.karim)
        await becomes(discord, refused.message, "No digest comes any more")
    assert await said(house, server) == {Event.DIGEST: OFF}
    discord.assert_clean()


async def test_who_runs_it_sees_its_work_and_tells_every_place(
    discord: FakeDiscord, server: Server, house: House, olga: Thing
):
    await placed(house, server, address=server.address)
    server.guild["permissions"][olga["id"]] = Perm.DEFAULT | Perm.ADMINISTRATOR
    async with working(house):
        await discord.wait_for(lambda: discord.commands.get(server.guild["id"]))
        for command, given, told in (
            ("admin health", {}, "Discord is connected"),
            ("admin jobs", {}, "Work waiting: 0"),
            ("admin run", {"job": "check accounts"}, "looked at now"),
            ("admin sync", {}, "registered again"),
            ("privacy", {}, "What is stored, and for how long"),
            ("me settings", {}, "Your settings"),
        ):
            answer = await discord.slash(command, user=olga, channel=server.channel, **given)
            assert told in answer.text.replace("**", ""), command
            assert answer.ephemeral
        shown = await discord.slash("admin say", user=olga, channel=server.channel, text="Down on Sunday.")
        assert "Tell 1 place this?" in shown.text
        await discord.click(shown.message, "Send", user=olga)
        post = await discord.wait_message(server.channel, match=lambda message: "A word" in texts(message))
        assert "Down on Sunday." in texts(post)
    discord.assert_clean()


async def test_help_opens_task_by_task(discord: FakeDiscord, server: Server, house: House):
    await placed(house, server)
    async with working(house):
        panel = (await discord.slash("help", user=server.karim, channel=server.channel)).message
        assert "Follow accounts" in texts(panel)
        menu = next(part for part in parts(panel) if part["type"] == 3)
        await discord.select(panel, menu["custom_id"], [menu["options"][1]["value"]], user=server.karim)
        assert "/follow ACCOUNT" in await becomes(discord, panel, "/unfollow ACCOUNT")
        await discord.click(panel, "Everything", user=server.karim)
        await becomes(discord, panel, "Turn videos into text")
    discord.assert_clean()
