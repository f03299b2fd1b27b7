"""New videos: told once to each place that asked for it, never on the first reading, and errors tell nothing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import EarshotError, Transient
from core.model.account import Handle
from core.model.notice import NoticeKind
from core.model.tellable.videos import VideoPosted
from core.model.video import Post, VideoLink
from core.ports.video import Fetched, Newest, Watcher, Wish
from core.services.videos.posting import Posting
from tests.builders import HERE, THERE, followed, told
from tests.doubles import BEGAN, CountedStorage, HandClock

LOOK_EVERY = 60.0


@dataclass
class StagedPosts:
    """What accounts have posted, newest first."""

    posts: dict[str, list[Post]] = field(default_factory=dict)
    faults: dict[str, EarshotError] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    async def resolve(self, text: str) -> VideoLink:
        raise NotImplementedError

    async def fetch(self, link: VideoLink, folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
        raise NotImplementedError

    async def newest(self, handles: Sequence[Handle], count: int) -> AsyncIterator[Newest]:
        self.asked.append(tuple(handles))
        for handle in handles:
            if handle in self.faults:
                yield Newest(handle, error=self.faults[handle])
                return
            yield Newest(handle, tuple(self.posts.get(handle, ())[:count]))


@dataclass
class Desk:
    """The service and its readings."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    source: StagedPosts = field(default_factory=StagedPosts)

    def __post_init__(self) -> None:
        self.posting = Posting(self.storage, self.clock, self.source, LOOK_EVERY)

    def posted(self, number: int, handle: str = "maria") -> None:
        self.source.posts.setdefault(handle, []).insert(0, Post(str(number), f"post {number}", 31.0, BEGAN))

    async def read(self, times: int = 13) -> None:
        """Let `times` × LOOK_EVERY pass: 12 and a little is the longest between two readings of a told account."""
        for _ in range(times * 2):
            await self.clock.advance(LOOK_EVERY / 2)
            await self.posting.round()

    def told(self) -> list[tuple[str, int]]:
        return [(one.notice.place, one.says.video_id) for one in told(self.folder, NoticeKind.VIDEO)]


@pytest.fixture
def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    return Desk(storage, clock, tmp_path)


async def test_the_first_reading_only_remembers_and_later_videos_are_told_once(desk: Desk):
    follow = await followed(desk.storage, videos=True)
    desk.posted(100)
    await desk.read()
    assert desk.told() == []
    desk.posted(101)
    desk.posted(102)
    await desk.read()
    await desk.read()
    assert desk.told() == [(HERE, 101), (HERE, 102)]
    (first, _) = told(desk.folder, NoticeKind.VIDEO)
    assert first.says == VideoPosted("maria", 101, "post 101", 31.0, BEGAN)
    assert first.notice.address == follow.address
    async with desk.storage.reading() as work:
        account = await work.accounts.get(follow.account_id)
    assert account is not None
    assert (account.posted_id, account.posted_at) == ("102", BEGAN)


async def test_the_first_video_of_an_account_that_had_none_is_told(desk: Desk):
    await followed(desk.storage, videos=True)
    await desk.read()
    desk.posted(100)
    await desk.read()
    assert desk.told() == [(HERE, 100)]


async def test_only_places_that_asked_for_it_and_are_not_paused_are_told(desk: Desk):
    await followed(desk.storage, videos=True)
    await followed(desk.storage, place=THERE, videos=False)
    await followed(desk.storage, place="discord:x", videos=True, paused_until=BEGAN + timedelta(days=9))
    desk.posted(100)
    await desk.read()
    desk.posted(101)
    await desk.read()
    assert desk.told() == [(HERE, 101)]


async def test_an_account_whose_videos_nobody_wants_told_is_read_seldom_and_remembered(desk: Desk):
    follow = await followed(desk.storage)
    desk.posted(100)
    await desk.read(61)
    assert len(desk.source.asked) in (1, 2)  # it begins at a random moment of its first hour
    await desk.read(61)
    assert len(desk.source.asked) <= 3
    async with desk.storage.reading() as work:
        account = await work.accounts.get(follow.account_id)
    assert account is not None
    assert account.posted_id == "100"
    assert desk.told() == []


async def test_a_deleted_newest_video_tells_nothing_old(desk: Desk):
    await followed(desk.storage, videos=True)
    desk.posted(100)
    desk.posted(101)
    await desk.read()
    desk.source.posts["maria"].pop(0)
    await desk.read()
    desk.posted(102)
    await desk.read()
    assert desk.told() == [(HERE, 102)]


async def test_an_error_tells_nothing_and_forgets_nothing(desk: Desk):
    await followed(desk.storage, videos=True)
    desk.posted(100)
    await desk.read()
    desk.source.faults["maria"] = Transient("TIKTOK_LIMIT", retry_after=600.0)
    desk.posted(101)
    await desk.read()
    assert desk.told() == []
    desk.source.faults.clear()
    await desk.read()
    assert desk.told() == [(HERE, 101)]


async def test_accounts_come_together_in_batches_and_not_more_often_than_they_should(desk: Desk):
    for number in range(50):
        await followed(desk.storage, f"user{number}", videos=True)
    await desk.read(11)
    asked = [handle for batch in desk.source.asked for handle in batch]
    assert len(set(asked)) == 50
    assert max(map(len, desk.source.asked)) <= 20
    assert max(map(asked.count, asked)) <= 2


async def test_nobody_followed_nothing_asked(desk: Desk):
    await desk.read()
    assert desk.source.asked == []


async def test_who_is_followed_or_left_later_is_known_at_once(desk: Desk):
    follow = await followed(desk.storage, videos=True)
    await desk.read(1)
    await followed(desk.storage, "amina", videos=True)
    async with desk.storage.work() as work:
        await work.follows.remove(follow.place, follow.account_id)
    desk.source.asked.clear()
    await desk.read()
    assert {handle for asked in desk.source.asked for handle in asked} == {"amina"}
