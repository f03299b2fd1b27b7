"""Neighbours that get one answer: what the judge inside found of any of them holds against it."""

from core.adapters.risk.groq.cleaning import LONGEST
from core.model.risk import Category, Label, Virality
from core.services.assessing.windows import PIECE_TEXT, Heard, Piece, window_of
from tests.builders import judged, segment
from tests.doubles import BEGAN, harmless


def test_what_keeps_one_of_them_back_keeps_all_whatever_else_is_worse_and_whatever_a_model_says() -> None:
    parts = [segment("they are vermin", 0.0), segment("a twelve year old", 5.0)]
    words = [judged(quote="vermin"), judged(Category.NEUTRAL, Virality.LOW, hateful=False, labels={Label.S3: 0.55})]
    piece = Piece(tuple(Heard(part, word, BEGAN) for part, word in zip(parts, words, strict=True)))
    assert (piece.local.quote, piece.local.about_minors) == ("vermin", True)
    piece.screened = harmless(parts[0])
    assert piece.word is not None
    assert piece.word.about_minors


def test_quick_speech_that_gathered_is_put_together_to_no_more_than_a_model_is_shown() -> None:
    """What is longer would take a person, who has nothing to decide."""
    said = [segment("nous allons voir " * 18, 15.0 * number, 15.0) for number in range(14)]
    pieces = [Piece(tuple(group)) for group in window_of([Heard(one, harmless(one), BEGAN) for one in said])]
    assert all(len(piece.segment.text or "") <= PIECE_TEXT < LONGEST for piece in pieces)
    assert [len(piece.heard) for piece in pieces] == [3, 3, 3, 3]
