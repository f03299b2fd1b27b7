"""Strangers' text made safe to show or to read: nothing in it can turn a line around, steer a terminal or break an encoding.

What is kept: every letter of every script, emoji with their joiners, the marks that right-to-left languages need.
"""

import re
import unicodedata

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # terminal controls; tab and line feed are treated apart
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates: they turn what follows around
    "\ufff9-\ufffb\ufeff\U000e0000-\U000e007f]"  # annotations, byte order mark, tags
)
BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
LONE = re.compile("[\ud800-\udfff]")
STACKED = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
NOTHING = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
UNSEEN = re.compile("[\u200b\u200e\u200f\u2060]")


def shown(text: str, *, lines: bool = False) -> str:
    """`text` as it may be shown; `lines` keeps line feeds, else they become spaces. More than four stacked accents are cut."""
    text = LONE.sub("\ufffd", BREAKS.sub("\n", text)).replace("\t", " ")
    text = STACKED.sub(r"\1", STEERING.sub("", text))
    return text if lines else text.replace("\n", " ")


def typed(text: str) -> str:
    """`text` as it was meant: without the invisible marks that come along when a name is copied out of a post."""
    return UNSEEN.sub("", shown(text, lines=True))


def isolated(text: str) -> str:
    """A name by itself: letters read from right to left turn around nothing beside it, and its parts keep their order."""
    return f"\u2066{text}\u2069" if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text) else text


def blank(text: str) -> bool:
    """Whether a reader would see nothing."""
    return not NOTHING.sub("", text)
