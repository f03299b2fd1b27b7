"""Times of what was said."""

import pytest

from core.model.transcript import Segment, Word, clock_text

SEGMENT = Segment(
    10.0, 14.0, "we give, we give", "en", "groq", (Word(10.0, 10.2, "we"), Word(10.5, 11.0, "give,"), Word(12.0, 12.2, "we"),
    Word(13.0, 13.5, "give"))
)  # fmt: skip


@pytest.mark.parametrize(("position", "second"), [(0, 10.0), (3, 10.5), (9, 12.0), (12, 13.0), (15, 13.0)])
def test_a_character_was_said_when_its_word_was(position: int, second: float) -> None:
    assert SEGMENT.said_at(position) == second


def test_without_words_the_time_is_in_proportion() -> None:
    bare = Segment(10.0, 14.0, "abcd")
    assert [bare.said_at(n) for n in (0, 2, 4)] == [10.0, 12.0, 14.0]
    assert Segment(10.0, 14.0, None).said_at(3) == 10.0
    assert Segment(10.0, 14.0, "").said_at(0) == 10.0


def test_a_word_the_text_does_not_hold_is_passed_over() -> None:
    odd = Segment(0.0, 2.0, "one two", words=(Word(0.0, 0.1, "ONE"), Word(1.0, 1.5, "two")))
    assert odd.said_at(4) == 1.0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0:00"), (0, "0:00"), (75.9, "1:15"), (3599.9, "59:59"), (3675, "1:01:15"), (36000, "10:00:00")],
)
def test_a_time_of_a_live_is_written_as_a_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
