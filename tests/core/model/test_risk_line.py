"""The risk of a live fades with a half-life of 90 s."""

from hypothesis import given
from hypothesis import strategies as st

from core.model.risk_line import HALF_LIFE, fading

SCORES = st.lists(st.tuples(st.floats(0, 3600), st.floats(0, 1)), max_size=40)


def test_it_halves_every_ninety_seconds_and_something_worse_lifts_it():
    line = dict(fading([(0.0, 0.8), (90.0, 0.2), (180.0, 0.9)], 270.0, 90.0))
    assert line == {0.0: 0.8, 90.0: 0.4, 180.0: 0.9, 270.0: 0.45}


def test_before_anything_was_said_there_is_none():
    assert fading([(50.0, 0.5)], 60.0, 25.0) == [(0.0, 0.0), (25.0, 0.0), (50.0, 0.5), (60.0, 0.463)]


@given(SCORES, st.floats(1, 3600), st.floats(5, 200))
def test_it_is_the_highest_score_each_faded_since_it_was_said(
    scores: list[tuple[float, float]], until: float, step: float
):
    for second, risk in fading(scores, until, step):
        said = [score * 0.5 ** ((second - at) / HALF_LIFE) for at, score in scores if at <= second]
        assert abs(risk - max(said, default=0.0)) < 0.001
