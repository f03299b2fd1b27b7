"""Triggers on Discord by the real library: picked from the list, changed by buttons, pasted as a list, tried on the past."""

from bot.house import House
from core.model.tellable.finds import HitFound
from core.model.transcript import Segment
from core.model.trigger import Where
from tests.bot.surfaces.discord.kit import Server, connected, labels, live_of, messenger, notice, placed, texts
from tests.bot.surfaces.discord.panels import becomes, parts, working
from tests.builders import armed
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord


async def test_a_trigger_is_picked_from_the_list_and_changed_by_a_button(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    trigger = await armed(fresh.storage, "@everyone **x**", server.place)
    async with working(fresh):
        listed = (await discord.slash("trigger list", user=server.karim, channel=server.channel)).message
        menu = next(part for part in parts(listed) if part["type"] == 3)
        await discord.select(listed, menu["custom_id"], [menu["options"][0]["value"]], user=server.karim)
        await becomes(discord, listed, "0 hits")
        assert labels(discord.messages[listed["id"]]) == [
            *("Only a post", "Only a clip", "A replay of OBS", "A mark"),
            *("Chat only", "Speech only", "Tell every hit", "Again after 5 min"),
            *("Triggers", "Remove"),
        ]
        await discord.click(listed, "Only a clip", user=server.karim)
        assert "action · A post and a clip → Only a clip" in await becomes(discord, listed, "listens like this now")
        edited = await discord.slash(
            "trigger edit",
            user=server.karim,
            channel=server.channel,
            trigger=str(trigger.id),
            cooldown="0",
            where="chat",
        )
        assert "cool-down · 30 s → 0 s" in texts(edited.message)
    discord.assert_clean()


async def test_a_pasted_list_is_armed_and_taken_back(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    async with working(fresh):
        added = await discord.slash("trigger add", user=server.karim, channel=server.channel, word="free, win, *")
        assert "I listen for 2 words more, each by itself" in texts(added.message)
        assert "* · That word cannot be matched" in texts(added.message).replace("`", "")
        assert [one.word for one in await fresh.arming.listed(server.place)] == ["free", "win"]
        undone = await discord.click(added.message, "Undo", user=server.karim)
        assert "2 triggers are removed." in " ".join(
            map(texts, [*undone.messages, discord.messages[added.message["id"]]])
        )
        assert await fresh.arming.listed(server.place) == []
    discord.assert_clean()


async def test_the_past_is_shown_and_what_is_there_is_said(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    _, live = await live_of(fresh.storage, server, BEGAN)
    async with fresh.storage.work() as work:
        await work.transcripts.add(live.id, [Segment(60.0 * n, 60.0 * n + 5, f"win {n}, win") for n in range(7)])
    async with working(fresh):
        tested = await discord.slash("trigger test", user=server.karim, channel=server.channel, word="win")
        assert "7 lines of the last lives would have fired. It stands there 14 times." in texts(tested.message)
        assert texts(tested.message).count(", win") == 5
        await discord.slash("trigger add", user=server.karim, channel=server.channel, word="win")
        twice = await discord.slash("trigger add", user=server.karim, channel=server.channel, word="WIN")
        assert "I listen for “win” already" in texts(twice.message)
    discord.assert_clean()


async def test_a_post_that_quotes_a_trigger_fires_none(discord: FakeDiscord, server: Server, house: House):
    await placed(house, server)
    _, live = await live_of(house.storage, server, BEGAN)
    trigger = await armed(house.storage, "giveaway", server.place)
    hit = HitFound(1, live.id, trigger.id, "amina", "giveaway", Where.CHAT, "a giveaway", 2, 10, BEGAN, 3.0, "bob")
    async with connected(house) as client:
        await messenger(client, house).post(notice(server, hit), "n1", "")
        await discord.wait_message(server.channel)
        await discord.slash("trigger list", user=server.karim, channel=server.channel)
    assert [one.hits for one in await house.arming.listed(server.place)] == [0]
    discord.assert_clean()
