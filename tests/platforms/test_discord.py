"""The loopback Discord carries the real discord.py, and catches what Discord would refuse."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from discord import Client, Embed, Forbidden, HTTPException, LoginFailure, PrivilegedIntentsRequired

from tests.platforms.chats import Discord, furnish_discord
from tests.platforms.discord import Perm
from tests.platforms.recorded import discord_posts
from tests.platforms.sample_bots import discord_bot

WHO = {"User-Agent": "DiscordBot (https://example.invalid, 1)"}


@asynccontextmanager
async def running(discord: Discord, make: Callable[[], Any] = discord_bot.Bot) -> AsyncIterator[Any]:
    """A bot of discord.py connected there; `bot.task` is its run."""
    discord_bot.point_at(discord.api_base, discord.gateway_url, discord.cdn_base)
    bot = make()
    bot.task = asyncio.create_task(bot.start(discord.token))
    try:
        yield bot
    finally:
        await bot.close()
        with contextlib.suppress(BaseException):
            await bot.task


@pytest.fixture
async def bot(discord: Discord) -> AsyncIterator[Any]:
    async with running(discord) as bot:
        await discord.wait_ready(commands=True)
        await bot.wait_until_ready()
        yield bot


@asynccontextmanager
async def strict(make: Callable[[], Any] = discord_bot.Bot, **knobs: Any) -> AsyncIterator[tuple[Discord, Any]]:
    """A Discord of other knobs, with the bot connected."""
    async with Discord(**knobs) as discord:
        furnish_discord(discord)
        async with running(discord, make) as bot:
            await discord.wait_ready(commands=make is discord_bot.Bot)
            yield discord, bot


# ---------------------------------------------------------------- what people do


async def test_a_command_its_choices_buttons_form_and_menu_are_answered(discord: Discord, bot: Client) -> None:
    who = {"user": discord.bob, "channel": discord.channel}
    answer = await discord.slash("follow", account="@x1", **who)
    assert answer.content == "Following @x1"
    assert answer.ack_latency < discord.ack_deadline
    assert [c["value"] for c in await discord.autocomplete("follow", "account", account="al", **who)] == ["@alpha"]
    paused = await discord.click(answer.message, "Pause", user=discord.bob)
    assert paused.content == "paused"
    assert discord.find_component(answer.message, "Resume", (2,))
    opened = await discord.click(answer.message, "Note", user=discord.bob)
    noted = await discord.submit(opened, {"Note": "hello"}, user=discord.bob)
    assert (noted.content, noted.ephemeral) == ("noted: hello", True)
    chosen = await discord.select(answer.message, "Level", ["high"], user=discord.bob, wait="ack")
    await chosen.until(lambda result: result.followups)
    assert chosen.followups[0]["content"] == "level high"
    discord.assert_clean()


async def test_a_deferred_answer_brings_a_file_and_a_layout_its_text(discord: Discord, bot: Client) -> None:
    who = {"user": discord.bob, "channel": discord.channel}
    long = await discord.slash("transcribe", url="http://example.invalid/v", **who)
    assert long.deferred
    assert "Transcript" in long.text
    assert discord.attachment_data(long.message["attachments"][0]) == discord_bot.SUBTITLES
    await long.until(lambda result: result.followups)
    panel = await discord.slash("panel", **who)
    assert panel.text == "# Panel\nA line"
    assert panel.message["flags"] & 1 << 15
    posts = discord_posts(discord)
    assert [post["payload"].get("content") for post in posts] == [None, "done", None]
    assert list(posts[0]["files"]) == ["transcript.srt"]
    discord.assert_clean()


async def test_a_message_command_carries_words_the_intents_hide(discord: Discord, bot: Any) -> None:
    said = await discord.say(discord.channel, "secret words", user=discord.bob)
    seen = await discord.context_menu("Transcribe this", said, user=discord.bob, channel=discord.channel)
    assert seen.content == "seen secret words"
    assert "message:" in bot.seen
    discord.assert_clean()


async def test_the_client_lets_nobody_send_what_the_command_does_not_take(discord: Discord, bot: Client) -> None:
    who = {"user": discord.bob, "channel": discord.channel}
    for error, name, options in (
        (ValueError, "follow", {}),
        (ValueError, "follow", {"account": "x" * 40}),
        (LookupError, "nosuch", {}),
        (LookupError, "follow", {"account": "@x1", "other": 1}),
        (PermissionError, "post", {"count": 1}),
    ):
        with pytest.raises(error):
            await discord.slash(name, **who, **options)
    discord.assert_clean()


async def test_languages_of_the_person_and_of_the_guild_are_told(discord: Discord, bot: Client) -> None:
    discord.bob["locale"], discord.guild["locale"] = "fr", "de"
    answer = await discord.slash("languages", user=discord.bob, channel=discord.channel)
    assert answer.content == "fr in de"
    assert (await discord.slash("languages", user=discord.alice, channel=discord.channel)).content == "en-US in de"
    discord.assert_clean()


async def test_a_guild_has_commands_of_its_own(discord: Discord, bot: Any) -> None:
    only = bot.get_guild(int(discord.guild["id"]))
    bot.tree.add_command(
        discord_bot.app_commands.Command(name="here", description="Only here", callback=_here), guild=only
    )
    await bot.tree.sync(guild=only)
    assert (await discord.slash("here", user=discord.bob, channel=discord.channel)).content == "here"
    other = await discord.invite_bot("Other")
    with pytest.raises(LookupError):
        await discord.slash("here", user=discord.bob, channel=discord.channels[other["channels"][0]])
    await (await bot.tree.fetch_commands(guild=only))[0].delete()
    with pytest.raises(LookupError):
        await discord.slash("here", user=discord.bob, channel=discord.channel)
    discord.assert_clean()


async def _here(interaction: Any) -> None:
    await interaction.response.send_message("here")


async def test_posts_and_threads_mention_nobody(discord: Discord, bot: Client) -> None:
    done = await discord.slash("post", user=discord.alice, channel=discord.channel, count=2, size=1000)
    assert done.content == "posted 2"
    assert not any(message["mention_everyone"] for message in discord.messages_in(discord.channel))
    assert discord.sent("POST", "/channels/*/messages/*/threads")
    discord.assert_clean()


# ---------------------------------------------------------------- places


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


# ---------------------------------------------------------------- trouble


async def test_missing_the_deadline_is_seen() -> None:
    async with strict(ack_deadline=0.2) as (discord, bot):
        answer = await discord.slash("slow", user=discord.bob, channel=discord.channel)
        assert answer.failed
        await discord.wait_for(lambda: "late:10062" in bot.seen)
        assert [violation.kind for violation in discord.violations] == ["deadline"]


async def test_a_token_that_has_run_out_brings_nothing() -> None:
    async with strict(token_lifetime=0.2) as (discord, _):
        who = {"user": discord.bob, "channel": discord.channel}
        late = await discord.slash("transcribe", url="u", tenths=4, **who, wait="ack")
        await discord.wait_for(
            lambda: [request for request in discord.sent("POST", "/webhooks/*") if request.status == 401]
        )
        assert late.loading
        assert not late.messages
        discord.assert_clean()


async def test_errors_reach_the_bot(discord: Discord, bot: Client) -> None:
    discord.route_limit = None
    route = ("POST", "/channels/*/messages")

    async def posted(**options: Any) -> str:
        return (await discord.slash("post", count=1, user=discord.alice, channel=discord.channel, **options)).content

    for taken, code in ((Perm.SEND_MESSAGES, 50013), (Perm.VIEW_CHANNEL, 50001)):
        discord.deny(discord.channel, taken)
        assert await posted() == f"failed after 0: 403 {code}"
        discord.allow(discord.channel)
    discord.fail_next(*route, 404, code=10003)
    assert await posted() == "failed after 0: 404 10003"
    assert await posted(size=10 * 2**20 + 1) == "failed after 0: 413 40005"
    discord.fail_next(*route, 429, retry_after=0.1)
    discord.fail_next(*route, 429, retry_after=0.1, is_global=True)
    assert await posted() == "posted 1"  # discord.py obeys retry_after
    assert len(discord.invalid_requests) == 4  # two 403 and two 429
    assert {violation.kind for violation in discord.violations} == {"request"}  # only the 413 is the bot's fault
    assert discord.rate_limited == 0


async def test_the_headers_of_limits_are_obeyed() -> None:
    async with strict(route_limit=(3, 0.4)) as (discord, _):
        done = await discord.slash("post", user=discord.alice, channel=discord.channel, count=7, timeout=20)
        assert done.content == "posted 7"
        assert discord.rate_limited == 0
        discord.assert_clean()


async def test_a_lost_connection_is_resumed_and_a_lost_session_is_not(discord: Discord, bot: Any) -> None:
    await discord.disconnect(4000)
    away = await discord.slash("follow", account="@x1", user=discord.bob, channel=discord.channel)
    assert away.content == "Following @x1"  # replayed
    await discord.wait_for(lambda: "resumed" in bot.seen)
    await discord.request_reconnect()
    await discord.wait_for(lambda: discord.resumes == 2)
    await discord.wait_ready()
    await discord.invalidate_session()
    await discord.wait_for(lambda: discord.identifies == 2)
    await discord.wait_ready()
    again = await discord.slash("follow", account="@again", user=discord.bob, channel=discord.channel)
    assert again.content == "Following @again"
    discord.assert_clean()


async def test_a_privileged_intent_is_refused_and_granted(discord: Discord) -> None:
    def greedy() -> discord_bot.Bot:
        return discord_bot.Bot(message_content=True)

    async with running(discord, greedy) as bot:
        with pytest.raises(PrivilegedIntentsRequired):
            await bot.task
    assert [violation.what for violation in discord.violations] == ["closed with 4014"]
    async with strict(greedy, privileged_intents=1 << 15) as (generous, bot):
        await generous.say(generous.channel, "readable", user=generous.bob)
        await generous.wait_for(lambda: "message:readable" in bot.seen)


async def test_shards_start_where_the_gateway_is_told_to_be() -> None:
    async with Discord(shards=2) as discord:
        furnish_discord(discord)
        async with running(discord, discord_bot.Sharded):
            await discord.wait_for(lambda: discord.identifies == 2)
        assert [request.path for request in discord.requests][-1] == "/gateway/bot"
        discord.assert_clean()


async def test_a_bad_token_is_refused(discord: Discord) -> None:
    discord_bot.point_at(discord.api_base, discord.gateway_url, discord.cdn_base)
    async with discord_bot.Bot() as bot:
        with pytest.raises(LoginFailure):
            await bot.login("MTAw.bad.token")


async def test_a_bot_is_led_by_its_environment_alone(discord: Discord) -> None:
    led = {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_BASE": discord.api_base,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "DISCORD_CDN_BASE": discord.cdn_base,
    }
    program = Path(discord_bot.__file__)
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, env=os.environ | led, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await discord.wait_ready(commands=True, timeout=20)
        answer = await discord.slash("follow", account="@x1", user=discord.bob, channel=discord.channel)
        assert answer.content == "Following @x1"
        discord.assert_clean()
    finally:
        process.terminate()
        await process.wait()
