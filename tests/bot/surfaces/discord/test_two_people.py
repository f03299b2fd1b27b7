"""A place on Discord asks for two people, and an alert that becomes critical is heard there."""

from dataclasses import replace

from bot.house import House
from core.model.person import Two
from core.model.risk import Level
from tests.bot.surfaces.discord.kit import Server, connected, labels, live_of, placed, texts
from tests.bot.surfaces.discord.panels import becomes, place_of, working
from tests.bot.surfaces.discord.test_panel_rights import alerted
from tests.bot.surfaces.discord.test_posting import Desk, risk, started
from tests.bot.surfaces.discord.test_reviewing import told
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord


async def test_the_panel_and_the_typed_form_choose_which_alerts_take_two(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    async with working(fresh):
        asked = await discord.slash("settings", user=server.karim, channel=server.channel, section="risk")
        assert "Two people · for no alert" in texts(asked.message).replace("**", "")
        await discord.slash("settings", user=server.karim, channel=server.channel, second="severe")
        assert (await place_of(fresh, server)).two is Two.SEVERE
        typed = await discord.slash("settings", user=server.karim, channel=server.channel, second="every")
        assert labels(typed.message)[:2] == ["No alert", "What is critical"]
        assert "This is for managers" in (await discord.click(typed.message, "No alert", user=server.mona)).text
        await discord.click(typed.message, "No alert", user=server.karim)
        await becomes(discord, typed.message, "for no alert")
    assert (await place_of(fresh, server)).two is Two.NOBODY
    async with fresh.storage.reading() as work:
        deeds = await work.audit.of_place(server.place)
    assert [(one.name, one.before, one.after) for one in reversed(deeds)] == [
        ("karim", "nobody", "severe"), ("karim", "severe", "every"), ("karim", "every", "nobody"),
    ]  # fmt: skip
    discord.assert_clean()


async def test_for_one_person_alone_there_is_nobody_to_agree_with(discord: FakeDiscord, server: Server, fresh: House):
    async with working(fresh):
        refused = await discord.slash(
            "settings", user=server.karim, channel=discord.dm_channel(server.karim), second="every"
        )
        assert "this place is yours alone" in refused.text
    discord.assert_clean()


async def test_the_first_person_proposes_the_second_settles_it_and_two_who_disagree_wait(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server, two=Two.SEVERE, reviewers=(f"discord:{server.vera['id']}",))
    async with working(fresh) as client:
        post = await alerted(client, fresh, server)
        assert "It takes two people" in texts(post)
        assert "Ask a second person" not in labels(post)
        await discord.click(post, "Confirm", user=server.mona)
        await becomes(discord, post, "**mona would confirm it.** A second person has to agree.")
        twice = await discord.click(post, "Confirm", user=server.mona)
        assert "Two different people have to agree" in twice.text
        listed = await discord.slash("review list", user=server.mona, channel=server.channel)
        assert "waits for a second person" in texts(listed.message)
        await discord.click(post, "Dismiss", user=server.vera)
        await becomes(discord, post, "**mona would confirm it, vera would dismiss it.**")
        await discord.click(post, "Dismiss", user=server.karim)
        assert "Dismissed" in await becomes(discord, post, "by **vera** and **karim**")
    async with fresh.storage.reading() as work:
        deeds = [(one.name, one.verb.value) for one in reversed(await work.audit.of_place(server.place))]
        assert await work.audit.broken(server.place) is None
    assert deeds == [("mona", "propose"), ("vera", "propose"), ("karim", "dismiss")]
    discord.assert_clean()


async def test_a_proposal_is_taken_back_by_undo(discord: FakeDiscord, server: Server, house: House):
    await placed(house, server, two=Two.EVERY)
    _, message = await told(discord, server, house)
    async with connected(house):
        await discord.click(message, "Dismiss", user=server.mona)
        await becomes(discord, message, "mona would dismiss it")
        await discord.click(discord.messages[message["id"]], "Undo", user=server.mona)
        await becomes(discord, message, "It takes two people")
    discord.assert_clean()


async def test_an_alert_that_becomes_critical_is_answered_with_a_sound(
    discord: FakeDiscord, server: Server, house: House
):
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        await desk.tell(started(live.id), f"live:{live.id}")
        alert = await desk.tell(risk(live.id), "risk:7", urgent=True, silent=True)
        said = replace(risk(live.id), alert_id=7, level=Level.CRITICAL, grown=True)
        grown = await desk.tell(said, "risk:7:critical", urgent=True)
    message = discord.messages[grown.partition("/")[2]]
    assert grown.partition("/")[0] == alert.partition("/")[0]
    assert message["message_reference"]["message_id"] == alert.partition("/")[2]
    assert not message["flags"] & 4096, "with a sound"
    assert "Critical now" in texts(message)
    assert labels(message) == ["The alert"]
    discord.assert_clean()
