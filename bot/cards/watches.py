"""Cards about watches of lives."""

from collections.abc import Mapping
from datetime import datetime

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.drawing import draw
from bot.cards.posts import live_link
from bot.cards.terms import WAITS, term
from bot.command import key
from bot.paging import arrows
from bot.replies.watches import Marked, WatchBegun, WatchGoesOn, WatchLog, WatchMuted, WatchStopped
from bot.wording import Line, Run, Words
from core.model.diary import DiaryKind
from core.model.transcript import clock_text
from core.services.lives.minding import Logged, LogKind, Source

SHOWN = 160  # characters of a line of the log


@draw.register
def watch_begun(meaning: WatchBegun, words: Words) -> Card:
    """What will happen now."""
    follow, look = meaning.begun.follow, meaning.begun.look
    body: list[Line] = [words.line("{title}", title=look.title)] if look.title else []
    if look.viewers is not None:
        body.append(words.count("{n} watching", "{n} watching", look.viewers))
    if follow.until is not None:
        until = words.line("I watch it until {at}, or its end if that comes first.", at=_when(follow.until, words))
    else:
        until = words.line("I watch it until its end.")
    body.append((*until, *words.line(" Its posts begin in a few seconds.")))
    known = {"live": meaning.begun.live_id} if meaning.begun.live_id else {}
    buttons = (
        (
            Button(words.say("Watch"), live_link(follow.handle), Press.LINK),
            Button(words.say("Stop"), key("watch.stop", follow.handle, **known), Press.DANGER),
        ),
    )
    return Card(words.line("**@{x} is live**", x=follow.handle), tuple(body), buttons=buttons, tone=Tone.GOOD)


@draw.register
def watch_stopped(meaning: WatchStopped, words: Words) -> Card:
    """Who stopped it, and how it goes on."""
    title = words.line("**@{x}'s live is watched no longer here.**", x=meaning.live.handle)
    body = (
        words.line("Stopped by {who}.", who=meaning.by),
        words.line("What was stored stays; the next live of a followed account is told as always."),
    )
    buttons = ((Button(words.say("Undo"), key("watch.undo", meaning.live.id)),),)
    return Card(title, body, buttons=buttons)


@draw.register
def watch_goes_on(meaning: WatchGoesOn, words: Words) -> Card:
    """It is watched again."""
    title = words.line("**@{x}'s live is watched again here.**", x=meaning.live.handle)
    return Card(title, (words.line("If it still runs, its posts go on within a minute."),), tone=Tone.GOOD)


@draw.register
def watch_muted(meaning: WatchMuted, words: Words) -> Card:
    """One line."""
    title = words.line(
        "**No alerts from @{x}'s live until {at}.** ", x=meaning.live.handle, at=_when(meaning.until, words)
    )
    return Card((*title, *words.line("Hits and risks are counted; `/watch log` shows them.")))


@draw.register
def marked(meaning: Marked, words: Words) -> Card:
    """One line with the time."""
    entry = meaning.entry
    title = words.line(
        "**Marked {at}, {second} into @{x}'s live.**",
        at=words.time(entry.at, seconds=True),
        second=clock_text(entry.second),
        x=meaning.live.handle,
    )
    body = ((Run(entry.text),),) if entry.text else ()
    return Card(title, body, foot=words.line("`/watch log` shows it."))


@draw.register
def watch_log(meaning: WatchLog, words: Words) -> Card:
    """One line per thing that happened, newest first."""
    if not meaning.rows:
        return Card(
            words.line("**Nothing yet.** `/follow @name`, and what happens in its lives is here."), private=True
        )
    title = (
        words.line("**What happened in @{x}'s lives**", x=meaning.account)
        if meaning.account
        else words.line("**What happened in the watches here**")
    )
    items = tuple(
        Item(_line(row, words, named=not meaning.account), key("lives.show", row.live.id)) for row in meaning.rows
    )
    given = {name: str(value) for name, value in (("account", meaning.account), ("kind", meaning.kind)) if value}
    if meaning.kind is LogKind.ALL:
        del given["kind"]
    rows = arrows("watch.log", meaning.page, meaning.page + meaning.more, **given)
    return Card(title, items=items, buttons=(rows,) if rows else (), private=True)


def _line(row: Logged, words: Words, *, named: bool) -> Line:
    at = words.line(
        "{day} {time} · {second} · ",
        day=words.day(row.at),
        time=words.time(row.at, seconds=True),
        second=clock_text(row.second),
    )
    return (*at, *(words.line("**@{x}** · ", x=row.live.handle) if named else ()), *_what(row, words))


def _what(row: Logged, words: Words) -> Line:
    text = row.text if len(row.text) <= SHOWN else f"{row.text[:SHOWN]} …"
    match row.source:
        case Source.CHAT if not text:
            return words.line("written: {text}", text=words.withheld)
        case Source.CHAT:
            return words.line("{by}: {text}", by=row.by, text=text)
        case Source.SPEECH:
            return words.line("said: {text}", text=text or words.withheld)
        case Source.HIT if row.by:
            return words.line("`{word}` written by {by}", word=text, by=row.by)
        case Source.HIT:
            return words.line("`{word}` said", word=text)
        case Source.RISK:
            return words.line("risk: {text}", text=text or words.withheld)
        case Source.DIARY:
            assert row.kind is not None
            return noted(row.kind, text, row.by, words)


def noted(kind: DiaryKind, text: str, by: str, words: Words) -> Line:
    """An entry of the diary: what it is, and what belongs to it."""
    said: Line = (Run(words.say(NOTED[kind])),)
    if kind in (DiaryKind.MUTED, DiaryKind.ALERT_MUTED):
        said += words.line(" until {at}", at=words.time(datetime.fromisoformat(text)))
    elif kind is DiaryKind.CHAT_WAITS:
        said += words.line(": {why}", why=term(WAITS, text, words))
    elif text and kind in (DiaryKind.MARK, DiaryKind.TITLE):
        said += words.line(": {text}", text=text)
    return said + words.line(" ({by})", by=by) if by else said


def _when(at: datetime, words: Words) -> str:
    return f"{words.day(at)} {words.time(at)}"


NOTED: Mapping[DiaryKind, str] = {
    DiaryKind.STARTED: "the live began",
    DiaryKind.ENDED: "the live ended",
    DiaryKind.LOST: "its stream was lost",
    DiaryKind.FOUND: "its stream is back",
    DiaryKind.TITLE: "new title",
    DiaryKind.ROOM: "it moved to another room",
    DiaryKind.PAUSED: "the host paused",
    DiaryKind.RESUMED: "the host went on",
    DiaryKind.CHAT_WAITS: "its chat waits",
    DiaryKind.CHAT_BACK: "its chat is read again",
    DiaryKind.WORDS_LATE: "its words come late or are missing",
    DiaryKind.WORDS_BACK: "its words come again",
    DiaryKind.STOPPED: "stopped here",
    DiaryKind.GOES_ON: "watched again here",
    DiaryKind.MUTED: "no alerts",
    DiaryKind.ALERT_MUTED: "no alerts",
    DiaryKind.MARK: "mark",
    DiaryKind.ERROR: "the connection to its chat broke, and is made anew",
}
