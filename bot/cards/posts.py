"""Cards of what places are told: lives, words, hits, clips, alerts."""

from datetime import timedelta
from pathlib import Path

from bot.card import Button, Card, File, Press, Quote, Tone
from bot.cards.drawing import draw
from bot.cards.terms import CATEGORIES, ENGINES, LABELS, SCORE, SPREADS, TARGETS, WAITS, term
from bot.command import key
from bot.wording import Line, Words
from core.model.notice import (
    AccountGone,
    AccountRenamed,
    ChatWaits,
    ClipSaved,
    HitFound,
    LiveEnded,
    LiveLost,
    LiveStarted,
    RiskRaised,
    Rolling,
)
from core.model.risk import Verdict
from core.model.transcript import clock_text
from core.model.trigger import Where

SEVERE_SCORE = 0.9
NAMED = 10  # accounts a post about waiting chats names
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
        body.append(words.line("{title}", title=meaning.title))
    at = words.line("since {at}", at=words.time(meaning.started))
    if meaning.viewers is not None:
        at += words.line(" · ") + words.count("{n} watching", "{n} watching", meaning.viewers)
    body.append(at)
    armed = words.count("{n} trigger armed", "{n} triggers armed", meaning.triggers)
    heard = words.line("transcript on · ") if meaning.transcript else words.line("no transcript · ")
    risk = (
        words.line(" · risk alerts from {x}", x=words.decimal(meaning.threshold, 2))
        if meaning.threshold is not None
        else ()
    )
    body.append(heard + armed + risk)
    buttons = (
        (
            Button(words.say("Watch"), live_link(meaning.handle), Press.LINK),
            Button(words.say("Follow the transcript"), key("transcript.open", meaning.live_id)),
            Button(words.say("Save a clip"), key("clip.save", meaning.handle)),
            Button(words.say("Stop"), key("watch.stop", meaning.handle), Press.DANGER),
        ),
        (Button(words.say("Mute for 30 min"), key("watch.mute", meaning.handle)),),
    )
    return Card(
        words.line("**@{x} is live**", x=meaning.handle),
        tuple(body),
        buttons=buttons,
        tone=Tone.GOOD,
        ping=meaning.ping,
    )


@draw.register
def live_ended(meaning: LiveEnded, words: Words) -> Card:
    """A live is over."""
    return live_report(meaning, words, running=False)


def live_report(meaning: LiveEnded, words: Words, *, running: bool) -> Card:
    """How a live was, or is so far."""
    title = (
        words.line("**@{x} is live**", x=meaning.handle)
        if running
        else words.line("**@{x}'s live has ended**", x=meaning.handle)
    )
    times = words.line(
        "{length}, {start}–{end} · peak {peak}, average {mean}",
        length=words.length(meaning.ended - meaning.started),
        start=words.time(meaning.started),
        end=words.time(meaning.ended),
        peak=words.number(meaning.viewers_peak),
        mean=words.number(meaning.viewers_mean),
    )
    named: list[Line] = [words.line("{title}", title=meaning.title)] if meaning.title else []
    if meaning.titles:
        named.append(words.line("before: {titles}", titles=" · ".join(meaning.titles[-TITLES:])))
    if not meaning.recorded:
        button = Button(words.say("Open on TikTok"), profile_link(meaning.handle), Press.LINK)
        only = words.line("This place wants notices only: nothing of it was recorded for you.")
        return Card(title, (*named, times), foot=only, buttons=((button,),))
    body = (*named, times, _happened(meaning, words), _heard(meaning, words))
    quotes = (Quote(meaning.lines, folded=True),) if meaning.lines else ()
    formats = tuple(
        Button(f".{name}", key("transcript.download", meaning.live_id, name)) for name in ("txt", "srt", "json")
    )
    chat = Button(words.say("Chat (.csv)"), key("lives.export", meaning.live_id, "chat", "csv"))
    clips = Button(words.say("Clips"), key("clip.list", account=meaning.handle))
    more = (*((chat,) if meaning.chats else ()), *((clips,) if meaning.clips else ()))
    transcript = (Button(words.say("Transcript"), key("transcript.open", meaning.live_id)), *formats)
    buttons = (transcript, more) if more else (transcript,)
    foot = words.line("The quote is its first lines.") if quotes else ()
    return Card(title, body, quotes, foot=foot, buttons=buttons, picture=Path(meaning.plot) if meaning.plot else None)


