"""From spans of speech to words, by the first engine that can."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from core.errors import Denied, Missing, Transient
from core.model.account import Account, Follow, Handle
from core.model.live import CaptionShown, Live
from core.model.transcript import Gap, GapCause, Heard, Segment, SegmentState, Word
from core.ports.speech import About, Check, Readiness, SpeechToText
from core.services.listening import REFUSED_SECONDS, Listening
from core.services.lives.scene import Captions, Scene
from tests.builders import HERE, at, span
from tests.doubles import ANYWHERE, BEGAN, StagedLiveCapture, engine
from tests.waiting import PATIENCE

MARIA = Handle("maria")


def a_scene(language: str = "", offset: float = 0.0) -> Scene:
    follow = Follow(1, HERE, 1, MARIA, HERE, BEGAN, language)
    return Scene(Live(1, 1, MARIA, ("r",), "t", BEGAN), Account(1, MARIA), (follow,), offset=offset)


async def heard(
    engines: Sequence[SpeechToText], *parts: Any, scene: Scene | None = None, latest: float | None = None
) -> list[Any]:
    """What comes of `parts`."""
    capture = StagedLiveCapture("maria", None)  # type: ignore[arg-type]
    capture.give(*parts, None)
    scene = scene or a_scene()
    scene.captions.hoped = False  # these are about engines, not about waiting
    return [segment async for segment in Listening(engines).segments(scene, capture, latest)]


def states(segments: list[Any]) -> list[tuple[Any, str, SegmentState]]:
    return [(one.text, one.engine, one.state) for one in segments]


async def test_the_first_engine_that_has_something_is_heard():
    engines = [engine("captions", Missing("NO_CAPTIONS"), "two"), engine("groq", "one")]
    assert states(await heard(engines, span(0, 2), span(2, 4))) == [
        ("one", "groq", SegmentState.TOLD),
        ("two", "captions", SegmentState.TOLD),
    ]


async def test_an_engine_that_is_not_ready_is_passed_over():
    off, on = engine("groq", "never", ready=False), engine("other", "words")
    assert states(await heard([off, on], span(0, 2))) == [("words", "other", SegmentState.TOLD)]
    assert off.asked == []
    assert Listening([off, on]).able() == [on]


async def test_an_engine_that_refuses_its_key_is_not_asked_again():
    shut, spare = engine("groq", Denied("ENGINE_KEY")), engine("spare", "words")
    listening = Listening([shut, spare])
    capture = StagedLiveCapture("maria", None)  # type: ignore[arg-type]
    capture.give(span(0, 2), span(2, 4), None)
    said = [segment async for segment in listening.segments(a_scene(), capture)]
    assert states(said) == [("words", "spare", SegmentState.TOLD)] * 2
    assert len(shut.asked) == 1
    assert listening.refused["groq"].code == "ENGINE_KEY"
    assert listening.able() == [spare]


async def test_an_engine_that_refused_is_asked_again_after_a_while_and_is_well_once_it_hears():
    now = [0.0]
    shut = engine("groq", Denied("ENGINE_KEY"), Denied("ENGINE_KEY"), "mended")
    listening = Listening([shut, engine("spare", *["words"] * 9)], now=lambda: now[0])
    capture = StagedLiveCapture("maria", None)  # type: ignore[arg-type]
    heard = listening.segments(a_scene(), capture)
    told = []
    for later in (0.0, REFUSED_SECONDS - 1, REFUSED_SECONDS + 1, REFUSED_SECONDS + 2, 2 * REFUSED_SECONDS + 2):
        now[0] = later
        capture.give(span(len(told) * 5.0, len(told) * 5.0 + 2))
        told.append((await anext(heard)).engine)  # type: ignore[union-attr]
        assert listening.shut("groq") == ("groq" in listening.refused)
    assert told == ["spare", "spare", "spare", "spare", "groq"]
    assert len(shut.asked) == 3
    assert listening.refused == {}


async def test_failed_untold_and_silent_are_three_different_things():
    failing = engine("groq", Transient("ENGINE_DOWN"))
    nothing = engine("captions", Missing("NO_CAPTIONS"))
    quiet = engine("quiet", "  ")
    assert states(await heard([nothing, failing], span(0, 2))) == [(None, "none", SegmentState.FAILED)]
    assert states(await heard([nothing], span(0, 2))) == [(None, "none", SegmentState.UNTOLD)]
    assert states(await heard([], span(0, 2))) == [(None, "none", SegmentState.UNTOLD)]
    assert states(await heard([quiet], span(0, 2))) == [("", "quiet", SegmentState.SILENT)]


async def test_a_hiccup_costs_no_words():
    flaky = engine("groq", Transient("ENGINE_DOWN"), "there")
    assert [one.text for one in await heard([flaky], span(0, 2))] == ["there"]


async def test_an_engine_that_says_when_to_come_back_is_not_asked_again_at_once():
    full = engine("groq", Transient("QUOTA", retry_after=7.0), "later")
    said = await heard([full], span(0, 2), latest=0.5)
    assert states(said) == [(None, "none", SegmentState.LATE)]


async def test_an_engine_that_failed_is_asked_for_the_next_span():
    flaky = engine("groq", *[Transient("ENGINE_DOWN")] * 3, "back")
    assert [one.text for one in await heard([flaky], span(0, 2), span(2, 4), span(4, 6))] == [None, None, "back"]
    assert len(flaky.asked) == 4, "twice for the first piece, then once for each"


async def test_gaps_are_named_and_everything_is_in_seconds_of_the_live():
    parts = span(0, 2), Gap(2, 9, GapCause.RECONNECT), span(9, 11)
    said = await heard([engine("groq", "words")], *parts, scene=a_scene(offset=100.0))
    assert [(one.start, one.end) for one in said] == [(100, 102), (102, 109), (109, 111)]
    assert isinstance(said[1], Gap)


async def test_the_words_before_are_a_hint_only_when_they_are_near():
    groq = engine("groq", "x" * 300, "near", "far")
    await heard([groq], span(0, 2), span(2.5, 4), span(9, 11), scene=a_scene("fr"))
    hints = [hint for _, hint in groq.asked]
    assert [len(hint.before) for hint in hints] == [0, 200, 0]
    assert {hint.language for hint in hints} == {"fr"}


async def test_words_that_two_spans_both_heard_are_told_once():
    first = Heard("one two three", "en", (Word(0, 1, "one"), Word(1, 2, "two"), Word(2.2, 3, "three")))
    second = Heard("two three four", "en", (Word(1.05, 2, "two"), Word(2.2, 3, "three"), Word(3, 4, "four")))
    said = await heard([engine("groq", first, second)], span(0, 3), span(1, 4, overlap=2.0))
    assert [one.text for one in said] == ["one two three", "four"]
    assert [word.text for word in said[1].words] == ["four"]


async def test_overlapping_texts_without_times_are_joined_too():
    said = await heard([engine("groq", "we go to the sea", "the sea is warm")], span(0, 3), span(2, 5, overlap=1.0))
    assert [one.text for one in said] == ["we go to the sea", "is warm"]


async def test_a_span_of_which_everything_was_told_already_is_silent():
    said = await heard([engine("groq", "the sea", "the sea")], span(0, 3), span(2, 3.5, overlap=1.0))
    assert [(one.text, one.state) for one in said] == [("the sea", SegmentState.TOLD), ("", SegmentState.SILENT)]


async def test_captions_that_come_a_little_late_are_waited_for():
    scene, captions = a_scene(), engine("captions", "words")
    listening = Listening([captions])
    await listening.caption(scene, CaptionShown(at(0), at(1), "hello", "en"))
    capture = StagedLiveCapture("maria", None)  # type: ignore[arg-type]
    capture.give(span(0, 5), None)
    segments: list[Segment | Gap] = []

    async def listen() -> None:
        async for one in listening.segments(scene, capture):
            segments.append(one)

    task = asyncio.create_task(listen())
    for _ in range(10):
        await asyncio.sleep(0)
    assert segments == []
    await listening.caption(scene, CaptionShown(at(4), at(6), "world", "en"))
    await asyncio.wait_for(task, PATIENCE)
    (_, hint) = captions.asked[0]
    assert [word.text for word in hint.captions] == ["hello", "world"]
    assert hint.caption_language == "en"


async def test_the_first_caption_of_a_live_may_come_after_its_first_words():
    captions = engine("captions", "hello")
    listening, scene = Listening([captions]), a_scene()
    capture = StagedLiveCapture("maria", None)  # type: ignore[arg-type]
    capture.give(span(0, 2), None)

    async def listen() -> list[Any]:
        return [one async for one in listening.segments(scene, capture)]

    task = asyncio.create_task(listen())
    for _ in range(10):
        await asyncio.sleep(0)
    assert captions.asked == []
    await listening.caption(scene, CaptionShown(at(0), at(2), "hello", "en"))
    assert states(await asyncio.wait_for(task, PATIENCE)) == [("hello", "captions", SegmentState.TOLD)]


async def test_a_first_caption_is_waited_for_in_vain_only_once():
    silent = Captions()
    await asyncio.wait_for(silent.reach(2, patience=0.01, first=True), PATIENCE)
    await asyncio.wait_for(silent.reach(4, patience=3600, first=True), PATIENCE)


async def test_captions_are_not_waited_for_where_there_are_none_nor_for_ever():
    await asyncio.wait_for(Captions().reach(60, patience=3600), PATIENCE)
    behind = Captions()
    behind.add(Word(0, 1, "hello"), "en")
    await asyncio.wait_for(behind.reach(60, patience=0.01), PATIENCE)
    assert behind.within(0.5, 3) == (Word(0, 1, "hello"),)
    assert behind.within(1, 3) == ()


async def test_what_is_too_late_is_kept_and_not_heard():
    groq, kept = engine("groq", "now"), list[float]()

    async def keep(scene: Scene, span: Any) -> bool:
        kept.append(span.start)
        return True

    @dataclass
    class Ahead:
        """A stream that is at its second 100 when the first piece is looked at."""

        second: float = 100.0

        async def spans(self) -> Any:
            yield span(0, 2)
            yield span(98, 100)

    listening, scene = Listening([groq], keep=keep), a_scene()
    parts = [part async for part in listening.segments(scene, Ahead(), latest=60.0)]  # type: ignore[arg-type]
    assert states(parts) == [(None, "none", SegmentState.LATE), ("now", "groq", SegmentState.TOLD)]
    assert kept == [0]
    assert scene.lag.why == ""


async def test_a_quota_that_opens_soon_is_waited_for():
    groq = engine("groq", Transient("QUOTA", retry_after=0.05), "there")
    scene = a_scene()
    assert states(await heard([groq], span(0, 2), latest=5.0, scene=scene)) == [("there", "groq", SegmentState.TOLD)]
    assert scene.lag.why == ""


@pytest.mark.parametrize("still", [0.0, 0.3])
async def test_lives_that_wait_for_a_quota_are_served_in_the_order_they_came(still: float):
    order: list[str] = []

    @dataclass
    class Bucket:
        """One piece each 150 ms."""

        name: str = "groq"
        about: About = ANYWHERE
        free: float = 0.0

        def readiness(self) -> Readiness:
            wait = self.free - asyncio.get_running_loop().time()
            return Readiness(wait <= 0, again_in=max(0.0, wait))

        async def check(self) -> Check:
            return Check(True, "")

        async def hear(self, span: Any, hint: Any) -> Heard:
            if not self.readiness().ready:
                raise Transient("QUOTA", retry_after=self.readiness().again_in)
            self.free = asyncio.get_running_loop().time() + 0.15
            order.append(hint.language)
            await asyncio.sleep(0)
            time.sleep(still if len(order) == 7 else 0)  # the machine stands still, and the bucket is free at once
            return Heard("word", hint.language)

    listening = Listening([Bucket()])

    async def live(language: str) -> None:
        capture = StagedLiveCapture("maria", None)  # type: ignore[arg-type]
        capture.give(*(span(n, n + 1) for n in range(5)), None)
        scene = a_scene(language)
        scene.captions.hoped = False
        assert [one.text async for one in listening.segments(scene, capture, latest=30.0)] == ["word"] * 5

    await asyncio.gather(*(live(language) for language in ("en", "fr", "ar")))
    assert len(order) == 15
    lives = set(order)
    all_wait = max(order.index(language) for language in lives) + 1  # a slow machine may begin some of them later
    one_ends = min(n for n in range(15) if order[: n + 1].count(order[n]) == 5)
    assert one_ends - all_wait > 2
    assert all(set(order[n : n + 3]) == lives for n in range(all_wait, one_ends - 1)), order


async def test_the_engine_an_account_has_of_its_own_is_tried_first():
    one, two = engine("groq", "one"), engine("whisper", "two")
    scene = a_scene()
    scene.follows = (replace(scene.follows[0], engine="whisper"),)
    assert states(await heard([one, two], span(0, 2), scene=scene)) == [("two", "whisper", SegmentState.TOLD)]


async def test_an_engine_that_is_too_slow_for_lives_hears_recordings_alone():
    slow = engine("assemblyai", "words")
    slow.about = replace(ANYWHERE, live=False)
    assert states(await heard([slow], span(0, 2), latest=60.0)) == [(None, "none", SegmentState.UNTOLD)]
    assert states(await heard([slow], span(0, 2))) == [("words", "assemblyai", SegmentState.TOLD)]


async def test_for_places_without_minutes_only_captions_are_read():
    groq, captions, scene = engine("groq", "words"), engine("captions", "a caption", Missing("NO_CAPTIONS")), a_scene()
    scene.frugal = True
    said = await heard([captions, groq], span(0, 2), span(2, 4), scene=scene)
    assert states(said) == [
        ("a caption", "captions", SegmentState.TOLD),
        (None, "none", SegmentState.UNTOLD),
    ]
    assert groq.asked == []
    assert scene.lag.why == "BUDGET"


async def test_the_language_is_that_of_most_pieces():
    answers = [Heard("x", language) for language in ("fr", "fr", "cy", "fr")]
    said = await heard([engine("groq", *answers)], *(span(n, n + 1) for n in range(4)))
    assert [one.language for one in said] == ["fr"] * 4
