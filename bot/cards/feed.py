"""Cards of the feed: one transcript at a time, with what is still worked at above one's own."""

from datetime import timedelta
from pathlib import Path

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.brief import LABEL, TITLE, brief, quoted
from bot.cards.downloads import downloads
from bot.cards.drawing import draw
from bot.cards.jobs import JOB_STATES
from bot.cards.posts import joined
from bot.cards.videos import facts
from bot.command import key
from bot.paging import arrows
from bot.replies.feed import FeedShown, View
from bot.transcripts import Open
from bot.wording import Line, Words
from core.model.job import JobState
from core.model.video import VideoLink

FIRST_LINES = 300  # characters of what is said; the whole is one press away


@draw.register
def feed_shown(meaning: FeedShown, words: Words) -> Card:
    """One transcript, or that there is none."""
    title, body = _title(meaning, words), [*_work(meaning, words), *_about(meaning, words)]
    told = meaning.told
    lines = brief(told.lines, FIRST_LINES) if told is not None else ""
    picture = Path(told.thumbnail) if told is not None and told.thumbnail else None
    return Card(
        title,
        tuple(body),
        (quoted(lines, folded=True),) if lines else (),
        items=tuple(Item(_open(row, words), key("transcript.job", row.job.id)) for row in meaning.rows),
        foot=words.line("{page} of {pages}", page=meaning.page, pages=meaning.pages) if meaning.pages > 1 else (),
        buttons=_buttons(meaning, words),
        tone=Tone.CALM,
        picture=picture,
        aside=True,
        private=True,
    )


def _title(meaning: FeedShown, words: Words) -> Line:
    if meaning.transcript is not None:
        handle = meaning.transcript.video.handle
        title = meaning.transcript.title or (words.say("a video of @{x}", x=handle) if handle else words.say("a file"))
        return words.line("**{title}**", title=brief(title, TITLE))
    if meaning.handle:
        return words.line("**Nothing of @{x} yet.** `/transcribe` with a link of theirs adds it.", x=meaning.handle)
    return words.line("**Nothing here yet.** `/transcribe` with the link of a TikTok video adds it.")


def _work(meaning: FeedShown, words: Words) -> list[Line]:
    """How many of one's own wait, run, are done and failed."""
    if not meaning.counts:
        return []
    parts = [
        words.line("{state} {n}", state=words.term(JOB_STATES[state]), n=words.number(n)) for state, n in meaning.counts
    ]
    return [words.line("**Yours:** ") + joined(parts, words)]


def _about(meaning: FeedShown, words: Words) -> list[Line]:
    if meaning.transcript is None or meaning.told is None:
        return []
    made = meaning.transcript.made
    seen = [] if meaning.transcript.public else [words.say("only you see it")]
    parts = [words.say("written down {day} {time}", day=words.day(made), time=words.time(made)), *seen]
    return [facts(meaning.told, words), words.line("{facts}", facts=" · ".join(parts))]


def _open(row: Open, words: Words) -> Line:
    """One that is not done, and how it stands."""
    job = row.job
    parts = [words.line("{title}", title=brief(row.title, LABEL)), words.line(JOB_STATES[job.state])]
    if row.ahead:
        parts.append(words.count("{n} job is ahead", "{n} jobs are ahead", row.ahead))
    if job.state is not JobState.DEAD and row.left_seconds is not None:
        parts.append(words.line("about {left} left", left=words.length(timedelta(seconds=row.left_seconds))))
    return joined(parts, words)


def _buttons(meaning: FeedShown, words: Words) -> tuple[tuple[Button, ...], ...]:
    named = {"account": meaning.handle} if meaning.handle else {}
    other = View.NEWEST if meaning.view is View.MINE else View.MINE
    label = words.say("Newest") if other is View.NEWEST else words.say("Yours")
    again = (Button(words.say("Try all again"), "feed.retry", Press.MAIN),) if meaning.failed else ()
    turning = arrows("feed", meaning.page, meaning.pages, meaning.view, **named)
    return (*_of_one(meaning, words), (*turning, Button(label, key("feed", other)), *again))


def _of_one(meaning: FeedShown, words: Words) -> tuple[tuple[Button, ...], ...]:
    if meaning.transcript is None:
        return ()
    number, video = meaning.transcript.number, meaning.transcript.video
    watch = VideoLink(video.tiktok_id, video.handle).address
    first = (
        Button(words.say("Full text"), key("transcript.open", number), Press.MAIN),
        *((Button(words.say("Video"), watch, Press.LINK),) if video.handle else ()),
        Button(words.say("Delete"), key("transcript.delete", number), Press.DANGER),
    )
    return (first, *downloads(number))
