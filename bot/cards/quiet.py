"""Cards of when a place does not want to be disturbed."""

from dataclasses import replace
from datetime import time

from bot.card import Button, Card, Press
from bot.cards.drawing import draw
from bot.cards.sections import back, hours
from bot.command import key
from bot.manners import OFF, USUAL
from bot.replies.quiet import QuietShown
from bot.wording import Line, Words
from core.model.quiet import QuietHours
from core.model.risk import HIGH_RISK

STARTS = (time(21), time(22), time(23), time(0))
ENDS = (time(6), time(7), time(8), time(9))
Rows = tuple[tuple[Button, ...], ...]


@draw.register
def quiet_shown(meaning: QuietShown, words: Words) -> Card:
    """What they are, what they do, and when it is quiet next."""
    quiet = meaning.place.quiet_hours
    title = words.line("**Quiet hours** · {hours}", hours=hours(quiet) if quiet else words.say("off"))
    score = words.decimal(HIGH_RISK, 2)
    body = [
        words.line(
            "In quiet hours posts have no sound and call nobody; only critical risk alerts come as always: from {score}, or "
            "with a severe label.",
            score=score,
        ),
        words.line("Hits, clips and new videos wait, and are told together: in the digest, or when it is over."),
        *_when(meaning, words),
        words.line("Times are those of {zone}.", zone=meaning.place.time_zone),
    ]
    other = Button(words.say("Other hours"), "settings.hours")
    off = (Button(words.say("Off"), key("settings.hours", OFF), Press.DANGER),) if quiet else ()
    rows = (*(_ends(quiet, words) if quiet else _usual()), (other, *off), back(words))
    return Card(title, tuple(body), buttons=rows, private=True)


def _when(meaning: QuietShown, words: Words) -> tuple[Line, ...]:
    if meaning.running:
        now = words.line("It is quiet now, until {at}.", at=words.time(meaning.running.ends))
        return (now, words.line("`/digest now` shows what has been held so far."))
    if meaning.coming:
        begins = meaning.coming.begins
        return (words.line("It is quiet next on {day} at {at}.", day=words.day(begins), at=words.time(begins)),)
    return ()


def _usual() -> Rows:
    """Hours many people sleep in."""
    return (tuple(Button(one.replace("-", "–"), key("settings.hours", one)) for one in USUAL),)


def _ends(quiet: QuietHours, words: Words) -> Rows:
    """Another beginning, another end."""
    starts = [replace(quiet, start=at) for at in STARTS if at not in (quiet.start, quiet.end)]
    ends = [replace(quiet, end=at) for at in ENDS if at not in (quiet.start, quiet.end)]
    return (
        tuple(Button(words.say("From {at}", at=f"{one.start:%H:%M}"), _key(one)) for one in starts),
        tuple(Button(words.say("To {at}", at=f"{one.end:%H:%M}"), _key(one)) for one in ends),
    )


def _key(quiet: QuietHours) -> str:
    return key("settings.hours", f"{quiet.start:%H:%M}-{quiet.end:%H:%M}")
