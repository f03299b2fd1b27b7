"""What is told survives being stored as JSON, also by another version of the program."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import notice
from core.model.notice import KINDS, Notice, NoticeKind, Tellable, facts_of, read
from core.model.risk import Target, Verdict, Virality
from core.model.tellable.accounts import AccountGone, AccountOptedOut, AccountRenamed, Linked, LinkLost
from core.model.tellable.comments import CommentDecided, TitleDecided
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.model.tellable.house import (
    BudgetSpent,
    ClipsStopped,
    Digest,
    Health,
    HeldBack,
    JudgeSpent,
    PlaceLost,
    Said,
    Skipped,
)
from core.model.tellable.lives import ChatWaits, LiveEnded, LiveLeft, LiveLost, LiveStarted, Rolling, WordsLate
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing, VideoPosted
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere
from core.model.trigger import Where

NOW = datetime(2026, 11, 20, 20, 14, 5, 123456, tzinfo=UTC)
RISK = RiskRaised(
    1, 2, "amina", 0.9, "Discours haineux", Virality.HIGH, Target.GROUP, ["H", "V"], "«q»", "why",
    [("base", 0.2), ("hate", 0.4)], "rules", NOW, 31.5,
)  # fmt: skip
SAID: tuple[Tellable, ...] = (
    LiveStarted(1, "amina", "Dinner", NOW, 3, 4, False, 0.7, "discord:1"),
    LiveEnded(1, "amina", "Dinner", NOW, NOW + timedelta(minutes=1), 3, 1.5),
    LiveLeft(1, "amina", "Dinner", NOW, NOW + timedelta(minutes=1), "Karim"),
    LiveLost(1, "amina", NOW, True),
    ChatWaits(["amina", "bob"], NOW, "SIGN_LIMIT", True),
    WordsLate(1, "amina", NOW, "QUOTA", "groq", NOW, 31.5, True, NOW, True),
    Rolling(1, "amina", "fr", "groq", [(NOW, "Bonsoir\n👍"), (NOW, None)]),
    HitFound(1, 2, 3, "amina", "word", Where.SPEECH, "a word", 2, 6, NOW, 3.5),
    ClipSaved(1, 2, "amina", "a.mp4", "/x/1.mp4", 30.0, 5, 720, 1280),
    ClipsStopped(5, 9),
    RISK,
    replace(RISK, verdict=Verdict.CONFIRMED, decided_by="Karim", decided_at=NOW, note="yes"),
    Transcribing(1, "amina", "Eggs", 61.0, "downloaded", 0.5, 3.5, 2, "TIKTOK_LIMIT", NOW, "discord:1"),
    Transcribed(1, "amina", "Eggs", "Six minutes", 61.0, "en", "captions", True, NOW, "We start.", 7400000000000000001),
    NotTranscribed(1, "TOO_LONG", {"m": 90, "n": 60}, "Eggs"),
    VideoPosted("amina", 7400000000000000001, "Eggs", 61.0, NOW),
    WeightsComing(1, "base", 5, 9, 2.5, "WEIGHTS_DOWN", NOW, "discord:1"),
    WeightsHere("base", 9, "discord:1"),
    NoWeights(1, "base", "WEIGHTS_ROOM", {"x": "base", "need": 212, "free": 90}),
    AccountRenamed("amina.cooks", "amina"),
    AccountGone("amina", NOW),
    AccountOptedOut("amina"),
    Linked(),
    LinkLost(),
    PlaceLost("discord:1", "The kitchen", "discord:2", "NO_POST", NOW),
    Skipped(12, NOW, NOW + timedelta(hours=1)),
    Digest(NOW - timedelta(days=1), NOW, [("amina", 1, 2, 3, 4)], ["bob"], 1, 2),
    Digest(NOW, NOW, [], [], held=[("amina", 1, 2, 3)], held_since=NOW, held_until=NOW + timedelta(hours=10)),
    HeldBack(NOW, NOW + timedelta(hours=10), [("amina", 1, 2, 3)]),
    Health("TIKTOK_LIMIT", NOW, NOW + timedelta(minutes=34), 2.5),
    BudgetSpent(60.0, NOW),
    JudgeSpent(0.5, NOW),
    Said("Tonight at 22:00 I move."),
    TitleDecided(9, "v12", "The kitchen", "Eggs", shown=True),
    CommentDecided(9, "v12", "The kitchen", "Nice.", shown=True),
    notice.Tested("Karim"),
)


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
def test_what_is_told_comes_back_from_json_as_it_was(said: Tellable) -> None:
    kind, facts = facts_of(said)
    assert read(kind, json.loads(json.dumps(facts))) == said
    assert type(read(kind, facts)) is KINDS[kind]


def test_every_kind_is_tried_here() -> None:
    assert {facts_of(said)[0] for said in SAID} == set(NoticeKind) == set(KINDS)


def test_words_of_a_closed_list_come_back_as_its_members() -> None:
    back = read(*facts_of(RISK))
    assert isinstance(back, RiskRaised)
    assert back.virality is Virality.HIGH
    assert back.target is Target.GROUP
    assert back.verdict is Verdict.WAITING
    assert back.terms == [("base", 0.2), ("hate", 0.4)]


def test_a_field_this_version_does_not_know_is_left_out_and_a_new_one_takes_its_default() -> None:
    kind, facts = facts_of(SAID[0])
    facts["mood"] = "merry"
    del facts["threshold"]
    back = read(kind, facts)
    assert isinstance(back, LiveStarted)
    assert back.threshold is None


def test_a_time_keeps_its_moment_whatever_its_zone() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    back = read(*facts_of(LiveLost(1, "amina", there)))
    assert isinstance(back, LiveLost)
    assert back.since == NOW
    assert back.since.tzinfo is not None


@given(st.text(), st.text())
def test_any_text_survives(title: str, ping: str) -> None:
    said = LiveStarted(1, "amina", title, NOW, ping=ping)
    kind, facts = facts_of(said)
    assert read(kind, json.loads(json.dumps(facts))) == said


def test_a_notice_tells_what_it_was_made_of() -> None:
    kind, facts = facts_of(RISK)
    assert Notice(kind, "k", "p", "a", "s", facts).tells() == RISK
