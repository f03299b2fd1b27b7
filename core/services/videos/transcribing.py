"""Transcribing: a video, or a file somebody handed over, becomes text: asked for once, worked at, told, stored."""

import asyncio
import logging
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.job import Job, JobState
from core.model.notice import NoticeKind, read
from core.model.person import Address
from core.model.screening import Seen
from core.model.tellable.videos import NotTranscribed, Transcribed
from core.model.tellable.videos import Transcribing as UnderWay
from core.model.transcript import Segment
from core.model.video import Video, VideoLink, VideoTranscript
from core.ports.clock import Clock
from core.ports.speech import CAPTIONS
from core.ports.store import Storage, Work
from core.services.exporting import Exporting
from core.services.metering import Metering
from core.services.moderating.titling import have_judged
from core.services.reviewing.deciding import Heed
from core.services.sweeping import Swept, inside, remove
from core.services.videos.airing import Airing
from core.services.videos.attaching import Attaching
from core.services.videos.hearing import Hearing, Words
from core.services.videos.limiting import within
from core.services.videos.ordering import KIND, Order
from core.services.videos.queueing import waiting_for
from core.services.videos.reckoning import Reckoning, turn_of
from core.services.videos.telling import Telling, post, progress_of, transcribed, values_of
from core.services.working import Effect
from core.services.writing import Format

log = logging.getLogger(__name__)
SOFT = timedelta(minutes=25)  # of one attempt: Tiknote's soft limit, five minutes below the hard one of all jobs
MOST_WAITING = 20  # of one place
TRIES = {"TIKTOK_DOWN": 4, "VIDEO_BLOCKED": 2}
"""How often something is tried in all: a bot wall three more times, what is blocked or removed once more."""

KEPT, KEPT_ATTACHED = timedelta(hours=1), timedelta(hours=24)
"""How long what nobody needs any more may lie about: media of a killed process; a file whose job never came to an end."""


