"""The sound of what has no words yet, as stored."""

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.transcript import Sound
from storage.tables import SoundRow
from storage.values import columns_of, value_of


class StoredSounds:
    """Files of sound by the spans of lives they hold."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, sound: Sound) -> Sound:
        same = col(SoundRow.live_id) == sound.live_id, col(SoundRow.start) == sound.start
        await self._session.exec(delete(SoundRow).where(*same))
        row = SoundRow(**columns_of(sound, "id"))
        self._session.add(row)
        await self._session.flush()
        return value_of(Sound, row)

    async def oldest(self, limit: int, after: int = 0) -> list[Sound]:
        query = select(SoundRow).where(col(SoundRow.id) > after).order_by(col(SoundRow.id)).limit(limit)
        return [value_of(Sound, row) for row in await self._session.exec(query)]

    async def of_live(self, live_id: int) -> tuple[int, float]:
        found = select(func.count(), func.sum(SoundRow.end - SoundRow.start)).where(SoundRow.live_id == live_id)
        number, seconds = (await self._session.exec(found)).one()
        return number, seconds or 0.0

    async def seconds(self) -> float:
        return (await self._session.exec(select(func.sum(SoundRow.end - SoundRow.start)))).one() or 0.0

    async def remove(self, sound_id: int) -> None:
        await self._session.exec(delete(SoundRow).where(col(SoundRow.id) == sound_id))