def _happened(meaning: LiveEnded, words: Words) -> Line:
    counts = (
        words.count("{n} chat line", "{n} chat lines", meaning.chats),
        words.count("{n} hit", "{n} hits", meaning.hits),
        words.count("{n} risk alert", "{n} risk alerts", meaning.alerts),
        words.count("{n} clip", "{n} clips", meaning.clips),
    )
    return counts[0] + tuple(run for count in counts[1:] for run in (*words.line(" · "), *count))


def _heard(meaning: LiveEnded, words: Words) -> Line:
    heard = words.count(
        "{told} of {n} piece of speech has words",
        "{told} of {n} pieces of speech have words",
        meaning.segments,
        told=words.number(meaning.told),
    )
    if meaning.failed:
        heard += words.line(" · ") + words.count("{n} failed", "{n} failed", meaning.failed)
    if meaning.untold:
        untold = words.count("{n} without an engine", "{n} without an engine", meaning.untold)
        heard += words.line(" · ") + untold + words.line(": the owner can add `GROQ_API_KEY`")
    return heard


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


@draw.register
def rolling(meaning: Rolling, words: Words) -> Card:
    """The newest words, one line each."""
    silent = words.say("(speech without words)")
    said = "\n".join(
        f"{words.time(at, seconds=True)}  {text if text is not None else silent}" for at, text in meaning.lines
    )
    foot = words.line(
        "live · {language} · {engine} · updates every 15 s",
        language=meaning.language or words.term("auto"),
        engine=term(ENGINES, meaning.engine, words),
    )
    return Card(words.line("**@{x} says**", x=meaning.handle), quotes=(Quote(said, folded=True),), foot=foot)


@draw.register
def hit_found(meaning: HitFound, words: Words) -> Card:
    """A trigger fired."""
    if meaning.source is Where.CHAT:
        title = words.line("`{word}` **in @{x}'s chat**", word=meaning.word, x=meaning.handle)
    else:
        title = words.line("`{word}` **said by @{x}**", word=meaning.word, x=meaning.handle)
    where = words.line(
        "{at} · {second} into the live", at=words.time(meaning.at, seconds=True), second=clock_text(meaning.second)
    )
    if meaning.by:
        where += words.line(" · {by}", by=meaning.by)
    count = words.count("heard once", "heard {n} times", meaning.count)
    after = (
        words.line(" · next post in {s} s at the earliest", s=round(meaning.cooldown_seconds))
        if meaning.cooldown_seconds
        else ()
    )
    buttons = (
        (
            Button(words.say("Save a clip"), key("clip.save", meaning.handle)),
            Button(words.say("Context"), key("transcript.open", meaning.live_id)),
            Button(words.say("Mute for 1 h"), key("watch.mute", meaning.handle, **{"for": "1 h"})),
        ),
    )
    return Card(title, (where, count + after), (Quote(meaning.quote, meaning.start, meaning.end),), buttons=buttons)


@draw.register
def clip_saved(meaning: ClipSaved, words: Words) -> Card:
    """A clip is ready, or why it is not."""
    if meaning.failed:
        title = words.line("**The clip of** `{word}` **could not be saved.**", word=meaning.why)
        if meaning.failed in ("DISK_CLOSED", "FOLDER_MISSING"):
            why = words.line("The folder of the clips cannot be written to: the owner can mend that.")
        else:
            why = words.line("That part of @{x}'s live was not kept any more.", x=meaning.handle)
        return Card(title, (why, words.line("Hits and transcript are there.")), tone=Tone.WARN)
    facts = words.line(
        "{length} · {size} · because of `{why}`",
        length=words.length(timedelta(seconds=meaning.seconds)),
        size=words.size(meaning.size),
        why=meaning.why,
    )
    credit = words.line("from @{x}'s live, {link}", x=meaning.handle, link=live_link(meaning.handle))
    file = File(meaning.shown, Path(meaning.path), width=meaning.width, height=meaning.height, seconds=meaning.seconds)
    buttons = ((Button(words.say("All clips"), "clip.list"),),)
    return Card(words.line("`{shown}`", shown=meaning.shown), (facts, credit), buttons=buttons, files=(file,))


