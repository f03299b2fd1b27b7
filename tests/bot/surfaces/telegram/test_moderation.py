"""Labels, judges, words of a place, and comments, by the real library: pressed, answered, typed, refused."""

import pytest

from bot.house import House
from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Handle
from core.model.person import Person, Place
from core.model.policy import Provider, Severity
from core.model.risk import Category, Label
from core.model.trigger import MatchMode
from core.model.video import Video, VideoTranscript
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_panels import Thing, client, press
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram

__all__ = ["client"]
HATE = "Those people are vermin and must be driven out of our country"


@pytest.fixture
async def kitchen(client: TelegramClient, telegram: Telegram) -> Thing:
    chat: Thing = telegram.kitchen
    await placed(client.house, chat, set_up=BEGAN, address=f"telegram:{chat['id']}")
    return chat


async def transcript(house: House, chat: Thing) -> VideoTranscript:
    """One everybody there may read."""
    async with house.storage.work() as work:
        video = await work.videos.ensure(Video(0, "7400", Handle("amina"), "Amina", "Eggs", "", 60.0))
        made = VideoTranscript(
            0, f"telegram:{chat['id']}", video, "captions", "", "en", True, BEGAN, "telegram:1", "Eggs"
        )
        return await work.videos.add(made, [])


async def test_a_label_is_changed_said_before_and_after_and_undone(
    client: TelegramClient, telegram: Telegram, kitchen: Thing
):
    place = f"telegram:{kitchen['id']}"
    (panel,) = await telegram.text("/settings risk", user=telegram.alice, chat=kitchen)
    assert read(panel).startswith("Risk alerts · from 0.70")
    panel = await press(telegram, panel, "1")
    assert "harassment · from 0.60 · harassment of a person" in read(panel)
    panel = await press(telegram, panel, str(1 + list(Label).index(Label.HR)))
    panel = await press(telegram, panel, "From 0.90")
    assert "harassment · from 0.60 → from 0.90" in read(panel)
    ruling = client.house.texts.ruling
    assert (await ruling.policy(place)).limits[Label.HR] == 0.9
    panel = await press(telegram, panel, "Undo")
    assert (await ruling.policy(place)).limits[Label.HR] == 0.6
    (shown,) = await telegram.text("/settings label S3", user=telegram.alice, chat=kitchen)
    assert "Off" not in labels(shown)
    (refused,) = await telegram.text("/settings label S3 from=no", user=telegram.alice, chat=kitchen)
    assert "That label cannot be switched off." in read(refused)
    (off,) = await telegram.text("/settings label S from=no", user=telegram.alice, chat=kitchen)
    assert "sexual · from 0.60 → off" in read(off)
    assert Label.S not in (await ruling.policy(place)).limits
    telegram.assert_clean()


async def test_chats_titles_and_the_judge_are_chosen(client: TelegramClient, telegram: Telegram, kitchen: Thing):
    (panel,) = await telegram.text("/settings risk", user=telegram.alice, chat=kitchen)
    panel = await press(telegram, panel, "2")
    assert "There is no model elsewhere: the owner can add GROQ_API_KEY." in read(panel)
    assert "Both" not in labels(panel)
    panel = await press(telegram, panel, "Chats off")
    assert "Chats of lives · on → off" in read(panel)
    (typed,) = await telegram.text("/settings texts judge=ensemble", user=telegram.alice, chat=kitchen)
    assert "the judge on this machine → both, and the worse word counts" in read(typed)
    assert "There is no model elsewhere, so the judge on this machine stands in." in read(typed)
    policy = await client.house.texts.ruling.policy(f"telegram:{kitchen['id']}")
    assert (policy.chat, policy.titles, policy.provider) == (False, True, Provider.ENSEMBLE)
    telegram.assert_clean()


async def test_words_are_added_changed_removed_and_brought_back(
    client: TelegramClient, telegram: Telegram, kitchen: Thing
):
    place = f"telegram:{kitchen['id']}"
    (panel,) = await telegram.text("/settings risk", user=telegram.alice, chat=kitchen)
    panel = await press(telegram, panel, "3")
    question = await press(telegram, panel, "Add a word")
    (made,) = await telegram.text("kill but not kill time", user=telegram.alice, chat=kitchen, reply_to=question)
    assert read(made).startswith("I look for kill but not kill time")
    changed = await press(telegram, made, "Only flag")
    assert "holds a comment until a person decides → whole word, lets a person look" in read(changed)
    (wrong,) = await telegram.text("/settings word ( match=pattern", user=telegram.alice, chat=kitchen)
    assert "pattern" in read(wrong).lower()
    slow = "(a+)+$"
    await telegram.text(f"/settings word {slow} match=pattern severity=except", user=telegram.alice, chat=kitchen)
    rules = await client.house.texts.ruling.rules(place)
    assert [(one.word, one.match, one.severity) for one in rules] == [
        ("kill but not kill time", MatchMode.WHOLE_WORD, Severity.FLAG),
        (slow, MatchMode.PATTERN, Severity.EXCEPT),
    ]
    gone = await press(telegram, changed, "Remove")
    assert len(await client.house.texts.ruling.rules(place)) == 1
    await press(telegram, gone, "Undo")
    assert len(await client.house.texts.ruling.rules(place)) == 2
    telegram.assert_clean()


