"""Links to people's own TikTok accounts, and sign-ins under way, as stored."""

from datetime import datetime

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.link import Link, SignIn
from storage.tables import LinkRow, LinkStateRow
from storage.values import columns_of, value_of


class StoredLinks:
    """Links of people. Scopes are stored as one text, parted by commas."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, link: Link) -> Link:
        await self._session.exec(delete(LinkRow).where(col(LinkRow.person) == link.person))
        row = LinkRow(**columns_of(link, "id", "scopes"), scopes=_text(link.scopes))
        self._session.add(row)
        await self._session.flush()
        return _value(row)

    async def get(self, link_id: int) -> Link | None:
        row = await self._session.get(LinkRow, link_id, populate_existing=True)
        return _value(row) if row else None

    async def of_person(self, person: str) -> Link | None:
        row = (await self._session.exec(select(LinkRow).where(LinkRow.person == person))).first()
        return _value(row) if row else None

    async def all(self) -> list[Link]:
        return [_value(row) for row in await self._session.exec(select(LinkRow).order_by(col(LinkRow.id)))]

    async def change(self, link_id: int, **fields: object) -> Link | None:
        row = await self._session.get(LinkRow, link_id, populate_existing=True)
        if row is None:
            return None
        for name, value in fields.items():
            setattr(row, name, _text(value) if isinstance(value, frozenset) else value)
        await self._session.flush()
        return _value(row)

    async def remove(self, link_id: int) -> bool:
        done = await self._session.exec(delete(LinkRow).where(col(LinkRow.id) == link_id))
        return done.rowcount > 0

    async def begin(self, sign_in: SignIn, now: datetime) -> None:
        old = (col(LinkStateRow.person) == sign_in.person) & (col(LinkStateRow.purpose) == sign_in.purpose)
        await self._session.exec(delete(LinkStateRow).where(old | (col(LinkStateRow.until) <= now)))
        self._session.add(LinkStateRow(**columns_of(sign_in)))
        await self._session.flush()

    async def begun(self, state: str, purpose: str) -> SignIn | None:
        row = await self._session.get(LinkStateRow, state)
        return value_of(SignIn, row) if row and row.purpose == purpose else None

    async def take(self, state: str, purpose: str) -> SignIn | None:
        begun = await self.begun(state, purpose)
        if begun:
            await self._session.exec(delete(LinkStateRow).where(col(LinkStateRow.state) == state))
        return begun


def _text(scopes: frozenset[str]) -> str:
    return ",".join(sorted(scopes))


def _value(row: LinkRow) -> Link:
    return value_of(Link, row, scopes=frozenset(filter(None, row.scopes.split(","))))
