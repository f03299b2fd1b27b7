"""Every meaning drawn once, plainly: `draw(meaning, words)` gives the card. One file per subject, named as the replies."""

from bot.cards import (
    accounts,
    admin,
    clips,
    common,
    errors,
    house,
    lives,
    me,
    posts,
    privacy,
    reviews,
    settings,
    setup,
    tiktok,
    triggers,
    videos,
    watches,
)
from bot.cards.drawing import draw

__all__ = [
    "accounts",
    "admin",
    "clips",
    "common",
    "draw",
    "errors",
    "house",
    "lives",
    "me",
    "posts",
    "privacy",
    "reviews",
    "settings",
    "setup",
    "tiktok",
    "triggers",
    "videos",
    "watches",
]
