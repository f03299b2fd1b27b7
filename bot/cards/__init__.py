"""Every meaning drawn once, plainly: `draw(meaning, words)` gives the card. One file per subject, named as the replies."""

from bot.cards import (
    accounts,
    clips,
    common,
    digests,
    errors,
    house,
    incidents,
    lives,
    me,
    posts,
    reviews,
    rolls,
    tiktok,
    triggers,
    videos,
    watches,
)
from bot.cards.drawing import draw

__all__ = [
    "accounts",
    "clips",
    "common",
    "digests",
    "draw",
    "errors",
    "house",
    "incidents",
    "lives",
    "me",
    "posts",
    "reviews",
    "rolls",
    "tiktok",
    "triggers",
    "videos",
    "watches",
]
