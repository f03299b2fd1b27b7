"""Remembering: what looks like something that was rejected is known again."""

from core.model.screening import Screening, looks_like
from core.ports.store import Work


async def rejected_like(work: Work, place: str, hashes: tuple[int, ...]) -> list[Screening]:
    """What these frames look like that the place rejected, or any place as what may show minors, newest first. What was rejected
    for its words alone says nothing of its picture."""
    known = await work.screenings.rejected(place) if hashes else []
    return [one for one in known if one.pictured and looks_like(hashes, one.hashes)]
