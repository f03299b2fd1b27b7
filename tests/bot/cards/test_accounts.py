"""The state of an account in words: what is known, since when, and what keeps Earshot from knowing more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cards import draw
from bot.cards.naming import channel, role
from bot.cards.states import state_of
from bot.replies.accounts import AccountEdited, AccountShown, Followed
from bot.replies.house import SourceShown, Status
from bot.running import Running
from bot.surfaces.discord.draw import draw_discord
from bot.surfaces.telegram.draw import draw_telegram
from bot.wording import Words, plain
from core.model.account import FOREVER, Account, AccountStatus, Handle
from core.services.diagnosing import Vitals
from tests.house.samples import ACCOUNT, ELSEWHERE, FOLLOW, HANDLE, NOW

ENGLISH, FRENCH = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("Europe/Paris"))
SEEN = Account(7, HANDLE, status=AccountStatus.OFFLINE, looked_at=NOW - timedelta(minutes=12))


def state(**more: Any) -> str:
    follow = replace(FOLLOW, paused_until=more.pop("paused", None))
    return state_of(follow, replace(SEEN, **more), NOW, ENGLISH)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "offline · last looked 20:02"),
        ({"status": AccountStatus.LIVE}, "live · last looked 20:02"),
        ({"status": AccountStatus.SUSPECTED}, "perhaps live · last looked 20:02"),
        ({"status": AccountStatus.ENDING}, "ending · last looked 20:02"),
        ({"status": AccountStatus.RESTRICTED, "why": "AGE"}, "age-restricted · last looked 20:02"),
        ({"status": AccountStatus.GONE, "why": "HANDLE"}, "not checked since 20:02: TikTok does not know this name"),
        ({"status": AccountStatus.UNKNOWN, "why": "TIKTOK_LIMIT"}, "not checked since 20:02: TikTok limits me"),
        ({"status": AccountStatus.UNKNOWN, "why": "TIKTOK_DOWN"}, "not checked since 20:02: TikTok did not answer"),
        (
            {"status": AccountStatus.UNKNOWN, "why": "TIKTOK_LIMIT", "looked_at": None},
            "not checked yet: TikTok limits me",
        ),
        ({"status": AccountStatus.UNKNOWN, "why": "", "looked_at": None}, "not known yet · not looked yet"),
        ({"why": "TIKTOK_LIMIT"}, "offline · not checked since 20:02: TikTok limits me"),
        ({"why": "SOMETHING_NEW"}, "offline · not checked since 20:02: something went wrong on the way"),
        ({"looked_at": NOW - timedelta(days=2)}, "offline · last looked 18 Nov 20:14"),
        ({"posted_at": NOW - timedelta(hours=3)}, "offline · last looked 20:02 · posted a video within 24 h"),
        ({"posted_at": NOW - timedelta(hours=25)}, "offline · last looked 20:02"),
        ({"was": "amina.old"}, "offline · last looked 20:02 · was @amina.old"),
        ({"paused": FOREVER}, "paused until resumed · offline · last looked 20:02"),
        ({"paused": NOW + timedelta(hours=1)}, "paused until 21:14 · offline · last looked 20:02"),
        ({"paused": NOW - timedelta(hours=1)}, "offline · last looked 20:02"),
    ],
)
def test_a_state_says_what_is_known_since_when_and_why_not_more(facts: dict[str, Any], said: str) -> None:
    assert state(**facts) == said


def test_a_name_that_went_to_somebody_else_is_said_to_be_lost() -> None:
    nameless = replace(SEEN, handle=Handle("amina."))
    assert "renamed; its new name is not known yet" in state_of(FOLLOW, nameless, NOW, ENGLISH)


def test_an_error_never_reads_as_offline() -> None:
    for status in (AccountStatus.UNKNOWN, AccountStatus.GONE):
        for why in ("TIKTOK_LIMIT", "TIKTOK_DOWN", "HANDLE", "?"):
            assert "offline" not in state(status=status, why=why)


def test_a_channel_and_a_role_are_shown_as_their_platform_writes_them_and_call_nobody() -> None:
    body = draw_discord(AccountEdited(FOLLOW, ELSEWHERE), ENGLISH).body()
    shown = str(body["components"])
    assert "channel · \\#here → <#901>" in shown or "channel · #here → <#901>" in shown
    assert "calls · no role of its own → <@&77>" in shown
    assert body["allowed_mentions"] == {"parse": [], "roles": []}
    assert channel("telegram:-100:7", ENGLISH) == "this chat"
    assert channel("@everyone", ENGLISH) == "@everyone"
    hostile = draw_discord(AccountEdited(FOLLOW, replace(ELSEWHERE, address="discord:9> <@&1", ping="x:y")), ENGLISH)
    assert "<@&1" not in str(hostile.body()["components"])
    assert role("discord:77") == role("77")
    told = draw_telegram(Followed(ELSEWHERE, 1, 50, 0, 60.0, "discord:1"), ENGLISH).first.params
    assert "&lt;#901&gt;" in str(told)


def test_in_french_too() -> None:
    card = draw(AccountShown(ELSEWHERE, ACCOUNT, NOW, True), FRENCH)
    lines = [plain(line) for line in card.body]
    assert lines[0] == "Amina cooks · 1\u202f204\u202f000 abonnés"
    assert lines[1].startswith(
        "en pause jusqu'à 22 nov. 21:14 · hors ligne · pas vérifié depuis 21:14\u00a0: TikTok me limite"
    )
    assert "alertes de risque dès 0,50" in lines[3]


def test_status_tells_tiktoks_side_and_the_age_of_ytdlp() -> None:
    def said(vitals: Vitals | None, days: int | None) -> str:
        card = draw(Status(vitals, 1, 0, 0, {}, "groq", "rules", NOW, days, 3), ENGLISH)
        return "\n".join(plain(line) for line in card.body)

    limited = Vitals(1, NOW.timestamp(), limited_until=NOW.timestamp() + 600, signs_left=7)
    told = said(limited, 46)
    assert "TikTok limits me until 20:24: new lives may show up late." in told
    assert "3 accounts have no reading at present." in told
    assert "7 more chats may be opened now." in told
    assert "yt-dlp is 46 days old: update it, or videos will fail." in told
    calm = said(Vitals(1, NOW.timestamp(), limited_until=NOW.timestamp() - 1), 45)
    assert "limits me" not in calm
    assert "may be opened" not in calm
    assert calm.endswith("yt-dlp is 45 days old.")
    assert "yt-dlp" not in said(None, None)


def test_source_says_plainly_when_the_commit_is_not_known() -> None:
    told = Running("https://a.example/e", "0.1.0", "", "AGPL-3.0-or-later")
    lines = [plain(line) for line in draw(SourceShown(told), ENGLISH).body]
    assert "The running commit is not known: this copy was packed without it." in lines
    known = [plain(line) for line in draw(SourceShown(replace(told, commit="a1" * 20)), ENGLISH).body]
    assert f"Running commit: {'a1' * 20}" in known
    assert any("AGPL-3.0-or-later" in line and "modified AGPL" in line for line in known)
