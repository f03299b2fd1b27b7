"""The loopback TikTok, Discord and Telegram for their own tests, and a bot on Discord."""

from tests.platforms.chats import discord, telegram
from tests.platforms.sample_bots.running import bot
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media

__all__ = ["bot", "discord", "telegram", "tiktok", "tiktok_media"]
