"""The whole way of a sign-in: a command, TikTok's page, the callback on the real web, a page to read, a linked account."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest

from bot.app import opened
from bot.asked import Asked
from bot.card import Card, Press
from bot.cards import draw
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.web.client import WebClient
from bot.surfaces.web.oauth import SignInPage
from bot.wording import Words, plain
from core.model.person import Person, Place, Role
from core.settings import Settings, load
from tests.own_accounts import KEY
from tests.own_accounts import Asked as Transcribes
from tests.platforms.service import Fault
from tests.platforms.tiktok_open import TikTokOpen
from tests.waiting import PATIENCE, listening

HERE = Place("console:here", "The kitchen", "fr")


@dataclass
class Stage:
    """A house whose web is open, TikTok, and Karim with a browser."""

    house: House
    tiktok: TikTokOpen
    browser: httpx.AsyncClient
    callback: str

    @property
    def karim(self) -> Asked:
        return Asked(self.house, Person("console:9", "Karim"), HERE, Role.VIEWER, HERE.id)

    async def press(self, key: str) -> Card:
        return draw(await Kernel(ALL).press(key, self.karim), self.karim.words)

    async def link(self) -> str:
        card = await self.press("tiktok.connect")
        assert card.private
        button = card.buttons[0][0]
        assert button.look is Press.LINK
        return button.key

    async def come_back(self) -> httpx.Response:
        return await self.browser.get(await self.link(), follow_redirects=True)


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    callback = f"http://127.0.0.1:{port}/oauth/tiktok/callback"
    async with TikTokOpen(redirect=callback) as tiktok:
        tiktok.person("chef", videos=45, display_name="Chef <b>Amina</b> & co")
        settings = load(
            dotenv=None, DATA_DIR=settings.DATA_DIR, LANGUAGE="en", TIMEZONE="UTC", SPEECH="none", SECRET_KEYS=KEY,
            TIKTOK_CLIENT_KEY=tiktok.client_key, TIKTOK_CLIENT_SECRET=tiktok.client_secret, WEB_LISTEN="127.0.0.1",
            TIKTOK_REDIRECT_URI=callback, TIKTOK_OPEN_API_BASE=tiktok.origin,
        )  # fmt: skip
        async with opened(settings) as house, httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as browser:
            page = SignInPage(house.linking, Words("en", settings.zone))
            web = asyncio.create_task(WebClient(house.diagnosing, lambda: True, "127.0.0.1", port, page).run())
            await listening(port)
            yield Stage(house, tiktok, browser, callback)
            web.cancel()
            await asyncio.gather(web, return_exceptions=True)


async def told(house: House) -> list[str]:
    async with house.storage.work() as work:
        far = house.clock.now() + timedelta(days=9)
        return [str(one.notice.kind) for one in await work.outbox.claim("test", ["console"], far, timedelta(1), 50)]


async def test_a_person_signs_in_reads_a_page_and_sees_the_account_in_their_settings(stage: Stage) -> None:
    page = await stage.come_back()
    assert page.status_code == 200
    assert "Chef &lt;b&gt;Amina&lt;/b&gt; &amp; co" in page.text
    assert "pour console:9, qui" in page.text, "whoever signs in for somebody else reads for whom"
    assert 'lang="fr"' in page.text, "in the language of the place where it was asked for"
    settings = await stage.press("me.settings")
    assert "Chef <b>Amina</b> & co" in " ".join(plain(line) for line in settings.body)
    assert await told(stage.house) == ["linked"]


async def test_a_page_is_text_that_no_one_indexes_frames_or_keeps(stage: Stage) -> None:
    page = await stage.come_back()
    assert "script" not in page.text
    assert not re.search(r"(?:src|href)=", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query",
    ["", "state=x", "code=y", "state=x&code=y", "state=%00&code=%ff", "state=x&error=access_denied", f"state={'a' * 5000}&code=y"],
)  # fmt: skip
async def test_forged_calls_are_refused_and_ask_tiktok_nothing(stage: Stage, query: str) -> None:
    page = await stage.browser.get(f"{stage.callback}?{query}")
    assert page.status_code == 400
    assert stage.tiktok.sent("token") == []
    for method in ("POST", "HEAD", "PUT"):
        assert (await stage.browser.request(method, f"{stage.callback}?{query}")).status_code == 405


async def test_a_page_that_is_loaded_again_links_nothing_again(stage: Stage) -> None:
    answer = await stage.browser.get(await stage.link())
    back = answer.headers["location"]
    assert (await stage.browser.get(back)).status_code == 200
    assert (await stage.browser.get(back)).status_code == 400
    assert len(stage.tiktok.sent("token")) == 1


async def test_whoever_says_no_reads_that_nothing_was_linked(stage: Stage) -> None:
    stage.tiktok.denies = 1
    page = await stage.come_back()
    assert page.status_code == 200
    assert "Vous avez refusé" in page.text
    assert plain((await stage.press("tiktok.videos")).title).startswith("You have not linked")
    assert await told(stage.house) == []


async def test_whoever_unticks_the_videos_is_linked_and_reads_what_is_missing(stage: Stage) -> None:
    stage.tiktok.grants_only = {"user.info.basic"}
    page = await stage.come_back()
    assert page.status_code == 200
    assert "/tiktok connect" in page.text
    assert plain((await stage.press("tiktok.videos")).title).startswith("You did not allow me to see that")


async def test_a_tiktok_that_is_down_is_told_as_such(stage: Stage) -> None:
    stage.tiktok.fail_next(Fault("token", 503))
    assert (await stage.come_back()).status_code == 503


async def test_own_videos_are_paged_picked_one_by_one_or_several_at_once(stage: Stage) -> None:
    transcribes = Transcribes()
    stage.house = replace(stage.house, syncing=replace(stage.house.syncing, transcribing=transcribes))
    await stage.come_back()
    shown = await stage.press("tiktok.videos")
    assert (len(shown.items), "Video 45" in plain(shown.items[0].line)) == (20, True)
    await stage.press(shown.items[4].key)
    several = next(button for button in shown.buttons[0] if button.label == "Pick several")
    question = await stage.press(several.key)
    assert question.question is not None
    asked = question.question
    reply = await Kernel(ALL).answer(asked.key, asked.option, "1, 2 20", stage.karim)
    assert "I transcribe 3 videos" in plain(draw(reply, stage.karim.words).title)
    titles = {one["id"]: one["title"] for one in stage.tiktok.people["chef"].videos}
    assert [titles[video] for video in transcribes.videos] == ["Video 41", "Video 45", "Video 44", "Video 26"]
    older = next(button for button in shown.buttons[0] if button.label == "Older")
    assert "Video 25" in plain((await stage.press(older.key)).items[0].line)


@pytest.mark.parametrize("typed", ["first", "1 two", "123", "1" * 21])
async def test_what_names_no_video_is_said(stage: Stage, typed: str) -> None:
    await stage.come_back()
    reply = await Kernel(ALL).answer("tiktok.pick", "videos", typed, stage.karim)
    assert reply.code == "PICKS"


async def test_automatic_is_switched_in_the_settings(stage: Stage) -> None:
    await stage.come_back()
    off = await stage.press("me.settings")
    on = await stage.press(next(b.key for b in off.buttons[0] if b.key == "me.sync:auto"))
    assert "by themselves" in plain(on.body[1])
    again = await stage.press("me.sync:manual")
    assert "until you pick them" in plain(again.body[1])


async def test_unlinking_asks_first_and_then_forgets(stage: Stage) -> None:
    await stage.come_back()
    ask = await stage.press("tiktok.disconnect")
    await stage.press(ask.buttons[0][-1].key)
    assert stage.tiktok.grants[0].revoked
    assert plain((await stage.press("tiktok.disconnect")).title).startswith("You have not linked")


async def test_an_account_is_opted_out_by_whoever_signed_in_with_it(stage: Stage) -> None:
    await stage.come_back()
    ask = await stage.press("tiktok.optout:chef")
    assert not await stage.house.objecting.refused("chef", "")  # type: ignore[arg-type]
    done = await stage.press(ask.buttons[0][0].key)
    assert "never watched here" in plain(done.title)
    manager = replace(stage.karim, role=Role.MANAGER)
    for wanted in ("follow:chef", "watch.start:chef"):
        assert (await Kernel(ALL).press(wanted, manager)).code == "OPTED_OUT"
    assert await stage.house.objecting.refused("chef", "")  # type: ignore[arg-type]


async def test_where_it_is_not_set_up_only_the_owner_reads_what_is_missing(house: House) -> None:
    async def said(role: Role) -> str:
        asked = Asked(house, Person("console:9", "Karim"), HERE, role, HERE.id)
        return plain(draw(await Kernel(ALL).press("tiktok.connect", asked), asked.words).title)

    assert "TIKTOK_CLIENT_KEY" in await said(Role.OWNER)
    assert "TIKTOK_CLIENT_KEY" not in await said(Role.MANAGER)
