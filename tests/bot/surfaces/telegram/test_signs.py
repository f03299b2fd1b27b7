"""Posts on Telegram of which nobody knew whether they came: whoever uses one shows that it did, and it changes from then on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.couriers import courier_of
from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.telegram.client import TelegramClient
from bot.surfaces.telegram.hidden import post_in
from core.errors import Transient
from core.model.account import Handle
from core.model.live import Look
from core.model.notice import DeliveryState, Notice, Tellable
from core.model.person import Place, Platform
from core.model.risk import Alert, Assessment, Category, Target, Virality
from core.model.tellable.finds import HitFound
from core.model.tellable.lives import LiveEnded, LiveStarted
from core.model.trigger import Where
from core.services.assessing import tell
from storage.database import Database
from storage.news import News
from tests.bot.surfaces.telegram.conftest import notice, placed, read, running, settled
from tests.builders import outbox
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram
from tests.waiting import until

STARTED = LiveStarted(7, "amina", "Dinner", BEGAN, 1204)
HIT = HitFound(1, 7, 1, "amina", "giveaway", Where.CHAT, "a giveaway", 2, 10, BEGAN, 31.0, "bob")


@dataclass
class Desk:
    """A house whose outbox is delivered to the loopback Telegram."""

    house: House
    telegram: Telegram
    place: Place
    folder: Path

    async def put(self, told: Notice) -> None:
        async with self.house.storage.work() as work:
            await work.outbox.put(told, self.house.clock.now())

    async def lose(self, said: Tellable, method: str = "sendMessage", **how: Any) -> dict[str, Any]:
        """Post something whose answer gets lost; the message."""
        self.telegram.fail_next(method, 502, after=True)
        await self.put(notice(how.pop("place", self.place), said, **how))
        await until(lambda: self.states()[how.get("key", "k")] == "unknown")
        return list(self.telegram.messages.values())[-1]

    async def alert(self, *, virality: Virality = Virality.LOW) -> Alert:
        """Raise an alert whose post is there, and whose answer gets lost."""
        judged = Assessment(Category.HATEFUL, virality, True, Target.GROUP, {}, 0.9, "out with them", 30.0, "Rules.")
        house, now = self.house, self.house.clock.now()
        self.telegram.fail_next("sendMessage", 502, after=True)
        async with house.storage.work() as work:
            account = await work.accounts.ensure(Handle("amina"))
            live, _ = await work.lives.begin(account, Look(now, True, "room", "Dinner", started=now), [self.place.id])
            number = await work.alerts.assessed(live.id, judged, now)
            alert = await work.alerts.raise_(self.place.id, live.id, number, now)
            await tell(work, alert, "amina", self.place.id, house.clock, edits=False)
        await until(lambda: self.states().get(f"risk:{alert.id}") == "unknown")
        return alert

    def states(self) -> dict[str, str]:
        return {one.notice.key: one.state for one in outbox(self.folder)}

    async def quiet(self) -> None:
        """Until nothing waits any more."""
        await until(lambda: not {"new", "retry", "sending"} & set(self.states().values()))

    async def unknown(self) -> int:
        async with self.house.storage.reading() as work:
            return (await work.outbox.counts())[DeliveryState.UNKNOWN]

    async def decided(self, word: str, *which: bool) -> None:
        """Until of the posts these begin with `word`, and nothing waits any more."""
        await until(lambda: tuple(read(message).startswith(word) for message in self.posts()) == which)
        await self.quiet()

    def posts(self, chat: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return self.telegram.messages_in(chat or self.telegram.kitchen)


@pytest.fixture
async def desk(house: House, kernel: Kernel, telegram: Telegram) -> AsyncIterator[Desk]:
    made = settled(house, telegram)
    assert isinstance(made.storage, Database)
    place = await placed(made, telegram.kitchen, set_up=BEGAN)
    client = TelegramClient(made, kernel)
    delivering, _ = courier_of(made, {Platform.TELEGRAM: client.messenger})
    made.storage.on = {News.TOLD: delivering.soon}
    async with running(client):
        task = asyncio.create_task(delivering.run())
        yield Desk(made, telegram, place, made.settings.DATA_DIR)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    made.storage.on = {}
    telegram.assert_clean()


async def test_a_press_on_a_lost_alert_decides_that_very_message(desk: Desk):
    await desk.alert()
    (message,) = desk.posts()
    await desk.telegram.press(message, "Confirm", user=desk.telegram.alice)
    await desk.decided("Confirmed", True)
    (message,) = desk.posts()
    assert "Alice" in read(message)
    assert await desk.unknown() == 0
    await desk.telegram.press(message, "Undo", user=desk.telegram.alice)
    await desk.decided("Confirmed", False)
    assert len(desk.telegram.sent("sendMessage")) == 1


async def test_an_alert_that_was_told_once_more_is_decided_on_both_posts(desk: Desk):
    await desk.alert(virality=Virality.HIGH)
    first, again = await until(lambda: len(desk.posts()) == 2 and desk.posts())
    await desk.quiet()
    assert set(desk.states().values()) == {"unknown", "sent"}
    await desk.telegram.press(first, "Dismiss", user=desk.telegram.alice)
    await desk.decided("Dismissed", True, True)
    assert await desk.unknown() == 0
    await desk.telegram.press(again, "Undo", user=desk.telegram.alice)
    await desk.decided("Dismissed", False, False)
    assert len(desk.posts()) == 2


async def test_a_lost_post_learns_what_was_decided_on_its_copy_as_soon_as_it_is_seen(desk: Desk):
    await desk.alert(virality=Virality.HIGH)
    first, again = await until(lambda: len(desk.posts()) == 2 and desk.posts())
    await desk.quiet()
    await desk.telegram.press(again, "Dismiss", user=desk.telegram.alice)
    await desk.decided("Dismissed", False, True)
    await desk.telegram.text(
        "And this one?", user=desk.telegram.bob, chat=desk.telegram.kitchen, reply_to=first, expect=0
    )
    await until(lambda: read(desk.posts()[0]).startswith("Dismissed"))
    assert await desk.unknown() == 0


async def test_a_reply_in_a_topic_shows_a_lost_post(desk: Desk):
    telegram = desk.telegram
    forum = telegram.add_group("Forum", forum=True)
    thread = telegram.add_topic(forum, "Lives")
    place = await placed(desk.house, forum, set_up=BEGAN)
    lost = await desk.lose(HIT, place=place, address=f"{place.id}/{thread}")
    assert lost["message_thread_id"] == thread
    await telegram.text("Where?", user=telegram.bob, chat=forum, thread=thread, reply_to=lost, expect=0)
    await until(lambda: desk.states() == {"k": "sent"})
    assert [one.external for one in outbox(desk.folder)] == [str(lost["message_id"])]


async def test_a_start_with_its_cover_becomes_the_end_after_a_press(desk: Desk, tmp_path: Path):
    cover = tmp_path / "cover.jpg"
    cover.write_bytes(b"a picture")
    lost = await desk.lose(replace(STARTED, cover=str(cover)), "sendPhoto", subject="live:7")
    assert "photo" in lost
    await desk.telegram.press(lost, "Mute for 30 min", user=desk.telegram.alice)
    await until(lambda: desk.states() == {"k": "sent"})
    ended = LiveEnded(7, "amina", "Dinner", BEGAN, BEGAN + timedelta(minutes=48))
    await desk.put(notice(desk.place, ended, key="end", subject="live:7", edits=True))
    await until(lambda: "has ended" in read(desk.telegram.messages[desk.telegram.kitchen["id"], lost["message_id"]]))
    assert [message["message_id"] for message in desk.posts() if "has ended" in read(message)] == [lost["message_id"]]


@pytest.mark.parametrize("manager", [True, False])
async def test_a_forwarded_post_of_a_channel_is_believed_of_its_managers(desk: Desk, manager: bool):
    telegram = desk.telegram
    channel = telegram.add_channel("News")
    telegram.admins[channel["id"]] = {telegram.alice["id"]} if manager else set()
    place = await placed(desk.house, channel, set_up=BEGAN)
    lost = await desk.lose(HIT, place=place)
    origin = {"type": "channel", "date": 1, "chat": channel, "message_id": lost["message_id"]}
    body = {"text": lost["text"], "entities": lost["entities"], "forward_origin": origin}
    message = telegram._user_message(telegram.alice, telegram.private(telegram.alice), {"forward_origin": origin})
    message |= body
    telegram.push({"message": message})
    await telegram.wait_message(telegram.private(telegram.alice))
    assert desk.states() == {"k": "sent" if manager else "unknown"}


async def test_a_post_seen_in_another_chat_tells_nothing(desk: Desk):
    """As if somebody could show a message of ours elsewhere."""
    lost = await desk.lose(HIT)
    elsewhere = {**lost, "chat": desk.telegram.private(desk.telegram.bob)}
    await desk.telegram.text("/start", user=desk.telegram.bob, reply_to=elsewhere)
    assert desk.states() == {"k": "unknown"}


async def test_a_database_that_is_busy_hinders_no_press(desk: Desk):
    async def busy(*_: str) -> None:
        raise Transient("STORE_BUSY")

    desk.house.doors.seen = busy
    alert = await desk.alert()
    (message,) = desk.posts()
    pressed = await desk.telegram.press(message, "Confirm", user=desk.telegram.alice)
    assert pressed.answer is not None
    await until(lambda: any(read(message).startswith("Confirmed") for message in desk.posts()))
    assert desk.states()[f"risk:{alert.id}"] == "unknown"


async def test_posts_carry_their_nonce_where_nobody_sees_it_and_panels_do_not(desk: Desk):
    lost = await desk.lose(HIT)
    links = [entity["url"] for entity in lost["entities"] if entity["type"] == "text_link"]
    assert len(links) == 1
    first, *_ = lost["text"].split("\n")
    assert first.endswith("\u200d")
    (panel,) = await desk.telegram.text("/following", user=desk.telegram.alice, chat=desk.telegram.kitchen)
    assert "post=" not in str(panel.get("entities"))
    assert post_in([]) is None
