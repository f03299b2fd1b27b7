"""Assessments, alerts and decisions as stored."""

from dataclasses import replace
from datetime import datetime
from math import inf
from typing import Any

from sqlalchemy import Boolean, and_, func, literal_column, or_, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from core.errors import Missing
from core.model.person import Two
from core.model.review import Act, Decision
from core.model.risk import PERSON, Alert, Assessment, Kind, Label, Verdict
from storage.minors import LAST_SENT, PART, QUOTED, SUSPECTED, WRITTEN
from storage.policies import policy_of
from storage.slices import sliced
from storage.suspicions import suspect, suspicions
from storage.tables import AlertRow, AssessmentRow, DecisionRow, LiveRow, PlaceRow, PolicyRow, SegmentRow
from storage.values import columns_of, value_of

FRESH = {"populate_existing": True}
WITH_ASSESSMENT: Select[AlertRow, AssessmentRow, str, PolicyRow, bool] = (
    select(AlertRow, AssessmentRow, PlaceRow.two, PolicyRow)
    .add_columns(literal_column(f"({QUOTED})", Boolean))  # type: ignore[assignment]
    .join(AssessmentRow)
    .join(PlaceRow, col(PlaceRow.id) == col(AlertRow.place))
    .outerjoin(PolicyRow, col(PolicyRow.place) == col(AlertRow.place))
)
FIXED = ("id", "place", "live_id", "raised", "said", "assessment", "repeats", "labels", "rule", "limits", "withheld")
"""What of an alert no decision changes, and what has its own form in a row."""


