"""What there was of each account in a place over a while, counted from what is stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.digest import Tally
from core.model.risk import Verdict
from storage.slices import sliced
from storage.tables import AccountRow, AlertRow, ClipRow, FollowRow, HitRow, LivePlaceRow, LiveRow, VideoTranscriptRow


class StoredTallies:
    """Counts of one place. Everything counted carries the place itself, or is joined to who may see the live."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_place(self, place: str, since: datetime, until: datetime) -> list[Tally]:
        seen = LivePlaceRow.place == place
        ran = (LiveRow.started < until, or_(col(LiveRow.ended).is_(None), col(LiveRow.ended) >= since))
        lives = await self._counts(
            select(LiveRow.account_id, func.count())
            .join(LivePlaceRow)
            .where(seen, *ran)
            .group_by(col(LiveRow.account_id))
        )
        counted = [lives] + [
            await self._counts(
                select(LiveRow.account_id, func.count())
                .join(row, col(row.live_id) == col(LiveRow.id))
                .where(row.place == place, when >= since, when < until)
                .group_by(col(LiveRow.account_id))
            )
            for row, when in ((HitRow, HitRow.at), (AlertRow, AlertRow.raised), (ClipRow, ClipRow.made))
        ]
        follows = select(FollowRow.account_id).where(FollowRow.place == place, col(FollowRow.removed).is_(False))
        numbers = {*(await self._session.exec(follows)), *(number for counts in counted for number in counts)}
        tallies: list[Tally] = []
        for some in sliced(sorted(numbers)):
            named = select(AccountRow.id, AccountRow.handle).where(col(AccountRow.id).in_(some))
            tallies += [
                Tally(handle, *(counts.get(number or 0, 0) for counts in counted))
                for number, handle in await self._session.exec(named)
            ]
        return sorted(tallies, key=lambda tally: tally.handle)

    async def waiting(self, place: str) -> int:
        query = select(func.count()).where(AlertRow.place == place, AlertRow.verdict == Verdict.WAITING)
        return (await self._session.exec(query)).one()

    async def videos(self, place: str, since: datetime, until: datetime) -> int:
        made = VideoTranscriptRow
        query = select(func.count()).where(
            made.place == place, made.made >= since, made.made < until, col(made.public), col(made.removed).is_(False)
        )
        return (await self._session.exec(query)).one()

    async def _counts(self, query: Any) -> dict[int, int]:
        found: Sequence[tuple[int, int]] = (await self._session.exec(query)).all()
        return dict(found)
