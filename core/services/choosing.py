"""Choosing: which engine hears and which model the local one uses: as the settings say, or as the owner has chosen since."""

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace

from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import again_and_again
from core.services.listening import Listening

MEMO = "speech:engine"
LOOK = 0.5  # seconds between two looks whether another process has changed it


@dataclass(frozen=True)
class Choice:
    """The name of an engine, AUTO or NOTHING (core/services/listening); and the model of the local one."""

    engine: str
    model: str


@dataclass(frozen=True)
class State:
    """How an engine is. `tried`: the choice includes it. `lacks` says what it cannot work without, `again_in` in how many seconds
    it can by itself (None: somebody has to do something), `refused` that it does not take its key."""

    name: str
    ready: bool
    tried: bool
    lacks: str = ""
    again_in: float | None = None
    refused: bool = False


@dataclass
class Choosing:
    """`start` is what the settings say. What was chosen since counts until the settings say something else."""

    storage: Storage
    clock: Clock
    start: Choice
    now: Choice = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.start

    async def run(self) -> None:
        """Heed what is chosen in any process, until cancelled."""
        await again_and_again(self.clock, LOOK, "the choice of an engine", self.look)

    async def look(self) -> Choice:
        """What counts now."""
        async with self.storage.reading() as work:
            self.now = await self._stored(work)
        return self.now

    async def choose_engine(self, work: Work, engine: str) -> None:
        """From now on this engine; the model of the local one stays what it is by now."""
        await self.choose(work, replace(await self._stored(work), engine=engine))

    async def choose(self, work: Work, choice: Choice) -> None:
        """From now on this; what the settings say anyway needs no note."""
        note = {"engine": choice.engine, "model": choice.model, "instead of": [self.start.engine, self.start.model]}
        await work.memos.put(MEMO, "" if choice == self.start else json.dumps(note))

    async def _stored(self, work: Work) -> Choice:
        return _read(await work.memos.get(MEMO), self.start)


def _read(said: str, start: Choice) -> Choice:
    with suppress(ValueError, KeyError, TypeError):
        note = json.loads(said)
        if note["instead of"] == [start.engine, start.model]:
            return Choice(str(note["engine"]), str(note["model"]))
    return start


def states_of(listening: Listening) -> tuple[State, ...]:
    """Every engine, in the order of `auto`."""
    tried = {engine.name for engine in listening.order()}
    return tuple(
        State(
            engine.name,
            ready.ready and not listening.shut(engine.name),
            engine.name in tried,
            ready.lacks,
            ready.again_in,
            engine.name in listening.refused,
        )
        for engine in listening.engines
        for ready in (engine.readiness(),)
    )
