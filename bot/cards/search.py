"""Cards of searches."""

from collections.abc import Mapping
from datetime import datetime

from bot.card import Button, Card, Item, Press, Quote
from bot.cards.brief import LABEL, NAME, brief
from bot.cards.drawing import draw
from bot.cards.terms import term
from bot.command import key
from bot.kernel import with_answer
from bot.replies.search import FoundContext, SearchFound
from bot.wording import Line, Run, Style, Words
from core.model.found import Source
from core.model.live import Live
from core.model.transcript import clock_text
from core.services.searching import Excerpt, Said

SHORT = 24  # characters of what a video is called, beside what is said in it
LINE = 200  # characters of a line in a context
NAMES: Mapping[str, str] = {Source.VIDEOS: "videos", Source.LIVES: "lives", Source.CHAT: "chats"}


@draw.register
def search_found(meaning: SearchFound, words: Words) -> Card:
    """One entry per line, what was sought bold; select shows what stands around it."""
    if not meaning.rows:
        return _nothing(meaning, words)
    title = words.count("**{n} line has “{words}”**", "**{n} lines have “{words}”**", meaning.n, words=_sought(meaning))
    foot = [words.line("{facts}", facts=_where(meaning, words))]
    foot += (
        [words.line(" · page {page} of {pages}", page=meaning.page, pages=meaning.pages)] if meaning.pages > 1 else []
    )
    foot += [words.line(" · older ones are left out; more words find them")] if meaning.more else []
    items = tuple(Item(_entry(row, words), _context(row)) for row in meaning.rows)
    arrows = _arrows(meaning)
    tell = _tell(meaning, words)
    return Card(
        title,
        items=items,
        foot=tuple(run for line in foot for run in line),
        buttons=tuple(row for row in (arrows, tell) if row),
        private=True,
    )


def _nothing(meaning: SearchFound, words: Words) -> Card:
    """What was looked for and where, and the one thing that may help."""
    title = words.line("**Nothing has “{words}” in it.**", words=_sought(meaning))
    looked = words.line("I looked in {facts}.", facts=_where(meaning, words))
    narrowed = len(meaning.sources) < len(NAMES) or meaning.account is not None or meaning.since is not None
    everywhere = _pressing("search", "words", meaning.words.strip())
    if narrowed and everywhere:
        button = Button(words.say("Look everywhere"), everywhere, Press.MAIN)
        return Card(title, (looked,), buttons=((button,),), private=True)
    if "*" in meaning.words:
        help_ = words.line("Whole words are found, however they are spelled; `*` stands for nothing here.")
    elif '"' in meaning.words:
        help_ = words.line("Without the quotation marks the words may stand anywhere in a line.")
    elif meaning.several:
        help_ = words.line("All the words must be in one line: fewer find more.")
    else:
        help_ = words.line("`/follow @name`, and what is said in its lives can be found.")
    return Card(title, (looked, help_), private=True)


def _sought(meaning: SearchFound) -> str:
    return brief(meaning.words.replace('"', ""), LABEL)


def _where(meaning: SearchFound, words: Words) -> str:
    """`videos, lives, chats · @amina · since 20 Nov 20:14`."""
    parts = [", ".join(term(NAMES, source, words) for source in meaning.sources)]
    parts += [f"@{meaning.account}"] if meaning.account else []
    parts += [words.say("since {at}", at=_day(meaning.since, words))] if meaning.since else []
    return " · ".join(parts)


def _day(at: datetime, words: Words) -> str:
    return f"{words.day(at)} {words.time(at)}"


def _entry(row: Excerpt, words: Words) -> Line:
    found = row.found
    whose = f"@{found.handle}" if found.handle else brief(found.title, NAME) or words.say("a file")
    if found.source is Source.VIDEOS and found.handle and found.title:
        whose += f" “{brief(found.title, SHORT)}”"  # of one account many are written down on one day
    day = words.day(found.at) if found.source is Source.VIDEOS else _day(found.at, words)
    facts = words.line("{whose} · {day} · {at} · ", whose=whose, day=day, at=clock_text(found.second))
    by = words.line("{by}: ", by=brief(found.by, NAME)) if found.source is Source.CHAT else words.line("said: ")
    return (*facts, *by, *_marked(row))


def _marked(row: Excerpt) -> Line:
    runs, passed = [], 0
    for start, end in row.bold:
        runs += [Run(row.text[passed:start]), Run(row.text[start:end], Style.BOLD)]
        passed = end
    return tuple(run for run in (*runs, Run(row.text[passed:])) if run.text)


def _context(row: Excerpt) -> str:
    found = row.found
    return key("found.context", found.number, at=round(found.second * 1000), source=found.source)


def _arrows(meaning: SearchFound) -> tuple[Button, ...]:
    pages = [("◀", meaning.page - 1)] if meaning.page > 1 else []
    pages += [("▶", meaning.page + 1)] if meaning.page < meaning.pages else []
    return tuple(Button(label, with_answer(meaning.key, "page", str(page))) for label, page in pages)


def _tell(meaning: SearchFound, words: Words) -> tuple[Button, ...]:
    """That a manager is told of it from now on: a trigger for what was sought."""
    armed = _pressing("trigger.add", "word", meaning.words.replace('"', "").strip()) if meaning.tell else ""
    return (Button(words.say("Tell me when this is said again"), armed),) if armed else ()


def _pressing(verb: str, option: str, value: str) -> str:
    """The key that gives `value` to a command; empty when it finds no room in one."""
    try:
        return key(verb, **{option: value}) if value else ""
    except ValueError:
        return ""


@draw.register
def found_context(meaning: FoundContext, words: Words) -> Card:
    """The lines around, the one that was found bold; the whole is one press away."""
    of, second = meaning.of, clock_text(meaning.second)
    if isinstance(of, Live):
        title = words.line("**Around {second} of @{x}'s live**", second=second, x=of.handle)
        opened, link = str(of.id), ""
    else:
        own = words.say("a video of @{x}", x=of.video.handle) if of.video.handle else words.say("a file")
        told = of.title or own
        title = words.line("**Around {second} of “{title}”**", second=second, title=brief(told, LABEL))
        opened, link = of.number, of.video.address
    row = [Button(words.say("Open there"), key("transcript.open", opened, at=int(meaning.second)), Press.MAIN)]
    row += [Button(words.say("This live"), key("lives.show", of.id))] if isinstance(of, Live) else []
    row += [Button(words.say("Watch"), link, Press.LINK)] if link else []
    if not meaning.around.lines:
        gone = words.line("What was said then is not kept any more.")
        return Card(title, (gone,), buttons=(tuple(row),), private=True)
    return Card(title, quotes=(_quote(meaning, words),), buttons=(tuple(row),), private=True)


def _quote(meaning: FoundContext, words: Words) -> Quote:
    text, start, end = "", 0, 0
    for at, line in enumerate(meaning.around.lines):
        told = _told(line, words)
        if at == meaning.around.at:
            start, end = len(text), len(text) + len(told)
        text += f"{told}\n"
    return Quote(text[:-1], start, end, folded=True)


def _told(line: Said, words: Words) -> str:
    said = brief(" ".join(line.text.split()), LINE) or words.withheld
    return f"{clock_text(line.second)}  {f'{brief(line.by, NAME)}: ' if line.by else ''}{said}"
