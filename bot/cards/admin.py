"""Cards for who runs Earshot, and what they say to every place."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.card import Button, Card, Item, Press, Quote, Tone
from bot.cards.drawing import draw
from bot.cards.jobs import kind_of
from bot.cards.judged import SILENT
from bot.cards.terms import CHECKS, ENGINES, lacks, term
from bot.command import key
from bot.health import Part
from bot.replies.admin import (
    AtIt,
    CleanedUp,
    ConfirmSay,
    HealthShown,
    Learned,
    LookingAtAll,
    SaidToAll,
    Synced,
)
from bot.wording import Line, Words
from core.model.tellable.house import Said
from core.services.offering import Offered

PARTS: Mapping[str, str] = {
    "NOT_RUNNING": "**Earshot is not running on this data folder.** Start it with `earshot run`.",
    "RUNS": "**The program** runs; its loop is at most {lag} s late.",
    "SLOW": "**The program** is {lag} s late now and then: this machine has too much to do. Fewer lives at once help.",
    "WRITER_LATE": "**Chat lines** wait {wait} s to be stored. A slow disk is the usual cause; nothing is lost yet.",
    "DROPPED": "**{n} chat rows** were dropped since the start, likes and joins first: more came than the disk could take.",
    "STORED": "**Storage** answers.",
    "STORE_SILENT": "**Storage** does not answer. See whether the disk is full and who else uses the database.",
    "POSTS": "**Posts** waiting: {n}.",
    "POSTS_LATE": "**Posts** waiting: {n}. Usually a platform limits us, or lets us in nowhere; they keep their order.",
    "POSTS_UNKNOWN": "**{n} posts** may have come or not: the connection broke at that moment. They are not sent twice; look "
    "where they should be. On Telegram a press on such a post, or a reply to it, tells me that it is there.",
    "CLOSED": "**{n} channels** let me post no more; posts waiting for them: {kept}. Whoever set the place up was told; what waits "
    "is kept for 30 days and goes on once I may.",
    "JOBS_FAILED": "**{n} jobs** failed for good. `/admin jobs` shows them and tries them again.",
    "UNREAD": "**{n} accounts** have no reading at present. `/following` says why; the next look comes by itself.",
    "NO_CHATS": "**Chats**: there is no token for any. One will do: `DISCORD_TOKEN`, `TELEGRAM_TOKEN`.",
    "CHAT_READY": "**{who}** is connected, since {since}.",
    "CHAT_STARTS": "**{who}** is being connected, since {since}. If that takes minutes, check the token and the network.",
    "CHAT_TROUBLE": "**{who}**, since {since}: {trouble}",
    "TIKTOK": "**TikTok** lets us look.",
    "LIMITED": "**TikTok** limits us until {until}. Lives that are open go on; new ones may show up late.",
    "OBS_WELL": "**OBS** {version} is connected, and its replay buffer runs.",
    "OBS_IDLE": "**OBS** {version} is connected, but its replay buffer is off. `/obs buffer on` starts it.",
    "OBS_FAR": "**OBS** writes where I cannot read: {folder}. Say with `OBS_RECORDING_MAP` where that is on this machine.",
    "OBS_SILENT": "**OBS** does not answer at {x}. Start OBS; then Tools › WebSocket Server Settings › Enable.",
    "OBS_REFUSES": "**OBS** at {x} refuses the password. Copy it from Tools › WebSocket Server Settings › Show Connect Info into "
    "`OBS_PASSWORD`.",
    "OBS_WAITS": "**OBS** at {x} is being asked for the first time.",
    "SIGNS": "**Chats of lives**: {n} more may be opened now.",
    "NO_SIGNS": "**Chats of lives**: none may be opened for now. They are tried again; `SIGN_API_KEY` raises the limit.",
    "ENGINE": "**Speech to text**: {engine}.",
    "NO_ENGINE": "**Speech to text**: no engine is ready. `/admin engine` names them and what each needs.",
    "ENGINE_WAITS": "**{engine}** has used its quota; it is asked again in {left}.",
    "ENGINE_REFUSED": "**{engine}** refused its key. Put a new one into the settings and start anew.",
    "ENGINE_LACKS": "**{engine}** · {lacks}.",
    "CHAT_UNJUDGED": "**{n} lines** of chats were not judged since the start: more came than could be read.",
    "LABELS_ROUGH": "**Short texts** are judged by this machine alone: the model elsewhere does not answer. `/settings risk` says "
    "why.",
    "JUDGE": "**Risk** is judged by {engine}.",
    "JUDGE_ROUGH": "**Risk** is judged by simple rules, which are rough. `GROQ_API_KEY` gives it better judges.",
    "JUDGE_SILENT": "**{engine}** has not judged risk since {since}: {silent}. Simple rules or the other model do until then.",
    "YTDLP": "**yt-dlp** is {n} days old.",
    "YTDLP_OLD": "**yt-dlp** is {n} days old: TikTok has changed since, and videos will fail. Update it.",
    "DISK": "**Disk**: {free} free.",
    "DISK_TIGHT": "**Disk**: {free} free. Old clips are the largest files.",
    "DISK_FULL": "**Disk**: {free} free. No new clip is begun, and backups will fail soon: free some space now.",
    "DISK_SILENT": "**Disk**: the data folder cannot be measured. See whether it is still there.",
}
"""What was found of each part, and what to do."""
TROUBLES: Mapping[str, str] = {
    "DISCONNECTED": "not connected; it is tried again by itself. Check the network if it stays so.",
    "COMMANDS": "its commands cannot be registered; it is tried again by itself.",
    "TOKEN": "its token is refused by now. Put a new one into the settings and start anew.",
    "SECOND_POLLER": "another program uses this token. Stop the other copy, or make a new token.",
}
ANY_TROUBLE = "something is wrong; the log says what."
SIGNS = {True: "✓", None: "·", False: "✗"}
WHYS: Mapping[str, str] = {
    "DISCORD_DOWN": "Discord does not answer, or is not connected yet",
    "TELEGRAM_DOWN": "Telegram does not answer",
    "TELEGRAM_ANSWER": "Telegram did not say whether it took them",
    "TELEGRAM_RATE": "Telegram wants to be left alone for a while",
    "TELEGRAM_TOKEN": "its token is refused, or another program uses it",
}
ANY_WHY = "the log says what is wrong"


@draw.register
def health_shown(meaning: HealthShown, words: Words) -> Card:
    """What is to be mended first, then hints, then what is well."""
    order: dict[bool | None, int] = {False: 0, None: 1, True: 2}
    parts = sorted(meaning.parts, key=lambda part: order[part.well])
    items = tuple(Item(words.line("{sign} ", sign=SIGNS[part.well]) + _part(part, words)) for part in parts)
    wrong, hints = (sum(part.well is well for part in parts) for well in (False, None))
    title = summed(wrong, hints, words)
    buttons = ((Button(words.say("All work"), "admin.jobs"), Button(words.say("Look again"), "admin.health")),)
    return Card(title, items=items, buttons=buttons, tone=Tone.WARN if wrong else Tone.GOOD, private=True)


def summed(wrong: int, hints: int, words: Words) -> Line:
    """How much is to be mended, and how many hints there are."""
    if not wrong and not hints:
        return words.line("**Every part is well.**")
    title = words.count("**{n} part is to be mended**", "**{n} parts are to be mended**", wrong)
    return title + words.line(", ") + words.count("{n} hint", "{n} hints", hints)


def _part(part: Part, words: Words) -> Line:
    values = {name: valued(name, value, words) for name, value in part.values.items()}
    return words.line(PARTS[part.code], **values)


def valued(name: str, value: Any, words: Words) -> str:
    """A part's value as people read it."""
    if name == "since":
        return f"{words.day(value)} {words.time(value)}"
    if isinstance(value, datetime):
        return words.time(value)
    if name == "free":
        return words.size(value)
    if name == "trouble":
        return words.term(TROUBLES.get(value, ANY_TROUBLE))
    if name == "engine":
        return ", ".join(term(ENGINES, one, words) for one in value.split(", "))
    if name == "silent":
        return words.term(SILENT.get(value, SILENT["ENGINE_DOWN"]))
    if name in ("finding", "cure"):
        return term(CHECKS, value, words)
    if name == "lacks":
        return lacks(value, words)
    if isinstance(value, timedelta):
        return words.length(value)
    return (
        words.decimal(value, 2)
        if isinstance(value, float)
        else words.number(value)
        if isinstance(value, int)
        else value
    )


