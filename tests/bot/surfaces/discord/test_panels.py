"""What is answered with panels and pickers, by the real client: a place is set up, and set otherwise."""

from bot.house import House
from core.model.feed import OFF, Event
from tests.bot.surfaces.discord.kit import (
    Server,
    Thing,
    labels,
    placed,
    texts,
)
from tests.bot.surfaces.discord.panels import becomes, following, follows, parts, place_of, said, working
from tests.platforms.discord import FakeDiscord, Perm

# ---------------------------------------------------------------- setting up


async def test_a_place_is_set_up_in_four_steps_and_the_test_post_arrives(
    discord: FakeDiscord, server: Server, fresh: House
):
    news = discord.add_channel(server.guild, "news")
    async with working(fresh):
        asked = await discord.slash("setup", user=server.karim, channel=server.channel)
        assert asked.ephemeral
        assert "step 1 of 4" in asked.text
        panel = asked.message
        chosen = await discord.select(panel, "Choose a channel", [news], user=server.karim)
        assert chosen.ack_type in (6, 7), "the panel goes on where it is"
        await becomes(discord, panel, f"Posts go to <#{news['id']}>")
        await discord.click(panel, "Next", user=server.karim)
        await becomes(discord, panel, "step 2 of 4")
        form = await discord.click(panel, "Follow an account", user=server.karim)
        (field,) = form.modal["components"] if form.modal else ()
        await discord.submit(form, {field["label"]: "@amina.kitchen"}, user=server.karim)
        third = await becomes(discord, panel, "step 3 of 4")
        assert "@amina.kitchen is followed now" in third.replace("**", "").replace("\\", "")
        await discord.click(panel, "Français", user=server.karim)
        await becomes(discord, panel, "Posts are in French")
        await discord.click(panel, "Newsroom", user=server.karim)
        await becomes(discord, panel, "watches: **Newsroom**")
        await discord.click(panel, "Next", user=server.karim)
        await becomes(discord, panel, "step 4 of 4")
        await discord.click(panel, "Send a test post", user=server.karim)
        await becomes(discord, panel, "on its way")
        post = await discord.wait_message(news)
        assert "Les messages arrivent ici" in texts(post), "posts speak the language of the place"
        assert "karim" in texts(post)
        await becomes(discord, panel, "On now: 1 account is followed")
    place = await place_of(fresh, server)
    assert (place.address, place.language, place.purpose) == (f"discord:{news['id']}", "fr", "newsroom")
    assert [follow.address for follow in await follows(fresh, server)] == [f"discord:{news['id']}"]
    discord.assert_clean()


async def test_missing_rights_are_named_and_looked_at_again(discord: FakeDiscord, server: Server, fresh: House):
    news = discord.add_channel(server.guild, "news")
    discord.deny(news, Perm.SEND_MESSAGES | Perm.READ_MESSAGE_HISTORY)
    async with working(fresh):
        panel = (await discord.slash("setup", user=server.karim, channel=server.channel)).message
        chosen = await discord.select(panel, "Choose a channel", [news], user=server.karim)
        assert f"I cannot post in <#{news['id']}>" in chosen.text.replace("**", "")
        assert "Send Messages, Read Message History" in chosen.text
        assert "Check again" in labels(chosen.message)
        again = await discord.click(chosen.message, "Check again", user=server.karim)
        await discord.wait_for(lambda: "Read Message History" in again.text)
        assert (await place_of(fresh, server)).address == server.address, "nothing has changed"
        discord.allow(news)
        await discord.update_channel(news)
        await discord.click(chosen.message, "Check again", user=server.karim)
        assert f"Posts go to <#{news['id']}>" in await becomes(discord, chosen.message, "step 1 of 4")
    assert (await place_of(fresh, server)).address == f"discord:{news['id']}"
    discord.assert_clean()


