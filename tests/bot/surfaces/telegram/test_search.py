"""Searching on Telegram by the real library: phrases in quotes, pages, what stands around, opened where it was said."""

from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Handle
from core.model.live import Look
from core.model.risk import Label
from core.model.transcript import Segment
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_panels import client, forum_of, press  # noqa: F401 (a fixture among them)
from tests.builders import judged
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram


async def test_a_phrase_is_found_paged_and_opened(client: TelegramClient, telegram: Telegram):  # noqa: F811
    forum = forum_of(telegram)
    place = await placed(client.house, forum, set_up=BEGAN, address=f"telegram:{forum['id']}")
    async with client.house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        live, _ = await work.lives.begin(account, Look(BEGAN, True, "room", "Dinner", started=BEGAN), [place.id])
        lines = [f"free pizza <b>{n}</b>" for n in range(7)] + ["pizza is not free"]
        await work.transcripts.add(live.id, [Segment(60.0 * n, 60.0 * n + 5, line) for n, line in enumerate(lines)])
    (panel,) = await telegram.text('/search "Free Pizza" in=lives', user=telegram.alice, chat=forum)
    assert read(panel).startswith("7 lines have “Free Pizza”")
    assert "said: free pizza <b>" in read(panel)
    assert labels(panel)[-2:] == ["▶", "Tell me when this is said again"]
    second = await press(telegram, panel, "▶")
    assert "page 2 of 2" in read(second)
    around = await press(telegram, second, "1")
    assert read(around).startswith("Around ")
    opened = await press(telegram, around, "Open there")
    assert "Dinner" in read(opened)
    (told,) = await telegram.text("/search unheard", user=telegram.alice, chat=forum)
    assert "Nothing has “unheard” in it." in read(told)
    telegram.assert_clean()


async def test_what_may_be_about_minors_is_read_by_nobody_where_all_read_along(
    client: TelegramClient,  # noqa: F811
    telegram: Telegram,
):
    forum = forum_of(telegram)
    alice = f"telegram:{telegram.alice['id']}"
    place = await placed(client.house, forum, set_up=BEGAN, address=f"telegram:{forum['id']}", reviewers=(alice,))
    own = await placed(client.house, telegram.alice, set_up=BEGAN)
    async with client.house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        look = Look(BEGAN, True, "room", "Dinner", started=BEGAN)
        live, _ = await work.lives.begin(account, look, [place.id, own.id])
        await work.transcripts.add(live.id, [Segment(0.0, 5.0, "of small pancakes"), Segment(6.0, 9.0, "calm")])
        await work.alerts.assessed(live.id, judged(second=1.0, labels={Label.S3: 0.8}), BEGAN, 0.0)
    (told,) = await telegram.text("/search pancakes", user=telegram.alice, chat=forum)
    assert "Nothing has “pancakes” in it." in read(told)
    (told,) = await telegram.text(f"/transcript open {live.id}", user=telegram.alice, chat=forum)
    assert "0:00  (withheld: it may be about minors)" in read(told)
    assert "0:06  calm" in read(told)
    (told,) = await telegram.text("/search pancakes", user=telegram.alice)
    assert "of small pancakes" in read(told)
    telegram.assert_clean()
