"""Cards about Earshot itself: what is not well, a place it may not post in any more, posts that were left out."""

from datetime import timedelta

from bot.card import Button, Card, Tone
from bot.cards.brief import LABEL, brief
from bot.cards.drawing import draw
from bot.cards.terms import ENGINES, term
from bot.command import key
from bot.wording import Line, Words
from core.model.feed import OFF, Event
from core.model.tellable.house import ClipsStopped, Health, PlaceLost, Skipped

TROUBLES = {
    "TIKTOK_LIMIT": "**TikTok is limiting me.**",
    "POSTS_LATE": "**Posts are late.**",
    "DISK_LOW": "**The disk is nearly full.**",
    "STORE_SLOW": "**The database is slow.**",
    "NO_WORDS": "**Speech does not become text.**",
    "NO_ENGINE": "**There is no engine for speech.**",
    "ENGINE_KEY": "**{engine} refuses its key.**",
    "JUDGE_KEY": "**{engine}, which judges risk, refuses its key.**",
    "JUDGE_MODEL": "**{engine}, which judges risk, is not there any more.**",
    "JUDGE_DOWN": "**{engine}, which judges risk, does not answer.**",
}
"""What is not well, as the first line says it."""
OVERS = {
    "TIKTOK_LIMIT": "**TikTok lets me look again.**",
    "POSTS_LATE": "**Posts are on time again.**",
    "DISK_LOW": "**The disk has room again.**",
    "STORE_SLOW": "**The database is quick again.**",
    "NO_WORDS": "**Speech becomes text again.**",
    "NO_ENGINE": "**Speech becomes text now.**",
    "ENGINE_KEY": "**{engine} takes its key again.**",
    "JUDGE_KEY": "**{engine} judges again.**",
    "JUDGE_MODEL": "**{engine} judges again.**",
    "JUDGE_DOWN": "**{engine} judges again.**",
}
STANDS_IN = "Where it is missing others judge: the other model, or simple rules, which are rough. Their alerts say so."
EFFECTS = {
    "TIKTOK_LIMIT": "Lives already open go on; new ones may be told late. Nothing is lost.",
    "POSTS_LATE": "The oldest has been waiting for {amount}. Nothing is lost: they go out in order.",
    "DISK_LOW": "Only {amount} are free: no new clip is begun, and its place is told. "
    "Lives, transcripts, triggers and alerts go on.",
    "STORE_SLOW": "What is heard and written waits {amount} to be stored. Nothing is lost.",
    "NO_WORDS": "The engine has failed for {amount}. Chat, triggers on chat and clips go on; gaps are named.",
    "NO_ENGINE": "A live is heard and nothing can write it down. Chat, its triggers and clips go on; the sound is kept for a day.",
    "JUDGE_KEY": STANDS_IN,
    "JUDGE_MODEL": STANDS_IN,
    "JUDGE_DOWN": STANDS_IN,
    "ENGINE_KEY": "The next engine hears instead, where there is one. Chat, triggers on chat and clips go on; gaps are named.",
}
CURES = {
    "TIKTOK_LIMIT": "Nothing to do, unless it lasts: then look less often (`LOOK_EVERY`) or from elsewhere (`TIKTOK_PROXY`).",
    "POSTS_LATE": "Nothing to do, unless it lasts: then `/status` shows what waits.",
    "DISK_LOW": "Delete clips or what else is not needed in the folder `DATA_DIR`, or give it more room: "
    "clips go on by themselves then.",
    "STORE_SLOW": "See what else keeps the disk of `DATA_DIR` busy.",
    "NO_WORDS": "Check the key and the quota of the engine, or choose another one with `SPEECH`.",
    "NO_ENGINE": "Set `GROQ_API_KEY`, or choose the local engine with `/admin engine`: what is kept is written down then.",
    "JUDGE_KEY": "Put a key that works into `GROQ_API_KEY`, and start anew.",
    "JUDGE_MODEL": "Name one that is there in `GROQ_SCREEN_MODEL` or `GROQ_JUDGE_MODEL`, and start anew.",
    "JUDGE_DOWN": "Nothing to do, unless it lasts: then see what `/status` says of it, and whether its quota is enough.",
    "ENGINE_KEY": "`earshot doctor` says what it refuses. I try again every 15 min; a new key in the settings takes a restart.",
}
UNWELL, WELL = "**Something is not well: {what}**", "**It is well again: {what}**"
"""For what this version has no words for."""
MUTE = key("settings.feed", Event.HEALTH.value, 0, OFF)


