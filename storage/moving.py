"""A place under another id: a Telegram group that became a supergroup. Every table is asked from the metadata, so that one made
later cannot be forgotten."""

import re
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Table,
    UniqueConstraint,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.search import remove_words
from storage.tables import METADATA, ClosedRow

PLACES: Table = METADATA.tables["place"]
TOLD: Table = METADATA.tables["video_transcript"]
DEEDS: Table = METADATA.tables["audit"]
CHAINS: Table = METADATA.tables["chain"]
MADE_OF_NAMES = ("key", "subject", "wish", "name")
"""Texts we make of ids, places and addresses. `name` only of what has no place of its own: elsewhere people gave it."""


async def move(session: AsyncSession, old: str, new: str) -> bool:
    """See the port."""
    await session.flush()
    connection = await session.connection()
    found = await _place(session, old, new)
    await _one_chain(session, old, new)
    for table in METADATA.sorted_tables:
        for name in ("place", "address"):
            if name in table.c:
                await _give_way(session, table, name, old, new)
                column = table.c[name]
                moved = update(table).where(_of(column, old)).values({name: _renamed(column, old, new)})
                found += (await connection.execute(moved)).rowcount
        for column in speaking(table):
            found += await _rewrite(session, table, column, old, new)
    await connection.execute(delete(PLACES).where(PLACES.c.id == old))
    closed = METADATA.tables[str(ClosedRow.__tablename__)]
    await connection.execute(delete(closed).where(_of(closed.c.address, new)))
    session.expunge_all()  # what it had read speaks of the old one
    return found > 0


def speaking(table: Table) -> list[Column[Any]]:
    """Columns whose texts are made of places and addresses, among other things."""
    names = MADE_OF_NAMES if "place" not in table.c else MADE_OF_NAMES[:-1]
    own = "place" in table.c or table.name == "memo"
    return [column for column in table.c if own and (column.name in names or isinstance(column.type, JSON))]


def mentions(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether it may speak of `name`; `renamed` tells for certain."""
    return cast(column, String).contains(name, autoescape=True)


def renamed(said: Any, old: str, new: str) -> Any:
    """What a column says, of `new` instead of `old`: in JSON whole values and keys only, for people's words stand there, too."""
    if isinstance(said, dict):
        return {_name(key, old, new): renamed(value, old, new) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [renamed(value, old, new) for value in said]
    return _name(said, old, new) if isinstance(said, str) else said


def _name(said: str, old: str, new: str) -> str:
    return new + said[len(old) :] if said == old or said.startswith((old + "/", old + "#")) else said


def _made_of(said: str, old: str, new: str) -> str:
    """A text made of names: telegram:-100 is not the beginning of telegram:-1001."""
    return re.sub(re.escape(old) + "(?![0-9])", new, said)


def _of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether it is `name`, or a topic of it, or a reply in it."""
    return or_(column == name, *(column.startswith(name + sign, autoescape=True) for sign in "/#"))


def _renamed(column: ColumnElement[Any], old: str, new: str) -> ColumnElement[str]:
    return literal(new).concat(func.substr(column, len(old) + 1))


async def _place(session: AsyncSession, old: str, new: str) -> int:
    """The row of the place: what points to it needs the new one before the old one goes. The old one's settings win."""
    connection = await session.connection()
    row = (await connection.execute(select(PLACES).where(PLACES.c.id == old))).mappings().first()
    if row is None:
        return 0
    values = {**row, "id": new, "left": None}
    there = (await connection.execute(select(PLACES.c.id).where(PLACES.c.id == new))).first()
    put = update(PLACES).where(PLACES.c.id == new) if there else insert(PLACES)
    await connection.execute(put.values(values))
    return 1


async def _one_chain(session: AsyncSession, old: str, new: str) -> None:
    """Two audit logs cannot become one: that of the old one goes on."""
    going_on = exists().where(CHAINS.c.place == old)
    await (await session.connection()).execute(delete(DEEDS).where(DEEDS.c.place == new, going_on))


async def _give_way(session: AsyncSession, table: Table, name: str, old: str, new: str) -> None:
    """What may be there once only, and is there for `new` already, goes: the old one has what people set up."""
    before = table.alias()
    for constraint in (table.primary_key, *(one for one in table.constraints if isinstance(one, UniqueConstraint))):
        columns = [column.name for column in constraint.columns]
        if name not in columns:
            continue
        same = [table.c[other] == before.c[other] for other in columns if other != name]
        taken = table.c[name] == _renamed(before.c[name], old, new)
        await _delete(session, table, exists().where(_of(before.c[name], old), taken, *same))


async def _delete(session: AsyncSession, table: Table, which: ColumnElement[bool]) -> None:
    if table is TOLD:
        await remove_words(session, select(TOLD.c.id).where(which), -1)  # all there are
    await (await session.connection()).execute(delete(table).where(which))


async def _rewrite(session: AsyncSession, table: Table, column: Column[Any], old: str, new: str) -> int:
    """Put the new name in the texts of a column. Of two rows that say the same then, the one that is there already stays."""
    connection, changed = await session.connection(), 0
    for where, said, after in await speakers(session, table, column, old, new):
        if said != after:
            try:
                async with connection.begin_nested():
                    await connection.execute(update(table).where(*where).values({column.name: after}))
            except IntegrityError:
                await connection.execute(delete(table).where(*where))
            changed += 1
    return changed


async def speakers(
    session: AsyncSession, table: Table, column: Column[Any], old: str, new: str
) -> list[tuple[list[ColumnElement[bool]], Any, Any]]:
    """(which row, what it says, what it says with `new` for `old`) of rows that may speak of `old` in `column`."""
    key = list(table.primary_key.columns)
    query = select(*key, column.label("said")).where(mentions(column, old))
    found = []
    for row in (await (await session.connection()).execute(query)).all():
        after = _made_of(row.said, old, new) if isinstance(row.said, str) else renamed(row.said, old, new)
        found.append(([one == value for one, value in zip(key, row, strict=False)], row.said, after))
    return found
