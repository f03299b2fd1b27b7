"""Where a forced cut makes two spans overlap, every word is told once."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from core.model.joining import join_text, join_words
from core.model.transcript import Word

words = st.lists(
    st.tuples(st.sampled_from("no yes we go fire it the".split()), st.floats(0.2, 0.6)), min_size=6, max_size=60
)


def spoken(said: list[tuple[str, float]]) -> list[Word]:
    ends = list(accumulate(length for _, length in said))
    return [Word(end - length, end, text) for (text, length), end in zip(said, ends, strict=True)]


def heard(said: list[Word], start: float, end: float, wobble: float) -> list[Word]:
    """What an engine makes of [start, end]: words of which more than half lies inside, placed a little off."""
    inside = [w for w in said if start <= (w.start + w.end) / 2 <= end]
    return [Word(w.start + wobble * (-1) ** i, w.end + wobble * (-1) ** i, w.text) for i, w in enumerate(inside)]


@given(words, st.floats(0.3, 0.9), st.floats(0, 0.04))
def test_no_word_is_lost_and_none_is_doubled(said: list[tuple[str, float]], where: float, wobble: float) -> None:
    truth = spoken(said)
    cut = truth[-1].end * where
    first, second = heard(truth, 0, cut, wobble), heard(truth, cut - 1, truth[-1].end + 1, -wobble)
    joined = [*first, *join_words(first, second, cut - 1, 1.0)]
    assert [w.text for w in joined] == [w.text for w in truth]


@given(words)
def test_without_an_overlap_nothing_is_dropped(said: list[tuple[str, float]]) -> None:
    truth = spoken(said)
    half = len(truth) // 2
    assert join_words(truth[:half], truth[half:], truth[half].start, 0.0) == tuple(truth[half:])


def test_half_a_word_at_the_beginning_is_dropped() -> None:
    first = [Word(8.0, 8.7, "we"), Word(8.8, 9.4, "cook"), Word(9.45, 9.9, "soup")]
    second = [Word(9.0, 9.4, "ook"), Word(9.5, 9.9, "Soup,"), Word(10.0, 10.4, "today")]
    assert [w.text for w in join_words(first, second, 9.0, 1.0)] == ["today"]


def test_a_word_that_only_the_later_span_heard_is_kept() -> None:
    first = [Word(8.0, 8.7, "we"), Word(8.8, 9.2, "cook")]
    second = [Word(8.9, 9.2, "cook"), Word(9.6, 9.95, "soup"), Word(10.0, 10.4, "today")]
    assert [w.text for w in join_words(first, second, 9.0, 1.0)] == ["soup", "today"]


@given(st.lists(st.integers(0, 10_000).map(str), min_size=3, max_size=30, unique=True), st.integers(1, 4))
def test_texts_without_times_are_joined_by_equal_words(said: list[str], doubled: int) -> None:
    half = len(said) // 2 + 1
    first, second = " ".join(said[:half]), " ".join(said[max(0, half - doubled) :])
    assert f"{first} {join_text(first, second, 1.0)}".split() == said


def test_texts_that_were_cut_inside_a_word_are_joined() -> None:
    assert join_text("and then we cook the sou", "cook the soup today", 1.0) == "soup today"
    assert join_text("and then we cook the soup", "ook the soup today", 1.0) == "today"


def test_texts_without_anything_in_common_stay_whole() -> None:
    assert join_text("one two three", "four five", 1.0) == "four five"
    assert join_text("one two three", "three four", 0.0) == "three four"
    assert join_text("", "three four", 1.0) == "three four"
