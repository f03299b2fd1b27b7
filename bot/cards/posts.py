"""Cards of what places are told of lives and accounts."""

from collections.abc import Sequence
from pathlib import Path

from bot.card import Button, Card, Press, Tone
from bot.cards.brief import NAME, TITLE, brief, quoted
from bot.cards.drawing import draw
from bot.cards.looks import start_line
from bot.cards.naming import language
from bot.cards.terms import WAITS, term
from bot.command import key
from bot.wording import Line, Words
from core.model.tellable.accounts import AccountGone, AccountRenamed
from core.model.tellable.lives import ChatWaits, LiveEnded, LiveLeft, LiveLost, LiveStarted
from core.model.transcript import success_of

NAMED = 5  # accounts a post about waiting chats names
TITLES = 3  # earlier titles a report names


def live_link(handle: str) -> str:
    """Where anybody can watch the account's live."""
    return f"https://www.tiktok.com/@{handle}/live"


def profile_link(handle: str) -> str:
    """Where anybody can see the account."""
    return f"https://www.tiktok.com/@{handle}"


@draw.register
def live_started(meaning: LiveStarted, words: Words) -> Card:
    """An account is live."""
    body: list[Line] = []
    if meaning.title:
        body.append(words.line("{title}", title=brief(meaning.title, TITLE)))
    at = words.line("since {at}", at=words.time(meaning.started))
    if meaning.viewers is not None:
        at += words.line(" · ") + words.count("{n} watching", "{n} watching", meaning.viewers)
    body += [at, start_line(meaning, words)]
    return Card(
        words.line("**@{x} is live**", x=meaning.handle),
        tuple(line for line in body if line),
        foot=_set(meaning, words),
        buttons=_steers(meaning, words),
        picture=Path(meaning.cover) if meaning.cover else None,
        aside=True,
        tone=Tone.GOOD,
        ping=meaning.ping,
    )


def _steers(meaning: LiveStarted, words: Words) -> tuple[tuple[Button, ...], ...]:
    """Where to watch it, and what can be done about its watch."""
    watch = Button(words.say("Watch"), live_link(meaning.handle), Press.LINK)
    if not meaning.recorded:
        return ((watch,),)
    read = Button(words.say("Follow the transcript"), key("transcript.open", meaning.live_id))
    clip = Button(words.say("Save a clip"), key("clip.save", meaning.handle, live=meaning.live_id))
    stop = Button(words.say("Stop"), key("watch.stop", meaning.handle, live=meaning.live_id), Press.DANGER)
    mute = Button(words.say("Mute for 30 min"), key("watch.mute", meaning.handle, live=meaning.live_id))
    return ((watch, *((read,) if meaning.transcript else ()), clip, stop), (mute,))


def _set(meaning: LiveStarted, words: Words) -> Line:
    """What is done with the live here."""
    if not meaning.recorded:
        return words.line("This place wants notices only: nothing is recorded.")
    if not meaning.transcript:
        parts = [words.line("No transcript")]
    elif meaning.language:
        parts = [words.line("Transcript on ({language})", language=language(meaning.language, words))]
    else:
        parts = [words.line("Transcript on")]
    if meaning.triggers:
        parts.append(words.count("{n} trigger armed", "{n} triggers armed", meaning.triggers))
    if meaning.threshold is not None:
        parts.append(words.line("risk alerts from {x}", x=words.decimal(meaning.threshold, 2)))
    return joined(parts, words)


def joined(parts: Sequence[Line], words: Words) -> Line:
    """`one · two · three`."""
    between = words.line(" · ")
    return tuple(run for n, part in enumerate(parts) for run in (*(between if n else ()), *part))


@draw.register
def live_ended(meaning: LiveEnded, words: Words) -> Card:
    """A live is over."""
    return live_report(meaning, words, running=False)


@draw.register
def live_left(meaning: LiveLeft, words: Words) -> Card:
    """It is not watched here any more."""
    body = [words.line("{title}", title=brief(meaning.title, TITLE))] if meaning.title else []
    at = words.time(meaning.at)
    body += [
        words.line("Stopped by **{who}**, {at}.", who=brief(meaning.by, NAME), at=at)
        if meaning.by
        else words.line("Nobody here wants it any more since {at}.", at=at),
        words.line("It may still be on; what was stored stays."),
    ]
    undo = (Button(words.say("Undo"), key("watch.undo", meaning.live_id)),) if meaning.by else ()
    watch = Button(words.say("Watch"), live_link(meaning.handle), Press.LINK)
    title = words.line("**@{x}'s live is watched no longer here.**", x=meaning.handle)
    return Card(title, tuple(body), buttons=((watch, *undo),))


