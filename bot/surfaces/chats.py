"""The chats an installation has a token for. Each library is imported only where its chat is spoken: 20 MB and 0.2 s each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.house import House
from bot.kernel import Kernel
from core.ports.messenger import Channels, Chat, Messenger
from core.services.leaving import Doors
from core.settings import TelegramMode

if TYPE_CHECKING:
    from aiohttp import web


@dataclass(frozen=True)
class Spoken:
    """One chat: how it is, how posts get there, what may be done in its channels. `run` connects it until cancelled; `close` is
    for the very end, when nothing is on its way any more; `hooks` answers where the platform calls us."""

    chat: Chat
    messenger: Messenger
    channels: Channels
    run: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    hooks: Callable[["web.Request"], Awaitable["web.Response"]] | None = None


def spoken(house: House, kernel: Kernel) -> list[Spoken]:
    """Every chat with a token; nothing is asked yet. Raises Denied TOKEN (name) for what cannot be one, Invalid SETTING."""
    settings, doors = house.settings, house.doors
    return [
        *([_discord(house, kernel, doors)] if settings.DISCORD_TOKEN else []),
        *([_telegram(house, kernel, doors)] if settings.TELEGRAM_TOKEN else []),
    ]


def _discord(house: House, kernel: Kernel, doors: Doors) -> Spoken:
    from bot.surfaces.discord.channels import DiscordChannels
    from bot.surfaces.discord.client import DiscordClient
    from bot.surfaces.discord.line import Heard
    from bot.surfaces.discord.post import DiscordMessenger

    async def left(place: str) -> None:
        await doors.left(place)

    async def back(place: str) -> None:
        await doors.back(place)

    async def reopened(address: str) -> None:
        await doors.reopened(address)

    client = DiscordClient(house, kernel, Heard(left, back, reopened))
    return Spoken(client, DiscordMessenger(client, house), DiscordChannels(client), client.run, client.close)


def _telegram(house: House, kernel: Kernel, doors: Doors) -> Spoken:
    from bot.surfaces.telegram.client import TelegramClient
    from bot.surfaces.telegram.presence import Doors as TelegramDoors

    heard = TelegramDoors(
        lambda place: doors.left(place),
        lambda place: doors.back(place),
        lambda address: doors.reopened(address),
        lambda old, new: doors.moved(old, new),
    )
    client = TelegramClient(house, kernel, heard, lambda address: doors.spent(address))
    hooks = client.hooks if house.settings.TELEGRAM_MODE is TelegramMode.WEBHOOK else None
    return Spoken(client, client.messenger, client.channels, client.run, client.close, hooks)
