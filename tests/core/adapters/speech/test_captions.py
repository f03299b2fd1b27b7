"""Speech to text from captions."""

import json
from itertools import pairwise

import pytest

from core.adapters.speech.captions import CaptionsSpeech
from core.errors import Missing
from core.model.transcript import Span, Word
from core.ports.speech import Hint
from tests.platforms.speech import RECORDINGS

LINE = Word(10.0, 14.0, "aa bb cccc")


def span(start: float, end: float, followed_by: float = 0.0) -> Span:
    return Span(start, end, b"", followed_by=followed_by)


async def heard(sound: Span, *lines: Word) -> list[Word]:
    return list((await CaptionsSpeech().hear(sound, Hint(captions=lines))).words)


async def test_the_words_of_a_line_share_its_time_by_their_length() -> None:
    assert await heard(span(9, 15), LINE) == [Word(10, 11, "aa"), Word(11, 12, "bb"), Word(12, 14, "cccc")]


async def test_a_line_over_two_spans_gives_each_word_to_one_of_them() -> None:
    first, second = await heard(span(9, 11.4), LINE), await heard(span(11.4, 15), LINE)
    assert [word.text for word in first] == ["aa"]
    assert [word.text for word in second] == ["bb", "cccc"]
    assert second[0].start == 11.4, "no word begins before its span"


async def test_a_word_in_the_silence_after_a_span_belongs_to_that_span() -> None:
    assert [word.text for word in await heard(span(9, 12, followed_by=2), LINE)] == ["aa", "bb", "cccc"]


async def test_lines_are_taken_in_the_order_of_their_times() -> None:
    words = await heard(span(0, 30), Word(20, 21, "last"), LINE, Word(1, 2, "first"))
    assert [word.text for word in words] == ["first", "aa", "bb", "cccc", "last"]


@pytest.mark.parametrize("lines", [(), (Word(30, 31, "later"),), (Word(10, 12, "  "),), (Word(10, 12, "\x00"),)])
async def test_no_word_in_the_span_is_missing_captions(lines: tuple[Word, ...]) -> None:
    with pytest.raises(Missing) as raised:
        await heard(span(9, 15), *lines)
    assert raised.value.code == "NO_CAPTIONS"


async def test_a_line_that_ends_before_it_starts_still_has_its_words() -> None:
    assert [word.text for word in await heard(span(9, 15), Word(12, 11, "odd line"))] == ["odd", "line"]


async def test_the_language_is_the_captions_own() -> None:
    hint = Hint(language="en", captions=(LINE,), caption_language="fr")
    assert (await CaptionsSpeech().hear(span(9, 15), hint)).language == "fr"


async def test_cut_anywhere_between_words_the_recorded_live_loses_and_doubles_none() -> None:
    script = json.loads(RECORDINGS[0][1].read_text("utf-8"))
    lines = tuple(Word(line["at"], line["end"], line["text"]) for line in script["captions"])
    cuts = [0.0, *(word["at"] for word in script["words"][5::7]), 64.0]
    told = [word.text for cut in pairwise(cuts) for word in await heard(span(*cut), *lines)]
    assert told == " ".join(line.text for line in lines).split()
