"""Cards about lives and their transcripts."""

from bot.card import Card, File, Item, Quote
from bot.cards.downloads import downloads
from bot.cards.drawing import draw
from bot.cards.posts import live_report
from bot.cards.terms import ENGINES, WHATS, term
from bot.command import key
from bot.paging import arrows
from bot.replies.lives import LiveFile, LiveList, LiveShown, TranscriptFile, TranscriptShown
from bot.wording import Line, Run, Words
from core.model.live import LiveStatus
from core.model.transcript import SegmentState, clock_text
from core.services.exporting import Exported

LATE = 10.0  # seconds: words of a live take a few to come
STATUSES = {LiveStatus.LIVE: "live", LiveStatus.LOST: "lost, still trying", LiveStatus.ENDED: "ended"}


@draw.register
def live_list(meaning: LiveList, words: Words) -> Card:
    """One line per live; select opens it."""
    if not meaning.rows and meaning.running:
        return Card(
            words.line("**Nobody followed here is live.** `/following` shows when I last looked."), private=True
        )
    if not meaning.rows:
        return Card(words.line("**Nothing yet.** `/follow @name`, and its next live is here."), private=True)
    items = tuple(
        Item(
            words.line(
                "**@{x}** · {day} {time} · {length} · {status} · #{n} · {title}",
                n=live.id,
                x=live.handle,
                day=words.day(live.started),
                time=words.time(live.started),
                length=words.length(live.length(meaning.now)),
                status=words.say(STATUSES[live.status]),
                title=live.title,
            )
            + _late(meaning.behind.get(live.handle, 0.0), words),
            key("lives.show", live.id),
        )
        for live in meaning.rows
    )
    rows = arrows("lives.now" if meaning.running else "lives.list", meaning.page, meaning.pages)
    title = words.line("**Live now**") if meaning.running else words.line("**Lives**")
    return Card(title, items=items, buttons=(rows,) if rows else (), private=True)


def _late(seconds: float, words: Words) -> Line:
    return words.line(" · words {n} s late", n=words.number(seconds)) if seconds >= LATE else ()


@draw.register
def live_shown(meaning: LiveShown, words: Words) -> Card:
    """The end post, also of a live that still runs."""
    return live_report(meaning.report, words, running=meaning.running)


@draw.register
def transcript_shown(meaning: TranscriptShown, words: Words) -> Card:
    """A page of what was said, with its times."""
    live = meaning.live
    if not meaning.segments:
        return Card(
            words.line("**Nothing has been said in this live yet.** `/lives show` has its chat and hits."), private=True
        )
    said = [f"{clock_text(s.start)}  {s.text or words.say(WORDLESS[s.state])}" for s in meaning.segments]
    rows = arrows("transcript.open", meaning.page, meaning.pages, live.id)
    engine = term(ENGINES, meaning.segments[0].engine, words)
    foot = words.line("page {page} of {pages} · {engine}", page=meaning.page, pages=meaning.pages, engine=engine)
    return Card(
        words.line("**@{x} · {title}**", x=live.handle, title=live.title or words.say("live")),
        quotes=(Quote("\n".join(said), folded=True),),
        foot=foot,
        buttons=(*downloads(live.id), rows) if rows else downloads(live.id),
        private=True,
    )


@draw.register
def transcript_file(meaning: TranscriptFile, words: Words) -> Card:
    """The file itself."""
    return handed(words.line("**Transcript of @{x}**", x=meaning.live.handle), meaning.file)


@draw.register
def live_file(meaning: LiveFile, words: Words) -> Card:
    """The file itself."""
    title = words.line("**{what} of @{x}'s live**", what=term(WHATS, meaning.what, words), x=meaning.live.handle)
    return handed(title, meaning.file)


def handed(title: Line, file: Exported) -> Card:
    """A file under its title."""
    return Card((*title, Run(f" · {file.name}")), files=(File(file.name, data=file.data),), private=True)


WORDLESS = {
    SegmentState.TOLD: "…",
    SegmentState.SILENT: "(no words)",
    SegmentState.UNTOLD: "(speech, but no engine was ready)",
    SegmentState.LATE: "(speech, written down later)",
    SegmentState.FAILED: "(speech, but the engine failed)",
    SegmentState.WITHHELD: "(withheld: it may be about minors)",
}
