"""Every meaning drawn once, plainly: `draw(meaning, words)` gives the card. One file per subject, named as the replies."""

from bot.cards import (
    accounts,
    chats,
    clips,
    common,
    errors,
    house,
    lives,
    me,
    posts,
    reviews,
    tiktok,
    triggers,
    videos,
    watches,
)
from bot.cards.drawing import draw

__all__ = [
    "accounts",
    "chats",
    "clips",
    "common",
    "draw",
    "errors",
    "house",
    "lives",
    "me",
    "posts",
    "reviews",
    "tiktok",
    "triggers",
    "videos",
    "watches",
]
