"""Clips cut from the ring play everywhere and say truly where they begin."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.adapters.clips.ring import RingClipper
from core.adapters.media.arrivals import Arrivals
from core.adapters.media.landing import sweep
from core.adapters.media.ring import Kept, Ring
from core.adapters.media.shape import Shape, Track
from core.errors import Missing
from tests.core.adapters.media.conftest import Listen, play
from tests.platforms.live_media import DEMO, LiveMedia, encode, remux, tone
from tests.platforms.live_server import LiveServer
from tests.waiting import PATIENCE, until

SHAPE = Shape((Track("video", "h264", b"x", 360, 640),), b"")


def packet(second: float, *, key: bool = False, size: int = 10, shape: Shape = SHAPE) -> Kept:
    return Kept(shape, "video", key, second, 0.0, 0.04, bytes(size))


@pytest.mark.parametrize("path", ["live/a.flv?speed=4", "hls/a/index.m3u8"])
async def test_a_clip_starts_on_a_key_picture_and_decodes_without_an_error(
    server: LiveServer, listen: Listen, tmp_path: Path, path: str
) -> None:
    heard = listen(f"{server.origin}/{path}")
    await heard.reach(5)
    cut = await heard.capture.cut(3.0, 7.5, tmp_path / "clip.mp4")
    played = play(cut.path)
    assert played.errors == 0
    assert played.first_key
    assert played.strict
    assert played.faststart
    assert played.frames["video"] >= 100
    assert played.frames["audio"] >= 180
    assert 0.9 <= cut.start <= 3.0
    assert cut.start + cut.seconds == pytest.approx(7.5, abs=0.3)
    assert played.seconds == pytest.approx(cut.seconds, abs=0.1)
    assert min(played.starts.values()) == pytest.approx(0, abs=0.03)
    assert max(played.starts.values()) < 0.1
    assert (cut.width, cut.height) == (360, 640)
    assert cut.size == cut.path.stat().st_size
    assert [p.name for p in tmp_path.iterdir()] == ["clip.mp4"]


async def test_a_clip_waits_for_its_end(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=2")
    await heard.reach(1)
    cut = await heard.capture.cut(0.0, 6.0, tmp_path / "clip.mp4")
    assert heard.capture.second >= 6.0
    assert cut.seconds == pytest.approx(6.0, abs=0.3)


async def test_a_clip_of_a_live_that_ended_is_what_there_is(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=4&end_after=5", ends=True)
    await heard.reach(1)
    cut = await heard.capture.cut(2.0, 60.0, tmp_path / "clip.mp4")
    assert 2.0 < cut.seconds < 9.0
    assert play(cut.path).errors == 0


async def test_clips_that_overlap_do_not_spoil_each_other(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8")
    await heard.reach(9)
    cuts = await asyncio.gather(*(heard.capture.cut(i / 2, 6 + i / 2, tmp_path / f"{i}.mp4") for i in range(6)))
    assert [play(c.path).errors for c in cuts] == [0] * 6


async def test_a_clip_over_a_reconnect_decodes_without_an_error(
    server: LiveServer, listen: Listen, tmp_path: Path
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?end_after=1", f"{server.origin}/live/a.flv?base=900000")
    cut = await heard.capture.cut(0.2, 4.0, tmp_path / "clip.mp4")
    played = play(cut.path)
    assert heard.asked == 2
    assert played.errors == 0
    assert played.strict
    assert played.frames["video"] / 25 == pytest.approx(cut.seconds, abs=0.2)


async def test_a_clip_over_a_jump_of_the_timestamps_is_whole(
    server: LiveServer, listen: Listen, tmp_path: Path
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=4&jump_after=4&jump=500000")
    cut = await heard.capture.cut(1.0, 9.0, tmp_path / "clip.mp4")
    played = play(cut.path)
    assert played.errors == 0
    assert played.seconds == pytest.approx(cut.seconds, abs=0.1)
    assert cut.seconds < 10.2


async def test_a_clip_over_a_change_of_codec_has_one_codec(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?other_at=1")
    cut = await heard.capture.cut(0.0, 5.0, tmp_path / "clip.mp4")
    played = play(cut.path)
    assert (cut.width, cut.height) == (240, 426)  # the longer piece
    assert played.errors == 0


async def test_a_live_without_picture_gives_spans_and_clips_of_sound(
    server: LiveServer, listen: Listen, tmp_path: Path
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=4&audio_only=1")
    cut = await heard.capture.cut(2.0, 8.0, tmp_path / "clip.mp4")
    played = play(cut.path)
    assert set(played.frames) == {"audio"}
    assert played.errors == 0
    assert (cut.width, cut.height) == (0, 0)
    assert cut.start == pytest.approx(2.0, abs=0.05)
    await until(lambda: heard.spans)


async def test_a_live_without_sound_gives_clips_and_no_spans(
    server: LiveServer, listen: Listen, tmp_path: Path
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8&video_only=1&end_after=20", ends=True)
    cut = await heard.capture.cut(2.0, 8.0, tmp_path / "clip.mp4")
    assert set(play(cut.path).frames) == {"video"}
    await heard.done()
    assert heard.spans == []


async def test_what_is_not_kept_any_more_is_missing(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8&end_after=8", ends=True)
    await heard.done()
    with pytest.raises(Missing, match="CLIP_GONE"):
        await heard.capture.cut(50.0, 60.0, tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []


async def test_a_clipper_knows_the_lives_that_run_here(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    clipper = RingClipper()
    heard = listen(f"{server.origin}/live/a.flv?speed=8")
    with pytest.raises(Missing, match="CLIP_GONE"):
        await clipper.save(7, 0.0, 2.0, tmp_path / "clip.mp4")
    clipper.attach(7, heard.capture)
    assert (await clipper.save(7, 0.0, 2.0, tmp_path / "clip.mp4")).path.exists()
    clipper.detach(7)
    with pytest.raises(Missing, match="CLIP_GONE"):
        await clipper.save(7, 0.0, 2.0, tmp_path / "clip.mp4")


@pytest.mark.parametrize("suffix", ["mp4", "ts", "mkv", "flac", "wav"])
async def test_clips_of_files_are_cut_even_when_the_ring_has_moved_on(
    listen: Listen, media: LiveMedia, tmp_path: Path, suffix: str
) -> None:
    forms = {"mp4": "mp4", "ts": "mpegts", "mkv": "matroska"}
    target = tmp_path / f"file.{suffix}"
    source = remux(DEMO, target, forms[suffix]) if suffix in forms else tone(target, 64)
    heard = listen(str(source), live=False)
    await heard.done()
    heard.capture._ring._kept.clear()
    cut = await heard.capture.cut(20.5, 26.0, tmp_path / "clip.mp4")
    played = play(cut.path)
    assert played.errors == 0
    assert 18.4 <= cut.start <= 20.55
    assert cut.start + cut.seconds == pytest.approx(26.0, abs=0.3)
    assert played.frames["audio"] > 200


async def test_a_clip_can_be_awaited_while_taking_the_spans_of_a_file(listen: Listen, tmp_path: Path) -> None:
    heard = listen(str(DEMO), live=False, taken=False)
    async with asyncio.timeout(PATIENCE):
        async for span in heard.capture.spans():
            await heard.capture.cut(span.start, span.end + 30, tmp_path / "clip.mp4")  # type: ignore[union-attr]
            break


FULL = """
import resource, signal, sys
from pathlib import Path
from core.adapters.media.excerpt import excerpt
from core.adapters.media.clip import write_clip
from core.adapters.media.opening import Patience
from core.ports.tiktok import StreamAddress
stretch = excerpt(StreamAddress(sys.argv[1], live=False), Patience(), 0, 30)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    write_clip(stretch, Path(sys.argv[2]))
except Exception as error:
    print(type(error).__name__, error.code)
