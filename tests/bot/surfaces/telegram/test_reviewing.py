"""Alerts decided on Telegram: by one of two who press at once, with a note by reply, by two people, and taken back in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.model.live import LiveStatus, Look
from core.model.person import Person
from core.model.risk import Alert, Kind, Verdict
from core.services.assessing import raised
from core.services.moderating.titling import set_aside
from tests.bot.surfaces.telegram.conftest import labels, notice, placed, read
from tests.bot.surfaces.telegram.test_pressing import alerted
from tests.platforms.chats import Telegram
from tests.waiting import until


async def alert_of(client: TelegramClient, telegram: Telegram) -> Alert:
    place = f"telegram:{telegram.kitchen['id']}"
    async with client.house.storage.reading() as work:
        (found,) = await work.alerts.several(place, await work.alerts.find(place))
    return found


async def named(client: TelegramClient, telegram: Telegram) -> None:
    """Bob reviews, too."""
    await placed(client.house, telegram.kitchen, reviewers=(f"telegram:{telegram.bob['id']}",))


async def test_of_two_who_press_at_once_one_decides_and_the_other_learns_who_it_was(
    client: TelegramClient, telegram: Telegram
):
    post = await alerted(client, telegram)
    await named(client, telegram)
    both = await asyncio.gather(
        telegram.press(post, "Confirm", user=telegram.alice), telegram.press(post, "Dismiss", user=telegram.bob)
    )
    answers = [(one.answer or {}).get("text", "") for one in both]
    assert sum("already" in text for text in answers) == 1
    alert = await alert_of(client, telegram)
    assert any(alert.decided_by in text for text in answers)
    async with client.house.storage.reading() as work:
        assert len(await work.alerts.decisions(alert.place, alert.id)) == 1
        assert await work.audit.broken(alert.place) is None
    telegram.assert_clean()


async def test_what_everybody_reads_speaks_the_language_of_the_group_whoever_presses(
    client: TelegramClient, telegram: Telegram
):
    """Alice reads English; the others would have read a word of hers until the next change of the post."""
    post = await alerted(client, telegram)
    await placed(client.house, telegram.kitchen, language="fr")
    (decided,) = (await telegram.press(post, "Confirm", user=telegram.alice)).messages
    assert read(decided).startswith("Confirmée")
    edits = [call.params["text"] for call in telegram.sent("editMessageText")]
    assert not [text for text in edits if "Confirmed" in text]
    (history,) = (await telegram.press(decided, "Historique", user=telegram.alice)).messages
    assert "Alice confirmed it" in read(history), "only she asked"
    telegram.assert_clean()


async def test_a_note_is_asked_for_and_given_by_a_reply(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    asked = await telegram.press(post, "Note", user=telegram.alice)
    question = telegram.messages_in(telegram.kitchen)[-1]
    assert asked.answer is not None
    assert telegram.sent("sendMessage")[-1].params["reply_markup"]["force_reply"] is True
    (noted,) = await telegram.text("listen at 12:30", user=telegram.alice, chat=telegram.kitchen, reply_to=question)
    assert "Noted on alert" in read(noted)
    assert (await alert_of(client, telegram)).note == "listen at 12:30"
    telegram.assert_clean()


async def test_it_takes_two_people_once_one_asked_for_a_second(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    await named(client, telegram)
    (asked,) = (await telegram.press(post, "Ask a second person", user=telegram.alice)).messages
    assert "Alice asks for a second person" in read(asked)
    assert asked["message_id"] == post["message_id"]
    (proposed,) = (await telegram.press(asked, "Confirm", user=telegram.alice, settle=1.1)).messages
    assert "Alice would confirm it" in read(proposed)
    twice = await telegram.press(proposed, "Confirm", user=telegram.alice)
    assert "Two different people" in ((twice.answer or {}).get("text") or "")
    (agreed,) = (await telegram.press(proposed, "Confirm", user=telegram.bob)).messages
    assert read(agreed).startswith("Confirmed")
    telegram.assert_clean()


async def test_undo_is_for_ten_minutes_and_then_for_managers(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    await named(client, telegram)
    (decided,) = (await telegram.press(post, "Confirm", user=telegram.bob)).messages
    alert = await alert_of(client, telegram)
    assert alert.decided_at is not None
    async with client.house.storage.work() as work:
        older = replace(alert, decided_at=alert.decided_at - timedelta(minutes=11))
        await work.alerts.change(alert, older, (await work.alerts.decisions(alert.place, alert.id))[-1])
    here, was = (telegram.kitchen["id"], decided["message_id"]), read(decided)
    await telegram.press(decided, "Undo", user=telegram.bob)  # it was of another time
    await until(lambda: read(telegram.messages[here]) != was)
    decided = telegram.messages[here]
    late = await telegram.press(decided, "Undo", user=telegram.bob)
    assert "more than 10 min ago" in ((late.answer or {}).get("text") or "")
    (back,) = (await telegram.press(decided, "Undo", user=telegram.alice)).messages
    assert "Confirm" in labels(back)
    telegram.assert_clean()


async def test_the_undo_of_an_old_card_takes_back_nobody_elses_decision(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    (decided,) = (await telegram.press(post, "Confirm", user=telegram.alice)).messages
    alert, place = await alert_of(client, telegram), await placed(client.house, telegram.kitchen)
    for verdict in (Verdict.WAITING, Verdict.DISMISSED):
        alert, _ = await client.house.reviewing.decide(place, alert, verdict, Person("telegram:77", "Tom"))
    pressed = await telegram.press(decided, "Undo", user=telegram.alice)
    here = telegram.kitchen["id"], decided["message_id"]
    await until(lambda: read(telegram.messages[here]).startswith("Dismissed"))
    said = [(pressed.answer or {}).get("text") or "", *map(read, telegram.messages_in(telegram.kitchen))]
    assert "has changed since you were shown it" in " ".join(said)
    assert "Tom" in read(telegram.messages[here])
    assert (await alert_of(client, telegram)).verdict is Verdict.DISMISSED
    telegram.assert_clean()


async def test_muting_says_so_on_the_post(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    (muted,) = (await telegram.press(post, "Mute for 30 min", user=telegram.alice)).messages
    assert read(muted).startswith("Muted")
    assert muted["message_id"] == post["message_id"]
    telegram.assert_clean()


async def test_the_live_of_tonight_is_not_stopped_under_an_alert_of_yesterdays(
    client: TelegramClient, telegram: Telegram
):
    post = await alerted(client, telegram)
    now, place = client.house.clock.now(), (await alert_of(client, telegram)).place
    async with client.house.storage.work() as work:
        (before,) = await work.lives.of_place(place)
        await work.lives.set_status(before.id, LiveStatus.ENDED, now)
        account = await work.accounts.ensure(before.handle)
        live, _ = await work.lives.begin(account, Look(now, True, "room 2", "Tonight", started=now), [place])
    pressed = await telegram.press(post, "Stop capture", user=telegram.alice)
    said = [(pressed.answer or {}).get("text") or "", *map(read, pressed.messages)]
    assert "That live of @amina has ended" in " ".join(said)
    async with client.house.storage.reading() as work:
        assert [one.stopped for one in await work.lives.standings(live.id)] == [False]
    telegram.assert_clean()


async def test_what_changed_since_it_was_posted_is_drawn_again_and_not_decided(
    client: TelegramClient, telegram: Telegram
):
    post = await alerted(client, telegram)
    alert = await alert_of(client, telegram)
    async with client.house.storage.work() as work:
        worse = replace(alert.assessment, quote="out with them tonight")
        number = await work.alerts.assessed(alert.live_id, worse, alert.raised)
        await work.alerts.quotes(alert.id, number)
    pressed = await telegram.press(post, "Dismiss", user=telegram.alice)
    here = telegram.kitchen["id"], post["message_id"]
    await until(lambda: "out with them tonight" in read(telegram.messages[here]))
    said = [(pressed.answer or {}).get("text") or "", *map(read, telegram.messages_in(telegram.kitchen))]
    assert "has changed since you were shown it" in " ".join(said), "below, where it was too late for a toast"
    assert (await alert_of(client, telegram)).verdict is Verdict.WAITING
    await telegram.press(telegram.messages[here], "Dismiss", user=telegram.alice)
    await until(lambda: read(telegram.messages[here]).startswith("Dismissed"))
    telegram.assert_clean()


@pytest.mark.parametrize("posted", [True, False])
async def test_a_typed_decision_is_answered_in_short_and_no_button_is_there_twice(
    client: TelegramClient, telegram: Telegram, posted: bool
):
    await alerted(client, telegram)
    alert = await alert_of(client, telegram)
    if posted:
        async with client.house.storage.work() as work:
            place = await work.places.get(alert.place)
            assert place is not None
            said = notice(place, raised(alert, "amina"), key="k", subject=f"risk:{alert.id}")
            await work.outbox.put(said, client.house.clock.now())
    line = f"/review decide {alert.id} confirm heard it"
    (said,) = await telegram.text(line, user=telegram.alice, chat=telegram.kitchen)
    assert read(said).startswith(f"Confirmed · alert #{alert.id}")
    assert "Alice" in read(said)
    assert "heard it" in read(said)
    assert "out with them" not in read(said)
    assert labels(said) == ([] if posted else ["Undo"])
    (back,) = await telegram.text(f"/review decide {alert.id} reopen", user=telegram.alice, chat=telegram.kitchen)
    assert read(back).startswith(f"Alert #{alert.id} waits.")
    telegram.assert_clean()


async def test_a_press_on_the_old_post_of_what_its_author_took_back_says_so(client: TelegramClient, telegram: Telegram):
    await alerted(client, telegram)
    live = await alert_of(client, telegram)
    place = await placed(client.house, telegram.kitchen)
    async with client.house.storage.work() as work:
        judged = replace(live.assessment, kind=Kind.COMMENT, item="comment:9")
        number = await work.alerts.assessed(None, judged, live.raised)
        alert = await work.alerts.raise_(place.id, None, number, live.raised)
    await client.messenger.post(notice(place, raised(alert, ""), key="k", subject=f"risk:{alert.id}"), "m", "")
    post = telegram.messages_in(telegram.kitchen)[-1]
    async with client.house.storage.work() as work:
        await set_aside(work, place.id, alert.id, None, client.house.clock)
    for label in ("Confirm", "Dismiss"):
        late = await telegram.press(post, label, user=telegram.alice)
        assert "Nothing is left to decide about it" in ((late.answer or {}).get("text") or "")
    telegram.assert_clean()
