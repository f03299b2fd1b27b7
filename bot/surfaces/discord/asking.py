"""Who asked what, from where: an interaction as the commands see it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import discord

from bot.asked import Asked, Attachment
from bot.house import House
from bot.surfaces.discord.replies import key_of
from bot.surfaces.people import language_of, person_of, place_of, role_of
from bot.wording import Words
from core.errors import Missing
from core.model.person import Role

Here = discord.Interaction[Any]
Meanwhile = Callable[[Any], Awaitable[None]]
PART, SILENCE = 1 << 16, 30.0  # bytes a read, and seconds without any


async def asked_of(house: House, interaction: Here, meanwhile: Meanwhile, file: discord.Attachment | None) -> Asked:
    """The asker, in the server's place, or in a place of their own: in private, and where only they have Earshot."""
    user, language = interaction.user, str(interaction.locale)
    guild = interaction.guild_id if interaction.is_guild_integration() else None
    if guild is not None:
        known = interaction.guild.name if interaction.guild is not None else ""
        place = await place_of(house, f"discord:{guild}", known, str(interaction.guild_locale or ""))
        address = f"discord:{interaction.channel_id}"
    else:
        place = await place_of(house, f"discord:@{user.id}", user.display_name, language)
        address = f"discord:@{user.id}"
    person = await person_of(house, f"discord:{user.id}", user.display_name, language)
    role = role_of(house, place, person.id, role_by(interaction.permissions))
    given = handed(interaction, file) if file is not None else None
    return Asked(house, person, place, role, address, f"{address}#{key_of(interaction)}", given, meanwhile)


def role_by(rights: discord.Permissions) -> Role:
    """What a server lets somebody do, by the rights Discord's own menu of commands goes by."""
    if rights.administrator or rights.manage_guild:
        return Role.MANAGER
    return Role.MODERATOR if rights.manage_messages else Role.VIEWER


def words_of(house: House, interaction: Here) -> Words:
    """The asker's words as far as they are known without asking storage."""
    language = language_of(str(interaction.locale)) or house.settings.LANGUAGE
    return Words(language, ZoneInfo(house.settings.TIMEZONE))


def handed(interaction: Here, file: discord.Attachment) -> Attachment:
    """A file that came along, read from Discord as it is needed."""
    proxy = interaction.client.http.proxy

    async def fetch() -> AsyncIterator[bytes]:
        limits = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE, sock_read=SILENCE)
        try:
            async with aiohttp.ClientSession(timeout=limits) as session, session.get(file.url, proxy=proxy) as answer:
                if answer.status != 200:
                    raise Missing("FILE_GONE", x=file.filename)
                async for part in answer.content.iter_chunked(PART):
                    yield part
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Missing("FILE_GONE", x=file.filename) from error

    return Attachment(file.filename, file.size, fetch)
