"""Operations on channels and threads, forum posts among them."""

from typing import Any

from tests.platforms.discord.changes import Changes
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.posting import Posting
from tests.platforms.discord.records import Request, now_iso


class Threads(Posting, Changes):
    """A forum is a channel whose messages are threads."""

    def _new_thread(self, parent: dict, body: dict, kind: int, id: str | None = None) -> dict[str, Any]:
        thread = {
            "id": id or self.new_id(),
            "type": kind,
            "guild_id": parent["guild_id"],
            "name": body["name"],
            "parent_id": parent["id"],
            "owner_id": self.bot["id"],
            "flags": 0,
            "last_message_id": None,
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "rate_limit_per_user": 0,
            "thread_metadata": {
                "archived": False,
                "locked": False,
                "archive_timestamp": now_iso(),
                "auto_archive_duration": body.get("auto_archive_duration") or 4320,
                "create_timestamp": now_iso(),
            },
        }
        self.channels[thread["id"]] = thread
        self.guilds[parent["guild_id"]]["channels"].append(thread["id"])
        return thread

    async def _do_get_channel(self, body: Any, record: Request, channel_id: str) -> Any:
        return self._channel_json(self._channel_for(channel_id))

    async def _do_update_channel(self, body: Any, record: Request, channel_id: str) -> Any:
        channel = self._channel_for(channel_id)
        if channel["type"] in (10, 11, 12):
            meta = channel["thread_metadata"]
            meta |= {k: body[k] for k in ("archived", "locked", "auto_archive_duration") if k in body}
            channel |= {k: body[k] for k in ("name", "rate_limit_per_user", "applied_tags") if k in body}
            await self.dispatch("THREAD_UPDATE", self._channel_json(channel), intent=1)
        else:
            self._channel_for(channel_id, Perm.MANAGE_CHANNELS)
            channel |= {k: v for k, v in body.items() if k in channel}
            await self.dispatch("CHANNEL_UPDATE", self._channel_json(channel), intent=1)
        return self._channel_json(channel)

    async def _do_delete_channel(self, body: Any, record: Request, channel_id: str) -> Any:
        channel = self._channel_for(channel_id, Perm.MANAGE_CHANNELS)
        await self.delete_channel(channel)
        return self._channel_json(channel)

    async def _do_create_thread(self, body: Any, record: Request, channel_id: str) -> Any:
        parent = self._channel_for(channel_id)
        if parent["type"] in (15, 16):
            self._channel_for(channel_id, Perm.SEND_MESSAGES)
            if "message" not in body:
                raise ApiError(400, 50035, "Invalid Form Body", {"message": "This field is required"})
            thread = self._new_thread(parent, body, 11)
            await self.dispatch("THREAD_CREATE", self._channel_json(thread) | {"newly_created": True}, intent=1)
            # In a forum the first message has the thread's own id.
            message = await self._post(thread, body["message"], record, publish=False)
            self.messages.pop(message["id"])
            message["id"] = thread["id"]
            self.messages[message["id"]] = message
            await self._publish("MESSAGE_CREATE", message)
            return 201, self._channel_json(thread) | {"message": self._message_json(message)}
        kind = body.get("type") or 12
        self._channel_for(channel_id, Perm.CREATE_PRIVATE_THREADS if kind == 12 else Perm.CREATE_PUBLIC_THREADS)
        thread = self._new_thread(parent, body, kind)
        await self.dispatch("THREAD_CREATE", self._channel_json(thread) | {"newly_created": True}, intent=1)
        return 201, self._channel_json(thread)

    async def _do_create_thread_from_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        parent = self._channel_for(channel_id, Perm.CREATE_PUBLIC_THREADS)
        self._message_for(channel_id, message_id)
        if message_id in self.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        thread = self._new_thread(parent, body, 11, message_id)
        await self.dispatch("THREAD_CREATE", self._channel_json(thread) | {"newly_created": True}, intent=1)
        return 201, self._channel_json(thread)

    async def _do_join_thread(self, body: Any, record: Request, channel_id: str) -> Any:
        self._channel_for(channel_id)
