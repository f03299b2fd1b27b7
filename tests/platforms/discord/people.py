"""What people do: commands, buttons, menus, forms, words and reactions."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from typing import Any

from tests.platforms.discord import rules
from tests.platforms.discord.options import Options
from tests.platforms.discord.records import CHANNEL, MENTIONABLE, ROLE, USER, UploadedFile
from tests.platforms.discord.results import InteractionResult
from tests.waiting import PATIENCE


class People(Options):
    """Every action waits for what the bot makes of it."""

    def _interaction(
        self,
        kind: int,
        data: dict[str, Any],
        *,
        user: dict,
        channel: dict,
        message: dict | None = None,
        locale: str | None = None,
    ) -> InteractionResult:
        guild = self.guilds.get(channel.get("guild_id") or "")
        interaction: dict[str, Any] = {
            "id": self.new_id(),
            "application_id": self.application_id,
            "type": kind,
            "token": secrets.token_urlsafe(48),
            "version": 1,
            "data": data,
            "channel_id": channel["id"],
            "channel": self._channel_json(channel),
            "locale": locale or user.get("locale", "en-US"),
            "entitlements": [],
            "attachment_size_limit": self.attachment_limit,
            "app_permissions": str(int(self.bot_permissions(channel))),
            "authorizing_integration_owners": {"0": guild["id"]} if guild else {"1": user["id"]},
            "context": 0 if guild else 1,
        }
        if guild:
            interaction |= {
                "guild_id": guild["id"],
                "guild_locale": guild["locale"],
                "guild": {"id": guild["id"], "locale": guild["locale"], "features": []},
                "member": self._member_json(guild, user["id"], permissions=True),
            }
        else:
            interaction["user"] = user
        if message is not None:
            interaction["message"] = self._message_json(message)
        result = InteractionResult(self, interaction)
        self.interactions[result.token] = self._interactions_by_id[result.id] = result
        return result

    async def _act(self, result: InteractionResult, wait: str, timeout: float) -> InteractionResult:
        result.sent_at = time.monotonic()
        asyncio.get_running_loop().call_later(self.ack_deadline, self._expire, result)
        await self.dispatch("INTERACTION_CREATE", result.interaction)
        if wait == "ack":
            return await result.until(lambda r: r.failed or r.ack_type is not None, timeout)
        if wait == "final":
            return await result.settled(timeout)
        return result

    def _expire(self, result: InteractionResult) -> None:
        result.expired = True
        if result.ack_type is None:
            self.violate(
                "deadline",
                f"interaction {result.interaction['type']} {self._label(result)}",
                f"not acknowledged within {self.ack_deadline} s",
            )
        result._touch()
        self._notify()

    @staticmethod
    def _label(result: InteractionResult) -> str:
        data = result.interaction.get("data") or {}
        return str(data.get("name") or data.get("custom_id"))

    async def slash(
        self,
        name: str,
        /,
        *,
        user: dict,
        channel: dict,
        guild: dict | None = None,
        wait: str = "final",
        timeout: float = PATIENCE,
        locale: str | None = None,
        **options: Any,
    ) -> InteractionResult:
        """Run ``/name`` (sub-commands: ``"config set"``) as ``user``, as far as Discord's client would let them.

        ``wait``: ``final`` (the answer), ``ack`` (the acknowledgement) or ``none``.
        """
        guild = guild or self.guilds.get(channel.get("guild_id") or "")
        data, _ = self._slash_data(name, guild, options)
        self._client_checks(self._command(name, guild), user, guild, channel)
        return await self._act(self._interaction(2, data, user=user, channel=channel, locale=locale), wait, timeout)

    async def autocomplete(
        self, name: str, focused: str, *, user: dict, channel: dict, timeout: float = PATIENCE, **options: Any
    ) -> list[dict[str, Any]]:
        """Type into an option; returns the choices the bot offers."""
        data, _ = self._slash_data(name, self.guilds.get(channel.get("guild_id") or ""), options, focused)
        result = await self._act(self._interaction(4, data, user=user, channel=channel), "final", timeout)
        return result.choices or []

    async def context_menu(
        self, name: str, target: dict, *, user: dict, channel: dict, wait: str = "final", timeout: float = PATIENCE
    ) -> InteractionResult:
        """Use a user or message context-menu command on ``target``."""
        guild = self.guilds.get(channel.get("guild_id") or "")
        is_message = "channel_id" in target
        command = self._command(name, guild, 3 if is_message else 2)
        resolved = (
            {"messages": {target["id"]: self._message_json(target)}}
            if is_message
            else {"users": {target["id"]: target}}
        )
        data = {
            "id": command["id"],
            "name": command["name"],
            "type": command["type"],
            "target_id": target["id"],
            "resolved": resolved,
        }
        return await self._act(self._interaction(2, data, user=user, channel=channel), wait, timeout)

    def find_component(self, message: dict, wanted: str, kinds: tuple[int, ...]) -> dict[str, Any]:
        current = self.messages.get(message["id"], message)
        for component in rules.flatten(current["components"]):
            if component["type"] in kinds and wanted in (
                component.get("custom_id"),
                component.get("label"),
                component.get("placeholder"),
            ):
                if component.get("disabled"):
                    raise PermissionError(f"{wanted!r} is disabled")
                return component
        have = [(c["type"], c.get("label"), c.get("custom_id")) for c in rules.flatten(current["components"])]
        raise LookupError(f"no component {wanted!r}; the message has {have}")

    async def click(
        self, message: dict, button: str, *, user: dict, wait: str = "final", timeout: float = PATIENCE
    ) -> InteractionResult:
        """Press a button, named by its label or custom_id."""
        component = self.find_component(message, button, (2,))
        if "custom_id" not in component:
            raise LookupError(f"{button!r} is a link to {component.get('url')}")
        message = self.messages.get(message["id"], message)
        data = {"component_type": 2, "custom_id": component["custom_id"], "id": component.get("id", 1)}
        return await self._act(
            self._interaction(3, data, user=user, channel=self.channels[message["channel_id"]], message=message),
            wait,
            timeout,
        )

    async def select(
        self, message: dict, menu: str, values: list[Any], *, user: dict, wait: str = "final", timeout: float = PATIENCE
    ) -> InteractionResult:
        """Choose in a select menu (strings, or user/channel/role objects for the entity menus)."""
        component = self.find_component(message, menu, (3, 5, 6, 7, 8))
        low, high = component.get("min_values", 1), component.get("max_values", 1)
        if not (1 if low is None else low) <= len(values) <= (1 if high is None else high):
            raise ValueError(f"{menu}: {len(values)} values, allowed {low}..{high}")
        data: dict[str, Any] = {
            "component_type": component["type"],
            "custom_id": component["custom_id"],
            "id": component.get("id", 1),
        }
        if component["type"] == 3:
            offered = [o["value"] for o in component["options"]]
            if bad := [v for v in values if v not in offered]:
                raise ValueError(f"{menu}: {bad} not offered; {offered}")
            data["values"] = values
        else:
            resolved: dict[str, Any] = {}
            kind = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}[component["type"]]
            guild = self.guilds.get(self.channels[message["channel_id"]].get("guild_id") or "")
            data["values"] = [self._option_value({"type": kind, "name": menu}, v, resolved, guild) for v in values]
            data["resolved"] = resolved
        message = self.messages.get(message["id"], message)
        return await self._act(
            self._interaction(3, data, user=user, channel=self.channels[message["channel_id"]], message=message),
            wait,
            timeout,
        )

    async def submit(
        self,
        result: InteractionResult,
        values: dict[str, Any],
        *,
        user: dict,
        wait: str = "final",
        timeout: float = PATIENCE,
    ) -> InteractionResult:
        """Fill in and send the modal that ``result`` opened; fields by label or custom_id."""
        if not result.modal:
            raise LookupError("the bot opened no modal")
        given, rows = dict(values), []

        def fill(field_: dict, label: str | None) -> dict[str, Any]:
            for key in (field_["custom_id"], label, field_.get("label")):
                if key in given:
                    value = given.pop(key)
                    break
            else:
                if field_.get("required", True):
                    raise ValueError(f"modal field {label or field_['custom_id']!r} is required")
                value = [] if field_["type"] != 4 else ""
            out = {"type": field_["type"], "custom_id": field_["custom_id"], "id": field_.get("id", 1)}
            if field_["type"] == 4:
                if value and not (field_.get("min_length") or 0) <= len(value) <= (field_.get("max_length") or 4000):
                    raise ValueError(f"{label}: length {len(value)} outside the declared bounds")
                return out | {"value": value}
            return out | {"values": value}

        for top in result.modal["components"]:
            if top["type"] == 1:
                rows.append({"type": 1, "id": 1, "components": [fill(top["components"][0], None)]})
            elif top["type"] == 18:
                rows.append({"type": 18, "id": 1, "component": fill(top["component"], top["label"])})
        if given:
            raise LookupError(f"the modal has no fields {sorted(given)}")
        channel = self.channels[result.interaction["channel_id"]]
        data = {"custom_id": result.modal["custom_id"], "components": rows, "resolved": {}}
        return await self._act(
            self._interaction(5, data, user=user, channel=channel, message=result.interaction.get("message")),
            wait,
            timeout,
        )

    async def say(
        self,
        channel: dict,
        content: str,
        *,
        user: dict,
        files: Sequence[UploadedFile] = (),
        reply_to: dict | None = None,
    ) -> dict[str, Any]:
        """A user writes a message; the bot sees it as its intents allow."""
        message = self._new_message(channel, user, {"content": content})
        message["mentions"] = [u for u in self.users.values() if f"<@{u['id']}>" in content]
        message["attachments"] = [self._store_file(f, channel["id"]) for f in files]
        if reply_to:
            message["type"] = 19
            message["message_reference"] = {"message_id": reply_to["id"], "channel_id": channel["id"]}
            message["referenced_message"] = self._message_json(reply_to)
            # A pinging reply to an ordinary message of the bot counts as a mention; one to an
            # interaction answer does not (documented exception of the message-content intent).
            if reply_to["author"]["id"] == self.bot["id"] and not reply_to.get("webhook_id"):
                message["mentions"].append(self.bot)
        await self._publish("MESSAGE_CREATE", message)
        return message

    async def react(self, message: dict, emoji: str, *, user: dict) -> None:
        channel = self.channels[message["channel_id"]]
        event = {
            "user_id": user["id"],
            "channel_id": channel["id"],
            "message_id": message["id"],
            "type": 0,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "message_author_id": message["author"]["id"],
        }
        if guild := self.guilds.get(channel.get("guild_id") or ""):
            event |= {"guild_id": guild["id"], "member": self._member_json(guild, user["id"])}
        await self.dispatch("MESSAGE_REACTION_ADD", event, intent=1 << (10 if guild else 13))
