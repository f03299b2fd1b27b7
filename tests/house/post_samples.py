"""One of everything that is told besides lives, and of what the digest's command answers."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.replies.digests import DigestSet, DigestShown, DigestTable
from core.model.account import Handle
from core.model.digest import Every, Rhythm
from core.model.tellable.house import BudgetSpent, Digest, Health, HeldBack, JudgeSpent, PlaceLost, Skipped
from core.model.tellable.lives import GAPS, Rolling, WordsLate
from core.services.exporting import Exported

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
HANDLE = Handle("amina.kitchen")
DAY = timedelta(days=1)
DIGEST = Digest(NOW - DAY, NOW, [(HANDLE, 2, 7, 1, 2), ("chef.bo", 1, 0, 0, 0)], ["sami", "lou.real"], 1, 5)
LONGEST_DIGEST = Digest(NOW - 7 * DAY, NOW, [("a" * 24, 99, 999, 99, 99)] * 40, ["b" * 24] * 40, 999, 999)
HELD = [(HANDLE, 9, 3, 0), ("chef.bo", 3, 0, 2)]
MUCH_HELD = [("a" * 24, 999, 99, 99)] * 12
NIGHT = timedelta(hours=10)
QUIET = Digest(NOW - DAY, NOW, [], [HANDLE])
ROLLING = Rolling(
    7,
    HANDLE,
    "fr",
    "captions",
    [
        (NOW, "Bonsoir à tous, on commence par les oignons."),
        (NOW + timedelta(seconds=15), "Une question de Karim : est-ce que la viande est halal ?"),
        (NOW + timedelta(seconds=30), "Oui, je l'achète chez le boucher du marché."),
        (NOW + timedelta(seconds=190), "On remet sur le feu, deux minutes, pas plus."),
    ],
    [(NOW + timedelta(seconds=20 * n + 45), NOW + timedelta(seconds=20 * n + 60), why) for n, why in enumerate(GAPS)],
)

MISSING = WordsLate(7, HANDLE, NOW, "QUOTA", "groq", NOW + timedelta(hours=1), 42.0)
LATE = (
    MISSING,
    replace(MISSING, why="SLOW", engine="", opens=None, kept=False, seconds=312.0),
    replace(MISSING, why="KEY", engine="", opens=None),
    replace(MISSING, why="FAILED", opens=None),
    replace(MISSING, until=NOW + timedelta(minutes=7)),
    replace(MISSING, until=NOW + timedelta(minutes=7), kept=False),
    replace(MISSING, until=NOW + timedelta(minutes=7), left=20.0, ended=True),
    replace(MISSING, until=NOW + timedelta(minutes=7), kept=False, ended=True),
    replace(MISSING, until=NOW + timedelta(minutes=7), filled=True),
)

JUDGES = ("JUDGE_KEY:gpt-oss-20b", "JUDGE_MODEL:gpt-oss-120b", "JUDGE_DOWN:gpt-oss-20b")
POSTS: tuple[Any, ...] = (
    DIGEST,
    LONGEST_DIGEST,
    QUIET,
    replace(QUIET, waiting=2),
    replace(DIGEST, held=HELD, held_since=NOW, held_until=NOW + NIGHT),
    replace(LONGEST_DIGEST, held=MUCH_HELD, held_since=NOW, held_until=NOW + 2 * DAY),
    replace(QUIET, held=HELD[:1], held_since=NOW, held_until=NOW + NIGHT),
    HeldBack(NOW, NOW + NIGHT, HELD),
    HeldBack(NOW, NOW + NIGHT, [(HANDLE, 0, 0, 1)]),
    HeldBack(NOW, NOW + 3 * DAY, MUCH_HELD),
    *(
        Health(what, NOW, None, 312.0)
        for what in (
            "TIKTOK_LIMIT",
            "POSTS_LATE",
            "STORE_SLOW",
            "NO_WORDS",
            "NO_ENGINE",
            "ENGINE_KEY:groq",
            *JUDGES,
            "NEWER",
        )
    ),
    Health("DISK_LOW", NOW, None, 1_400_000_000.0),
    *(
        Health(what, NOW, NOW + timedelta(minutes=34))
        for what in (
            "TIKTOK_LIMIT",
            "POSTS_LATE",
            "DISK_LOW",
            "STORE_SLOW",
            "NO_WORDS",
            "NO_ENGINE",
            "ENGINE_KEY:groq",
            *JUDGES,
            "NEWER",
        )
    ),
    PlaceLost("discord:1", "The kitchen", "discord:901", "NO_POST", NOW),
    PlaceLost("discord:1", "", "discord:901", "GONE", NOW),
    Skipped(212, NOW, NOW + timedelta(minutes=9)),
    Skipped(1, NOW, NOW),
    *LATE,
    BudgetSpent(60.0, NOW + NIGHT),
    JudgeSpent(0.5, NOW + NIGHT),
    JudgeSpent(12.0, NOW + NIGHT),
    ROLLING,
    replace(ROLLING, over=True, risky=[at for at, _ in ROLLING.lines[1:3]]),
    DigestShown(DIGEST, Rhythm(), "discord:901"),
    DigestShown(QUIET, Rhythm(Every.OFF), ""),
    DigestSet(Rhythm(Every.WEEKLY, time(7, 30)), "telegram:-100"),
    DigestSet(Rhythm(), ""),
    DigestTable(Exported("digest_2026-11-20.csv", b"account,lives")),
    DigestSet(Rhythm(Every.OFF), ""),
)