@draw.register
def looking_at_all(meaning: LookingAtAll, words: Words) -> Card:
    """How long it takes."""
    title = words.count("**{n} account is looked at now.**", "**{n} accounts are looked at now.**", meaning.n)
    body = (
        words.line("That takes about {length}.", length=words.length(timedelta(seconds=max(1.0, meaning.seconds)))),
    )
    return Card(title, body, buttons=((Button(words.say("Who is followed"), "following"),),), private=True)


@draw.register
def confirm_say(meaning: ConfirmSay, words: Words) -> Card:
    """What would be said, and to how many."""
    title = words.count("**Tell {n} place this?**", "**Tell {n} places this?**", meaning.places)
    body = (words.line("Once each, where their posts go; private chats only when they were set up."),)
    send = Button(words.say("Send"), key("admin.send", meaning.number), Press.DANGER)
    return Card(title, body, (Quote(meaning.text),), buttons=((send,),) if meaning.places else (), private=True)


@draw.register
def said_to_all(meaning: SaidToAll, words: Words) -> Card:
    """It is on its way."""
    if not meaning.places:
        return Card(words.line("**Everybody had been told this already.** Nothing was sent again."), private=True)
    return Card(
        words.count("**On its way to {n} place.**", "**On its way to {n} places.**", meaning.places),
        tone=Tone.GOOD,
        private=True,
    )


