"""Every reply about what is set in a place, what is stored, and to whoever runs Earshot; and what is told of it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.cards.admin import PARTS
from bot.health import Part
from bot.privacy import Outsider
from bot.replies.admin import (
    AtIt,
    CleanedUp,
    ConfirmSay,
    HealthShown,
    JobList,
    JobShown,
    Learned,
    LookingAtAll,
    SaidToAll,
    Synced,
)
from bot.replies.alerts import AlertsShown
from bot.replies.common import Missing
from bot.replies.digests import DigestPanel
from bot.replies.looks import LooksShown
from bot.replies.partners import PartnersShown
from bot.replies.privacy import PrivacyShown
from bot.replies.quiet import QuietShown
from bot.replies.settings import (
    ChannelsShown,
    FeedShown,
    LanguageShown,
    PurposeShown,
    SettingsShown,
    WhoShown,
)
from bot.replies.setup import SetupShown
from core.model.account import NO_RISK, Follow, Handle
from core.model.digest import Every, Rhythm
from core.model.feed import OFF, Event
from core.model.job import Job, JobState
from core.model.person import Place, Purpose
from core.model.quiet import Period
from core.model.tellable.house import Said, Tested
from core.services.feeding import OF_ACCOUNTS
from core.services.offering import Offered
from core.services.tidying import Tidied
from core.services.videos.reckoning import Turn

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
SERVER = Place(
    "discord:1", "The kitchen", "fr", "Europe/Paris", address="discord:901", set_up=NOW, set_up_by="discord:71",
    reviewers=("discord:72", "discord:73"),
)  # fmt: skip
GROUP = Place(
    "telegram:-1001", "The kitchen", reviewers=("telegram:5678", "telegram:5679"), purpose=Purpose.NOTICES,
    names=(("telegram:5678", "Karim"),),
)  # fmt: skip
CALLED = "</b>@everyone \u202e<i>" + "🍅" * 41
CROWDED = Place(
    "telegram:-1002", "The kitchen", reviewers=tuple(f"telegram:{n}" for n in range(25)),
    names=tuple((f"telegram:{n}", CALLED) for n in range(25)),
)  # fmt: skip
ALONE = Place("telegram:5678", "Karim")
CONSOLE = Place("console:here", "console", risk_threshold=NO_RISK)
PLACES = (SERVER, GROUP, ALONE, CONSOLE)
MANNERED = replace(
    SERVER,
    quiet_from=time(22),
    quiet_until=time(8),
    silent=(Event.END, Event.HIT),
    ping="discord:901",
    start_text="{account} cooks {title}: {viewers} watch since {time}",
    dark=True,
)
NIGHT = Period(NOW, NOW + timedelta(hours=10))
LONGEST = Follow(7, "discord:1", 10**9, Handle("a" * 24), "discord:901", NOW)
ROUTES = tuple(zip(Event, ("discord:902", OFF, "", "", "discord:903", OFF, "", "", ""), strict=True))
JOB = Job(7, "clip", "clip:7", {}, JobState.DEAD, NOW, 3, 1, "CLIP_GONE", "discord:1")
VIDEO_JOB = replace(
    JOB, kind="transcribe", payload={"video": "7400000000000000001"}, by="discord:7", since=NOW - timedelta(hours=3)
)
OUTSIDERS = tuple(Outsider("TikTok", what) for what in ("looks", "signs", "sound", "frames", "link", "posts"))
VALUES = {
    "version": "30.2.3",
    "folder": "D:\\Videos",
    "x": "127.0.0.1:4455",
    "lacks": "no weights: earshot models get base",
    "left": timedelta(minutes=12),
    "since": NOW,
    "silent": "QUOTA",
    "kept": 17,
    "lag": 0.61,
    "wait": 7.5,
    "n": 1204,
    "who": "Discord",
    "until": NOW,
    "engine": "groq",
    "free": 4_200_000_000,
}

SETTINGS: tuple[Any, ...] = (
    *(SetupShown(place, step, "discord:902", ("Send Messages",), 2) for place in PLACES for step in (1, 2, 3, 4)),
    SetupShown(SERVER, 1, "discord:901"),
    SetupShown(replace(SERVER, address=""), 1, "discord:902"),
    SetupShown(SERVER, 3, "discord:901", (), 1, Handle("amina.kitchen")),
    SetupShown(SERVER, 4, "discord:901", tested=True),
    *(SettingsShown(place, 1, 2) for place in PLACES),
    SettingsShown(CONSOLE),
    ChannelsShown(SERVER, ROUTES),
    ChannelsShown(SERVER, tuple((event, "") for event in OF_ACCOUNTS), LONGEST),
    *(FeedShown(place, event, address, "discord:901") for place in PLACES for event, address in ROUTES),
    FeedShown(SERVER, Event.VIDEO, "discord:902", "discord:901", LONGEST),
    *(kind(place) for place in PLACES for kind in (LanguageShown, WhoShown, PurposeShown)),
    WhoShown(CROWDED),
    *(PartnersShown(place, others) for place in PLACES for others in ((), (GROUP,), PLACES)),
    PartnersShown(SERVER, (), "K7Q2MDXA", 10),
    PartnersShown(SERVER, PLACES, linked=True),
    SettingsShown(SERVER, 1, 2, linked=2),
    *(WhoShown(place, removing=True) for place in (SERVER, GROUP, CROWDED)),
    SettingsShown(MANNERED, 1, 2, Rhythm(Every.OFF)),
    *(kind(place) for place in (*PLACES, MANNERED) for kind in (AlertsShown, LooksShown, QuietShown)),
    AlertsShown(replace(MANNERED, silent=tuple(event for event in Event if event is not Event.RISK))),
    QuietShown(MANNERED, NIGHT),
    QuietShown(MANNERED, None, NIGHT),
    DigestPanel(Rhythm(), "discord:901", NOW),
    DigestPanel(Rhythm(Every.WEEKLY, time(7, 30)), "telegram:-100", NOW),
    DigestPanel(Rhythm(Every.OFF), "discord:901"),
    DigestPanel(Rhythm(), "", NOW),
    Missing("settings hours", "hours", "quiet hours, e.g. 22:00-08:00, or off", "settings.hours"),
    Missing("settings line", "line", "a line of up to 200 characters, or off", "settings.line"),
    Missing("settings time", "at", "a time of day, e.g. 9:00, 21:30", "settings.time"),
    PrivacyShown(SERVER, "privacy@example.com", True, OUTSIDERS),
    PrivacyShown(replace(GROUP, set_up=None), "", False, OUTSIDERS[:2]),
    PrivacyShown(None, "", True, OUTSIDERS),
    HealthShown(
        tuple(
            Part(code, well, {**VALUES, "trouble": "SECOND_POLLER"})
            for code, well in zip(PARTS, [False, None, True] * 20, strict=False)
        )
    ),
    HealthShown((Part("STORED"), Part("CHAT_TROUBLE", False, {"who": "Discord", "since": NOW, "trouble": "ELSE"}))),
    HealthShown((Part("STORED"),)),
    *(
        JobList(
            state,
            (replace(JOB, state=state),) * 5,
            7,
            2,
            3,
            dict.fromkeys(JobState, 7),
            NOW,
            ((JOB.id, Turn(3, 140.0)),),
        )
        for state in (JobState.WAITING, JobState.RUNNING, JobState.DEAD)
    ),
    *(JobShown(replace(JOB, state=state, due=NOW + timedelta(minutes=2)), NOW) for state in JobState),
    JobShown(replace(JOB, kind="digest", place="", error="", attempt=0), NOW),
    JobShown(replace(VIDEO_JOB, state=JobState.WAITING), NOW, "The kitchen", Turn(3, 140.0)),
    JobShown(
        replace(VIDEO_JOB, error="TOO_LONG {'m': 90}", progress={"failed": "TOO_LONG", "values": {"m": 90, "n": 60}}),
        NOW,
    ),
    LookingAtAll(50, 25.0),
    ConfirmSay("k7qabcde", "The bot is down on Sunday.", 12),
    ConfirmSay("k7qabcde", "The bot is down on Sunday.", 0),
    SaidToAll(12),
    SaidToAll(0),
    Synced((Offered("discord", 26, 0.8), Offered("telegram", 12, 0.4))),
    Synced((Offered("discord", None, 5.0, "DISCORD_DOWN"), Offered("telegram", None, 5.0, "ELSE"))),
    *(AtIt(kind, 3, of) for kind in ("tidy", "register") for of in (0, 8)),
    *(Learned(n) for n in (0, 1, 412)),
    *(CleanedUp(Tidied(n, n * 1_700_000, n, n, 8, 8)) for n in (0, 1, 41_204)),
    Said("The bot is down on Sunday."),
    Tested("Karim"),
)