@draw.register
def health(meaning: Health, words: Words) -> Card:
    """What is not well, what it does to people, what they can do; at the end how long it was."""
    if meaning.ended is not None:
        return _over(meaning, words)
    amount = _amount(meaning, words)
    what, engine = _parted(meaning.what, words)
    lines = [words.line(table.get(what, ""), amount=amount) for table in (EFFECTS, CURES)]
    return Card(
        words.line(TROUBLES.get(what, UNWELL), what=what, engine=engine),
        tuple(line for line in lines if line),
        foot=words.line("since {at} · I will say when it is over", at=words.time(meaning.since)),
        buttons=((Button(words.say("Details"), "status"), Button(words.say("Mute"), MUTE)),),
        tone=Tone.WARN,
    )


def _over(meaning: Health, words: Words) -> Card:
    ended = meaning.ended or meaning.since
    lasted = words.line(
        "Over after {length}, {start}–{end}.",
        length=words.length(ended - meaning.since),
        start=words.time(meaning.since),
        end=words.time(ended),
    )
    what, engine = _parted(meaning.what, words)
    return Card(words.line(OVERS.get(what, WELL), what=what, engine=engine), (lasted,), tone=Tone.GOOD)


def _parted(what: str, words: Words) -> tuple[str, str]:
    """What is wrong, and the engine it is wrong with, as people call it."""
    name, _, engine = what.partition(":")
    return name, term(ENGINES, engine, words)


def _amount(meaning: Health, words: Words) -> str:
    if meaning.what == "DISK_LOW":
        return words.size(round(meaning.amount))
    return words.length(timedelta(seconds=meaning.amount))


@draw.register
def clips_stopped(meaning: ClipsStopped, words: Words) -> Card:
    """To whoever would have got a clip."""
    x, y = words.size(meaning.free), words.size(meaning.least)
    title = words.line("**Only {x} are free; clips stop below {y}.**", x=x, y=y)
    body = (
        words.line("Delete some with `/clip list`. They go on by themselves when there is room."),
        words.line("Everything else goes on: hits, transcript and alerts come as always."),
    )
    return Card(title, body, buttons=((Button(words.say("All clips"), "clip.list"),),), tone=Tone.WARN)


@draw.register
def place_lost(meaning: PlaceLost, words: Words) -> Card:
    """To whoever set a place up."""
    name = brief(meaning.name or meaning.place, LABEL)
    at = f"{words.day(meaning.since)} {words.time(meaning.since)}"
    if meaning.why == "GONE":
        title = words.line("**I was taken out of {place}.**", place=name)
        next_step: Line = words.line("Everything there is paused and kept; it goes on when I am added again.")
    else:
        title = words.line("**I lost the right to post in {place}.**", place=name)
        next_step = words.line("Everything there is paused and kept; it goes on by itself once I may post again.")
    return Card(title, (next_step,), foot=words.line("since {at}", at=at), tone=Tone.WARN)


@draw.register
def skipped(meaning: Skipped, words: Words) -> Card:
    """More waited than anybody would read."""
    when = words.line(
        "Between {since} and {until} more came than could be posted; alerts went first.",
        since=words.time(meaning.since),
        until=words.time(meaning.until),
    )
    return Card(
        words.count("**{n} post was left out here.**", "**{n} posts were left out here.**", meaning.count),
        (when, words.line("`/lives list` and `/watch log` show everything.")),
        tone=Tone.WARN,
    )
