"""Muting: somebody who mutes an alert has its live raise none for a while. Of several mutes the one that ends last holds, and an
undo takes back its own alone."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from core.errors import Invalid
from core.model.diary import DiaryKind, Entry
from core.model.live import Live, LiveStatus
from core.model.person import Person
from core.model.review import MUTED_FOR, Act, Decision
from core.model.risk import Alert
from core.ports.store import Work
from core.services.lives.minding import muted_until, stand

AT_ONCE = timedelta(seconds=2)
"""So soon after a decision the version before wrote that its live is muted: it looked at the clock again for that."""


async def mute(
    work: Work, alert: Alert, by: Person, at: datetime, second_of: Callable[[Live, datetime], float]
) -> None:
    """No alerts of its live for MUTED_FOR from `at` on; a mute that ends later stays. Raises Invalid NOT_OF_LIVE, LIVE_OVER (x)."""
    live = await _live_of(work, alert)
    if live.status is LiveStatus.ENDED:
        raise Invalid("LIVE_OVER", x=live.handle)
    until = max(at + MUTED_FOR, await muted_until(work, live, alert.place) or at)
    await stand(work, live, alert.place, muted_until=until)
    said = Entry(live.id, at, second_of(live, at), DiaryKind.ALERT_MUTED, until.isoformat(), by.name, alert.place)
    await work.diary.add(said)


async def unmute(work: Work, alert: Alert) -> None:
    """Its live stands as if the alert had never been muted. Raises Invalid NOT_OF_LIVE."""
    live = await _live_of(work, alert)
    await stand(work, live, alert.place, muted_until=await _without(work, live, alert))


async def _live_of(work: Work, alert: Alert) -> Live:
    live = await work.lives.seen_by(alert.place, alert.live_id) if alert.live_id is not None else None
    if live is None:
        raise Invalid("NOT_OF_LIVE")
    return live


async def _without(work: Work, live: Live, alert: Alert) -> datetime | None:
    """Until when there are no alerts by what was asked for otherwise: of the live itself at last, and with other alerts since."""
    done = await work.alerts.mutes(alert.place, live.id)
    said = await work.diary.of_kinds(alert.place, live.id, DiaryKind.MUTED, DiaryKind.ALERT_MUTED)
    asked = _asked(said, done)
    last = {one.alert_id: one for one in done}
    mutes = [one.at for one in last.values() if one.act is Act.MUTE and one.alert_id != alert.id]
    ends = [at + MUTED_FOR for at in mutes if asked is None or at >= asked.at]
    return max([*ends, *([datetime.fromisoformat(asked.text)] if asked is not None else [])], default=None)


def _asked(said: Sequence[Entry], done: Sequence[Decision]) -> Entry | None:
    """What somebody asked for of the live itself at last. The version before wrote of a mute that came with an alert as if it were
    that: such a decision has no entry of its own kind, and the one at once after it is not what somebody asked for."""
    told = {(one.at, one.by) for one in said if one.kind is DiaryKind.ALERT_MUTED}
    untold = [(one.at, one.by) for one in done if one.act is Act.MUTE and (one.at, one.by) not in told]

    def of_alert(entry: Entry) -> bool:
        return any(by == entry.by and at <= entry.at <= at + AT_ONCE for at, by in untold)

    return next((one for one in said if one.kind is DiaryKind.MUTED and not of_alert(one)), None)
