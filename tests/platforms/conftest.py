"""The loopback TikTok, Discord and Telegram for their own tests."""

from tests.platforms.chats import discord, telegram
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media

__all__ = ["discord", "telegram", "tiktok", "tiktok_media"]
