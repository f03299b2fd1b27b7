"""The chat of lives, read by TikTokLive."""
