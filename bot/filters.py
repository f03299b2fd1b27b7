"""Lists that stay narrowed while they are paged: by the key of their arrows, or, where that has no room, by what is remembered."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.asked import Asked
from bot.command import key
from core.errors import Missing

ROOM = 64 - len(";page=120")  # bytes a key may have for the rest
KEPT = timedelta(days=1)


def moment(at: datetime) -> str:
    """A time as it stands in a key."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


async def again(asked: Asked, verb: str, remembered: str, raw: Mapping[str, str]) -> str:
    """The key that asks `verb` for the same once more; `remembered` is the verb that takes the number of what is remembered."""
    try:
        made = key(verb, **raw)
    except ValueError:
        made = ""
    if made and len(made.encode()) <= ROOM:
        return made
    text = json.dumps(raw)
    number = hashlib.sha256(text.encode()).hexdigest()[:12]
    async with asked.house.storage.work() as work:
        await work.memos.put(_memo(asked, verb, number), text, asked.house.clock.now() + KEPT)
    return key(remembered, number)


async def recalled(asked: Asked, verb: str, number: str) -> dict[str, Any]:
    """What was remembered here. Raises Missing SEARCH_OLD."""
    async with asked.house.storage.reading() as work:
        text = await work.memos.get(_memo(asked, verb, number))
    if not text:
        raise Missing("SEARCH_OLD")
    found: dict[str, Any] = json.loads(text)
    return found


def _memo(asked: Asked, verb: str, number: str) -> str:
    return f"{verb} {asked.place.id} {number}"
