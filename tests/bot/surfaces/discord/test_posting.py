"""What is told becomes messages on Discord: in the channel, in the thread of its live, in a forum; once each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.house import House
from core.model.notice import KINDS
from core.model.person import Place
from core.model.risk import Target, Virality
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import LiveEnded, LiveLost, LiveStarted, Rolling
from core.model.tellable.videos import VideoPosted
from core.model.trigger import Where
from tests.bot.surfaces.discord.kit import (
    Server,
    Thing,
    connected,
    delivered,
    labels,
    live_of,
    messenger,
    notice,
    placed,
    texts,
)
from tests.doubles import BEGAN
from tests.house.samples import every
from tests.platforms.discord import FakeDiscord, Perm

ROLE = "4242"


def started(live_id: int, **more: Any) -> LiveStarted:
    return LiveStarted(live_id, "amina", "Dinner", BEGAN, 180, 2, True, 0.7, **more)


def ended(live_id: int, **more: Any) -> LiveEnded:
    return LiveEnded(live_id, "amina", "Dinner", BEGAN, BEGAN + timedelta(hours=1), 300, 200.0, **more)


def hit(live_id: int, quote: str = "giveaway now", count: int = 1) -> HitFound:
    return HitFound(1, live_id, 1, "amina", "giveaway", Where.CHAT, quote, 0, 8, BEGAN, 18.2, "juno", count)


def rolling(live_id: int, *lines: str) -> Rolling:
    return Rolling(live_id, "amina", "en", "captions", [(BEGAN, line) for line in lines])


def risk(live_id: int, **more: Any) -> RiskRaised:
    return RiskRaised(1, live_id, "amina", 0.9, "Discours haineux", Virality.HIGH, Target.GROUP, ["H"], "out with them",
                      "r", [("base", 0.2)], "rules", BEGAN, 42.0, **more)  # fmt: skip


@dataclass
class Desk:
    """Posts one notice after another, as whoever delivers does."""

    house: House
    server: Server
    client: Any
    number: int = 0

    async def tell(self, told: Any, subject: str, **more: Any) -> str:
        """Post it, or edit the post of its subject; the post's id."""
        self.number += 1
        say = notice(self.server, told, f"k{self.number}", subject, **more)
        async with self.house.storage.reading() as work:
            external = await work.outbox.post_of(say.address, subject) if say.edits else ""
        made = await messenger(self.client, self.house).post(say, f"{self.number:024}", external)
        await delivered(self.house, say, made)
        return made


def message_of(discord: FakeDiscord, external: str) -> Thing:
    message = discord.messages[external.partition("/")[2]]
    assert message["channel_id"] == external.partition("/")[0]
    return message


def told() -> Iterator[tuple[str, Any]]:
    """Everything that can be told, hostile and long ones too."""
    return ((name, meaning) for name, meaning in every() if type(meaning) in KINDS.values())


async def test_a_risky_line_of_a_live_says_so_and_is_under_a_spoiler(
    house: House, discord: FakeDiscord, server: Server
):
    await placed(house, server)
    _, live = await live_of(house.storage, server, BEGAN)
    said = rolling(live.id, "all vermin | here |", "calm")
    said = replace(said, lines=[said.lines[0], (BEGAN + timedelta(seconds=15), "calm")], risky=[BEGAN])
    async with connected(house) as client:
        desk = Desk(house, server, client)
        await desk.tell(started(live.id), f"live:{live.id}")
        external = await desk.tell(said, "rolling:1", edits=True, silent=True)
    text = str(message_of(discord, external)["components"])
    assert "⚠️ risk` ||all vermin │ here │||" in text
    assert "` calm" in text
    discord.assert_clean()


async def test_everything_told_is_taken_by_discord_and_calls_nobody(discord: FakeDiscord, server: Server, house: House):
    discord.route_limit = discord.global_limit = None
    async with connected(house) as client:
        post = messenger(client, house).post
        for number, (name, meaning) in enumerate(told()):
            if "ping" in name.lower():
                continue
            external = await post(notice(server, meaning, f"k{number}"), f"{number:024}", "")
            message = message_of(discord, external)
            assert message["mention_everyone"] is False, name
            assert message["mentions"] == [], name
            roles = [getattr(meaning, "ping", "").rpartition(":")[2]]
            assert message["mention_roles"] in ([], roles), name
            edit = notice(server, meaning, f"e{number}", edits=True)
            assert await post(edit, f"e{number:023}", external) == external
    discord.assert_clean()


