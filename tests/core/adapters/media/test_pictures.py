"""Thumbnails, and clips made to fit a limit."""

import threading
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from core.adapters.media.opening import Patience, open_source
from core.adapters.media.pictures import PyAvPictures
from core.adapters.media.squeeze import plan_for
from core.errors import Invalid, Missing
from core.ports.tiktok import StreamAddress
from tests.core.adapters.media.conftest import play
from tests.platforms.live_media import DEMO, encode, remux, tone


@pytest.fixture
def pictures() -> Iterator[PyAvPictures]:
    made = PyAvPictures()
    yield made
    made.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("pictures")]


async def test_a_thumbnail_is_a_jpeg_360_wide(pictures: PyAvPictures, tmp_path: Path) -> None:
    path = tmp_path / "thumbnail.jpg"
    path.write_bytes(await pictures.thumbnail(DEMO))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("mjpeg", 360, 640)


@pytest.mark.parametrize("name", ["sound.flac", "missing.mp4"])
async def test_without_a_picture_there_is_no_thumbnail(pictures: PyAvPictures, tmp_path: Path, name: str) -> None:
    if name == "sound.flac":
        tone(tmp_path / name, 1)
    with pytest.raises(Missing):
        await pictures.thumbnail(tmp_path / name)


async def test_what_fits_is_copied_as_it_is(pictures: PyAvPictures, tmp_path: Path) -> None:
    cut = await pictures.squeeze(DEMO, 10 * 1024 * 1024, tmp_path / "small.mp4")
    assert cut.path.read_bytes() == DEMO.read_bytes()
    assert (cut.width, cut.height) == (360, 640)


async def test_what_does_not_fit_is_encoded_smaller(pictures: PyAvPictures, tmp_path: Path) -> None:
    source = encode(DEMO, tmp_path / "large.mp4", seconds=6, width=720, height=1280, rate=44100)
    limit = source.stat().st_size // 2
    cut = await pictures.squeeze(source, limit, tmp_path / "small.mp4")
    played = play(cut.path)
    assert cut.size == cut.path.stat().st_size <= limit
    assert played.errors == 0
    assert played.faststart
    assert played.frames["video"] == 150
    assert played.seconds == pytest.approx(6, abs=0.2)
    assert cut.width / cut.height == pytest.approx(720 / 1280, abs=0.01)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["large.mp4", "small.mp4"]


async def test_sound_alone_is_squeezed_too(pictures: PyAvPictures, tmp_path: Path) -> None:
    source = remux(DEMO, tmp_path / "sound.mp4", "mp4", kinds=("audio",))
    cut = await pictures.squeeze(source, 200_000, tmp_path / "small.mp4")
    assert cut.size <= 200_000
    assert set(play(cut.path).frames) == {"audio"}


async def test_what_cannot_fit_is_refused_with_the_length_that_would(pictures: PyAvPictures, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as raised:
        await pictures.squeeze(DEMO, 300_000, tmp_path / "small.mp4")
    assert raised.value.code == "NO_FIT"
    assert 15 <= int(str(raised.value.values["seconds"])) <= 25
    assert list(tmp_path.iterdir()) == []


def test_the_picture_shrinks_with_the_bits_there_are() -> None:
    source = open_source(StreamAddress(str(DEMO), live=False), Patience())
    sizes = [plan_for(source, 60, limit).height for limit in (30_000_000, 8_000_000, 3_000_000, 1_200_000)]
    source.close()
    assert sizes == [640, 640, 640, 480]  # never larger than it was
