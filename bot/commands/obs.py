"""OBS: how it is, which place it serves, and its replay buffer."""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from bot.asked import Asked
from bot.awaiting import ended
from bot.command import command
from bot.replies.obs import ObsConnected, ObsElsewhere, ObsShown, ObsTrying
from core.errors import Denied, Missing, Transient
from core.model.job import Job, JobState
from core.model.person import Role
from core.ports.replays import ReplayState
from core.services.clipping import serving
from core.services.clipping.replaying import done
from core.services.clipping.serving import Mode

PATIENCE = timedelta(seconds=45)  # OBS has given up waiting by then


class Switch(StrEnum):
    """Whether something runs."""

    ON = "on"
    OFF = "off"


@command("obs status", Role.MANAGER)
async def status(asked: Asked) -> ObsShown | ObsElsewhere:
    """How OBS is, and what it does for this place"""
    return await _shown(asked)


@command("obs connect", Role.MANAGER, begins=True, records=True)
async def connect(asked: Asked, clips: Mode = Mode.OBS) -> ObsConnected:
    """Connect OBS, and take the clips of this place from it"""
    _set_up(asked)
    if not _may(asked):
        raise Denied("NO_RIGHT", role="owner", place=asked.place.name)
    state = await _steered(asked, "connect")
    async with asked.house.storage.work() as work:
        await work.places.ensure(asked.place)
        await serving.connect(work, asked.place.id, clips)
    return ObsConnected(state, clips)


@command("obs buffer", Role.MANAGER)
async def buffer(asked: Asked, state: Switch) -> ObsShown | ObsElsewhere:
    """Turn the replay buffer of OBS on or off"""
    _set_up(asked)
    async with asked.house.storage.reading() as work:
        if await serving.mode_of(work, asked.place.id) is None:
            return ObsElsewhere(_may(asked))
    now = await _steered(asked, state.value)
    shown = await _shown(asked)
    return replace(shown, state=now) if isinstance(shown, ObsShown) else shown


async def _shown(asked: Asked) -> ObsShown | ObsElsewhere:
    _set_up(asked)
    async with asked.house.storage.reading() as work:
        mode = await serving.mode_of(work, asked.place.id)
        served = [place.name for place, _ in await serving.served(work)] if asked.role is Role.OWNER else []
    if mode is None:
        return ObsElsewhere(_may(asked))
    vitals = asked.house.diagnosing.of_running()
    said = vitals.obs if vitals else asked.house.replaying.said
    return ObsShown(ReplayState(**said), mode, vitals is not None, tuple(served))


def _set_up(asked: Asked) -> None:
    """Raises Missing OBS_UNSET."""
    vitals = asked.house.diagnosing.of_running()
    if not (vitals.obs if vitals else asked.house.replaying.said):
        raise Missing("OBS_UNSET")


def _may(asked: Asked) -> bool:
    """Whether the asker may have OBS serve a place: its screen is that of whoever runs Earshot."""
    return asked.role is Role.OWNER or not asked.house.settings.owners


async def _steered(asked: Asked, do: str) -> ReplayState:
    """What OBS is like after it was done. Raises what went wrong; NO_ANSWER when nobody takes it up."""
    replaying = asked.house.replaying
    made = await ended(asked, await replaying.ask(do, asked.place.id), PATIENCE, _trying)
    if made.state is not JobState.DONE:
        async with asked.house.storage.work() as work:
            await work.jobs.cancel(made.id, made.place)
        raise Transient("NO_ANSWER", left=PATIENCE)
    result = done(made)
    if isinstance(result, ReplayState):
        return result
    code, values = result
    raise Transient(code, **values)


def _trying(job: Job) -> ObsTrying:
    return ObsTrying()
