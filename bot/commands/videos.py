"""Videos into text, and transcripts of videos and lives."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from bot.asked import Asked
from bot.command import command
from bot.kinds import FIRST, Language, Page, Recording, Text
from bot.limiting import Wish
from bot.links import MOST, Begun, links_in
from bot.paging import filled, page_with
from bot.replies.common import Failed
from bot.replies.lives import TranscriptFile, TranscriptShown
from bot.replies.videos import (
    TranscribeCancelled,
    VideoBack,
    VideoChanged,
    VideoFile,
    VideoRemoved,
    VideosBegun,
    VideoText,
)
from bot.transcripts import Again, Told
from core.errors import Denied, Invalid, Missing, Transient
from core.model.job import Job
from core.model.live import Live
from core.model.person import Platform, Role
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing
from core.model.transcript import Segment
from core.model.video import VideoTranscript
from core.services.videos.ordering import Order
from core.services.videos.telling import transcribed
from core.services.writing import Format

Outcome = Transcribing | Transcribed | NotTranscribed
SEGMENTS, LINES = 12, 40  # of a live, of a video a page: about three minutes; captions come in short lines
PAGE_TEXT, CLOCK = 2800, 10  # characters a page may have, so that no chat has to cut it; of them before each line


class Shape(StrEnum):
    """What comes back: the card alone, or a file with it."""

    CARD = "card"
    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    PDF = "pdf"


class Engine(StrEnum):
    """What turns speech into text; `auto` is the first that can."""

    AUTO = "auto"
    CAPTIONS = "captions"
    GROQ = "groq"
    ASSEMBLYAI = "assemblyai"
    WHISPER = "whisper"

    @property
    def wanted(self) -> str:
        """As an order has it."""
        return "" if self is Engine.AUTO else self.value


class Seen(StrEnum):
    """Who may see a transcript."""

    PUBLIC = "public"
    PRIVATE = "private"


@command("transcribe", wish=Wish.ENQUEUE, quiet=False)
async def transcribe(
    asked: Asked,
    link: Recording,
    language: Language | None = None,
    format: Shape = Shape.CARD,
    speakers: bool = False,
    private: bool = False,
) -> Outcome | VideosBegun:
    """Turn a TikTok video into text"""
    house, form = asked.house, "" if format is Shape.CARD else format.value
    address, likely = _address(asked), asked.place.language
    order = Order("", "", address, language or "", likely, public=not private, format=form, speakers=speakers)
    if asked.attachment is None and len(links := links_in(link)) > 1:
        return await _several(asked, links, order)
    if asked.attachment is not None:
        given = asked.attachment
        platform, place = asked.place.platform, asked.place.id
        order = await house.transcribing.attaching.take(
            platform, place, given.name, given.fetch(), order, most=given.most
        )
    elif (path := _path(link, asked)) is not None:
        order = await house.transcribing.attaching.path(asked.place.platform, asked.place.id, path, order)
    else:
        found = await house.transcribing.find(link)
        order = replace(order, video=found.id, handle=found.handle)
    async with house.storage.work() as work:
        await work.places.ensure(asked.place)  # this may be the first that a place ever says
    return await _answer(asked, await house.transcribing.ask(asked.place.id, asked.person.id, order), form)


async def of_file(asked: Asked, name: str, parts: AsyncIterator[bytes], most: int) -> Outcome:
    """What is said in a file of this installation, for everybody here."""
    house = asked.house
    order = Order("", "", _address(asked), "", asked.place.language)
    order = await house.transcribing.attaching.take(asked.place.platform, asked.place.id, name, parts, order, most=most)
    async with house.storage.work() as work:
        await work.places.ensure(asked.place)
    return await _answer(asked, await house.transcribing.ask(asked.place.id, asked.person.id, order))


async def _several(asked: Asked, links: Sequence[str], order: Order) -> VideosBegun:
    """Each by itself: one that cannot be had stands in the way of no other. Each result is a post of its own."""
    order = replace(order, address=asked.address if order.address else "")
    async with asked.house.storage.work() as work:
        await work.places.ensure(asked.place)
    rows = [await _begun(asked, link, order) for link in links[:MOST]]
    once = {
        (row.job_id, row.number, row.link if row.error else ""): row for row in reversed(rows)
    }  # two links to one video
    return VideosBegun(tuple(reversed(once.values())), tuple(links[MOST:]), not order.public)


async def _begun(asked: Asked, link: str, order: Order) -> Begun:
    transcribing = asked.house.transcribing
    try:
        found = await transcribing.find(link)
        made = await transcribing.ask(
            asked.place.id, asked.person.id, replace(order, video=found.id, handle=found.handle)
        )
    except (Denied, Invalid, Missing, Transient) as error:
        return Begun(link, error=Failed(error.code, dict(error.values)))
    if isinstance(made, VideoTranscript):
        return Begun(link, made.video.handle, number=made.number)
    return Begun(link, found.handle, made.id, int(made.progress.get("ahead", 0)))


def _address(asked: Asked) -> str:
    """Where it is told: nowhere in a process that shows it itself and delivers nothing."""
    return (asked.reply_at or asked.address) if asked.house.worker is None else ""


def _path(text: str, asked: Asked) -> Path | None:
    """The file a text names; only on the console, where who types may read this machine's disk anyway."""
    if asked.place.platform is not Platform.CONSOLE or "tiktok.com" in text.lower() or "://" in text:
        return None
    path = Path(text).expanduser()
    return path if path.is_file() or text.startswith((".", "/", "~")) else None


