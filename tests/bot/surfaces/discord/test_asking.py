"""People ask on Discord: answered at once or later, to them or to all, whatever the process went through meanwhile."""

import asyncio
from statistics import median

from bot.house import House
from bot.replies.common import Working
from core.model.account import Handle
from core.model.person import Place, Role
from tests.bot.surfaces.discord.kit import FILE, Server, connected, gated, placed, texts
from tests.platforms.discord import FakeDiscord, Perm
from tests.waiting import Standstill, until


async def test_help_is_answered_at_once_and_to_the_asker_alone(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        answer = await discord.slash("help", user=server.vera, channel=server.channel)
    assert answer.ack_type == 4
    assert answer.ephemeral
    assert "What you can do here" in answer.text
    discord.assert_clean()


async def test_the_asker_is_answered_in_their_language_and_everybody_in_the_places(
    discord: FakeDiscord, server: Server, house: House
):
    await placed(house, server, language="fr")
    gates, kernel = gated()
    gates.opened.set()
    async with connected(house, kernel):
        mine = await discord.slash("status", user=server.vera, channel=server.channel, locale="fr")
        theirs = await discord.slash("status", user=server.mona, channel=server.channel, locale="en-GB")
        followed = await discord.slash("follow", account="@amina", user=server.karim, channel=server.channel)
    assert mine.text != theirs.text
    assert not followed.ephemeral
    assert "amina" in followed.text
    assert "Suivi" in followed.text or "suiv" in followed.text
    discord.assert_clean()


async def test_what_takes_longer_is_shown_as_being_done_and_becomes_the_answer(
    discord: FakeDiscord, server: Server, house: House, hurried: None
):
    gates, kernel = gated()
    async with connected(house, kernel):
        for name, quiet in (("slow", True), ("loud", False)):
            gates.opened.clear()
            answer = await discord.slash(name, user=server.vera, channel=server.channel, wait="ack")
            assert answer.ack_type == 5
            assert answer.ephemeral is quiet
            gates.opened.set()
            await answer.settled()
            assert "done" in answer.text
            assert not answer.followups
    discord.assert_clean()


async def test_how_far_it_is_stands_in_the_waiting_message(
    discord: FakeDiscord, server: Server, house: House, hurried: None
):
    gates, kernel = gated()
    async with connected(house, kernel):
        answer = await discord.slash("slow", user=server.vera, channel=server.channel, wait="ack")
        (asked,) = gates.asked

        async def told() -> bool:  # Discord has the waiting message before whoever sent it knows that
            await asked.meanwhile(Working("Listening", (("found", "now"),), 0.4))
            return "40 %" in texts(answer.original or {"components": []})

        await until(told)
        gates.opened.set()
        await discord.wait_for(lambda: "done" in texts(answer.original or {"components": []}))
    discord.assert_clean()


async def test_a_wrong_guess_about_who_sees_it_is_made_good(
    discord: FakeDiscord, server: Server, house: House, hurried: None
):
    gates, kernel = gated()
    async with connected(house, kernel):
        answer = await discord.slash("wrong", user=server.vera, channel=server.channel, wait="ack")
        assert not answer.ephemeral, "it was thought to be for everybody"
        gates.opened.set()
        await answer.until(lambda r: r.followups)
        (message,) = answer.followups
        assert message["flags"] & 64
        assert "after all for you" in texts(message)
        assert answer.original is None, "nobody goes on waiting"
    discord.assert_clean()


async def test_a_mistake_of_ours_is_a_ticket_and_no_detail_of_it(discord: FakeDiscord, server: Server, house: House):
    _, kernel = gated()
    async with connected(house, kernel):
        answer = await discord.slash("broken", user=server.vera, channel=server.channel)
    assert "Something went wrong on my side" in answer.text
    assert "secret" not in answer.text
    assert answer.ephemeral
    discord.assert_clean()


async def test_a_result_that_comes_too_late_for_a_reply_comes_as_a_message(
    discord: FakeDiscord, server: Server, house: House, hurried: None
):
    gates, kernel = gated()
    async with connected(house, kernel) as client:
        client.replies.alive_for = 0.0
        for name in ("loud", "slow"):
            gates.opened.clear()
            await discord.slash(name, user=server.vera, channel=server.channel, wait="ack")
            gates.opened.set()
            where = server.channel if name == "loud" else discord.dm_channel(server.vera)
            posted = await discord.wait_message(where, match=lambda message: "done" in texts(message))
            assert "for all" in texts(posted) if name == "loud" else "for you" in texts(posted)
    discord.assert_clean()


async def test_everybody_is_answered_within_a_second_while_much_goes_on(
    discord: FakeDiscord, server: Server, house: House, hurried: None
):
    gates, kernel = gated()
    async with connected(house, kernel):
        with Standstill() as still:
            waiting = [
                await discord.slash("slow", user=server.vera, channel=server.channel, wait="none") for _ in range(20)
            ]
            busy = asyncio.create_task(_occupied())
            asked = [await discord.slash("help", user=server.mona, channel=server.channel) for _ in range(5)]
            for answer in waiting:
                await answer.until(lambda one: one.ack_type == 5)
        gates.opened.set()
        for answer in waiting:
            await answer.settled()
        busy.cancel()
    late = [answer.ack_latency for answer in (*asked, *waiting)]
    assert None not in late
    assert median(late) < 1 + still.seconds, late
    discord.assert_clean()


async def _occupied() -> None:
    """A loop that is busy, as with many lives."""
    while True:
        sum(range(100_000))
        await asyncio.sleep(0.002)


async def test_what_somebody_may_not_do_is_refused_with_who_may(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        shown = await discord.slash("following", user=server.karim, channel=server.channel)
        followed = await discord.slash("follow", account="@amina", user=server.karim, channel=server.channel)
        refused = await discord.click(followed.message, "Unfollow", user=server.vera)
    assert shown.ephemeral
    assert refused.ephemeral
    assert "This is for managers" in refused.text
    discord.assert_clean()


async def test_a_named_reviewer_may_do_what_a_moderator_may(discord: FakeDiscord, server: Server, house: House):
    await placed(house, server, reviewers=(f"discord:{server.vera['id']}",))
    async with connected(house):
        discord.guilds[server.guild["id"]]["permissions"][server.vera["id"]] = Perm.DEFAULT | Perm.MANAGE_MESSAGES
        answer = await discord.slash("review next", user=server.vera, channel=server.channel)
    assert "No alert is waiting" in answer.text
    discord.assert_clean()


async def test_in_private_somebody_has_a_place_of_their_own(discord: FakeDiscord, server: Server, house: House):
    channel = discord.dm_channel(server.vera)
    async with connected(house):
        answer = await discord.slash("follow", account="@amina", user=server.vera, channel=channel)
    assert "amina" in answer.text
    async with house.storage.reading() as work:
        (follow,) = await work.follows.of_place(f"discord:@{server.vera['id']}")
        place = await work.places.get(f"discord:@{server.vera['id']}")
    assert follow.handle == Handle("amina")
    assert follow.address == f"discord:@{server.vera['id']}"
    assert isinstance(place, Place)
    assert place.private
    discord.assert_clean()


async def test_suggestions_come_from_what_is_stored(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        await discord.slash("follow", account="@amina", user=server.karim, channel=server.channel)
        choices = await discord.autocomplete(
            "account check", "account", account="am", user=server.karim, channel=server.channel
        )
    assert [choice["name"] for choice in choices] == ["@amina"]
    discord.assert_clean()


async def test_suggestions_that_hang_or_fail_are_none(discord: FakeDiscord, server: Server, house: House, monkeypatch):  # type: ignore[no-untyped-def]
    monkeypatch.setattr("bot.surfaces.discord.ask.TYPING", 0.1)
    async with connected(house) as client:
        for trouble in (_hangs, _breaks):

            async def suggest(*_, comes=trouble):  # type: ignore[no-untyped-def]
                await comes()

            monkeypatch.setattr(type(client.line.asking.kernel), "suggest", suggest)
            choices = await discord.autocomplete(
                "account check", "account", account="am", user=server.karim, channel=server.channel
            )
            assert choices == []
    discord.assert_clean()


async def _hangs() -> None:
    await asyncio.Event().wait()


async def _breaks() -> None:
    raise ValueError("broken")


async def test_a_file_too_large_for_discord_is_said_to_be(discord: FakeDiscord, server: Server, house: House):
    _, kernel = gated()
    async with connected(house, kernel):
        answer = await discord.slash("huge", user=server.vera, channel=server.channel)
    assert answer.message["attachments"] == []
    assert "Discord takes 10.5 MB here" in answer.text
    assert discord.attachment_limit == FILE
    discord.assert_clean()


async def test_an_answer_discord_takes_no_more_is_no_mistake_of_ours(
    discord: FakeDiscord, server: Server, house: House, caplog
):  # type: ignore[no-untyped-def]
    async with connected(house):
        discord.fail_next("POST", "/interactions/*", 404, code=10062)
        await discord.slash("help", user=server.vera, channel=server.channel, wait="none")
        await until(lambda: discord.sent("POST", "/interactions/*"))
        answer = await discord.slash("help", user=server.vera, channel=server.channel)
    assert "What you can do here" in answer.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_command_that_is_not_there_any_more_says_so(discord: FakeDiscord, server: Server, house: House):
    _, kernel = gated()
    async with connected(house, kernel):
        pass
    commands = dict(discord.commands[None])
    async with connected(house):
        discord.commands[None] = commands
        answer = await discord.slash("slow", user=server.vera, channel=server.channel)
    assert "This button is from an older version" in answer.text
    discord.assert_clean()


async def test_where_only_somebody_has_it_it_is_theirs_alone(discord: FakeDiscord, server: Server, house: House):
    elsewhere = discord.add_guild("Elsewhere")
    channel = discord.add_channel(elsewhere, "talk")
    discord.add_member(elsewhere, server.vera, permissions=Perm.ALL)
    gates, kernel = gated()
    gates.opened.set()
    async with connected(house, kernel):
        data, _ = discord._slash_data("loud", elsewhere, {})
        used = discord._interaction(2, data, user=server.vera, channel=channel)
        used.interaction["authorizing_integration_owners"] = {"1": server.vera["id"]}
        answer = await discord._act(used, "final", 10)
    (asked,) = gates.asked
    assert asked.place.id == f"discord:@{server.vera['id']}"
    assert asked.address == f"discord:@{server.vera['id']}"
    assert asked.reply_at == f"discord:@{server.vera['id']}#i{answer.id}"
    assert asked.role is Role.MANAGER, "of what is theirs"
    discord.assert_clean()


async def test_hostile_names_change_nothing(discord: FakeDiscord, server: Server, house: House):
    evil = discord.add_user("**@everyone** <@&1> \u202e`", guild=server.guild, permissions=Perm.ALL)
    async with connected(house):
        added = await discord.slash("trigger add", word="@everyone <@&1> **x**", user=evil, channel=server.channel)
        shown = await discord.slash("trigger list", user=evil, channel=server.channel)
    for message in (*added.messages, *shown.messages):
        assert message["mention_everyone"] is False
        assert message["mention_roles"] == []
        assert "@everyone" not in texts(message)
    discord.assert_clean()
