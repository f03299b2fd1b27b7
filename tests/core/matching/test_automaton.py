"""The automaton: every place of every literal, whatever was added and removed before."""

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.matching import automaton as module
from core.matching.automaton import DEEPEST, FRESH_LIMIT, THERE, Automaton

literals = st.text("ab愛я", min_size=1, max_size=4)


def naive(live: dict[int, str], text: str) -> list[tuple[int, int, int]]:
    return sorted(
        (id, start, start + len(literal))
        for id, literal in live.items()
        for start in range(len(text))
        if text.startswith(literal, start)
    )


def placed(found: list[tuple[int, int, int]], live: dict[int, str], text: str) -> list[tuple[int, int, int]]:
    """What was found, with the places of what was only told as being there: each of those stands there, ends in many others, and
    is told once."""
    deep = [id for id, start, end in found if (start, end) == THERE]
    assert len(set(deep)) == len(deep)
    for id in deep:
        assert sum(live[id].endswith(other) for key, other in live.items() if key != id) >= DEEPEST
        assert live[id] in text
    places = naive({id: live[id] for id in deep}, text)
    return sorted([one for one in found if one[1:] != THERE] + places)


@given(st.dictionaries(st.integers(), literals, max_size=12), st.text("ab愛я ", max_size=30))
def test_every_place_of_every_literal_is_found(live: dict[int, str], text: str) -> None:
    assert placed(Automaton(live.items()).find(text), live, text) == naive(live, text)


@given(st.sets(st.integers(1, 30), max_size=30), st.text("ab", max_size=30))
def test_words_inside_words_are_found_no_more_often_than_the_text_is_long(lengths: set[int], text: str) -> None:
    live = {length: "a" * length for length in lengths}
    found = Automaton(live.items()).find(text)
    assert len(found) <= DEEPEST * len(text) + len(live)
    assert placed(found, live, text) == naive(live, text)


class AnyOrder(RuleBasedStateMachine):
    """Adding and removing in any order, across merges, is the same as building anew."""

    def __init__(self) -> None:
        super().__init__()
        self.automaton: Automaton[int] = Automaton([(0, "a")])
        self.live = {0: "a"}

    @rule(id=st.integers(0, 20), literal=literals)
    def add(self, id: int, literal: str) -> None:
        self.automaton.add(id, literal)
        self.live[id] = literal

    @rule(id=st.integers(0, 20))
    def remove(self, id: int) -> None:
        self.automaton.remove(id)
        self.live.pop(id, None)

    @rule(base=st.integers(1, 5))
    def add_many(self, base: int) -> None:
        for number in range(FRESH_LIMIT // 2):
            id = base * 1_000 + number
            self.automaton.add(id, f"b{number}愛")
            self.live[id] = f"b{number}愛"

    @rule(base=st.integers(1, 5))
    def remove_many(self, base: int) -> None:
        for number in range(0, FRESH_LIMIT // 2, 3):
            self.automaton.remove(base * 1_000 + number)
            self.live.pop(base * 1_000 + number, None)

    @rule()
    def settle(self) -> None:
        assert self.automaton.settle(10)

    @invariant()
    def finds_what_a_fresh_one_finds(self) -> None:
        text = "abab愛я b7愛 b100愛b249愛 aab愛"
        assert placed(self.automaton.find(text), self.live, text) == naive(self.live, text)
        assert len(self.automaton) == len(self.live)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_changes_are_seen_at_once_while_the_big_automaton_is_rebuilt() -> None:
    automaton = Automaton((n, f"word{n}x") for n in range(module.MIDDLE_LIMIT))
    merged = 0
    for number in range(3 * FRESH_LIMIT):
        automaton.add(-1 - number, f"new{number}x")
        assert [id for id, _, _ in automaton.find(f"a new{number}x b")] == [-1 - number]
        automaton.remove(number)
        assert automaton.find(f"word{number}x") == []
        merged += any(thread.name == "matching-merge" for thread in threading.enumerate())
    assert merged, "a rebuild ran meanwhile"
    assert automaton.settle(20)
    assert automaton.find("word0x new0x") == [(-1, 7, 12)]
    assert len(automaton.find(" ".join(f"new{n}x" for n in range(3 * FRESH_LIMIT)))) == 3 * FRESH_LIMIT


def test_adding_to_many_takes_under_a_millisecond() -> None:
    automaton = Automaton((n, f"word{n}x") for n in range(20_000))
    took = []
    for number in range(300):
        started = time.perf_counter()
        automaton.add(-1 - number, f"new{number}x")
        automaton.find("any")
        took.append(time.perf_counter() - started)
    assert sorted(took)[len(took) // 2] < 0.001


def test_an_id_added_again_changes_its_literal() -> None:
    automaton = Automaton([("k", "old")])
    automaton.add("k", "new")
    assert automaton.find("old new") == [("k", 4, 7)]
    automaton.remove("k")
    automaton.remove("k")
    assert automaton.find("old new") == []


def test_many_new_literals_end_in_one_automaton_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIDDLE_LIMIT", FRESH_LIMIT)
    automaton: Automaton[int] = Automaton()
    total = 2 * FRESH_LIMIT * (module.MOST_LEVELS + 3)
    for number in range(total):
        automaton.add(number, f"new{number}x")
        if number % FRESH_LIMIT == 0:
            assert automaton.settle(20)
            automaton.remove(number)
    assert automaton.settle(20)
    text = " ".join(f"new{number}x" for number in range(total))
    assert {id for id, _, _ in automaton.find(text)} == {n for n in range(total) if n % FRESH_LIMIT}
