"""Questions that are answered by a reply, without any memory: the question carries its own key in a link nobody sees.

A reply brings the message it answers with its entities, so the answer finds its command after a restart too. Telegram keeps a
link on an invisible sign, and shows no preview of it when previews are off.
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
