"""Where posts go and who is called, as people write it on each platform: `#lives`, `<#123>`, `<@&9>`, or a bare number.

Telegram knows neither: there the chat or topic somebody writes in is where the posts go.
"""

import re

from core.errors import Invalid
from core.model.person import Address, Place, Platform

NAME = re.compile(r"[\w.-]{1,40}")  # a channel of the console: a heading of its own, nothing more
SNOWFLAKE = r"(?P<id>[0-9]{1,20})"
WRITTEN = {
    "channel": re.compile(rf"(?:<#{SNOWFLAKE}>|(?:discord:)?(?P<bare>[0-9]{{1,20}}))"),
    "role": re.compile(rf"(?:<@&{SNOWFLAKE}>|(?:discord:)?(?P<bare>[0-9]{{1,20}}))"),
}
NOBODY = frozenset({"none", "nobody", "no", "aucun", "personne"})
HERE = frozenset({"here", "ici"})


class Channel(str):
    """Where posts go: an address of the asker's platform."""

    __slots__ = ()


class PingRole(str):
    """Who is called when a live starts: `platform:role`, empty for nobody."""

    __slots__ = ()


def channel_of(text: str, place: Place, here: Address) -> Channel:
    """The address of a channel as it was written, `here` for `here`. Raises Invalid CHANNEL (x)."""
    word = text.strip()
    if word.lower() in HERE:
        return Channel(here)
    if place.platform is Platform.DISCORD and (number := _number("channel", word)):
        return Channel(f"discord:{number}")
    name = word.removeprefix("#").removeprefix("console:")
    if place.platform is Platform.CONSOLE and NAME.fullmatch(name):
        return Channel(f"console:{name}")
    raise Invalid("CHANNEL", x=text)


def role_of(text: str, place: Place) -> PingRole:
    """The role as it was written, empty for `none`. Raises Invalid ROLE (x); the role of everybody is refused too."""
    word = text.strip()
    if word.lower() in NOBODY:
        return PingRole("")
    number = _number("role", word) if place.platform is Platform.DISCORD else ""
    if not number or place.id == f"discord:{number}":  # the role of everybody has its server's number
        raise Invalid("ROLE", x=text)
    return PingRole(f"discord:{number}")


def _number(what: str, word: str) -> str:
    found = WRITTEN[what].fullmatch(word)
    return (found["id"] or found["bare"]) if found else ""
