"""The newest of what was told about some subjects."""

from core.model.notice import Notice, NoticeKind
from core.model.person import Place
from storage.database import Database
from tests.storage.conftest import NOW


async def test_of_each_subject_the_newest_at_each_address_of_the_place_is_found_and_no_other(database: Database):
    async with database.work() as work:
        for place in ("discord:1", "discord:2"):
            await work.places.put(Place(place, place))
        for n, (place, channel, subject) in enumerate(
            [("1", "a", "hit:1"), ("1", "a", "hit:1"), ("1", "b", "hit:1"), ("1", "a", "hit:10"), ("2", "c", "hit:1")]
        ):
            notice = Notice(NoticeKind.HIT, f"k{n}", f"discord:{place}", f"discord:{channel}", subject, {})
            await work.outbox.put(notice, NOW)
        found = await work.outbox.posts_of("discord:1", ["hit:1", "hit:2"])
        assert [one.key for one in found] == ["k1", "k2"]
        assert await work.outbox.posts_of("discord:1", []) == []
        assert [one.key for one in await work.outbox.posts("discord:1", "hit:1")] == ["k1", "k2", "k3"]
