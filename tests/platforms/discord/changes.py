"""What befalls a bot: thrown out, invited, channels gone."""

from typing import Any

from tests.platforms.discord.wire import Wire


class Changes(Wire):
    """Each tells the bot by its event."""

    async def kick_bot(self, guild: dict) -> None:
        """Remove the bot from a guild."""
        self.guilds.pop(guild["id"])
        for channel_id in guild["channels"]:
            self.channels.pop(channel_id, None)
        await self.dispatch("GUILD_DELETE", {"id": guild["id"]}, intent=1)

    async def delete_channel(self, channel: dict) -> None:
        self.channels.pop(channel["id"])
        await self.dispatch("CHANNEL_DELETE", self._channel_json(channel), intent=1)

    async def invite_bot(self, name: str, **kw: Any) -> dict[str, Any]:
        """Add a guild while the bot runs."""
        guild = self.add_guild(name, **kw)
        self.add_channel(guild, "general")
        await self.dispatch("GUILD_CREATE", self._guild_event(guild), intent=1)
        return guild