async def test_one_role_is_called_when_a_live_starts_and_only_then(discord: FakeDiscord, server: Server, house: House):
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        first = await desk.tell(started(live.id, ping=f"discord:{ROLE}"), f"live:{live.id}")
        await desk.tell(hit(live.id, f"<@&{ROLE}> @everyone"), "hit:1")
    assert f"<@&{ROLE}>" in texts(message_of(discord, first))
    called = [request.body["allowed_mentions"] for request in discord.sent("POST", "/channels/*/messages")]
    assert called == [{"parse": [], "roles": [int(ROLE)]}, {"parse": [], "roles": []}]
    discord.assert_clean()


async def test_what_happens_in_a_live_goes_into_its_thread_and_its_end_into_the_channel(
    discord: FakeDiscord, server: Server, house: House
):
    await placed(house, server, time_zone="Europe/Paris", language="fr")
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        start = await desk.tell(started(live.id), f"live:{live.id}")
        thread = start.partition("/")[2]
        inside = [
            await desk.tell(rolling(live.id, "Bonjour"), "rolling:1", edits=True, silent=True),
            await desk.tell(hit(live.id), "hit:1"),
            await desk.tell(LiveLost(live.id, "amina", BEGAN), "lost:1"),
            await desk.tell(risk(live.id), "risk:1", urgent=True),
        ]
        outside = [
            await desk.tell(ended(live.id), f"live:{live.id}", edits=True),
        ]
    assert {external.partition("/")[0] for external in inside} == {thread}
    assert {external.partition("/")[0] for external in outside} == {server.channel["id"]}
    assert outside[0] == start
    assert discord.channels[thread]["name"].startswith("@amina · ")
    assert message_of(discord, inside[0])["flags"] & 4096, "a rolling transcript makes no sound"
    assert not message_of(discord, inside[1])["flags"] & 4096
    assert len(discord.sent("POST", "/channels/*/messages/*/threads")) == 1
    discord.assert_clean()


async def test_the_thread_is_found_again_after_a_restart(discord: FakeDiscord, server: Server, house: House):
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        start = await Desk(house, server, client).tell(started(live.id), f"live:{live.id}")
        await (
            client.line.get_channel(int(server.channel["id"]))
            .get_partial_message(  # type: ignore[union-attr]
                int(start.partition("/")[2])
            )
            .create_thread(name="made before it was written down")
        )
    async with connected(house) as client:
        again = await Desk(house, server, client, 10).tell(hit(live.id), "hit:1")
    assert again.partition("/")[0] == start.partition("/")[2]
    discord.assert_clean()


async def test_without_the_right_to_make_threads_everything_goes_into_the_channel(
    discord: FakeDiscord, server: Server, house: House
):
    discord.deny(server.channel, Perm.CREATE_PUBLIC_THREADS)
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        await desk.tell(started(live.id), f"live:{live.id}")
        posts = [await desk.tell(hit(live.id), f"hit:{number}") for number in range(3)]
    assert {external.partition("/")[0] for external in posts} == {server.channel["id"]}
    assert len(discord.sent("POST", "/channels/*/messages/*/threads")) <= 1
    discord.assert_clean()


async def test_a_locked_thread_is_left_for_the_channel_and_that_is_said_once(
    discord: FakeDiscord, server: Server, house: House
):
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        start = await desk.tell(started(live.id), f"live:{live.id}")
        await desk.tell(hit(live.id), "hit:1")
        thread = discord.channels[start.partition("/")[2]]
        await discord.update_thread(thread, archived=True, locked=True)
        two = [await desk.tell(hit(live.id), f"hit:{number}") for number in (2, 3)]
        assert len([one for one in discord.requests if one.status == 403]) == 1, "it is not tried again and again"
    assert {external.partition("/")[0] for external in two} == {server.channel["id"]}
    assert "The thread of this is closed" in texts(message_of(discord, two[0]))
    assert "The thread of this is closed" not in texts(message_of(discord, two[1]))
    discord.assert_clean()


async def test_an_archived_thread_is_opened_by_writing_in_it(discord: FakeDiscord, server: Server, house: House):
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        start = await desk.tell(started(live.id), f"live:{live.id}")
        await desk.tell(hit(live.id), "hit:1")
        await discord.update_thread(discord.channels[start.partition("/")[2]], archived=True)
        again = await desk.tell(hit(live.id), "hit:2")
    assert again.partition("/")[0] == start.partition("/")[2]
    discord.assert_clean()


