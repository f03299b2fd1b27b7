"""Cards of how long things are kept."""

from collections.abc import Mapping
from datetime import timedelta

from bot.card import Button, Card, Press, Tone
from bot.cards.drawing import draw
from bot.cards.sections import back
from bot.command import key
from bot.manners import OFF
from bot.replies.keeping import ConfirmKeep, KeepingShown
from bot.wording import Line, Words
from core.model.keep import Kept, Matter

USUAL: Mapping[Matter, tuple[int, ...]] = {
    Matter.CLIPS: (7, 30, 90, 365),
    Matter.TRANSCRIPTS: (30, 90, 365),
    Matter.CHAT: (30, 90, 365),
}
"""Days on the buttons."""


@draw.register
def keeping_shown(meaning: KeepingShown, words: Words) -> Card:
    """How long each is kept, what goes with it, and what stays."""
    kept = meaning.kept
    body = (
        words.line("**Clips** · ") + _length(kept.clips, words) + words.line(" · ") + _clips(meaning, words),
        words.line("**What is said in lives** · ") + _length(kept.transcripts, words),
        words.line("**Chats of lives** · ") + _length(kept.chat, words),
        words.line("What is older goes at night. Clips that somebody chose to keep stay, and so does what was posted."),
        words.line("Of a chat the minute before and after a hit stays; hits and alerts stay with their quotes."),
        words.line("A live that other places watch too goes when none of them keeps it any longer."),
    )
    rows = tuple(_buttons(matter, kept, words) for matter in Matter)
    return Card(words.line("**Keeping data**"), body, buttons=(*rows, back(words)), private=True)


@draw.register
def confirm_keep(meaning: ConfirmKeep, words: Words) -> Card:
    """Names what would go, and when."""
    days = meaning.length.days
    if meaning.matter is Matter.CLIPS:
        gone = words.count(
            "{n} clip is older and goes with its file.", "{n} clips are older and go with their files.", meaning.n
        )
        title = words.count("**Keep clips for {n} day only?**", "**Keep clips for {n} days only?**", days)
        go = words.say("Delete older clips")
    elif meaning.matter is Matter.CHAT:
        gone = words.count(
            "The chat of {n} live is older and goes.", "The chats of {n} lives are older and go.", meaning.n
        )
        title = words.count("**Keep chats for {n} day only?**", "**Keep chats for {n} days only?**", days)
        go = words.say("Delete older chats")
    else:
        gone = words.count(
            "What was said in {n} live is older and goes.", "What was said in {n} lives is older and goes.", meaning.n
        )
        title = words.count("**Keep transcripts for {n} day only?**", "**Keep transcripts for {n} days only?**", days)
        go = words.say("Delete older transcripts")
    body = (gone, words.line("That is at night, and cannot be undone then; before it you can change it back."))
    keep = Button(words.say("Leave it as it is"), key("settings", "keeping data"))
    sure = Button(go, key("settings.keep", meaning.matter.value, f"{days} days", "yes"), Press.DANGER)
    return Card(title, body, buttons=((keep, sure),), tone=Tone.WARN, private=True)


def _length(length: timedelta | None, words: Words) -> Line:
    if length is None:
        return words.line("until somebody deletes it")
    return words.count("{n} day", "{n} days", length.days)


def _clips(meaning: KeepingShown, words: Words) -> Line:
    if not meaning.clips:
        return words.line("none yet")
    return words.count("{n} clip, {size}", "{n} clips, {size}", meaning.clips, size=words.size(meaning.size))


def _buttons(matter: Matter, kept: Kept, words: Words) -> tuple[Button, ...]:
    """Other lengths than the one that holds."""
    held = kept.of(matter)
    row = [
        Button(_label(matter, n, words), key("settings.keep", matter.value, f"{n} days"))
        for n in USUAL[matter]
        if held is None or n != held.days
    ]
    if matter is not Matter.CLIPS and held is not None:
        row.append(Button(_label(matter, None, words), key("settings.keep", matter.value, OFF)))
    return tuple(row)


def _label(matter: Matter, n: int | None, words: Words) -> str:
    if matter is Matter.CLIPS:
        return words.say("Clips: {n} days", n=n)
    if matter is Matter.CHAT:
        return words.say("Chats: no end") if n is None else words.say("Chats: {n} days", n=n)
    return words.say("Transcripts: no end") if n is None else words.say("Transcripts: {n} days", n=n)