async def _answer(asked: Asked, made: Job | VideoTranscript, form: str = "") -> Outcome:
    if isinstance(made, Job):
        return await asked.house.transcribing.state(made.id)
    segments = await asked.house.exporting.segments(asked.place.id, made)
    told = transcribed(made, segments, only="" if made.public else made.by)
    return replace(told, file=await asked.house.transcribing.file_of(made, segments, form))


@command("transcript open")
async def open_(
    asked: Asked, transcript: Told, page: Page = FIRST, at: int | None = None
) -> TranscriptShown | VideoText:
    """Open one transcript"""
    of = transcript.of
    segments = await asked.house.exporting.segments(asked.place.id, of, whole=asked.whole)
    size = SEGMENTS if isinstance(of, Live) else LINES
    if at is not None:  # the page on which that second is
        before = sum(segment.start < at + 1 for segment in segments)
        page = Page(page_with(segments, max(0, before - 1), size, PAGE_TEXT, _width))
    shown, on, pages = filled(segments, page, size, PAGE_TEXT, _width)
    if isinstance(of, Live):
        return TranscriptShown(of, shown, on, pages)
    return VideoText(of, shown, on, pages, await asked.house.texts.discussing.count(of))


def _width(segment: Segment) -> int:
    return len(segment.text or "") + CLOCK


@command("transcript download")
async def download(asked: Asked, transcript: Told, format: Format) -> TranscriptFile | VideoFile:
    """Download a transcript"""
    of = transcript.of
    file = await asked.house.exporting.transcript(asked.place.id, of, format, whole=asked.whole)
    return TranscriptFile(of, file) if isinstance(of, Live) else VideoFile(of, file)


@command("transcript rename")
async def rename(asked: Asked, transcript: VideoTranscript, title: Text) -> VideoChanged:
    """Change the title (yours only)"""
    named = await asked.house.texts.naming.name(transcript, asked.person, title)
    return VideoChanged(named.transcript, "title", named.cause)


@command("transcript visibility")
async def visibility(asked: Asked, transcript: VideoTranscript, to: Seen) -> VideoChanged:
    """Public in this place's feed, or only you (yours only)"""
    if transcript.by != asked.person.id:
        raise Denied("NOT_YOURS")
    if to is Seen.PUBLIC:
        return await _published(asked, transcript)
    async with asked.house.storage.work() as work:
        hidden = await work.videos.change(asked.place.id, transcript.id, by=asked.person.id, public=False)
    if hidden is None:
        raise Missing("NOT_FOUND", x=transcript.number)
    return VideoChanged(hidden, to.value)


async def _published(asked: Asked, transcript: VideoTranscript) -> VideoChanged:
    """Under the title that was judged: another one, given meanwhile, has to be judged too."""
    house, shown = asked.house, None
    while shown is None:
        named = await house.texts.naming.publish(transcript, asked.person)
        if house.transcribing.airing is not None:
            shown = await house.transcribing.airing.publish(named.transcript)
        else:
            called, by = named.transcript.title, asked.person.id
            async with house.storage.work() as work:
                shown = await work.videos.change(asked.place.id, transcript.id, by=by, titled=called, public=True)
    return VideoChanged(shown, Seen.PUBLIC.value, named.cause)


@command("transcript retry", wish=Wish.ENQUEUE, quiet=False, in_place=True)
async def retry(asked: Asked, transcript: Again, engine: Engine | None = None) -> Outcome:
    """Try a failed one again, or one that is there with another engine"""
    house, of = asked.house, transcript.of
    wanted = engine.wanted if engine is not None else None
    if isinstance(of, Job):
        made = await house.transcribing.again(of.id, asked.place.id, asked.person.id, wanted, _address(asked))
        return await _answer(asked, made)
    if not wanted:
        raise Invalid("ENGINE_NAME", list=", ".join(one.value for one in Engine if one is not Engine.AUTO))
    address, likely = _address(asked), asked.place.language
    return await _answer(asked, await house.transcribing.redo(of, asked.person.id, wanted, address, likely))


@command("transcript delete")
async def delete(asked: Asked, transcript: VideoTranscript) -> VideoRemoved:
    """Delete (yours, or any for moderators)"""
    _may_remove(asked, transcript)
    async with asked.house.storage.work() as work:
        removed = await work.videos.remove(asked.place.id, transcript.id)
    if removed is None:
        raise Missing("NOT_FOUND", x=transcript.number)
    return VideoRemoved(removed)


@command("transcript undo", offered=False)
async def undo(asked: Asked, number: int) -> VideoBack:
    """Have a deleted transcript back"""
    async with asked.house.storage.work() as work:
        back = await work.videos.remove(asked.place.id, number, removed=False)
        if back is None:
            raise Missing("NOT_FOUND", x=f"v{number}")
        _may_remove(asked, back)
    theirs = back.public or back.by == asked.person.id
    return VideoBack(back if theirs else replace(back, title=""))  # its number says enough


def _may_remove(asked: Asked, transcript: VideoTranscript) -> None:
    if transcript.by != asked.person.id and asked.role < Role.MODERATOR:
        raise Denied("NOT_YOURS")


@command("transcript cancel", offered=False)
async def cancel(asked: Asked, number: int) -> TranscribeCancelled:
    """Stop a transcription"""
    moderator = asked.role >= Role.MODERATOR
    job = await asked.house.transcribing.cancel(number, asked.place.id, asked.person.id, any_of_place=moderator)
    return TranscribeCancelled(job.id, str(job.progress.get("title") or Order.of(job).name))