async def test_what_holds_is_shown_and_how_it_is_changed_where_nothing_is_typed_behind_it(
    client: TelegramClient, telegram: Telegram, kitchen: Thing
):
    await telegram.text("/settings label HR from=0.9", user=telegram.alice, chat=kitchen)
    (shown,) = await telegram.text("/settings labels", user=telegram.alice, chat=kitchen)
    assert "harassment · from 0.90 · harassment of a person" in read(shown)
    opened = await press(telegram, shown, str(1 + list(Label).index(Label.HR)))
    assert {"From 0.60", "Off"} <= set(labels(opened))
    (shown,) = await telegram.text("/settings words", user=telegram.alice, chat=kitchen)
    assert read(shown).startswith("Own words · 0 rules")
    assert "Add a word" in labels(shown)
    (shown,) = await telegram.text("/settings code", user=telegram.alice, chat=kitchen)
    assert read(shown).startswith("Linked places · none")
    assert {"Make a code", "I have a code"} <= set(labels(shown))
    (question,) = await telegram.text("/settings word", user=telegram.alice, chat=kitchen)
    (made,) = await telegram.text("soup", user=telegram.alice, chat=kitchen, reply_to=question)
    assert read(made).startswith("I look for soup")
    telegram.assert_clean()


async def test_settings_of_risk_are_for_managers(client: TelegramClient, telegram: Telegram, kitchen: Thing):
    for line in (
        "/settings label HR from=no",
        "/settings texts chat=no",
        "/settings word soup",
        "/settings words",
        "/settings labels",
    ):
        (refused,) = await telegram.text(line, user=telegram.bob, chat=kitchen)
        assert "This is for managers of" in read(refused)
    assert await client.house.texts.ruling.rules(f"telegram:{kitchen['id']}") == []


async def test_a_comment_is_held_decided_and_then_read(client: TelegramClient, telegram: Telegram, kitchen: Thing):
    made = await transcript(client.house, kitchen)
    (fine,) = await telegram.text(
        f"/transcript comment {made.number} Salt the water first", user=telegram.bob, chat=kitchen
    )
    assert read(fine).startswith(f"Your comment is under {made.number}.")
    said = await telegram.text(f"/transcript comment {made.number} {HATE}", user=telegram.bob, chat=kitchen)
    (held,) = [one for one in said if "Confirm" not in labels(one)]
    assert "Your comment was held: hate." in read(held)
    assert "A moderator will look." in read(held)
    (alert,) = await telegram.wait_for(lambda: [m for m in telegram.messages_in(kitchen) if "Dismiss" in labels(m)])
    (text,) = await telegram.text(f"/transcript open {made.number}", user=telegram.alice, chat=kitchen)
    listed = await press(telegram, text, "Comments (1)")
    assert "Salt the water first" in read(listed)
    assert HATE not in read(listed)
    await press(telegram, alert, "Dismiss")
    (text,) = await telegram.text(f"/transcript open {made.number}", user=telegram.alice, chat=kitchen)
    listed = await press(telegram, text, "Comments (2)")
    assert "Those people are vermin" in read(listed)
    own = await press(telegram, listed, "1", user=telegram.bob)
    gone = await press(telegram, own, "Withdraw", user=telegram.bob)
    assert read(gone).startswith("Your comment is withdrawn.")
    assert await client.house.texts.discussing.count(made) == 1
    telegram.assert_clean()


async def test_a_comment_somebody_calls_about_minors_is_deleted_without_being_read(
    client: TelegramClient, telegram: Telegram, kitchen: Thing
):
    made, nina = await transcript(client.house, kitchen), Person("telegram:99", "Nina")
    written = await client.house.texts.discussing.write(made, Person("telegram:77", "Karim"), HATE)
    async with client.house.storage.reading() as work:
        alert = await work.alerts.get(made.place, written.comment.alert_id or 0)
    assert alert is not None
    place = Place(made.place, "kitchen", reviewers=(nina.id,))
    await client.house.reviewing.relabel(place, alert, Category.CONTROVERSIAL, (Label.S3,), nina)
    number = written.comment.id
    said = await telegram.text(f"/transcript remark {number}", user=telegram.alice, chat=kitchen)
    assert any(f"Alert #{alert.id} is about minors" in read(one) for one in said)
    assert not any("Karim" in read(one) for one in said)
    said = await telegram.text(f"/transcript withdraw {number}", user=telegram.alice, chat=kitchen)
    assert any("The comment is deleted." in read(one) for one in said)
    assert not any("Karim" in read(one) for one in said)
