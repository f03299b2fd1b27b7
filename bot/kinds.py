"""The kinds of values people type: how each is read, what is suggested while typing, and how it stands in a button's key.

A kind belongs to a type: a command that takes a `Trigger` gets a trigger of the asker's place, found by what was typed.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.card import Choice
from core.errors import Invalid, Missing
from core.model.account import Follow, Handle
from core.model.clip import Clip
from core.model.live import Live
from core.model.risk import Alert
from core.model.trigger import Trigger

if TYPE_CHECKING:
    from bot.asked import Asked

Suggest = Callable[["Asked"], Awaitable[list[Choice]]]
LONGEST_DATE = 60  # characters; the parser takes half a second for thousands
SUGGESTIONS = 25  # Discord's limit for one autocomplete answer


@dataclass(frozen=True)
class Kind:
    """How values of one type are read. `parse` raises Invalid or Missing; `choices` are all there are, `suggest` some.

    An `inner` kind is not offered: buttons carry it, and scripts may type it. An `open` one takes values that nobody can
    suggest: a question for it offers no closed choice.
    """

    type: Any
    hint: str
    parse: Callable[[str, "Asked"], Awaitable[Any]]
    choices: tuple[Choice, ...] = ()
    suggest: Suggest | None = None
    least: float | None = None
    most: float | None = None
    inner: bool = False
    open: bool = False


class Text(str):
    """Free text, as typed. The last required one takes the rest of a line."""

    __slots__ = ()


class Sure(int):
    """That a person has confirmed: 1 or 0, since bool takes no names of its own."""

    __slots__ = ()


class Page(int):
    """Which page of a list: only buttons give it."""

    __slots__ = ()


FIRST, UNSURE = Page(1), Sure(0)


class Language(str):
    """A language of speech: an ISO 639-1 code, or empty for finding out."""

    __slots__ = ()


class Seconds(int):
    """A whole number of seconds."""

    __slots__ = ()


class Share(float):
    """A number from 0 to 1."""

    __slots__ = ()


def kind_of(wanted: Any) -> Kind:
    """The kind of a type in a command's signature."""
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return _choice(wanted)
    return KINDS[wanted]


def _choice(wanted: type[StrEnum]) -> Kind:
    async def parse(text: str, asked: "Asked") -> StrEnum:
        word = text.strip().lower().replace("_", " ")
        for member in wanted:
            if member.value.lower() == word:
                return member
        raise Invalid("CHOICE", x=text, list=", ".join(wanted))

    return Kind(wanted, " · ".join(wanted), parse, tuple(Choice(member.value, member.value) for member in wanted))


async def _text(text: str, asked: "Asked") -> str:
    if not text.strip():
        raise Invalid("EMPTY")
    return Text(text.strip())


async def _language(text: str, asked: "Asked") -> Language:
    word = text.strip().lower()
    if word == "auto":
        return Language("")
    if len(word) != 2 or not word.isascii() or not word.isalpha():
        raise Invalid("LANGUAGE_CODE", x=text)
    return Language(word)


async def _languages(asked: "Asked") -> list[Choice]:
    return [
        Choice(code, code)
        for code in ("auto", "en", "fr", "es", "ar", "de", "pt", "it", "ru", "tr", "id", "ja", "ko", "zh")
    ]


async def _handle(text: str, asked: "Asked") -> Handle:
    return Handle.parse(text)


async def _yes(text: str, asked: "Asked") -> bool:
    word = text.strip().lower()
    if word in {"yes", "y", "true", "on", "1", "oui"}:
        return True
    if word in {"no", "n", "false", "off", "0", "non"}:
        return False
    raise Invalid("CHOICE", x=text, list="yes, no")


async def _sure(text: str, asked: "Asked") -> Sure:
    return Sure(await _yes(text, asked))


async def _seconds(text: str, asked: "Asked") -> Seconds:
    word = text.strip().lower().removesuffix("s").strip()
    if not word.isdecimal() or len(word) > 4 or not 1 <= int(word) <= 600:
        raise Invalid("NUMBER", x=text, least=1, most=600)
    return Seconds(word)


async def _page(text: str, asked: "Asked") -> Page:
    return Page(_number(text))


async def _count(text: str, asked: "Asked") -> int:
    return _number(text)


async def _share(text: str, asked: "Asked") -> Share:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise Invalid("NUMBER", x=text, least=0, most=1)
    return Share(number)


UNITS = {
    "s": 1,
    "sec": 1,
    "m": 60,
    "min": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86400,
    "day": 86400,
    "days": 86400,
}


async def _duration(text: str, asked: "Asked") -> timedelta:
    """`30`, `30 s`, `5min`, `2 h`, `1 day`: 0 to 365 days."""
    word = text.strip().lower()
    digits = word[: len(word) - len(word.lstrip("0123456789"))]
    unit = word[len(digits) :].strip()
    if not digits or len(digits) > 9 or (unit and unit not in UNITS) or int(digits) * UNITS.get(unit, 1) > 365 * 86400:
        raise Invalid("DURATION", x=text)
    return timedelta(seconds=int(digits) * UNITS.get(unit, 1))


