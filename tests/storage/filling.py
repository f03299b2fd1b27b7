"""A row in every table that has to do with a place, made from the tables themselves: one added later is filled too."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    Table,
    Time,
    create_engine,
    insert,
    text,
)
from sqlalchemy.engine import URL

from core.model.account import Handle
from storage.columns import Choice, HandleText, Names, Pairs, PathText, Seconds, UtcDateTime
from storage.moving import MADE_OF_NAMES
from storage.search import INDEXED
from storage.tables import METADATA
from tests.storage.conftest import NOW

OWN = ("place", "memo", "topic", "closed")
"""Tables of places that have no `place` column, or one that points nowhere."""


def fill(folder: Path, place: str, number: int, account: int = 1) -> None:
    """Rows of `place`; `number` makes what must be unique so. What other places may see is made once. `account`: the one it
    follows."""
    engine = create_engine(URL.create("sqlite", database=str(folder / "earshot.db")))
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            shared = _shared(table)
            if shared and connection.execute(table.select()).first():
                continue
            connection.execute(insert(table).values(_row(table, place, number, account, shared=shared)))
        for name in INDEXED:
            connection.execute(text(f"insert into {name}_fts ({name}_fts) values ('rebuild')"))
    engine.dispose()


def speaking_of(folder: Path, place: str) -> list[str]:
    """`table.column: text` of whatever speaks of `place`, and not of one with a longer number."""
    found = []
    with sqlite3.connect(folder / "earshot.db") as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(f'select * from "{table.name}"'):
                texts = zip(table.columns.keys(), map(str, row), strict=False)
                found += [f"{table.name}.{name}: {text}" for name, text in texts if _names(text, place)]
    return found


def _shared(table: Table) -> bool:
    """Whether it is everybody's."""
    return "place" not in table.c and table.name not in OWN


def _names(text: str, place: str) -> bool:
    after = [text[at + len(place) : at + len(place) + 1] for at in range(len(text)) if text.startswith(place, at)]
    return any(not sign.isdigit() for sign in after)


def _row(table: Table, place: str, number: int, account: int, *, shared: bool) -> dict[str, Any]:
    return {column.name: _value(table, column, place, number, account, shared=shared) for column in table.columns}


def _value(table: Table, column: Column[Any], place: str, number: int, account: int, *, shared: bool) -> Any:
    parent = next((key.column.table for key in column.foreign_keys), None)
    if column.name == "place" or (table.name == "place" and column.name == "id"):
        return place
    if column.name == "account_id":
        return account if table.name in ("follow", "feed") else 1
    if parent is not None:
        return 1 if _shared(parent) else number
    if column.name == "address":
        return f"{place}/7"
    if isinstance(column.type, Integer) and not isinstance(column.type, Boolean):
        return 1 if shared else number
    return _of_type(table, column, place, number)


def _of_type(table: Table, column: Column[Any], place: str, number: int) -> Any:
    match column.type:
        case Date():
            return NOW.date()
        case Time():
            return NOW.time()
        case Names():
            return ("discord:1",)
        case Pairs():
            return (("discord:1", "Mona"),)
        case JSON():
            own = "place" in table.c
            return {"place": place, "once": {place: f"{place}/7#r9"}, "list": [place]} if own else {}
        case UtcDateTime():
            return None if column.name == "left" else NOW
        case Seconds():
            return timedelta(0)
        case Choice():
            return next(iter(column.type.kind))
        case HandleText():
            return Handle(f"maria{number}")
        case PathText():
            return Path(f"{number}.mp4")
        case LargeBinary():
            return b""
        case Boolean():
            return False
        case Float():
            return 1.0
    ours = MADE_OF_NAMES if table.name == "memo" else MADE_OF_NAMES[:-1]
    return f"{table.name}:{place}" if column.name in ours else f"{column.name}{number}"
