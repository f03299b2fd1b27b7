"""Aho-Corasick over many literals that may change at any moment.

New literals go to a small automaton rebuilt in under a millisecond; past `FRESH_LIMIT` it is merged with other small ones
in a thread and swapped in by reference. Building holds the interpreter, measured 3 ms at 5,000 literals and up to 170 ms at
100,000. So a level past `MIDDLE_LIMIT` is left alone, and all become one only when there are more than `MOST_LEVELS`
of those: at 100,000 literals that is one pause in some 20,000 new ones. A level costs a search about 1 µs.

Words inside words can be found more often than a text has characters: of `a`, `aa`, `aaa`… each ends at every place of a text
of one letter. So an automaton holds at most `DEEPEST` literals that end in one another; those past that are only looked for
where the last of these stands, and only told as being there.
"""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Lock, Thread
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation

Id = TypeVar("Id")

FRESH_LIMIT = 500  # literals: rebuilt in 0.4–0.6 ms
MIDDLE_LIMIT = 5_000  # literals: holds the interpreter for 3 ms
MOST_LEVELS = 4  # beside the first
DEEPEST = 4  # literals that may end at one place, in each level
_BREATH = 100  # literals a build in a thread takes before the others may run
THERE = (-1, -1)  # instead of start and end: it stands somewhere


class _Level(Generic[Id]):
    """One built automaton. A removed id leaves an empty slot behind."""

    __slots__ = ("_automaton", "_deep", "_ids", "slots")

    def __init__(self, literals: dict[Id, str], patiently: bool = False) -> None:
        shallow, deep = _parted(literals)
        self._ids: list[Id | None] = list(shallow)
        self._deep: dict[
            int, list[tuple[int, str]]
        ] = {}  # slot → (slot, literal) of what is looked for only where it stands
        self.slots = dict(zip(shallow, range(len(shallow)), strict=True))
        for id, (literal, under) in deep.items():
            self.slots[id] = len(self._ids)
            self._deep.setdefault(self.slots[under], []).append((len(self._ids), literal))
            self._ids.append(id)
        source = _breathing(shallow.values()) if patiently else shallow.values()
        self._automaton = AhoCorasick(source, store_patterns=False, implementation=Implementation.ContiguousNFA)

    def __len__(self) -> int:
        return len(self._ids)

    def drop(self, id: Id) -> None:
        slot = self.slots.pop(id, None)
        if slot is not None:
            self._ids[slot] = None

    def find(self, text: str) -> list[tuple[Id, int, int]]:
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not found:
            return []
        ids = self._ids
        told = [(id, start, end) for slot, start, end in found if (id := ids[slot]) is not None]
        if self._deep:
            for slot in self._deep.keys() & {slot for slot, _, _ in found}:
                for deep, literal in self._deep[slot]:
                    if (id := ids[deep]) is not None and literal in text:
                        told.append((id, *THERE))
        return told


def _parted(literals: dict[Id, str]) -> tuple[dict[Id, str], dict[Id, tuple[str, Id]]]:
    """What the automaton holds, and each literal that ends in `DEEPEST` of those, with the longest of them."""
    backwards = sorted((literal[::-1], number) for number, literal in enumerate(literals.values()))
    ids = list(literals)
    deep: dict[Id, tuple[str, Id]] = {}
    chain: list[tuple[str, int]] = []  # literals the present one ends in, shortest first
    for reversed_, number in backwards:
        while chain and not reversed_.startswith(chain[-1][0]):
            chain.pop()
        if len(chain) < DEEPEST:
            chain.append((reversed_, number))
        else:
            deep[ids[number]] = (literals[ids[number]], ids[chain[-1][1]])
    return ({id: literal for id, literal in literals.items() if id not in deep}, deep) if deep else (literals, deep)


