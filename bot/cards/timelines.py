"""A page of a live's timeline: one line for each thing that happened, and one a minute for what many did."""

from datetime import timedelta

from bot.card import Button, Card, Press, Quote
from bot.cards.drawing import draw
from bot.cards.posts import joined
from bot.cards.rolls import GAPS
from bot.cards.terms import term
from bot.cards.watches import noted
from bot.command import key
from bot.replies.lives import LiveTimeline
from bot.wording import Line, Words, plain
from core.model.moment import Crowd, Moment, MomentKind
from core.model.transcript import clock_text
from core.services.lives.recounting import View

VIEWS = {View.ALL: "Everything", View.SPEECH: "Speech", View.CHAT: "Chat", View.EVENTS: "Events"}


@draw.register
def live_timeline(meaning: LiveTimeline, words: Words) -> Card:
    """What happened from one moment of a live to another."""
    live, stretch = meaning.live, meaning.stretch
    lines = [_row(row, words) for row in stretch.rows]
    veiled = frozenset(n for n, row in enumerate(stretch.rows) if isinstance(row, Moment) and row.risky)
    body: list[Line] = []
    if not lines:
        body.append(words.line("Nothing of this kind happened in this time."))
    if stretch.left_out:
        body.append(_left_out(stretch.left_out, words))
    begin, end = (live.started + timedelta(seconds=second) for second in (stretch.start, stretch.end))
    return Card(
        words.line(
            "**@{x}'s live, {start} to {end} of {length}**",
            x=live.handle,
            start=clock_text(stretch.start),
            end=clock_text(stretch.end),
            length=clock_text(stretch.length),
        ),
        tuple(body),
        (Quote("\n".join(lines), folded=True, timed=True, veiled=veiled),) if lines else (),
        foot=words.line(
            "{start} to {end} by the clock", start=words.time(begin, seconds=True), end=words.time(end, seconds=True)
        ),
        buttons=_buttons(meaning, words),
        private=True,
    )


def _left_out(rows: int, words: Words) -> Line:
    return words.count(
        "{n} more has no room here; the file has it.", "{n} more have no room here; the file has them.", rows
    )


def _buttons(meaning: LiveTimeline, words: Words) -> tuple[tuple[Button, ...], ...]:
    """What else can be looked at: other kinds, earlier and later, all of it as a file."""
    live_id, stretch = meaning.live.id, meaning.stretch
    views = tuple(
        Button(
            words.say(VIEWS[view]),
            key("lives.timeline", live_id, view, at=stretch.start),
            Press.MAIN if view is stretch.view else Press.PLAIN,
        )
        for view in View
    )
    steps = []
    if stretch.start > 0:
        steps.append(Button("◀", key("lives.timeline", live_id, stretch.view, before=stretch.start)))
    if stretch.end < stretch.length:
        steps.append(Button("▶", key("lives.timeline", live_id, stretch.view, at=stretch.end)))
    whole = Button(words.say("All of it (.csv)"), key("lives.export", live_id, "events", "csv"))
    return views, (*steps, whole)


def _row(row: Moment | Crowd, words: Words) -> str:
    """A line of the page: when, two spaces, what."""
    if isinstance(row, Crowd):
        return f"{clock_text(row.second)}  {_many(row, words)}"
    when = clock_text(row.second)
    if row.kind is MomentKind.GAP:
        when = f"{when}–{clock_text(row.until or row.second)}"
    elif row.risky:
        when = f"{when} ⚠️ {words.say('risk')}"
    return f"{when}  {' '.join(_what(row, words).split())}"


def _many(crowd: Crowd, words: Words) -> str:
    counts = (
        (crowd.chats, words.count("{n} chat line", "{n} chat lines", crowd.chats)),
        (crowd.gifts, words.count("{n} gift", "{n} gifts", crowd.gifts)),
        (crowd.likes, words.count("{n} like", "{n} likes", crowd.likes)),
        (crowd.joins, words.count("{n} came", "{n} came", crowd.joins)),
        (crowd.follows, words.count("{n} new follower", "{n} new followers", crowd.follows)),
        (crowd.shares, words.count("{n} share", "{n} shares", crowd.shares)),
        (crowd.viewers, words.count("{n} watching", "{n} watching", crowd.viewers or 0)),
    )
    lines = [_written(line, words) for line in crowd.lines]
    return plain(joined([*(said for number, said in counts if number), *lines], words))


def _written(line: Moment, words: Words) -> Line:
    """A line of chat, and by whom."""
    text = " ".join(line.text.split())
    return (
        words.line("{by}: {text}", by=line.who, text=text)
        if text
        else words.line("written: {text}", text=words.withheld)
    )


def _what(row: Moment, words: Words) -> str:
    match row.kind:
        case MomentKind.SPEECH if row.who:
            said = words.line("{who} said: {text}", who=row.who, text=row.text)
        case MomentKind.SPEECH:
            said = words.line("said: {text}", text=row.text)
        case MomentKind.CHAT:
            said = _written(row, words)
        case MomentKind.GAP:
            said = words.line("({why})", why=term(GAPS, row.text, words))
        case MomentKind.GIFT:
            said = words.line("{by} gave {gift} × {n}", by=row.who, gift=row.text, n=words.number(row.count))
        case MomentKind.HIT if row.who:
            said = words.line("`{word}` written by {by}", word=row.text, by=row.who)
        case MomentKind.HIT:
            said = words.line("`{word}` said", word=row.text)
        case MomentKind.ALERT:
            said = words.line(
                "{score}: {text}", score=words.decimal(row.score or 0.0, 2), text=row.text or words.withheld
            )
        case MomentKind.CLIP:
            said = words.line("clip: {name}", name=row.text)
        case MomentKind.MARK | MomentKind.WATCH if row.noted:
            said = noted(row.noted, row.text, row.who, words)
        case _:
            return _many(Crowd(row.second), words)
    return plain(said)
