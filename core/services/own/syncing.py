"""Syncing: a person's own videos, listed for picking, and transcribed by themselves where the person wants that."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.link import VIDEOS_SCOPE, Link, OwnVideo, VideoPage
from core.model.person import Address, Person, Place
from core.model.video import VideoLink, VideoTranscript
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.enduring import again_and_again
from core.services.own.linking import Linking
from core.services.videos.ordering import Order

log = logging.getLogger(__name__)
AT_ONCE = 10
EVERY = timedelta(minutes=15).total_seconds()
VIDEO_ID = re.compile(r"[0-9]{10,20}")


@dataclass(frozen=True)
class Picked:
    """An own video somebody wants as text. `number` is that of its transcript (`v12`) where there is one already, else empty."""

    video: OwnVideo
    number: str


class Transcribes(Protocol):
    """Whoever turns videos into text."""

    async def find(self, text: str) -> VideoLink:
        """The video a link leads to."""
        ...

    async def ask(self, place: str, by: str, order: Order) -> object:
        """The transcript, where there is one already; else the result is posted at the order's address."""
        ...


@dataclass
class Syncing:
    """Own videos of all people who have linked an account."""

    storage: Storage
    clock: Clock
    linking: Linking
    transcribing: Transcribes

    async def run(self) -> None:
        """Look for new videos of links that want that, until cancelled."""
        await again_and_again(self.clock, EVERY, "own videos", self._round)

    async def page(self, person: str, cursor: int = 0) -> VideoPage:
        """Videos older than `cursor`, 20 at most. Raises Missing NOT_CONNECTED, Denied LINK_SCOPE, and what Official raises."""
        link = await self.linking.of(person)
        return await self._page(link, cursor)

    async def pick(
        self, place: Place, person: Person, address: Address, wanted: Sequence[str], cursor: int = 0
    ) -> tuple[Picked, ...]:
        """Have up to 10 videos transcribed, by their ids or their numbers (from 1) in the page at `cursor`.

        Raises Invalid PICK_MANY (n, m), Missing NOT_FOUND (x) for one that is not the person's own, and what `page` raises.
        """
        if len(wanted) > AT_ONCE:
            raise Invalid("PICK_MANY", n=len(wanted), m=AT_ONCE)
        found = await self._found(await self.linking.of(person.id), list(dict.fromkeys(wanted)), cursor)
        return tuple([Picked(video, await self._ask(place, person.id, address, video)) for video in found])

    async def _found(self, link: Link, wanted: list[str], cursor: int) -> list[OwnVideo]:
        known: dict[str, OwnVideo] = {}
        if any(not VIDEO_ID.fullmatch(one) for one in wanted):
            page = await self._page(link, cursor)
            known = {str(number): video for number, video in enumerate(page.videos, 1)}
        ids = [one for one in wanted if VIDEO_ID.fullmatch(one)]
        if ids:
            official = self.linking.there()
            own = await self.linking.use(_videos_of(link), lambda access: official.videos_of(access, ids))
            known |= {video.tiktok_id: video for video in own}
        missing = next((one for one in wanted if one not in known), None)
        if missing is not None:
            raise Missing("NOT_FOUND", x=missing)
        return list({known[one].tiktok_id: known[one] for one in wanted}.values())

    async def _ask(self, place: Place, by: str, address: Address, video: OwnVideo) -> str:
        found = await self.transcribing.find(video.link)
        order = Order(found.id, found.handle, address, likely=place.language)
        made = await self.transcribing.ask(place.id, by, order)
        return made.number if isinstance(made, VideoTranscript) else ""

    async def _page(self, link: Link, cursor: int) -> VideoPage:
        official = self.linking.there()
        return await self.linking.use(_videos_of(link), lambda access: official.videos(access, cursor))

    async def _round(self) -> None:
        if self.linking.official is None:
            return
        async with self.storage.reading() as work:
            links = [link for link in await work.links.all() if link.automatic]
        for link in links:
            try:
                await self._news(link)
            except EarshotError as error:  # one person's or place's trouble; the next round finds what was missed
                log.warning("own videos of link %s: %s", link.id, error.code)

    async def _news(self, link: Link) -> None:
        """Ask for the videos posted since the last look; the first look only remembers."""
        async with self.storage.reading() as work:
            place = await work.places.get(link.place)
        videos = (await self._page(link, 0)).videos
        if not videos or place is None:
            return
        for video in reversed(videos):
            if link.newest is not None and video.posted > link.newest:
                await self._ask_if_one(place, link, video)
        async with self.storage.work() as work:
            await work.links.change(link.id, newest=max(video.posted for video in videos))

    async def _ask_if_one(self, place: Place, link: Link, video: OwnVideo) -> None:
        """Pictures are listed among the videos: what can never be transcribed must not keep the others from it."""
        try:
            await self._ask(place, link.person, link.address, video)
        except Transient:
            raise
        except EarshotError as error:
            log.info("own video %s: %s", video.tiktok_id, error.code)


def _videos_of(link: Link) -> Link:
    """The link, when its person allowed their videos to be seen."""
    if VIDEOS_SCOPE not in link.scopes:
        raise Denied("LINK_SCOPE")
    return link
