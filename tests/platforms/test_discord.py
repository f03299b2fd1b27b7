"""The loopback Discord carries the real discord.py, and catches what Discord would refuse."""

import asyncio
import io
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from discord import (
    Client,
    File,
    LoginFailure,
    MediaGalleryItem,
    PrivilegedIntentsRequired,
    ui,
)
from discord.ui import LayoutView, MediaGallery

from tests.platforms.chats import Discord, furnish_discord
from tests.platforms.discord import Perm
from tests.platforms.recorded import discord_posts
from tests.platforms.sample_bots import discord_bot
from tests.platforms.sample_bots.running import running, strict

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


async def test_pictures_and_files_of_a_layout_have_addresses(discord: Discord, bot: Any) -> None:
    view = LayoutView()
    view.add_item(MediaGallery(MediaGalleryItem("attachment://plot.png"))).add_item(ui.File("attachment://t.srt"))
    files = [File(io.BytesIO(b"png"), "plot.png"), File(io.BytesIO(b"text"), "t.srt")]
    await bot.get_channel(int(discord.channel["id"])).send(view=view, files=files)
    posted = await discord.wait_message(discord.channel)
    picture, file = posted["components"][0]["items"][0]["media"], posted["components"][1]
    async with aiohttp.ClientSession() as http, http.get(picture["url"]) as answer:
        assert await answer.read() == b"png"
    assert (file["name"], file["size"]) == ("t.srt", 4)
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
    program = Path(discord_bot.__file__)
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, env=os.environ | discord.environment(), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await discord.wait_ready(commands=True, timeout=20)
        answer = await discord.slash("follow", account="@x1", user=discord.bob, channel=discord.channel)
        assert answer.content == "Following @x1"
        discord.assert_clean()
    finally:
        process.terminate()
        await process.wait()
