"""Paging: five a page, the page in the key, never a page that is not there."""

import pytest

from bot.paging import PAGE, arrows, filled, page_of


@pytest.mark.parametrize(
    ("count", "asked", "page", "pages", "first"),
    [
        (0, 1, 1, 1, None),
        (5, 1, 1, 1, 0),
        (6, 2, 2, 2, 5),
        (6, 99, 2, 2, 5),
        (6, 0, 1, 2, 0),
        (11, -3, 1, 3, 0),
        (11, 3, 3, 3, 10),
    ],
)
def test_a_page_that_is_not_there_becomes_the_nearest(
    count: int, asked: int, page: int, pages: int, first: int | None
) -> None:
    rows, at, of = page_of(range(count), asked)
    assert (at, of) == (page, pages)
    assert rows[:1] == (() if first is None else (first,))
    assert len(rows) <= PAGE


def test_every_row_is_on_exactly_one_page() -> None:
    pages = [page_of(range(23), page)[0] for page in range(1, 6)]
    assert [row for rows in pages for row in rows] == list(range(23))


def test_arrows_lead_only_where_something_is() -> None:
    assert arrows("following", 1, 1) == ()
    assert [b.key for b in arrows("following", 1, 3)] == ["following:page=2"]
    assert [b.key for b in arrows("following", 2, 3)] == ["following:page=1", "following:page=3"]
    assert [b.key for b in arrows("transcript.open", 3, 3, 7)] == ["transcript.open:7;page=2"]


@pytest.mark.parametrize("lengths", [[], [10] * 100, [500] * 40, [9000, 1, 1, 9000], [2800, 2800], [1] * 41])
def test_pages_of_text_hold_what_can_be_read_and_leave_nothing_out(lengths: list[int]) -> None:
    _, _, pages = filled(lengths, 1, 40, 2800, lambda length: length)
    shown = [filled(lengths, page, 40, 2800, lambda length: length)[0] for page in range(1, pages + 1)]
    assert [length for page in shown for length in page] == lengths
    assert all(len(page) == 1 or (sum(page) <= 2800 and len(page) <= 40) for page in shown if page)
    assert filled(lengths, 999, 40, 2800, lambda length: length)[1] == pages
