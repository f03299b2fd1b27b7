"""Forums, threads, old messages and guilds on the loopback Discord, for the real discord.py."""

from typing import Any

import pytest
from discord import Embed, Forbidden, HTTPException

from tests.platforms.chats import Discord
from tests.platforms.discord import Perm


async def test_a_forum_takes_posts_with_its_tags(discord: Discord, bot: Any) -> None:
    made = await discord.create_channel(discord.guild, "lives", type=15, tags=("Live", "Ended"))
    await discord.wait_for(lambda: bot.get_channel(int(made["id"])))
    forum = bot.get_channel(int(made["id"]))
    ended = next(tag for tag in forum.available_tags if tag.name == "Ended")
    post = await forum.create_thread(name="Live @x", content="started", embed=Embed(title="t"), applied_tags=[ended])
    assert (post.thread.name, post.message.content) == ("Live @x", "started")
    assert discord.channels[str(post.thread.id)]["applied_tags"] == [made["available_tags"][1]["id"]]
    assert [message["content"] for message in discord.messages_in(discord.channels[str(post.thread.id)])] == ["started"]
    discord.assert_clean()
    made["flags"] |= 1 << 4
    with pytest.raises(HTTPException) as refused:
        await forum.create_thread(name="Live @y", content="started")
    assert refused.value.code == 40067


async def test_a_message_has_one_thread(discord: Discord, bot: Any) -> None:
    message = await bot.get_channel(int(discord.channel["id"])).send("news")
    thread = await discord.start_thread(discord.messages[str(message.id)], "talk", user=discord.bob)
    assert thread["id"] == str(message.id)
    with pytest.raises(HTTPException) as refused:
        await message.create_thread(name="again")
    assert refused.value.code == 160004
    assert (await message.fetch()).thread.name == "talk"
    discord.assert_clean()


async def test_an_archived_thread_wakes_and_a_locked_one_refuses(discord: Discord, bot: Any) -> None:
    discord.route_limit = None
    kept = await discord.start_thread(discord.channel, "talk", user=discord.bob)
    await discord.wait_for(lambda: bot.get_channel(int(kept["id"])))
    thread = bot.get_channel(int(kept["id"]))
    message = await thread.send("first")
    await discord.update_thread(kept, archived=True)
    with pytest.raises(HTTPException) as refused:
        await message.edit(content="other")
    assert refused.value.code == 50083
    await thread.send("second")
    assert not kept["thread_metadata"]["archived"]
    for state, code in (({"locked": True}, 160005), ({"archived": True}, 50083)):
        await discord.update_thread(kept, **state)
        with pytest.raises(Forbidden) as locked:
            await thread.send("third")
        assert locked.value.code == code
    await discord.wait_for(lambda: "talk: archived True, locked True" in bot.seen)
    discord.guild["permissions"][discord.bot["id"]] |= Perm.MANAGE_THREADS
    await thread.send("third")
    assert [message["content"] for message in discord.messages_in(kept)] == ["first", "second", "third"]
    discord.assert_clean()


async def test_messages_are_listed_from_the_newest(discord: Discord, bot: Any) -> None:
    discord.route_limit = None
    channel = bot.get_channel(int(discord.channel["id"]))
    sent = [await channel.send(str(n)) for n in range(5)]
    assert [message.content async for message in channel.history(limit=3)] == ["4", "3", "2"]
    assert [message.content async for message in channel.history(after=sent[0], limit=2, oldest_first=True)] == [
        "1",
        "2",
    ]
    assert [message.content async for message in channel.history(around=sent[2], limit=3)] == ["3", "2", "1"]
    discord.assert_clean()


async def test_an_old_message_is_not_edited(discord: Discord, bot: Any) -> None:
    discord.route_limit = None
    message = await bot.get_channel(int(discord.channel["id"])).send("started")
    discord.age(discord.messages[str(message.id)], 3500)
    await message.edit(content="going on")
    discord.age(discord.messages[str(message.id)], 200)
    discord.old_edit_wait = 0.01
    with pytest.raises(HTTPException) as refused:
        await message.edit(content="ended")
    assert (refused.value.status, refused.value.code) == (429, 30046)
    assert discord.messages[str(message.id)]["content"] == "going on"
    assert discord.rate_limited == 0
    discord.assert_clean()


async def test_pins_reactions_and_direct_messages_follow_permissions(discord: Discord, bot: Any) -> None:
    one = await bot.get_channel(int(discord.channel["id"])).send("once", nonce="n1")
    with pytest.raises(Forbidden):
        await one.pin()
    await one.add_reaction("\N{WHITE HEAVY CHECK MARK}")
    private = await discord.slash("follow", account="@dm", user=discord.bob, channel=discord.dm_channel(discord.bob))
    assert private.content == "Following @dm"
    discord.closed_dms.add(discord.bob["id"])
    person = await bot.fetch_user(int(discord.bob["id"]))
    with pytest.raises(Forbidden) as refused:
        await person.send("psst")
    assert refused.value.code == 50007
    discord.assert_clean()


async def test_a_bot_thrown_out_may_come_back(discord: Discord, bot: Any) -> None:
    channel = bot.get_channel(int(discord.channel["id"]))
    await discord.kick_bot(discord.guild)
    await discord.wait_for(lambda: "left Sandbox" in bot.seen)
    with pytest.raises(Forbidden) as refused:
        await channel.send("still here?")
    assert refused.value.code == 50001
    await discord.invite_bot(discord.guild)
    await discord.wait_for(lambda: "joined Sandbox" in bot.seen)
    await channel.send("back")
    await discord.delete_channel(discord.channel)
    with pytest.raises(HTTPException) as gone:
        await channel.send("anybody?")
    assert gone.value.code == 10003
    discord.assert_clean()
