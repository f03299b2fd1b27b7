"""Operations on channels and threads, forum posts among them."""

from typing import Any

from tests.platforms.discord import rules
from tests.platforms.discord.changes import Changes
from tests.platforms.discord.errors import ApiError, bad
from tests.platforms.discord.permissions import REQUIRE_TAG, Perm
from tests.platforms.discord.posting import Posting
from tests.platforms.discord.records import FORUMS, THREADS, Request


class Threads(Posting, Changes):
    """A forum is a channel whose messages are threads."""

    async def _do_get_channel(self, body: Any, record: Request, channel_id: str) -> Any:
        return self._channel_json(self._channel_for(channel_id))

    async def _do_update_channel(self, body: Any, record: Request, channel_id: str) -> Any:
        channel = self._channel_for(channel_id)
        if channel["type"] in THREADS:
            return await self._changed_thread(channel, body)
        self._channel_for(channel_id, Perm.MANAGE_CHANNELS)
        await self.update_channel(channel, **{key: value for key, value in body.items() if key in channel})
        return self._channel_json(channel)

    async def _changed_thread(self, thread: dict, body: dict) -> dict[str, Any]:
        about, moderator = thread["thread_metadata"], bool(self.bot_permissions(thread) & Perm.MANAGE_THREADS)
        own = thread["owner_id"] == self.bot["id"] and not about["locked"] and "locked" not in body
        if not moderator and not own:
            raise ApiError(403, 50013, "Missing Permissions", violation=False)
        if about["archived"] and body.get("archived") is not False:
            raise ApiError(400, 50083, "Thread is archived", violation=False)
        self._check_tags(self.channels[thread["parent_id"]], body)
        thread |= {key: body[key] for key in ("name", "rate_limit_per_user", "applied_tags") if key in body}
        about |= {key: body[key] for key in ("auto_archive_duration",) if key in body}
        await self.update_thread(thread, archived=body.get("archived"), locked=body.get("locked"))
        return self._channel_json(thread)

    async def _do_delete_channel(self, body: Any, record: Request, channel_id: str) -> Any:
        thread = self._channel_for(channel_id)["type"] in THREADS
        channel = self._channel_for(channel_id, Perm.MANAGE_THREADS if thread else Perm.MANAGE_CHANNELS)
        await self.delete_channel(channel)
        return self._channel_json(channel)

    def _check_tags(self, forum: dict, body: dict) -> None:
        """Tags of a post: those the forum has, one at least where it asks for one."""
        if forum["type"] not in FORUMS:
            return
        known = {tag["id"]: tag for tag in forum["available_tags"]}
        tags = [str(tag) for tag in body.get("applied_tags") or []]
        if unknown := [tag for tag in tags if tag not in known]:
            raise bad("applied_tags", f"unknown tags {unknown}")
        if any(known[tag]["moderated"] for tag in tags) and not self.bot_permissions(forum) & Perm.MANAGE_THREADS:
            raise ApiError(403, 50013, "Missing Permissions", violation=False)
        if forum["flags"] & REQUIRE_TAG and not tags and ("message" in body or "applied_tags" in body):
            raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")

    async def _do_create_thread(self, body: Any, record: Request, channel_id: str) -> Any:
        parent, mine = self._channel_for(channel_id), self.bot["id"]
        if parent["type"] in FORUMS:
            return await self._new_post(parent, body, record)
        if parent["type"] not in (0, 5):
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        kind = body.get("type") or 12
        self._channel_for(channel_id, Perm.CREATE_PRIVATE_THREADS if kind == 12 else Perm.CREATE_PUBLIC_THREADS)
        return 201, self._channel_json(await self._start_thread(parent, body, kind, owner=mine))

    async def _new_post(self, forum: dict, body: dict, record: Request) -> Any:
        """In a forum the first message has the thread's own id."""
        self._channel_for(forum["id"], Perm.SEND_MESSAGES, *([Perm.ATTACH_FILES] if record.files else []))
        if "message" not in body:
            raise bad("message", "This field is required")
        self._check_tags(forum, body)
        rules.check_message(body["message"], record.files)
        thread = await self._start_thread(forum, body, 11, owner=self.bot["id"])
        message = await self._post(thread, body["message"], record, publish=False)
        self.messages.pop(message["id"])
        message["id"] = thread["last_message_id"] = thread["id"]
        self.messages[message["id"]] = message
        await self._publish("MESSAGE_CREATE", message)
        return 201, self._channel_json(thread) | {"message": self._message_json(message)}

    async def _do_create_thread_from_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        parent, mine = self._channel_for(channel_id, Perm.CREATE_PUBLIC_THREADS), self.bot["id"]
        self._message_for(channel_id, message_id)
        if parent["type"] not in (0, 5):
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        if message_id in self.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message", violation=False)
        return 201, self._channel_json(await self._start_thread(parent, body, 11, owner=mine, message_id=message_id))

    async def _do_join_thread(self, body: Any, record: Request, channel_id: str) -> Any:
        self._channel_for(channel_id)

    async def _do_get_active_guild_threads(self, body: Any, record: Request, guild_id: str) -> Any:
        mine = [one for one in self._channels_of(self._guild_for(guild_id)) if one["type"] in THREADS]
        live = [self._channel_json(one) for one in mine if not one["thread_metadata"]["archived"]]
        return {"threads": live, "members": [], "has_more": False}

    async def _do_list_public_archived_threads(self, body: Any, record: Request, channel_id: str) -> Any:
        self._channel_for(channel_id, Perm.READ_MESSAGE_HISTORY)
        mine = [one for one in self.channels.values() if one.get("parent_id") == channel_id and one["type"] in THREADS]
        old = [self._channel_json(one) for one in mine if one["thread_metadata"]["archived"] and one["type"] != 12]
        return {"threads": old, "members": [], "has_more": False}
