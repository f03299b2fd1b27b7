"""Alerts, quiet hours, digest, looks, keeping data by the real library: pressed, answered, typed, and what follows."""

from datetime import time, timedelta
from pathlib import Path

from bot.house import House
from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Follow, Handle
from core.model.clip import Cut
from core.model.digest import Every, Rhythm
from core.model.live import Look
from core.services.lives.scene import Scene
from core.services.lives.welcoming import tell_start
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_panels import Thing, client, place_of, press
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram

__all__ = ["client"]
LINE = "{account} cooks {title} <b>now</b> @alice_test &amp; {viewers}"


async def starts(house: House, chat: Thing) -> None:
    """@amina goes live, and the chat is told."""
    place = f"telegram:{chat['id']}"
    async with house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        follow = await work.follows.add(Follow(0, place, account.id, account.handle, place, BEGAN))
        look = Look(BEGAN, True, "room-1", "Dinner", viewers=1204, started=BEGAN)
        live, _ = await work.lives.begin(account, look, [place])
        await tell_start(work, Scene(live, account, (follow,)), look, [place], house.clock)


async def post_of(telegram: Telegram, chat: Thing) -> Thing:
    post: Thing = await telegram.wait_message(chat, match=lambda message: "is live" in read(message))
    return post


async def test_sounds_are_turned_off_and_on_and_then_a_live_begins_so(client: TelegramClient, telegram: Telegram):
    kitchen = telegram.kitchen
    await placed(client.house, kitchen, set_up=BEGAN)
    (panel,) = await telegram.text("/settings section=alerts", user=telegram.alice, chat=kitchen)
    assert "A risk alert always has a sound" in read(panel)
    assert "call" not in read(panel), "there are no roles here"
    assert labels(panel) == [*map(str, range(1, 9)), "Everything set here"]
    panel = await press(telegram, panel, "4")
    assert "4. A trigger fires · without a sound" in read(panel)
    panel = await press(telegram, panel, "4")
    assert "4. A trigger fires · with a sound" in read(panel)
    await press(telegram, panel, "1")
    (typed,) = await telegram.text("/settings event=risk sound=no", user=telegram.alice, chat=kitchen)
    assert "A risk alert always has a sound." in read(typed)
    assert (await place_of(client.house, kitchen)).silent == ("live",)
    await starts(client.house, kitchen)
    await post_of(telegram, kitchen)
    (call,) = [one for one in telegram.sent("sendMessage") if "is live" in one.params["text"]]
    assert call.params["disable_notification"] is True
    telegram.assert_clean()


async def test_quiet_hours_are_pressed_answered_and_typed(client: TelegramClient, telegram: Telegram):
    kitchen = telegram.kitchen
    await placed(client.house, kitchen, set_up=BEGAN)
    (panel,) = await telegram.text("/settings section=quiet hours", user=telegram.alice, chat=kitchen)
    panel = await press(telegram, panel, "22:00–08:00")
    panel = await press(telegram, await press(telegram, panel, "From 23:00"), "To 07:00")
    assert read(panel).startswith("Quiet hours · 23:00–07:00")
    question = await press(telegram, panel, "Other hours")
    assert read(question).startswith("Which hours?")
    (wrong,) = await telegram.text("at night", user=telegram.alice, chat=kitchen, reply_to=question)
    assert "I cannot read “at night” as hours." in read(wrong)
    now = client.house.clock.now()
    running = f"{now - timedelta(hours=2):%H:%M} - {now + timedelta(hours=2):%H:%M}"
    (panel,) = await telegram.text(f"/settings hours {running}", user=telegram.alice, chat=kitchen)
    assert "It is quiet now, until" in read(panel)
    await starts(client.house, kitchen)
    await post_of(telegram, kitchen)
    (call,) = [one for one in telegram.sent("sendMessage") if "is live" in one.params["text"]]
    assert call.params["disable_notification"] is True
    await press(telegram, panel, "Off")
    assert (await place_of(client.house, kitchen)).quiet_hours is None
    telegram.assert_clean()


