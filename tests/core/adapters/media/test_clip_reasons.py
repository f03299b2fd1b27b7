"""A clip that is not all of what was asked says why, and one that would not play everywhere is made anew."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.media.capture import Manner, PyAvCapture
from core.adapters.media.clip import Note, read_clip
from core.adapters.media.opening import Patience
from core.adapters.media.plain import LONG_SIDE, make_plain, plan_of
from core.adapters.media.ring import Kept, Ring, Stretch
from core.adapters.media.shape import Shape, Track
from core.adapters.media.shortness import Circumstances, never_came, why_short
from core.errors import Invalid, Missing
from core.model.clip import Cut, Short
from core.ports.tiktok import StreamAddress
from tests.core.adapters.media.conftest import Heard, Listen, play
from tests.platforms.live_media import DEMO, LiveMedia
from tests.platforms.live_server import LiveServer
from tests.recordings.recorder import ordinary, record
from tests.waiting import PATIENCE, until

WHOLE = Circumstances(moved_on=False, over=False, hurried=False)


@pytest.fixture
async def small(server: LiveServer) -> AsyncIterator[Heard]:
    """A live at eight times its speed of which four seconds are kept: it stops at 13, else it would soon be past what is asked."""
    opener = PyAvCapture(Manner(ring_seconds=4.0, patience=Patience(PATIENCE, PATIENCE), back_off=(0.1,)))

    async def address() -> StreamAddress:
        return StreamAddress(f"{server.origin}/live/a.flv?speed=8&stall_after=13")

    heard = Heard(opener.open("small", address))
    heard.taking = asyncio.create_task(heard.take())
    yield heard
    await heard.capture.stop()
    await heard.done()
    opener.close()


async def test_a_whole_clip_gives_no_reason_and_begins_where_it_says(
    server: LiveServer, listen: Listen, tmp_path: Path
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8")
    cut = await heard.capture.cut(3.0, 8.0, tmp_path / "clip.mp4")
    assert (cut.short, cut.start <= 3.0) == (None, True)
    assert heard.capture.first == pytest.approx(0.0, abs=0.1)


async def test_a_live_that_ended_cuts_the_clip_short(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8&end_after=8", ends=True)
    assert (await heard.capture.cut(2.0, 30.0, tmp_path / "clip.mp4")).short is Short.ENDED


async def test_a_buffer_that_does_not_reach_so_far_cuts_it_short_and_the_rest_is_whole(
    small: Heard, tmp_path: Path
) -> None:
    await small.reach(12)
    cut = await small.capture.cut(2.0, 12.0, tmp_path / "clip.mp4")
    assert cut.short is Short.BUFFER
    assert 6.0 < cut.start < 12.0
    assert cut.start + cut.seconds == pytest.approx(12.0, abs=0.3)
    with pytest.raises(Missing, match="CLIP_GONE"):
        await small.capture.cut(0.0, 2.0, tmp_path / "gone.mp4")


async def test_a_buffer_that_began_later_cuts_it_short(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8")
    cut = await heard.capture.cut(-30.0, 4.0, tmp_path / "clip.mp4")
    assert (cut.short, cut.start) == (Short.BEGUN, pytest.approx(0.0, abs=0.1))


async def test_a_change_of_format_cuts_it_short(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?other_at=1.5")
    cut = await heard.capture.cut(0.0, 6.0, tmp_path / "clip.mp4")
    assert cut.short is Short.FORMAT
    assert play(cut.path).errors == 0


async def test_a_change_from_h264_to_h265_cuts_it_short_and_each_side_plays(
    media: LiveMedia, listen: Listen, tmp_path: Path
) -> None:
    h265 = record(tmp_path / "other.flv", 8, form="flv", video="libx265", size=(360, 640))
    async with LiveServer(replace(media, other=h265)) as server:
        heard = listen(f"{server.origin}/live/a.flv?other_at=3")
        before = await heard.capture.cut(0.0, 6.0, tmp_path / "before.mp4")
        after = await heard.capture.cut(4.0, 7.0, tmp_path / "after.mp4")
    assert before.short is Short.FORMAT
    for cut in (before, after):
        played = play(cut.path)
        assert (codecs(cut.path), played.errors, played.first_key) == (["aac", "h264"], 0, True)


async def test_a_stop_takes_what_there_is_at_once(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=2")
    cutting = asyncio.create_task(heard.capture.cut(0.0, 60.0, tmp_path / "clip.mp4"))
    await heard.reach(3)
    assert not cutting.done()
    heard.capture.hurry()
    cut = await asyncio.wait_for(cutting, PATIENCE)
    assert (cut.short, play(cut.path).errors) == (Short.STOPPED, 0)
    assert (await asyncio.wait_for(heard.capture.cut(1.0, 60.0, tmp_path / "2.mp4"), PATIENCE)).short is Short.STOPPED


async def test_a_clip_asked_before_there_is_anything_is_told_from_one_that_is_gone(
    server: LiveServer, listen: Listen, tmp_path: Path
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8")
    assert heard.capture.first is None
    with pytest.raises(Missing, match="CLIP_EARLY"):
        await heard.capture.cut(-30.0, 0.0, tmp_path / "clip.mp4")
    await heard.reach(2)
    with pytest.raises(Missing, match="CLIP_GONE"):
        await heard.capture.cut(-30.0, -5.0, tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("start", "end", "beside", "how", "short"),
    [
        (10.0, 20.0, 0.0, WHOLE, None),
        (9.5, 20.9, 0.0, WHOLE, None),
        (5.0, 20.0, 0.0, WHOLE, Short.BEGUN),
        (5.0, 22.0, 0.0, replace(WHOLE, moved_on=True, over=True), Short.BUFFER),
        (8.0, 30.0, 0.0, replace(WHOLE, moved_on=True, hurried=True), Short.STOPPED),
        (10.0, 25.0, 0.0, WHOLE, Short.STALLED),
        (10.0, 25.0, 0.0, replace(WHOLE, over=True), Short.ENDED),
        (10.0, 25.0, 0.0, replace(WHOLE, over=True, hurried=True), Short.ENDED),
        (5.0, 25.0, 3.0, replace(WHOLE, over=True), Short.FORMAT),
        (10.0, 20.0, 0.5, WHOLE, None),
    ],
)
def test_the_reason_is_the_one_that_took_the_most(
    start: float, end: float, beside: float, how: Circumstances, short: Short | None
) -> None:
    shape = Shape((Track("video", "h264", b"x", 360, 640),), b"")
    packets = tuple(Kept(shape, "video", second == 10, float(second), 0.0, 1.0, b"x") for second in range(10, 20))
    assert why_short(Stretch(shape, 10.0, packets, beside), start, end, how) is short


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=20),
    st.floats(1.0, 40.0),
    st.floats(-5.0, 45.0),
    st.floats(0.5, 30.0),
)
def test_a_stretch_begins_at_the_last_key_picture_before_it_and_leaves_out_nothing_that_is_kept(
    gops: list[int], kept: float, start: float, length: float
) -> None:
    shape = Shape((Track("video", "h264", b"x", 360, 640),), b"")
    ring, end = Ring(kept), start + length
    keyed = (number == 0 for gop in gops for number in range(gop))
    for number, key in enumerate(keyed):
        ring.add(Kept(shape, "video", key, number * 0.04, 0.0, 0.04, b"x"))
    packets = list(ring._kept)
    keys = [p.second for p in packets if p.key and p.second < end]
    stretch = ring.between(start, end)
    if not keys or packets[-1].second + 0.04 <= start:
        assert stretch is None
        return
    begins = max((key for key in keys if key <= start), default=keys[0])
    assert stretch is not None
    assert stretch.start == begins == stretch.packets[0].second
    assert list(stretch.packets) == [p for p in packets if begins <= p.second < end]


def test_what_had_not_come_is_not_what_is_gone() -> None:
    assert never_came(None, 0.0, WHOLE)
    assert never_came(0.4, 0.0, WHOLE)
    assert not never_came(None, -5.0, WHOLE)
    assert not never_came(30.0, 5.0, replace(WHOLE, moved_on=True))
    assert not never_came(0.0, 60.0, replace(WHOLE, over=True))


async def test_a_finished_file_is_read_back_as_it_was_cut(server: LiveServer, listen: Listen, tmp_path: Path) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=8&end_after=8", ends=True)
    for start, end in ((3.3, 6.0), (-20.0, 5.0)):
        cut = await heard.capture.cut(start, end, tmp_path / "clip.mp4")
        found = read_clip(tmp_path / "clip.mp4", start + 500.0)  # of a live in whose second 500 the capture began
        assert found is not None
        assert found.start == pytest.approx(cut.start + 500.0, abs=0.001)
        assert found.seconds == pytest.approx(cut.seconds, abs=0.2)
        assert replace(found, start=0, seconds=0) == replace(cut, start=0, seconds=0)


def test_what_is_no_clip_of_ours_is_not_taken_for_one(tmp_path: Path) -> None:
    half = tmp_path / "half.mp4"
    half.write_bytes(DEMO.read_bytes()[:50_000])
    assert [read_clip(path, 0.0) for path in (half, DEMO, tmp_path / "none.mp4", tmp_path)] == [None] * 4


def encoded(target: Path, codec: str, sound: str = "aac", seconds: float = 6.0) -> Path:
    """The first seconds of the recording in other codecs."""
    with av.open(str(DEMO)) as reading, av.open(str(target), "w") as writing:
        video = writing.add_stream(codec, rate=25, width=180, height=320, pix_fmt="yuv420p")
        video.options = {"preset": "12" if codec == "libsvtav1" else "ultrafast", "g": "50"}
        audio = writing.add_stream(sound, rate=44100, layout="mono")
        resampler = av.AudioResampler(audio.format, "mono", 44100, frame_size=1152 if sound == "libmp3lame" else 1024)
        heard = 0
        for frame in reading.decode(video=0, audio=0):
            if frame.time is not None and frame.time >= seconds:
                break
            if isinstance(frame, av.VideoFrame):
                writing.mux(video.encode(frame.reformat(180, 320)))
                ordinary(codec)
                continue
            for part in resampler.resample(frame):
                part.pts, part.time_base, heard = heard, Fraction(1, 44100), heard + part.samples
                writing.mux(audio.encode(part))
        writing.mux(video.encode(None))
        writing.mux(audio.encode(None))
    return target


def codecs(path: Path) -> list[str]:
    with av.open(str(path)) as media:
        return sorted(stream.codec_context.codec.canonical_name for stream in media.streams)


@pytest.mark.parametrize(("codec", "sound"), [("libx265", "aac"), ("libsvtav1", "aac"), ("libx264", "libmp3lame")])
async def test_a_live_in_other_codecs_gives_clips_that_play_everywhere(
    listen: Listen, tmp_path: Path, codec: str, sound: str
) -> None:
    heard = listen(str(encoded(tmp_path / "source.mp4", codec, sound)), live=False)
    cut = await heard.capture.cut(1.0, 5.0, tmp_path / "clip.mp4")
    played = play(cut.path)
    assert codecs(cut.path) == ["aac", "h264"]
    assert (played.errors, played.first_key, played.faststart) == (0, True, True)
    assert played.frames["video"] / 25 == pytest.approx(cut.seconds, abs=0.3)
    assert played.frames["audio"] > 150
    assert (cut.width, cut.height, cut.size) == (180, 320, cut.path.stat().st_size)
    assert read_clip(cut.path, 1.0) is not None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip.mp4", "source.mp4"]


async def test_a_clip_that_takes_too_long_to_make_anew_is_given_up_and_leaves_nothing(tmp_path: Path) -> None:
    source = encoded(tmp_path / "source.mp4", "libx265")
    cut = Cut(source, 0.0, 6.0, source.stat().st_size, 180, 320)
    with pytest.raises(Invalid, match="CLIP_SLOW"):
        make_plain(cut, tmp_path / "clip.mp4", Patience(), Note(), longest=-1.0)
    assert [p.name for p in tmp_path.iterdir()] == ["source.mp4"]


async def test_copies_do_not_wait_for_what_is_encoded(
    server: LiveServer, capture: PyAvCapture, listen: Listen, tmp_path: Path
) -> None:
    slow = listen(str(encoded(tmp_path / "source.mp4", "libx265")), live=False)
    quick = listen(f"{server.origin}/live/a.flv?speed=8")
    await quick.reach(4)
    busy = threading.Event()
    capture._workshop._encoding.submit(busy.wait, 30)
    encoding = [asyncio.create_task(slow.capture.cut(0.0, 5.0, tmp_path / f"slow{n}.mp4")) for n in range(2)]
    await until(lambda: len(list(tmp_path.glob(".slow*.raw.part"))) == 2)
    await quick.capture.cut(0.0, 4.0, tmp_path / "quick.mp4")
    assert not any(task.done() for task in encoding)
    busy.set()
    assert all(codecs(cut.path) == ["aac", "h264"] for cut in await asyncio.gather(*encoding))


def test_a_large_picture_is_made_smaller_in_even_sizes_and_sound_alone_stays_sound() -> None:
    plan = plan_of(Cut(Path(), 0.0, 30.0, 1, 2159, 3840))
    assert (plan.width % 2, plan.height, plan.height <= LONG_SIDE) == (0, 1280, True)
    assert plan_of(Cut(Path(), 0.0, 30.0, 1, 0, 0)).picture == 0
    assert plan_of(Cut(Path(), 0.0, 30.0, 1, 720, 1280)).picture == pytest.approx(2_500_000, rel=0.01)


async def test_a_stop_gives_up_what_is_being_encoded(tmp_path: Path) -> None:
    source = record(tmp_path / "long.mkv", 6, form="matroska", video="libx265")
    cut = Cut(source, 0.0, 6.0, source.stat().st_size, 320, 180)
    began = threading.Event()

    def ending() -> bool:
        asked = began.is_set()
        began.set()
        return asked

    with pytest.raises(Invalid, match="CLIP_SLOW"):
        make_plain(cut, tmp_path / "clip.mp4", Patience(), Note(), ending=ending)
    assert [path.name for path in tmp_path.iterdir()] == ["long.mkv"]
