"""Frames of a clip: which ones are looked at, and that their hashes know a picture again and no other."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.adapters.media.frames import fields_of, frames, hash_of
from core.adapters.media.opening import Patience
from core.adapters.media.pictures import PyAvPictures
from core.errors import EarshotError, Missing
from core.model.screening import ALIKE, looks_like
from tests.platforms.live_media import DEMO, encode, remux
from tests.waiting import Standstill

Grey = NDArray[np.uint8]
MARGIN = 2  # bits between what a copy is off by and what still counts as alike


def picture(seed: int, width: int = 360, height: int = 640) -> Grey:
    """A picture with the statistics of natural ones: its power falls with the frequency."""
    rng = np.random.default_rng(seed)
    steep = 1.0 + rng.random()
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    power = 1 / np.maximum(np.hypot(fx, fy), 1 / height) ** steep
    noise = rng.normal(size=power.shape) + 1j * rng.normal(size=power.shape)
    field = np.fft.irfft2(power * noise, s=(height, width))
    return np.clip(128 + 45 * (field - field.mean()) / field.std(), 0, 255).astype(np.uint8)


def hashed(grey: Grey) -> int:
    found = hash_of(fields_of(VideoFrame.from_ndarray(np.ascontiguousarray(grey), format="gray")))
    assert found is not None
    return found


def film(path: Path, pictures: list[Grey], seconds: float = 2.0, *, every: int = 12, quality: int = 23) -> Path:
    """Each picture for some seconds, 12 a second; a key picture every `every`."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=12, options={"crf": str(quality), "sc_threshold": "0"})
        stream.height, stream.width = pictures[0].shape
        stream.pix_fmt, stream.gop_size = "yuv420p", every
        for grey in pictures:
            for _ in range(round(seconds * 12)):
                container.mux(stream.encode(VideoFrame.from_ndarray(grey, format="gray")))
        container.mux(stream.encode(None))
    return path


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10**6),
    st.floats(0.7, 1.25),
    st.integers(-25, 25),
    st.sampled_from([1, 2, 3]),
    st.floats(0, 8),
)
def test_another_size_brightness_and_a_little_noise_keep_the_hash_near(
    seed: int, contrast: float, light: int, smaller: int, noise: float
):
    plain = picture(seed)
    grain = np.random.default_rng(seed).normal(0, noise, plain.shape)
    changed = np.clip(plain * contrast + light + grain, 0, 255).astype(np.uint8)[::smaller, ::smaller]
    assert (hashed(plain) ^ hashed(changed)).bit_count() <= ALIKE


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_different_pictures_are_far_apart(one: int, other: int):
    if one != other:
        assert (hashed(picture(one)) ^ hashed(picture(other))).bit_count() > ALIKE


def test_no_two_of_150_pictures_are_alike():
    hashes = [hashed(picture(seed)) for seed in range(150)]
    apart = [(a ^ b).bit_count() for n, a in enumerate(hashes) for b in hashes[n + 1 :]]
    assert min(apart) > ALIKE + MARGIN


def test_a_film_encoded_anew_smaller_and_much_worse_looks_like_itself_and_not_like_another(tmp_path: Path):
    pictures = [picture(seed) for seed in range(4)]
    plain = film(tmp_path / "plain.mp4", pictures)
    worse = film(tmp_path / "worse.mp4", [grey[::2, ::2] for grey in pictures], quality=38)
    other = film(tmp_path / "other.mp4", [picture(seed) for seed in range(10, 14)])
    found = [
        tuple(frame.hash for frame in frames(path, 8, Patience()) if frame.hash is not None)
        for path in (plain, worse, other)
    ]
    assert looks_like(found[1], found[0])
    assert not looks_like(found[2], found[0])


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_flat_picture_has_nothing_to_be_known_again_by(grey: int):
    assert hash_of(fields_of(VideoFrame.from_ndarray(np.full((640, 360), grey, np.uint8), format="gray"))) is None


def test_scene_changes_come_first(tmp_path: Path):
    still, short = picture(1), picture(2)
    path = film(tmp_path / "film.mp4", [still] * 6 + [short] + [still] * 6)
    seen = frames(path, 3, Patience())
    assert len(seen) == 3
    assert any(frame.hash is not None and (frame.hash ^ hashed(short)).bit_count() <= ALIKE for frame in seen)
    assert [frame.second for frame in seen] == sorted(frame.second for frame in seen)


def test_what_happens_between_two_far_key_pictures_is_seen_too(tmp_path: Path):
    pictures = [picture(seed) for seed in range(5)]
    path = film(tmp_path / "film.mp4", pictures, every=10_000)
    hashes = [frame.hash for frame in frames(path, 8, Patience())]
    for grey in pictures:
        assert any(one is not None and (one ^ hashed(grey)).bit_count() <= ALIKE for one in hashes)


@pytest.fixture
def pictures() -> Iterator[PyAvPictures]:
    made = PyAvPictures()
    yield made
    made.close()


async def test_frames_are_jpegs_of_at_most_512_pixels_a_side(pictures: PyAvPictures, tmp_path: Path):
    large = encode(DEMO, tmp_path / "large.mp4", seconds=6, width=720, height=1280, rate=44100)
    seen = await pictures.frames(large, 8)
    assert 1 <= len(seen) <= 8
    for frame in seen:
        (tmp_path / "frame.jpg").write_bytes(frame.jpeg)
        with av.open(str(tmp_path / "frame.jpg")) as container:
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.width, stream.height) == ("mjpeg", 288, 512)
    assert sum(len(frame.jpeg) for frame in seen) * 4 / 3 < 4_000_000


async def test_the_frames_of_a_minute_take_a_moment(pictures: PyAvPictures):
    begun = time.perf_counter()
    with Standstill() as still:
        seen = await pictures.frames(DEMO, 8)
    assert len(seen) == 8
    assert time.perf_counter() - begun < 3 + still.seconds  # 0.12 s on two idle cores


@pytest.mark.parametrize("spoil", ["sound", "missing", "broken"])
async def test_what_has_no_frames_says_so(spoil: str, pictures: PyAvPictures, tmp_path: Path):
    path = tmp_path / "clip.mp4"
    make: dict[str, Callable[[], object]] = {
        "sound": lambda: remux(DEMO, path, "mp4", kinds=("audio",)),
        "missing": lambda: None,
        "broken": lambda: path.write_bytes(b"no clip" * 1000),
    }
    make[spoil]()
    with pytest.raises(Missing if spoil != "broken" else EarshotError) as raised:
        await pictures.frames(path, 8)
    assert (raised.value.code == "NO_PICTURE") == (spoil == "sound")
