"""`earshot doctor`: every part is looked at, side by side, each in its own time; what is found says what to do.

One file a section. A look gives parts as `/admin health` has them (bot/health.py); their words are in bot/cards/doctor.py.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from bot.health import Part
from core.errors import EarshotError

log = logging.getLogger(__name__)
SECONDS = 10  # a section may take; what it has found until then counts


@dataclass(frozen=True)
class Found:
    """One thing that was looked at: `name` says what, for scripts."""

    section: str
    name: str
    part: Part


Look = Callable[[], AsyncIterator[tuple[str, Part]]]


async def looked(sections: Sequence[tuple[str, Look]], seconds: int = SECONDS) -> list[Found]:
    """What all sections find, in their order."""
    found = await asyncio.gather(*(_looked(section, look, seconds) for section, look in sections))
    return [one for part in found for one in part]


async def _looked(section: str, look: Look, seconds: int) -> list[Found]:
    found: list[Found] = []
    try:
        async with asyncio.timeout(seconds):
            async for name, part in look():
                found.append(Found(section, f"{section} {name}", part))
    except TimeoutError:
        found.append(Found(section, f"{section} time", Part("TOO_SLOW", False, {"seconds": seconds})))
    except EarshotError as error:
        found.append(Found(section, f"{section} error", Part("FAILED", False, {"reason": str(error)})))
    except Exception as error:  # supervision: one look that fails must not hide what the others find
        log.debug("the section %s", section, exc_info=True)
        found.append(Found(section, f"{section} error", Part("FAILED", False, {"reason": type(error).__name__})))
    return found
