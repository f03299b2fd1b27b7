"""Judging: which judges elsewhere would work, and which prompt packs and heads of the judge inside do not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from bot.engines import Checked, broken_heads, judges_of, packs_of
from bot.health import Part
from core.ports.speech import Check
from core.settings import Settings


async def look(settings: Settings, *, quick: bool) -> AsyncIterator[tuple[str, Part]]:
    """Each model as it says itself (asked on the net unless `quick`), then the packs and the heads."""
    async with judges_of(settings) as judges:
        if judges is None:
            yield "rules", Part("JUDGES_NONE", None)
        for use, judge in judges.all() if judges else ():
            check = _unasked(judge) if quick else await judge.check()
            said = {"engine": judge.name, "finding": check.finding, "cure": check.cure}
            yield use, Part("ENGINE_CURE" if check.cure else "ENGINE_WELL", check.ok, said)
    known = packs_of(settings)
    for pack in known.broken:
        yield f"pack {Path(pack.file).name}", Part("PACK_BROKEN", False, {"path": pack.file, "reason": pack.reason})
    yield "packs", Part("PACKS", True, {"list": ", ".join(pack.name for pack in known.known)})
    broken = await asyncio.to_thread(broken_heads, settings)
    for folder, reason in broken:
        yield f"head {folder.name}", Part("HEAD_BROKEN", False, {"path": str(folder), "reason": reason})
    if not broken:
        yield "heads", Part("HEADS", True)


def _unasked(judge: Checked) -> Check:
    state = judge.readiness()
    return Check(True if state.ready else None, "ready" if state.ready else state.lacks)
