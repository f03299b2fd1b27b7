"""Remembering: what looks like something that was rejected is known again."""

from datetime import datetime

from core.model.screening import looks_like
from core.ports.store import Work


async def alike(work: Work, place: str, hashes: tuple[int, ...]) -> datetime | None:
    """When the place last rejected something these frames look like, or any place something that may show minors; None: never.
    What was rejected for its words alone says nothing of its picture."""
    if not hashes:
        return None
    for rejected in await work.screenings.rejected(place):
        if rejected.pictured and looks_like(hashes, rejected.hashes):
            return rejected.at
    return None
