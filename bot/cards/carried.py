"""Cards about lists of accounts and files of settings, on their way in and out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.card import Button, Card, File, Item, Tone
from bot.cards.brief import LABEL, brief
from bot.cards.channels import event_named
from bot.cards.deciding import TWO
from bot.cards.drawing import draw
from bot.cards.looks import looks
from bot.cards.moderation import changes, threshold
from bot.cards.naming import channel, language, role
from bot.cards.sections import hours
from bot.cards.settings import PURPOSES
from bot.cards.terms import term
from bot.replies.accounts import Bringing, ListBrought, SettingsFile
from bot.wording import Line, Words
from core.model.feed import OFF, Event
from core.model.person import Place
from core.services.adopting import Adopted, Left, Why
from core.services.carrying import Brought, Outcome
from core.services.enacting import Enacted

NAMED = 12  # things of a file that are named one by one; more are counted


@draw.register
def bringing(meaning: Bringing, words: Words) -> Card:
    """How far a list is."""
    title = words.line("**Reading the list**, {done} of {of}", done=meaning.done, of=meaning.of)
    return Card(title, progress=meaning.done / meaning.of if meaning.of else None, private=True)


@draw.register
def list_brought(meaning: ListBrought, words: Words) -> Card:
    """One line for each name, what did not work first; then what came of triggers and settings."""
    brought = meaning.brought
    made = brought.count(Outcome.FOLLOWED)
    rows = sorted(brought.rows, key=lambda row: row[1] in (Outcome.FOLLOWED, Outcome.ALREADY))
    items = tuple(
        Item(words.line("{x} · {outcome}", x=name[:80] or "…", outcome=words.say(OUTCOMES[outcome])))
        for name, outcome in rows
    )
    body = [words.line("Following {n} of {m}.", n=meaning.n, m=meaning.limit)]
    if brought.moved:
        body.append(
            words.count(
                "{n} of them posts here: I do not know its channel in this place.",
                "{n} of them post here: I do not know their channels in this place.",
                brought.moved,
            )
        )
    body += [*_triggers(brought, words), *_settings(brought.adopted, words), *_policy(brought.enacted, words)]
    body += _detector(brought, words)
    title = words.count("**{n} account is new here.**", "**{n} accounts are new here.**", made)
    follows, everything = (
        Button(words.say("Who is followed"), "following"),
        Button(words.say("Everything set here"), "settings"),
    )
    row = (follows, everything) if brought.adopted.after is not None else (follows,)
    tone = Tone.GOOD if made or brought.triggers else Tone.WARN
    return Card(title, tuple(body), items=items, buttons=(row,), tone=tone, private=True)


@draw.register
def settings_file(meaning: SettingsFile, words: Words) -> Card:
    """The file itself."""
    title = words.line("**Everything set here** · {x}", x=meaning.file.name)
    body = (words.line("`/account import` reads it back: follows, triggers, settings, own words and where posts go."),)
    return Card(title, body, files=(File(meaning.file.name, data=meaning.file.data),), private=True)


def _triggers(brought: Brought, words: Words) -> Iterator[Line]:
    if brought.triggers:
        yield words.count("{n} trigger is new.", "{n} triggers are new.", brought.triggers)
    if brought.doubled:
        yield words.count("{n} trigger was here already.", "{n} triggers were here already.", brought.doubled)
    if brought.failed:
        yield words.count("{n} trigger could not be armed.", "{n} triggers could not be armed.", brought.failed)
    if brought.full:
        yield words.count(
            "{n} trigger found no room: this place has as many as it can have. `/trigger list` shows them.",
            "{n} triggers found no room: this place has as many as it can have. `/trigger list` shows them.",
            brought.full,
        )


def _detector(brought: Brought, words: Words) -> Iterator[Line]:
    """What only settings of the Live Chat Detector hold."""
    if brought.password:
        yield words.line(
            "**The password of OBS in it was refused**: no file carries one here. Put it into `OBS_PASSWORD`, and delete the file."
        )
    if brought.needless:
        yield words.line("Not needed here: {list}.", list=", ".join(brought.needless))


def _settings(adopted: Adopted, words: Words) -> Iterator[Line]:
    before, after = adopted.before, adopted.after
    if before is not None and after is not None:
        for what, says in SETTINGS.items():
            old, new = says(before, words), says(after, words)
            if old != new:
                yield words.line("{what} · {before} → {after}", what=_capital(words.term(what)), before=old, after=new)
    for route in adopted.routes[:NAMED]:
        goes = words.say("off") if route.address == OFF else channel(route.address, words)
        whose = words.say(", of @{x}", x=route.account) if route.account else ""
        yield words.line("{event}{whose} → {goes}", event=event_named(route.event, words), whose=whose, goes=goes)
    for left in adopted.left[:NAMED]:
        yield _left(left, words)
    if more := max(0, len(adopted.routes) - NAMED) + max(0, len(adopted.left) - NAMED):
        yield words.count("And {n} more of these.", "And {n} more of these.", more)


def _policy(enacted: Enacted, words: Words) -> Iterator[Line]:
    """How short texts are judged now, and what of that was not taken."""
    if enacted.before is not None and enacted.after is not None:
        yield from changes(enacted.before, enacted.after, words)
    if enacted.rules:
        yield words.count("{n} own word is new.", "{n} own words are new.", enacted.rules)
    if enacted.doubled:
        yield words.count("{n} own word was here already.", "{n} own words were here already.", enacted.doubled)
    for left in enacted.left[:NAMED]:
        yield _left(left, words)
    if more := max(0, len(enacted.left) - NAMED):
        yield words.count("And {n} more of these.", "And {n} more of these.", more)


def _left(left: Left, words: Words) -> Line:
    """What was not taken, by its name in the file, and why."""
    value = brief(left.value, LABEL)
    if left.why is Why.DELETES:
        return words.count(
            "Not taken: clips kept for {days} days would delete {n} clip now. `/settings` asks before it does.",
            "Not taken: clips kept for {days} days would delete {n} clips now. `/settings` asks before it does.",
            left.n,
            days=value,
        )
    return words.line(LEFT[left.why], what=left.what, value=value)


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _days(place: Place, words: Words) -> Line:
    return words.count("{n} day", "{n} days", place.clips_kept.days)


SETTINGS: Mapping[str, Callable[[Place, Words], Any]] = {
    "language": lambda place, words: language(place.language, words),
    "time zone": lambda place, words: place.time_zone,
    "risk alerts": lambda place, words: threshold(place, words),
    "two people": lambda place, words: term(TWO, place.two, words),
    "clips are kept": lambda place, words: "".join(run.text for run in _days(place, words)),
    "purpose": lambda place, words: words.term(PURPOSES[place.purpose]),
    "channel": lambda place, words: channel(place.address, words) if place.address else words.say("not set"),
    "quiet hours": lambda place, words: hours(place.quiet_hours) if place.quiet_hours else words.say("off"),
    "without a sound": lambda place, words: (
        ", ".join(event_named(Event(one), words) for one in place.silent) or words.say("no event")
    ),
    "calls": lambda place, words: role(place.ping) if place.ping else words.say("nobody"),
    "looks": lambda place, words: "".join(run.text for run in looks(place, words)),
    "line under the start of a live": lambda place, words: brief(place.start_text, LABEL) or words.say("not set"),
}
"""What a file can change of a place, and how it reads."""
LEFT: Mapping[Why, str] = {
    Why.WRONG: "Not taken: `{what}` cannot be read.",
    Why.CHANNEL: "Not taken: `{what}` · I do not know the channel “{value}” here.",
    Why.ROLE: "Not taken: `{what}` · “{value}” is of another place.",
    Why.ALONE: "Not taken: `{what}` · nobody else decides here.",
    Why.GIVEN: "Not taken: `{what}` · the channel you gave goes before.",
    Why.RULE: "Not taken: `{what}` · “{value}” is nothing I can look for.",
    Why.FULL: "Not taken: `{what}` · there is no room for “{value}”.",
    Why.REGION: "Not taken: `{what}` · I do not know the region “{value}”.",
    Why.LASTING: "Not taken: `{what}` · that label cannot be switched off.",
    Why.ACCOUNT: "Not taken: `{what}` · nothing of that is told of @{value} here.",
}

OUTCOMES = {
    Outcome.FOLLOWED: "followed",
    Outcome.ALREADY: "followed already",
    Outcome.WRONG: "no TikTok name",
    Outcome.LIMIT: "no room left here",
    Outcome.GONE: "not on TikTok",
    Outcome.REFUSED: "its owner does not want it",
    Outcome.BUSY: "could not be stored, try again",
}
