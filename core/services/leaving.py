"""Leaving: a place Earshot was sent away from is kept for a week, in case that was a mistake; then it is forgotten for good."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from core.model.person import Place
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import again_and_again

log = logging.getLogger(__name__)
GRACE = timedelta(days=7)
HOUR = 3600.0  # seconds between two looks for what may be forgotten
FOLLOWS = "follows"  # the revision that tells a running Earshot who is followed where


async def _nobody(*_: str) -> None:
    pass


@dataclass
class Doors:
    """Where chats say what happens to their places: `left` and `back` take a place, `reopened` an address that may be posted at
    (perhaps it always could), `moved` the id of a place before and now, `spent` the address somebody was answered at, `seen` the
    chat, the nonce and the id of a post that somebody used."""

    left: Callable[[str], Awaitable[object]] = _nobody
    back: Callable[[str], Awaitable[object]] = _nobody
    reopened: Callable[[str], Awaitable[object]] = _nobody
    moved: Callable[[str, str], Awaitable[object]] = _nobody
    spent: Callable[[str], object] = lambda address: None
    seen: Callable[[str, str, str], Awaitable[object]] = _nobody


@dataclass(frozen=True)
class Leaving:
    """Places that are left, come back to and forgotten. `reopened` tries what waits for a place; `files` are what else is
    kept of a place in files and folders."""

    storage: Storage
    clock: Clock
    reopened: Callable[[str], Awaitable[None]]
    files: Callable[[str], Iterable[Path]] = lambda place: ()

    async def left(self, place_id: str) -> None:
        """Earshot is not there any more: from now on nothing is looked at for it; what waits for it is kept."""
        async with self.storage.work() as work:
            place = await work.places.get(place_id)
            if place is not None and place.left is None:
                await work.places.put(replace(place, left=self.clock.now()))
                await work.revisions.bump(FOLLOWS)

    async def back(self, place_id: str) -> bool:
        """Earshot is there again: everything goes on as it was set up. False: it is a new place, or has been forgotten."""
        async with self.storage.work() as work:
            place = await work.places.get(place_id)
            if place is not None and place.left is not None:
                await work.places.put(replace(place, left=None))
                await work.revisions.bump(FOLLOWS)
        if place is not None:
            await self.reopened(place_id)
        return place is not None

    async def run(self) -> None:
        """Forget what has been left for a week, until cancelled."""
        await again_and_again(self.clock, HOUR, "leaving", self.purge)

    async def purge(self) -> int:
        """Forget every place that was left more than a week ago; how many. A person who does not want to be written to just now
        has not asked to be forgotten."""
        async with self.storage.reading() as work:
            gone = await work.places.left_before(self.clock.now() - GRACE)
        return sum([await self._forget(place) for place in gone if not place.private])

    async def _forget(self, place: Place) -> bool:
        """In small transactions, its files first: a stop in between leaves it to the next time."""
        async with self.storage.reading() as work:
            paths = await work.places.files(place.id)
            lives = await work.lives.of_place(place.id, limit=1_000_000)
            own = [live.id for live in lives if await work.lives.places_of(live.id) == [place.id]]
        await asyncio.to_thread(_unlink, [*paths, *self.files(place.id)])
        for live_id in own:
            if not await self._step(place, lambda work, live_id=live_id: work.lives.remove(live_id)):  # type: ignore[misc]
                return False
        forgotten = await self._step(place, lambda work: work.places.forget(place.id))
        if forgotten:
            log.info("forgot %s, left since %s", place.id, place.left)
        return forgotten

    async def _step(self, place: Place, step: Callable[[Work], Awaitable[bool]]) -> bool:
        """Take a step until it is done; False when Earshot is back meanwhile."""
        done = False
        while not done:
            async with self.storage.work() as work:
                now = await work.places.get(place.id)
                if now is None or now.left is None:
                    return False
                done = await step(work)
        return True


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("a file of a forgotten place stays: %s", error)