@draw.register
def risk_raised(meaning: RiskRaised, words: Words) -> Card:
    """An alert waiting for a person, or decided by one."""
    decided = meaning.verdict is not Verdict.WAITING
    what, score = term(CATEGORIES, meaning.category, words), words.decimal(meaning.score, 2)
    if decided:
        state = words.say("Confirmed") if meaning.verdict is Verdict.CONFIRMED else words.say("Dismissed")
        title = words.line(
            "**{state} · risk {score} · {what} · @{x}**",
            state=state,
            score=score,
            what=what,
            x=meaning.handle,
        )
    elif meaning.score >= SEVERE_SCORE:
        title = words.line("**High risk {score} · {what} · @{x}**", score=score, what=what, x=meaning.handle)
    else:
        title = words.line("**Risk {score} · {what} · @{x}**", score=score, what=what, x=meaning.handle)
    return Card(
        title,
        _decision(meaning, words) + _why(meaning, words),
        (Quote(meaning.quote, hidden=True),) if meaning.quote else (),
        buttons=_buttons(meaning, words),
        tone=Tone.CALM if decided else Tone.DANGER,
    )


def _decision(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    if meaning.decided_at is None:
        return ()
    by = words.line("by {who}, {at}", who=meaning.decided_by, at=words.time(meaning.decided_at))
    return (by + words.line(" · {note}", note=meaning.note) if meaning.note else by,)


def _why(meaning: RiskRaised, words: Words) -> tuple[Line, ...]:
    said = words.line(
        "said {at}, {second} into the live · target: {target} · spread: {virality}",
        at=words.time(meaning.at, seconds=True),
        second=clock_text(meaning.second),
        target=term(TARGETS, meaning.target, words),
        virality=term(SPREADS, meaning.virality, words),
    )
    total = " + ".join(f"{term(SCORE, name, words)} {words.decimal(value, 1)}" for name, value in meaning.terms)
    judged = words.line(
        "{total} = {score} · judged by {engine}",
        total=total,
        score=words.decimal(meaning.score, 2),
        engine=term(ENGINES, meaning.engine, words),
    )
    lines = [said, words.line("{reason}", reason=meaning.reason), judged]
    if meaning.labels:
        lines.append(
            words.line("labels: {labels}", labels=" · ".join(term(LABELS, label, words) for label in meaning.labels))
        )
    if meaning.repeats:
        lines.append(words.count("heard {n} more time", "heard {n} more times", meaning.repeats))
    if meaning.again:
        lines.append(words.line("This may be a repeat: I cannot tell whether it was posted before."))
    return tuple(line for line in lines if line)


def _buttons(meaning: RiskRaised, words: Words) -> tuple[tuple[Button, ...], ...]:
    if meaning.verdict is not Verdict.WAITING:
        return ((Button(words.say("Undo"), key("review.decide", meaning.alert_id, "reopen")),),)
    deciding = (
        Button(words.say("Confirm"), key("review.decide", meaning.alert_id, "confirm"), Press.MAIN),
        Button(words.say("Dismiss"), key("review.decide", meaning.alert_id, "dismiss")),
        Button(words.say("Mute for 30 min"), key("watch.mute", meaning.handle)),
        Button(words.say("Stop"), key("watch.stop", meaning.handle), Press.DANGER),
    )
    looking = (
        Button(words.say("Context"), key("transcript.open", meaning.live_id)),
        Button(words.say("Watch"), live_link(meaning.handle), Press.LINK),
    )
    return (deciding, looking)
