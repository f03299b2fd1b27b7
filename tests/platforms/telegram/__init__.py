"""Telegram's Bot API on loopback, for the real python-telegram-bot."""

from tests.platforms.telegram.records import Call, Pressed, Upload, Violation
from tests.platforms.telegram.server import FakeTelegram

__all__ = ["Call", "FakeTelegram", "Pressed", "Upload", "Violation"]
