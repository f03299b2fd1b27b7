"""Evidence that is held, as stored; the capsules themselves are files."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.evidence import Evidence
from storage.tables import EvidenceRow
from storage.values import columns_of, value_of


class StoredEvidences:
    """Capsules of all places."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, evidence: Evidence) -> Evidence:
        row = EvidenceRow(**columns_of(evidence, "id"))
        self._session.add(row)
        await self._session.flush()
        return value_of(Evidence, row)

    async def of_alert(self, place: str, alert_id: int) -> Evidence | None:
        query = select(EvidenceRow).where(EvidenceRow.place == place, EvidenceRow.alert_id == alert_id)
        row = (await self._session.exec(query.order_by(col(EvidenceRow.id).desc()).limit(1))).first()
        return value_of(Evidence, row) if row is not None else None

    async def hold(self, place: str, alert_id: int, released: datetime | None) -> None:
        which = (col(EvidenceRow.place) == place, col(EvidenceRow.alert_id) == alert_id)
        await self._session.exec(update(EvidenceRow).where(*which).values(released=released))

    async def released(self, before: datetime) -> list[Evidence]:
        query = select(EvidenceRow).where(col(EvidenceRow.released) < before)
        return [value_of(Evidence, row) for row in await self._session.exec(query)]

    async def remove(self, place: str, evidence_id: int) -> None:
        which = (col(EvidenceRow.place) == place, col(EvidenceRow.id) == evidence_id)
        await self._session.exec(delete(EvidenceRow).where(*which))

    async def files(self) -> set[str]:
        return set(await self._session.exec(select(EvidenceRow.file)))
