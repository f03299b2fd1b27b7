"""Videos and their transcripts: stored, found again, and kept apart between places and people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.model.account import Handle
from core.model.transcript import Segment, Word
from core.model.video import Video, VideoTranscript
from core.ports.store import Work
from tests.builders import HERE, THERE, placed
from tests.doubles import CountedStorage

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
VIDEO = Video(0, "7400000000000000001", Handle("chef"), "Chef", "Eggs {x}", "<b>", 61.5, NOW, Path("7.jpg"))
SEGMENTS = (
    Segment(3.0, 4.0, "bye", "en", "groq"),
    Segment(1.0, 2.0, "hello", "en", "groq", (Word(1.0, 2.0, "hello"),)),
)


async def made(work: Work, place: str = HERE, **changes: object) -> VideoTranscript:
    video = await work.videos.ensure(VIDEO)
    transcript = VideoTranscript(0, place, video, "groq", "", "en", False, NOW, "you", video.title)
    return await work.videos.add(replace(transcript, **changes), SEGMENTS)  # type: ignore[arg-type]


@pytest.fixture
async def places(storage: CountedStorage) -> CountedStorage:
    await placed(storage)
    await placed(storage, THERE)
    return storage


async def test_a_video_is_one_for_all_places_and_its_newest_facts_count(places: CountedStorage):
    async with places.work() as work:
        first = await work.videos.ensure(VIDEO)
        again = await work.videos.ensure(replace(VIDEO, title="New", thumbnail=None))
    assert (again.id, again.title, again.thumbnail) == (first.id, "New", Path("7.jpg"))
    assert replace(first, id=0) == VIDEO


async def test_a_transcript_comes_back_as_it_was_in_order_of_time(places: CountedStorage):
    async with places.work() as work:
        stored = await made(work)
    async with places.reading() as work:
        assert await work.videos.get(HERE, stored.id) == stored
        assert await work.videos.segments(HERE, stored.id) == [SEGMENTS[1], SEGMENTS[0]]
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "groq", "") == stored
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "", "") == stored
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "captions", "") is None
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "groq", "fr") is None


async def test_no_place_sees_what_another_has(places: CountedStorage):
    async with places.work() as work:
        stored = await made(work)
        assert await work.videos.get(THERE, stored.id) is None
        assert await work.videos.segments(THERE, stored.id) == []
        assert await work.videos.find(THERE, "you", VIDEO.tiktok_id, "", "") is None
        assert await work.videos.of_place(THERE, "you") == []
        assert await work.videos.change(THERE, stored.id, title="mine") is None
        assert await work.videos.remove(THERE, stored.id) is None


async def test_a_private_one_is_listed_for_who_asked_only(places: CountedStorage):
    async with places.work() as work:
        await made(work, public=False)
        assert len(await work.videos.of_place(HERE, "you")) == 1
        assert await work.videos.of_place(HERE, "another") == []


async def test_the_same_again_replaces_its_words(places: CountedStorage):
    async with places.work() as work:
        first = await made(work)
        second = await work.videos.add(replace(first, title="again"), SEGMENTS[:1])
        assert second.id == first.id
        assert await work.videos.segments(HERE, first.id) == [SEGMENTS[0]]
        assert (await made(work, engine="captions")).id != first.id


async def test_removed_it_is_gone_until_it_is_had_back(places: CountedStorage):
    async with places.work() as work:
        stored = await made(work)
        assert await work.videos.remove(HERE, stored.id) == stored
        assert await work.videos.remove(HERE, stored.id) is None
        assert await work.videos.get(HERE, stored.id) is None
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "", "") is None
        assert await work.videos.of_place(HERE, "you") == []
        assert await work.videos.change(HERE, stored.id, title="x") is None
        assert await work.videos.remove(HERE, stored.id, removed=False) == stored
        assert await work.videos.get(HERE, stored.id) == stored


async def test_its_title_and_who_may_see_it_can_change(places: CountedStorage):
    async with places.work() as work:
        stored = await made(work)
        assert await work.videos.change(HERE, stored.id) == stored
        changed = await work.videos.change(HERE, stored.id, title="Mine", public=False)
        assert changed == replace(stored, title="Mine", public=False)
        assert await work.videos.get(HERE, stored.id) == changed


async def test_what_is_not_changed_stays_as_others_changed_it_meanwhile(places: CountedStorage):
    async with places.work() as work:
        stored = await made(work)
    async with places.work() as work:
        await work.videos.change(HERE, stored.id, title="Mine")
    async with places.work() as work:
        await work.videos.change(HERE, stored.id, public=False)
    async with places.reading() as work:
        assert await work.videos.get(HERE, stored.id) == replace(stored, title="Mine", public=False)


async def test_it_is_changed_only_for_who_asked_for_it_and_while_it_is_called_so(places: CountedStorage):
    async with places.work() as work:
        stored = await made(work)
        assert await work.videos.change(HERE, stored.id, by="another", public=False) is None
        assert await work.videos.change(HERE, stored.id, titled="Otherwise", public=False) is None
        assert await work.videos.get(HERE, stored.id) == stored
        changed = await work.videos.change(HERE, stored.id, by="you", titled=stored.title, public=False)
        assert changed == replace(stored, public=False)


async def test_one_with_speakers_is_found_where_they_are_asked_for_and_where_they_are_not(places: CountedStorage):
    async with places.work() as work:
        plain = await made(work)
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "", "", speakers=True) is None
        parted = replace(plain, engine="assemblyai", made=NOW + timedelta(1), passed=(("groq", "QUOTA"),))
        told = await work.videos.add(parted, [replace(SEGMENTS[0], speaker="A")])
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "", "", speakers=True) == told
        assert await work.videos.find(HERE, "you", VIDEO.tiktok_id, "", "") == told
        assert (await work.videos.segments(HERE, told.id))[0].speaker == "A"
        assert told.passed == (("groq", "QUOTA"),)
