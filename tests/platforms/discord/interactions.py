"""Answers to interactions: the callback, and what a message says of where it came from."""

import time
from typing import Any

from tests.platforms.discord import command_rules
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.permissions import EPHEMERAL, LOADING
from tests.platforms.discord.posting import Posting
from tests.platforms.discord.records import Request
from tests.platforms.discord.results import InteractionResult


class Interactions(Posting):
    """One acknowledgement in time, and no second one."""

    async def _do_create_interaction_response(
        self, body: Any, record: Request, interaction_id: str, interaction_token: str
    ) -> Any:
        result = self._interactions_by_id.get(interaction_id)
        if result is None or result.token != interaction_token or (result.expired and result.ack_type is None):
            raise ApiError(404, 10062, "Unknown interaction", violation=False)
        if result.ack_type is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        kind = body["type"]
        command_rules.check_callback(result.interaction, kind)
        message = await self._acknowledged(result, kind, body.get("data") or {}, record)
        result.ack_type, result.ack_latency = kind, time.monotonic() - result.sent_at
        result._touch()
        self._notify()
        if record.query.get("with_response") not in ("1", "true", "True"):
            return 204, None
        about: dict[str, Any] = {"id": result.id, "type": result.interaction["type"]}
        if message is None:
            return {"interaction": about}
        about |= {
            "response_message_id": message["id"],
            "response_message_loading": kind == 5,
            "response_message_ephemeral": result.ephemeral,
        }
        resource = {"type": kind, "message": self._message_json(message)} if kind in (4, 7) else None
        return {"interaction": about} | ({"resource": resource} if resource else {})

    async def _acknowledged(
        self, result: InteractionResult, kind: int, data: dict[str, Any], record: Request
    ) -> dict[str, Any] | None:
        """The message an answer of this kind makes or changes, if it does."""
        channel, flags = self.channels[result.interaction["channel_id"]], data.get("flags") or 0
        if kind == 4:
            origin = self._origin(result, data)
            result.original = await self._post(channel, data, record, extra=origin, publish=not flags & EPHEMERAL)
            result.ephemeral = bool(result.original["flags"] & EPHEMERAL)
        elif kind == 5:
            result.deferred = result.loading = True
            result.ephemeral = bool(flags & EPHEMERAL)
            result.original = self._new_message(channel, self.bot, {"flags": LOADING | flags})
            result.original |= self._origin(result, data)
        elif kind in (6, 7):
            result.original = self.messages[result.interaction["message"]["id"]]
            result.deferred = kind == 6
        elif kind == 8:
            command_rules.check_choices(data, result.interaction)
            result.choices = data.get("choices") or []
        elif kind == 9:
            command_rules.check_modal(data)
            result.modal = data
        if kind == 7:
            await self._edit(result.original, data, record)
        return result.original if kind in (4, 5, 7) else None

    def _origin(self, result: InteractionResult, data: dict) -> dict[str, Any]:
        interaction = result.interaction
        user = interaction.get("user") or interaction["member"]["user"]
        about = {
            "id": result.id,
            "type": interaction["type"],
            "user": user,
            "authorizing_integration_owners": interaction["authorizing_integration_owners"],
        }
        if interaction["type"] == 2:
            about |= {"name": interaction["data"]["name"], "command_type": interaction["data"]["type"]}
        elif interaction["type"] == 3:
            about["interacted_message_id"] = interaction["message"]["id"]
        else:
            about["triggering_interaction_metadata"] = {
                "id": result.id,
                "type": 2,
                "user": user,
                "name": "modal",
                "command_type": 1,
                "authorizing_integration_owners": interaction["authorizing_integration_owners"],
            }
        return {
            "webhook_id": self.application_id,
            "application_id": self.application_id,
            "interaction_metadata": about,
            "type": 20 if interaction["type"] == 2 else 0,
            "_token": result.token,
            "_ephemeral": bool((data.get("flags") or 0) & EPHEMERAL),
        }