@dataclass(frozen=True)
class Transcribing:
    """Transcripts of videos. `folder` holds media while it is worked at, `pictures` the still pictures of videos."""

    storage: Storage
    clock: Clock
    hearing: Hearing
    folder: Path
    pictures: Path
    exporting: Exporting
    metering: Metering
    airing: Airing | None = None

    @property
    def heeds(self) -> tuple[Heed, ...]:
        """Who has to hear of decisions about transcripts."""
        return (self.airing.heed,) if self.airing is not None else ()

    @property
    def attaching(self) -> Attaching:
        """How files are taken."""
        return Attaching(self.folder / "attached")

    # ------------------------------------------------------------------ asked for

    async def find(self, text: str) -> VideoLink:
        """The video a text names. See VideoSource.resolve."""
        return await self.hearing.source.resolve(text)

    async def ask(self, place: str, by: str, order: Order) -> Job | VideoTranscript:
        """The transcript that is there already, or the job that makes it: a new one, or the one that is under way. Raises
        what `Hearing.lacking` says for what nobody can hear, Transient BUSY (n) when the place has too much waiting, BUDGET
        (n, until) when it has used up its minutes of the day; what may have captions is taken all the same."""
        if order.sounds and not self.hearing.engines(order.engine, speakers=order.speakers):
            order.forget()
            raise self.hearing.lacking(order)
        async with self.storage.work() as work:
            known = await work.videos.find(
                place, by, order.video, order.engine, order.language, speakers=order.speakers
            )
            if known is not None:
                order.forget()
                return known
            try:
                await self._check_room(work, place, order)
            except Transient:
                order.forget()
                raise
            job = await work.jobs.add(KIND, order.key(place, by), order.payload(), self.clock.now(), place=place, by=by)
            if job.payload.get("file") != order.file:
                order.forget()  # the same file is being heard already
            return await self._placed(work, job)

    async def _check_room(self, work: Work, place: str, order: Order) -> None:
        """Raises Transient BUSY (n), BUDGET (n, until)."""
        waiting = await work.jobs.of_place(place, KIND, unfinished=True, limit=MOST_WAITING)
        if len(waiting) >= MOST_WAITING:
            raise Transient("BUSY", n=len(waiting))
        if order.sounds and await self.metering.spent(work, place):
            raise self.metering.budget()

    async def _placed(self, work: Work, job: Job) -> Job:
        """`job` with what is said of its place in the queue, remembered as told; what waits to be tried again has none."""
        now = self.clock.now()
        if job.state is not JobState.WAITING or (job.due is not None and job.due > now):
            return job
        progress = progress_of(waiting_for(job, await turn_of(work, job, now)))
        await work.jobs.progress(job, progress)
        return replace(job, progress=progress)

    async def cancel(self, job_id: int, place: str, by: str, *, any_of_place: bool) -> Job:
        """End a job. Raises Missing NOT_FOUND when there is none under way, Denied NOT_YOURS."""
        async with self.storage.work() as work:
            job = await self._theirs(work, job_id, place, by, any_of_place=any_of_place)
            if await work.jobs.cancel(job_id, place) is None:
                raise Missing("NOT_FOUND", x=f"j{job_id}")
            await work.remotes.over(job.key)
            order = Order.of(job)
            said = NotTranscribed(job.id, "CANCELLED", {}, _title(job), _only(job, order))
            await post(work, job, order.address, said, f"{job.epoch}:cancelled", self.clock.now())
        self.hearing.entrusting.soon()
        if not order.file or job.state is JobState.WAITING:
            order.forget()
        return job

    async def again(
        self, job_id: int, place: str, by: str, engine: str | None, address: Address
    ) -> Job | VideoTranscript:
        """Try a failed one again, with another engine when one is named; it is told at `address` from now on. Raises as `cancel`,
        and what `ask` raises."""
        async with self.storage.work() as work:
            job = await self._theirs(work, job_id, place, by, any_of_place=False)
            order = Order.of(job)
            order = replace(order, address=address or order.address)
            if order.lost:
                raise Missing("FILE_GONE", x=order.name)
            if engine is None or engine == order.engine:
                await self._check_room(work, place, order)
                anew = await work.jobs.again(job_id, place, self.clock.now(), order.payload())
                if anew is None:
                    raise Missing("NOT_FOUND", x=f"j{job_id}")
                return await self._placed(work, anew)
        speakers = order.speakers and bool(self.hearing.engines(engine, speakers=True))
        return await self.ask(place, by, replace(order, engine=engine, speakers=speakers))

    async def redo(
        self, known: VideoTranscript, by: str, engine: str, address: Address, likely: str
    ) -> Job | VideoTranscript:
        """The same video by another engine. Raises Missing FILE_GONE for a file, and what `ask` raises."""
        if not known.video.handle:
            raise Missing("FILE_GONE", x=known.title)
        order = Order(
            known.video.tiktok_id,
            known.video.handle,
            address,
            known.asked_language,
            likely,
            engine,
            known.public,
        )
        return await self.ask(known.place, by, order)

    async def state(self, job_id: int) -> UnderWay | Transcribed | NotTranscribed:
        """How a job is now, as it is told. Raises Missing NOT_FOUND."""
        async with self.storage.reading() as work:
            job = await work.jobs.get(job_id)
            if job is None:
                raise Missing("NOT_FOUND", x=f"j{job_id}")
            order, said = Order.of(job), job.progress
            if job.state is JobState.CANCELLED:
                return NotTranscribed(job.id, "CANCELLED", {}, _title(job), _only(job, order))
            if job.state is JobState.DEAD:
                return self._not(job, order, str(said.get("failed", "BUG")), said.get("values", {}), said)
            if job.state is JobState.DONE and "transcript_id" in said:
                known = await work.videos.get(job.place, said["transcript_id"])
                if known is None:
                    raise Missing("NOT_FOUND", x=f"v{said['transcript_id']}")
                only = _only(job, order) or ("" if known.public else known.by)
                return transcribed(known, await work.videos.segments(job.place, known.id), only=only)
            told = read(
                NoticeKind.TRANSCRIBING, {"job_id": job.id, "handle": order.handle, "title": order.name, **said}
            )
            assert isinstance(told, UnderWay)
            if told.step != "waiting" or told.waits or job.state is not JobState.WAITING:
                return replace(told, ahead=0)
            return waiting_for(job, await turn_of(work, job, self.clock.now()))

    async def _theirs(self, work: Work, job_id: int, place: str, by: str, *, any_of_place: bool) -> Job:
        job = await work.jobs.get(job_id)
        if job is None or job.place != place or job.kind != KIND:
            raise Missing("NOT_FOUND", x=f"j{job_id}")
        if job.by != by and not any_of_place:
            raise Denied("NOT_YOURS")
        return job

    # ------------------------------------------------------------------ worked at

    async def transcribe(self, job: Job) -> Effect:
        """The handler of its jobs. Media is gone when it returns, however it does."""
        order, folder = Order.of(job), self.folder / str(job.id)
        said = UnderWay(job.id, order.handle, order.name, only=_only(job, order))
        async with self.storage.reading() as work:
            reckoning = await Reckoning.of(work)
        telling = Telling(self.storage, self.clock, job, order.address, said, reckoning)
        words = asyncio.create_task(telling.run())
        telling.now("found")
        try:
            shutil.rmtree(folder, ignore_errors=True)  # of an attempt that died
            folder.mkdir(parents=True)
            heard = await within(self.clock, SOFT.total_seconds(), self._heard(job, order, folder, telling))
            heard = replace(heard, video=self._with_picture(heard.video))
            made = self._made(job, order, heard)
            file = await self.file_of(made, heard.segments, order.format)
            received = self.clock.now()
            looking = self.airing.look(job.place, heard.video, heard.segments) if self.airing and order.public else None
            seen = await looking if looking is not None else Seen()
            return self._stored(job, order, heard, made, file, telling, (seen, received))
        except TimeoutError as error:
            raise Invalid("TOO_SLOW", n=round(SOFT.total_seconds() / 60)) from error
        except Transient as error:
            raise _final(error, job) from error
        except OSError as error:
            raise Transient("DISK") from error
        finally:
            words.cancel()
            shutil.rmtree(folder, ignore_errors=True)

    async def _heard(self, job: Job, order: Order, folder: Path, telling: Telling) -> Words:
        """What `hearing` gives; of a place without minutes left only TikTok's captions, else it waits for the next day."""
        if not await self.metering.over(job.place):
            return await self.hearing.hear(order, folder, telling)
        try:
            if order.sounds:
                raise Missing("NO_TRACK")
            return await self.hearing.hear(replace(order, engine=CAPTIONS), folder, telling)
        except Missing as error:
            raise (self.metering.budget() if error.code == "NO_TRACK" else error) from error

    def _with_picture(self, video: Video) -> Video:
        """The video with its picture where it stays."""
        if video.thumbnail is None:
            return video
        kept = self.pictures / f"{video.tiktok_id}{video.thumbnail.suffix}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(video.thumbnail, kept)
        return replace(video, thumbnail=kept)

    def _made(self, job: Job, order: Order, heard: Words) -> VideoTranscript:
        return VideoTranscript(
            0,
            job.place,
            heard.video,
            heard.engine,
            order.language,
            heard.language,
            heard.automatic,
            self.clock.now(),
            job.by,
            heard.video.title,
            order.public,
            heard.passed,
        )

    def _stored(
        self,
        job: Job,
        order: Order,
        heard: Words,
        made: VideoTranscript,
        file: str,
        telling: Telling,
        looked: tuple[Seen, datetime],
    ) -> Effect:
        async def effect(work: Work) -> None:
            video = await work.videos.ensure(heard.video)
            stored = await work.videos.add(replace(made, video=video, title=video.title), heard.segments)
            await work.remotes.over(job.key)
            seconds = sum(part.end - part.start for part in heard.segments)
            await self.metering.heard(work, job.place, heard.engine, seconds, len(heard.segments))
            told = transcribed(stored, heard.segments, only=_only(job, order))
            if self.airing is not None and order.public:
                told = await self.airing.aired(work, stored, heard.segments, *looked, f"job:{job.id}")
            told = replace(told, file=file if told.open else "")
            done = progress_of(replace(telling.said, step="posted", share=1.0, left_seconds=None))
            await (await Reckoning.of(work)).learn(work, heard.engine, telling.took, heard.video.seconds)
            await work.jobs.progress(job, {**done, "transcript_id": stored.id})
            await post(work, job, order.address, told, f"{job.epoch}:done", self.clock.now())
            await have_judged(work, stored, self.clock.now())

        return effect

    async def file_of(self, made: VideoTranscript, segments: Sequence[Segment], wanted: str) -> str:
        """The path of the file asked for besides the card, kept until it is posted; empty when none is. Pages that cannot be
        printed are a text: nothing is heard once more for them."""
        if not wanted:
            return ""
        try:
            file = await self.exporting.file(made, segments, Format(wanted))
        except Transient as error:
            log.warning("no PDF of %s: %s", made.video.tiktok_id, error)
            file = await self.exporting.file(made, segments, Format.TXT)
        path = self.folder / "given" / secrets.token_hex(8) / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(path.write_bytes, file.data)
        return str(path)

    async def failed(self, work: Work, job: Job, error: EarshotError, at: datetime | None) -> None:
        """Tell that an attempt failed: for good, or until `at`. In the transaction that stores it."""
        order, now = Order.of(job), self.clock.now()
        known = await work.jobs.get(job.id)
        progress = known.progress if known else {}
        values = values_of(error)
        if at is not None:
            said = UnderWay(
                job.id,
                str(progress.get("handle", order.handle)),
                str(progress.get("title", order.name)),
                float(progress.get("seconds", 0.0)),
                waits=error.code,
                until=at,
                only=_only(job, order),
            )
            await work.jobs.progress(job, {**progress_of(said), "values": values})
            await post(work, job, order.address, said, f"{job.epoch}:waits", now, silent=True)
            return
        await work.jobs.progress(job, {**progress, "failed": error.code, "values": values})
        over = self._not(job, order, error.code, values, progress)
        await post(work, job, order.address, over, f"{job.epoch}:failed", now)

    def _not(
        self, job: Job, order: Order, code: str, values: dict[str, Any], progress: dict[str, Any]
    ) -> NotTranscribed:
        others = self.hearing.others(order, str(values.get("heard", "")))
        return NotTranscribed(job.id, code, values, _title(job, progress), _only(job, order), others)

    def over(self, job: Job) -> None:
        """Its end is stored: a file that was handed over is not needed any more, nor what lies elsewhere of it."""
        Order.of(job).forget()
        self.hearing.entrusting.soon()

    async def run(self) -> None:
        """Sweep what killed processes left, now and every hour, until cancelled."""
        while True:
            await asyncio.to_thread(self.sweep)
            await self.clock.sleep(KEPT.total_seconds())

    def sweep(self) -> Swept:
        """Remove media older than any job can be. Blocks."""
        swept = Swept()
        for path in inside(self.folder):
            if path.name == "attached":
                swept += sum((remove(file, KEPT_ATTACHED) for file in inside(path)), Swept())
            elif path.name == "given":
                swept += sum((remove(folder, KEPT) for folder in inside(path)), Swept())
            else:
                swept += remove(path, KEPT)
        return swept


def _final(error: Transient, job: Job) -> EarshotError:
    """What may pass, unless it has been tried often enough."""
    if job.attempt < TRIES.get(error.code, job.attempt + 1):
        return error
    return Missing("GONE", name="That video") if error.code == "VIDEO_BLOCKED" else Denied("TIKTOK_DOWN")


def _title(job: Job, progress: dict[str, object] | None = None) -> str:
    said = progress if progress is not None else job.progress
    return str(said.get("title") or Order.of(job).name)


def _only(job: Job, order: Order) -> str:
    return "" if order.public else job.by
