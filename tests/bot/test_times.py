"""Times as people type them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.times import spell, until
from core.errors import Invalid

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("30", 30), ("30 min", 30), ("2 h", 120), ("90s", 1.5), ("2 minutes", 2), ("30 seconds", 0.5), ("1 day", 1440)],
)
def test_how_long_is_a_length_and_a_bare_number_is_minutes(typed: str, minutes: float) -> None:
    assert spell(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["0", "0 min", "soon", "", "-5 min"])
def test_what_is_no_length_or_none_at_all_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as raised:
        spell(typed)
    assert raised.value.code == "DURATION"


@pytest.mark.parametrize("typed", ["400 days", "99999 h", "9" * 30])
def test_what_is_longer_than_a_year_is_said_to_be_too_long(typed: str) -> None:
    with pytest.raises(Invalid) as raised:
        spell(typed)
    assert raised.value.code == "DURATION_LONG"


@pytest.mark.parametrize(
    ("typed", "zone", "expected"),
    [
        ("2 h", "UTC", datetime(2026, 11, 20, 22, tzinfo=UTC)),
        ("30 min", "Europe/Paris", datetime(2026, 11, 20, 20, 30, tzinfo=UTC)),
        ("2026-11-21 08:15", "UTC", datetime(2026, 11, 21, 8, 15, tzinfo=UTC)),
        ("2026-11-21 08:15", "Europe/Paris", datetime(2026, 11, 21, 7, 15, tzinfo=UTC)),
    ],
)
def test_until_when_is_a_length_from_now_or_a_time_in_the_places_zone(
    typed: str, zone: str, expected: datetime
) -> None:
    assert until(typed, NOW, zone) == expected


def test_a_time_of_day_is_the_next_one() -> None:
    now = datetime.now(UTC)
    assert now < until("23:59", now, "UTC") <= now + timedelta(days=1)


@pytest.mark.parametrize("typed", ["22", "2020-01-01", "never", "", "0 s", "9" * 100, "12:99"])
def test_what_is_past_or_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as raised:
        until(typed, NOW, "UTC")
    assert raised.value.code == "UNTIL"
