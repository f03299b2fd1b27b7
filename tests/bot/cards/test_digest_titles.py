"""A digest says in its title what it covers: a day, a week, or, where its hour was moved, since when."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cards import draw
from bot.wording import Words, plain
from core.model.tellable.house import Digest
from tests.house.samples import NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("covers", "english", "french"),
    [
        (24 * HOUR, "Daily digest", "Résumé du jour"),
        (23 * HOUR, "Daily digest", "Résumé du jour"),  # the day clocks are put forward
        (25 * HOUR, "Daily digest", "Résumé du jour"),
        (9 * HOUR, "Digest · since", "Résumé · depuis"),
        (33 * HOUR, "Digest · since", "Résumé · depuis"),
        (168 * HOUR, "Weekly digest", "Résumé de la semaine"),
        (177 * HOUR, "Weekly digest", "Résumé de la semaine"),
    ],
)
def test_the_title_says_what_it_covers(covers: timedelta, english: str, french: str) -> None:
    for language, begins in (("en", english), ("fr", french)):
        words = Words(language, ZoneInfo("UTC"))
        title = plain(draw(Digest(NOW - covers, NOW), words).title)
        since = NOW - covers
        ends = f"{words.day(since)} {words.time(since)}" if "since" in english else words.day(NOW)
        assert title.startswith(begins)
        assert title.endswith(ends)
