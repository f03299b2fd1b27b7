"""Paging without memory: 5 entries a page, the page is in the button's key."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.card import Button
from bot.command import key

PAGE = 5
T = TypeVar("T")


def page_of(rows: Sequence[T], page: int, size: int = PAGE) -> tuple[tuple[T, ...], int, int]:
    """(the rows of the page, the page, how many pages); a page that is not there becomes the nearest."""
    pages = max(1, -(-len(rows) // size))
    page = min(max(1, page), pages)
    return tuple(rows[(page - 1) * size : page * size]), page, pages


def filled(
    rows: Sequence[T], page: int, size: int, most: int, length: Callable[[T], int]
) -> tuple[tuple[T, ...], int, int]:
    """The same for rows of very different lengths: as many on a page as are `most` together, at least one, at most `size`."""
    starts = _starts(rows, size, most, length)
    page = min(max(1, page), len(starts))
    return tuple(rows[starts[page - 1] : starts[page] if page < len(starts) else None]), page, len(starts)


def page_with(rows: Sequence[T], wanted: int, size: int, most: int, length: Callable[[T], int]) -> int:
    """The page on which `filled` puts rows[wanted]."""
    return sum(start <= wanted for start in _starts(rows, size, most, length))


def _starts(rows: Sequence[T], size: int, most: int, length: Callable[[T], int]) -> list[int]:
    """Where each page begins."""
    starts, used = [0], 0
    for at, row in enumerate(rows):
        if at > starts[-1] and (used + length(row) > most or at - starts[-1] == size):
            starts.append(at)
            used = 0
        used += length(row)
    return starts


def arrows(verb: str, page: int, pages: int, *values: object, **named: object) -> tuple[Button, ...]:
    """◀ and ▶ where there is somewhere to go."""
    back = (Button("◀", key(verb, *values, **named, page=page - 1)),) if page > 1 else ()
    on = (Button("▶", key(verb, *values, **named, page=page + 1)),) if page < pages else ()
    return back + on
