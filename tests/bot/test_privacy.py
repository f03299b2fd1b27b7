"""What is stored is said from the settings that run, in the chat and on the web."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.asked import Asked
from bot.cards import draw
from bot.commands.privacy import privacy_of
from bot.kernel import Kernel
from bot.surfaces.web.client import WebClient
from bot.surfaces.web.privacy import PrivacyPage, spoken
from bot.wording import Words, plain
from core.model.person import Place, Purpose, Role
from core.services.diagnosing import Diagnosing
from core.settings import Settings, load
from tests.waiting import PATIENCE, listening

Ask = Callable[..., Asked]
ENGLISH = Words("en", ZoneInfo("UTC"))
SERVER = Place("discord:1", "The kitchen")


def with_(**more: str) -> Settings:
    return load(dotenv=None, LANGUAGE="en", TIMEZONE="UTC", **more)


def said(settings: Settings, place: Place | None = SERVER, *, sign_in: bool = False) -> str:
    card = draw(privacy_of(settings, place, sign_in=sign_in), ENGLISH)
    return "\n".join(plain(line) for line in card.body)


def test_nobody_is_named_who_gets_nothing() -> None:
    bare = said(with_())
    assert "api.eulerstream.com signs the addresses" in bare
    assert "TikTok is asked for public lives" in bare
    for other in ("groq", "Discord", "Telegram", "your own TikTok account"):
        assert other not in bare, other
    full = said(
        with_(GROQ_API_KEY="x", GROQ_BASE_URL="https://speech.example.com", DISCORD_TOKEN="d", TELEGRAM_TOKEN="t"),
        sign_in=True,
    )
    assert "speech.example.com turns sound into text" in full
    assert "Discord carries what is posted" in full
    assert "Telegram" not in full, "of the platform one is on"
    assert "Your own TikTok account" in full
    chosen = with_(GROQ_API_KEY="x", ASSEMBLYAI_API_KEY="y", SPEECH="groq")
    assert "api.assemblyai.com turns what is said in videos into text" in said(chosen), "it may be asked for by name"
    assert "assemblyai" not in said(with_(ASSEMBLYAI_API_KEY="y", SPEECH="none"))
    silent = said(with_(GROQ_API_KEY="x", GROQ_BASE_URL="https://speech.example.com", SPEECH="none"))
    assert "speech.example.com judges and sums up what is said" in silent
    assert "turns sound into text" not in silent


def test_it_names_the_contact_the_purpose_and_who_set_the_place_up(ask: Ask) -> None:
    now = ask().house.clock.now()
    place = replace(SERVER, purpose=Purpose.NEWSROOM, set_up=now, set_up_by="discord:71")
    told = said(with_(OPERATOR_CONTACT="privacy@example.com"), place)
    assert "Who runs this: privacy@example.com" in told
    assert "Purpose of this place: Newsroom" in told
    assert "Set up by <@71>" in told
    bare = said(with_())
    assert "has named no contact yet" in bare
    assert "before a manager types /setup" in bare
    assert "This place has nothing else recorded." in said(with_(), replace(place, purpose=Purpose.NOTICES))


async def test_everybody_may_ask_everywhere(kernel: Kernel, ask: Ask) -> None:
    for place in ("discord:1", "telegram:-5", "telegram:5", "console:here"):
        card = draw(await kernel.press("privacy", ask(Role.VIEWER, place)), ENGLISH)
        assert [button.key for row in card.buttons for button in row] == ["tiktok.optout", "me.settings", "source"]
        assert card.private


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", ""),
        ("fr", "fr"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "fr"),
        ("de,en;q=0.3,fr;q=0.7", "fr"),
        ("de", ""),
        ("fr;q=0", ""),
        ("en;q=x,fr;q=0.1", "fr"),
        ("," * 10_000, ""),
        ("<script>", ""),
    ],
)
def test_the_reader_is_answered_in_the_language_they_like_best(accepted: str, language: str) -> None:
    assert spoken(accepted) == language


async def test_the_web_says_the_same_in_the_readers_language(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = with_(OPERATOR_CONTACT="<b>privacy@example.com</b>", DISCORD_TOKEN="secret-token")
    shown = PrivacyPage(privacy_of(settings, None, sign_in=False), ENGLISH)
    web = WebClient(Diagnosing(tmp_path / "run.json"), lambda: True, "127.0.0.1", port, None, shown)
    running = asyncio.create_task(web.run())
    try:
        await listening(port)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session, asyncio.timeout(PATIENCE):
            async with session.get("/privacy", headers={"Accept-Language": "fr-FR,en;q=0.2"}) as answer:
                french, language = await answer.text(), answer.headers["Vary"]
            async with session.get("/privacy") as answer:
                english = await answer.text()
            async with session.post("/privacy") as answer:
                assert answer.status == 405
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert '<html lang="fr">' in french
    assert "Ce qui est gardé" in french
    assert language == "Accept-Language"
    assert "What is stored, and for how long" in english
    assert "<b>privacy" not in english
    assert "secret-token" not in english