@draw.register
def synced(meaning: Synced, words: Words) -> Card:
    """How many commands each platform knows now."""
    body = tuple(words.line("{who} · ", who=one.platform.capitalize()) + _outcome(one, words) for one in meaning.rows)
    well = all(one.count is not None for one in meaning.rows)
    title = (
        words.line("**The commands are registered again.**")
        if well
        else words.line("**Not every platform took the commands.** It is tried again at the next start.")
    )
    return Card(title, body, tone=Tone.GOOD if well else Tone.WARN, private=True)


def _outcome(one: Offered, words: Words) -> Line:
    if one.count is None:
        return words.line("it did not work: {why}", why=words.term(WHYS.get(one.why, ANY_WHY)))
    length = words.decimal(one.seconds, 1)
    return words.count("{n} command, {length} s", "{n} commands, {length} s", one.count, length=length)


@draw.register
def at_it(meaning: AtIt, words: Words) -> Card:
    """How far it is."""
    title = words.line("**Still at it: {what}**", what=kind_of(meaning.kind, words))
    return Card(title, progress=meaning.done / meaning.of if meaning.of else None, private=True)


@draw.register
def cleaned_up(meaning: CleanedUp, words: Words) -> Card:
    """How much of what."""
    body, said = [], meaning.tidied
    if said.clips:
        body.append(
            words.count(
                "{n} clip was older than its place keeps clips, and is deleted.",
                "{n} clips were older than their places keep clips, and are deleted.",
                said.clips,
            )
        )
    if said.lines:
        body.append(
            words.count(
                "{n} line of speech or chat was older than its places keep it, and is deleted.",
                "{n} lines of speech or chat were older than their places keep them, and are deleted.",
                said.lines,
            )
        )
    if said.files:
        size = words.size(said.size)
        body.append(
            words.count(
                "{n} file nobody needed is gone: {size}.",
                "{n} files nobody needed are gone: {size}.",
                said.files,
                size=size,
            )
        )
    if said.rows:
        body.append(
            words.count(
                "{n} note of things long past is forgotten; no post changes.",
                "{n} notes of things long past are forgotten; no post changes.",
                said.rows,
            )
        )
    if said.given_up:
        body.append(
            words.count(
                "{n} post is given up: its channel has let me in no more for 30 days. `/review next` still has every alert.",
                "{n} posts are given up: their channels have let me in no more for 30 days. `/review next` still has every alert.",
                said.given_up,
            )
        )
    title = words.line("**Cleaned up.**") if body else words.line("**There was nothing to clean up.**")
    foot = words.line("By itself it happens every night.")
    return Card(title, tuple(body), foot=foot, tone=Tone.GOOD, private=True)


@draw.register
def learned(meaning: Learned, words: Words) -> Card:
    """What came of learning."""
    title = words.line("**There was nothing new to learn.**")
    if meaning.places:
        title = words.count(
            "**Learned from the decisions of {n} place.**",
            "**Learned from the decisions of {n} places.**",
            meaning.places,
        )
    body = words.line(
        "The judge inside minds in each place what people confirmed and dismissed there, and in no other."
    )
    foot = words.line("By itself it happens every night.")
    return Card(title, (body,), foot=foot, tone=Tone.GOOD, private=True)


@draw.register
def said(meaning: Said, words: Words) -> Card:
    """A word of who runs Earshot."""
    return Card(words.line("**A word from whoever runs this bot**"), quotes=(Quote(meaning.text),))
