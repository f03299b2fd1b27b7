"""Replies that move: what a command's job tells later stands in the place of the command's own answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from bot.asked import Asked
from bot.command import command
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.kinds import Text
from bot.surfaces.discord.replies import Replies
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing
from tests.bot.surfaces.discord.kit import Server, connected, gated, messenger, notice, texts
from tests.platforms.discord import FakeDiscord, InteractionResult
from tests.waiting import until

LONG = "Twenty thousand characters of words. " * 550


def done(only: str = "", lines: str = "Hello kitchen") -> Transcribed:
    return Transcribed(
        7, "amina", "Dinner", "A dinner", 151.0, "en", "captions", True, lines=lines, video_id=9, only=only
    )


def ordering() -> tuple[list[Asked], asyncio.Event, Kernel]:
    """A command that orders a job, publicly or for the asker, and answers when it is let."""
    asked: list[Asked] = []
    answers = asyncio.Event()

    @command("order", quiet=False)
    async def order(asking: Asked, private: bool = False) -> Transcribing:
        """Order a job"""
        asked.append(asking)
        await answers.wait()
        return Transcribing(5, "amina", only=asking.person.id if private else "")

    return asked, answers, Kernel((*ALL, order))


@asynccontextmanager
async def ordered(
    discord: FakeDiscord, server: Server, house: House, **how: str
) -> AsyncIterator[tuple[InteractionResult, str, Callable[..., Awaitable[str]]]]:
    """A job that Vera has ordered: its answer, the address of that, and what posts there."""
    asked, answers, kernel = ordering()
    answers.set()
    async with connected(house, kernel) as client:
        answer = await discord.slash("order", user=server.vera, channel=server.channel, **how)
        yield answer, asked[0].reply_at, messenger(client, house).post
    discord.assert_clean()


async def test_the_reply_moves_and_becomes_the_result_even_when_the_job_is_faster(
    discord: FakeDiscord, server: Server, house: House, hurried: None
):
    asked, answers, kernel = ordering()
    async with connected(house, kernel) as client:
        post = messenger(client, house).post
        answer = await discord.slash("order", user=server.vera, channel=server.channel, wait="ack")
        where = asked[0].reply_at
        assert where == f"{server.address}#i{answer.id}"
        early = asyncio.create_task(post(notice(server, done(), "d", "job:5", address=where, edits=True), "n" * 24, ""))
        await asyncio.sleep(0)
        assert not early.done(), "it waits for the command's own answer"
        answers.set()
        external = await early
        assert answer.original is not None
        assert external == f"{server.channel['id']}/{answer.original['id']}"
        assert "Hello kitchen" in texts(answer.original)
        assert len(discord.messages_in(server.channel)) == 1
    discord.assert_clean()


async def test_a_private_reply_moves_for_its_asker_alone(discord: FakeDiscord, server: Server, house: House):
    only = f"discord:{server.vera['id']}"
    async with ordered(discord, server, house, private="yes") as (answer, where, post):
        assert answer.ephemeral
        first = await post(
            notice(
                server, Transcribing(5, "amina", step="downloaded", only=only), "a", "job:5", address=where, edits=True
            ),
            "a" * 24,
            "",
        )
        assert await post(notice(server, done(only), "b", "job:5", address=where, edits=True), "b" * 24, first) == first
        assert answer.original is not None
        assert "Hello kitchen" in texts(answer.original)
        assert discord.messages_in(server.channel) == []


async def test_after_its_time_a_public_reply_is_changed_as_a_message_and_a_private_one_comes_in_private(
    discord: FakeDiscord, server: Server, house: House
):
    asked, answers, kernel = ordering()
    answers.set()
    async with connected(house, kernel) as client:
        post = messenger(client, house).post
        await discord.slash("order", user=server.vera, channel=server.channel)
        await discord.slash("order", private="yes", user=server.vera, channel=server.channel)
        loud, quiet = (one.reply_at for one in asked)
        only = f"discord:{server.vera['id']}"
        step = Transcribing(5, "amina", step="downloaded")
        public = await post(notice(server, step, "a", "job:5", address=loud, edits=True), "a" * 24, "")
        private = await post(
            notice(server, replace(step, only=only), "b", "job:6", address=quiet, edits=True), "b" * 24, ""
        )
        for reply in client.replies._known.values():
            reply.alive_for = 0.0
        discord.token_lifetime = 0.0
        assert await post(notice(server, done(), "c", "job:5", address=loud, edits=True), "c" * 24, public) == public
        assert "Hello kitchen" in texts(discord.messages[public.partition("/")[2]])
        moved = await post(notice(server, done(only), "d", "job:6", address=quiet, edits=True), "d" * 24, private)
        (message,) = discord.messages_in(discord.dm_channel(server.vera))
        assert moved == f"{message['channel_id']}/{message['id']}"
        assert "Hello kitchen" in texts(message)
    discord.assert_clean()


async def test_after_a_restart_the_result_still_arrives(discord: FakeDiscord, server: Server, house: House):
    asked, answers, kernel = ordering()
    answers.set()
    async with connected(house, kernel) as client:
        await discord.slash("order", user=server.vera, channel=server.channel)
        step = notice(
            server, Transcribing(5, "amina", step="found"), "a", "job:5", address=asked[0].reply_at, edits=True
        )
        public = await messenger(client, house).post(step, "a" * 24, "")
    async with connected(house, kernel) as client:
        post = messenger(client, house).post
        where, only = asked[0].reply_at, f"discord:{server.vera['id']}"
        assert await post(notice(server, done(), "b", "job:5", address=where, edits=True), "b" * 24, public) == public
        new = await post(notice(server, done(), "c", "job:8", address=where, edits=True), "c" * 24, "")
        assert new.partition("/")[0] == server.channel["id"]
        private = await post(notice(server, done(only), "d", "job:9", address=where, edits=True), "d" * 24, "i77")
        assert private.partition("/")[0] == discord.dm_channel(server.vera)["id"]
    discord.assert_clean()


async def test_a_dismissed_reply_is_told_in_private_when_it_is_done(discord: FakeDiscord, server: Server, house: House):
    only = f"discord:{server.vera['id']}"
    async with ordered(discord, server, house, private="yes") as (answer, where, post):
        step = Transcribing(5, "amina", step="found", only=only)
        first = await post(notice(server, step, "a", "job:5", address=where, edits=True), "a" * 24, "")
        answer.original = None
        assert await post(notice(server, step, "b", "job:5", address=where, edits=True), "b" * 24, first) == first
        await post(
            notice(server, NotTranscribed(5, "NO_SPEECH", only=only), "c", "job:5", address=where, edits=True),
            "c" * 24,
            first,
        )
        (message,) = discord.messages_in(discord.dm_channel(server.vera))
        assert "I heard no speech in it" in texts(message)


async def test_a_transcript_of_twenty_thousand_characters_is_cut_and_handed_over_as_a_file(
    discord: FakeDiscord, server: Server, house: House, tmp_path: Path
):
    file = tmp_path / "dinner.txt"
    file.write_text(LONG)
    async with ordered(discord, server, house) as (answer, where, post):
        said = replace(done(lines=LONG), file=str(file))
        await post(notice(server, said, "a", "job:5", address=where, edits=True), "a" * 24, "")
        assert answer.original is not None
        assert [one["filename"] for one in answer.original["attachments"]] == ["dinner.txt"]
        assert len(texts(answer.original)) < 4000


async def test_a_press_on_a_failed_one_makes_that_post_move_again(discord: FakeDiscord, server: Server, house: House):
    asked: list[Asked] = []

    @command("transcript retry", quiet=False, in_place=True)
    async def retry(asking: Asked, transcript: Text) -> Transcribing:
        """Try again"""
        asked.append(asking)
        return Transcribing(5, "amina")

    kernel = Kernel((*(one for one in ALL if one.name != "transcript retry"), retry))
    async with connected(house, kernel) as client:
        post = messenger(client, house).post
        failed = await post(notice(server, NotTranscribed(5, "TIKTOK_DOWN"), "a", "job:5", edits=True), "a" * 24, "")
        message = discord.messages[failed.partition("/")[2]]
        pressed = await discord.click(message, "Try again", user=server.vera)
        assert pressed.ack_type == 7
        assert "Transcribing" in texts(message)
        say = notice(server, done(), "b", "job:5", address=asked[0].reply_at, edits=True)
        assert await post(say, "b" * 24, failed) == failed
        assert "Hello kitchen" in texts(message)
        assert len(discord.messages_in(server.channel)) == 1
    discord.assert_clean()


async def test_what_was_never_answered_is_told_in_the_channel(
    discord: FakeDiscord, server: Server, house: House, hurried: None
):
    asked, answers, kernel = ordering()
    async with connected(house, kernel) as client:
        answer = await discord.slash("order", user=server.vera, channel=server.channel, wait="ack")
        assert answer.deferred
        discord.fail_next("PATCH", "/webhooks/*", 404, code=10015, times=5)
        answers.set()
        await until(lambda: discord.sent("PATCH", "/webhooks/*"))
        say = notice(server, done(), "a", "job:5", address=asked[0].reply_at, edits=True)
        external = await messenger(client, house).post(say, "a" * 24, "")
        assert "Hello kitchen" in texts(discord.messages[external.partition("/")[2]])
    discord.assert_clean()


async def test_the_real_transcribe_command_is_asked_for_here(discord: FakeDiscord, server: Server, house: House):
    _, kernel = gated()
    async with connected(house, kernel):
        answer = await discord.slash(
            "transcribe", link="https://www.tiktok.com/@amina/live", user=server.vera, channel=server.channel
        )
    assert "link of a live" in answer.text
    assert answer.message["flags"] & 64, "for the asker alone, whether it came at once or not"
    discord.assert_clean()


def test_replies_that_can_change_no_more_are_let_go() -> None:
    replies = Replies(alive_for=0.0)
    for number in range(3):
        replies.open(SimpleNamespace(id=number))  # type: ignore[arg-type]
    assert [replies.get(f"i{number}") is not None for number in range(3)] == [False, False, True]
