"""Enduring: what passes by itself (a busy database, a full disk) ends one round of a loop, never the loop."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from core.errors import Transient
from core.ports.clock import Clock

log = logging.getLogger(__name__)


@contextmanager
def enduring(what: str) -> Iterator[None]:
    """The block may fail with Transient: that is logged, and whoever loops comes back to it. Anything else goes on up."""
    try:
        yield
    except Transient as error:
        log.warning("%s has to wait: %s", what, error)


async def again_and_again(clock: Clock, pause: float, what: str, once: Callable[[], Awaitable[object]]) -> None:
    """`once`, and once more `pause` seconds after its end, until cancelled. Each time endures."""
    while True:
        with enduring(what):
            await once()
        await clock.sleep(pause)
