"""How people name transcripts: `v12` for a video's, the number or account of a live for a live's, `j12` for one that failed."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.card import Choice
from core.errors import Missing
from core.model.job import Job, JobState
from core.model.video import Spoken, VideoTranscript
from core.services.videos.ordering import KIND, Order

if TYPE_CHECKING:
    from bot.asked import Asked

NUMBER = re.compile(r"#?([vj])([0-9]{1,18})", re.IGNORECASE)
SHOWN = 40  # characters of a title in a list


@dataclass(frozen=True)
class Told:
    """A live's transcript or a video's."""

    of: Spoken


@dataclass(frozen=True)
class Again:
    """What can be transcribed again: a video that was, or a job that failed."""

    of: VideoTranscript | Job


@dataclass(frozen=True)
class Open:
    """A job of one's own that is not done: a running or waiting one with how it stands, or one that failed."""

    job: Job
    title: str
    ahead: int = 0
    left_seconds: float | None = None


def is_video(text: str) -> bool:
    """Whether it names a video's transcript."""
    found = NUMBER.fullmatch(text.strip())
    return found is not None and found[1].lower() == "v"


async def video(text: str, asked: "Asked") -> VideoTranscript:
    """The transcript `v12`, as far as the asker may see it. Raises Missing NOT_FOUND."""
    found = NUMBER.fullmatch(text.strip())
    if found is not None and found[1].lower() == "v":
        async with asked.house.storage.reading() as work:
            known = await work.videos.get(asked.place.id, int(found[2]))
        if known is not None and (known.public or known.by == asked.person.id):
            return known
    raise Missing("NOT_FOUND", x=text)


async def videos(asked: "Asked") -> list[Choice]:
    """The newest the asker may see."""
    async with asked.house.storage.reading() as work:
        known = await work.videos.of_place(asked.place.id, asked.person.id, 25)
    return [Choice(label(one), one.number) for one in known]


async def again(text: str, asked: "Asked") -> Again:
    """`v12`, or `j12` for a job of the asker's place. Raises Missing NOT_FOUND."""
    found = NUMBER.fullmatch(text.strip())
    if found is None or found[1].lower() == "v":
        return Again(await video(text, asked))
    async with asked.house.storage.reading() as work:
        job = await work.jobs.get(int(found[2]))
    if job is None or job.place != asked.place.id or job.kind != KIND:
        raise Missing("NOT_FOUND", x=text)
    return Again(job)


async def agains(asked: "Asked") -> list[Choice]:
    """What failed, then what is there."""
    async with asked.house.storage.reading() as work:
        jobs = await work.jobs.of_place(asked.place.id, KIND, limit=25)
    failed = [job for job in jobs if job.state is JobState.DEAD and job.by == asked.person.id]
    named = [(str(job.progress.get("title") or Order.of(job).name or Order.of(job).handle), job) for job in failed]
    return [Choice(f"✗ {title[:SHOWN] or '…'}", f"j{job.id}") for title, job in named] + await videos(asked)


def label(one: VideoTranscript) -> str:
    """A transcript in a list."""
    whose = f"@{one.video.handle} · " if one.video.handle else ""
    return f"{whose}{one.title[:SHOWN] or '…'}"
