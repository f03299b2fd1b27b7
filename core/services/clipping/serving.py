"""Serving: which places OBS serves, and how. OBS shows the screen of whoever runs Earshot, so no place has it by being there.

Before anybody has connected it anywhere, it serves the place that was set up first, and goes on with it: it is never handed on
because a place was left.
"""

from enum import StrEnum

from core.model.clip import Source
from core.model.person import Place, Purpose
from core.ports.store import Work

CONNECTED = "places with OBS"  # the memo that somebody has chosen places
BUFFER = "buffer of OBS"  # the memo of whether its buffer shall run


class Mode(StrEnum):
    """Where the clips of a place come from that OBS serves: OBS (Earshot's own buffer stands in for it), only Earshot's own
    buffer, or both at once."""

    OBS = "obs"
    OWN = "own"
    BOTH = "both"

    @property
    def sources(self) -> tuple[Source, ...]:
        """What a hit or a person's wish is made from."""
        return {Mode.OBS: (Source.OBS,), Mode.OWN: (Source.OWN,), Mode.BOTH: (Source.OBS, Source.OWN)}[self]


def _memo(place: str) -> str:
    return f"obs {place}"


async def connect(work: Work, place: str, mode: Mode) -> None:
    """From now on OBS serves `place`, and nobody it was not given to."""
    await work.memos.put(_memo(place), mode.value)
    await work.memos.put(CONNECTED, "yes")


async def mode_of(work: Work, place: str) -> Mode | None:
    """How OBS serves `place`; None: not at all."""
    said = await work.memos.get(_memo(place))
    if said:
        return next((mode for mode in Mode if mode.value == said), None)
    if await work.memos.get(CONNECTED):
        return None
    first = await _first(work)
    return Mode.OBS if first is not None and first.id == place else None


async def unchosen(work: Work) -> bool:
    """Whether nobody has connected it anywhere, while there is a place it could serve."""
    return not await work.memos.get(CONNECTED) and await _first(work) is not None


async def choose_first(work: Work) -> None:
    """From now on it serves the place that was set up first, whatever becomes of that."""
    if not await work.memos.get(CONNECTED) and (first := await _first(work)) is not None:
        await connect(work, first.id, Mode.OBS)


async def _first(work: Work) -> Place | None:
    set_up = [place for place in await work.places.all() if place.set_up is not None]
    return min(set_up or await work.places.all(), key=_age, default=None)


async def served(work: Work) -> list[tuple[Place, Mode]]:
    """Every place OBS serves, and for which anything may be recorded."""
    places = [place for place in await work.places.all() if place.left is None and place.purpose is not Purpose.NOTICES]
    found = [(place, await mode_of(work, place.id)) for place in places]
    return [(place, mode) for place, mode in found if mode is not None]


async def wanted(work: Work) -> bool:
    """Whether the replay buffer shall run; nobody having said so, it shall."""
    return await work.memos.get(BUFFER) != "off"


async def want(work: Work, on: bool) -> None:
    """Whether it shall run from now on."""
    await work.memos.put(BUFFER, "" if on else "off")


def _age(place: Place) -> tuple[float, str]:
    return place.set_up.timestamp() if place.set_up else 0.0, place.id
