"""Where the posts of an event go, people and time zones, as they are typed in a place's settings."""

import re
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from bot.card import Choice
from bot.channels import HERE, channel_of
from core.errors import Invalid
from core.model.feed import OFF
from core.model.person import Platform

if TYPE_CHECKING:
    from bot.asked import Asked

OFF_WORDS = frozenset({OFF, "no", "none", "nowhere", "non", "rien"})
USUAL = "default"
PEOPLE = {
    Platform.DISCORD: re.compile(r"(?:<@!?(?P<written>[0-9]{1,20})>|(?:discord:)?(?P<bare>[0-9]{1,20}))"),
    Platform.TELEGRAM: re.compile(r"(?P<written>)(?:telegram:)?(?P<bare>[0-9]{1,20})"),
}


class Route(str):
    """Where an event goes: an address, OFF for nowhere, empty for where it goes by itself."""

    __slots__ = ()


class Someone(str):
    """A person of the asker's platform: `platform:number`."""

    __slots__ = ()


class Zone(str):
    """The IANA name of a time zone."""

    __slots__ = ()


async def parse_route(text: str, asked: "Asked") -> Route:
    """`off`, `default`, `here`, or a channel as it was written. Raises Invalid ROUTE (x)."""
    word = text.strip().lower()
    if word in OFF_WORDS:
        return Route(OFF)
    if word == USUAL:
        return Route("")
    if word in HERE:
        return Route(asked.address)
    try:
        return Route(channel_of(text, asked.place, asked.address))
    except Invalid as error:
        raise Invalid("ROUTE", x=text) from error


async def parse_someone(text: str, asked: "Asked") -> Someone:
    """A person by number, as a mention, or pointed at; names are nobody's own. Raises Invalid PERSON, on Telegram PERSON_REPLY,
    and PERSON_BOT and PERSON_HIDDEN of whom a message points at (x each)."""
    platform, pointed = asked.place.platform, asked.pointed
    if pointed is not None and pointed.number == text.strip():
        if pointed.hidden:
            raise Invalid("PERSON_HIDDEN", x=pointed.name)
        if pointed.bot:
            raise Invalid("PERSON_BOT", x=pointed.name)
    found = PEOPLE[platform].fullmatch(text.strip()) if platform in PEOPLE else None
    if found is None:
        raise Invalid("PERSON_REPLY", x=text) if platform is Platform.TELEGRAM else Invalid("PERSON", x=text)
    return Someone(f"{platform}:{found['written'] or found['bare']}")


async def parse_zone(text: str, asked: "Asked") -> Zone:
    """A time zone, however it is spelled. Raises Invalid ZONE (x) or, with names like it, ZONE_NEAR (x, list)."""
    known = {name.lower(): name for name in available_timezones()}
    word = text.strip().lower().replace(" ", "_")
    if word in known:
        return Zone(known[word])
    towns = {name.rpartition("/")[2]: name for name in known}
    if word in towns:
        return Zone(known[towns[word]])
    from rapidfuzz import fuzz, process  # 0.1 s at first use

    near = [
        known[towns[town]]
        for town, _, _ in process.extract(word, list(towns), scorer=fuzz.ratio, limit=3, score_cutoff=70)
    ]
    raise Invalid("ZONE_NEAR", x=text, list=", ".join(near)) if near else Invalid("ZONE", x=text)


async def routes(asked: "Asked") -> list[Choice]:
    """What can always be said."""
    return [Choice(word, word) for word in ("here", OFF, USUAL)]


async def zones(asked: "Asked") -> list[Choice]:
    """Every time zone."""
    return [Choice(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]