async def test_where_nothing_may_be_posted_setup_leads_to_the_picker(
    discord: FakeDiscord, server: Server, fresh: House
):
    news = discord.add_channel(server.guild, "news")
    discord.deny(server.channel, Perm.SEND_MESSAGES)
    async with working(fresh):
        asked = await discord.slash("setup", user=server.karim, channel=server.channel)
        assert f"I cannot post in <#{server.channel['id']}>" in asked.text
        assert "Send Messages" in asked.text
        await discord.select(asked.message, "Choose a channel", [news], user=server.karim)
        await becomes(discord, asked.message, "I may post there.")
    assert (await place_of(fresh, server)).address == f"discord:{news['id']}"
    discord.assert_clean()


# ---------------------------------------------------------------- settings


async def test_where_an_event_goes_is_picked_for_all_accounts_and_for_one(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    await following(fresh, server, "amina")
    clips = discord.add_channel(server.guild, "clips")
    async with working(fresh):
        panel = (await discord.slash("settings", user=server.karim, channel=server.channel)).message
        assert "Everything set here" in texts(panel)

        async def opened_at(word: str) -> None:
            menu = next(part for part in parts(discord.messages[panel["id"]]) if part["type"] == 3)
            entry = next(one for one in menu["options"] if word in one["label"])
            assert len(entry["label"]) < 100
            await discord.select(panel, menu["custom_id"], [entry["value"]], user=server.karim)

        await opened_at("Channels")
        await becomes(discord, panel, "Where posts go here")
        await opened_at("A clip is saved")
        await discord.select(panel, "Choose a channel", [clips], user=server.karim)
        await becomes(discord, panel, f"<#{clips['id']}>")
        assert await said(fresh, server) == {Event.CLIP: f"discord:{clips['id']}"}
        await discord.click(panel, "Off", user=server.karim)
        await becomes(discord, panel, "· off")
        assert await said(fresh, server) == {Event.CLIP: OFF}
        await discord.click(panel, "As before", user=server.karim)
        await becomes(discord, panel, "where the live is told")
        assert await said(fresh, server) == {}
        alone = await discord.slash("settings", user=server.karim, channel=server.channel, account="amina")
        assert "Where posts about @amina go" in alone.text
        event = await discord.slash(
            "settings", user=server.karim, channel=server.channel, account="amina", event="clip", to="off"
        )
        assert "For @amina alone" in event.text
        assert await said(fresh, server) == {}
        assert await said(fresh, server, "amina") == {Event.CLIP: OFF}
    discord.assert_clean()


async def test_risk_language_time_and_purpose_are_set_by_pressing(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    async with working(fresh):

        async def section(name: str) -> Thing:
            asked = await discord.slash("settings", user=server.karim, channel=server.channel, section=name)
            assert asked.ephemeral
            return asked.message

        risk = await section("risk")
        await discord.click(risk, "0.5", user=server.karim)
        await becomes(discord, risk, "from 0.50")
        tongue = await section("language and time")
        await discord.click(tongue, "Français", user=server.karim)
        form = await discord.click(tongue, "Another time zone", user=server.karim)
        (field,) = form.modal["components"] if form.modal else ()
        wrong = await discord.submit(form, {field["label"]: "Pariss"}, user=server.karim)
        assert "Perhaps: Europe/Paris" in wrong.text
        await becomes(discord, tongue, "Language and time")
        form = await discord.click(tongue, "Another time zone", user=server.karim)
        await discord.submit(form, {field["label"]: "Paris"}, user=server.karim)
        await becomes(discord, tongue, "Europe/Paris")
        purpose = await section("purpose")
        await discord.click(purpose, "Notices only", user=server.karim)
        await becomes(discord, purpose, "watches: **Notices only**")
    place = await place_of(fresh, server)
    assert (place.risk_threshold, place.language, place.time_zone, place.purpose) == (
        0.5,
        "fr",
        "Europe/Paris",
        "notices",
    )
    discord.assert_clean()
