"""Words of a recording that was sent in pieces: back where they belong, in lines people can read, none lost."""

from hypothesis import given
from hypothesis import strategies as st

from core.model.recording import LONGEST, Said, placed, segments_of
from core.model.transcript import Word, turns

PIECES = ((10.0, 14.0), (30.0, 31.0), (31.5, 40.0))


def said(*words: tuple[float, float, str], speaker: str = "") -> list[Said]:
    return [Said(Word(*word), speaker) for word in words]


def test_a_word_goes_back_into_the_piece_its_middle_is_in() -> None:
    told = placed(said((0.0, 1.0, "one"), (3.8, 4.6, "two"), (5.5, 6.0, "three"), (99.0, 99.5, "late")), PIECES)
    assert [(one.word.start, one.word.end) for one in told] == [(10.0, 11.0), (30.0, 30.6), (32.0, 32.5), (40.0, 40.0)]


spans = st.lists(st.tuples(st.floats(0.1, 20), st.floats(0, 30)), min_size=1, max_size=8)
words = st.lists(
    st.tuples(
        st.floats(-1, 200), st.floats(0, 3), st.sampled_from(["a", "b.", "c?", "ü…"]), st.sampled_from(["A", "B", ""])
    ),
    max_size=40,
)


@given(spans, words)
def test_no_word_is_lost_turned_round_or_put_where_nobody_spoke(
    lengths: list[tuple[float, float]], heard: list
) -> None:
    pieces, at = [], 0.0
    for length, gap in lengths:
        pieces.append((at + gap, at + gap + length))
        at += gap + length
    given_ = [Said(Word(start, start + length, text), who) for start, length, text, who in heard]
    told = placed(given_, pieces)
    lines = segments_of(told, "en", "x")
    assert [(one.word.text, one.speaker) for one in told] == [(one.word.text, one.speaker) for one in given_]
    assert [word for line in lines for word in line.words] == [one.word for one in told]
    assert all(any(a - 1e-9 <= one.word.start <= b + 1e-9 for a, b in pieces) for one in told)
    starts = [line.start for line in lines]
    assert len(set(starts)) == len(starts), "a transcript is stored by the starts of its lines"
    assert starts == sorted(starts)
    assert all(line.end >= line.start for line in lines)
    assert all(line.text == " ".join(word.text for word in line.words) for line in lines)


def test_lines_part_where_somebody_else_speaks_at_pauses_and_at_ends_of_sentences() -> None:
    told = [
        *said((0.0, 1.0, "Yes."), (1.1, 2.0, "No."), speaker="A"),
        *said((2.1, 3.0, "Why?"), speaker="B"),
        *said((4.5, 10.9, "Because."), (11.0, 12.0, "So"), speaker="B"),
    ]
    lines = segments_of(told, "en", "x")
    assert [(line.speaker, line.text) for line in lines] == [
        ("A", "Yes. No."),
        ("B", "Why?"),
        ("B", "Because."),
        ("B", "So"),
    ]
    assert [who for _, who in turns(lines)] == ["A", "B", "", ""]


def test_somebody_who_never_pauses_is_parted_all_the_same() -> None:
    lines = segments_of(said(*((n / 2, n / 2 + 0.5, "word") for n in range(200))), "en", "x")
    assert max(line.end - line.start for line in lines) <= LONGEST
    assert sum(len(line.words) for line in lines) == 200
