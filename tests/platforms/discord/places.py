"""Operations on users, the application, the gateway's address and guilds."""

from typing import Any

from tests.platforms.discord.changes import Changes
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.posting import Posting
from tests.platforms.discord.records import THREADS, Request


class Places(Posting, Changes):
    """Mostly looking up."""

    async def _do_get_my_user(self, body: Any, record: Request) -> Any:
        return self.bot | {"mfa_enabled": False, "locale": "en-US", "verified": True}

    async def _do_get_my_application(self, body: Any, record: Request) -> Any:
        return self._application()

    async def _do_get_my_oauth2_application(self, body: Any, record: Request) -> Any:
        return self._application()

    async def _do_get_user(self, body: Any, record: Request, user_id: str) -> Any:
        if user_id not in self.users:
            raise ApiError(404, 10013, "Unknown User", violation=False)
        return self.users[user_id]

    async def _do_get_gateway(self, body: Any, record: Request) -> Any:
        return {"url": self.gateway_url}

    async def _do_get_bot_gateway(self, body: Any, record: Request) -> Any:
        return {
            "url": self.gateway_url,
            "shards": self.shards,
            "session_start_limit": {
                "total": 1000,
                "remaining": 1000 - self.identifies,
                "reset_after": 14400000,
                "max_concurrency": self.max_concurrency,
            },
        }

    async def _do_create_dm(self, body: Any, record: Request) -> Any:
        user = self.users.get(str(body.get("recipient_id")))
        if user is None:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return self.dm_channel(user)

    async def _do_get_guild(self, body: Any, record: Request, guild_id: str) -> Any:
        return self._guild_base(self._guild_for(guild_id)) | {
            "approximate_member_count": 3,
            "approximate_presence_count": 1,
        }

    async def _do_list_guild_channels(self, body: Any, record: Request, guild_id: str) -> Any:
        mine = self._channels_of(self._guild_for(guild_id))
        return [self._channel_json(one) for one in mine if one["type"] not in THREADS]

    async def _do_create_guild_channel(self, body: Any, record: Request, guild_id: str) -> Any:
        guild = self._guild_for(guild_id)
        if not guild["permissions"][self.bot["id"]] & (Perm.MANAGE_CHANNELS | Perm.ADMINISTRATOR):
            raise ApiError(403, 50013, "Missing Permissions", violation=False)
        parent = self.channels.get(str(body.get("parent_id")))
        channel = await self.create_channel(guild, body["name"], type=body.get("type") or 0, parent=parent)
        return 201, self._channel_json(channel)

    async def _do_get_guild_member(self, body: Any, record: Request, guild_id: str, user_id: str) -> Any:
        if user_id not in self._guild_for(guild_id)["members"]:
            raise ApiError(404, 10007, "Unknown Member", violation=False)
        return self._member_json(self.guilds[guild_id], user_id)

    async def _do_list_my_guilds(self, body: Any, record: Request) -> Any:
        return [
            {
                "id": g["id"],
                "name": g["name"],
                "icon": None,
                "banner": None,
                "owner": False,
                "features": [],
                "permissions": str(int(g["permissions"][self.bot["id"]])),
            }
            for g in self.guilds.values()
        ]

    async def _do_leave_guild(self, body: Any, record: Request, guild_id: str) -> Any:
        await self.kick_bot(self._guild_for(guild_id))

    async def _do_list_guild_roles(self, body: Any, record: Request, guild_id: str) -> Any:
        return self._roles(self._guild_for(guild_id))
