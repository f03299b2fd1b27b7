"""Triggers on Telegram by the real library: picked from the list, changed by buttons, pasted as a list, tried on the past."""

from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Follow, Handle
from core.model.live import Look
from core.model.transcript import Segment
from core.model.trigger import Then
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_panels import client, press  # noqa: F401 (a fixture among them)
from tests.builders import armed
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram


async def test_a_trigger_is_picked_from_the_list_and_changed_by_a_button(
    client: TelegramClient,  # noqa: F811
    telegram: Telegram,
):
    place = await placed(client.house, telegram.kitchen, set_up=BEGAN)
    trigger = await armed(client.house.storage, "<b>x</b> & @alice_test", place.id)
    (panel,) = await telegram.text("/trigger list", user=telegram.alice, chat=telegram.kitchen)
    panel = await press(telegram, panel, "1")
    assert "0 hits" in read(panel)
    assert {"Only a clip", "Chat only", "Tell every hit", "Remove"} <= set(labels(panel))
    panel = await press(telegram, panel, "Only a clip")
    assert "action · A post and a clip → Only a clip" in read(panel)
    edit = f"/trigger edit {trigger.id} then=mark cooldown=5min"
    (edited,) = await telegram.text(edit, user=telegram.alice, chat=telegram.kitchen)
    assert "cool-down · 30 s → 5 min" in read(edited)
    (refused,) = await telegram.text(edit, user=telegram.bob, chat=telegram.kitchen)
    assert "manager" in read(refused)
    assert [one.then for one in await client.house.arming.listed(place.id)] == [Then.MARK]
    telegram.assert_clean()


async def test_a_pasted_list_is_armed_and_taken_back(client: TelegramClient, telegram: Telegram):  # noqa: F811
    place = await placed(client.house, telegram.kitchen, set_up=BEGAN)
    typed = "/trigger add free, win big, * where=chat"
    (added,) = await telegram.text(typed, user=telegram.alice, chat=telegram.kitchen)
    assert "I listen for 2 words more, each by itself" in read(added)
    assert "* · That word cannot be matched" in read(added)
    assert [one.word for one in await client.house.arming.listed(place.id)] == ["free", "win big"]
    pressed = await telegram.press(added, "Undo", user=telegram.alice)
    assert "2 triggers are removed." in read(pressed.messages[-1])
    assert await client.house.arming.listed(place.id) == []
    telegram.assert_clean()


async def test_the_past_is_shown_what_is_there_is_said_and_our_own_words_fire_nothing(
    client: TelegramClient,  # noqa: F811
    telegram: Telegram,
):
    place = await placed(client.house, telegram.kitchen, set_up=BEGAN)
    async with client.house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        await work.follows.add(Follow(0, place.id, account.id, account.handle, place.id, BEGAN))
        live, _ = await work.lives.begin(account, Look(BEGAN, True, "room", "Dinner", started=BEGAN), [place.id])
        await work.transcripts.add(live.id, [Segment(60.0 * n, 60.0 * n + 5, f"win {n}, win") for n in range(7)])
    (tested,) = await telegram.text("/trigger test win", user=telegram.alice, chat=telegram.kitchen)
    assert "7 lines of the last lives would have fired. It stands there 14 times." in read(tested)
    assert read(tested).count(", win") == 5
    await telegram.text("/trigger add win", user=telegram.alice, chat=telegram.kitchen)
    (twice,) = await telegram.text("/trigger add WIN account=@amina", user=telegram.alice, chat=telegram.kitchen)
    assert "I listen for" in read(twice), "of one account it is another"
    (there,) = await telegram.text("/trigger add WIN", user=telegram.alice, chat=telegram.kitchen)
    assert "I listen for “win” already" in read(there)
    assert [one.hits for one in await client.house.arming.listed(place.id)] == [0, 0]
    telegram.assert_clean()
