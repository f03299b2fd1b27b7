"""The one door to all drawings: a card for any reply or post."""

from functools import singledispatch
from typing import Any

from bot.card import Card
from bot.wording import Words


@singledispatch
def draw(meaning: Any, words: Words) -> Card:
    """The card of a reply or post. TypeError for a meaning nobody has drawn: a house test finds it first."""
    raise TypeError(f"no card for {type(meaning).__name__}")
