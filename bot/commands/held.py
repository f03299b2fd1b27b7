"""Transcripts of videos that are held: read alone, and decided. (Clips: see clips.)"""

from dataclasses import replace

from bot.asked import Asked
from bot.command import command
from bot.commands.clips import RULINGS, Ruling, as_shown
from bot.kinds import Mark, Text
from bot.replies.videos import VideoDecided
from core.errors import Missing
from core.model.person import Role
from core.model.risk import Verdict
from core.model.screening import Matter, Screening
from core.model.tellable.videos import Transcribed
from core.model.video import VideoTranscript
from core.services.screening import may_look, told_of
from core.services.videos.airing import bare
from core.services.videos.telling import transcribed


@command("transcript look", Role.MODERATOR, offered=False)
async def look(asked: Asked, number: Text) -> Transcribed:
    """Read a transcript that is held, alone"""
    known, screening = await _held(asked, number)
    async with asked.house.storage.reading() as work:
        await may_look(work, screening, asked.place, asked.person)
        segments = await work.videos.segments(asked.place.id, known.id)
    return transcribed(known, segments, only=asked.person.id)


@command("transcript decide", Role.MODERATOR, offered=False)
async def decide(asked: Asked, number: Text, ruling: Ruling, as_: Mark | None = None) -> VideoDecided:
    """Let a held transcript be told, or keep it away"""
    known, screening = await _held(asked, number)
    async with asked.house.storage.reading() as work:
        alert = await work.alerts.get(asked.place.id, screening.alert_id or 0)
    if alert is None:
        raise Missing("NOT_FOUND", x=known.number)
    as_shown(screening, ruling, as_)
    reviewing, late = asked.house.reviewing, asked.role >= Role.MANAGER
    decided, _ = await reviewing.decide(asked.place, alert, RULINGS[ruling], asked.person, late=late)
    proposed = ruling is not Ruling.REOPEN and decided.verdict is Verdict.WAITING
    known, screening = await _held(asked, number)
    async with asked.house.storage.reading() as work:
        said = transcribed(known, await work.videos.segments(asked.place.id, known.id))
        said = replace(said, screened=await told_of(work, screening))
    return VideoDecided(bare(said), proposed)


async def _held(asked: Asked, number: str) -> tuple[VideoTranscript, Screening]:
    """The transcript people call `v12`, and how it stands. Raises Missing NOT_FOUND."""
    digits = number.removeprefix("v")
    async with asked.house.storage.reading() as work:
        known = await work.videos.get(asked.place.id, int(digits)) if digits.isdecimal() else None
        found = await work.screenings.of(asked.place.id, Matter.VIDEO, known.id) if known is not None else None
    if known is None or found is None:
        raise Missing("NOT_FOUND", x=number)
    return known, found
