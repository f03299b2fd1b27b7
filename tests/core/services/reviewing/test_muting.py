"""A muted live: of several mutes the one that ends last holds, and undoing one takes back nothing that others asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from core.errors import Invalid
from core.model.diary import DiaryKind, Entry
from core.model.live import LiveStatus
from core.model.risk import Alert, Verdict
from core.services.lives.minding import Minding
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, followed, judged, scene_of
from tests.core.services.reviewing.test_reviewing import MARA, PLACE, TOM
from tests.doubles import BEGAN, CountedStorage, HandClock

MINUTE = 60.0
MUTED, WAITING = Verdict.MUTED, Verdict.WAITING


def after(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


@dataclass
class Evening:
    """A live with two alerts."""

    storage: CountedStorage
    clock: HandClock
    one: Alert
    two: Alert

    def __post_init__(self) -> None:
        self.reviewing = Reviewing(self.storage, self.clock)
        self.minding = Minding(self.storage, self.clock, 50)

    async def decide(self, alert: Alert, verdict: Verdict) -> None:
        async with self.storage.reading() as work:
            stands = await work.alerts.get(HERE, alert.id)
        assert stands is not None
        await self.reviewing.decide(PLACE, stands, verdict, MARA)

    async def asks(self, minutes: float, *, least: bool = False) -> datetime:
        """Somebody mutes the live itself."""
        async with self.storage.reading() as work:
            live = await work.lives.get(self.one.live_id or 0)
        assert live is not None
        return await self.minding.mute(HERE, live, timedelta(minutes=minutes), TOM, least=least)

    async def mutes_as_before(self, alert: Alert) -> None:
        """Mute it as the version before did: its entry is of the same kind as one of the live itself, and a moment younger than
        the decision."""
        await self.decide(alert, MUTED)
        at = self.clock.now() + timedelta(milliseconds=20)
        until = (at + timedelta(minutes=30)).isoformat()
        said = (DiaryKind.MUTED.value, f"{at:%Y-%m-%d %H:%M:%S.%f}", until, DiaryKind.ALERT_MUTED.value)
        async with self.storage.database.writing() as connection:
            await connection.exec_driver_sql("update diary set kind = ?, at = ?, text = ? where kind = ?", said)

    async def until(self) -> datetime | None:
        async with self.storage.reading() as work:
            (standing,) = await work.lives.standings(self.one.live_id or 0)
        return standing.muted_until

    async def logged(self) -> list[datetime]:
        """Until when each mute says there are no alerts, the first first."""
        async with self.storage.reading() as work:
            return [datetime.fromisoformat(one.text) for one in reversed(await work.diary.of_live(HERE, 1)) if one.text]


@pytest.fixture
async def evening(storage: CountedStorage, clock: HandClock) -> Evening:
    await followed(storage, "maria", HERE)
    live = (await scene_of(storage)).live.id
    found = []
    async with storage.work() as work:
        for quote in ("out with them", "vermin"):
            number = await work.alerts.assessed(live, judged(quote=quote), BEGAN)
            found.append(await work.alerts.raise_(HERE, live, number, BEGAN))
    return Evening(storage, clock, *found)


async def test_muting_an_alert_cuts_no_longer_mute_short(evening: Evening):
    await evening.asks(180)
    await evening.decide(evening.one, MUTED)
    assert await evening.until() == after(180)
    assert await evening.logged() == [after(180), after(180)], "what the log says is what is so"
    await evening.decide(evening.one, WAITING)
    assert await evening.until() == after(180)


async def test_muting_an_alert_makes_a_shorter_mute_longer_and_its_undo_brings_that_back(evening: Evening):
    await evening.asks(40)
    await evening.clock.advance(20 * MINUTE)
    await evening.decide(evening.one, MUTED)
    assert await evening.until() == after(50)
    await evening.decide(evening.one, WAITING)
    assert await evening.until() == after(40)


@pytest.mark.parametrize("first", [True, False])
async def test_undoing_the_mute_of_one_alert_leaves_that_of_another(evening: Evening, first: bool):
    await evening.decide(evening.one, MUTED)
    await evening.clock.advance(10 * MINUTE)
    await evening.decide(evening.two, MUTED)
    assert await evening.until() == after(40)
    undone, stays = (evening.one, evening.two) if first else (evening.two, evening.one)
    await evening.decide(undone, WAITING)
    assert await evening.until() == (after(40) if first else after(30))
    await evening.decide(stays, WAITING)
    assert await evening.until() is None


async def test_what_somebody_asked_for_after_an_alert_was_muted_outlasts_its_undo(evening: Evening):
    await evening.decide(evening.one, MUTED)
    await evening.clock.advance(MINUTE)
    await evening.asks(5)
    assert await evening.until() == after(6), "what is typed is as it was said, also when that is sooner"
    await evening.decide(evening.one, WAITING)
    assert await evening.until() == after(6)


async def test_a_mute_that_was_taken_back_once_does_not_come_back(evening: Evening):
    for verdict in (MUTED, WAITING):
        await evening.decide(evening.one, verdict)
        await evening.clock.advance(MINUTE)
    await evening.decide(evening.two, MUTED)
    await evening.decide(evening.two, WAITING)
    assert await evening.until() is None


async def test_an_alert_that_was_decided_after_it_was_muted_keeps_its_live_muted_whatever_else_is_undone(
    evening: Evening,
):
    await evening.decide(evening.one, MUTED)
    await evening.decide(evening.one, Verdict.CONFIRMED)
    await evening.clock.advance(10 * MINUTE)
    await evening.decide(evening.two, MUTED)
    await evening.decide(evening.two, WAITING)
    assert await evening.until() == after(30)


async def test_a_mute_that_asks_for_so_long_at_least_cuts_no_longer_one_short(evening: Evening):
    assert await evening.asks(180, least=True) == after(180)
    assert await evening.asks(30, least=True) == after(180)
    assert await evening.until() == after(180)
    assert await evening.asks(30) == after(30)


async def test_an_alert_of_a_live_that_is_over_mutes_nothing(evening: Evening):
    async with evening.storage.work() as work:
        await work.lives.set_status(evening.one.live_id or 0, LiveStatus.ENDED, BEGAN)
    with pytest.raises(Invalid, match="LIVE_OVER"):
        await evening.decide(evening.one, MUTED)
    assert await evening.until() is None


async def test_the_mute_of_an_alert_by_the_version_before_ends_with_its_undo(evening: Evening):
    await evening.asks(5)
    await evening.clock.advance(MINUTE)
    await evening.mutes_as_before(evening.one)
    await evening.clock.advance(MINUTE)
    await evening.decide(evening.one, WAITING)
    assert await evening.until() == after(5), "what was asked for of the live itself stands"


async def test_the_mute_of_an_alert_by_the_version_before_outlasts_the_undo_of_another(evening: Evening):
    await evening.mutes_as_before(evening.one)
    await evening.clock.advance(10 * MINUTE)
    await evening.decide(evening.two, MUTED)
    await evening.decide(evening.two, WAITING)
    assert await evening.until() == after(30)


async def test_what_somebody_asks_for_at_the_moment_they_mute_an_alert_outlasts_its_undo(evening: Evening):
    async with evening.storage.reading() as work:
        live = await work.lives.get(evening.one.live_id or 0)
    assert live is not None
    await evening.decide(evening.one, MUTED)
    await evening.minding.mute(HERE, live, timedelta(hours=6), MARA)
    await evening.decide(evening.one, WAITING)
    assert await evening.until() == after(360)


async def test_what_was_asked_for_is_known_however_much_the_diary_tells_since(evening: Evening):
    until = await evening.asks(360)
    async with evening.storage.work() as work:
        for number in range(500):
            await work.diary.add(Entry(1, after(1), 60.0, DiaryKind.MARK, f"mark {number}", "Tom", HERE))
    await evening.clock.advance(2 * MINUTE)
    await evening.decide(evening.one, MUTED)
    await evening.decide(evening.one, WAITING)
    assert await evening.until() == until
