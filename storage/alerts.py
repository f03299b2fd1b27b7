"""Assessments, alerts and decisions as stored."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from core.errors import Missing
from core.model.risk import Alert, Assessment, Label, Verdict
from storage.tables import AlertRow, AssessmentRow, DecisionRow
from storage.values import columns_of, value_of

WITH_ASSESSMENT = select(AlertRow, AssessmentRow).join(AssessmentRow)


class StoredAlerts:
    """Assessments, and the alerts people decide."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def assessed(self, live_id: int, assessment: Assessment, at: datetime) -> int:
        labels = {str(label): probability for label, probability in assessment.labels.items()}
        row = AssessmentRow(live_id=live_id, at=at, labels=labels, **columns_of(assessment, "labels"))
        self._session.add(row)
        await self._session.flush()
        assert row.id is not None
        return row.id

    async def of_live(self, live_id: int, start: float = 0.0) -> list[Assessment]:
        query = select(AssessmentRow).where(AssessmentRow.live_id == live_id, AssessmentRow.second >= start)
        rows = await self._session.exec(query.order_by(col(AssessmentRow.second), col(AssessmentRow.id)))
        return [_assessment(row) for row in rows]

    async def raise_(self, place: str, live_id: int, assessment_id: int, at: datetime) -> Alert:
        there = select(AlertRow.id).where(AlertRow.place == place, AlertRow.assessment_id == assessment_id)
        alert_id = (await self._session.exec(there)).first()
        if alert_id is None:
            row = AlertRow(place=place, live_id=live_id, assessment_id=assessment_id, raised=at)
            self._session.add(row)
            await self._session.flush()
            alert_id = row.id
        return await self._must(alert_id)

    async def repeated(self, alert_id: int) -> Alert:
        one_more = update(AlertRow).where(col(AlertRow.id) == alert_id).values(repeats=AlertRow.repeats + 1)
        await self._session.exec(one_more)
        return await self._must(alert_id)

    async def recent(self, place: str, live_id: int, since: datetime) -> list[Alert]:
        query = WITH_ASSESSMENT.where(AlertRow.place == place, AlertRow.live_id == live_id, AlertRow.raised >= since)
        return await self._list(query.order_by(col(AlertRow.raised).desc(), col(AlertRow.id).desc()))

    async def get(self, place: str, alert_id: int) -> Alert | None:
        found = await self._list(WITH_ASSESSMENT.where(AlertRow.place == place, AlertRow.id == alert_id))
        return next(iter(found), None)

    async def waiting(self, place: str, limit: int = 50) -> list[Alert]:
        query = WITH_ASSESSMENT.where(AlertRow.place == place, AlertRow.verdict == Verdict.WAITING)
        return await self._list(query.order_by(col(AlertRow.raised), col(AlertRow.id)).limit(limit))

    async def decide(
        self, place: str, alert_id: int, verdict: Verdict, by: str, at: datetime, note: str, was: Verdict
    ) -> Alert | None:
        undone = verdict is Verdict.WAITING
        decided = (
            update(AlertRow)
            .where(col(AlertRow.id) == alert_id, col(AlertRow.place) == place, col(AlertRow.verdict) == was)
            .values(verdict=verdict, decided_by="" if undone else by, decided_at=None if undone else at, note=note)
        )
        if (await self._session.exec(decided)).rowcount != 1:
            return None
        self._session.add(
            DecisionRow(place=place, alert_id=alert_id, was=was, verdict=verdict, by=by, at=at, note=note)
        )
        await self._session.flush()
        return await self._must(alert_id)

    async def _must(self, alert_id: int | None) -> Alert:
        found = await self._list(WITH_ASSESSMENT.where(AlertRow.id == alert_id))
        if not found:
            raise Missing("ALERT_UNKNOWN", x=alert_id)
        return found[0]

    async def _list(self, query: Select[AlertRow, AssessmentRow]) -> list[Alert]:
        rows = await self._session.exec(query.execution_options(populate_existing=True))
        return [value_of(Alert, row, assessment=_assessment(assessed)) for row, assessed in rows]


def _assessment(row: AssessmentRow) -> Assessment:
    return value_of(Assessment, row, labels={Label(label): value for label, value in row.labels.items()})
