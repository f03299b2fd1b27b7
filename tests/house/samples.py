"""One of everything that is drawn: each reply and each thing told, empty, usual, longest and hostile."""

from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from bot.card import Choice
from bot.cards.errors import TEXTS
from bot.cards.judged import SILENT, UNASKED
from bot.commands import ALL
from bot.replies.accounts import (
    AccountChecked,
    AccountEdited,
    AccountPaused,
    AccountResumed,
    AccountShown,
    Bringing,
    ConfirmUnfollow,
    FollowBack,
    Followed,
    FollowingList,
    ListBrought,
    SettingsFile,
    Unfollowed,
)
from bot.replies.common import Failed, Missing, Working
from bot.replies.house import Help, SourceShown, Status
from bot.replies.lives import LiveFile, LiveList, LiveShown, LiveTimeline, TranscriptFile, TranscriptShown
from bot.replies.me import MySettings
from bot.replies.reviews import AlertShown
from bot.replies.tiktok import (
    ConfirmDisconnect,
    ConfirmOptOut,
    Disconnected,
    OptedOut,
    OptOutCode,
    OwnVideoList,
    SignedIn,
    SignInLink,
    VideosAsked,
)
from bot.replies.watches import Marked, WatchBegun, WatchGoesOn, WatchLog, WatchMuted, WatchStopped
from bot.running import Running
from core.model.account import FOREVER, Account, AccountStatus, Follow, Handle
from core.model.diary import DiaryKind, Entry
from core.model.link import SCOPES, Link, OwnVideo
from core.model.live import Live, LiveStatus, Look
from core.model.moment import Crowd, Moment, MomentKind
from core.model.person import Place, Platform
from core.model.risk import Level, Target, Verdict, Virality
from core.model.tellable.accounts import AccountGone, AccountOptedOut, AccountRenamed, Linked, LinkLost
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.model.tellable.lives import ChatWaits, LiveEnded, LiveLeft, LiveLost, LiveStarted, Rolling
from core.model.transcript import Segment, SegmentState
from core.model.trigger import Where
from core.services.assessing.steps import JudgeState
from core.services.carrying import Brought, Outcome
from core.services.diagnosing import Vitals
from core.services.exporting import Exported
from core.services.finding.checking import Reading
from core.services.lives.filing import What
from core.services.lives.minding import Begun, Logged, LogKind, Source
from core.services.lives.recounting import Stretch, View
from core.services.own.objecting import Proof
from core.services.own.syncing import Picked
from tests.house.chat_samples import CHATS
from tests.house.clip_samples import CLIPS
from tests.house.engine_samples import COSTS, ENGINES, USED
from tests.house.keeping_samples import KEEPING
from tests.house.moderation_samples import MODERATION
from tests.house.obs_samples import OBS
from tests.house.post_samples import POSTS
from tests.house.review_samples import REVIEWS
from tests.house.search_samples import SEARCHES
from tests.house.settings_samples import SETTINGS
from tests.house.templates import placeholders
from tests.house.trigger_samples import TRIGGERS
from tests.house.video_samples import VIDEOS

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
SIZES = ("empty", "usual", "longest", "hostile")
LONG = "une phrase qui ne finit pas, dite par quelqu'un qui parle sans jamais s'arrêter " * 60
HOSTILE = (
    "@everyone <@&901> <b>x</b></blockquote> `a` ```b``` ||c|| **d** [g](https://a.example/) {x} {n}"
    "\n# h\n👩‍👩‍👧‍👦🇫🇷 \u202eevil\u202c مرحبا \u200b Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞ \x1b[31m\x1b]0;t\x07\x00\x9b \ud800"
)
HANDLE, LONGEST_HANDLE = Handle("amina.kitchen"), Handle("a" * 24)
ID, LONGEST_ID = 7, 10**18 - 1

