"""Strangers' texts cut to what a post wants of them: a post is read at a glance, and leads to the whole."""

from bot.card import Quote
from bot.surfaces.fit import Room, cut_quote, cut_text
from bot.wording import Line, Words

NAME, LABEL, TITLE, TEXT, QUOTE = 40, 60, 200, 300, 600
"""Characters of who somebody is, what a thing is called, a title, an explanation, words that are quoted."""


def brief(text: str, most: int) -> str:
    """`text` in at most `most` characters, cut at a space when one is near."""
    return cut_text(text, most, len)


def kept_back(words: Words) -> Line:
    """Why a post quotes nothing."""
    return words.line("Its words are kept back: they may be about minors.")


def quoted(text: str, start: int = 0, end: int = 0, *, hidden: bool = False, folded: bool = False) -> Quote:
    """Words as a quote that stays short, its bold part in sight."""
    return cut_quote(Quote(text, start, end, hidden, folded), QUOTE, Room(QUOTE, len, 0, 0))
