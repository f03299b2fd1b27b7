"""Operations on messages: posting, reading, editing, deleting, pins and reactions."""

from datetime import UTC, datetime
from typing import Any

from tests.platforms.discord.changes import Changes
from tests.platforms.discord.errors import ApiError, bad, rate_limited
from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.posting import Posting
from tests.platforms.discord.records import FORUMS, THREADS, Request


def _age(message: dict[str, Any]) -> float:
    """Seconds since it was posted."""
    return (datetime.now(UTC) - datetime.fromisoformat(message["timestamp"])).total_seconds()


class Messages(Posting, Changes):
    """Of channels, threads and direct messages alike."""

    async def _do_create_message(self, body: Any, record: Request, channel_id: str) -> Any:
        channel = self._channel_for(channel_id)
        self._check_writable(channel, body, record)
        target = self._replied(body.get("message_reference"))
        if body.get("enforce_nonce") and body.get("nonce") is not None:
            for old in self.messages_in(channel):
                if old.get("nonce") == body["nonce"] and old["author"]["id"] == self.bot["id"]:
                    return self._message_json(old)
        if channel["type"] in THREADS and channel["thread_metadata"]["archived"]:
            await self.update_thread(channel, archived=False)
        extra = {}
        if target is not None:
            about = {"type": 0, "channel_id": target["channel_id"], "message_id": target["id"]}
            extra = {"type": 19, "message_reference": about, "referenced_message": self._message_json(target)}
        return self._message_json(await self._post(channel, body, record, extra=extra))

    def _check_writable(self, channel: dict, body: dict, record: Request) -> None:
        """Whether the bot may write there now."""
        needed = [Perm.SEND_MESSAGES_IN_THREADS if channel["type"] in THREADS else Perm.SEND_MESSAGES]
        needed += [Perm.EMBED_LINKS] if body.get("embeds") else []
        needed += [Perm.ATTACH_FILES] if record.files else []
        self._channel_for(channel["id"], *needed)
        if channel["type"] in (4, *FORUMS):
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        if channel["type"] == 1 and channel["recipients"][0]["id"] in self.closed_dms:
            raise ApiError(403, 50007, "Cannot send messages to this user", violation=False)
        if channel["type"] not in THREADS or not channel["thread_metadata"]["locked"]:
            return
        if not self.bot_permissions(channel) & Perm.MANAGE_THREADS:
            archived = channel["thread_metadata"]["archived"]
            code, words = (50083, "Thread is archived") if archived else (160005, "This thread is locked")
            raise ApiError(403, code, words, violation=False)

    def _replied(self, reference: dict | None) -> dict[str, Any] | None:
        """The message a reply is to; None when there is none and that is no matter."""
        target = self.messages.get(str((reference or {}).get("message_id")))
        if reference and target is None and reference.get("fail_if_not_exists", True):
            raise ApiError(400, 50035, "Invalid Form Body", {"message_reference": "Unknown message"}, violation=False)
        return target

    async def _do_list_messages(self, body: Any, record: Request, channel_id: str) -> Any:
        """Newest first. `around` gives both sides of a message, itself among them."""
        channel, query = self._channel_for(channel_id, Perm.READ_MESSAGE_HISTORY), record.query
        found = sorted(self.messages_in(channel), key=lambda message: int(message["id"]), reverse=True)
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise bad("limit", "int value should be between 1 and 100.")
        if "before" in query:
            found = [one for one in found if int(one["id"]) < int(query["before"])]
        if "after" in query:  # the oldest of those after
            found = [one for one in found if int(one["id"]) > int(query["after"])][-limit:]
        if "around" in query:
            newer = [one for one in found if int(one["id"]) > int(query["around"])][-(limit // 2) :]
            found = newer + [one for one in found if int(one["id"]) <= int(query["around"])]
        return [self._message_json(one) for one in found[:limit]]

    async def _do_get_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        self._channel_for(channel_id, Perm.READ_MESSAGE_HISTORY)
        return self._message_json(self._message_for(channel_id, message_id))

    async def _do_update_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        channel, message = self._channel_for(channel_id), self._message_for(channel_id, message_id)
        if message["author"]["id"] != self.bot["id"]:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        self._check_live(channel)
        if _age(message) > 3600:
            words = "Maximum number of edits to messages older than 1 hour reached. Try again later"
            about = {"message": words, "code": 30046, "retry_after": self.old_edit_wait, "global": False}
            refused = rate_limited(self.old_edit_wait, "shared")
            refused.extra = about
            raise refused
        return self._message_json(await self._edit(message, body, record))

    @staticmethod
    def _check_live(channel: dict) -> None:
        """What is in an archived thread cannot be touched."""
        if channel["type"] in THREADS and channel["thread_metadata"]["archived"]:
            raise ApiError(400, 50083, "Thread is archived", violation=False)

    async def _do_delete_message(self, body: Any, record: Request, channel_id: str, message_id: str) -> Any:
        message = self._message_for(channel_id, message_id)
        own = message["author"]["id"] == self.bot["id"]
        self._check_live(self._channel_for(channel_id, *([] if own else [Perm.MANAGE_MESSAGES])))
        await self.delete_message(message)

    async def _do_bulk_delete_messages(self, body: Any, record: Request, channel_id: str) -> Any:
        self._channel_for(channel_id, Perm.MANAGE_MESSAGES)
        if not 2 <= len(body["messages"]) <= 100:
            raise ApiError(400, 50016, "Provided too few or too many messages to delete")
        if any(_age(self.messages[one]) > 14 * 86400 for one in body["messages"] if one in self.messages):
            raise ApiError(400, 50034, "A message provided was too old to bulk delete")
        for message_id in body["messages"]:
            self.messages.pop(message_id, None)

    async def _do_add_my_message_reaction(
        self, body: Any, record: Request, channel_id: str, message_id: str, emoji_name: str
    ) -> Any:
        self._check_live(self._channel_for(channel_id, Perm.READ_MESSAGE_HISTORY, Perm.ADD_REACTIONS))
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
