"""What a message must still know when somebody replies to it or presses its buttons: it is written into a link nobody sees.

A question carries its own key, so that an answer finds its command after a restart too. A panel (an answer that may be replaced by
the next) says so, and which place it speaks of when that is not the chat it stands in. A reply and a press bring the message with
its entities. Telegram keeps a link on an invisible sign, and shows no preview of it when previews are off.
"""

from collections.abc import Iterable
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from telegram import MessageEntity

BASE = "https://t.me/"
INVISIBLE = "\u200d"


def hidden_question(key: str, option: str) -> str:
    """The link as HTML, to be put at the end of a question's text."""
    address = f"{BASE}?{urlencode({'ask': key, 'option': option})}"
    return f'<a href="{escape(address)}">{INVISIBLE}</a>'


def question_in(entities: Iterable[MessageEntity]) -> tuple[str, str] | None:
    """(key, option) of the question in a message's entities, None when it asks nothing."""
    for entity in entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url and entity.length == len(INVISIBLE):
            parts = urlsplit(entity.url)
            asked = parse_qs(parts.query)
            if parts.netloc == "t.me" and "ask" in asked and "option" in asked:
                return asked["ask"][0], asked["option"][0]
    return None


def hidden_panel(place: str = "") -> str:
    """The link of a panel as HTML, to be put at the end of its text; `place` is the place it speaks of, empty for its chat's."""
    address = f"{BASE}?{urlencode({'panel': place or 'here'})}"
    return f'<a href="{escape(address)}">{INVISIBLE}</a>'


def panel_in(entities: Iterable[MessageEntity]) -> str | None:
    """The place a panel speaks of, empty for that of its chat; None for a message that is no panel."""
    for entity in entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url and entity.length == len(INVISIBLE):
            parts = urlsplit(entity.url)
            told = parse_qs(parts.query)
            if parts.netloc == "t.me" and "panel" in told:
                return told["panel"][0] if told["panel"][0] != "here" else ""
    return None