async def _since(text: str, asked: "Asked") -> datetime:
    """`2 h`, `3 days` ago, or a date in words (`yesterday`, `hier`, `2026-11-20`), in the place's time zone."""
    now = asked.house.clock.now()
    try:
        return now - await _duration(text, asked)
    except Invalid:
        found = _date(text, asked.place.time_zone) if len(text) <= LONGEST_DATE else None
        if found is None:
            raise Invalid("DATE", x=text) from None
        return found


def _date(text: str, zone: str) -> datetime | None:
    import dateparser  # 0.2 s: only for dates in words

    wanted = {"TIMEZONE": zone, "RETURN_AS_TIMEZONE_AWARE": True, "PREFER_DATES_FROM": "past"}
    try:
        found = dateparser.parse(text, languages=["en", "fr"], settings=wanted)
        return found.astimezone(UTC) if found else None
    except (OverflowError, ValueError):  # the first and the last days a calendar knows
        return None


async def _follow(text: str, asked: "Asked") -> Follow:
    handle = Handle.parse(text)
    async with asked.house.storage.reading() as work:
        follows = await work.follows.of_place(asked.place.id)
    for follow in follows:
        if follow.handle == handle:
            return follow
    raise Missing("NOT_FOUND", x=f"@{handle}")


async def _follows(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        return [Choice(f"@{follow.handle}", follow.handle) for follow in await work.follows.of_place(asked.place.id)]


def _number(text: str) -> int:
    word = text.strip().lstrip("#")
    if not word.isdecimal() or len(word) > 18:
        raise Missing("NOT_FOUND", x=text)
    return int(word)


async def _trigger(text: str, asked: "Asked") -> Trigger:
    async with asked.house.storage.reading() as work:
        triggers = await work.triggers.of_place(asked.place.id)
    for trigger in triggers:
        if text.strip().lstrip("#") == str(trigger.id) or text.strip().casefold() == trigger.word.casefold():
            return trigger
    raise Missing("NOT_FOUND", x=text)


async def _triggers(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        return [Choice(trigger.word, str(trigger.id)) for trigger in await work.triggers.of_place(asked.place.id)]


async def _live(text: str, asked: "Asked") -> Live:
    """A number from a list, or a handle: then its latest live."""
    async with asked.house.storage.reading() as work:
        if not text.strip().lstrip("#").isdecimal():
            account = await work.accounts.by_handle(Handle.parse(text))
            lives = await work.lives.of_place(asked.place.id, account_id=account.id, limit=1) if account else []
            found = lives[0] if lives else None
        else:
            found = await work.lives.seen_by(asked.place.id, _number(text))
    if found is None:
        raise Missing("NOT_FOUND", x=text)
    return found


async def _lives(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        lives = await work.lives.of_place(asked.place.id, limit=SUGGESTIONS)
    words = asked.words
    return [
        Choice(f"@{live.handle} · {words.day(live.started)} {words.time(live.started)}", str(live.id)) for live in lives
    ]


async def _clip(text: str, asked: "Asked") -> Clip:
    async with asked.house.storage.reading() as work:
        found = await work.clips.get(asked.place.id, _number(text))
    if found is None:
        raise Missing("NOT_FOUND", x=text)
    return found


async def _clips(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        return [
            Choice(clip.shown, str(clip.id)) for clip in await work.clips.of_place(asked.place.id, limit=SUGGESTIONS)
        ]


async def _alert(text: str, asked: "Asked") -> Alert:
    async with asked.house.storage.reading() as work:
        found = await work.alerts.get(asked.place.id, _number(text))
    if found is None:
        raise Missing("NOT_FOUND", x=text)
    return found


async def _alerts(asked: "Asked") -> list[Choice]:
    async with asked.house.storage.reading() as work:
        alerts = await work.alerts.waiting(asked.place.id, SUGGESTIONS)
    return [Choice(f"#{alert.id} · {alert.assessment.score:.2f}", str(alert.id)) for alert in alerts]


YES_NO = (Choice("yes", "yes"), Choice("no", "no"))
KINDS: dict[Any, Kind] = {
    Text: Kind(Text, "words", _text),
    Language: Kind(Language, "the language spoken: auto, en, fr, …", _language, suggest=_languages, open=True),
    Handle: Kind(Handle, "a TikTok name or profile link", _handle, suggest=_follows, open=True),
    bool: Kind(bool, "yes or no", _yes, YES_NO),
    int: Kind(int, "a number", _count, inner=True),
    Page: Kind(Page, "a page", _page, inner=True),
    Sure: Kind(Sure, "yes", _sure, inner=True),
    Seconds: Kind(Seconds, "seconds, 1 to 600", _seconds, least=1, most=600),
    Share: Kind(Share, "a number from 0 to 1", _share, least=0, most=1),
    timedelta: Kind(timedelta, "a length of time, e.g. 30 s, 5 min, 2 h", _duration),
    datetime: Kind(datetime, "since when, e.g. 2 h, yesterday, 2026-11-20", _since),
    Follow: Kind(Follow, "an account followed here", _follow, suggest=_follows),
    Trigger: Kind(Trigger, "a trigger of this place", _trigger, suggest=_triggers),
    Live: Kind(Live, "a live, or an account for its latest", _live, suggest=_lives),
    Clip: Kind(Clip, "a saved clip", _clip, suggest=_clips),
    Alert: Kind(Alert, "an alert", _alert, suggest=_alerts),
}
