"""Who may press what in panels and lists, by the real client: reviewers, pages after a restart, the digest, who runs it."""

from bot.house import House
from bot.limiting import Wish
from bot.surfaces.discord.client import DiscordClient
from core.model.feed import OFF, Event
from core.model.risk import Assessment, Category, Label, Target, Virality
from core.services.assessing import raised
from tests.at_work import at_work
from tests.bot.surfaces.discord.kit import (
    Server,
    Thing,
    labels,
    live_of,
    messenger,
    notice,
    placed,
    texts,
)
from tests.bot.surfaces.discord.panels import becomes, following, follows, parts, place_of, said, working
from tests.platforms.discord import FakeDiscord, Perm

# ---------------------------------------------------------------- people and their rights


JUDGED = Assessment(
    Category.HATEFUL, Virality.MEDIUM, True, Target.GROUP, {Label.H: 0.9}, 0.9, "out with them", 30.0, "Rules: x."
)


async def alerted(client: DiscordClient, fresh: House, server: Server) -> Thing:
    """A risk alert as a post in the channel."""
    _, live = await live_of(fresh.storage, server, fresh.clock.now())
    async with fresh.storage.work() as work:
        assessment = await work.alerts.assessed(live.id, JUDGED, fresh.clock.now())
        alert = await work.alerts.raise_(server.place, live.id, assessment, fresh.clock.now())
    said = notice(server, raised(alert, "amina"), "risk", f"risk:{alert.id}")
    await messenger(client, fresh).post(said, "n" * 24, "")
    return await server.discord.wait_message(server.channel, match=lambda message: "isk" in texts(message))


async def test_a_reviewer_is_picked_and_decides_until_they_are_taken_off(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    async with working(fresh) as client:
        post = await alerted(client, fresh, server)
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
    assert (await place_of(fresh, server)).reviewers == ()
    discord.assert_clean()


async def test_nobody_presses_what_they_may_not_and_too_many_presses_wait(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    async with working(fresh) as client:
        asked = await discord.slash("settings", user=server.karim, channel=server.channel, section="risk")
        for button in ("0.9", "Off", "Everything set here"):
            assert "This is for managers" in (await discord.click(asked.message, button, user=server.mona)).text
        await discord.click(asked.message, "0.8", user=server.karim)
        await becomes(discord, asked.message, "0.80")
        await discord.click(asked.message, "Risk", user=server.karim)
        await becomes(discord, asked.message, "from 0.80")
        for _ in range(27):
            client.kernel.limits.take(server.place, f"discord:{server.karim['id']}", Wish.QUEUE, fresh.clock.now())
        late = await discord.click(asked.message, "0.9", user=server.karim)
        assert "That was 31 requests in a minute; the limit is 30." in late.text
    assert (await place_of(fresh, server)).risk_threshold == 0.8
    discord.assert_clean()


# ---------------------------------------------------------------- lists


async def test_pages_live_in_their_keys_and_an_unfollow_is_taken_back(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    await following(fresh, server, *(f"cook{n:02}" for n in range(12)))
    async with working(fresh):
        panel = (await discord.slash("following", user=server.karim, channel=server.channel)).message
        await discord.click(panel, "▶", user=server.karim)
        await becomes(discord, panel, "cook05")
    async with working(fresh):
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
        assert len(await follows(fresh, server)) == 11
        await discord.click(panel, "Undo", user=server.karim)
        await becomes(discord, panel, "followed again")
    assert len(await follows(fresh, server)) == 12
    discord.assert_clean()


# ---------------------------------------------------------------- the rest


async def test_the_digest_goes_only_where_posting_is_allowed(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server, address=server.address)
    news = discord.add_channel(server.guild, "news")
    discord.deny(news, Perm.SEND_MESSAGES)
    async with working(fresh):
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
    assert await said(fresh, server) == {Event.DIGEST: OFF}
    discord.assert_clean()


async def test_who_runs_it_sees_its_work_and_tells_every_place(
    discord: FakeDiscord, server: Server, fresh: House, olga: Thing
):
    await placed(fresh, server, address=server.address)
    server.guild["permissions"][olga["id"]] = Perm.DEFAULT | Perm.ADMINISTRATOR
    async with working(fresh), at_work(fresh):
        await discord.wait_for(lambda: discord.commands.get(server.guild["id"]))
        for command, given, told in (
            ("admin health", {}, "Discord is connected"),
            ("admin jobs", {}, "Work waiting: 0"),
            ("admin run", {"job": "check accounts"}, "looked at now"),
            ("admin run", {"job": "clean up"}, "nothing to clean up"),
            ("admin sync", {}, "registered again"),
            ("privacy", {}, "What is stored, and for how long"),
            ("me settings", {}, "Your settings"),
        ):
            answer = await discord.slash(command, user=olga, channel=server.channel, **given)
            await answer.until(lambda said, told=told: told in said.text.replace("**", ""))
            assert answer.ephemeral
        shown = await discord.slash("admin say", user=olga, channel=server.channel, text="Down on Sunday.")
        assert "Tell 1 place this?" in shown.text
        await discord.click(shown.message, "Send", user=olga)
        post = await discord.wait_message(server.channel, match=lambda message: "A word" in texts(message))
        assert "Down on Sunday." in texts(post)
    discord.assert_clean()


async def test_help_opens_task_by_task(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    async with working(fresh):
        panel = (await discord.slash("help", user=server.karim, channel=server.channel)).message
        assert "Follow accounts" in texts(panel)
        menu = next(part for part in parts(panel) if part["type"] == 3)
        await discord.select(panel, menu["custom_id"], [menu["options"][2]["value"]], user=server.karim)
        assert "/follow ACCOUNT" in await becomes(discord, panel, "/unfollow ACCOUNT")
        await discord.click(panel, "Everything", user=server.karim)
        await becomes(discord, panel, "Turn videos into text")
    discord.assert_clean()
