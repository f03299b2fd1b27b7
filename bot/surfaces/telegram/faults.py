"""What Telegram's refusals mean. The library words them anew, so texts are compared without their capitals."""

from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.surfaces.telegram.addresses import Spot
from core.errors import Ambiguous, Denied, EarshotError, Invalid, Missing, Transient

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""Failures before anything of the question was on its way."""

UNCHANGED = "message is not modified"
NO_TOPIC = "message thread not found"
CLOSED_TOPIC = "topic_closed"
GONE_POST = ("message to edit not found", "message can't be edited", "message_id_invalid")
GONE_CHAT = ("chat not found", "peer_id_invalid", "user not found", "group chat was deactivated")
NO_RIGHT = (
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "need administrator rights",
    "chat_restricted",
)
STALE_FILE = ("wrong file identifier", "wrong remote file identifier", "wrong file_id", "file reference")
"""Parts of Telegram's sentences."""


def says(error: TelegramError, *parts: str) -> bool:
    """Whether a refusal contains one of `parts`."""
    said = error.message.casefold()
    return any(part in said for part in parts)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    said = error.retry_after
    return said.total_seconds() if isinstance(said, timedelta) else float(said)


def meant(error: TelegramError, spot: Spot) -> EarshotError:
    """A refusal or failure of something sent to `spot`, as ports/messenger.py has it; besides Missing TOPIC_GONE, Denied
    TOPIC_CLOSED."""
    match error:
        case RetryAfter():
            return Transient("TELEGRAM_RATE", retry_after=seconds_of(error))
        case ChatMigrated():
            to = Spot(error.new_chat_id).address
            return Missing("MOVED", address=spot.address, to=to)
        case Forbidden():
            return Denied("NO_POST", channel=spot.address, missing="Send Messages")
        case BadRequest():
            return _refused(error, spot)
        case InvalidToken() | Conflict():
            return Transient("TELEGRAM_TOKEN")
        case _ if isinstance(error.__cause__, NOT_SENT):
            return Transient("TELEGRAM_DOWN")
        case _:
            return Ambiguous("TELEGRAM_ANSWER", reason=type(error).__name__)


def _refused(error: BadRequest, spot: Spot) -> EarshotError:
    if says(error, NO_TOPIC):
        return Missing("TOPIC_GONE")
    if says(error, CLOSED_TOPIC):
        return Denied("TOPIC_CLOSED")
    if says(error, *GONE_POST):
        return Missing("POST_GONE")
    if says(error, *GONE_CHAT):
        return Missing("CHAT_GONE", address=spot.address)
    if says(error, *NO_RIGHT):
        return Denied("NO_POST", channel=spot.address, missing="Send Messages")
    return Invalid("TELEGRAM_REFUSED", reason=error.message)