async def test_a_channel_that_is_a_thread_gets_everything(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        thread = await discord.start_thread(server.channel, "all lives", user=server.karim)
        where = f"discord:{thread['id']}"
        _, live = await live_of(house.storage, server, BEGAN, where)
        desk = Desk(house, server, client)
        posts = [
            await desk.tell(started(live.id), f"live:{live.id}", address=where),
            await desk.tell(hit(live.id), "hit:1", address=where),
            await desk.tell(risk(live.id), "risk:1", address=where),
        ]
    assert {external.partition("/")[0] for external in posts} == {thread["id"]}
    discord.assert_clean()


async def test_a_forum_gets_one_post_a_live_with_tags(discord: FakeDiscord, server: Server, house: House):
    forum = discord.add_channel(server.guild, "lives", type=15, tags=("Live", "Ended", "Risk"))
    tags = {tag["name"]: tag["id"] for tag in forum["available_tags"]}
    where = f"discord:{forum['id']}"
    _, live = await live_of(house.storage, server, BEGAN, where)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        start = await desk.tell(started(live.id), f"live:{live.id}", address=where)
        post = discord.channels[start.partition("/")[0]]
        assert post["parent_id"] == forum["id"]
        assert post["name"].startswith("@amina · ")
        assert post["applied_tags"] == [tags["Live"]]
        inside = [
            await desk.tell(hit(live.id), "hit:1", address=where),
            await desk.tell(risk(live.id), "risk:1", address=where),
            await desk.tell(ended(live.id), f"live:{live.id}", edits=True, address=where),
        ]
        other = await desk.tell(VideoPosted("amina", 7, "A new video"), "video:7", address=where)
    assert {external.partition("/")[0] for external in inside} == {post["id"]}
    assert set(post["applied_tags"]) == {tags["Ended"], tags["Risk"]}
    assert other.partition("/")[0] not in (post["id"], forum["id"]), "what belongs to no live is a post of its own"
    discord.assert_clean()


async def test_a_forum_post_is_made_once_though_the_answer_was_lost(discord: FakeDiscord, server: Server, house: House):
    forum = discord.add_channel(server.guild, "lives", type=15)
    where = f"discord:{forum['id']}"
    _, live = await live_of(house.storage, server, BEGAN, where)
    say = notice(server, started(live.id), "k", f"live:{live.id}", address=where)
    async with connected(house) as client:
        first = await messenger(client, house).post(say, "n" * 24, "")
        async with house.storage.work() as work:
            await work.topics.remove(where, f"live:{live.id}")  # as when the process died before it was written down
        second = await messenger(client, house).post(say, "n" * 24, "")
    assert first.partition("/")[0] == second.partition("/")[0]
    discord.assert_clean()


async def test_a_repeat_posts_nothing_twice(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        say = notice(server, VideoPosted("amina", 7, "A new video"))
        posts = {await messenger(client, house).post(say, "n" * 24, "") for _ in range(3)}
    assert len(posts) == 1
    assert len(discord.messages_in(server.channel)) == 1
    discord.assert_clean()


async def test_somebodys_private_chat_is_opened_for_them(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        say = notice(server, VideoPosted("amina", 7, "A new video"), address=f"discord:@{server.vera['id']}")
        await messenger(client, house).post(say, "n" * 24, "")
    (message,) = discord.messages_in(discord.dm_channel(server.vera))
    assert "A new video" in texts(message)
    discord.assert_clean()


async def test_it_is_found_although_this_clock_is_ahead_of_discords(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        post = messenger(client, house)
        say = notice(server, VideoPosted("amina", 7, "A new video"))
        external = await post.post(say, "n" * 24, "")
        assert await post.find(say, "n" * 24, house.clock.now() + timedelta(seconds=5)) == external
    discord.assert_clean()


async def test_a_private_chat_is_told_in_the_language_its_person_chose(
    discord: FakeDiscord, server: Server, house: House
):
    place = f"discord:@{server.vera['id']}"
    async with house.storage.work() as work:
        await work.places.put(Place(place, "vera", "en"))
        await work.people.speaks(f"discord:{server.vera['id']}", "fr")
    say = replace(notice(server, VideoPosted("amina", 7, "A new video"), address=place), place=place)
    async with connected(house) as client:
        await messenger(client, house).post(say, "n" * 24, "")
    (message,) = discord.messages_in(discord.dm_channel(server.vera))
    assert "Regarder" in labels(message)


@pytest.mark.parametrize("there", [True, False])
async def test_what_nobody_knows_of_is_looked_for(discord: FakeDiscord, server: Server, house: House, there: bool):
    async with connected(house) as client:
        since = house.clock.now() - timedelta(minutes=1)
        post = messenger(client, house)
        await post.post(notice(server, hit(1, "something else"), "other"), "o" * 24, "")
        say = notice(server, VideoPosted("amina", 7, "A new video"))
        external = await post.post(say, "n" * 24, "") if there else ""
        assert await post.find(say, "n" * 24, since) == external
        for message in discord.messages.values():
            message.pop("nonce", None)
        assert await post.find(say, "n" * 24, since) == external, "by what it says"
        discord.deny(server.channel, Perm.READ_MESSAGE_HISTORY)
        assert await post.find(say, "n" * 24, since) is None
    discord.assert_clean()
