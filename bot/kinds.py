"""The kinds of values people type: how each is read, what is suggested while typing, and how it stands in a button's key.

A kind belongs to a type: a command that takes a `Trigger` gets a trigger of the asker's place, found by what was typed.
"""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot import times
from bot.airing import OnAir, all_on_air, on_air
from bot.belongings import (
    Scope,
    alert_of,
    alerts,
    all_told,
    clip_of,
    clips,
    follow_of,
    follows,
    live_of,
    lives,
    number_in,
    scope_of,
    scopes,
    told_of,
    trigger_of,
    triggers,
)
from bot.card import Choice, Picker
from bot.channels import Channel, PingRole, channel_of, role_of
from bot.lists import content, file_named, handed
from bot.manners import Hours, Keep, StartLine, hours, keeps, parse_hours, parse_keep, parse_line
from bot.queries import Query, parse_query
from bot.remarks import comment_of, comments
from bot.reviews import Doer, Labels, doers, parse_doer, parse_labels
from bot.routes import Route, Someone, Zone, parse_route, parse_someone, parse_zone, routes, zones
from bot.times import Point, Spell, Until
from bot.transcripts import Again, Told, again, agains, video, videos
from core.errors import Invalid
from core.model.account import NO_RISK, Follow, Handle
from core.model.clip import Clip
from core.model.discussion import Comment
from core.model.live import Live
from core.model.person import Platform
from core.model.risk import Alert
from core.model.trigger import Trigger
from core.model.video import VideoTranscript
from core.services.carried import Carried, named
from core.services.carried import read as read_list

if TYPE_CHECKING:
    from bot.asked import Asked

