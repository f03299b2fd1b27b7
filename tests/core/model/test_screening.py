"""Before it is posted: which moves there are, what holds, and what looks alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.risk import Label
from core.model.screening import (
    ALIKE,
    LIMITS,
    MOVES,
    NOTES,
    Check,
    Found,
    LocalPolicy,
    Read,
    Seen,
    State,
    Where,
    decided,
    looks_like,
    moved,
)
from tests.builders import at

LOOKED = Seen(8, gone=False)
HASHES = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=8).map(tuple)


def state_of(read: Read = Read(), seen: Seen = LOOKED, local: LocalPolicy = LocalPolicy.TEXT_ONLY) -> State:  # noqa: B008
    return decided(read, seen, local).state


def test_what_was_received_is_screened_before_anything_else_becomes_of_it():
    assert moved(State.RECEIVED, State.SCREENING) is State.SCREENING
    for state in set(State) - {State.SCREENING}:
        with pytest.raises(ValueError, match="cannot become"):
            moved(State.RECEIVED, state)


@given(st.lists(st.sampled_from(State), max_size=8))
def test_nothing_comes_to_be_shown_but_through_screening_or_a_person(wished: list[State]):
    state, passed = State.RECEIVED, [State.RECEIVED]
    for to in wished:
        try:
            state = moved(state, to)
        except ValueError:
            continue
        passed.append(state)
    if State.PASSED in passed:
        assert passed[: passed.index(State.PASSED)] == [State.RECEIVED, State.SCREENING]
    if State.OVERRIDDEN in passed:
        assert passed[passed.index(State.OVERRIDDEN) - 1] in (State.HELD, State.REJECTED)


def test_only_screening_passes_anything():
    assert [state for state, to in MOVES.items() if State.PASSED in to] == [State.SCREENING]


def test_what_shows_nothing_and_says_nothing_passes():
    assert state_of() is State.PASSED


@pytest.mark.parametrize("check", sorted(set(Check) - NOTES - {Check.MINORS}))
def test_what_a_frame_shows_holds(check: Check):
    assert state_of(seen=Seen(8, (Found(check, Where.FRAMES),), gone=False)) is State.HELD


@pytest.mark.parametrize("check", sorted(NOTES))
def test_dangerous_acts_and_misinformation_are_a_note_and_never_hold(check: Check):
    verdict = decided(Read(), Seen(8, (Found(check, Where.FRAMES),), gone=False), LocalPolicy.HOLD)
    assert verdict.state is State.PASSED
    assert [one.check for one in verdict.found] == [check]


@pytest.mark.parametrize("label", sorted(LIMITS))
def test_words_hold_from_the_limit_of_their_label_on(label: Label):
    limit = LIMITS[label]
    assert state_of(Read({label: limit - 0.01})) is State.PASSED
    assert state_of(Read({label: limit})) is (State.REJECTED if label is Label.S3 else State.HELD)


def test_sexual_words_alone_hold_nothing():
    assert state_of(Read({Label.S: 0.99})) is State.PASSED


@pytest.mark.parametrize(
    ("read", "seen"),
    [(Read({Label.S3: 0.9}), LOOKED), (Read(), Seen(8, (Found(Check.MINORS, Where.FRAMES, 0.5),), gone=False))],
)
def test_what_may_show_minors_is_rejected_at_once(read: Read, seen: Seen):
    assert state_of(read, seen) is State.REJECTED


@pytest.mark.parametrize("local", LocalPolicy)
@pytest.mark.parametrize("code", ["TIMEOUT", "ENGINE_DOWN", "QUOTA", "TOO_BIG_FRAMES"])
def test_a_look_that_came_to_nothing_holds_and_never_passes(code: str, local: LocalPolicy):
    assert state_of(seen=Seen(fault=code, gone=False), local=local) is State.HELD


@pytest.mark.parametrize("fault", ["", "ENGINE_MODEL", "ENGINE_KEY"])
def test_without_a_model_that_sees_the_policy_says_what_becomes_of_the_picture(fault: str):
    nobody = Seen(fault=fault)
    assert state_of(seen=nobody, local=LocalPolicy.TEXT_ONLY) is State.PASSED
    assert state_of(seen=nobody, local=LocalPolicy.HOLD) is State.HELD


def test_what_has_no_picture_needs_nobody_to_look():
    assert state_of(seen=Seen(blind=True), local=LocalPolicy.HOLD) is State.PASSED


def test_orders_to_the_judge_and_what_was_rejected_before_hold():
    assert state_of(Read(doubtful=True)) is State.HELD
    assert state_of(seen=Seen(8, gone=False, doubtful=True)) is State.HELD
    assert decided(Read(), LOOKED, LocalPolicy.TEXT_ONLY, at(0)).state is State.HELD


@given(HASHES, st.sets(st.integers(0, 63), max_size=ALIKE))
def test_the_same_frames_a_few_bits_off_look_alike(hashes: tuple[int, ...], bits: set[int]):
    off = sum(1 << bit for bit in bits)
    assert looks_like(tuple(one ^ off for one in hashes), hashes)


@given(HASHES, st.sets(st.integers(0, 63), min_size=ALIKE + 1, max_size=64 - ALIKE - 1))
def test_one_frame_that_looks_alike_is_not_enough_where_there_are_more(hashes: tuple[int, ...], bits: set[int]):
    other = hashes[0] ^ sum(1 << bit for bit in bits)
    assert not looks_like((other,), hashes[:1])
    far = other ^ (2**64 - 1)
    if (far ^ hashes[0]).bit_count() > ALIKE:
        assert not looks_like((hashes[0], other, far), (hashes[0], hashes[0]))


def test_nothing_looks_like_what_has_no_hash():
    assert not looks_like((), (1, 2))
    assert not looks_like((1, 2), ())
