"""The chats an installation has a token for. Each library is imported only where its chat is spoken: 20 MB and 0.2 s each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.house import House
from bot.kernel import Kernel
from core.ports.messenger import Channels, Chat, Messenger
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
    return [
        *([_discord(house, kernel)] if house.settings.DISCORD_TOKEN else []),
        *([_telegram(house, kernel)] if house.settings.TELEGRAM_TOKEN else []),
    ]


def _discord(house: House, kernel: Kernel) -> Spoken:
    from bot.surfaces.discord.channels import DiscordChannels
    from bot.surfaces.discord.client import DiscordClient
    from bot.surfaces.discord.post import DiscordMessenger

    client = DiscordClient(house, kernel)
    return Spoken(client, DiscordMessenger(client, house), DiscordChannels(client), client.run, client.close)


def _telegram(house: House, kernel: Kernel) -> Spoken:
    from bot.surfaces.telegram.client import TelegramClient

    client = TelegramClient(house, kernel)
    hooks = client.hooks if house.settings.TELEGRAM_MODE is TelegramMode.WEBHOOK else None
    return Spoken(client, client.messenger, client.channels, client.run, client.close, hooks)
