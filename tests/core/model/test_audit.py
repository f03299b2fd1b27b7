"""The audit log shows every row that is changed, taken out or put in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.model.audit import Chain, Deed, Follower, Verb, hash_of

BEGAN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
DEEDS = st.lists(
    st.builds(
        Deed,
        at=st.integers(0, 10**6).map(lambda seconds: BEGAN + timedelta(seconds=seconds)),
        person=st.text(max_size=8),
        name=st.text(max_size=8),
        verb=st.sampled_from(Verb),
        about=st.text(max_size=8),
        before=st.text(max_size=4),
        after=st.text(max_size=4),
        reason=st.text(max_size=8),
    ),
    min_size=1,
    max_size=12,
)


def broken(chain: Chain, deeds: list[Deed]) -> int | None:
    """As storage goes along a chain: in stretches, here of two rows."""
    follower = Follower(chain.anchor, chain.anchor_hash)
    for start in range(0, len(deeds), 2):
        if (wrong := follower.wrong(deeds[start : start + 2])) is not None:
            return wrong
    return follower.short(chain)


def chained(deeds: list[Deed], anchor: int = 0) -> tuple[Chain, list[Deed]]:
    made: list[Deed] = []
    number, previous = anchor, "ab" * 32 if anchor else ""
    first = previous
    for deed in deeds:
        numbered = replace(deed, number=number + 1, previous=previous)
        made.append(replace(numbered, hash=hash_of(numbered)))
        number, previous = made[-1].number, made[-1].hash
    return Chain(anchor, first, number, previous), made


@given(DEEDS, st.integers(0, 3))
def test_a_chain_as_it_was_written_is_whole(deeds: list[Deed], anchor: int):
    assert broken(*chained(deeds, anchor)) is None


@given(DEEDS, st.data())
def test_a_row_that_is_changed_is_the_one_that_is_named(deeds: list[Deed], data: st.DataObject):
    chain, made = chained(deeds)
    at = data.draw(st.integers(0, len(made) - 1))
    name = data.draw(st.sampled_from(["person", "name", "about", "before", "after", "reason"]))
    made[at] = replace(made[at], **{name: getattr(made[at], name) + "x"})
    assert broken(chain, made) == at + 1


@given(DEEDS, st.data())
def test_a_row_that_is_changed_with_its_hash_breaks_the_next_one_or_the_end(deeds: list[Deed], data: st.DataObject):
    chain, made = chained(deeds)
    at = data.draw(st.integers(0, len(made) - 1))
    changed = replace(made[at], reason=made[at].reason + "x")
    made[at] = replace(changed, hash=hash_of(changed))
    assert broken(chain, made) is not None


@given(DEEDS, st.data())
def test_a_row_that_is_taken_out_is_missed_the_last_one_too(deeds: list[Deed], data: st.DataObject):
    chain, made = chained(deeds)
    at = data.draw(st.integers(0, len(made) - 1))
    del made[at]
    assert broken(chain, made) == at + 1


@given(DEEDS, DEEDS)
def test_rows_put_in_behind_the_end_show(deeds: list[Deed], more: list[Deed]):
    chain, _ = chained(deeds)
    _, made = chained([*deeds, *more])
    assert broken(chain, made) is not None
