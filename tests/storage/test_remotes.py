"""Recordings that lie at services elsewhere: one for each job and engine that waits, and all of them until they are gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.model.recording import Remote
from tests.builders import HERE, placed
from tests.doubles import CountedStorage

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
REMOTE = Remote(0, "transcribe:x", HERE, "assemblyai", "https://there/1", ((1.0, 2.5), (7.0, 8.0)), NOW, "", "a secret")


async def test_it_comes_back_as_it_was_and_keeps_its_secret_to_itself(storage: CountedStorage):
    async with storage.work() as work:
        stored = await work.remotes.add(REMOTE)
        await work.remotes.submitted(stored.id, "n1")
    async with storage.reading() as work:
        found = await work.remotes.waiting("transcribe:x", "assemblyai")
        assert found == replace(REMOTE, id=stored.id, external="n1")
        assert await work.remotes.of_number("n1") == [found]
        assert await work.remotes.waiting("transcribe:x", "another") is None
        assert await work.remotes.waiting("transcribe:y", "assemblyai") is None
        assert await work.remotes.of_number("") == []
    assert "a secret" not in repr(found)


async def test_who_is_second_goes_on_with_what_the_first_handed_over(storage: CountedStorage):
    async with storage.work() as work:
        first = await work.remotes.add(REMOTE)
        assert await work.remotes.add(replace(REMOTE, upload="https://there/2")) == first
        await work.remotes.over(REMOTE.key)
        assert (await work.remotes.add(replace(REMOTE, upload="https://there/2"))).id != first.id


async def test_what_is_over_or_old_has_to_go_and_is_there_until_it_is_gone(storage: CountedStorage):
    await placed(storage)
    async with storage.work() as work:
        over = await work.remotes.add(replace(REMOTE, over=True))
        old = await work.remotes.add(replace(REMOTE, key="old", since=NOW - timedelta(2)))
        await work.remotes.add(replace(REMOTE, key="waits"))
        assert [one.id for one in await work.remotes.left(NOW - timedelta(1), 10)] == [over.id, old.id]
        assert len(await work.remotes.left(NOW - timedelta(1), 1)) == 1
        await work.remotes.remove(over.id)
        assert [one.id for one in await work.remotes.left(NOW - timedelta(1), 10)] == [old.id]
