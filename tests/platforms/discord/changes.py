"""What befalls a bot: thrown out, invited, channels changed and gone, threads started, archived and locked by others."""

from datetime import datetime, timedelta
from typing import Any

from tests.platforms.discord.permissions import HAS_THREAD, Perm
from tests.platforms.discord.records import THREADS, now_iso
from tests.platforms.discord.wire import Wire

NOTHING = Perm(0)


class Changes(Wire):
    """Each tells the bot by its event."""

    async def kick_bot(self, guild: dict) -> None:
        """Remove the bot from a guild: its channels answer 403, its own commands there are gone."""
        self.guilds.pop(guild["id"])
        self.commands.pop(guild["id"], None)
        for channel_id in guild["channels"]:
            if channel_id in self.channels:
                self.left[channel_id] = self.channels.pop(channel_id)
        await self.dispatch("GUILD_DELETE", {"id": guild["id"]}, intent=1)

    async def invite_bot(
        self, guild: str | dict, *, system: bool = True, denied: Perm = NOTHING, **kw: Any
    ) -> dict[str, Any]:
        """Add a guild while the bot runs: a new one by its name (with a channel "general", which is its `system` channel and where
        the bot may not do what is `denied`), or one the bot was kicked from."""
        if isinstance(guild, str):
            guild = self.add_guild(guild, **kw)
            general = self.add_channel(guild, "general")
            guild["system_channel_id"] = general["id"] if system else None
            self.deny(general, denied)
        self.guilds[guild["id"]] = guild
        for channel_id in guild["channels"]:
            if channel_id in self.left:
                self.channels[channel_id] = self.left.pop(channel_id)
        event = self._guild_event(guild)
        del event["unavailable"]  # so that it is told from one that was there before
        await self.dispatch("GUILD_CREATE", event, intent=1)
        return guild

    async def create_channel(self, guild: dict, name: str, **kw: Any) -> dict[str, Any]:
        """As `add_channel`, and the bot is told."""
        channel = self.add_channel(guild, name, **kw)
        await self.dispatch("CHANNEL_CREATE", self._channel_json(channel), intent=1)
        return channel

    async def update_channel(self, channel: dict, **changes: Any) -> None:
        """Change a channel; without changes: tell the bot what `deny` and `allow` did to it."""
        channel |= changes
        await self.dispatch("CHANNEL_UPDATE", self._channel_json(channel), intent=1)

    async def delete_channel(self, channel: dict) -> None:
        """Delete a channel with its threads, or a thread."""
        for thread in [one for one in self.channels.values() if one.get("parent_id") == channel["id"]]:
            if thread["type"] in THREADS:
                self.channels.pop(thread["id"])
        self.channels.pop(channel["id"])
        await self._gone(channel)

    async def _gone(self, channel: dict) -> None:
        about = self._channel_json(channel)
        if channel["type"] in THREADS:
            about = {key: about[key] for key in ("id", "guild_id", "parent_id", "type")}
        await self.dispatch("THREAD_DELETE" if channel["type"] in THREADS else "CHANNEL_DELETE", about, intent=1)

    async def delete_message(self, message: dict) -> None:
        """A moderator deletes a message."""
        self.messages.pop(message["id"], None)
        channel = self.channels[message["channel_id"]]
        about = {"id": message["id"], "channel_id": channel["id"]}
        about |= {"guild_id": channel["guild_id"]} if "guild_id" in channel else {}
        await self.dispatch("MESSAGE_DELETE", about, intent=1 << (9 if "guild_id" in channel else 12))

    async def start_thread(self, place: dict, name: str, *, user: dict) -> dict[str, Any]:
        """A person starts a thread in a channel, or from a message of it."""
        message_id = place["id"] if "channel_id" in place else None
        parent = self.channels[place["channel_id"]] if message_id else place
        return await self._start_thread(parent, {"name": name}, 11, owner=user["id"], message_id=message_id)

    async def update_thread(self, thread: dict, *, archived: bool | None = None, locked: bool | None = None) -> None:
        """A moderator archives or locks a thread, or undoes it."""
        about = thread["thread_metadata"]
        about |= {"archived": archived, "archive_timestamp": now_iso()} if archived is not None else {}
        about |= {"locked": locked} if locked is not None else {}
        await self.dispatch("THREAD_UPDATE", self._channel_json(thread), intent=1)

    def age(self, message: dict, seconds: float) -> None:
        """Make a message older; edits of those older than an hour are refused with 30046, as by a bucket that is empty."""
        message = self.messages.get(message["id"], message)
        message["timestamp"] = (datetime.fromisoformat(message["timestamp"]) - timedelta(seconds=seconds)).isoformat()

    async def _start_thread(
        self, parent: dict, body: dict, kind: int, *, owner: str, message_id: str | None = None
    ) -> dict[str, Any]:
        """A new thread; from a message it has the message's id."""
        thread = {
            "id": message_id or self.new_id(),
            "type": kind,
            "guild_id": parent["guild_id"],
            "name": body["name"],
            "parent_id": parent["id"],
            "owner_id": owner,
            "flags": 0,
            "last_message_id": None,
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "rate_limit_per_user": body.get("rate_limit_per_user") or 0,
            "thread_metadata": {
                "archived": False,
                "locked": False,
                "archive_timestamp": now_iso(),
                "auto_archive_duration": body.get("auto_archive_duration") or 4320,
                "create_timestamp": now_iso(),
            },
        }
        thread |= {"applied_tags": [str(tag) for tag in body.get("applied_tags") or []]} if parent["type"] == 15 else {}
        if message_id:
            self.messages[message_id]["flags"] |= HAS_THREAD
        self.channels[thread["id"]] = thread
        self.guilds[parent["guild_id"]]["channels"].append(thread["id"])
        await self.dispatch("THREAD_CREATE", self._channel_json(thread) | {"newly_created": True}, intent=1)
        return thread
