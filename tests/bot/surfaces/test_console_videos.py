"""Videos in the terminal: a post that moves prints a step once, and a line that moves stays one line."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.surfaces.console.draw import Numbers
from bot.surfaces.console.following import Line
from bot.surfaces.console.post import ConsoleMessenger
from bot.wording import Words
from core.model.notice import Notice, Tellable, facts_of
from core.model.tellable.videos import Transcribed, Transcribing
from core.ports.store import Storage

WORDS = Words("en", ZoneInfo("UTC"))
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SAID = Transcribing(7, "chef", "Eggs \x1b[31m", 61.0, "downloaded", 0.2)


def notice(said: Tellable, key: str) -> Notice:
    kind, facts = facts_of(said)
    return Notice(kind, key, "console:here", "console:here", "job:7", facts, edits=True)


async def test_a_post_that_moves_prints_each_step_once_and_then_what_became_of_it():
    out = io.StringIO()
    messenger = ConsoleMessenger(Console(file=out, width=100), cast(Storage, None), WORDS, Numbers())
    first = await messenger.post(notice(SAID, "1"), "", "")
    for share in (0.3, 0.6):
        await messenger.post(notice(replace(SAID, share=share), str(share)), "", first)
    for share in (0.0, 0.5):
        await messenger.post(notice(replace(SAID, step="speech to text", share=share), f"s{share}"), "", first)
    late = replace(SAID, waits="TIKTOK_LIMIT", until=NOW + timedelta(minutes=10))
    await messenger.post(notice(late, "w"), "", first)
    done = Transcribed(7, "chef", "Eggs", "", 61.0, "en", "groq", False, NOW, "We start.", 7)
    await messenger.post(notice(done, "d"), "", first)
    said = out.getvalue()
    assert said.count("▶ speech to text") == 1
    assert "TikTok is limiting me until 20:10" in said
    assert "We start." in said
    assert "\x1b[31m" not in said


def test_on_a_terminal_one_line_moves_and_is_cleared():
    out = io.StringIO()
    line = Line(Console(file=out, width=60, force_terminal=True), WORDS)
    for share in (0.1, 0.1, 0.9):
        line.show(replace(SAID, share=share))
    line.clear()
    said = out.getvalue()
    assert said.count("\r\x1b[2K") == 3
    assert "\n" not in said
    assert "10%" in said
    assert "90%" in said
    assert max(map(len, said.split("\r\x1b[2K"))) < 60


def test_elsewhere_a_step_is_a_line_on_standard_error(capsys: pytest.CaptureFixture[str]):
    out = io.StringIO()
    line = Line(Console(file=out), WORDS)
    for step in ("found", "downloaded", "downloaded", "posted"):
        line.show(replace(SAID, step=step))
    line.clear()
    assert out.getvalue() == ""
    assert len(capsys.readouterr().err.splitlines()) == 3
