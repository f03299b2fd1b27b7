"""Posting: which videos the followed accounts have posted, told once to each place that asked for it."""

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.model.account import Account, Follow
from core.model.feed import Event
from core.model.notice import Notice, facts_of
from core.model.tellable.videos import VideoPosted
from core.model.video import Post
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.ports.video import Newest, VideoSource
from core.services.enduring import again_and_again
from core.services.feeding import way_of
from core.services.holding import hold

log = logging.getLogger(__name__)
TOLD_TIMES, REST_TIMES = 10, 60
"""Times LOOK_EVERY between two readings: of an account whose videos somebody wants told, and of any other (so that its card can
say that it posted today)."""

GLANCE = 5.0  # seconds between two looks for what is due
BATCH = 20  # accounts read by one process
COUNT = 5  # posts read of each
NONE_YET = "0"  # what is remembered of an account that was read and had nothing


@dataclass
class Posting:
    """Reads every followed account now and then; the first reading only remembers. Errors are never told: the next reading is
    as good. `look_every` is LOOK_EVERY in seconds."""

    storage: Storage
    clock: Clock
    source: VideoSource
    look_every: float
    _due: dict[int, datetime] = field(default_factory=dict)
    _follows: dict[int, list[Follow]] = field(default_factory=dict)
    _revision: int = -1

    async def run(self) -> None:
        """Read, until cancelled."""
        await again_and_again(self.clock, GLANCE, "reading what was posted", self.round)

    async def round(self) -> None:
        """Read what is due now. An account that is new here comes at a random moment of its interval: not all at once."""
        now = self.clock.now()
        await self._learn(now)
        due = sorted((at, number) for number, at in self._due.items() if at <= now)[:BATCH]
        if not due:
            return
        async with self.storage.reading() as work:
            read = [(await work.accounts.get(number), self._follows[number]) for _, number in due]
        accounts = {account.handle: (account, those) for account, those in read if account is not None}
        for _, number in due:
            self._due[number] = now + self._every(self._follows[number]) * random.uniform(0.8, 1.2)
        if accounts:
            async for newest in self.source.newest(tuple(accounts), COUNT):
                await self._read(*accounts[newest.handle], newest)

    async def _learn(self, now: datetime) -> None:
        """Take over who is followed, when that has changed."""
        async with self.storage.reading() as work:
            revision = await work.revisions.of("follows")
            if revision == self._revision:
                return
            everybody = await work.follows.all()
        self._follows, self._revision = {}, revision
        for follow in everybody:
            self._follows.setdefault(follow.account_id, []).append(follow)
        self._due = {
            number: self._due.get(number) or now + self._every(those) * random.uniform(0, 1)
            for number, those in self._follows.items()
        }

    def _every(self, follows: Sequence[Follow]) -> timedelta:
        times = TOLD_TIMES if any(follow.videos for follow in follows) else REST_TIMES
        return timedelta(seconds=times * self.look_every)

    async def _read(self, account: Account, follows: Sequence[Follow], newest: Newest) -> None:
        if newest.error is not None:
            log.info("posts of @%s: %s", account.handle, newest.error)
            return
        last = max(newest.posts, key=lambda post: int(post.id), default=None)
        new = [post for post in newest.posts if account.posted_id and int(post.id) > int(account.posted_id)]
        if account.posted_id and not new:
            return
        async with self.storage.work() as work:
            await work.accounts.posted(account.id, last.id if last else NONE_YET, last.posted if last else None)
            for post in sorted(new, key=lambda post: int(post.id)):
                for follow in follows:
                    if follow.videos and follow.active(self.clock.now()):
                        await self._tell(work, follow, post)

    async def _tell(self, work: Work, follow: Follow, post: Post) -> None:
        now = self.clock.now()
        way = await way_of(work, Event.VIDEO, follow, now)
        if way is None:
            return
        if way.held:
            await hold(work, Event.VIDEO, follow, now)
            return
        kind, facts = facts_of(VideoPosted(follow.handle, int(post.id), post.title, post.seconds, post.posted))
        subject = f"video:{post.id}"
        key = f"{subject}:{follow.place}"
        await work.outbox.put(Notice(kind, key, follow.place, way.address, subject, facts, silent=way.silent), now)
