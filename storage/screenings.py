"""Screenings as stored: how each stands, and its moves."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.risk import Label
from core.model.screening import Check, Found, Matter, Screening, State, Step, Where, moved
from storage.slices import sliced
from storage.suspicions import suspect
from storage.tables import ScreeningRow, ScreeningStepRow
from storage.values import columns_of, value_of

REMEMBERED = 1000
"""Rejected things whose frames are compared with a new one's: some milliseconds."""


class StoredScreenings:
    """What was screened."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin(self, screening: Screening, received: datetime) -> Screening:
        known = await self.of(screening.place, screening.matter, screening.item)
        if known is not None:
            return known
        facts = columns_of(screening, "id", "found", "labels", "hashes")
        row = ScreeningRow(
            **facts,
            found=[[one.check.value, one.where.value, one.share] for one in screening.found],
            labels={str(label): share for label, share in screening.labels.items()},
            hashes=tuple(f"{one:016x}" for one in screening.hashes),
            restricted=screening.restricted,
        )
        self._session.add(row)
        await self._session.flush()
        was: State | None = None
        for state, at in (
            (State.RECEIVED, received),
            (State.SCREENING, received),
            (screening.state, screening.at),
        ):
            was = self._step(row, was, state, at, "", screening.reason if state is screening.state else "")
        await self._session.flush()
        return _screening(row)

    async def of(self, place: str, matter: Matter, item: int) -> Screening | None:
        return (await self.several(place, matter, [item])).get(item)

    async def several(self, place: str, matter: Matter, items: Sequence[int]) -> dict[int, Screening]:
        of_place = select(ScreeningRow).where(ScreeningRow.place == place, ScreeningRow.matter == matter)
        found: dict[int, Screening] = {}
        for some in sliced(items):
            query = of_place.where(col(ScreeningRow.item).in_(some))
            found |= {row.item: _screening(row) for row in await self._session.exec(query)}
        return found

    async def waited(self, place: str, alert_id: int, number: int) -> Screening | None:
        row = await self._row(place, number)
        if row is None:
            return None
        row.alert_id = alert_id
        await self._session.flush()
        return _screening(row)

    async def amend(self, screening: Screening) -> Screening | None:
        row = await self._row(screening.place, screening.id)
        if row is None:
            return None
        row.found = [[one.check.value, one.where.value, one.share] for one in screening.found]
        row.labels = {str(label): share for label, share in screening.labels.items()}
        row.reason, row.quote, row.unheard = screening.reason, screening.quote, screening.unheard
        if screening.restricted and not row.restricted:
            await suspect(self._session, row.place)  # its alert may stand as it is
        row.doubtful, row.restricted = screening.doubtful, screening.restricted
        await self._session.flush()
        return _screening(row)

    async def move(
        self, place: str, number: int, to: State, at: datetime, by: str, reason: str = "", *, undone: bool = False
    ) -> Screening | None:
        row = await self._row(place, number)
        if row is None:
            return None
        self._step(row, row.state, moved(row.state, to), at, by, reason)
        row.state, row.at, row.by = to, at, "" if undone else by
        await self._session.flush()
        return _screening(row)

    async def steps(self, place: str, number: int) -> list[Step]:
        query = select(ScreeningStepRow).where(ScreeningStepRow.place == place, ScreeningStepRow.screening_id == number)
        return [value_of(Step, row) for row in await self._session.exec(query.order_by(col(ScreeningStepRow.id)))]

    async def rejected(self, place: str) -> list[Screening]:
        query = select(ScreeningRow).where(
            ScreeningRow.state == State.REJECTED,
            or_(ScreeningRow.place == place, col(ScreeningRow.restricted)),
        )
        newest = query.order_by(col(ScreeningRow.at).desc(), col(ScreeningRow.id).desc()).limit(REMEMBERED)
        return [_screening(row) for row in await self._session.exec(newest) if row.hashes]

    def _step(self, row: ScreeningRow, was: State | None, to: State, at: datetime, by: str, reason: str) -> State:
        """Keep a move; nothing begins anywhere but at `received`."""
        if was is None and to is not State.RECEIVED:
            raise ValueError(f"nothing begins as {to}")
        state = to if was is None else moved(was, to)
        assert row.id is not None
        step = ScreeningStepRow(place=row.place, screening_id=row.id, was=was, state=state, at=at, by=by, reason=reason)
        self._session.add(step)
        return state

    async def _row(self, place: str, number: int) -> ScreeningRow | None:
        row = await self._session.get(ScreeningRow, number)
        return row if row and row.place == place else None


def _screening(row: ScreeningRow) -> Screening:
    return value_of(
        Screening,
        row,
        found=tuple(Found(Check(check), Where(where), share) for check, where, share in row.found),
        labels={Label(label): share for label, share in row.labels.items()},
        hashes=tuple(int(one, 16) for one in row.hashes),
    )