class StoredAlerts:
    """Assessments, and the alerts people decide."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def assessed(
        self,
        live_id: int | None,
        assessment: Assessment,
        at: datetime,
        start: float | None = None,
        *,
        waits: bool = False,
    ) -> int:
        if assessment.kind is Kind.CHAT and assessment.about_minors:
            start = WRITTEN
        elif start is not None:
            before = (col(AssessmentRow.live_id) == live_id, col(AssessmentRow.start) == start)
            await self._session.exec(update(AssessmentRow).where(*before).values(stands=False, waits=False))
        labels = {str(label): probability for label, probability in assessment.labels.items()}
        row = AssessmentRow(
            live_id=live_id, at=at, labels=labels, start=start, waits=waits, **columns_of(assessment, "labels")
        )
        self._session.add(row)
        await self._session.flush()
        assert row.id is not None
        if assessment.about_minors and live_id is not None:
            there = select(AlertRow.place).where(AlertRow.live_id == live_id).distinct()
            await suspect(self._session, *await self._session.exec(there))  # elsewhere nothing can quote it yet
        return row.id

    async def settled(
        self, assessment_id: int, *, degraded: bool = False, doubtful: bool = False, unasked: str = ""
    ) -> None:
        one = update(AssessmentRow).where(col(AssessmentRow.id) == assessment_id)
        doubts = {"doubtful": True} if doubtful else {}
        await self._session.exec(one.values(waits=False, degraded=degraded, unasked=unasked, **doubts))

    async def unsettled(self, live_id: int) -> list[tuple[int, float, Assessment]]:
        query = select(AssessmentRow).where(AssessmentRow.live_id == live_id, col(AssessmentRow.waits))
        rows = await self._session.exec(query.order_by(col(AssessmentRow.start)).execution_options(**FRESH))
        return [(row.id or 0, row.start or 0.0, _assessment(row)) for row in rows]

    async def unjudged(self, live_id: int) -> list[float]:
        judged = select(AssessmentRow.start).where(
            AssessmentRow.live_id == live_id, AssessmentRow.kind == Kind.SPEECH, AssessmentRow.engine != PERSON
        )
        starts = set(await self._session.exec(judged))
        first = min((start for start in starts if start is not None), default=inf if starts else 0.0)
        said = select(SegmentRow.start).where(
            SegmentRow.live_id == live_id, SegmentRow.text != "", SegmentRow.start >= first
        )
        return [
            start for start in await self._session.exec(said.order_by(col(SegmentRow.start))) if start not in starts
        ]

    async def of_live(self, live_id: int, start: float = 0.0) -> list[Assessment]:
        said = (AssessmentRow.live_id == live_id, AssessmentRow.kind == Kind.SPEECH, AssessmentRow.second >= start)
        query = select(AssessmentRow).where(*said, col(AssessmentRow.stands))
        rows = await self._session.exec(query.order_by(col(AssessmentRow.second), col(AssessmentRow.id)))
        return [_assessment(row) for row in rows]

    async def replaced(self, assessment_id: int, word: Assessment | None = None) -> None:
        one = update(AssessmentRow).where(col(AssessmentRow.id) == assessment_id)
        gone = one.values(stands=False, waits=False).returning(AssessmentRow)
        row = (await self._session.exec(gone)).scalars().one()
        if word is not None and word.about_minors:
            number = await self.assessed(row.live_id, replace(word, item=PART), row.at)
            part = update(AssessmentRow).where(col(AssessmentRow.id) == number)
            await self._session.exec(part.values(start=row.start, stands=False))

    async def contested(self, alert_id: int) -> Alert:
        of_it = select(AlertRow.assessment_id).where(AlertRow.id == alert_id).scalar_subquery()
        one = update(AssessmentRow).where(col(AssessmentRow.id) == of_it)
        await self._session.exec(one.values(doubtful=True, degraded=False, unasked=""))
        return await self._must(alert_id)

    async def quotes(self, alert_id: int, assessment_id: int) -> Alert:
        other = update(AlertRow).where(col(AlertRow.id) == alert_id).values(assessment_id=assessment_id)
        await self._session.exec(other)
        return await self._now(alert_id)

    async def quoted(self, alert_id: int) -> float | None:
        start = (
            select(AssessmentRow.start).join(AlertRow).where(AlertRow.id == alert_id, AssessmentRow.kind == Kind.SPEECH)
        )
        return (await self._session.exec(start)).first()

    async def unquoted(self, alert: Alert, until: datetime) -> list[tuple[int, Assessment]]:
        quoted = select(AlertRow.id).where(AlertRow.place == alert.place, AlertRow.assessment_id == AssessmentRow.id)
        first = alert.assessment.second - (until - alert.raised).total_seconds() - 1  # roughly, for the index
        query = select(AssessmentRow).where(
            AssessmentRow.live_id == alert.live_id,
            AssessmentRow.second > first,
            AssessmentRow.at >= alert.raised,
            AssessmentRow.at <= until,
            AssessmentRow.kind == Kind.SPEECH,
            AssessmentRow.engine != PERSON,
            col(AssessmentRow.stands),
            ~col(AssessmentRow.waits),
            ~quoted.exists(),
        )
        rows = await self._session.exec(query.order_by(col(AssessmentRow.second)).execution_options(**FRESH))
        return [(row.id or 0, _assessment(row)) for row in rows]

    async def raise_(self, place: str, live_id: int | None, assessment_id: int, at: datetime) -> Alert:
        there = select(AlertRow.id).where(AlertRow.place == place, AlertRow.assessment_id == assessment_id)
        alert_id = (await self._session.exec(there)).first()
        if alert_id is None:
            row = AlertRow(place=place, live_id=live_id, assessment_id=assessment_id, raised=at)
            self._session.add(row)
            await self._session.flush()
            alert_id = row.id
        return await self._now(alert_id)

    async def repeated(self, alert_id: int, times: int = 1) -> Alert:
        more = update(AlertRow).where(col(AlertRow.id) == alert_id).values(repeats=AlertRow.repeats + times)
        await self._session.exec(more)
        return await self._must(alert_id)

    async def recent(self, place: str, live_id: int, since: datetime) -> list[Alert]:
        query = WITH_ASSESSMENT.where(AlertRow.place == place, AlertRow.live_id == live_id, AlertRow.raised >= since)
        return await self._list(query.order_by(col(AlertRow.raised).desc(), col(AlertRow.id).desc()))

    async def get(self, place: str, alert_id: int) -> Alert | None:
        found = await self._list(WITH_ASSESSMENT.where(AlertRow.place == place, AlertRow.id == alert_id))
        return next(iter(found), None)

    async def until(self, alert: Alert) -> float:
        rows = await (await self._session.connection()).execute(text(LAST_SENT), {"alert": alert.id})
        last: float | None = rows.scalar_one()
        return alert.assessment.second if last is None else max(alert.assessment.second, last)

    async def several(self, place: str, numbers: list[int]) -> list[Alert]:
        found: list[Alert] = []
        for some in sliced(numbers):
            found += await self._list(WITH_ASSESSMENT.where(AlertRow.place == place, col(AlertRow.id).in_(some)))
        order = {number: at for at, number in enumerate(numbers)}
        return sorted(found, key=lambda alert: order[alert.id])

    async def suspected(self, place: str) -> list[Alert]:
        return await self._list(WITH_ASSESSMENT.where(AlertRow.place == place, text(SUSPECTED)))

    async def of_item(self, place: str, item: str) -> Alert | None:
        query = WITH_ASSESSMENT.where(AlertRow.place == place, AssessmentRow.item == item)
        return next(iter(await self._list(query.order_by(col(AlertRow.id).desc()).limit(1))), None)

    async def waiting(self, place: str, limit: int = 50, *, but: str = "") -> list[Alert]:
        query = WITH_ASSESSMENT.where(AlertRow.place == place, AlertRow.verdict == Verdict.WAITING)
        if but:
            query = query.where(col(AlertRow.proposer) != but, col(AlertRow.opposer) != but)
        return await self._list(query.order_by(col(AlertRow.raised), col(AlertRow.id)).limit(limit))

    async def find(
        self,
        place: str,
        *,
        verdict: Verdict | None = None,
        account_id: int | None = None,
        kind: Kind | None = None,
        since: datetime | None = None,
        decided: tuple[datetime, datetime] | None = None,
    ) -> list[int]:
        query = select(AlertRow.id).join(AssessmentRow).where(AlertRow.place == place)
        if verdict is not None:
            query = query.where(AlertRow.verdict == verdict)
        if account_id is not None:
            of_account = select(LiveRow.id).where(LiveRow.account_id == account_id)
            query = query.where(col(AlertRow.live_id).in_(of_account))
        if kind is not None:
            query = query.where(AssessmentRow.kind == kind)
        if since is not None:
            query = query.where(AlertRow.raised >= since)
        if decided is not None:
            query = query.where(col(AlertRow.decided_at) >= decided[0], col(AlertRow.decided_at) < decided[1])
        rows = await self._session.exec(query.order_by(col(AlertRow.raised).desc(), col(AlertRow.id).desc()))
        return [number for number in rows if number is not None]

    async def kinds(self, place: str, verdict: Verdict) -> list[tuple[Kind, int, datetime]]:
        query = (
            select(AssessmentRow.kind, func.count(), func.min(AlertRow.raised))
            .join(AlertRow, col(AlertRow.assessment_id) == col(AssessmentRow.id))
            .where(AlertRow.place == place, AlertRow.verdict == verdict)
            .group_by(AssessmentRow.kind)
        )
        found = [(Kind(kind), count, oldest) for kind, count, oldest in await self._session.exec(query)]
        return sorted(found, key=lambda row: list(Kind).index(row[0]))

    async def change(self, before: Alert, after: Alert, decision: Decision) -> Alert | None:
        stands = (
            col(AlertRow.id) == before.id,
            col(AlertRow.place) == before.place,
            col(AlertRow.verdict) == before.verdict,
            col(AlertRow.proposer) == before.proposer,
            col(AlertRow.opposer) == before.opposer,
        )
        values: dict[str, Any] = {**columns_of(after, *FIXED), "labels": _texts(after.labels)}
        if (await self._session.exec(update(AlertRow).where(*stands).values(values))).rowcount != 1:
            return None
        last = select(func.max(DecisionRow.id)).where(
            DecisionRow.place == before.place, DecisionRow.alert_id == before.id
        )
        given = columns_of(decision, "id", "labels", "supersedes")
        labels, supersedes = _texts(decision.labels), (await self._session.exec(last)).one()
        self._session.add(DecisionRow(place=before.place, labels=labels, supersedes=supersedes, **given))
        await self._session.flush()
        if before.assessment.kind is Kind.CHAT and Label.S3 in (after.labels or ()):
            of_it = select(AlertRow.assessment_id).where(AlertRow.id == before.id).scalar_subquery()
            await self._session.exec(update(AssessmentRow).where(col(AssessmentRow.id) == of_it).values(start=WRITTEN))
        return await self._must(before.id)

    async def decisions(self, place: str, alert_id: int) -> list[Decision]:
        query = select(DecisionRow).where(DecisionRow.place == place, DecisionRow.alert_id == alert_id)
        rows = await self._session.exec(query.order_by(col(DecisionRow.id)))
        return [value_of(Decision, row, labels=_labels(row.labels)) for row in rows]

    async def mutes(self, place: str, live_id: int) -> list[Decision]:
        of_live = select(AlertRow.id).where(AlertRow.place == place, AlertRow.live_id == live_id)
        undone = and_(col(DecisionRow.act) == Act.REOPEN, col(DecisionRow.was) == Verdict.MUTED)
        query = select(DecisionRow).where(DecisionRow.place == place, col(DecisionRow.alert_id).in_(of_live))
        query = query.where(or_(col(DecisionRow.act) == Act.MUTE, undone)).order_by(col(DecisionRow.id))
        return [value_of(Decision, row, labels=_labels(row.labels)) for row in await self._session.exec(query)]

    async def last_decision(self, place: str) -> int:
        query = select(func.max(DecisionRow.id)).where(DecisionRow.place == place)
        return (await self._session.exec(query)).one() or 0

    async def suspicions(self, place: str) -> int:
        return await suspicions(self._session, place)

    async def _now(self, alert_id: int | None) -> Alert:
        """An alert that quotes now what it quotes."""
        alert = await self._must(alert_id)
        if alert.suspected:
            await suspect(self._session, alert.place)
        return alert

    async def _must(self, alert_id: int | None) -> Alert:
        found = await self._list(WITH_ASSESSMENT.where(AlertRow.id == alert_id))
        if not found:
            raise Missing("ALERT_UNKNOWN", x=alert_id)
        return found[0]

    async def _list(self, query: Select[AlertRow, AssessmentRow, str, PolicyRow, bool]) -> list[Alert]:
        rows = await self._session.exec(query.execution_options(populate_existing=True))
        return [_alert(row, judged, Two(two), policy, bool(kept)) for row, judged, two, policy, kept in rows]


def _alert(row: AlertRow, judged: AssessmentRow, two: Two, policy: PolicyRow | None, withheld: bool) -> Alert:
    return value_of(
        Alert,
        row,
        assessment=_assessment(judged),
        labels=_labels(row.labels),
        said=judged.at,
        rule=two,
        limits=policy_of(row.place, policy).severe,
        withheld=withheld,
    )


def _assessment(row: AssessmentRow) -> Assessment:
    return value_of(Assessment, row, labels={Label(label): value for label, value in row.labels.items()})


def _texts(labels: tuple[Label, ...] | None) -> list[str] | None:
    return None if labels is None else [label.value for label in labels]


def _labels(texts: list[str] | None) -> tuple[Label, ...] | None:
    return None if texts is None else tuple(Label(text) for text in texts)
