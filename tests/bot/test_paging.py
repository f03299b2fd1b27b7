"""Paging: five a page, the page in the key, never a page that is not there."""

import pytest

from bot.paging import PAGE, arrows, page_of


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
