"""Videos made to fit: one smaller copy that is good to watch, else parts that play by themselves and are the whole together."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from core.adapters.media import fitting as module
from core.adapters.media.fitting import MOST_PARTS, PyAvFitter
from core.adapters.media.late import LateFitter
from core.errors import Invalid, Missing
from tests.core.adapters.media.conftest import play
from tests.platforms.live_media import DEMO, encode, remux, tone


@pytest.fixture
def fitter() -> Iterator[PyAvFitter]:
    made = PyAvFitter()
    yield made
    made.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("fitter")]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of 720x1280 with a key picture a second: about 2 MB."""
    path = tmp_path_factory.mktemp("fit") / "7.mp4"
    return encode(DEMO, path, seconds=6, width=720, height=1280, rate=44100)


@pytest.fixture
def clip(large: Path, tmp_path: Path) -> Path:
    path = tmp_path / "7.mp4"
    path.write_bytes(large.read_bytes())
    return path


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def seconds(path: Path) -> float:
    with av.open(str(path)) as container:
        return (container.duration or 0) / 1_000_000


async def test_what_fits_is_given_as_it_is(fitter: PyAvFitter, clip: Path) -> None:
    assert await fitter.fit(clip, clip.stat().st_size) == (clip,)
    assert names(clip.parent) == ["7.mp4"]


async def test_a_smaller_copy_is_made_once_and_is_good_to_watch(fitter: PyAvFitter, clip: Path) -> None:
    most = clip.stat().st_size // 2
    (copy,) = await fitter.fit(clip, most)
    played = play(copy)
    assert (copy.name, copy.stat().st_size <= most) == (f"7.fit-{most}.mp4", True)
    assert (played.errors, played.first_key, played.faststart) == (0, True, True)
    assert set(played.frames) == {"video", "audio"}
    assert played.seconds == pytest.approx(6, abs=0.2)
    made = copy.stat().st_mtime_ns
    assert await fitter.fit(clip, most) == (copy,)
    assert copy.stat().st_mtime_ns == made
    assert names(clip.parent) == [f"7.fit-{most}.mp4", "7.mp4"]


async def test_a_copy_of_an_older_file_is_made_anew(fitter: PyAvFitter, clip: Path) -> None:
    most = clip.stat().st_size // 2
    (copy,) = await fitter.fit(clip, most)
    os.utime(copy, (1, 1))
    (again,) = await fitter.fit(clip, most)
    assert again.stat().st_mtime > 1


async def test_what_would_be_no_good_any_more_comes_in_parts_that_are_the_whole(
    fitter: PyAvFitter, tmp_path: Path
) -> None:
    whole = remux(DEMO, tmp_path / "8.mp4", "mp4")
    most = whole.stat().st_size // 3
    parts = await fitter.fit(whole, most)
    assert 3 <= len(parts) <= 5
    assert [part.name for part in parts] == [f"8.fit-{most}-{n}of{len(parts)}.mp4" for n in range(1, len(parts) + 1)]
    for part in parts:
        played = play(part)
        assert part.stat().st_size <= most
        assert (played.errors, played.first_key, played.strict, played.faststart) == (0, True, True, True)
        assert set(played.frames) == {"video", "audio"}, part.name
        assert abs(played.starts["video"] - played.starts["audio"]) < 0.1
    assert sum(map(seconds, parts)) == pytest.approx(seconds(whole), abs=0.1 * len(parts))
    frames = [play(part).frames for part in (whole, *parts)]
    for kind in ("video", "audio"):
        assert sum(one[kind] for one in frames[1:]) == pytest.approx(frames[0][kind], abs=1), kind
    assert await fitter.fit(whole, most) == parts


async def test_pictures_that_are_shown_in_another_order_are_parted_without_a_gap(
    fitter: PyAvFitter, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """x264 reorders pictures; those around a cut belong to one part and only to it."""
    monkeypatch.setattr(module, "LONGEST_SECONDS", 1.0)
    parts = await fitter.fit(clip, clip.stat().st_size // 2)
    played = [play(part) for part in parts]
    assert [one.errors for one in played] == [0] * len(parts)
    assert sum(one.frames["video"] for one in played) == play(clip).frames["video"]
    assert sum(one.frames["audio"] for one in played) == play(clip).frames["audio"]


async def test_an_encoding_that_takes_too_long_is_given_up_for_parts(
    fitter: PyAvFitter, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUDGET_SECONDS", 0.0)
    parts = await fitter.fit(clip, clip.stat().st_size // 2)
    assert len(parts) >= 2
    assert not [name for name in names(clip.parent) if name.endswith(".part")]


async def test_parts_of_which_one_is_gone_are_made_again(fitter: PyAvFitter, tmp_path: Path) -> None:
    whole = remux(DEMO, tmp_path / "8.mp4", "mp4")
    most = whole.stat().st_size // 3
    parts = await fitter.fit(whole, most)
    parts[1].unlink()
    assert await fitter.fit(whole, most) == parts
    assert all(part.is_file() for part in parts)


@pytest.mark.parametrize("share", [40, 100_000])
async def test_what_would_need_too_many_parts_is_refused_and_leaves_nothing(
    fitter: PyAvFitter, tmp_path: Path, share: int
) -> None:
    whole = remux(DEMO, tmp_path / "8.mp4", "mp4")
    with pytest.raises(Invalid) as raised:
        await fitter.fit(whole, whole.stat().st_size // share)
    assert raised.value.code == "TOO_BIG"
    assert set(raised.value.values) == {"a", "b"}
    assert names(tmp_path) == ["8.mp4"]
    assert MOST_PARTS == 10


async def test_what_is_no_media_is_refused(fitter: PyAvFitter, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("words " * 1000)
    with pytest.raises(Invalid) as raised:
        await fitter.fit(path, 1000)
    assert raised.value.code == "TOO_BIG"
    with pytest.raises(Missing):
        await fitter.fit(tmp_path / "gone.mp4", 1000)


async def test_sound_alone_is_made_smaller(fitter: PyAvFitter, tmp_path: Path) -> None:
    source = remux(DEMO, tmp_path / "sound.mp4", "mp4", kinds=("audio",))
    (copy,) = await fitter.fit(source, source.stat().st_size // 2)
    assert set(play(copy).frames) == {"audio"}
    tone(tmp_path / "tone.flac", 1)
    assert await fitter.fit(tmp_path / "tone.flac", 10_000_000) == (tmp_path / "tone.flac",)


async def test_who_gives_up_waiting_finds_it_made_the_next_time(fitter: PyAvFitter, clip: Path) -> None:
    most = clip.stat().st_size // 2
    first = asyncio.create_task(fitter.fit(clip, most))
    await asyncio.sleep(0)
    second = asyncio.create_task(fitter.fit(clip, most))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    (copy,) = await second
    assert await fitter.fit(clip, most) == (copy,)
    assert names(clip.parent) == [f"7.fit-{most}.mp4", "7.mp4"]


async def test_the_libraries_come_with_the_first_video_that_is_asked_for(clip: Path) -> None:
    late = LateFitter()
    late.close()
    assert await late.fit(clip, clip.stat().st_size) == (clip,)
    late.close()
