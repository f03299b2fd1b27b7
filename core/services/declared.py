"""What a file says of a place itself: its settings and where its events go, written and read.

Each value is read by itself: one that cannot be read is named, and takes no other along.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import Invalid
from core.model.account import NO_RISK, Follow, Handle
from core.model.feed import OFF, Event, Feed
from core.model.greeting import checked
from core.model.keep import LEAST, MOST
from core.model.person import Address, Place, Purpose, Two
from core.services import plain
from core.setting_values import LANGUAGES

ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True)
class WantedRoute:
    """Where an event is to go: OFF, or an address that may be anybody's; `account` None: of every account."""

    event: Event
    address: Address
    account: Handle | None = None


@dataclass(frozen=True)
class Declared:
    """What is wanted of a place: `settings` by the names of Place's fields, `routes`, and `wrong`: names in the file of what
    cannot be read. `of` is the place it was written in."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    routes: tuple[WantedRoute, ...] = ()
    wrong: tuple[str, ...] = ()
    of: str = ""


def about_place(place: Place) -> dict[str, Any]:
    """Its settings, as they stand in a file."""
    quiet, risk = place.quiet_hours, place.risk_threshold
    return {
        "id": place.id,
        "name": place.name,
        "language": place.language,
        "time_zone": place.time_zone,
        "risk_threshold": float(risk) if risk < NO_RISK else False,
        "two_people": str(place.two),
        "clips_kept_days": place.clips_kept.days,
        "purpose": str(place.purpose),
        "channel": str(place.address),
        "quiet_hours": f"{quiet.start:%H:%M}-{quiet.end:%H:%M}" if quiet else plain.OFF,
        "silent": [str(event) for event in place.silent],
        "role": str(place.ping),
        "plots": "dark" if place.dark else "light",
        "start_line": str(place.start_text),
    }


def about_routes(feeds: Sequence[Feed], follows: Sequence[Follow]) -> list[dict[str, Any]]:
    """Where its events go. What was said for an account that is not followed is nothing any more."""
    handles = {follow.account_id: str(follow.handle) for follow in follows}
    return [
        {"event": str(feed.event), "channel": str(feed.address)}
        | ({"account": handles[feed.account_id]} if feed.account_id else {})
        for feed in feeds
        if not feed.account_id or feed.account_id in handles
    ]


def declared(facts: Mapping[str, Any]) -> Declared:
    """What a file of `account export` says of its place."""
    place = facts.get("place")
    said: Mapping[str, Any] = place if isinstance(place, Mapping) else {}
    settings: dict[str, Any] = {}
    wrong: list[str] = []
    for name, read in READ.items():
        if name in said:
            try:
                settings |= read(_bounded(said[name]))
            except (ValueError, TypeError, AttributeError, KeyError, OSError, Invalid):
                wrong.append(name)
    routes = [_route(one) for one in plain.listed(facts.get("routes"))]
    wrong += ["routes"] if None in routes else []
    of = said.get("id")
    return Declared(settings, _once(routes), tuple(wrong), of if isinstance(of, str) else "")


def _bounded(value: Any) -> Any:
    """A text, or a list of texts. Of anything else no message is made: a file of some lines may name itself a billion times."""
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in texts):
        raise ValueError("no text")
    return value


def _route(one: Any) -> WantedRoute | None:
    said = plain.texts(one)
    try:
        account = Handle.parse(said["account"]) if "account" in said else None
        return WantedRoute(Event(said["event"]), _address(said["channel"]) or OFF, account)
    except (ValueError, KeyError, Invalid):
        return None


def _once(routes: Sequence[WantedRoute | None]) -> tuple[WantedRoute, ...]:
    """Each event of an account once, as it was said last."""
    return tuple({(one.event, one.account): one for one in routes if one is not None}.values())


def _address(text: str) -> Address:
    if len(text) > 200 or not text.isprintable():
        raise ValueError(text)
    return text


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(text)
    return text


def _zone(text: str) -> str:
    if not ZONE.fullmatch(text):
        raise ValueError(text)
    return ZoneInfo(text).key


def _quiet(text: str) -> dict[str, Any]:
    hours = plain.quiet(text)
    return {"quiet_from": hours.start if hours else None, "quiet_until": hours.end if hours else None}


def _silent(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("silent")
    wanted = {Event(one) for one in value} - {Event.RISK}  # an alert is nothing to be missed
    return tuple(event for event in Event if event in wanted)


def _dark(text: str) -> bool:
    if text not in ("dark", "light"):
        raise ValueError(text)
    return text == "dark"


def _kept(text: str) -> timedelta:
    return timedelta(days=plain.whole(text, LEAST.days, MOST.days))


def _as(name: str, read: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: read(value)}


READ: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "language": _as("language", _language),
    "time_zone": _as("time_zone", _zone),
    "risk_threshold": _as("risk_threshold", plain.share),
    "two_people": _as("two", Two),
    "clips_kept_days": _as("clips_kept", _kept),
    "purpose": _as("purpose", Purpose),
    "channel": _as("address", _address),
    "quiet_hours": _quiet,
    "silent": _as("silent", _silent),
    "role": _as("ping", _address),
    "plots": _as("dark", _dark),
    "start_line": _as("start_text", checked),
}
"""How each is read, by its name in the file: ready for Place."""