Suggest = Callable[["Asked"], Awaitable[list[Choice]]]
SHORT_LINK = re.compile(r"(?:https?://)?(?:v[mt]\.tiktok\.com|(?:www\.|m\.)?tiktok\.com/t)/", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """How values of one type are read. `parse` raises Invalid or Missing; `choices` are all there are, `suggest` some.

    An `inner` kind is not offered: buttons carry it, and scripts may type it. An `open` one takes values that nobody can
    suggest: a question for it offers no closed choice. `on` are the platforms that have it: elsewhere the option is not there.
    `file`: a file that comes with the command stands for it. `phrases`: quotes in it mean something, and are no wrapping. A
    `mark` is of the card whose button carries it: nobody who types the same needs it.
    """

    type: Any
    hint: str
    parse: Callable[[str, "Asked"], Awaitable[Any]]
    choices: tuple[Choice, ...] = ()
    suggest: Suggest | None = None
    picker: Picker = Picker.NOTHING
    least: float | None = None
    most: float | None = None
    inner: bool = False
    open: bool = False
    on: frozenset[Platform] = frozenset(Platform)
    file: bool = False
    phrases: bool = False
    mark: bool = False


class Text(str):
    """Free text, as typed. The last required one takes the rest of a line."""

    __slots__ = ()


class Recording(str):
    """What is to be written down: a link, or on the console the path of a file."""

    __slots__ = ()


class Sure(int):
    """That a person has confirmed: 1 or 0, since bool takes no names of its own."""

    __slots__ = ()


class Page(int):
    """Which page of a list: only buttons give it."""

    __slots__ = ()


FIRST, UNSURE = Page(1), Sure(0)


class Mark(str):
    """What the card showed whose button was pressed: only buttons give it."""

    __slots__ = ()


class Picks(tuple[str, ...]):
    """Own videos: TikTok's numbers, or places in the list on the screen."""

    __slots__ = ()


class Language(str):
    """A language of speech: an ISO 639-1 code, or empty for finding out."""

    __slots__ = ()


class Seconds(int):
    """A whole number of seconds."""

    __slots__ = ()


class Share(float):
    """From which score on somebody is told: 0 to 1, or NO_RISK for never."""

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
            if word in (member.value.lower(), member.value.lower().partition(" ")[0]):
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


async def _picks(text: str, asked: "Asked") -> Picks:
    found = Picks(re.split(r"[\s,;#]+", text.strip(" ,;#")))
    wrong = next((one for one in found if not re.fullmatch(r"[0-9]{1,2}|[0-9]{10,20}", one)), None)
    if wrong is not None:
        raise Invalid("PICKS", x=wrong)
    return Picks(one if len(one) > 2 else str(int(one)) for one in found)


async def _handle(text: str, asked: "Asked") -> Handle:
    if SHORT_LINK.match(text.strip()):
        raise Invalid("SHORT_LINK", x=text)
    return named(text)


async def _list(text: str, asked: "Asked") -> Carried:
    """Names, or what `account export` wrote; what came with the command as a file, or on the console is named as one, counts."""
    text = await handed(asked.attachment) if asked.attachment else text
    path = file_named(text) if asked.place.platform is Platform.CONSOLE and not asked.attachment else None
    return await asyncio.to_thread(lambda: read_list(content(path) if path else text))  # a long one takes a second


async def _channel(text: str, asked: "Asked") -> Channel:
    return channel_of(text, asked.place, asked.address)


async def _role(text: str, asked: "Asked") -> PingRole:
    return role_of(text, asked.place)


YES, NO = frozenset({"yes", "y", "true", "on", "oui"}), frozenset({"no", "n", "false", "off", "non"})


async def _yes(text: str, asked: "Asked") -> bool:
    word = text.strip().lower()
    if word in {*YES, "1"}:
        return True
    if word in {*NO, "0"}:
        return False
    raise Invalid("CHOICE", x=text, list="yes, no")


async def _sure(text: str, asked: "Asked") -> Sure:
    return Sure(await _yes(text, asked))


async def _mark(text: str, asked: "Asked") -> Mark:
    return Mark(text.strip())


async def _seconds(text: str, asked: "Asked") -> Seconds:
    word = text.strip().lower().removesuffix("s").strip()
    if not word.isdecimal() or len(word) > 4 or not 1 <= int(word) <= 600:
        raise Invalid("NUMBER", x=text, least=1, most=600)
    return Seconds(word)


async def _page(text: str, asked: "Asked") -> Page:
    return Page(number_in(text))


async def _count(text: str, asked: "Asked") -> int:
    return number_in(text)


async def _share(text: str, asked: "Asked") -> Share:
    word = text.strip().lower()
    if word in YES:
        here = asked.place.risk_threshold
        return Share(here if here < NO_RISK else asked.house.settings.RISK_THRESHOLD)
    if word in NO:
        return Share(NO_RISK)
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise Invalid("SHARE", x=text)
    return Share(number)


async def _shares(asked: "Asked") -> list[Choice]:
    return [Choice(one, one) for one in ("yes", "no", "0.5", "0.7", "0.9")]


def _by(read: Callable[[str], Any]) -> Callable[[str, "Asked"], Awaitable[Any]]:
    """A parser for what means the same whoever types it."""

    async def parse(text: str, asked: "Asked") -> Any:
        return read(text)

    return parse


async def _since(text: str, asked: "Asked") -> datetime:
    return times.since(text, asked.house.clock.now(), asked.place.time_zone)


async def _until(text: str, asked: "Asked") -> Until:
    return times.until(text, asked.house.clock.now(), asked.place.time_zone)


YES_NO = (Choice("yes", "yes"), Choice("no", "no"))
KINDS: dict[Any, Kind] = {
    Text: Kind(Text, "words", _text),
    Query: Kind(Query, 'words, or a "quoted phrase"', parse_query, phrases=True),
    Recording: Kind(Recording, "the link of a TikTok video", _text, file=True),
    Picks: Kind(Picks, "up to 10 videos: their numbers in the list, or their ids", _picks, open=True),
    Language: Kind(Language, "the language spoken: auto, en, fr, …", _language, suggest=_languages, open=True),
    Handle: Kind(Handle, "a TikTok name or profile link", _handle, suggest=follows, open=True),
    Carried: Kind(Carried, "names with commas between, or a file that account export wrote", _list, file=True),
    Channel: Kind(
        Channel,
        "a channel for the posts",
        _channel,
        picker=Picker.CHANNEL,
        on=frozenset({Platform.DISCORD, Platform.CONSOLE}),
    ),
    PingRole: Kind(
        PingRole, "a role to call when a live starts", _role, picker=Picker.ROLE, on=frozenset({Platform.DISCORD})
    ),
    Route: Kind(
        Route, "here, off, default, or a channel", parse_route, suggest=routes, picker=Picker.CHANNEL, open=True
    ),
    Someone: Kind(Someone, "a person, by number or mention", parse_someone, picker=Picker.PERSON),
    Zone: Kind(Zone, "a time zone, e.g. Europe/Paris", parse_zone, suggest=zones, open=True),
    Hours: Kind(Hours, "quiet hours, e.g. 22:00-08:00, or off", parse_hours, suggest=hours, open=True),
    StartLine: Kind(StartLine, "a line of up to 200 characters, or off", parse_line, open=True),
    Keep: Kind(Keep, "how long, e.g. 30 days, or off for no end", parse_keep, suggest=keeps, open=True),
    bool: Kind(bool, "yes or no", _yes, YES_NO),
    int: Kind(int, "a number", _count, inner=True),
    Page: Kind(Page, "a page", _page, inner=True),
    Sure: Kind(Sure, "yes", _sure, inner=True),
    Mark: Kind(Mark, "what a card showed", _mark, inner=True, mark=True),
    Seconds: Kind(Seconds, "seconds, 1 to 600", _seconds, least=1, most=600),
    Share: Kind(Share, "yes, no, or the score from which you are told: 0 to 1", _share, suggest=_shares, open=True),
    timedelta: Kind(timedelta, "a length of time, e.g. 30 s, 5 min, 2 h", _by(times.duration)),
    datetime: Kind(datetime, "since when, e.g. 2 h, yesterday, 2026-11-20", _since),
    time: Kind(time, "a time of day, e.g. 9:00, 21:30", _by(times.of_day), suggest=times.of_days, open=True),
    Spell: Kind(Spell, "how long, e.g. 30 min, 2 h", _by(times.spell), suggest=times.spells, open=True),
    Point: Kind(Point, "a moment of the live, e.g. 12:30", _by(times.point), open=True),
    Until: Kind(Until, "until when, e.g. 2 h, 22:30", _until, suggest=times.spells, open=True),
    OnAir: Kind(OnAir, "an account that is live now", on_air, suggest=all_on_air),
    Follow: Kind(Follow, "an account followed here", follow_of, suggest=follows),
    Scope: Kind(Scope, "an account followed here, or all", scope_of, suggest=scopes, open=True),
    Trigger: Kind(Trigger, "a trigger of this place", trigger_of, suggest=triggers),
    Live: Kind(Live, "a live, or an account for its latest", live_of, suggest=lives),
    Told: Kind(Told, "a transcript, e.g. v12, or a live", told_of, suggest=all_told),
    VideoTranscript: Kind(VideoTranscript, "a transcript of a video, e.g. v12", video, suggest=videos),
    Again: Kind(Again, "a transcript that failed, e.g. j12, or one to redo", again, suggest=agains),
    Comment: Kind(Comment, "a comment, by its number", comment_of, suggest=comments),
    Clip: Kind(Clip, "a saved clip", clip_of, suggest=clips),
    Labels: Kind(Labels, "labels, e.g. H+V, or none", parse_labels, open=True),
    Doer: Kind(Doer, "a person who did something here", parse_doer, suggest=doers),
    Alert: Kind(Alert, "an alert", alert_of, suggest=alerts),
}
