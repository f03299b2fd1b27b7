"""Cards about triggers."""

from datetime import timedelta

from bot.card import Button, Card, Item, Quote, Tone
from bot.cards.brief import LABEL, NAME, brief, quoted
from bot.cards.drawing import draw
from bot.cards.posts import joined
from bot.command import key
from bot.paging import arrows
from bot.replies.triggers import TriggerAdded, TriggerBack, TriggerList, TriggerRemoved, TriggerTested
from bot.wording import Line, Words
from core.model.tellable.finds import HitFound
from core.model.transcript import clock_text
from core.model.trigger import Then, Trigger, Where
from core.services.arming import Example

WHERES = {Where.CHAT: "in chat", Where.SPEECH: "in speech", Where.BOTH: "in chat and speech"}
THENS = {
    Then.ALERT: "then a post",
    Then.CLIP: "then a clip",
    Then.BOTH: "then a post and a clip",
    Then.REPLAY: "then a replay of OBS",
    Then.MARK: "then a mark",
}


def _rule(trigger: Trigger, words: Words) -> Line:
    return words.line(
        "{where}, {match}, {then}; again after {cooldown}; {who}",
        where=words.say(WHERES[trigger.where]),
        match=words.say(str(trigger.match)),
        then=words.say(THENS[trigger.then]),
        cooldown=words.length(trigger.cooldown),
        who=f"@{trigger.handle}" if trigger.handle else words.say("all accounts"),
    )


def _quotes(examples: tuple[Example, ...]) -> tuple[Quote, ...]:
    return tuple(Quote(example.text, example.start, example.end) for example in examples)


def _would(count: int, words: Words) -> Line:
    if not count:
        return words.line("Nothing in the last lives would have fired.")
    return words.count(
        "{n} line of the last lives would have fired:", "{n} lines of the last lives would have fired:", count
    )


@draw.register
def trigger_added(meaning: TriggerAdded, words: Words) -> Card:
    """What it listens to, and what it would have fired on."""
    trigger = meaning.trigger
    buttons = (
        (Button(words.say("Triggers"), "trigger.list"), Button(words.say("Remove"), key("trigger.remove", trigger.id))),
    )
    title = words.line("**I listen for** `{word}`", word=trigger.word)
    return Card(
        title,
        (_rule(trigger, words), _would(meaning.count, words)),
        _quotes(meaning.examples),
        buttons=buttons,
        tone=Tone.GOOD,
    )


@draw.register
def trigger_removed(meaning: TriggerRemoved, words: Words) -> Card:
    """It is gone; it can be undone."""
    buttons = ((Button(words.say("Undo"), key("trigger.undo", meaning.trigger.id)),),)
    return Card(words.line("**The trigger** `{word}` **is removed.**", word=meaning.trigger.word), buttons=buttons)


@draw.register
def trigger_back(meaning: TriggerBack, words: Words) -> Card:
    """It listens again."""
    return Card(
        words.line("**I listen for** `{word}` **again.**", word=meaning.trigger.word),
        (_rule(meaning.trigger, words),),
        tone=Tone.GOOD,
    )


@draw.register
def trigger_list(meaning: TriggerList, words: Words) -> Card:
    """One line each, with hits."""
    if not meaning.rows:
        return Card(words.line("**Nothing yet.** `/trigger add word` makes the first one."), private=True)
    items = tuple(
        Item(
            words.line("`{word}` · ", word=trigger.word)
            + words.count("{n} hit", "{n} hits", trigger.hits)
            + words.line(" · #{id} · ", id=trigger.id)
            + _rule(trigger, words)
        )
        for trigger in meaning.rows
    )
    rows = arrows("trigger.list", meaning.page, meaning.pages)
    title = words.count("**{n} trigger here**", "**{n} triggers here**", meaning.n)
    return Card(title, items=items, buttons=(rows,) if rows else (), private=True)


@draw.register
def trigger_tested(meaning: TriggerTested, words: Words) -> Card:
    """What would have fired."""
    title = words.line("**Test of** `{word}` ({match})", word=meaning.word, match=words.say(str(meaning.match)))
    return Card(title, (_would(meaning.count, words),), _quotes(meaning.examples), private=True)


@draw.register
def hit_found(meaning: HitFound, words: Words) -> Card:
    """A trigger fired."""
    word = brief(meaning.word, LABEL)
    if meaning.source is Where.CHAT:
        title = words.line("`{word}` **in @{x}'s chat**", word=word, x=meaning.handle)
    else:
        title = words.line("`{word}` **said by @{x}**", word=word, x=meaning.handle)
    at, into = words.time(meaning.at, seconds=True), clock_text(meaning.second)
    if meaning.by:
        where = words.line("**{by}**, {at}, {second} into the live", by=brief(meaning.by, NAME), at=at, second=into)
    else:
        where = words.line("{at}, {second} into the live", at=at, second=into)
    buttons = (
        (
            Button(words.say("Save a clip"), key("clip.save", meaning.handle)),
            Button(words.say("Context"), key("transcript.open", meaning.live_id)),
            Button(words.say("Mute for 1 h"), key("watch.mute", meaning.handle, **{"for": "1 h"})),
        ),
    )
    quote = quoted(meaning.quote, meaning.start, meaning.end)
    return Card(title, (where,), (quote,), foot=_again(meaning, words), buttons=buttons)


def _again(meaning: HitFound, words: Words) -> Line:
    """How often it came, and when it is told again."""
    parts = [words.count("found once", "found {n} times", meaning.count)] if meaning.count > 1 else []
    if meaning.cooldown_seconds:
        length = words.length(timedelta(seconds=meaning.cooldown_seconds))
        parts.append(words.line("more within {length} is counted here", length=length))
    return joined(parts, words)
