"""For who runs Earshot: which engine turns speech into text, and the weights of the local one."""

import asyncio
import shutil
from datetime import timedelta

from bot.asked import Asked
from bot.awaiting import ended
from bot.command import command
from bot.kinds import Text
from bot.replies.engines import EngineShown, FetchAsked
from core.errors import Denied, Missing
from core.model.person import Platform, Role
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere
from core.model.weights import Presence, Weights
from core.services.choosing import State, states_of
from core.services.fetching import ENGINE as LOCAL
from core.settings import Speech

OFFERED = ("tiny", "base", "small", "medium", "large-v3-turbo", "large-v3")
"""Models that are offered beside the one that is set: those for all languages."""

PATIENCE = timedelta(hours=6)  # of whoever waits at a console; what has come stays
SET = (Speech.AUTO, Speech.NONE)


@command("admin engine", Role.OWNER)
async def engine(asked: Asked, engine: Speech) -> EngineShown | FetchAsked:
    """Which engine turns speech into text"""
    house = asked.house
    if engine == LOCAL:
        known = await asyncio.to_thread(house.fetching.shelf.of, (await house.choosing.look()).model)
        if known.presence is not Presence.HERE:
            return await _question(asked, known)
    elif engine not in SET:
        _check(engine, states_of(house.listening))
    async with house.storage.work() as work:
        await house.choosing.choose_engine(work, engine.value)
    return await _shown(asked)


@command("admin fetch", Role.OWNER, offered=False)
async def fetch(asked: Asked, model: Text) -> WeightsComing | WeightsHere | NoWeights | EngineShown:
    """Fetch the weights of a local model, and use it"""
    house = asked.house
    address = (asked.reply_at or asked.address) if house.worker is None else ""
    async with house.storage.work() as work:
        await work.places.ensure(asked.place)
    alone = asked.person.id if asked.place.platform is Platform.DISCORD else ""  # whose answer nobody else sees
    made = await house.fetching.ask(model, asked.place.id, asked.person.id, address, alone)
    if isinstance(made, Weights):
        return await _shown(asked)
    if house.worker is not None:
        made = await ended(asked, made, PATIENCE, house.fetching.state)
    return house.fetching.state(made)


async def _question(asked: Asked, known: Weights) -> FetchAsked:
    folder = asked.house.settings.DATA_DIR
    every = await asyncio.to_thread(asked.house.fetching.shelf.all)
    try:
        free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    except OSError:
        free = 0
    others = tuple(one for one in every if one.name != known.name and (one.name in OFFERED or not one.known))
    return FetchAsked(known, others, free)


async def _shown(asked: Asked) -> EngineShown:
    house = asked.house
    choice = await house.choosing.look()
    try:
        local = await asyncio.to_thread(house.fetching.shelf.of, choice.model)
    except Missing:
        local = None
    return EngineShown(choice, house.choosing.start, states_of(house.listening), local)


def _check(wanted: Speech, engines: tuple[State, ...]) -> None:
    """Raises Denied ENGINE_UNSET (engine, lacks) for one that nobody has set up: then nothing would be heard at all."""
    known = next((one for one in engines if one.name == wanted), None)
    if known is None or (not known.ready and known.again_in is None and not known.refused):
        raise Denied(
            "ENGINE_UNSET", engine=wanted.value, lacks=known.lacks if known else "it is not part of this version"
        )
