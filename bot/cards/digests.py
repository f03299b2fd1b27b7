"""Cards of the digest: what happened in a place, account by account."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from math import ceil

from bot.card import Button, Card, Item, Press
from bot.cards.drawing import draw
from bot.cards.held import held_lines
from bot.cards.lives import handed
from bot.cards.naming import channel
from bot.cards.posts import joined
from bot.cards.records import agreement
from bot.cards.reviews import KINDS
from bot.cards.sections import back
from bot.cards.terms import term
from bot.command import key
from bot.replies.digests import DigestPanel, DigestSet, DigestShown, DigestTable
from bot.wording import Line, Words
from core.model.agreement import Agreement
from core.model.digest import Every, Rhythm
from core.model.feed import Event
from core.model.person import Address
from core.model.tellable.house import Digest

AGREED = 6  # labels and categories of a week
CLOCKS = timedelta(hours=1)  # by which a day is longer or shorter when clocks change
SHOWN = 10  # accounts; more would be a wall
QUIET = 5  # quiet ones named
RHYTHMS: Mapping[Every, str] = {Every.DAILY: "Every day", Every.WEEKLY: "Every week", Every.OFF: "Off"}
EVERY: Mapping[str, str] = {Every.DAILY: "every day at {at}", Every.WEEKLY: "on Mondays at {at}"}


@draw.register
def digest(meaning: Digest, words: Words) -> Card:
    """What happened, or one line that nothing did."""
    title = _title(meaning, words)
    if not (
        meaning.accounts or meaning.waiting or meaning.videos or meaning.held or meaning.confirmed + meaning.dismissed
    ):
        nothing = words.line("Nothing happened here. The next one comes when something does, or in a week.")
        return Card(title, (nothing,))
    rows = sorted(meaning.accounts, key=lambda row: (-row[3], -row[2], -row[1], row[0]))
    items = [Item(_account(row, words)) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        items.append(Item(words.line("and {n} more: `/lives list`", n=len(rows) - SHOWN)))
    body = [_total(meaning, words)]
    if meaning.waiting:
        body.append(_waiting(meaning, words))
    body += _agreed(meaning, words)
    if meaning.held and meaning.held_since and meaning.held_until:
        body += held_lines(meaning.held, meaning.held_since, meaning.held_until, words)
    review = Button(words.say("Review"), key("review.next"), Press.MAIN)
    lives = Button(words.say("All lives"), key("lives.list"))
    when = (int(meaning.since.timestamp()), ceil(meaning.until.timestamp()))  # whole seconds around it
    table = Button("CSV", key("digest.table", *when))
    buttons = ((*((review,) if meaning.waiting else ()), lives, table),)
    return Card(
        title, tuple(line for line in body if line), items=tuple(items), foot=_quiet(meaning, words), buttons=buttons
    )


def _title(meaning: Digest, words: Words) -> Line:
    """For which day or week it is; since when, where its hour was moved and it tells neither."""
    covers, day = meaning.until - meaning.since, words.day(meaning.until)
    if covers > timedelta(days=2):
        return words.line("**Weekly digest · {day}**", day=day)
    if abs(covers - timedelta(days=1)) <= CLOCKS:
        return words.line("**Daily digest · {day}**", day=day)
    return words.line("**Digest · since {at}**", at=f"{words.day(meaning.since)} {words.time(meaning.since)}")


def _waiting(meaning: Digest, words: Words) -> Line:
    """How many alerts wait, of which kinds, and since when."""
    line = words.count("**{n} alert waits** for a person.", "**{n} alerts wait** for a person.", meaning.waiting)
    if len(meaning.kinds) > 1:
        kinds = ", ".join(f"{term(KINDS, kind, words)} {count}" for kind, count in meaning.kinds)
        line += words.line(" Of them: {kinds}.", kinds=kinds)
    if meaning.oldest is not None:
        line += words.line(
            " The oldest came on {day} at {at}.", day=words.day(meaning.oldest), at=words.time(meaning.oldest)
        )
    return line


def _agreed(meaning: Digest, words: Words) -> list[Line]:
    """How the judge did in the week, label by label."""
    if not meaning.confirmed + meaning.dismissed:
        return []
    right = words.count("{n} alert was right", "{n} alerts were right", meaning.confirmed)
    false = words.count(", {n} was a false alarm.", ", {n} were false alarms.", meaning.dismissed)
    lines = [words.line("**The judge this week** · ") + right + false]
    for row in meaning.agreed[:AGREED]:
        lines.append(agreement(Agreement(*row), words))
    return lines


@draw.register
def digest_table(meaning: DigestTable, words: Words) -> Card:
    """The file itself."""
    return handed(words.line("**What there was, by account**"), meaning.file)


def _account(row: tuple[str, int, int, int, int], words: Words) -> Line:
    return words.line("**@{x}** ", x=row[0]) + _counts(row[1:], words)


def _counts(counts: tuple[int, int, int, int], words: Words) -> Line:
    lives, hits, alerts, clips = counts
    said = (
        (lives, words.count("{n} live", "{n} lives", lives)),
        (hits, words.count("{n} hit", "{n} hits", hits)),
        (alerts, words.count("{n} risk alert", "{n} risk alerts", alerts)),
        (clips, words.count("{n} clip", "{n} clips", clips)),
    )
    return joined([line for n, line in said if n], words)


def _total(meaning: Digest, words: Words) -> Line:
    """All accounts together; one account alone is its own sum."""
    parts = []
    if len(meaning.accounts) > 1:
        lives, hits, alerts, clips = map(sum, zip(*(row[1:] for row in meaning.accounts), strict=True))
        parts.append(_counts((lives, hits, alerts, clips), words))
    if meaning.videos:
        parts.append(words.count("{n} video transcribed", "{n} videos transcribed", meaning.videos))
    return joined(parts, words)


def _quiet(meaning: Digest, words: Words) -> Line:
    if not meaning.quiet:
        return ()
    more = len(meaning.quiet) - QUIET
    names = ", ".join(f"@{handle}" for handle in meaning.quiet[:QUIET]) + (f" + {more}" if more > 0 else "")
    return words.line("quiet: {names}", names=names)


@draw.register
def digest_shown(meaning: DigestShown, words: Words) -> Card:
    """The digest as it would be posted, and when the next one comes."""
    card = draw(meaning.digest, words)
    body = (*card.body, _when(meaning.rhythm, meaning.address, words))
    return replace(card, foot=(), body=body, buttons=(*card.buttons, _rhythms(meaning.rhythm, words)), private=True)


@draw.register
def digest_set(meaning: DigestSet, words: Words) -> Card:
    """How it is set now."""
    if meaning.rhythm.every is Every.OFF:
        return Card(
            words.line(
                "**No digest comes any more.** `/digest daily` brings it back; `/digest now` shows it any time."
            ),
            buttons=(_rhythms(meaning.rhythm, words),),
            private=True,
        )
    when = _when(meaning.rhythm, meaning.address, words)
    return Card(words.line("**The digest is set.**"), (when,), buttons=(_rhythms(meaning.rhythm, words),), private=True)


@draw.register
def digest_panel(meaning: DigestPanel, words: Words) -> Card:
    """The section of the settings: how it comes, and how else it could."""
    body = [_when(meaning.rhythm, meaning.address, words)]
    if meaning.coming and meaning.address:
        at = words.time(meaning.coming)
        body.append(words.line("The next one comes on {day} at {at}.", day=words.day(meaning.coming), at=at))
    others = tuple(
        Button(words.term(label), key("settings.digest", every.value))
        for every, label in RHYTHMS.items()
        if every not in (meaning.rhythm.every, Every.OFF)
    )
    hour = Button(words.say("Another hour"), "settings.time")
    where = Button(words.say("Where it goes"), key("settings", "channels", Event.DIGEST.value))
    off = Button(words.say("Off"), key("settings.digest", Every.OFF.value), Press.DANGER)
    on = meaning.rhythm.every is not Every.OFF
    first = (*others, *((hour, off) if on else ()))
    now = Button(words.say("Show it now"), key("digest", "now"))
    title = words.line("**Digest** · {when}", when=comes(meaning.rhythm, words))
    return Card(title, tuple(body), buttons=(first, (now, where, *back(words))), private=True)


def comes(rhythm: Rhythm, words: Words) -> str:
    """How often, in a word."""
    if rhythm.every is Every.OFF:
        return words.say("off")
    return term(EVERY, rhythm.every, words).replace("{at}", rhythm.at.strftime("%H:%M"))


def _rhythms(now: Rhythm, words: Words) -> tuple[Button, ...]:
    """How else it could come."""
    return tuple(
        Button(words.term(label), key("digest", every.value), Press.DANGER if every is Every.OFF else Press.PLAIN)
        for every, label in RHYTHMS.items()
        if every is not now.every
    )


def _when(rhythm: Rhythm, address: Address, words: Words) -> Line:
    if rhythm.every is Every.OFF:
        return words.line("It is not posted: `/digest daily` changes that.")
    if not address:
        return words.line("It is not posted yet: nobody has said where. `/digest daily` with a channel does.")
    return words.line("It is posted {when}, in {channel}.", when=comes(rhythm, words), channel=channel(address, words))
