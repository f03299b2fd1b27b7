"""What Telegram says of the token and of how updates come. It is never asked for updates: that would take them from who polls."""

from collections.abc import AsyncIterator

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.health import Part
from bot.surfaces.telegram.connection import connect
from core.errors import Denied
from core.settings import Settings, TelegramMode

SETTING = "TELEGRAM_TOKEN"


async def look(settings: Settings) -> AsyncIterator[tuple[str, Part]]:
    """getMe and getWebhookInfo."""
    try:
        connection = connect(settings)
    except Denied:
        yield "token", Part("TOKEN_REFUSED", False, {"setting": SETTING})
        return
    try:
        me = await connection.bot.get_me()
        yield "token", Part("TOKEN_WELL", True, {"name": f"@{me.username}"})
        if me.can_read_all_group_messages:
            yield "privacy", Part("PRIVACY_OFF", None)
        yield "updates", _updates(await connection.bot.get_webhook_info(), settings)
    except InvalidToken:
        yield "token", Part("TOKEN_REFUSED", False, {"setting": SETTING})
    except TelegramError:
        yield "token", Part("CHAT_SILENT", False, {"who": "Telegram", "setting": "TELEGRAM_PROXY"})
    finally:
        await connection.close()


def _updates(said: WebhookInfo, settings: Settings) -> Part:
    if settings.TELEGRAM_MODE is TelegramMode.POLLING:
        return Part("WEBHOOK_SET", None, {"url": said.url}) if said.url else Part("POLLING")
    if said.url != settings.webhook_url:
        return Part("WEBHOOK_ELSEWHERE", None, {"url": said.url or "-"})
    if said.last_error_message:
        return Part("WEBHOOK_FAILS", None, {"url": said.url, "said": said.last_error_message})
    return Part("WEBHOOK", True, {"url": said.url})
