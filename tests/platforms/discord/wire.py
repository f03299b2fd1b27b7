"""Objects as they go over the wire, and events to the bot."""

import copy
from typing import Any

from tests.platforms.discord import rules
from tests.platforms.discord.permissions import HAS_THREAD, Perm
from tests.platforms.discord.records import THREADS, UploadedFile, now_iso
from tests.platforms.discord.world import World


class Wire(World):
    """What is sent, made of what is known."""

    def _member_json(self, guild: dict, user_id: str, permissions: bool = False) -> dict[str, Any]:
        member = dict(guild["members"].get(user_id) or self.add_member(guild, self.users[user_id]))
        if permissions:
            member["permissions"] = str(int(guild["permissions"].get(user_id, Perm.DEFAULT)))
        return member

    def _channel_json(self, channel: dict) -> dict[str, Any]:
        made = {key: value for key, value in channel.items() if not key.startswith("_")}
        denied = self._denied.get(channel["id"])
        if denied and "permission_overwrites" in channel:
            mine = {"id": self.bot["id"], "type": 1, "allow": "0", "deny": str(int(denied))}
            made["permission_overwrites"] = [*channel["permission_overwrites"], mine]
        return made

    def _message_json(self, message: dict) -> dict[str, Any]:
        made = {key: copy.deepcopy(value) for key, value in message.items() if not key.startswith("_")}
        if message["flags"] & HAS_THREAD and message["id"] in self.channels:
            made["thread"] = self._channel_json(self.channels[message["id"]])
        return made

    def _roles(self, guild: dict) -> list[dict[str, Any]]:
        denied = self._denied.get(guild["id"], Perm(0))
        return [
            role | {"permissions": str(int(role["permissions"]) & ~int(denied))} for role in guild["roles"].values()
        ]

    def _guild_base(self, guild: dict) -> dict[str, Any]:
        return {
            "id": guild["id"],
            "name": guild["name"],
            "icon": None,
            "description": None,
            "home_header": None,
            "splash": None,
            "discovery_splash": None,
            "features": [],
            "banner": None,
            "owner_id": guild["owner"]["id"],
            "application_id": None,
            "region": "us",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": guild.get("system_channel_id"),
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "roles": self._roles(guild),
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": None,
            "max_members": 500000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": None,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": guild["locale"],
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": None,
        }

    def _guild_event(self, guild: dict) -> dict[str, Any]:
        mine = [self._channel_json(channel) for channel in self._channels_of(guild)]
        return self._guild_base(guild) | {
            "joined_at": now_iso(),
            "large": False,
            "unavailable": False,
            "member_count": len(guild["members"]),
            "voice_states": [],
            "members": [self._member_json(guild, self.bot["id"])],
            "channels": [c for c in mine if c["type"] not in THREADS],
            "threads": [c for c in mine if c["type"] in THREADS],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def _application(self) -> dict[str, Any]:
        flags = (1 << 19 if self.privileged_intents & 1 << 15 else 0) | (
            1 << 15 if self.privileged_intents & 1 << 1 else 0
        )
        return {
            "id": self.application_id,
            "name": "earshot",
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.bot,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": flags,
            "flags_new": str(flags),
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self._user("dev", id=self.new_id()),
            "approximate_guild_count": len(self.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "integration_types_config": {"0": {}},
            "eligible_oauth2_scopes": [],
        }

    def _store_file(self, file: UploadedFile, folder: str, description: str | None = None) -> dict[str, Any]:
        file_id = self.new_id()
        path = f"attachments/{folder}/{file_id}/{file.filename}"
        self.files[path] = file
        url = f"{self.cdn_base}/{path}"
        out = {
            "id": file_id,
            "filename": file.filename,
            "size": len(file.data),
            "url": url,
            "proxy_url": url,
            "content_type": file.content_type,
        }
        return out | ({"description": description} if description else {})

    def attachment_data(self, attachment: dict) -> bytes:
        """The bytes the bot uploaded."""
        return self.files[attachment["url"].removeprefix(self.cdn_base + "/")].data

    def _new_message(self, channel: dict, author: dict, body: dict[str, Any]) -> dict[str, Any]:
        message = {
            "id": self.new_id(),
            "channel_id": channel["id"],
            "author": author,
            "content": body.get("content") or "",
            "timestamp": now_iso(),
            "edited_timestamp": None,
            "tts": bool(body.get("tts")),
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [dict(e, type="rich") for e in body.get("embeds") or []],
            "pinned": False,
            "type": 0,
            "components": rules.number(copy.deepcopy(body.get("components") or [])),
            "flags": body.get("flags") or 0,
        }
        message |= rules.mentions(message["content"], body.get("allowed_mentions"), self.users)
        if body.get("nonce") is not None:
            message["nonce"] = body["nonce"]
        self.messages[message["id"]] = message
        channel["last_message_id"] = message["id"]
        return message

    async def _publish(self, event: str, message: dict) -> None:
        channel = self.channels[message["channel_id"]]
        data = self._message_json(message)
        guild = self.guilds.get(channel.get("guild_id") or "")
        if guild:
            data["guild_id"] = guild["id"]
            if not message.get("webhook_id") and message["author"]["id"] in guild["members"]:
                member = self._member_json(guild, message["author"]["id"])
                member.pop("user")
                data["member"] = member
        await self.dispatch(event, data, intent=1 << (9 if guild else 12), message=True)

    async def dispatch(self, event: str, data: Any, *, intent: int = 0, message: bool = False) -> None:
        """Send a gateway event to every connection whose intents ask for it."""
        self._notify()
        guild_id = data.get("id" if event in ("GUILD_CREATE", "GUILD_DELETE", "GUILD_UPDATE") else "guild_id")
        for session in list(self._sessions.values()):
            if intent and not session.intents & intent:
                continue
            if guild_id and not session.serves(guild_id):
                continue
            payload = data
            if message and not session.intents & 1 << 15 and not self._sees_content(data):
                payload = data | {"content": "", "embeds": [], "attachments": [], "components": []}
            await session.emit(event, payload)

    def _sees_content(self, data: dict) -> bool:
        """Without the message-content intent: own messages, direct messages and mentions only."""
        mentioned = any(u["id"] == self.bot["id"] for u in data["mentions"])
        return data["author"]["id"] == self.bot["id"] or "guild_id" not in data or mentioned