def live_report(meaning: LiveEnded, words: Words, *, running: bool) -> Card:
    """How a live was, or is so far."""
    title = (
        words.line("**@{x} is live**", x=meaning.handle)
        if running
        else words.line("**@{x}'s live has ended**", x=meaning.handle)
    )
    named: list[Line] = [words.line("{title}", title=brief(meaning.title, TITLE))] if meaning.title else []
    if meaning.titles:
        named.append(words.line("before: {titles}", titles=brief(" · ".join(meaning.titles[-TITLES:]), TITLE)))
    if not meaning.recorded:
        button = Button(words.say("Open on TikTok"), profile_link(meaning.handle), Press.LINK)
        only = words.line("This place wants notices only: nothing of it was recorded for you.")
        return Card(title, (*named, _times(meaning, words)), foot=only, buttons=((button,),))
    body = [*named, _times(meaning, words), _happened(meaning, words), _heard(meaning, words)]
    about, said = _about(meaning, words)
    body.append(about)
    return Card(
        title,
        tuple(line for line in body if line),
        (quoted(said, folded=True, hidden=meaning.risky),) if said else (),
        buttons=_leads(meaning, words),
        picture=Path(meaning.plot) if meaning.plot else None,
        shown=meaning.renewed,
    )


def _about(meaning: LiveEnded, words: Words) -> tuple[Line, str]:
    """What it was about: a model's words, and whose they are, or else its first lines."""
    if meaning.summary and meaning.whole:
        return words.line("**Summary** by {model}, which may be wrong", model=meaning.summary_by), meaning.summary
    if meaning.summary:
        return words.line(
            "**Summary** of parts of it by {model}, which may be wrong", model=meaning.summary_by
        ), meaning.summary
    return (words.line("**First lines**"), meaning.lines) if meaning.lines else ((), "")


def _leads(meaning: LiveEnded, words: Words) -> tuple[tuple[Button, ...], ...]:
    """Where more of it is."""
    transcript = (
        Button(words.say("Transcript"), key("transcript.open", meaning.live_id)),
        *(Button(f".{name}", key("transcript.download", meaning.live_id, name)) for name in ("txt", "srt", "pdf")),
    )
    timeline = Button(words.say("Timeline"), key("lives.timeline", meaning.live_id))
    report = Button(words.say("Report (.pdf)"), key("lives.export", meaning.live_id, "report", "pdf"))
    chat = Button(words.say("Chat (.csv)"), key("lives.export", meaning.live_id, "chat", "csv"))
    clips = Button(words.say("Clips"), key("clip.list", account=meaning.handle))
    more = (*((chat,) if meaning.chats else ()), *((clips,) if meaning.clips else ()))
    return (transcript, (timeline, report, *more))


def _times(meaning: LiveEnded, words: Words) -> Line:
    length = words.line(
        "{length}, {start}–{end}",
        length=words.length(meaning.ended - meaning.started),
        start=words.time(meaning.started),
        end=words.time(meaning.ended),
    )
    if not meaning.viewers_peak:
        return length
    peak, mean = words.number(meaning.viewers_peak), words.number(meaning.viewers_mean)
    return length + words.line(" · peak {peak} watching, average {mean}", peak=peak, mean=mean)


def _happened(meaning: LiveEnded, words: Words) -> Line:
    """What there was of it, nothing of what there was none of."""
    counts = (
        (meaning.chats, words.count("{n} chat line", "{n} chat lines", meaning.chats)),
        (meaning.hits, words.count("{n} hit", "{n} hits", meaning.hits)),
        (meaning.alerts, words.count("{n} risk alert", "{n} risk alerts", meaning.alerts)),
        (meaning.clips, words.count("{n} clip", "{n} clips", meaning.clips)),
    )
    happened = joined([said for count, said in counts if count], words)
    if not meaning.waiting:
        return happened
    return happened + words.count(" · {n} waits for a person", " · {n} wait for a person", meaning.waiting)


