"""Files handed over, files made, and files left behind: heard, kept for as long as needed, and gone."""

import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Invalid, Missing, Transient
from core.model.account import Handle
from core.model.job import Job
from core.model.person import Platform
from core.model.tellable.videos import Transcribed
from core.model.video import VideoTranscript
from core.services.videos.ordering import KIND, Order
from tests.builders import HERE, THERE, span
from tests.core.services.conftest import Running
from tests.core.services.transcribing_desk import Desk, desk
from tests.doubles import HandClock

__all__ = ["desk"]


async def bytes_of(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_file_handed_over_is_heard_and_then_gone(desk: Desk, clock: HandClock, running: Running):
    order = await desk.service.attaching.take(Platform.TELEGRAM, HERE, "talk.mp4", bytes_of(b"abc", b"def"), Order(""))
    again = await desk.service.attaching.take(Platform.TELEGRAM, HERE, "same.mp4", bytes_of(b"abcdef"), Order(""))
    assert order.video == again.video
    assert order.video.startswith("file:")
    assert (
        await desk.service.attaching.take(Platform.TELEGRAM, THERE, "x", bytes_of(b"abcdef"), Order(""))
    ).video != order.video
    job = await desk.service.ask(HERE, "you", order)
    assert isinstance(job, Job)
    joined = await desk.service.ask(HERE, "you", again)
    assert isinstance(joined, Job)
    assert joined.id == job.id
    async with running(desk.worker().run()):
        await clock.advance(1)
        assert Path((await desk.capture.opened[-1].address()).url).read_bytes() == b"abcdef"
        await desk.says(span(1.0, 5.0))
        await clock.advance(1)
    assert not Path(order.file).exists()
    assert not Path(again.file).exists()
    async with desk.storage.reading() as work:
        (known,) = await work.videos.of_place(HERE, "you")
    assert (known.title, known.video.handle, known.video.address, known.video.seconds) == ("talk.mp4", "", "", 60.0)
    assert desk.videos.wishes == []


async def test_a_file_that_is_too_large_is_refused_while_it_comes(desk: Desk):
    part = b"x" * 1_000_000
    with pytest.raises(Invalid, match="TOO_BIG") as refused:
        await desk.service.attaching.take(Platform.TELEGRAM, HERE, "talk.mp4", bytes_of(*[part] * 30), Order(""))
    assert refused.value.values == {"a": 21, "b": 20}
    assert list((desk.folder / "videos" / "attached").iterdir()) == []


async def test_a_file_of_this_machine_stays_where_it_is(desk: Desk, clock: HandClock, running: Running, tmp_path: Path):
    path = tmp_path / "talk.mp4"
    path.write_bytes(b"abc")
    order = await desk.service.attaching.path(Platform.CONSOLE, HERE, path, Order(""))
    await desk.service.ask(HERE, "you", order)
    async with running(desk.worker().run()):
        await clock.advance(1)
        await desk.says(span(1.0, 5.0))
        await clock.advance(1)
    assert path.exists()
    with pytest.raises(Missing, match="FILE_MISSING"):
        await desk.service.attaching.path(Platform.CONSOLE, HERE, tmp_path / "none.mp4", Order(""))


async def test_a_job_whose_worker_was_killed_is_done_again_without_its_old_media(
    desk: Desk, clock: HandClock, running: Running
):
    await desk.job()
    async with desk.storage.work() as work:
        await work.jobs.claim("killed", [KIND], clock.now(), clock.now() - clock.now(), 1)
    old = desk.folder / "videos" / "1" / "half.mp4.part"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"half")
    async with running(desk.worker().run()):
        await clock.advance(61)
        await clock.advance(1)
    assert isinstance(desk.last(), Transcribed)
    assert desk.left() == []


def test_what_lies_about_for_an_hour_is_swept_and_what_is_fresh_stays(desk: Desk):
    folder = desk.folder / "videos"
    for name in ("7/v.mp4", "8/v.mp4", "given/3/t.srt", "attached/aa", "attached/bb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    hours = {"7": 2, "given/3": 2, "attached/aa": 25, "attached/bb": 2}
    for name, old in hours.items():
        os.utime(folder / name, (time.time() - old * 3600,) * 2)
    desk.service.sweep()
    left = sorted(str(path.relative_to(folder)) for path in folder.glob("**/*") if path.is_file())
    assert left == ["8/v.mp4", "attached/bb"]


async def test_the_file_asked_for_besides_is_made_in_its_format(desk: Desk, clock: HandClock, running: Running):
    await desk.job(format="srt")
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    path = Path(desk.last().file)
    assert path.name == "how_to_boil_an_egg_transcript.srt"
    assert path.read_text().startswith("1\n00:00:01,000 --> 00:00:02,000\nHello {you}\n\n")


@pytest.mark.parametrize(("fault", "kind"), [(None, "pdf"), (Transient("PDF"), "txt")])
async def test_pages_are_printed_and_where_that_fails_the_words_come_as_text(
    desk: Desk, clock: HandClock, running: Running, fault: Transient | None, kind: str
):
    desk.printer.fault = fault
    await desk.job(format="pdf")
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    path = Path(desk.last().file)
    assert path.name == f"how_to_boil_an_egg_transcript.{kind}"
    assert path.read_bytes().startswith(b"%PDF-" if kind == "pdf" else b"[0:01] Hello {you}\n")


async def test_a_file_cannot_be_redone_and_a_video_can(desk: Desk, clock: HandClock, running: Running):
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    known = await desk.ask()
    assert isinstance(known, VideoTranscript)
    assert isinstance(await desk.service.redo(known, "you", "groq", "", "en"), Job)
    own = replace(known, video=replace(known.video, handle=Handle("")))
    with pytest.raises(Missing, match="FILE_GONE"):
        await desk.service.redo(own, "you", "groq", "", "en")
