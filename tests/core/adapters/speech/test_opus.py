"""Packing speech for the upload."""

import io

import av
import pytest

from core.adapters.speech.opus import packed
from core.errors import Invalid
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
