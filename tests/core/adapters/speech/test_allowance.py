"""Limits that are kept, whatever is asked when, and phrases that are believed when they were heard."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.adapters.allowance import STEPS, Allowance, Limit, of_speech
from core.adapters.speech.phantoms import SURE_LOGPROB, Phantoms

PAUSES = st.lists(st.floats(0, 40), min_size=1, max_size=120)


def base(now: list[float]) -> Allowance:
    """An account of which nothing is known yet."""
    return of_speech(lambda: now[0])


@given(PAUSES, st.floats(0.5, 15))
def test_no_minute_holds_more_than_it_may_and_no_hour(pauses: list[float], sound: float) -> None:
    now, asked = [0.0], []
    allowance = base(now)
    for pause in pauses:
        now[0] += pause
        if allowance.used_up(sound) is None:
            allowance.take(sound)
            asked.append(now[0])
    for first, later in zip(asked, asked[20:], strict=False):
        assert later - first >= 60


@given(PAUSES, st.floats(1, 30))
def test_whoever_waits_as_long_as_it_says_is_let_in(pauses: list[float], sound: float) -> None:
    now = [0.0]
    allowance = base(now)
    for pause in pauses:
        now[0] += pause
        if spent := allowance.used_up(sound):
            now[0] += spent.seconds + 1e-6
            assert allowance.used_up(sound) is None
        allowance.take(sound)


@given(st.floats(0, 7_200), st.floats(0, 7_200), st.floats(0, 3_600), st.floats(1, 60))
def test_what_others_used_comes_back_evenly(own: float, others: float, passed: float, sound: float) -> None:
    limit = Limit("x", 3_600, 7_200)
    limit.take(own, 0.0)
    limit.learn(7_200, own + others, 0.0)
    wait = limit.wait(sound, passed)
    assert wait >= 0
    if wait > 1:
        assert limit.used(passed + wait - 1) + sound > 7_200 - 1e-3
    assert limit.used(passed + wait + 1e-6) + sound <= 7_200 + 1e-3


def test_a_window_is_a_few_numbers_however_much_is_asked() -> None:
    limit = Limit("x", 60, 1e9)
    for n in range(50_000):
        limit.take(1, n / 100)
    assert len(limit._used) <= STEPS + 1
    assert 5_990 <= limit.used(500.0) <= 6_000 * (1 + 1 / STEPS) + 100


@given(st.lists(st.sampled_from(["requests", "audio-seconds", "x"]), max_size=4), st.text(max_size=12))
def test_odd_headers_change_nothing_for_the_worse(names: list[str], value: str) -> None:
    now = [0.0]
    allowance = base(now)
    for name in names:
        allowance.answered({f"x-ratelimit-limit-{name}": value, f"x-ratelimit-remaining-{name}": value})
        allowance.refused(1.0, 0.0, f"(RPM): Limit {value}, Used {value}")
    spent = allowance.used_up(10)
    assert spent is None or spent.seconds < 86_400 * 10


@given(st.text(min_size=1), st.floats(SURE_LOGPROB, 0), st.floats(0, 0.3), st.integers(1, 100))
def test_words_that_were_heard_well_are_believed_however_often_they_are_said(
    text: str, logprob: float, no_speech: float, times: int
) -> None:
    phantoms = Phantoms()
    assert not any(phantoms.haunt(text, logprob, no_speech) for _ in range(times))


@given(st.lists(st.sampled_from(["yes", "no", "thank you for watching"]), max_size=60))
def test_without_figures_only_what_comes_three_times_in_a_row_is_doubted(said: list[str]) -> None:
    phantoms = Phantoms()
    doubted = [phantoms.haunt(text, None, None) for text in said]
    rows = [a == b == c for (a, b), (_, c) in pairwise(pairwise(said))]
    assert doubted == [False, False, *rows][: len(said)]
