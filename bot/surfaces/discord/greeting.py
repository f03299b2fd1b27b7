"""Being invited to a server of Discord: one message in its system channel, where it may be written; nobody is written to alone."""

import logging

import discord

from bot.cards import draw
from bot.house import House
from bot.surfaces.arriving import Arrival
from bot.surfaces.discord.draw import drawn
from bot.surfaces.discord.faults import told_apart
from core.errors import EarshotError

log = logging.getLogger(__name__)


async def greet(client: discord.Client, house: House, guild: discord.Guild, due: Arrival) -> None:
    """Say it, or not: it is an answer to whoever invited Earshot, so it is sent now or never."""
    channel = guild.system_channel
    if channel is None or guild.me is None:
        return
    rights = channel.permissions_for(guild.me)
    if not rights.view_channel or not rights.send_messages:
        return
    address = f"discord:{channel.id}"
    shown = drawn(draw(due.said, due.words), due.words)
    house.doors.spent(address)
    try:
        async with told_apart(client, address):
            await channel.send(view=shown.view, allowed_mentions=shown.allowed)
    except EarshotError as error:
        log.info("nothing is said in %s: %s", address, error)
