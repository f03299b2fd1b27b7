"""Noting: what happens to the watch of a live, written into its diary."""

from datetime import datetime

from core.model.diary import DiaryKind, Entry
from core.ports.store import Work
from core.services.lives.scene import Scene


async def note(work: Work, scene: Scene, kind: DiaryKind, at: datetime, text: str = "") -> Entry:
    """One entry, for every place that may see the live."""
    return await work.diary.add(Entry(scene.live.id, at, scene.second_of(at), kind, text))
