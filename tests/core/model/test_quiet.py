"""Quiet hours by the clock of a place: over midnight, and on the days the clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.person import Place
from core.model.quiet import Period, QuietHours

PARIS, HOWE = ZoneInfo("Europe/Paris"), ZoneInfo("Australia/Lord_Howe")
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago")
NIGHT = QuietHours(time(22), time(8))
HOURS = st.builds(QuietHours, *[st.times().map(lambda at: at.replace(second=0, microsecond=0))] * 2).filter(
    lambda quiet: quiet.start != quiet.end
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def shows(quiet: QuietHours, at: time) -> bool:
    """Whether a clock that shows `at` is in the quiet hours."""
    if quiet.start < quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end


def changed(now: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock is put forward or back within two days."""
    offsets = {(now + timedelta(hours=n)).astimezone(zone).utcoffset() for n in range(-48, 49)}
    return len(offsets) > 1


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        (utc(2026, 11, 20, 20, 59, 59), False),
        (utc(2026, 11, 20, 21), True),
        (utc(2026, 11, 20, 23, 30), True),
        (utc(2026, 11, 21, 6, 59, 59), True),
        (utc(2026, 11, 21, 7), False),
    ],
)
def test_a_night_begins_on_one_day_and_ends_on_the_next(now: datetime, quiet: bool) -> None:
    assert (NIGHT.running(now, PARIS) is not None) is quiet


def test_a_nap_is_within_a_day() -> None:
    nap = QuietHours(time(13), time(15, 30))
    assert nap.running(utc(2026, 11, 20, 12, 0), PARIS) == Period(utc(2026, 11, 20, 12), utc(2026, 11, 20, 14, 30))
    assert nap.running(utc(2026, 11, 20, 14, 30), PARIS) is None


def test_the_night_the_clock_is_changed_is_an_hour_shorter_or_longer() -> None:
    spring, autumn = NIGHT.of(date(2026, 3, 28), PARIS), NIGHT.of(date(2026, 10, 24), PARIS)
    assert spring == Period(utc(2026, 3, 28, 21), utc(2026, 3, 29, 6))
    assert autumn == Period(utc(2026, 10, 24, 20), utc(2026, 10, 25, 7))


def test_an_hour_the_clock_leaves_out_or_shows_twice_ends_the_quiet_once() -> None:
    early = QuietHours(time(22), time(2, 30))
    assert early.of(date(2026, 3, 28), PARIS) == Period(utc(2026, 3, 28, 21), utc(2026, 3, 29, 1, 30))
    assert early.of(date(2026, 10, 24), PARIS) == Period(utc(2026, 10, 24, 20), utc(2026, 10, 25, 0, 30))
    left_out = QuietHours(time(2), time(3))
    assert left_out.of(date(2026, 3, 29), PARIS) is None
    assert left_out.coming(utc(2026, 3, 29, 0), PARIS) == Period(utc(2026, 3, 30, 0), utc(2026, 3, 30, 1))


@given(HOURS, MOMENTS, st.sampled_from(ZONES).map(ZoneInfo))
@example(NIGHT, utc(2026, 3, 29, 1), PARIS)
@example(QuietHours(time(3), time(2, 30)), utc(2026, 3, 29, 1), PARIS)
@example(QuietHours(time(2), time(2, 15)), utc(2026, 10, 3, 15, 30), HOWE)
def test_it_is_quiet_when_the_clock_of_the_place_says_so(quiet: QuietHours, now: datetime, zone: ZoneInfo) -> None:
    running = quiet.running(now, zone)
    if not changed(now, zone):
        assert (running is not None) is shows(quiet, now.astimezone(zone).time())
    if running is not None:
        assert running.begins <= now < running.ends
        assert running.ends - running.begins <= timedelta(hours=25)


@given(HOURS, MOMENTS, st.sampled_from(ZONES).map(ZoneInfo))
@example(QuietHours(time(2), time(3)), utc(2026, 3, 28, 12), PARIS)
def test_what_comes_next_begins_later_and_is_quiet_until_its_end(
    quiet: QuietHours, now: datetime, zone: ZoneInfo
) -> None:
    coming = quiet.coming(now, zone)
    assert now < coming.begins < coming.ends
    assert coming.begins - now <= timedelta(hours=50)
    second = timedelta(seconds=1)
    assert quiet.running(coming.begins, zone) is not None
    assert quiet.running(coming.ends - second, zone) is not None
    if not changed(now, zone):
        assert coming.begins - now <= timedelta(days=1)
        assert quiet.running(coming.begins - second, zone) is None


def test_a_place_without_one_of_both_hours_is_never_quiet() -> None:
    now = utc(2026, 11, 20, 23)
    assert Place("console:here", "x", quiet_from=time(22)).quiet_at(now) is None
    assert Place("console:here", "x", quiet_from=time(22), quiet_until=time(8)).quiet_at(now) is not None
    paris = Place("console:here", "x", time_zone="Europe/Paris", quiet_from=time(22), quiet_until=time(8))
    assert paris.quiet_at(utc(2026, 11, 20, 21)) is not None
    assert Place("console:here", "x", quiet_from=time(22), quiet_until=time(8)).quiet_at(utc(2026, 11, 20, 21)) is None
