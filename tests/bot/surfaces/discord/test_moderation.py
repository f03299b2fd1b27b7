"""Labels, judges, words of a place, and comments, by the real client: pressed, written, refused, decided."""

from bot.house import House
from core.model.account import Handle
from core.model.policy import Severity
from core.model.risk import Label
from core.model.video import Video, VideoTranscript
from tests.bot.surfaces.discord.kit import Server, labels, placed, texts
from tests.bot.surfaces.discord.panels import becomes, working
from tests.bot.surfaces.discord.test_manner_panels import choose, opened, write
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord

HATE = "Those people are vermin and must be driven out of our country"


async def transcript(house: House, server: Server) -> VideoTranscript:
    """One everybody there may read."""
    async with house.storage.work() as work:
        video = await work.videos.ensure(Video(0, "7400", Handle("amina"), "Amina", "Eggs", "", 60.0))
        made = VideoTranscript(0, server.place, video, "captions", "", "en", True, BEGAN, "discord:1", "Eggs")
        return await work.videos.add(made, [])


async def test_the_section_of_risk_leads_to_labels_judges_and_words(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    ruling = fresh.texts.ruling
    async with working(fresh):
        panel = await opened(discord, server, "risk")
        await choose(discord, server, panel, "Labels")
        await becomes(discord, panel, "harassment of a person")
        await choose(discord, server, panel, "harassment")
        await becomes(discord, panel, "A low number finds more")
        await discord.click(panel, "From 0.90", user=server.karim)
        await becomes(discord, panel, "harassment · from 0.60 → from 0.90")
        assert (await ruling.policy(server.place)).limits[Label.HR] == 0.9
        await discord.click(panel, "Undo", user=server.karim)
        await becomes(discord, panel, "harassment · from 0.90 → from 0.60")
        await discord.click(panel, "Risk", user=server.karim)
        await becomes(discord, panel, "Own words")
        await choose(discord, server, panel, "Chats and titles")
        await becomes(discord, panel, "There is no model elsewhere")
        await discord.click(panel, "Titles off", user=server.karim)
        await becomes(discord, panel, "Titles · on → off")
        assert not (await ruling.policy(server.place)).titles


async def test_a_word_is_written_in_a_form_and_changed_by_buttons(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    async with working(fresh):
        panel = await opened(discord, server, "risk")
        await choose(discord, server, panel, "Own words")
        await becomes(discord, panel, "They are looked for")
        made = await write(discord, server, panel, "Add a word", "(a+)+$ @everyone")
        await becomes(discord, made, "I look for")
        await discord.click(made, "Only flag", user=server.karim)
        await becomes(discord, made, "whole word, lets a person look")
        (rule,) = await fresh.texts.ruling.rules(server.place)
        assert (rule.word, rule.severity) == ("(a+)+$ @everyone", Severity.FLAG)


async def test_a_blank_word_leaves_the_panel_and_its_form_opens_again(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    async with working(fresh):
        panel = await opened(discord, server, "risk")
        await choose(discord, server, panel, "Own words")
        await becomes(discord, panel, "They are looked for")
        empty = await write(discord, server, panel, "Add a word", "   ")
        assert empty["id"] != panel["id"]
        assert "There is nothing in it" in texts(empty)
        assert "They are looked for" in texts(discord.messages[panel["id"]]), "the panel stays"
        assert await fresh.texts.ruling.rules(server.place) == []
        still = await write(discord, server, empty, "Answer", "\u200b ")
        made = await write(discord, server, still, "Answer", "vermin")
        await becomes(discord, made, "I look for")
        (rule,) = await fresh.texts.ruling.rules(server.place)
        assert rule.word == "vermin"
    discord.assert_clean()


async def test_a_comment_is_held_then_decided_and_its_author_is_told_alone(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server, address=f"discord:{server.channel['id']}")
    made = await transcript(fresh, server)
    async with working(fresh):
        asked = await discord.slash(
            "transcript comment", user=server.karim, channel=server.channel, transcript=made.number, text=HATE
        )
        assert asked.ephemeral
        assert "Your comment was held: hate." in asked.text
        assert labels(asked.message) == ["Edit", "Withdraw"]
        alert = await discord.wait_message(server.channel)
        assert "Confirm" in labels(alert)
        assert await fresh.texts.discussing.count(made) == 0
        await discord.click(alert, "Dismiss", user=server.karim)
        await becomes(discord, alert, "Dismissed")
        assert await fresh.texts.discussing.count(made) == 1
        await fresh.texts.discussing.tell_authors()
        opened_ = await discord.slash(
            "transcript open", user=server.karim, channel=server.channel, transcript=made.number
        )
        assert "Comments (1)" in labels(opened_.message)