PLACE = "console:here"
FOLLOW = Follow(ID, PLACE, ID, HANDLE, PLACE, NOW)
ELSEWHERE = Follow(
    ID,
    "discord:1",
    ID,
    HANDLE,
    "discord:901",
    NOW,
    "fr",
    False,
    0.5,
    "discord:77",
    NOW + timedelta(days=2),
    videos=True,
)
ACCOUNT = Account(
    ID,
    HANDLE,
    "Amina cooks",
    "71",
    1_204_000,
    AccountStatus.OFFLINE,
    NOW,
    NOW,
    "TIKTOK_LIMIT",
    None,
    NOW,
    "7302",
    "amina.old",
)
LIVE = Live(
    ID, ID, HANDLE, ("7301",), "Dinner for six", NOW - timedelta(minutes=48), LiveStatus.ENDED, NOW, 1204, 800.5
)
LOGGED = (
    *(Logged(LIVE, NOW, 31.0, source, "a giveaway", "bob") for source in Source if source is not Source.DIARY),
    Logged(LIVE, NOW, 31.0, Source.HIT, "giveaway"),
    Logged(LIVE, NOW, 31.0, Source.DIARY, "Dinner for seven", kind=DiaryKind.TITLE),
    Logged(LIVE, NOW, 31.0, Source.DIARY, "SIGN_DOWN", kind=DiaryKind.CHAT_WAITS),
    Logged(LIVE, NOW, 31.0, Source.DIARY, "the onions", "Karim", DiaryKind.MARK),
    Logged(LIVE, NOW, 31.0, Source.DIARY, "", kind=DiaryKind.LOST),
)
SEGMENT = Segment(29.0, 33.0, "We start with the onions.", "en", "captions")
MOMENTS = (
    *(
        Moment(600.0 + n, NOW, kind, "a giveaway", who, "p", 5, 640.0, 0.9)
        for n, kind in enumerate(MomentKind)
        for who in ("bob", "")
        if kind not in (MomentKind.GAP, MomentKind.WATCH, MomentKind.MARK)
    ),
    *(Moment(700.0, NOW, MomentKind.GAP, why, until=730.0) for why in ("reconnect", "untold")),
    *(
        Moment(731.0, NOW, MomentKind.WATCH, noted=kind)
        for kind in DiaryKind
        if kind not in (DiaryKind.MUTED, DiaryKind.ALERT_MUTED, DiaryKind.MARK)
    ),
    Moment(732.0, NOW, MomentKind.MARK, "the onions", "Karim", noted=DiaryKind.MARK),
    Moment(740.0, NOW, MomentKind.SPEECH, "out with them", "A", until=745.0, risky=True),
)
CROWD = Crowd(600.0, 57, 3, 420, 31, 1, 2, 1204, (Moment(600.0, NOW, MomentKind.CHAT, "hello", "bob"),) * 2)
ENDED = LiveEnded(
    ID, HANDLE, "Dinner", LIVE.started, NOW, 1204, 800.5, 90, 3, 1, 1, 20, 14, 1, 1, 2, 2, 1, "We start.", "plot.png"
)
RISK = RiskRaised(
    ID, ID, HANDLE, 0.9, "Discours haineux", Virality.MEDIUM, Target.GROUP, ["H", "V"], "out with them", "Rules: x.",
    [("base", 0.2), ("virality moyenne", 0.3), ("hate", 0.4)], "rules", NOW, 31.0, 2,
)  # fmt: skip

OWN = OwnVideo(
    "7400000000000000000", "Onion soup", "https://www.tiktok.com/@amina/video/7400000000000000000", 61.0, NOW
)
LINK = Link(
    ID, "console:9", PLACE, PLACE, "-000f", "Amina cooks", "https://p16.example.com/a.jpeg", frozenset(SCOPES),
    b"", NOW, b"", NOW, NOW,
)  # fmt: skip

