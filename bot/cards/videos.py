"""Cards about videos: what is under way, what became of it, and what was said."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.card import Button, Card, File, Item, Press, Quote, Tone
from bot.cards.brief import LABEL, TEXT, TITLE, brief, quoted
from bot.cards.common import STEP_SIGNS
from bot.cards.downloads import downloads
from bot.cards.drawing import draw
from bot.cards.errors import failed
from bot.cards.naming import language
from bot.cards.posts import joined
from bot.cards.screened import kept_away, looked, ruled, ruling, undoing
from bot.cards.terms import ENGINES, LABELS, PASSED, term
from bot.command import key
from bot.links import MOST, Begun
from bot.paging import arrows
from bot.replies.common import Failed
from bot.replies.videos import (
    TranscribeCancelled,
    VideoBack,
    VideoChanged,
    VideoDecided,
    VideoFile,
    VideoRemoved,
    VideosBegun,
    VideoText,
)
from bot.wording import Line, Run, Style, Words
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing, VideoPosted
from core.model.transcript import Segment, clock_text, turns
from core.model.video import VideoLink, VideoTranscript

STEPS = {"found": "found", "downloaded": "downloaded", "speech to text": "speech to text", "posted": "posted"}
"""What a transcription goes through, in order, and what readers call it."""

WAITS = {
    "TIKTOK_LIMIT": "TikTok is limiting me until {at}; I go on then by myself.",
    "TIKTOK_DOWN": "TikTok did not answer; I try again at {at}.",
    "": "That did not work yet; I try again at {at}.",
    "QUOTA": "The quota of the engine is used up; I go on at {at}.",
    "BUDGET": "The minutes of speech this place has a day are used up; I go on at {at}.",
    "VIDEO_BLOCKED": "TikTok does not hand it out: it is gone, or TikTok limits me. I try once more at {at}.",
}
NOT_AGAIN = frozenset({"NOT_TIKTOK", "LINK", "NOT_VIDEO", "TOO_LONG", "TOO_BIG", "FILE_GONE"})
OTHER_ENGINE = frozenset({"NO_SPEECH", "NO_TRACK"})
"""What the same engine would say again."""

OTHERS = 3  # engines that are offered instead


@draw.register
def transcribing(meaning: Transcribing, words: Words) -> Card:
    """Steps, a bar and what is left; the same message becomes the result."""
    body: list[Line] = []
    if meaning.waits:
        body.append(
            words.line(WAITS.get(meaning.waits, WAITS[""]), at=words.time(meaning.until) if meaning.until else "…")
        )
    elif meaning.step == "waiting":
        body += [turn(meaning, words), words.line("I will post the result here.")]
    else:
        body.append(steps(meaning, words))
        body += [words.line("about {left} left", left=left) for left in left_of(meaning, words)]
    cancel = Button(words.say("Cancel"), key("transcript.cancel", meaning.job_id), Press.DANGER)
    return Card(
        heading(meaning, words),
        tuple(body),
        buttons=((cancel,),),
        tone=Tone.WARN if meaning.waits else Tone.CALM,
        progress=None if meaning.waits else meaning.share,
        private=bool(meaning.only),
    )


def turn(meaning: Transcribing, words: Words) -> Line:
    """How many are ahead of one that waits, and how long that takes."""
    left = left_of(meaning, words)
    if not meaning.ahead:
        return words.line("Next in turn, about {left}.", left=left[0]) if left else words.line("It is next in turn.")
    if not left:
        return words.count("{n} job is ahead of yours.", "{n} jobs are ahead of yours.", meaning.ahead)
    return words.count(
        "{n} job is ahead of yours, about {left}.",
        "{n} jobs are ahead of yours, about {left}.",
        meaning.ahead,
        left=left[0],
    )


def left_of(meaning: Transcribing, words: Words) -> list[str]:
    """How long it still takes, as people read it; nothing when nobody knows."""
    return [] if meaning.left_seconds is None else [words.length(timedelta(seconds=meaning.left_seconds))]


def heading(meaning: Transcribing, words: Words) -> Line:
    """What is being transcribed."""
    length = clock_text(meaning.seconds)
    if meaning.handle and meaning.seconds:
        return words.line("**Transcribing @{x} · {length} video**", x=meaning.handle, length=length)
    if meaning.handle or not meaning.title:
        return (
            words.line("**Transcribing @{x}**", x=meaning.handle) if meaning.handle else words.line("**Transcribing**")
        )
    return words.line("**Transcribing {title}**", title=brief(meaning.title, LABEL))


def steps(meaning: Transcribing, words: Words) -> Line:
    """The steps with what is done, under way and still to come."""
    names = list(STEPS)
    now = names.index(meaning.step) if meaning.step in STEPS else 0
    signs = ["done" if at < now else "now" if at == now else "next" for at in range(len(names))]
    return tuple(
        Run(f"{STEP_SIGNS[sign]} {words.say(STEPS[name])}  ", Style.BOLD if sign == "now" else Style.PLAIN)
        for name, sign in zip(names, signs, strict=True)
    )


@draw.register
def transcribed(meaning: Transcribed, words: Words) -> Card:
    """The text of a video, as it is fed to the place."""
    title = meaning.title or (words.say("a video of @{x}", x=meaning.handle) if meaning.handle else words.say("a file"))
    number = f"v{meaning.transcript_id}"
    if meaning.screened is not None and not meaning.screened.open:
        buttons = ruling(meaning.screened, "transcript", number, words)
        return kept_away(_named(meaning, words), meaning.screened, looked(meaning.screened, words), buttons, words)
    body = [facts(meaning, words), *passed_over(meaning.passed, meaning.engine, words)]
    if meaning.description and meaning.description != meaning.title:
        body.append(words.line("{description}", description=brief(meaning.description, TEXT)))
    address = VideoLink(str(meaning.video_id), meaning.handle).address
    watch = (Button(words.say("Video"), address, Press.LINK),) if meaning.video_id else ()
    foot = [words.line("Download, or open it again, as {number}", number=number)]
    foot += [looked(meaning.screened, words)] if meaning.screened else []
    first = (
        Button(words.say("Full text"), key("transcript.open", number), Press.MAIN),
        *watch,
        Button(words.say("Comments"), key("transcript.comments", number)),
        Button(words.say("Delete"), key("transcript.delete", number), Press.DANGER),
    )
    return Card(
        words.line("**{title}**", title=brief(title, TITLE)),
        tuple(body),
        (quoted(meaning.lines, folded=True),) if meaning.lines else (),
        foot=joined(foot, words),
        buttons=(first, *downloads(number), *undoing(meaning.screened, "transcript", number, words)),
        tone=Tone.GOOD,
        picture=Path(meaning.thumbnail) if meaning.thumbnail else None,
        aside=True,
        files=(File(Path(meaning.file).name, Path(meaning.file)),) if meaning.file else (),
        private=bool(meaning.only),
    )


@draw.register
def video_decided(meaning: VideoDecided, words: Words) -> Card:
    """How it stands now; its post says so too."""
    number = f"v{meaning.said.transcript_id}"
    name, screened = _named(meaning.said, words), meaning.said.screened
    return ruled(name, screened, "transcript", number, words, proposed=meaning.proposed)


def _named(meaning: Transcribed, words: Words) -> Line:
    """What a transcript is called of which nothing is told."""
    if not meaning.handle:
        return words.line("**The transcript of a file**")
    return words.line("**The transcript of a video of @{x}**", x=meaning.handle)


def facts(meaning: Transcribed, words: Words) -> Line:
    """Whose it is, how long, in what language, of when, and who wrote it down."""
    parts = [f"@{meaning.handle}"] if meaning.handle else []
    parts.append(clock_text(meaning.seconds))
    parts += [language(meaning.language, words)] if meaning.language else []
    parts += [words.day(meaning.posted)] if meaning.posted else []
    return words.line(
        "{facts}", facts=" · ".join([*parts, engine_of(meaning.engine, words, automatic=meaning.automatic)])
    )


def passed_over(passed: Sequence[tuple[str, str]], engine: str, words: Words) -> tuple[Line, ...]:
    """Why another engine than the first one wrote it down; nothing when it was the first."""
    if not passed:
        return ()
    why = [words.say(PASSED.get(code, PASSED[""]), x=term(ENGINES, name, words)) for name, code in passed]
    return (words.line("{why}, so {engine} heard it.", why=", ".join(why), engine=term(ENGINES, engine, words)),)


def engine_of(engine: str, words: Words, *, automatic: bool) -> str:
    """Who wrote it down."""
    if engine != "captions":
        return term(ENGINES, engine, words)
    return words.say("TikTok's captions (automatic)") if automatic else words.say("TikTok's captions")


@draw.register
def not_transcribed(meaning: NotTranscribed, words: Words) -> Card:
    """Why there is no text, and what can be done about it."""
    if meaning.code == "CANCELLED":
        return _stopped(meaning.job_id, meaning.title, words)
    if meaning.code == "TIKTOK_DOWN":
        title = words.line("**TikTok did not answer, though I asked several times.** I have stopped; try again later.")
    else:
        title = failed(Failed(meaning.code, _values(meaning)), words).title
    job = f"j{meaning.job_id}"
    buttons: tuple[Button, ...] = ()
    if meaning.code not in NOT_AGAIN | OTHER_ENGINE:
        buttons = (Button(words.say("Try again"), key("transcript.retry", job), Press.MAIN),)
    if meaning.code not in NOT_AGAIN:
        buttons += tuple(
            Button(words.say("Try {engine}", engine=term(ENGINES, engine, words)), key("transcript.retry", job, engine))
            for engine in meaning.engines[:OTHERS]
        )
    return Card(
        title,
        (words.line("It was “{title}”.", title=brief(meaning.title, TITLE)),) if meaning.title else (),
        buttons=(buttons,) if buttons else (),
        tone=Tone.WARN,
        private=bool(meaning.only),
    )


def _values(meaning: NotTranscribed) -> dict[str, Any]:
    """Of its error, with times as times again: a job keeps plain JSON."""
    until = meaning.values.get("until")
    return meaning.values | ({"until": datetime.fromisoformat(until)} if until else {})


@draw.register
def transcribe_cancelled(meaning: TranscribeCancelled, words: Words) -> Card:
    """It was stopped."""
    return _stopped(meaning.job_id, meaning.title, words)


def _stopped(job_id: int, title: str, words: Words) -> Card:
    said = words.line("**Stopped.** Nothing of it is kept.")
    again = Button(words.say("Try again"), key("transcript.retry", f"j{job_id}"))
    body = (words.line("It was “{title}”.", title=brief(title, TITLE)),) if title else ()
    return Card(said, body, buttons=((again,),), private=True)


@draw.register
def videos_begun(meaning: VideosBegun, words: Words) -> Card:
    """What is worked at, what is there already, what cannot be had, and what was too much."""
    new = sum(row.job_id > 0 for row in meaning.rows)
    there = sum(bool(row.number) for row in meaning.rows)
    title = words.count("**I transcribe {n} video.**", "**I transcribe {n} videos.**", new)
    if not new:
        title = (
            words.line("**Nothing of it is new.**")
            if there
            else words.line("**None of these links can be transcribed.**")
        )
    body = [words.line("Each result is posted here.")] if new else []
    if there:
        body.append(words.line("What has its words already opens when you select it."))
    if meaning.left:
        n = len(meaning.left)
        body.append(
            words.count("{n} link is left out: {m} go at once.", "{n} links are left out: {m} go at once.", n, m=MOST)
        )
        body += [words.line("{link}", link=brief(link, LABEL)) for link in meaning.left[:MOST]]
    items = tuple(
        Item(_begun(row, words), key("transcript.open", row.number) if row.number else "") for row in meaning.rows
    )
    return Card(title, tuple(body), items=items, tone=Tone.CALM if new or there else Tone.WARN, private=meaning.private)


def _begun(row: Begun, words: Words) -> Line:
    link = words.line("{link} · ", link=brief(row.link, LABEL))
    if row.error is not None:
        return link + tuple(Run(run.text) for run in failed(row.error, words).title)
    if row.number:
        return link + words.line("{number}", number=row.number)
    if row.ahead:
        return link + words.count("{n} job is ahead of yours.", "{n} jobs are ahead of yours.", row.ahead)
    return link + words.line("under way")


@draw.register
def video_posted(meaning: VideoPosted, words: Words) -> Card:
    """An account has a new video."""
    link = VideoLink(str(meaning.video_id), meaning.handle).address
    body: list[Line] = [words.line("{title}", title=brief(meaning.title, TITLE))] if meaning.title else []
    parts = [clock_text(meaning.seconds)] if meaning.seconds else []
    parts += [f"{words.day(meaning.posted)} {words.time(meaning.posted)}"] if meaning.posted else []
    if parts:
        body.append(words.line("{facts}", facts=" · ".join(parts)))
    row = (
        Button(words.say("Watch"), link, Press.LINK),
        Button(words.say("Transcribe"), key("transcribe", f"tiktok.com/v/{meaning.video_id}"), Press.MAIN),
    )
    picture = Path(meaning.thumbnail) if meaning.thumbnail else None
    return Card(
        words.line("**@{x} posted a video**", x=meaning.handle),
        tuple(body),
        buttons=(row,),
        picture=picture,
        aside=True,
    )


@draw.register
def video_text(meaning: VideoText, words: Words) -> Card:
    """A page of what is said, with its times."""
    of = meaning.transcript
    said = "\n".join(_spoken(part, who) for part, who in turns(meaning.segments))
    body: tuple[Line, ...] = (_facts(of, words), *passed_over(of.passed, of.engine, words))
    if of.video.description and of.video.description != of.title and meaning.page == 1:
        body += (words.line("{description}", description=of.video.description),)
    rows = arrows("transcript.open", meaning.page, meaning.pages, of.number)
    talk = (
        Button(words.say("Comments ({n})", n=words.number(meaning.comments)), key("transcript.comments", of.number)),
        Button(words.say("Write a comment"), key("transcript.comment", of.number)),
    )
    engine = engine_of(of.engine, words, automatic=of.automatic)
    foot = words.line("page {page} of {pages} · {engine}", page=meaning.page, pages=meaning.pages, engine=engine)
    return Card(
        words.line("**{title}**", title=of.title or words.say("a video of @{x}", x=of.video.handle)),
        body,
        (Quote(said, folded=True, timed=True),) if said else (),
        foot=foot,
        buttons=(*downloads(of.number), (*rows, *talk)),
        private=True,
    )


def _spoken(part: Segment, who: str) -> str:
    """A line with its time, and who begins to speak."""
    return f"{clock_text(part.start)}  {who}: {part.text}" if who else f"{clock_text(part.start)}  {part.text}"


def _facts(of: VideoTranscript, words: Words) -> Line:
    parts = [of.number, *([f"@{of.video.handle}"] if of.video.handle else []), clock_text(of.video.seconds)]
    parts += [language(of.language, words)] if of.language else []
    parts += [words.day(of.video.posted)] if of.video.posted else []
    parts += [] if of.public else [words.say("only you see it")]
    return words.line("{facts}", facts=" · ".join(parts))


@draw.register
def video_file(meaning: VideoFile, words: Words) -> Card:
    """The file itself."""
    title = words.line("**Transcript of {title}**", title=meaning.transcript.title or meaning.transcript.number)
    file = File(meaning.file.name, data=meaning.file.data)
    return Card((*title, Run(f" · {meaning.file.name}")), files=(file,), private=True)


@draw.register
def video_changed(meaning: VideoChanged, words: Words) -> Card:
    """As it is now."""
    title = meaning.transcript.title or meaning.transcript.number
    if meaning.what == "title":
        said = words.line("**It is called “{title}” now.**", title=title)
    elif meaning.transcript.public:
        said = words.line("**Everybody here can read “{title}” now.**", title=title)
    else:
        said = words.line("**Only you can read “{title}” now.**", title=title)
    show = Button(words.say("Full text"), key("transcript.open", meaning.transcript.number))
    if not meaning.cause:
        return Card(said, buttons=((show,),), private=True)
    label = words.say("a word this place looks for") if meaning.cause == "word" else term(LABELS, meaning.cause, words)
    held = words.line("**Your title was held: {label}.** A moderator will look.", label=label)
    body = [words.line("Until then it is called “{title}”.", title=title)]
    body += [said] if meaning.what != "title" else []
    body.append(words.line("You are told what was decided."))
    return Card(held, tuple(body), buttons=((show,),), tone=Tone.WARN, private=True)


@draw.register
def video_removed(meaning: VideoRemoved, words: Words) -> Card:
    """It is gone, and can be had back."""
    title = words.line("**“{title}” is deleted.**", title=meaning.transcript.title or meaning.transcript.number)
    return Card(
        title, buttons=((Button(words.say("Undo"), key("transcript.undo", meaning.transcript.id)),),), private=True
    )


@draw.register
def video_back(meaning: VideoBack, words: Words) -> Card:
    """It is there again."""
    title = words.line("**“{title}” is back.**", title=meaning.transcript.title or meaning.transcript.number)
    show = Button(words.say("Full text"), key("transcript.open", meaning.transcript.number))
    return Card(title, buttons=((show,),), private=True)
