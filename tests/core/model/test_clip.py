"""The names people see of clips."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.clip import clean, shown_name, stamp

AT = datetime(2026, 11, 20, 19, 23, 4, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def test_the_name_is_the_seeds_in_the_places_time_zone() -> None:
    assert shown_name("karim_92", "giveaway", AT, PARIS) == "karim_92_giveaway_2026-11-20_08-23-04_PM.mp4"
    assert stamp(datetime(2026, 1, 1, 0, 5, tzinfo=UTC), ZoneInfo("UTC")) == "2026-01-01_12-05-00_AM"


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("a\x00b\x1b[31m\u202ec", "ab[31mc"),
        ('<>:"/\\?*|', "_________"),
        ("", "_"),
        (" . ", "_"),
        ("e\u0301té", "été"),
        ("👍", "👍"),
    ],
)
def test_a_strangers_word_becomes_a_safe_piece_of_a_name(part: str, kept: str) -> None:
    assert clean(part) == kept


@given(st.text(), st.text())
def test_no_text_makes_an_unsafe_or_overlong_name(who: str, word: str) -> None:
    name = shown_name(who, word, AT, PARIS)
    assert not set(name) & set('<>:"/\\?*|\0\n\r')
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 120
    assert name.isprintable()


@given(st.text(min_size=1), st.integers(1, 60))
def test_a_cut_is_never_longer_than_asked_and_never_breaks_a_letter(part: str, limit: int) -> None:
    cut = clean(part, limit)
    assert len(cut.encode()) <= max(1, limit)
    cut.encode().decode()