USUAL: tuple[Any, ...] = (
    SignInLink("https://www.tiktok.com/v2/auth/authorize/?state=x"),
    SignedIn("Amina cooks", True, "discord:71"),
    SignedIn("Amina cooks", False, "console:you"),
    OwnVideoList((OWN,) * 20, 1763669645001, 1763600000000, True),
    OwnVideoList((OWN,), 1763669645001, 0, False),
    OwnVideoList((), 0, 0, True),
    VideosAsked((Picked(OWN, ""), Picked(OWN, "v12"))),
    VideosAsked((Picked(OWN, "v12"),)),
    VideosAsked((Picked(OWN, ""),) * 10),
    ConfirmDisconnect("Amina cooks"),
    Disconnected("Amina cooks", True),
    Disconnected("Amina cooks", False),
    OptOutCode(HANDLE, "earshot-K7Q2MD", NOW, True),
    OptOutCode(HANDLE, "earshot-K7Q2MD", NOW, False),
    *(ConfirmOptOut(HANDLE, proof) for proof in Proof),
    OptedOut(HANDLE, 2),
    OptedOut(HANDLE, 0),
    MySettings(LINK, True, "fr", "Europe/Paris", Platform.DISCORD),
    MySettings(replace(LINK, automatic=True), True, "en", "UTC", Platform.CONSOLE),
    MySettings(replace(LINK, scopes=frozenset(), picture=""), True, "en", "UTC", Platform.CONSOLE),
    MySettings(None, True, "en", "UTC", Platform.TELEGRAM),
    MySettings(None, False, "en", "UTC", Platform.TELEGRAM),
    MySettings(None, False, "fr", "UTC", Platform.DISCORD, chosen=True),
    Linked(),
    LinkLost(),
    AccountOptedOut(HANDLE),
    *VIDEOS,
    *SEARCHES,
    *TRIGGERS,
    *SETTINGS,
    *KEEPING,
    *REVIEWS,
    *CHATS,
    *ENGINES,
    *MODERATION,
    *OBS,
    *POSTS,
    *CLIPS,
    Followed(FOLLOW, 7, 50, 1, 60.0, PLACE, face="face.jpg"),
    Followed(ELSEWHERE, 7, 50, 0, 60.0, "discord:902", True),
    Followed(FOLLOW, 7, 50, 1, 60.0, PLACE, goes=None),
    AccountShown(FOLLOW, ACCOUNT, NOW, goes=None),
    ConfirmUnfollow(FOLLOW),
    Unfollowed(FOLLOW),
    FollowBack(FOLLOW),
    FollowingList(((FOLLOW, ACCOUNT),) * 5, 7, 50, 1, 2, NOW, 2, 3, 180.0),
    *(
        AccountShown(follow, ACCOUNT, NOW, True, editing, face="face.jpg")
        for follow in (FOLLOW, ELSEWHERE)
        for editing in (True, False)
    ),
    AccountEdited(FOLLOW, ELSEWHERE),
    AccountPaused(ELSEWHERE),
    AccountPaused(replace(FOLLOW, paused_until=FOREVER)),
    AccountResumed(FOLLOW, 60.0),
    *(
        AccountChecked(
            ACCOUNT, Reading(ACCOUNT, Look(NOW, live, "7301", viewers=1204), live and sure), "", NOW, "face.jpg"
        )
        for live in (True, False)
        for sure in (True, False)
    ),
    AccountChecked(ACCOUNT, None, "TIKTOK_LIMIT", NOW),
    Bringing(12, 50),
    ListBrought(Brought((("@amina", Outcome.FOLLOWED), *(("who?", one) for one in Outcome)), 1, 2, 1, 1), 7, 50),
    SettingsFile(Exported("earshot_2026-11-20.yaml", b"earshot: 1\n")),
    Failed("ALREADY", {"x": HANDLE, "channel": PLACE, "since": NOW}),
    Missing("follow", "account", "a TikTok name or profile link", "follow", (Choice("@amina", "amina"),)),
    Missing("trigger add", "word", "words", "trigger.add"),
    Missing("review test", "text", "words", "review.test"),
    Missing("review note", "note", "words", "review.note:7", empty=True),
    Missing("transcript comment", "text", "words", "transcript.comment"),
    Working("Transcribing @amina", (("found", "done"), ("speech to text", "now")), 0.55, 20.0, 2, "job.cancel:7"),
    Status(
        Vitals(
            1,
            NOW.timestamp(),
            0.001,
            0.02,
            0.1,
            0,
            2,
            1,
            "groq",
            judge="gpt-oss-120b",
            limited_until=NOW.timestamp() + 60,
            signs_left=7,
            judges=[
                asdict(JudgeState("gpt-oss-20b", why, NOW.timestamp() if why else 0)) for why in ("", *SILENT, "ELSE")
            ],
        ),
        3,
        1,
        2,
        {"new": 1},
        "groq",
        "rules",
        NOW,
        61,
        2,
    ),
    Status(None, 3, 1, 2, {}, "", "rules", NOW, 12),
    *(
        Status(None, 3, 1, 2, {}, "", "rules", NOW, used=used, videos_running=2, videos_waiting=5, own_videos=1)
        for used in USED
    ),
    *(Status(None, 3, 1, 2, {}, "", "rules", NOW, cost=cost) for cost in COSTS),
    SourceShown(Running("https://github.com/earshot/earshot", "0.1.0", "0" * 40, "AGPL-3.0-or-later")),
    SourceShown(Running("https://github.com/earshot/earshot", "", "", "AGPL-3.0-or-later")),
    Help(ALL, "", "discord:123"),
    Help(ALL, "", "discord:123", begun=False),
    Help(ALL[:2], "", "discord:123", begun=False),
    replace(ENDED, recorded=False),
    LiveList((LIVE,) * 5, 1, 2, True, NOW),
    LiveList((LIVE,), 1, 1, True, NOW, {LIVE.handle: 42.0}),
    LiveShown(ENDED, True),
    LiveTimeline(LIVE, Stretch((CROWD, *MOMENTS[:12]), View.ALL, 600, 780, 2880)),
    LiveTimeline(LIVE, Stretch(MOMENTS, View.EVENTS, 0, 2880, 2880, 7)),
    LiveTimeline(LIVE, Stretch((), View.CHAT, 600, 900, 2880)),
    LiveFile(LIVE, What.CHAT, Exported("dinner_chat.csv", b"at\n")),
    TranscriptShown(LIVE, tuple(replace(SEGMENT, state=state) for state in SegmentState), 1, 2),
    TranscriptFile(LIVE, Exported("dinner_transcript.srt", b"1\n")),
    AlertShown(RISK),
    WatchBegun(Begun(replace(FOLLOW, once=True, until=NOW), Look(NOW, True, "7301", "Dinner for six", viewers=12))),
    WatchBegun(Begun(FOLLOW, Look(NOW, True, "7301"), 7)),
    WatchStopped(LIVE, "Karim"),
    WatchGoesOn(LIVE),
    WatchMuted(LIVE, NOW),
    Marked(LIVE, Entry(ID, NOW, 31.0, DiaryKind.MARK, "the onions", "Karim", PLACE, ID)),
    WatchLog(LOGGED, None, LogKind.ALL, 1, True),
    WatchLog(LOGGED[:5], HANDLE, LogKind.ERRORS, 50, False),
    LiveStarted(ID, HANDLE, "Dinner", NOW, 1204, 4, True, 0.7, "discord:901", "fr"),
    LiveStarted(ID, HANDLE, "Dinner", NOW, 1204, cover="cover.jpg"),
    LiveStarted(ID, HANDLE, "Dinner", NOW, 1204, 0, False, recorded=False),
    LiveStarted(
        ID, HANDLE, "Dinner", NOW, 1204, 4, True, 0.7, "discord:901", text="{account}: {title}, {viewers} at {time}"
    ),
    ENDED,
    replace(ENDED, waiting=2),
    replace(ENDED, risky=True),
    replace(ENDED, summary="Amina cooks an onion soup and announces a giveaway.", summary_by="gpt-oss-120b"),
    replace(ENDED, summary="Onions, for two hours.", summary_by="gpt-oss-120b", whole=False),
    ChatWaits([HANDLE], NOW, "SIGN_LIMIT"),
    ChatWaits([HANDLE] * 12, NOW, "SIGN_KEY", True),
    LiveLeft(ID, HANDLE, "Dinner", NOW - timedelta(minutes=48), NOW, "Karim"),
    LiveLeft(ID, HANDLE, "", NOW - timedelta(minutes=48), NOW),
    LiveLost(ID, HANDLE, NOW),
    LiveLost(ID, HANDLE, NOW, True),
    AccountRenamed(HANDLE, "amina.old"),
    AccountGone(HANDLE, NOW),
    Rolling(ID, HANDLE, "fr", "captions", [(NOW, "On commence."), (NOW, None)]),
    HitFound(ID, ID, ID, HANDLE, "giveaway", Where.CHAT, "a giveaway", 2, 10, NOW, 31.0, "bob", 2),
    HitFound(ID, ID, ID, HANDLE, "giveaway", Where.SPEECH, "a giveaway", 2, 10, NOW, 31.0),
    ClipSaved(0, ID, HANDLE, "", "", 0.0, 0, 0, 0, "giveaway", "CLIP_GONE"),
    RISK,
    replace(RISK, again=True),
    *(replace(RISK, level=level, engine="gpt-oss-120b", policy="default-1") for level in Level),
    replace(RISK, degraded=True),
    *(replace(RISK, degraded=True, unasked=why) for why in (*UNASKED, "A_CODE_TO_COME")),
    replace(RISK, engine="gpt-oss-20b", policy="default-1", doubtful=True),
    replace(RISK, doubtful=True, injection=True),
    replace(RISK, verdict=Verdict.CONFIRMED, decided_by="Karim", decided_at=NOW, note="seen"),
)
FIXED = frozenset(
    (
        "key steps failed cancel option code hint path plot face "
        "shown commands language engine engines cover time_zone handle place address ping repository tiktok_id number page "
        "seen stands unasked"
    ).split()
)
"""Fields whose text is ours, not a stranger's; a shown file name is cleaned before it is stored."""


