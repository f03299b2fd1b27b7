"""Where a risk alert stands on Discord."""

from dataclasses import replace

from bot.house import House
from core.model.feed import Event, Feed
from tests.bot.surfaces.discord.kit import Server, connected, live_of
from tests.bot.surfaces.discord.test_posting import Desk, risk, started
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord


async def test_alerts_with_an_address_of_their_own_stand_there_and_in_no_thread(
    discord: FakeDiscord, server: Server, house: House
):
    _, live = await live_of(house.storage, server, BEGAN)
    where = f"discord:{server.channel['id']}"
    async with connected(house) as client:
        desk = Desk(house, server, client)
        start = await desk.tell(started(live.id), f"live:{live.id}")
        within = await desk.tell(risk(live.id), "risk:1", urgent=True)
        async with house.storage.work() as work:
            await work.feeds.put(Feed(f"discord:{server.guild['id']}", Event.RISK, where))
        apart = await desk.tell(risk(live.id), "risk:2", urgent=True)
        of_no_live = await desk.tell(replace(risk(live.id), live_id=None, item="comment:9"), "risk:3", urgent=True)
    assert within.partition("/")[0] == start.partition("/")[2]
    assert {external.partition("/")[0] for external in (apart, of_no_live)} == {server.channel["id"]}
    discord.assert_clean()
