"""Searching on Discord by the real library: an entry of the list is picked, pages turn, a manager is told from then on."""

from bot.house import House
from core.model.risk import Label
from core.model.transcript import Segment
from tests.bot.surfaces.discord.kit import Server, labels, live_of, placed, texts
from tests.bot.surfaces.discord.panels import becomes, parts, working
from tests.builders import judged
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord


async def test_what_is_found_is_picked_from_the_list_and_told_from_then_on(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    _, live = await live_of(fresh.storage, server, BEGAN)
    async with fresh.storage.work() as work:
        lines = [f"Crème brûlée @everyone {n}" for n in range(7)]
        await work.transcripts.add(live.id, [Segment(60.0 * n, 60.0 * n + 5, line) for n, line in enumerate(lines)])
    async with working(fresh):
        asked = await discord.slash("search", user=server.karim, channel=server.channel, words='"creme brulee"')
        panel = asked.message
        assert "7 lines have “creme brulee”" in texts(panel)
        assert "**Crème brûlée**" in texts(panel)
        assert labels(panel) == ["▶", "Tell me when this is said again"]
        await discord.click(panel, "▶", user=server.karim)
        await becomes(discord, panel, "page 2 of 2")
        menu = next(part for part in parts(discord.messages[panel["id"]]) if part["type"] == 3)
        await discord.select(panel, menu["custom_id"], [menu["options"][0]["value"]], user=server.karim)
        around = await becomes(discord, panel, "Around ")
        assert "brûlée" in around
        asked = await discord.slash("search", user=server.karim, channel=server.channel, words='"creme brulee"')
        await discord.click(asked.message, "Tell me when this is said again", user=server.karim)
        assert "creme brulee" in await becomes(discord, asked.message, "I listen for")
    discord.assert_clean()


async def test_what_may_be_about_minors_is_read_by_who_is_named_and_by_nobody_else(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server, reviewers=(f"discord:{server.vera['id']}",))
    _, live = await live_of(fresh.storage, server, BEGAN)
    async with fresh.storage.work() as work:
        await work.transcripts.add(live.id, [Segment(0.0, 5.0, "of small pancakes"), Segment(6.0, 9.0, "calm")])
        await work.alerts.assessed(live.id, judged(second=1.0, labels={Label.S3: 0.8}), BEGAN, 0.0)
    async with working(fresh):
        for who, reads in ((server.karim, False), (server.vera, True)):
            found = await discord.slash("search", user=who, channel=server.channel, words="pancakes")
            assert found.ephemeral
            assert ("of small" in texts(found.message)) is reads
            opened = await discord.slash("transcript open", user=who, channel=server.channel, transcript=str(live.id))
            assert opened.ephemeral
            assert ("of small" in texts(opened.message)) is reads
            assert ("0:00  (withheld: it may be about minors)" in texts(opened.message)) is not reads
            assert "0:06  calm" in texts(opened.message)
    discord.assert_clean()
