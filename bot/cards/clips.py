"""Cards about clips."""

from datetime import timedelta

from bot.card import Card, Item
from bot.cards.drawing import draw
from bot.paging import arrows
from bot.replies.clips import ClipAsked, ClipList
from bot.wording import Words


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
