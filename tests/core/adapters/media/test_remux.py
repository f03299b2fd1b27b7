"""What a recorder wrote becomes an MP4 that plays everywhere: any container, any codec, the last seconds of it."""

import os
from pathlib import Path

import av
import pytest

from core.adapters.media.remux import remux
from core.errors import Invalid, Missing
from tests.core.adapters.media.conftest import play
from tests.recordings.recorder import record

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}
HYBRID = {"movflags": "frag_keyframe+empty_moov+hybrid_fragmented"}


def codecs(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.codec_context.codec.canonical_name for stream in container.streams]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("a.mp4", {}),
        ("b.mkv", {"form": "matroska"}),
        ("c.mov", {"form": "mov"}),
        ("d.flv", {"form": "flv", "rate": 44_100}),
        ("e.ts", {"form": "mpegts"}),
        ("f.mp4", {"options": FRAGMENTS}),
        ("g.mp4", {"options": HYBRID}),
        ("h.mkv", {"form": "matroska", "audio": "libopus"}),
        ("i.mkv", {"form": "matroska", "video": "libx265"}),
        ("j.mkv", {"form": "matroska", "pixels": "yuv444p"}),
        ("k.mkv", {"form": "matroska", "video": "libsvtav1"}),
        ("l.mov", {"form": "mov", "audio": "pcm_s16le"}),
    ],
)
def test_whatever_wrote_it_it_plays_from_its_first_picture(name: str, made: dict[str, object], tmp_path: Path) -> None:
    path = record(tmp_path / name, 6, **made)  # type: ignore[arg-type]
    whole = remux(path, tmp_path / "clip.mp4", 60, 0)
    played = play(whole.cut.path)
    assert codecs(whole.cut.path) == ["h264", "aac"]
    assert (played.errors, played.first_key, played.strict, played.faststart) == (0, True, True, True)
    assert played.frames["video"] == 90
    assert played.seconds == pytest.approx(6, abs=0.3)
    assert whole.before == pytest.approx(6, abs=0.3)
    assert (whole.cut.width, whole.cut.height, whole.cut.size) == (320, 180, whole.cut.path.stat().st_size)
    assert whole.cut.seconds == pytest.approx(played.seconds, abs=0.3)


@pytest.mark.parametrize(
    "made", [{}, {"video": "libx265", "form": "matroska"}, {"form": "matroska", "audio": "libopus"}]
)
def test_of_a_long_one_the_last_seconds_are_taken(made: dict[str, object], tmp_path: Path) -> None:
    path = record(tmp_path / "long.mkv", 14, **made)  # type: ignore[arg-type]
    last = remux(path, tmp_path / "clip.mp4", 5, 0)
    played = play(last.cut.path)
    assert 3.5 <= played.seconds <= 5.2
    assert 3.5 <= last.before <= 5.05
    assert (played.errors, played.first_key) == (0, True)
    assert abs(played.starts["video"] - played.starts["audio"]) < 0.1


def test_what_has_to_be_seen_is_in_it_though_it_is_not_the_last(tmp_path: Path) -> None:
    path = record(tmp_path / "long.mkv", 50, form="matroska", size=(64, 36))
    part = remux(path, tmp_path / "clip.mp4", 10, 15)
    assert part.before == pytest.approx(45, abs=1.1)
    assert part.cut.seconds <= 10.3


def test_without_a_key_picture_in_its_last_seconds_it_is_encoded(tmp_path: Path) -> None:
    path = record(tmp_path / "rare.mp4", 12, gop=600)
    last = remux(path, tmp_path / "clip.mp4", 4, 0)
    played = play(last.cut.path)
    assert (played.errors, played.first_key) == (0, True)
    assert played.seconds == pytest.approx(4, abs=0.3)


def test_a_recording_without_sound_is_a_clip_without_sound(tmp_path: Path) -> None:
    whole = remux(record(tmp_path / "mute.mp4", 3, audio=""), tmp_path / "clip.mp4", 60, 0)
    assert codecs(whole.cut.path) == ["h264"]


def test_what_was_cut_off_in_the_middle_gives_what_there_is(tmp_path: Path) -> None:
    raw = record(tmp_path / "whole.mkv", 8, form="matroska").read_bytes()
    (tmp_path / "half.mkv").write_bytes(raw[: len(raw) // 2])
    half = remux(tmp_path / "half.mkv", tmp_path / "clip.mp4", 60, 0)
    assert 2 < half.cut.seconds < 7
    assert play(half.cut.path).first_key


def test_nothing_to_play_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("this is no film")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "cut.mp4").write_bytes(record(tmp_path / "good.mp4", 3).read_bytes()[:2000])
    sound = tmp_path / "sound.m4a"
    with av.open(str(sound), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate = 48_000
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))  # silence, not whatever the memory held
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    for name in ("text.mp4", "empty.mp4", "cut.mp4", "sound.m4a"):
        with pytest.raises(Invalid) as caught:
            remux(tmp_path / name, tmp_path / "clip.mp4", 60, 0)
        assert caught.value.code.startswith("SOURCE_"), name
    with pytest.raises(Missing):
        remux(tmp_path / "none.mp4", tmp_path / "clip.mp4", 60, 0)
    assert not list(tmp_path.glob("*clip*"))


def test_a_huge_picture_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path / "huge.mkv", 0.2, form="matroska", video="mjpeg", pixels="yuvj420p", size=(4096, 2304))
    with pytest.raises(Invalid):
        remux(path, tmp_path / "clip.mp4", 60, 0)


def test_an_encoder_of_these_recordings_leaves_this_process_as_any_other(tmp_path: Path) -> None:
    record(tmp_path / "k.mkv", 1, form="matroska", video="libsvtav1")
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