def _heard(meaning: LiveEnded, words: Words) -> Line:
    """How much of what was said is written down, and why the rest is not. Silence is not a failure."""
    said = meaning.segments - meaning.silent
    if said <= 0 and not meaning.gaps:
        return words.line("No speech was heard.")
    wordless = (
        (meaning.late, words.count("{n} written down later", "{n} written down later", meaning.late)),
        (meaning.failed, words.count("{n} failed", "{n} failed", meaning.failed)),
        (meaning.gaps, words.count("{n} gap in the stream", "{n} gaps in the stream", meaning.gaps)),
        (meaning.untold, words.count("{n} without an engine", "{n} without an engine", meaning.untold)),
    )
    if meaning.told == said:
        heard = words.count("{n} passage of speech written down", "{n} passages of speech written down", said)
    else:
        heard = words.count(
            "{told} of {n} passage of speech written down",
            "{told} of {n} passages of speech written down",
            said,
            told=words.number(meaning.told),
        )
    rest = [line for n, line in wordless if n]
    if meaning.failed or meaning.late:
        share = success_of(meaning.told, meaning.failed + meaning.late)
        rest.append(words.line("{share} % succeeded", share=words.number(100 * share)))
    line = joined([heard, *rest], words)
    return line + words.line(" (the owner can add `GROQ_API_KEY`)") if meaning.untold else line


@draw.register
def live_lost(meaning: LiveLost, words: Words) -> Card:
    """A live cannot be heard for a while; the post says so until it is heard again."""
    if meaning.found:
        body = (words.line("What was said from {at} until now is missing.", at=words.time(meaning.since)),)
        return Card(words.line("**I hear @{x}'s live again.**", x=meaning.handle), body, tone=Tone.GOOD)
    title = words.line("**I lost @{x}'s live at {at}.**", x=meaning.handle, at=words.time(meaning.since))
    body = (words.line("Its stream does not come any more. I keep trying; the chat goes on."),)
    return Card(title, body, tone=Tone.WARN)


@draw.register
def chat_waits(meaning: ChatWaits, words: Words) -> Card:
    """A live goes on without its chat; the post says so until the chat is read again."""
    at = words.time(meaning.since)
    more = len(meaning.handles) - NAMED
    names = ", ".join(f"@{handle}" for handle in meaning.handles[:NAMED]) + (f" + {more}" if more > 0 else "")
    if meaning.found:
        body = (words.line("What was written from {at} until now may be missing.", at=at),)
        return Card(words.line("**I read the chat of {names} again.**", names=names), body, tone=Tone.GOOD)
    title = words.line("**The chat of {names} has been waiting since {at}.**", names=names, at=at)
    why = words.line("{why}.", why=_sentence(term(WAITS, meaning.why, words)))
    goes_on = words.line("The live goes on: transcript, triggers on speech, alerts and clips. I keep trying.")
    return Card(title, (why, goes_on), tone=Tone.WARN)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@draw.register
def account_renamed(meaning: AccountRenamed, words: Words) -> Card:
    """An account has another name; it is followed on."""
    title = words.line("**@{was} is called @{x} now.**", was=meaning.was, x=meaning.handle)
    body = (words.line("I follow it on under the new name; everything set for it stays."),)
    return Card(
        title, body, buttons=((Button(words.say("Open on TikTok"), profile_link(meaning.handle), Press.LINK),),)
    )


@draw.register
def account_gone(meaning: AccountGone, words: Words) -> Card:
    """An account that TikTok does not know any more."""
    since = words.line(
        "TikTok has not known the name since {day}, and its profile is empty.", day=words.day(meaning.since)
    )
    next_step = words.line("I keep looking: if it comes back, its next live is told as before.")
    buttons = (
        (
            Button(words.say("Open on TikTok"), profile_link(meaning.handle), Press.LINK),
            Button(words.say("Unfollow"), key("unfollow", meaning.handle), Press.DANGER),
        ),
    )
    title = words.line("**@{x} is no longer on TikTok.**", x=meaning.handle)
    return Card(title, (since, next_step), buttons=buttons, tone=Tone.WARN)
