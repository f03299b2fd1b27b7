"""Cards about clips."""

from datetime import timedelta
from pathlib import Path

from bot.card import Button, Card, File, Item, Tone
from bot.cards.brief import LABEL, brief
from bot.cards.drawing import draw
from bot.cards.obs import UNFETCHED, instead, unfetched
from bot.cards.posts import live_link
from bot.paging import arrows
from bot.replies.clips import ClipAsked, ClipList
from bot.wording import Words
from core.model.clip import NAMELESS
from core.model.tellable.finds import ClipSaved


@draw.register
def clip_asked(meaning: ClipAsked, words: Words) -> Card:
    """It is being cut."""
    title = words.line(
        "**I save the last {seconds} s of @{x}.**", seconds=round(meaning.seconds), x=meaning.live.handle
    )
    return Card(title, (words.line("The clip is posted where this live is told, in a few seconds."),))


@draw.register
def clip_list(meaning: ClipList, words: Words) -> Card:
    """One line per clip, newest first."""
    if not meaning.rows:
        return Card(words.line("**Nothing yet.** `/clip save @name` saves the last seconds of a live."), private=True)
    items = tuple(
        Item(
            words.line(
                "`{shown}` · {length} · {size} · {day} {time} · #{id}",
                shown=clip.shown,
                length=words.length(timedelta(seconds=clip.seconds)),
                size=words.size(clip.size),
                day=words.day(clip.made),
                time=words.time(clip.made),
                id=clip.id,
            )
        )
        for clip in meaning.rows
    )
    rows = arrows("clip.list", meaning.page, meaning.pages)
    return Card(words.line("**Clips**"), items=items, buttons=(rows,) if rows else (), private=True)


@draw.register
def clip_saved(meaning: ClipSaved, words: Words) -> Card:
    """A clip is ready, or why it is not."""
    if meaning.failed in UNFETCHED and meaning.shown:
        return unfetched(meaning, words)
    if meaning.failed:
        return _failed(meaning, words)
    facts = words.line(
        "{length} · {size}",
        length=words.length(timedelta(seconds=meaning.seconds)),
        size=words.size(meaning.size),
    )
    if meaning.why and meaning.why != NAMELESS:
        facts += words.line(" · for `{why}`", why=brief(meaning.why, LABEL))
    file = File(meaning.shown, Path(meaning.path), width=meaning.width, height=meaning.height, seconds=meaning.seconds)
    return Card(
        words.line("`{shown}`", shown=meaning.shown),
        (facts, *instead(meaning, words)),
        foot=words.line("from @{x}'s live, {link}", x=meaning.handle, link=live_link(meaning.handle)),
        buttons=((Button(words.say("All clips"), "clip.list"),),),
        files=(file,),
    )


def _failed(meaning: ClipSaved, words: Words) -> Card:
    if meaning.why and meaning.why != NAMELESS:
        title = words.line("**The clip of** `{word}` **could not be saved.**", word=brief(meaning.why, LABEL))
    else:
        title = words.line("**The clip of @{x}'s live could not be saved.**", x=meaning.handle)
    if meaning.failed in ("DISK_CLOSED", "FOLDER_MISSING"):
        why = words.line("The folder of the clips cannot be written to: the owner can mend that.")
    else:
        why = words.line("That part of @{x}'s live was not kept any more.", x=meaning.handle)
    body = (why, words.line("Hits and transcript are there."), *instead(meaning, words))
    return Card(title, body, tone=Tone.WARN)