def every() -> Iterator[tuple[str, Any]]:
    """(name and size, meaning) of everything."""
    for meaning in USUAL:
        for size in SIZES:
            yield f"{type(meaning).__name__}, {size}", _filled(meaning, size)
    for code, template in TEXTS.items():
        values = {name: _value(name) for name in placeholders(template)}
        for size in SIZES:
            filled = {name: _text(size) if isinstance(value, str) else value for name, value in values.items()}
            yield f"{code}, {size}", Failed(code, {"alert": ID, "stands": "c0ffee", **filled})


def _value(name: str) -> Any:
    return {
        "when": NOW,
        "since": NOW,
        "until": NOW,
        "left": timedelta(seconds=12),
        "n": 7,
        "m": 50,
        "least": 1,
        "most": 600,
    }.get(name, name)


def _text(size: str) -> str:
    return {"empty": "", "usual": "Bonsoir", "longest": LONG, "hostile": HOSTILE}[size]


def _filled(value: Any, size: str, name: str = "") -> Any:
    """`value` with every stranger's text of this size, and for the longest with the longest handles and numbers."""
    if size == "usual":
        return value
    if isinstance(value, Handle):
        return LONGEST_HANDLE if size == "longest" else value
    if name in FIXED or isinstance(value, Enum | datetime | timedelta | Path | bool | bytes):
        return value
    if isinstance(value, Place):
        return replace(value, name=_text(size), start_text=_text(size)[:200] if value.start_text else "")
    if isinstance(value, str):
        return _text(size)
    if isinstance(value, int):
        return _number(value, size, name)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _filled(getattr(value, f.name), size, f.name) for f in fields(value)})
    if isinstance(value, tuple | list):
        kept = () if size == "empty" and name in ("rows", "steps", "segments", "examples", "lines", "labels") else value
        return type(value)(_filled(one, size) for one in kept)
    return value


def _number(value: int, size: str, name: str) -> int:
    if size == "longest" and (name == "id" or name.endswith("_id")):
        return LONGEST_ID
    return 0 if size == "empty" and name not in ("page", "pages", "step", "width", "height") else value
