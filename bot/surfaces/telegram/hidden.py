"""What a message must still know when somebody replies to it or presses its buttons: it is written into a link nobody sees.

A question carries its own key, so that an answer finds its command after a restart too. A panel (an answer that may be replaced by
the next) says so, and which place it speaks of when that is not the chat it stands in. A post carries the nonce of its delivery, so
that it is known again where nobody knew whether it came. A reply and a press bring the message with its entities, those of a
caption too. Telegram keeps a link on an invisible sign, and shows no preview of it when previews are off.
"""

from collections.abc import Iterable
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

from telegram import MessageEntity

BASE = "https://t.me/"
INVISIBLE = "\u200d"


def hidden_question(key: str, option: str) -> str:
    """The link as HTML, to be put at the end of a question's text."""
    return _hidden(ask=key, option=option)


def question_in(entities: Iterable[MessageEntity]) -> tuple[str, str] | None:
    """(key, option) of the question in a message's entities, None when it asks nothing."""
    asked = _said(entities, "ask", "option")
    return (asked["ask"], asked["option"]) if asked else None


def hidden_panel(place: str = "") -> str:
    """The link of a panel as HTML, to be put at the end of its text; `place` is the place it speaks of, empty for its chat's."""
    return _hidden(panel=place or "here")


def panel_in(entities: Iterable[MessageEntity]) -> str | None:
    """The place a panel speaks of, empty for that of its chat; None for a message that is no panel."""
    told = _said(entities, "panel")
    return told["panel"].removeprefix("here") if told else None


def hidden_post(nonce: str) -> str:
    """The link of a post as HTML, to be put behind its first line."""
    return _hidden(post=nonce)


def post_in(entities: Iterable[MessageEntity]) -> str | None:
    """The nonce of the delivery a message came with; None for what was not delivered as a post."""
    told = _said(entities, "post")
    return told["post"] if told else None


def _hidden(**said: str) -> str:
    return f'<a href="{escape(f"{BASE}?{urlencode(said)}")}">{INVISIBLE}</a>'


def _said(entities: Iterable[MessageEntity], *names: str) -> dict[str, str] | None:
    """What the first hidden link that says all of `names` says of them."""
    for entity in entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url and entity.length == len(INVISIBLE):
            parts = urlsplit(entity.url)
            told = parse_qs(parts.query)
            if parts.netloc == "t.me" and told.keys() >= set(names):
                return {name: told[name][0] for name in names}
    return None
