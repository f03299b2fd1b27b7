"""Whisper on this machine, run for real on a model of a few words: its words and times, its weights, its memory, its end."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from core.adapters.clock import SystemClock
from core.adapters.speech.weights import WhisperShelf
from core.adapters.speech.whisper import WhisperSpeech
from core.errors import Invalid, Missing, Transient
from core.model.transcript import SAMPLE_RATE, Span
from core.ports.speech import Hint
from core.services.listening import Listening
from tests.platforms import tiny_whisper
from tests.waiting import Standstill, until

SAID = "Those onions are lovely too"


def sound(start: float = 40.0, seconds: float = 4.0) -> Span:
    noise = np.random.default_rng(1).normal(scale=3_000, size=int(seconds * SAMPLE_RATE))
    return Span(start, start + seconds, noise.clip(-32_000, 32_000).astype("<i2").tobytes())


@pytest.fixture
def shelf(tmp_path: Path) -> WhisperShelf:
    return WhisperShelf(tmp_path / "models", "http://127.0.0.1:9", SystemClock())


@pytest.fixture
async def engine(shelf: WhisperShelf) -> AsyncIterator[WhisperSpeech]:
    tiny_whisper.make(shelf.path("ours"), SAID, "fr")
    made = WhisperSpeech(shelf, lambda: "ours")
    yield made
    await made.close()


async def test_words_have_times_of_their_own_inside_the_span(engine: WhisperSpeech) -> None:
    heard = await engine.hear(sound(), Hint())
    assert heard.text == SAID
    times = [time for word in heard.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert (times[0] >= 40.0, times[-1] <= 44.0) == (True, True)
    assert all(type(time) is float for time in times), "plain numbers, fit for JSON"
    assert heard.confidence is not None
    assert 0.9 < heard.confidence <= 1


@pytest.mark.parametrize(
    ("hint", "language"),
    [(Hint(), "fr"), (Hint("de"), "de"), (Hint("pt-BR"), "pt"), (Hint("und"), "fr")],
    ids=["found out", "named", "with a country", "nobody knows"],
)
async def test_a_language_is_heeded_or_found_out(engine: WhisperSpeech, hint: Hint, language: str) -> None:
    assert (await engine.hear(sound(), hint)).language == language


async def test_a_language_whisper_does_not_know_does_not_stop_it(engine: WhisperSpeech) -> None:
    assert (await engine.hear(sound(), Hint("xxz"))).text == SAID


async def test_words_before_are_told_to_the_model_and_nothing_of_them_comes_back(engine: WhisperSpeech) -> None:
    heard = await engine.hear(sound(), Hint("en", before="word " * 200))
    assert "word" not in heard.text.split()


async def test_long_speech_is_heard_to_its_end(engine: WhisperSpeech) -> None:
    heard = await engine.hear(sound(seconds=45.0), Hint("en"))
    assert heard.text == f"{SAID} {SAID}", "windows of thirty seconds"
    assert 70.0 <= heard.words[5].start <= heard.words[-1].end <= 85.0


async def test_music_taken_for_words_is_left_out(shelf: WhisperShelf) -> None:
    """A model that says one phrase over and over."""
    tiny_whisper.make(
        shelf.path("ours"), "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
    )
    engine = WhisperSpeech(shelf, lambda: "ours")
    heard = await engine.hear(sound(), Hint("en"))
    assert (heard.text, heard.words, heard.confidence) == ("", (), None)
    await engine.close()


# ---------------------------------------------------------------- weights


async def test_without_weights_it_says_how_to_get_them_and_fetches_nothing(shelf: WhisperShelf) -> None:
    engine = WhisperSpeech(shelf, lambda: "base")
    ready = engine.readiness()
    assert (ready.ready, ready.lacks, ready.again_in) == (False, "no weights: earshot models get base", None)
    assert Listening([engine], lambda: "whisper").able() == []
    with pytest.raises(Missing, match="NO_WEIGHTS"):
        await engine.hear(sound(), Hint())
    check = await engine.check()
    assert (check.ok, check.cure) == (None, "earshot models get base fetches them")
    assert not shelf.folder.exists()
    await engine.close()


async def test_what_is_no_model_is_told(shelf: WhisperShelf) -> None:
    engine = WhisperSpeech(shelf, lambda: "huge")
    assert engine.readiness().lacks == "no such model: huge"
    assert (await engine.check()).ok is None
    await engine.close()


async def test_the_check_says_which_model_where_and_on_what(engine: WhisperSpeech, shelf: WhisperShelf) -> None:
    check = await engine.check()
    assert check.ok is True
    assert check.finding.startswith(f"ours in {shelf.path('ours')}, on the ")
    assert not engine.loaded, "asking costs no memory"


async def test_weights_that_come_while_it_runs_are_seen_within_a_second(shelf: WhisperShelf) -> None:
    engine = WhisperSpeech(shelf, lambda: "ours")
    assert not engine.readiness().ready
    tiny_whisper.make(shelf.path("ours"), SAID)
    began = time.monotonic()
    with Standstill() as still:
        await until(lambda: engine.readiness().ready)
    assert time.monotonic() - began < 1.5 + still.seconds
    await engine.close()


async def test_another_model_is_used_from_the_next_span_on(engine: WhisperSpeech, shelf: WhisperShelf) -> None:
    names = ["ours"]
    chosen = WhisperSpeech(shelf, lambda: names[-1])
    assert (await chosen.hear(sound(), Hint())).text == SAID
    tiny_whisper.make(shelf.path("other"), "Quite different words")
    names.append("other")
    assert (await chosen.hear(sound(), Hint())).text == "Quite different words"
    await chosen.close()


async def test_broken_weights_are_named_once_then_not_tried_until_they_change(shelf: WhisperShelf) -> None:
    """A file that is whole by its lengths, and that the library refuses all the same."""
    path = tiny_whisper.make(shelf.path("ours"), SAID)
    (path / "vocabulary.json").write_text("{")
    engine = WhisperSpeech(shelf, lambda: "ours")
    assert engine.readiness().ready
    with pytest.raises(Invalid, match="WEIGHTS_BROKEN") as raised:
        await engine.hear(sound(), Hint())
    assert raised.value.values["x"] == "ours"
    ready = engine.readiness()
    assert not ready.ready
    assert ready.lacks.startswith("broken weights: ours, ")
    tiny_whisper.make(path, SAID)
    os.utime(path / "model.bin", ns=(1, 1))
    await until(lambda: engine.readiness().ready)
    assert (await engine.hear(sound(), Hint())).text == SAID
    await engine.close()


async def test_half_a_model_is_told_before_anything_is_loaded(shelf: WhisperShelf) -> None:
    path = tiny_whisper.make(shelf.path("ours"), SAID) / "model.bin"
    os.truncate(path, path.stat().st_size // 2)
    engine = WhisperSpeech(shelf, lambda: "ours")
    with pytest.raises(Invalid) as raised:
        await engine.hear(sound(), Hint())
    assert raised.value.values == {"x": "ours", "file": "model.bin", "reason": "it was cut short"}
    check = await engine.check()
    assert (check.ok, check.finding) == (False, "broken weights: ours, model.bin: it was cut short")
    await engine.close()


# ---------------------------------------------------------------- time and memory


async def test_who_waits_too_long_gives_up_and_the_next_is_heard(shelf: WhisperShelf) -> None:
    tiny_whisper.make(shelf.path("ours"), SAID)
    engine = WhisperSpeech(shelf, lambda: "ours", deadline_seconds=0.001)
    with pytest.raises(Transient, match="ENGINE_DOWN"):
        await engine.hear(sound(), Hint())
    patient = WhisperSpeech(shelf, lambda: "ours")
    assert (await patient.hear(sound(), Hint())).text == SAID
    await engine.close()
    await patient.close()


async def test_who_is_cancelled_holds_up_nobody(engine: WhisperSpeech) -> None:
    waiting = [asyncio.create_task(engine.hear(sound(seconds=50.0), Hint("en"))) for _ in range(4)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    assert all(
        isinstance(one, asyncio.CancelledError) for one in await asyncio.gather(*waiting, return_exceptions=True)
    )
    assert (await engine.hear(sound(), Hint())).text == SAID


async def test_the_loop_goes_on_while_the_model_listens(engine: WhisperSpeech) -> None:
    await engine.hear(sound(), Hint())
    task, turns = asyncio.create_task(engine.hear(sound(seconds=25.0), Hint())), 0
    while not task.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 5, "it stood still"


async def test_who_asks_while_it_is_being_closed_is_told_that_it_is_down(engine: WhisperSpeech) -> None:
    under_way = asyncio.create_task(engine.hear(sound(seconds=50.0), Hint("en")))
    await asyncio.sleep(0)
    await engine.close()
    with pytest.raises(Transient, match="ENGINE_DOWN"):
        await engine.hear(sound(), Hint())
    await asyncio.gather(under_way, return_exceptions=True)


async def test_memory_is_given_back_after_a_while_without_work(shelf: WhisperShelf) -> None:
    tiny_whisper.make(shelf.path("ours"), SAID)
    engine = WhisperSpeech(shelf, lambda: "ours", rest_seconds=0.05)
    await engine.hear(sound(), Hint())
    await until(lambda: not engine.loaded)
    assert (await engine.hear(sound(), Hint())).text == SAID
    await engine.close()
