"""Cards about triggers."""

from datetime import timedelta

from bot.card import Button, Card, Item, Press, Quote, Tone
from bot.cards.brief import LABEL, NAME, brief, kept_back, quoted
from bot.cards.drawing import draw
from bot.cards.posts import joined
from bot.command import key
from bot.paging import arrows
from bot.replies.common import Failed
from bot.replies.triggers import (
    TriggerAdded,
    TriggerBack,
    TriggerEdited,
    TriggerList,
    TriggerRemoved,
    TriggersAdded,
    TriggersGone,
    TriggerShown,
    TriggerTested,
)
from bot.wording import Line, Words, plain
from core.model.tellable.finds import HitFound
from core.model.transcript import clock_text
from core.model.trigger import DEFAULT_COOLDOWN, Then, Trigger, Where
from core.services.rehearsing import EXAMPLES, Rehearsal

WHERES = {Where.CHAT: "in chat", Where.SPEECH: "in speech", Where.BOTH: "in chat and speech"}
THENS = {
    Then.ALERT: "then a post",
    Then.CLIP: "then a clip",
    Then.BOTH: "then a post and a clip",
    Then.REPLAY: "then a replay of OBS",
    Then.MARK: "then a mark",
}
DOES = {
    Then.ALERT: "Only a post",
    Then.CLIP: "Only a clip",
    Then.BOTH: "A post and a clip",
    Then.REPLAY: "A replay of OBS",
    Then.MARK: "A mark",
}
HEARS = {Where.CHAT: "Chat only", Where.SPEECH: "Speech only", Where.BOTH: "Chat and speech"}
WAITS = ((timedelta(0), "0"), (DEFAULT_COOLDOWN, "30 s"), (timedelta(minutes=5), "5 min"))
CHANGES = {"handle": "account", "where": "where", "match": "match", "then": "action", "cooldown": "cool-down"}
"""What can be changed of a trigger, by the field that is read."""
REFUSED, NAMED = 8, 15  # words of a list that are named: those that were refused, all


def _rule(trigger: Trigger, words: Words) -> Line:
    said = {name: _value(name, trigger, words) for name in ("where", "match", "then", "cooldown")}
    who = _value("handle", trigger, words)
    if not trigger.cooldown:
        return words.line("{where}, {match}, {then} at every hit; {who}", **said, who=who)
    return words.line("{where}, {match}, {then}; again after {cooldown}; {who}", **said, who=who)


def _value(name: str, trigger: Trigger, words: Words) -> str:
    """One wish of a trigger as it is read."""
    values = {
        "handle": f"@{trigger.handle}" if trigger.handle else words.say("all accounts"),
        "where": words.say(WHERES[trigger.where]),
        "match": words.say(str(trigger.match)),
        "then": words.say(THENS[trigger.then]),
        "cooldown": words.length(trigger.cooldown),
    }
    return values[name]


def _wish(name: str, trigger: Trigger, words: Words) -> str:
    """The same where its name stands before it."""
    return words.say(DOES[trigger.then]) if name == "then" else _value(name, trigger, words)


def _tried(tried: Rehearsal, words: Words) -> tuple[Line, ...]:
    """How many past lines, how often in them, and what was looked at."""
    if not tried.count:
        line = words.line("Nothing in the last lives would have fired.")
    else:
        line = words.count(
            "{n} line of the last lives would have fired.", "{n} lines of the last lives would have fired.", tried.count
        )
    if tried.places > tried.count:
        line += words.line(" ") + words.line("It stands there {n} times.", n=words.number(tried.places))
    if tried.whole:
        return (line,)
    seen = words.line("I looked at the newest {n} lines; there are older ones.", n=words.number(tried.lines))
    return line, seen


def _quotes(tried: Rehearsal, most: int) -> tuple[Quote, ...]:
    return tuple(quoted(example.text, example.start, example.end) for example in tried.examples[:most])


def _manage(trigger: Trigger, words: Words) -> tuple[Button, ...]:
    return (
        Button(words.say("Triggers"), "trigger.list"),
        Button(words.say("Change"), key("trigger.edit", trigger.id)),
        Button(words.say("Remove"), key("trigger.remove", trigger.id), Press.DANGER),
    )


@draw.register
def trigger_added(meaning: TriggerAdded, words: Words) -> Card:
    """What it listens to, and what it would have fired on."""
    trigger = meaning.trigger
    title = words.line("**I listen for** `{word}`", word=trigger.word)
    return Card(
        title,
        (_rule(trigger, words), *_tried(meaning.tried, words)),
        _quotes(meaning.tried, 3),
        buttons=(_manage(trigger, words),),
        tone=Tone.GOOD,
    )


