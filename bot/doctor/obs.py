"""OBS: whether it answers, takes the password, has its buffer running, and writes where its files can be fetched."""

from collections.abc import AsyncIterator

from bot.health import Part, obs
from bot.replays import looked_at
from core.ports.replays import ReplayState
from core.services.diagnosing import Vitals
from core.settings import Settings


async def look(settings: Settings, vitals: Vitals | None, *, quick: bool) -> AsyncIterator[tuple[str, Part]]:
    """As the program that runs here says, else asked (unless `quick`), without changing anything there."""
    if not settings.OBS_URL:
        yield "connection", Part("OBS_NONE")
        return
    if vitals and vitals.obs:
        state = ReplayState(**vitals.obs)
    elif quick:
        yield "connection", Part("OBS_NAMED", True, {"x": settings.OBS_URL})
        return
    else:
        state = await looked_at(settings)
    for name, part in zip(("connection", "recordings"), obs(state), strict=False):
        yield name, part
