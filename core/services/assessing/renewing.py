"""Renewing: posts that tell words change when a judge or a person finds that those may be about minors, or that they are not.

Nothing of it is decided here: posts are put into the outbox anew, and who sends them leaves out what is withheld by then.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from core.matching.quoting import Quotes
from core.model.live import Live, LiveStatus
from core.model.notice import AGAIN, Notice, edit_key
from core.model.risk import PERSON, SENT, Alert, Assessment, Kind
from core.model.tellable.lives import Rolling
from core.model.trigger import Hit, Where
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.assessing.telling import tell

RESCREEN = "rescreen"
"""The kind of job in which clips are screened again."""

AROUND = 60.0
"""Seconds before and after: what is said of words may be said of all that was judged together with them."""


async def renew(
    work: Work, clock: Clock, live_id: int, second: float, places: Iterable[str] = (), *, until: float | None = None
) -> None:
    """Posts of what was said around `second`, or from then to `until`, are told as they may be now: hits, the rolling transcript,
    alerts, the end. `places`: only theirs."""
    live = await work.lives.get(live_id)
    if live is None:
        return
    start, end = second - AROUND, (second if until is None else until) + AROUND
    for place in places or await work.lives.places_of(live_id):
        for notice in await _quoting(work, place, live, start, end):
            await _once_more(work, clock, notice)
        for alert in await work.alerts.recent(place, live_id, live.started - timedelta(days=1)):
            if start <= _last(alert.assessment) and alert.assessment.second <= end:
                await _retold(work, clock, live, alert)
    await again(work, clock, live)


async def renew_lines(
    work: Work, clock: Clock, live_id: int, quotes: Iterable[str], places: Iterable[str] = ()
) -> None:
    """Posts of lines of chat that one of `quotes` is of are told as they may be now: hits and alerts. `places`: only theirs."""
    live, texts = await work.lives.get(live_id), Quotes.of(quotes)
    if live is None:
        return
    for place in places or await work.lives.places_of(live_id):
        hits = await work.hits.of_live(place, live_id)
        like = _subjects(hit for hit in hits if hit.source is Where.CHAT and hit.quote in texts)
        for notice in await work.outbox.posts_of(place, like):
            await _once_more(work, clock, notice)
        for alert in await work.alerts.recent(place, live_id, live.started - timedelta(days=1)):
            if alert.assessment.kind is Kind.CHAT and alert.assessment.quote in texts:
                await _retold(work, clock, live, alert)


async def rescreen(work: Work, clock: Clock, live_id: int, second: float, until: float | None = None) -> None:
    """Clips that show that second, or one from then to `until`, and passed before it was judged are to be screened again."""
    last = second if until is None else until
    key = f"{RESCREEN}:{live_id}:{second:.1f}" + (f"-{last:.1f}" if last > second else "")
    payload = {"live_id": live_id, "second": second, "until": last}
    await work.jobs.add(RESCREEN, key, payload, clock.now())


async def again(work: Work, clock: Clock, live: Live) -> None:
    """More is known of a live that has ended than when its end was told: the posts are brought up to date."""
    if live.status is LiveStatus.ENDED:
        now = clock.now()
        payload = {"live_id": live.id, "again": f":{now.timestamp():.0f}"}
        await work.jobs.add("report", f"report:{live.id}:again", payload, now)


def _last(judged: Assessment) -> float:
    """The second after which it quotes nothing; of a post that a person sent the latest there may be, for an alert that is as
    restricted as it was told is not told again anyway."""
    return judged.second + (SENT if judged.engine == PERSON else 0.0)


async def _quoting(work: Work, place: str, live: Live, start: float, end: float) -> list[Notice]:
    """The newest of each post that quotes what was said in that time."""
    hits = await work.hits.of_live(place, live.id, start=start, end=end)
    found = await work.outbox.posts_of(place, _subjects(hit for hit in hits if hit.source is Where.SPEECH))
    for one in await work.outbox.posts(place, f"rolling:{live.id}:"):
        said = one.tells()
        lines = said.lines if isinstance(said, Rolling) else []
        found += [one] if any(start <= (at - live.started).total_seconds() <= end for at, _ in lines) else []
    return found


def _subjects(hits: Iterable[Hit]) -> list[str]:
    """Of the posts that tell of hits."""
    return [f"hit:{hit.id}{repeat}" for hit in hits for repeat in ("", AGAIN)]


async def _once_more(work: Work, clock: Clock, notice: Notice) -> None:
    anew = replace(notice, key=edit_key(notice.subject), edits=True, silent=True, urgent=True)
    await work.outbox.put(anew, clock.now())


async def _retold(work: Work, clock: Clock, live: Live, alert: Alert) -> None:
    """An alert says whether its words are withheld, wherever it was told otherwise."""
    for address in await work.outbox.told_at(alert.place, f"risk:{alert.id}"):
        newest = await work.outbox.newest(address, f"risk:{alert.id}")
        if newest is not None and newest.facts.get("restricted", False) is not alert.restricted:
            await tell(work, alert, live.handle, address, clock, edits=True)
