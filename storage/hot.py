"""Many small rows at once: how the hot writer's batches become rows.

A batch is one statement for each table. `executemany` would take a turn of the interpreter for every row, and beside a busy
event loop each turn is waited for: 1,200 rows a second instead of 60,000 (measured on 2 cores, Python 3.11).
"""

from collections.abc import Callable, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core.matching.fold import search_text
from core.model.live import ChatMessage, GiftSent, Joined, Liked, LiveEvent, ViewerCount
from storage.search import index_after, last_id

Values = tuple[Any, ...]
MOST = 2**31 - 1
CHUNK = 500  # rows a statement; SQLite takes 32,766 values in one
COLUMNS = {
    "chat_line": ("live_id", "msg_id", "at", "second", "chatter", "chatter_key", "text", "search_text"),
    "live_event": ("live_id", "msg_id", "at", "second", "kind", "chatter", "chatter_key", "name", "count"),
    "viewer_sample": ("live_id", "second", "viewers"),
}
VIEWERS = (
    "update live set viewers_peak = max(viewers_peak, ?), viewers_sum = viewers_sum + ?,"
    " viewers_samples = viewers_samples + ? where id = ?"
)


def row_of(live_id: int, second: float, event: LiveEvent, key_of: Callable[[str], str]) -> tuple[str, Values] | None:
    """The table and the values of an event, None for one that is no chat (captions, pauses, ends). `key_of` gives what is
    stored of a chatter's number (see chatters.py)."""
    match event:
        case ChatMessage():
            text, who = event.text, event.chatter
            found_by, key = search_text(text), key_of(who.id)
            return "chat_line", (live_id, event.id or None, _at(event), second, who.handle, key, text, found_by)
        case GiftSent():
            who, number = event.chatter, _number(event.count)
            named = (who.handle, key_of(who.id), event.gift, number)
            return "live_event", (live_id, event.id or None, _at(event), second, "gift", *named)
        case Liked():
            return "live_event", (live_id, None, _at(event), second, "like", "", "", "", _number(event.count))
        case Joined():
            who = event.chatter
            return "live_event", (live_id, None, _at(event), second, event.what, who.handle, key_of(who.id), "", 1)
        case ViewerCount():
            return "viewer_sample", (live_id, second, _number(event.count))
        case _:
            return None


async def store(connection: AsyncConnection, rows: dict[str, list[Values]]) -> None:
    """Write rows by table, and make chat lines searchable. Rows that are there already, or whose live is not, are left out."""
    if lines := rows.get("chat_line"):
        before = await last_id(connection, "chat_line")
        await _insert(connection, "chat_line", lines)
        await index_after(connection, "chat_line", before)
    if events := rows.get("live_event"):
        await _insert(connection, "live_event", events)
    if samples := rows.get("viewer_sample"):
        await _insert(connection, "viewer_sample", samples)
        for live_id in {sample[0] for sample in samples}:
            counts = [count for of, _, count in samples if of == live_id]
            await connection.exec_driver_sql(VIEWERS, (max(counts), sum(counts), len(counts), live_id))


async def _insert(connection: AsyncConnection, table: str, rows: Sequence[Values]) -> None:
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        await connection.exec_driver_sql(_statement(table, len(chunk)), tuple(value for row in chunk for value in row))


@lru_cache(maxsize=64)
def _statement(table: str, rows: int) -> str:
    columns = COLUMNS[table]
    one = f"({','.join('?' * len(columns))})"
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"insert into {table} ({names}) select * from (values {','.join([one] * rows)})"  # noqa: S608 (names of ours)
        " where column1 in (select id from live) on conflict do nothing"
    )


def _at(event: ChatMessage | GiftSent | Liked | Joined) -> str:
    """As UtcDateTime writes it."""
    if event.at.tzinfo is None:
        raise ValueError(f"naive datetime {event.at!r}")
    at = event.at if event.at.tzinfo is UTC else event.at.astimezone(UTC)
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def _number(count: int) -> int:
    """A count that fits and can be added up: what TikTok sends is not ours to trust."""
    return max(0, min(count, MOST))
