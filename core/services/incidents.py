"""Incidents: what is not well with Earshot itself is told to its owners once, and told again when it is over."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import EarshotError
from core.model.feed import OFF, Event
from core.model.notice import Notice, facts_of
from core.model.person import Address, private_chat
from core.model.tellable.house import Health
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import again_and_again
from core.services.feeding import hushed

log = logging.getLogger(__name__)
EVERY = 30.0  # seconds between two looks
CALM = timedelta(seconds=90)  # what was well for so long is over; less is a pause of it
LATE, WAITS = "POSTS_LATE", timedelta(seconds=120)
"""What it is called that posts are late, and from when on one is."""
ENGINE_KEY = "ENGINE_KEY"
"""What it is called that an engine refuses its key; the engine's name stands behind a colon."""
JUDGE_KEY, JUDGE_MODEL, JUDGE_DOWN = "JUDGE_KEY", "JUDGE_MODEL", "JUDGE_DOWN"
"""What it is called that a model that judges refuses its key, is gone, or does not answer; its name behind a colon."""


@dataclass(frozen=True)
class Probe:
    """One thing that can be wrong: `measure` gives how much (seconds, bytes: as the card of `what` says it), None when it is well.
    It must have been wrong for `after` before anybody is told."""

    what: str
    measure: Callable[[], Awaitable[float | None]]
    after: timedelta = timedelta(0)


@dataclass
class State:
    """How one probe stands: wrong since, well since, and whether that was told."""

    since: datetime | None = None
    well: datetime | None = None
    told: bool = False


@dataclass
class Incidents:
    """Tells the owners (ids of people) and the places whose posts are late, on the `platforms` that are connected."""

    storage: Storage
    clock: Clock
    probes: Sequence[Probe]
    owners: Sequence[str]
    platforms: Sequence[str]
    _states: dict[str, State] = field(default_factory=dict)

    async def run(self) -> None:
        """Look at all probes, until cancelled."""
        await again_and_again(self.clock, EVERY, "looking whether all is well", self.round)

    async def round(self) -> None:
        """Look at each probe once."""
        for probe in self.probes:
            try:
                amount = await probe.measure()
            except (EarshotError, OSError) as error:  # what cannot be measured is neither well nor wrong
                log.info("%s cannot be measured: %s", probe.what, error)
                continue
            await self._see(probe, amount, self.clock.now())

    async def _see(self, probe: Probe, amount: float | None, now: datetime) -> None:
        state = self._states.get(probe.what)
        if state is None:
            state = self._states[probe.what] = await self._before(probe.what)
        if amount is None:
            await self._see_well(probe, state, now)
            return
        state.since, state.well = state.since or now, None
        if not state.told and now - state.since >= probe.after:
            await self._tell(Health(probe.what, state.since, None, amount), state.since)
            state.told = True

    async def _see_well(self, probe: Probe, state: State, now: datetime) -> None:
        if state.since is None:
            return
        state.well = state.well or now
        if now - state.well < (CALM if state.told else timedelta(0)):
            return
        if state.told:
            await self._tell(Health(probe.what, state.since, state.well), state.since)
        state.since, state.well, state.told = None, None, False

    async def _before(self, what: str) -> State:
        """What was told before a restart."""
        async with self.storage.reading() as work:
            since = await work.memos.get(_memo(what))
        return State(datetime.fromisoformat(since), None, True) if since else State()

    async def _tell(self, said: Health, since: datetime) -> None:
        """Tell it, and remember that it was told, in one transaction."""
        kind, facts = facts_of(said)
        over, now = said.ended is not None, self.clock.now()
        subject = f"health:{said.what}:{since.isoformat()}"
        async with self.storage.work() as work:
            for place, address in await self._whom(work, said, now):
                key = f"{subject}:{'over' if over else 'open'}:{address}"
                silent = over or await hushed(work, place, now, Event.HEALTH)
                notice = Notice(kind, key, place, address, subject, facts, edits=over, silent=silent, urgent=not over)
                await work.outbox.put(notice, now)
            await work.memos.put(_memo(said.what), "" if over else since.isoformat())

    async def _whom(self, work: Work, said: Health, now: datetime) -> list[tuple[str, Address]]:
        """(place, address) of everybody who is told: for the end of an incident those who know of its beginning. An owner's own
        chat may be muted like every other."""
        if said.ended is not None:
            return await work.outbox.addresses(f"health:{said.what}:{said.since.isoformat()}")
        chats = [private_chat(owner) for owner in self.owners if owner.partition(":")[0] in self.platforms]
        owners = [(chat, chat) for chat in chats if await work.feeds.address(chat, Event.HEALTH, 0) != OFF]
        if said.what != LATE:
            return owners
        places = []
        for place in await work.outbox.late(self.platforms, now - WAITS):
            address = await work.feeds.address(place, Event.HEALTH, 0)
            if address not in ("", OFF):
                places.append((place, address))
        return [*owners, *places]


def _memo(what: str) -> str:
    return f"incident {what}"
