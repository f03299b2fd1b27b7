"""Webhooks: those of interactions (first answer, follow-ups) and those of channels."""

import secrets
import time
from typing import Any

from tests.platforms.discord import rules
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.interactions import Interactions
from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.records import Request
from tests.platforms.discord.results import InteractionResult


class Webhooks(Interactions):
    """The token of an interaction is a webhook's for a quarter of an hour."""

    def _webhook_for(self, webhook_id: str, token: str) -> InteractionResult | dict[str, Any]:
        if webhook_id == self.application_id:
            result = self.interactions.get(token)
            if result is None or result.ack_type is None:
                raise ApiError(404, 10015, "Unknown Webhook")
            if time.monotonic() - result.sent_at > self.token_lifetime:
                raise ApiError(401, 50027, "Invalid Webhook Token", violation=False)
            return result
        webhook = self.webhooks.get(webhook_id)
        if webhook is None or webhook["token"] != token:
            raise ApiError(404, 10015, "Unknown Webhook", violation=False)
        return webhook

    async def _do_execute_webhook(self, body: Any, record: Request, webhook_id: str, webhook_token: str) -> Any:
        target = self._webhook_for(webhook_id, webhook_token)
        if isinstance(target, dict):
            channel = self.channels.get(record.query.get("thread_id") or target["channel_id"])
            if channel is None:
                raise ApiError(404, 10003, "Unknown Channel", violation=False)
            author = {**self._user(body.get("username") or target["name"], bot=True, id=webhook_id)}
            message = await self._post(channel, body, record, author=author, extra={"webhook_id": webhook_id})
            return self._message_json(message) if record.query.get("wait") in ("1", "true", "True") else (204, None)
        if target.loading:  # the first follow-up after a deferral fills the waiting message
            return self._message_json(await self._fill(target, body, record))
        channel = self.channels[target.interaction["channel_id"]]
        if (
            "0" not in target.interaction["authorizing_integration_owners"]
            and len(target.followups) >= 5
            and target.interaction["context"] != 1
        ):
            raise ApiError(400, 40094, "Maximum follow-up messages reached")
        message = await self._post(
            channel, body, record, extra=self._origin(target, body), publish=not (body.get("flags") or 0) & 64
        )
        target.followups.append(message)
        target._touch()
        self._notify()
        return self._message_json(message)

    async def _fill(self, result: InteractionResult, body: dict, record: Request) -> dict[str, Any]:
        message = result.original
        assert message is not None
        first = result.loading
        rules.check_message({**body, "flags": (body.get("flags") or 0) & ~64}, record.files)
        rules.check_files(body, record.files, self.attachment_limit)
        message["flags"] = (message["flags"] | ((body.get("flags") or 0) & ~64)) & ~128
        edited = await self._edit(message, {**body, "flags": None}, record)
        if first:
            edited["edited_timestamp"] = None
        result.loading, result.filled = False, True
        result._touch()
        return edited

    async def _do_get_original_webhook_message(
        self, body: Any, record: Request, webhook_id: str, webhook_token: str
    ) -> Any:
        result = self._webhook_for(webhook_id, webhook_token)
        if not isinstance(result, InteractionResult) or result.original is None:
            raise ApiError(404, 10008, "Unknown Message", violation=False)
        return self._message_json(result.original)

    async def _do_update_original_webhook_message(
        self, body: Any, record: Request, webhook_id: str, webhook_token: str
    ) -> Any:
        result = self._webhook_for(webhook_id, webhook_token)
        if not isinstance(result, InteractionResult) or result.original is None:
            raise ApiError(404, 10008, "Unknown Message", violation=False)
        return self._message_json(await self._fill(result, body, record))

    async def _do_delete_original_webhook_message(
        self, body: Any, record: Request, webhook_id: str, webhook_token: str
    ) -> Any:
        result = self._webhook_for(webhook_id, webhook_token)
        if not isinstance(result, InteractionResult) or result.original is None:
            raise ApiError(404, 10008, "Unknown Message", violation=False)
        self.messages.pop(result.original["id"], None)
        result.original, result.loading, result.deferred = None, False, True  # what is said instead is to come
        result._touch()

    def _webhook_message(self, webhook_id: str, token: str, message_id: str) -> dict[str, Any]:
        target = self._webhook_for(webhook_id, token)
        message = self.messages.get(message_id)
        mine = message and (
            message.get("_token") == token
            or message.get("webhook_id") == webhook_id
            or (isinstance(target, InteractionResult) and target.original is message)
        )
        if not mine:
            raise ApiError(404, 10008, "Unknown Message", violation=False)
        return message

    async def _do_get_webhook_message(
        self, body: Any, record: Request, webhook_id: str, webhook_token: str, message_id: str
    ) -> Any:
        return self._message_json(self._webhook_message(webhook_id, webhook_token, message_id))

    async def _do_update_webhook_message(
        self, body: Any, record: Request, webhook_id: str, webhook_token: str, message_id: str
    ) -> Any:
        message = self._webhook_message(webhook_id, webhook_token, message_id)
        target = self.interactions.get(webhook_token)
        if target and target.original is message:
            return self._message_json(await self._fill(target, body, record))
        return self._message_json(await self._edit(message, body, record))

    async def _do_delete_webhook_message(
        self, body: Any, record: Request, webhook_id: str, webhook_token: str, message_id: str
    ) -> Any:
        self.messages.pop(self._webhook_message(webhook_id, webhook_token, message_id)["id"])

    async def _do_create_webhook(self, body: Any, record: Request, channel_id: str) -> Any:
        channel = self._channel_for(channel_id, Perm.MANAGE_WEBHOOKS)
        webhook = {
            "id": self.new_id(),
            "type": 1,
            "guild_id": channel.get("guild_id"),
            "channel_id": channel_id,
            "name": body["name"],
            "avatar": None,
            "application_id": self.application_id,
            "token": secrets.token_urlsafe(50),
            "user": self.bot,
            "url": f"{self.api_base}/webhooks/",
        }
        self.webhooks[webhook["id"]] = webhook
        return webhook

    async def _do_list_channel_webhooks(self, body: Any, record: Request, channel_id: str) -> Any:
        self._channel_for(channel_id, Perm.MANAGE_WEBHOOKS)
        return [w for w in self.webhooks.values() if w["channel_id"] == channel_id]
