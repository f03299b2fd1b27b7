"""What is told later changes old messages on Discord, as long as it lets them change; what matters is said anew, what must not be
shown any longer goes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.house import House
from core.model.risk import Verdict
from core.model.screening import State
from core.model.tellable.finds import ClipSaved
from core.model.tellable.screened import Screened
from core.ports.clock import Clock
from tests.bot.surfaces.discord.kit import Server, connected, labels, live_of, texts
from tests.bot.surfaces.discord.test_posting import Desk, ended, hit, message_of, risk, rolling, started
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord


@dataclass
class Later:
    """A clock more than an hour ahead."""

    clock: Clock

    def now(self) -> datetime:
        return self.clock.now() + timedelta(minutes=62)

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)


def clip(live_id: int, shown: str, state: State = State.PASSED) -> ClipSaved:
    return ClipSaved(
        1, live_id, "amina", shown, "/none/1.mp4", 40.0, 4, 720, 1280, "giveaway", screened=Screened(state)
    )


async def test_an_old_message_that_may_not_change_becomes_a_new_one_when_it_matters(
    discord: FakeDiscord, server: Server, house: House
):
    discord.old_edit_wait = 600.0
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        desk = Desk(house, server, client)
        start = await desk.tell(started(live.id), f"live:{live.id}")
        alert = await desk.tell(risk(live.id), "risk:1")
        for external in (start, alert):
            discord.age(message_of(discord, external), 4000)
        desk = Desk(replace(house, clock=Later(house.clock)), server, client, 10)
        before = len(discord.requests)
        fresher = await desk.tell(started(live.id), f"live:{live.id}", edits=True, silent=True)
        repeated = await desk.tell(risk(live.id, repeats=2), "risk:1", edits=True, silent=True)
        assert len(discord.requests) == before, "a count is not worth a call"
        over = await desk.tell(ended(live.id), f"live:{live.id}", edits=True)
        decided = await desk.tell(
            risk(live.id, verdict=Verdict.CONFIRMED, decided_by="Mona", decided_at=BEGAN), "risk:1", edits=True
        )
    assert fresher == start
    assert repeated == alert
    assert over != start
    assert "has ended" in texts(message_of(discord, over))
    assert decided != alert
    assert "Undo" in labels(message_of(discord, decided))
    discord.assert_clean()


@pytest.mark.parametrize("refused", [False, True])
async def test_what_may_be_about_minors_leaves_old_messages_too_and_where_they_do_not_change_they_go(
    discord: FakeDiscord, server: Server, house: House, refused: bool
):
    discord.old_edit_wait = 600.0
    _, live = await live_of(house.storage, server, BEGAN)
    posts = {
        "hit:1": (hit(live.id, "these words"), hit(live.id, "")),
        "rolling:1": (rolling(live.id, "these words"), rolling(live.id, "")),
        "risk:1": (replace(risk(live.id), quote="these words"), replace(risk(live.id, restricted=True), quote="")),
        "clip:1": (clip(live.id, "these words"), clip(live.id, "a clip", State.REJECTED)),
    }
    async with connected(house) as client:
        desk = Desk(house, server, client)
        before = [await desk.tell(said, subject) for subject, (said, _) in posts.items()]
        if refused:
            for external in before:
                discord.age(message_of(discord, external), 4000)
        desk = Desk(replace(house, clock=Later(house.clock)), server, client, 10)
        after = [await desk.tell(said, subject, edits=True, silent=True) for subject, (_, said) in posts.items()]
    assert (after == before) is not refused
    assert len(discord.sent("PATCH", "/channels/*/messages/*")) == len(posts), "one that is refused holds up no other"
    assert not [one for one in discord.messages.values() if "these words" in texts(one)]
    discord.assert_clean()


async def test_what_matters_changes_an_old_message_as_long_as_discord_lets_it(
    discord: FakeDiscord, server: Server, house: House
):
    _, live = await live_of(house.storage, server, BEGAN)
    async with connected(house) as client:
        start = await Desk(house, server, client).tell(started(live.id), f"live:{live.id}")
        late = Desk(replace(house, clock=Later(house.clock)), server, client, 10)
        assert await late.tell(ended(live.id), f"live:{live.id}", edits=True) == start
    discord.assert_clean()
