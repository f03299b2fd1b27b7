"""Packing speech for the upload."""

import io
from pathlib import Path

import av
import pytest

from core.adapters.speech.files import OpusFiles
from core.adapters.speech.opus import packed, unpacked
from core.errors import Invalid, Missing, Transient
from tests.platforms import speech

SOUND, _ = speech.decoded(speech.RECORDINGS[0][0])
PCM = (SOUND.clip(-1, 1) * 32_767).astype("<i2").tobytes()


def test_the_upload_is_mono_opus_in_ogg_at_about_24_kbit_a_second() -> None:
    file = packed(PCM)
    with av.open(io.BytesIO(file)) as container:
        stream = container.streams.audio[0]
        assert (container.format.name, stream.codec_context.name, stream.channels) == ("ogg", "opus", 1)
    assert 16_000 < len(file) * 8 / (len(SOUND) / speech.RATE) < 30_000


def test_the_sound_comes_back_with_its_length_and_its_words() -> None:
    back, _ = speech.decoded(packed(PCM))
    assert abs(len(back) - len(SOUND)) < 0.05 * speech.RATE
    assert " ".join(line["text"] for line in speech.Known()(back)).startswith("Hello, hello, and welcome")


@pytest.mark.parametrize("samples", [1, 319, 320, 321])
def test_any_number_of_samples_can_be_packed(samples: int) -> None:
    assert packed(PCM[: 2 * samples]).startswith(b"OggS")


@pytest.mark.parametrize("pcm", [b"", b"\0", b"\0\0\0"])
def test_no_samples_or_half_a_sample_is_bad_sound(pcm: bytes) -> None:
    with pytest.raises(Invalid, match="BAD_SOUND"):
        packed(pcm)


@pytest.mark.parametrize("seconds", [0.02, 0.06, 1.0, 14.97])
def test_what_was_packed_comes_back_no_shorter_and_hardly_longer(seconds: float) -> None:
    pcm = PCM[: 2 * round(seconds * speech.RATE)]
    back = unpacked(packed(pcm))
    assert 0 <= len(back) - len(pcm) <= 2 * 0.2 * speech.RATE


@pytest.mark.parametrize("file", [b"", b"OggS", b"<html></html>", packed(PCM[:32_000])[:40]], ids=range(4))
def test_what_is_no_sound_is_bad_sound(file: bytes) -> None:
    with pytest.raises(Invalid, match="BAD_SOUND"):
        unpacked(file)


async def test_files_of_sound_are_whole_or_not_there(tmp_path: Path) -> None:
    files, path = OpusFiles(), tmp_path / "7" / "1000.ogg"
    await files.write(PCM[:64_000], path)
    assert len(await files.read(path)) >= 64_000
    assert [one.name for one in path.parent.iterdir()] == ["1000.ogg"]
    with pytest.raises(Missing, match="SOUND_GONE"):
        await files.read(tmp_path / "8.ogg")


async def test_a_place_that_cannot_be_written_to_passes(tmp_path: Path) -> None:
    (tmp_path / "7").write_text("a file where a folder should be")
    with pytest.raises(Transient, match="DISK"):
        await OpusFiles().write(PCM[:64_000], tmp_path / "7" / "1000.ogg")
