"""OBS: who reaches it, and who makes clips of what it saves; put together for app.py and the doctor."""

from contextlib import suppress

from core.adapters.clips.obs_files import Remux, ReplayFiles
from core.adapters.clock import SystemClock
from core.errors import EarshotError
from core.ports.clock import Clock
from core.ports.replays import Replays, ReplayState
from core.ports.store import Storage
from core.services.clipping import Clipping
from core.services.clipping.replaying import Replaying
from core.settings import Settings


def replays_of(settings: Settings, clock: Clock) -> Replays | None:
    """The OBS of an installation; None when none is set up. Nothing is asked of it yet."""
    if not settings.OBS_URL:
        return None
    from core.adapters.clips.obs import ObsReplays  # its library is only loaded where there is an OBS

    password = settings.OBS_PASSWORD.get_secret_value() if settings.OBS_PASSWORD else ""
    return ObsReplays(settings.OBS_URL, password, ReplayFiles(settings.OBS_RECORDING_MAP, remux), clock)


def replaying_of(settings: Settings, clock: Clock, storage: Storage, clipping: Clipping) -> Replaying:
    """Replays for hits and for people."""
    return Replaying(storage, clock, clipping, replays_of(settings, clock))


async def looked_at(settings: Settings) -> ReplayState:
    """How the OBS of an installation is, nothing there being changed."""
    replays = replays_of(settings, SystemClock())
    assert replays is not None
    replays.wanted = False
    try:
        with suppress(EarshotError):  # its state says what is wrong
            await replays.connect()
        return replays.state
    finally:
        await replays.close()


def remux() -> Remux:
    """What makes an MP4 of a recording; its libraries are imported when the first one is needed, in a thread."""
    from core.adapters.media.remux import remux as made

    return made
