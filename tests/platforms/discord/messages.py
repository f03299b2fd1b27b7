"""Operations on messages: posting, reading, editing, deleting, pins and reactions."""

from typing import Any

from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.posting import Posting
from tests.platforms.discord.records import Request


class Messages(Posting):
    """Of channels, threads and direct messages alike."""

    async def _do_create_message(self, body: Any, record: Request, channel_id: str) -> Any:
        channel = self._channel_for(channel_id)
        needed = [Perm.SEND_MESSAGES_IN_THREADS if channel["type"] in (10, 11, 12) else Perm.SEND_MESSAGES]
        needed += [Perm.EMBED_LINKS] if body.get("embeds") else []
        needed += [Perm.ATTACH_FILES] if record.files else []
        self._channel_for(channel_id, *needed)
        if channel["type"] == 15:
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        if channel["type"] == 1 and channel["recipients"][0]["id"] in self.closed_dms:
            raise ApiError(403, 50007, "Cannot send messages to this user", violation=False)
        if channel.get("thread_metadata", {}).get("locked"):
            raise ApiError(403, 160005, "Thread is locked", violation=False)
        if reference := body.get("message_reference"):
            target = self.messages.get(str(reference.get("message_id")))
            if target is None and reference.get("fail_if_not_exists", True):
                raise ApiError(
                    400, 50035, "Invalid Form Body", {"message_reference": "Unknown message"}, violation=False
                )
        if body.get("enforce_nonce") and body.get("nonce") is not None:
            for old in self.messages_in(channel):
                if old.get("nonce") == body["nonce"] and old["author"]["id"] == self.bot["id"]:
                    return self._message_json(old)
        message = await self._post(channel, body, record)
        if reference and target is not None:
            message["type"] = 19
            message["message_reference"] = {"type": 0, "channel_id": channel_id, "message_id": target["id"]}
        if "thread_metadata" in channel and channel["thread_metadata"]["archived"]:
            channel["thread_metadata"]["archived"] = False
        return self._message_json(message)

    async def _do_list_messages(self, body: Any, record: Request, channel_id: str) -> Any:
        channel = self._channel_for(channel_id, Perm.READ_MESSAGE_HISTORY)
        found = sorted(self.messages_in(channel), key=lambda m: int(m["id"]), reverse=True)
        for key, keep in (("before", lambda m, v: int(m["id"]) < v), ("after", lambda m, v: int(m["id"]) > v)):
            if key in record.query:
                found = [m for m in found if keep(m, int(record.query[key]))]
        return [self._message_json(m) for m in found[: int(record.query.get("limit", 50))]]

    async def _do_get_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        self._channel_for(channel_id, Perm.READ_MESSAGE_HISTORY)
        return self._message_json(self._message_for(channel_id, message_id))

    async def _do_update_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        self._channel_for(channel_id)
        message = self._message_for(channel_id, message_id)
        if message["author"]["id"] != self.bot["id"]:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        return self._message_json(await self._edit(message, body, record))

    async def _do_delete_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        message = self._message_for(channel_id, message_id)
        own = message["author"]["id"] == self.bot["id"]
        self._channel_for(channel_id, *([] if own else [Perm.MANAGE_MESSAGES]))
        self.messages.pop(message_id)
        await self.dispatch(
            "MESSAGE_DELETE",
            {"id": message_id, "channel_id": channel_id}
            | ({"guild_id": g} if (g := self.channels[channel_id].get("guild_id")) else {}),
            intent=1 << 9,
        )

    async def _do_bulk_delete_messages(self, body: Any, record: Request, channel_id: str) -> Any:
        self._channel_for(channel_id, Perm.MANAGE_MESSAGES)
        if not 2 <= len(body["messages"]) <= 100:
            raise ApiError(
                400,
                50016,
                "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete",
            )
        for message_id in body["messages"]:
            self.messages.pop(message_id, None)

    async def _do_add_my_message_reaction(
        self, body: Any, record: Request, channel_id: str, message_id: str, emoji_name: str
    ) -> Any:
        self._channel_for(channel_id, Perm.READ_MESSAGE_HISTORY, Perm.ADD_REACTIONS)
        self._message_for(channel_id, message_id).setdefault("_reactions", []).append(emoji_name)

    async def _do_delete_my_message_reaction(
        self, body: Any, record: Request, channel_id: str, message_id: str, emoji_name: str
    ) -> Any:
        self._channel_for(channel_id)
        reactions = self._message_for(channel_id, message_id).setdefault("_reactions", [])
        if emoji_name in reactions:
            reactions.remove(emoji_name)

    async def _do_trigger_typing_indicator(self, body: Any, record: Request, channel_id: str) -> Any:
        self._channel_for(channel_id, Perm.SEND_MESSAGES)

    async def _do_create_pin(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        self._channel_for(channel_id, Perm.MANAGE_MESSAGES)
        self._message_for(channel_id, message_id)["pinned"] = True

    async def _do_delete_pin(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        self._channel_for(channel_id, Perm.MANAGE_MESSAGES)
        self._message_for(channel_id, message_id)["pinned"] = False
