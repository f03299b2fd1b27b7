"""Slices: many values are asked for in several statements, since one has room for 32,766 of them at least (SQLite's limit)."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
AT_ONCE = 500
"""Values of one question."""


def sliced(values: Sequence[T], at_once: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """`values` in their order, so many at a time."""
    return (values[start : start + at_once] for start in range(0, len(values), at_once))