@draw.register
def triggers_added(meaning: TriggersAdded, words: Words) -> Card:
    """Each word of a list; what could not be armed comes first, with its reason."""
    n, made = len(meaning.made), meaning.made
    refused = tuple(
        Item(words.line("`{word}` · {why}", word=brief(word, LABEL), why=_why(failed, words)))
        for word, failed in meaning.refused[:REFUSED]
    )
    armed = tuple(Item(words.line("`{word}`", word=brief(one.word, LABEL))) for one in made[: NAMED - len(refused)])
    body = [_rule(made[0], words)] if made else []
    if (more := len(meaning.refused) - len(refused)) > 0:
        body.append(words.count("{n} more could not be armed.", "{n} more could not be armed.", more))
    if (more := n - len(armed)) > 0:
        body.append(words.count("{n} more is armed: `/trigger list`.", "{n} more are armed: `/trigger list`.", more))
    undo = (
        (Button(words.say("Undo"), key("trigger.takeback", meaning.first, meaning.last), Press.DANGER),) if made else ()
    )
    buttons = ((Button(words.say("Triggers"), "trigger.list"), *undo),)
    title = words.count("**I listen for {n} word more**", "**I listen for {n} words more, each by itself**", n)
    return Card(title, tuple(body), items=refused + armed, buttons=buttons, tone=Tone.GOOD if made else Tone.WARN)


def _why(failed: Failed, words: Words) -> str:
    """The first sentence of an error's text."""
    return plain(draw(failed, words).title).partition(". ")[0].rstrip(".")


@draw.register
def triggers_gone(meaning: TriggersGone, words: Words) -> Card:
    """A list was taken back."""
    buttons = ((Button(words.say("Triggers"), "trigger.list"),),)
    return Card(words.count("**{n} trigger is removed.**", "**{n} triggers are removed.**", meaning.n), buttons=buttons)


@draw.register
def trigger_shown(meaning: TriggerShown, words: Words) -> Card:
    """What it does, and a button for each other thing it could do."""
    trigger = meaning.trigger
    thens = tuple(
        Button(words.say(DOES[then]), key("trigger.edit", trigger.id, then=then))
        for then in DOES
        if then is not trigger.then
    )
    places = tuple(
        Button(words.say(HEARS[where]), key("trigger.edit", trigger.id, where=where))
        for where in HEARS
        if where is not trigger.where
    )
    waits = tuple(
        Button(_again_after(wait, words), key("trigger.edit", trigger.id, cooldown=text))
        for wait, text in WAITS
        if wait != trigger.cooldown
    )
    title = words.line("`{word}` · ", word=trigger.word) + words.count("{n} hit", "{n} hits", trigger.hits)
    rows = (thens, places + waits[:2], _manage(trigger, words)[::2])
    return Card(title, (_rule(trigger, words),), buttons=rows, private=True)


def _again_after(wait: timedelta, words: Words) -> str:
    return words.say("Again after {cooldown}", cooldown=words.length(wait)) if wait else words.say("Tell every hit")


@draw.register
def trigger_edited(meaning: TriggerEdited, words: Words) -> Card:
    """Each thing that changed, before and after."""
    body = tuple(
        words.line(
            "{what} · {before} → {after}",
            what=words.say(CHANGES[name]),
            before=_wish(name, meaning.before, words),
            after=_wish(name, meaning.after, words),
        )
        for name in CHANGES
        if getattr(meaning.before, name) != getattr(meaning.after, name)
    )
    title = words.line("`{word}` **listens like this now.**", word=meaning.after.word)
    return Card(title, body, buttons=(_manage(meaning.after, words),), tone=Tone.GOOD)


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
            + _rule(trigger, words),
            key("trigger.edit", trigger.id),
        )
        for trigger in meaning.rows
    )
    of = {"account": meaning.account} if meaning.account else {}
    rows = arrows("trigger.list", meaning.page, meaning.pages, **of)
    title = words.count("**{n} trigger here**", "**{n} triggers here**", meaning.n)
    if meaning.account:
        title += words.line(" · @{x}", x=meaning.account)
    return Card(title, items=items, buttons=(rows,) if rows else (), private=True)


@draw.register
def trigger_tested(meaning: TriggerTested, words: Words) -> Card:
    """What would have fired."""
    title = words.line("**Test of** `{word}` ({match})", word=meaning.word, match=words.say(str(meaning.match)))
    return Card(title, _tried(meaning.tried, words), _quotes(meaning.tried, EXAMPLES), private=True)


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
            Button(words.say("Save a clip"), key("clip.save", meaning.handle, live=meaning.live_id)),
            Button(words.say("Context"), key("transcript.open", meaning.live_id)),
            Button(words.say("Mute for 1 h"), key("watch.mute", meaning.handle, "1 h", live=meaning.live_id)),
        ),
    )
    quotes = (quoted(meaning.quote, meaning.start, meaning.end),) if meaning.quote else ()
    body = (where,) if quotes else (where, kept_back(words))
    return Card(title, body, quotes, foot=_again(meaning, words), buttons=buttons)


def _again(meaning: HitFound, words: Words) -> Line:
    """How often it came, and when it is told again."""
    parts = [words.count("found once", "found {n} times", meaning.count)] if meaning.count > 1 else []
    if meaning.cooldown_seconds:
        length = words.length(timedelta(seconds=meaning.cooldown_seconds))
        parts.append(words.line("more within {length} is counted here", length=length))
    return joined(parts, words)