async def test_the_digest_is_set_in_its_section_and_stays_where_it_goes(client: TelegramClient, telegram: Telegram):
    kitchen = telegram.kitchen
    place = await placed(client.house, kitchen, set_up=BEGAN, address=f"telegram:{kitchen['id']}")
    (panel,) = await telegram.text("/settings digest", user=telegram.alice, chat=kitchen)
    panel = await press(telegram, panel, "Every week")
    question = await press(telegram, panel, "Another hour")
    assert read(question).startswith("At what time?")
    (panel,) = await telegram.text("7h30", user=telegram.alice, chat=kitchen, reply_to=question)
    assert "on Mondays at 07:30" in read(panel)
    assert "The next one comes on" in read(panel)
    assert await client.house.digesting.rhythm(place) == (Rhythm(Every.WEEKLY, time(7, 30)), place.address)
    assert "Weekly digest" in read(await press(telegram, panel, "Show it now"))
    telegram.assert_clean()


async def test_a_line_full_of_marks_is_previewed_and_posted_as_text(client: TelegramClient, telegram: Telegram):
    kitchen = telegram.kitchen
    await placed(client.house, kitchen, set_up=BEGAN)
    (panel,) = await telegram.text("/settings looks", user=telegram.alice, chat=kitchen)
    panel = await press(telegram, panel, "Dark plots")
    question = await press(telegram, panel, "Write the line")
    (wrong,) = await telegram.text("{name} is on", user=telegram.alice, chat=kitchen, reply_to=question)
    assert "A line may hold {account}, {title}, {viewers}, {time}." in read(wrong)
    (panel,) = await telegram.text(f"/settings line {LINE}", user=telegram.alice, chat=kitchen)
    assert f"Under the start of a live: {LINE}" in read(panel)
    assert "As people read it: @amina cooks Dinner for six <b>now</b>" in read(panel)
    await starts(client.house, kitchen)
    post = await post_of(telegram, kitchen)
    (line,) = [line for line in read(post).splitlines() if "cooks" in line]
    assert line == "@amina cooks Dinner <b>now</b> @alice_test &amp; 1,204"
    marked = [entity["type"] for entity in post["entities"]]
    assert "mention" not in marked or "@\u2060" in post["text"]
    place = await place_of(client.house, kitchen)
    assert (place.dark, place.start_text) == (True, LINE)
    panel = await press(telegram, panel, "No line")
    assert (await place_of(client.house, kitchen)).start_text == ""
    telegram.assert_clean()


async def test_nobody_else_presses_in_these_panels(client: TelegramClient, telegram: Telegram):
    kitchen = telegram.kitchen
    before = await placed(client.house, kitchen, set_up=BEGAN)
    for section, button in (("alerts", "1"), ("quiet", "22:00–08:00"), ("digest", "Off"), ("looks", "Dark plots")):
        (panel,) = await telegram.text(f"/settings section={section}", user=telegram.alice, chat=kitchen)
        pressed = await telegram.press(panel, button, user=telegram.bob)
        assert "This is for managers" in (pressed.answer or {})["text"], section
    assert await place_of(client.house, kitchen) == before
    telegram.assert_clean()


async def test_how_long_clips_are_kept_is_pressed_asked_about_and_typed(client: TelegramClient, telegram: Telegram):
    kitchen = telegram.kitchen
    await placed(client.house, kitchen, set_up=BEGAN)
    place = f"telegram:{kitchen['id']}"
    async with client.house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        live, _ = await work.lives.begin(account, Look(BEGAN, True, "room-1", started=BEGAN), [place])
        made = client.house.clock.now() - timedelta(days=9)
        await work.clips.add(live.id, place, "old.mp4", Cut(Path("9.mp4"), 0, 1, 900_000, 1, 1), made, "", "job:9")
    (panel,) = await telegram.text("/settings section=keeping data", user=telegram.alice, chat=kitchen)
    assert "Clips · 30 days · 1 clip, 0.9 MB" in read(panel)
    panel = await press(telegram, panel, "Chats: 90 days")
    assert "Chats of lives · 90 days" in read(panel)
    asks = await press(telegram, panel, "Clips: 7 days")
    assert read(asks).startswith("⚠️ Keep clips for 7 days only?\n1 clip is older and goes with its file.")
    assert (await place_of(client.house, kitchen)).clips_kept == timedelta(days=30)
    await press(telegram, asks, "Delete older clips")
    assert (await place_of(client.house, kitchen)).clips_kept == timedelta(days=7)
    (typed,) = await telegram.text("/settings keep=chat for=off", user=telegram.alice, chat=kitchen)
    assert "Chats of lives · until somebody deletes it" in read(typed)
    (refused,) = await telegram.text("/settings keep=clips for=1d", user=telegram.bob, chat=kitchen)
    assert "This is for" in read(refused)
    telegram.assert_clean()
