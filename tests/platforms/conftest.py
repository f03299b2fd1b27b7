"""The loopback TikTok for its own tests."""

from tests.platforms.tiktok.fixtures import tiktok, tiktok_media

__all__ = ["tiktok", "tiktok_media"]
