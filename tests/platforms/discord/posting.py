"""Finding what a request means, and posting and editing messages."""

import copy
from typing import Any

from tests.platforms.discord import rules
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.records import Request, now_iso
from tests.platforms.discord.wire import Wire


class Posting(Wire):
    """What several operations do; refusals carry Discord's own codes."""

    def _channel_for(self, channel_id: str, *needed: Perm) -> dict[str, Any]:
        channel = self.channels.get(channel_id)
        if channel_id in self.left:
            raise ApiError(403, 50001, "Missing Access", violation=False)
        if channel is None:
            raise ApiError(404, 10003, "Unknown Channel", violation=False)
        have = self.bot_permissions(channel)
        if not have & Perm.VIEW_CHANNEL:
            raise ApiError(403, 50001, "Missing Access", violation=False)
        for permission in needed:
            if not have & permission:
                raise ApiError(403, 50013, "Missing Permissions", violation=False)
        return channel

    def _message_for(self, channel_id: str, message_id: str) -> dict[str, Any]:
        message = self.messages.get(message_id)
        if message is None or message["channel_id"] != channel_id:
            raise ApiError(404, 10008, "Unknown Message", violation=False)
        return message

    def _guild_for(self, guild_id: str) -> dict[str, Any]:
        if guild_id not in self.guilds:
            raise ApiError(403 if guild_id.isdigit() else 404, 50001, "Missing Access", violation=False)
        return self.guilds[guild_id]

    def _attach(self, message: dict, body: dict, record: Request, keep: bool = False) -> None:
        """Store uploads, following the body's ``attachments`` list."""
        rules.check_files(body, record.files, self.attachment_limit)
        described = {str(a["id"]): a for a in body.get("attachments") or []}
        old = {a["id"]: a for a in message["attachments"]}
        if keep and "attachments" in body:
            message["attachments"] = [old[i] for i in described if i in old]
        for index, file in sorted(record.files.items()):
            about = described.get(str(index), {})
            if about.get("filename"):
                file.filename = about["filename"]
            message["attachments"].append(self._store_file(file, message["channel_id"], about.get("description")))
        names = {a["filename"]: a["url"] for a in message["attachments"]}
        rules.resolve_attachment_urls(message, names, self.violate)
        rules.complete(message)

    async def _post(
        self,
        channel: dict,
        body: dict,
        record: Request,
        *,
        author: dict | None = None,
        extra: dict | None = None,
        publish: bool = True,
    ) -> dict[str, Any]:
        rules.check_message(body, record.files)
        rules.check_files(body, record.files, self.attachment_limit)
        message = self._new_message(channel, author or self.bot, body)
        message |= extra or {}
        self._attach(message, body, record)
        if publish:
            await self._publish("MESSAGE_CREATE", message)
        return message

    async def _edit(self, message: dict, body: dict, record: Request) -> dict[str, Any]:
        merged = {
            "content": body.get("content", message["content"]),
            "embeds": body.get("embeds", message["embeds"]),
            "components": body.get("components", message["components"]),
            "flags": (message["flags"] | (body.get("flags") or 0)),
            "attachments": body.get("attachments"),
        }
        rules.check_message(merged, record.files, has_files=bool(message["attachments"]))
        for key in ("content", "embeds", "components"):
            if key in body:
                message[key] = body[key] or ("" if key == "content" else [])
        message["components"] = rules.number(copy.deepcopy(message["components"]))
        message["flags"] = merged["flags"]
        message["edited_timestamp"] = now_iso()
        self._attach(message, body, record, keep=True)
        if not message.get("_ephemeral"):
            await self._publish("MESSAGE_UPDATE", message)
        self._notify()
        return message
