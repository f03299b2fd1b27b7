"""`segment`: decoding sound and cutting it into spans of speech, and whether a word is lost at the seams."""

import json
import time
from pathlib import Path
from typing import Any

import av

from core.adapters.media.segmenter import Segmenter
from core.adapters.media.sound import Sound
from core.adapters.media.vad import Detector
from core.model.transcript import SAMPLE_RATE, Span
from tests.bench.words import BUNDLED, cut, speech, wordless
from tests.platforms.live_media import DEMO

RECORDINGS = Path(__file__).parents[1] / "recordings"
ROUNDS = 5


def run() -> dict[str, Any]:
    """CPU in percent of one core per live at real speed; goals: 0.5 %, no word lost, at most 5 % of the uploaded seconds without
    a word."""
    detector = Detector()
    cpu, heard, words, lost, longest = 0.0, 0.0, 0, 0, 0.0
    decoding = 0.0
    for path in (DEMO, RECORDINGS / "breathless.flac"):
        told = json.loads(path.with_suffix(".json").read_text())["words"]
        for _ in range(ROUNDS):
            began = time.process_time()
            found, seconds = spans(path, Segmenter(detector.stream()))
            cpu, heard = cpu + time.process_time() - began, heard + seconds
            began = time.process_time()
            spans(path, None)
            decoding += time.process_time() - began
        words += len(told)
        lost += sum(not any(s.start <= w["at"] and w["end"] <= s.end for s in found) for w in told)
        longest = max(longest, *(s.seconds for s in found))
    figures = {
        "cpu_percent_per_live": round(cpu / heard * 100, 3),
        "words": words,
        "words_lost": lost,
        "longest_seconds": round(longest, 2),
    }
    said = speech(BUNDLED)
    uploaded = cut(said)
    empty, around = wordless(said, uploaded)
    figures |= {
        "uploaded_wordless_percent": round(100 * empty, 2),
        "uploaded_around_words_percent": round(100 * around, 2),
    }
    whole = [Span(0.0, len(said.samples) / SAMPLE_RATE, b"")]
    beside = {
        "decoding_only": {"cpu_percent_per_live": round(decoding / heard * 100, 3)},
        "everything_uploaded": {
            "uploaded_wordless_percent": round(100 * wordless(said, whole)[0], 2),
            "uploaded_around_words_percent": round(100 * wordless(said, whole)[1], 2),
        },
    }
    return {"figures": figures, "beside": beside, "ratio": round(cpu / decoding, 2)}


def spans(path: Path, segmenter: Segmenter | None) -> tuple[list[Span], float]:
    """The spans of a file, and its seconds. Without a segmenter: only decoded."""
    found: list[Span] = []
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        sound = Sound(stream)
        for packet in container.demux(stream):
            if packet.dts is not None:
                for chunk in sound.feed(packet, float(packet.dts * packet.time_base)):
                    found += segmenter.feed(chunk) if segmenter else []
        for chunk in sound.finish():
            found += segmenter.feed(chunk) if segmenter else []
        return found + (segmenter.flush() if segmenter else []), (container.duration or 0) / 1_000_000