class Automaton(Generic[Id]):
    """Finds every literal and its places, overlapping ones too. A change is seen by the next `find`.

    Ids are hashable and not None; literals are not empty and hold no lone surrogates (folded text never does).
    `add`, `remove` and `find` are for one thread; the merging beside them is this class's own affair.
    """

    def __init__(self, patterns: Iterable[tuple[Id, str]] = ()) -> None:
        self._literals = dict(patterns)
        self._levels: tuple[_Level[Id], ...] = (_Level(self._literals),) if self._literals else ()
        self._fresh: dict[Id, str] = {}
        self._fresh_level: _Level[Id] | None = None
        self._removed: set[Id] = set()  # while a merge runs: what its result must not bring back
        self._merging: Thread | None = None
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._literals)

    def add(self, id: Id, literal: str) -> None:
        """Find `literal` from now on; an id added again changes its literal. Well under 1 ms."""
        self.remove(id)
        with self._lock:
            self._literals[id] = literal
            self._fresh[id] = literal
            self._fresh_level = None
            if len(self._fresh) >= FRESH_LIMIT:
                self._levels = (*self._levels, _Level(self._fresh))
                self._fresh = {}
                self._start_merging()

    def remove(self, id: Id) -> None:
        """Find the literal of `id` no more; an unknown id changes nothing."""
        with self._lock:
            if self._literals.pop(id, None) is None:
                return
            if self._fresh.pop(id, None) is not None:
                self._fresh_level = None
                return
            self._removed.add(id)
            for level in self._levels:
                level.drop(id)

    def find(self, text: str) -> list[tuple[Id, int, int]]:
        """(id, start, end) of every place of every literal in `text`, in no promised order; `THERE` instead of the places of one
        that ends in `DEEPEST` others."""
        if len(self._levels) == 1 and not self._fresh:
            return self._levels[0].find(text)
        found: list[tuple[Id, int, int]] = []
        for level in self._levels:
            found += level.find(text)
        if self._fresh:
            if self._fresh_level is None:
                self._fresh_level = _Level(self._fresh)
            found += self._fresh_level.find(text)
        return found

    def settle(self, timeout_seconds: float) -> bool:
        """Wait until no merge runs; False when the time is over first."""
        thread = self._merging
        if thread is not None:
            thread.join(timeout_seconds)
        return thread is None or not thread.is_alive()

    def _start_merging(self) -> None:
        if self._merging is None or not self._merging.is_alive():
            # Not a daemon: one that is cut off inside native code takes the interpreter's exit down with it.
            self._merging = Thread(target=self._merge, name="matching-merge")
            self._merging.start()

    def _merge(self) -> None:
        while True:
            with self._lock:
                kept, merged = self._split()
                if len(merged) < 2:
                    self._merging = None
                    return
                self._removed.clear()
            literals = self._live(merged)
            level = _Level(literals, patiently=True) if literals else None
            with self._lock:
                since = self._levels[len(kept) + len(merged) :]
                if level is not None:
                    for id in self._removed:
                        level.drop(id)
                    kept = (*kept, level)
                self._levels = (*kept, *since)

    def _split(self) -> tuple[tuple[_Level[Id], ...], tuple[_Level[Id], ...]]:
        """Which levels stay as they are and which become one."""
        large = tuple(level for level in self._levels if len(level) > MIDDLE_LIMIT)
        if len(large) > MOST_LEVELS + 1:
            return (), self._levels
        return large, tuple(level for level in self._levels if len(level) <= MIDDLE_LIMIT)

    def _live(self, levels: tuple[_Level[Id], ...]) -> dict[Id, str]:
        literals: dict[Id, str] = {}
        for level in levels:
            with self._lock:
                ids = list(level.slots)
            for part in _parts(ids):
                literals.update((id, literal) for id in part if (literal := self._literals.get(id)) is not None)
                time.sleep(0)
        return literals


def _parts(ids: list[Id]) -> Iterator[list[Id]]:
    rest = iter(ids)
    while part := list(islice(rest, _BREATH)):
        yield part


def _breathing(literals: Iterable[str]) -> Iterator[str]:
    for number, literal in enumerate(literals):
        if number % _BREATH == 0:
            time.sleep(0.0002)
        yield literal
