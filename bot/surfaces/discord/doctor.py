"""What Discord says of the token, of the servers, and of the rights in the channels posts go to; nothing is connected."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import discord

from bot.health import Part
from bot.surfaces.discord.channels import lacking, number_of
from bot.surfaces.discord.client import PASSING
from bot.surfaces.discord.leading import led
from core.model.person import Address
from core.settings import Settings

SERVERS = 20  # that are looked into: three questions each


async def look(settings: Settings, addresses: Mapping[str, set[Address]]) -> AsyncIterator[tuple[str, Part]]:
    """`addresses` are the channels posts go to, by place."""
    token = settings.DISCORD_TOKEN.get_secret_value() if settings.DISCORD_TOKEN else ""
    async with discord.Client(intents=discord.Intents.none(), **led(settings)) as client:
        try:
            await client.login(token)
        except discord.LoginFailure:
            yield "token", Part("TOKEN_REFUSED", False, {"setting": "DISCORD_TOKEN"})
            return
        except PASSING:
            yield "token", Part("CHAT_SILENT", False, {"who": "Discord", "setting": "DISCORD_PROXY"})
            return
        yield "token", Part("TOKEN_WELL", True, {"name": str(client.user)})
        known = client.application.approximate_guild_count if client.application else None
        if known is not None:
            yield "servers", Part("SERVERS", True, {"n": known}) if known else Part("NO_SERVERS", None)
        with suppress(*PASSING):
            wrong = False
            async for part in _rights(client, addresses):
                wrong = True
                yield "rights", part
            if addresses and not wrong:
                yield "rights", Part("RIGHTS")


async def _rights(client: discord.Client, addresses: Mapping[str, set[Address]]) -> AsyncIterator[Part]:
    """The channels in which something is missing."""
    for place, wanted in list(addresses.items())[:SERVERS]:
        number = place.partition(":")[2]
        if not number.isdigit() or client.user is None:
            continue
        try:
            guild = await client.fetch_guild(int(number))
            me, channels = await guild.fetch_member(client.user.id), await guild.fetch_channels()
        except (discord.NotFound, discord.Forbidden):
            continue  # a place that was left says so in its own way
        numbers = {number_of(address) for address in wanted}
        for channel in channels:
            if str(channel.id) in numbers and (lacks := lacking(channel, wanted=True, me=me)):
                yield Part("RIGHTS_MISSING", False, {"channel": f"#{channel.name}", "rights": ", ".join(lacks)})