"""


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    """A limit of 200 kB on every file stands for the full disk: writing fails in the middle."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(DEMO), str(tmp_path / "clip.mp4")],
        capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])},
    )  # fmt: skip
    assert done.stdout.split() == ["Transient", "DISK"], done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_is_not_there_is_said(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8")
    with pytest.raises(Missing, match="FOLDER_MISSING"):
        await heard.capture.cut(0.0, 1.0, tmp_path / "no" / "clip.mp4")


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".7.mp4.0011aabb.part").write_bytes(b"half")
    (tmp_path / "7.mp4").write_bytes(b"whole")
    assert sweep(tmp_path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["7.mp4"]


def test_the_ring_keeps_its_seconds() -> None:
    ring = Ring(10.0)
    for i in range(1000):
        ring.add(packet(i * 0.04, key=i % 50 == 0))
    assert ring.first() == pytest.approx(30.0)
    stretch = ring.between(33.0, 35.0)
    assert stretch is not None
    assert stretch.start == pytest.approx(32.0)
    assert ring.between(0.0, 20.0) is None


def test_the_ring_keeps_to_its_bytes() -> None:
    ring = Ring(1000.0, limit=5000)
    for i in range(1000):
        ring.add(packet(i * 0.04, key=i % 50 == 0))
    assert ring.size == 5000


def test_a_time_becomes_the_second_that_was_arriving() -> None:
    arrivals, begin = Arrivals(), datetime(2026, 11, 20, tzinfo=UTC)
    assert arrivals.second_of(begin, 1.0) == 0.0
    for i in range(20):
        arrivals.mark(begin + timedelta(seconds=i), i * 4.0)  # a file at four times its speed
    assert arrivals.second_of(begin - timedelta(seconds=5), 4.0) == 0.0
    assert arrivals.second_of(begin + timedelta(seconds=2.5), 4.0) == pytest.approx(10.0)
    assert arrivals.second_of(begin + timedelta(seconds=20), 4.0) == pytest.approx(80.0)


def test_another_size_is_encoded_for_these_tests(tmp_path: Path) -> None:
    assert play(encode(DEMO, tmp_path / "a.mp4", seconds=1, width=120, height=214, rate=22050)).frames["video"] == 25
