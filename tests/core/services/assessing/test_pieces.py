"""Neighbours that get one answer: what the judge inside found of any of them holds against it."""

from core.model.risk import Category, Label, Virality
from core.services.assessing.windows import Heard, Piece
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
