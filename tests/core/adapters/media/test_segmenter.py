"""Speech is cut into spans: no word is left out, silence and music are never given out."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from core.adapters.media.segmenter import Segmenter
from core.adapters.media.sound import Chunk, Sound
from core.adapters.media.vad import Detector
from core.model.transcript import SAMPLE_RATE, Span
from tests.platforms.live_media import DEMO, tone

RECORDINGS = Path(__file__).parents[3] / "recordings"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


def chunks(path: Path) -> list[Chunk]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        sound = Sound(stream)
        found = [
            c for p in container.demux(stream) if p.dts is not None for c in sound.feed(p, float(p.dts * p.time_base))
        ]
        return found + sound.finish()


def spans(detector: Detector, sound: list[Chunk], longest: float = 15.0) -> list[Span]:
    segmenter = Segmenter(detector.stream(), longest)
    return [s for c in sound for s in segmenter.feed(c)] + segmenter.flush()


def words(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())["words"]


def lost(told: list[dict[str, Any]], cut: list[Span]) -> list[dict[str, Any]]:
    """Words that lie in no span as a whole."""
    return [w for w in told if not any(s.start <= w["at"] and w["end"] <= s.end for s in cut)]


def test_no_word_of_a_live_is_left_out(detector: Detector) -> None:
    cut = spans(detector, chunks(DEMO))
    assert lost(words(DEMO.with_suffix(".json")), cut) == []
    assert all(s.overlap == 0 for s in cut)


def test_a_forced_cut_repeats_a_second_and_no_word_is_left_out(detector: Detector) -> None:
    cut = spans(detector, chunks(RECORDINGS / "breathless.flac"))
    assert lost(words(RECORDINGS / "breathless.json"), cut) == []
    forced = [(a, b) for a, b in pairwise(cut) if b.overlap]
    assert forced
    for before, after in forced:
        assert after.overlap == pytest.approx(1.0, abs=0.05)
        assert after.start == pytest.approx(before.end - after.overlap)
        assert before.followed_by == 0


@pytest.mark.parametrize("longest", [6.0, 10.0, 15.0])
@pytest.mark.parametrize("name", ["live", "breathless"])
def test_no_span_is_longer_than_the_cap(detector: Detector, longest: float, name: str) -> None:
    path = DEMO if name == "live" else RECORDINGS / "breathless.flac"
    cut = spans(detector, chunks(path), longest)
    assert max(s.seconds for s in cut) <= longest + 0.02
    assert lost(words(path.with_suffix(".json")), cut) == []


@pytest.mark.parametrize("notes", [(), (220.0, 277.2, 329.6)])
def test_silence_and_music_give_no_span(detector: Detector, tmp_path: Path, notes: tuple[float, ...]) -> None:
    assert spans(detector, chunks(tone(tmp_path / "a.flac", 30, notes=notes))) == []


def test_noise_gives_no_span(detector: Detector) -> None:
    noise = np.random.default_rng(1).normal(0, 2000, 20 * SAMPLE_RATE).astype(np.int16)
    assert spans(detector, [Chunk(0.0, noise)]) == []


def test_spans_are_the_same_however_the_sound_is_portioned(detector: Detector) -> None:
    whole = np.concatenate([c.samples for c in chunks(DEMO)])[: 30 * SAMPLE_RATE]
    sizes = np.random.default_rng(2).integers(100, 20_000, 200).cumsum()
    parts = [p for p in np.split(whole, sizes[sizes < len(whole)]) if len(p)]
    begins = np.cumsum([0] + [len(p) for p in parts])[:-1] / SAMPLE_RATE
    pieces = spans(detector, [Chunk(float(b), p) for b, p in zip(begins, parts, strict=True)])
    at_once = spans(detector, [Chunk(0.0, whole)])
    assert [(s.start, s.end, s.pcm) for s in pieces] == [(s.start, s.end, s.pcm) for s in at_once]


def test_a_span_says_how_much_silence_follows(detector: Detector) -> None:
    cut = spans(detector, chunks(DEMO))
    for span, following in pairwise(cut):
        assert 0 < span.followed_by <= following.start - span.end + 0.3


def test_a_span_carries_the_sound_of_its_times(detector: Detector) -> None:
    whole = np.concatenate([c.samples for c in chunks(DEMO)])
    sound = [Chunk(float(i), whole[i * SAMPLE_RATE : (i + 1) * SAMPLE_RATE]) for i in range(64)]
    for span in spans(detector, sound):
        begin = round(span.start * SAMPLE_RATE)
        assert span.pcm == whole[begin : begin + len(span.pcm) // 2].tobytes()


def test_a_hole_in_the_sound_ends_the_span_and_moves_the_times(detector: Detector) -> None:
    whole = np.concatenate([c.samples for c in chunks(DEMO)])
    spoken = whole[2 * SAMPLE_RATE : 4 * SAMPLE_RATE]
    first, second = spans(detector, [Chunk(0.0, spoken), Chunk(100.0, spoken)])
    assert first.end <= 2.04
    assert second.start >= 100.0


def test_sound_whose_rate_changes_goes_on(tmp_path: Path, detector: Detector) -> None:
    low, high = chunks(tone(tmp_path / "a.m4a", 5, rate=22050)), chunks(tone(tmp_path / "b.m4a", 5, rate=48000))
    for found in (low, high):
        assert sum(len(c.samples) for c in found) / SAMPLE_RATE == pytest.approx(5, abs=0.15)
