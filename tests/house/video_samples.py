"""One of everything that is drawn about videos."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.links import Begun
from bot.replies.common import Failed
from bot.replies.feed import FeedShown, View
from bot.replies.videos import (
    TranscribeCancelled,
    VideoBack,
    VideoChanged,
    VideoDecided,
    VideoFile,
    VideoRemoved,
    VideosBegun,
    VideoText,
)
from bot.transcripts import Open
from core.model.account import Handle
from core.model.job import Job, JobState
from core.model.screening import Check, State, Where
from core.model.tellable.screened import Screened
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing, VideoPosted
from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript
from core.services.exporting import Exported

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
HANDLE = Handle("amina.kitchen")
VIDEO = Video(7, "7400000000000000001", HANDLE, "Amina", "How to boil an egg", "Six minutes #eggs", 151.0, NOW)
TRANSCRIPT = VideoTranscript(
    7, "console:here", VIDEO, "captions", "", "en", True, NOW, "console:you", "How to boil an egg"
)
OWN = replace(TRANSCRIPT, video=replace(VIDEO, handle=Handle(""), posted=None), public=False, engine="groq", title="")
SEGMENT = Segment(29.0, 33.0, "We start with the onions.", "en", "captions")
UNDER_WAY = Transcribing(7, HANDLE, "How to boil an egg", 151.0, "speech to text", 0.55, 20.0, 2)
HELD = Screened(State.HELD, ((Check.HATE, Where.WORDS),), alert_id=9)
DONE = Transcribed(
    7, HANDLE, "How to boil an egg", "Six minutes #eggs", 151.0, "en", "captions", True, NOW, "We start.",
    7, "7.jpg", "egg_transcript.srt",
)  # fmt: skip
BEGUN = (
    Begun("https://www.tiktok.com/@a/video/7400000000000000001", "a", 7),
    Begun("https://www.tiktok.com/@a/video/7400000000000000002", "a", 8, 3),
    Begun("https://www.tiktok.com/@a/video/7400000000000000003", "a", number="v12"),
    Begun("https://www.tiktok.com/@a/photo/7400000000000000004", error=Failed("NOT_VIDEO")),
)
WORK = Job(7, "transcribe", "k", state=JobState.WAITING)
OPEN = (
    Open(replace(WORK, state=JobState.RUNNING), "How to boil an egg", left_seconds=12.0),
    Open(WORK, "How to boil an egg", 3, 140.0),
    Open(replace(WORK, state=JobState.DEAD), "https://www.tiktok.com/@a/video/7400000000000000001"),
)
COUNTS = ((JobState.WAITING, 1), (JobState.RUNNING, 1), (JobState.DONE, 14), (JobState.DEAD, 3))

VIDEOS: tuple[Any, ...] = (
    UNDER_WAY,
    Transcribing(7),
    *(Transcribing(7, HANDLE, left_seconds=left, ahead=n) for left in (None, 140.0) for n in (0, 1, 3)),
    Transcribing(7, "", "talk.mp4", 0.0, "downloaded", only="discord:1"),
    *(
        replace(UNDER_WAY, waits=code, until=NOW + timedelta(minutes=10))
        for code in ("TIKTOK_LIMIT", "TIKTOK_DOWN", "VIDEO_BLOCKED", "QUOTA", "BUDGET", "DISK")
    ),
    DONE,
    replace(DONE, description=DONE.title, automatic=False),
    Transcribed(7, "", "", "", 61.0, "", "groq", False, only="discord:1"),
    replace(DONE, engine="assemblyai", passed=(("groq", "QUOTA"),), lines="A: We start. B: With what?"),
    *(
        replace(DONE, engine="assemblyai", passed=(("groq", "QUOTA"), ("groq", code)))
        for code in ("ENGINE_KEY", "ENGINE_REFUSED", "ENGINE_SLOW", "ENGINE_DOWN")
    ),
    replace(DONE, screened=Screened(State.PASSED)),
    replace(DONE, screened=Screened(State.OVERRIDDEN, ((Check.HATE, Where.WORDS),), by="Karim", alert_id=9)),
    Transcribed(7, "amina.kitchen", "", "", 61.0, "fr", "groq", False, screened=HELD),
    Transcribed(7, "", "", "", 61.0, "fr", "groq", False, screened=replace(HELD, state=State.REJECTED, by="Karim")),
    VideoDecided(replace(DONE, screened=replace(HELD, state=State.OVERRIDDEN, by="Karim"))),
    VideoDecided(Transcribed(7, "amina.kitchen", "", "", 61.0, "fr", "groq", False, screened=HELD)),
    VideoDecided(Transcribed(7, "amina.kitchen", "", "", 61.0, "fr", "groq", False, screened=HELD), proposed=True),
    NotTranscribed(7, "ENGINE_SPEAKERS"),
    NotTranscribed(7, "ENGINE_SLOW", {"engine": "assemblyai", "n": 10}, "How to boil an egg"),
    NotTranscribed(7, "ENGINE_REFUSED", {"engine": "assemblyai", "said": "language_code is not supported: xx"}),
    NotTranscribed(7, "PRIVATE", {}, "How to boil an egg"),
    NotTranscribed(7, "NO_SPEECH"),
    NotTranscribed(7, "NO_SPEECH", engines=["groq", "whisper"]),
    NotTranscribed(7, "QUOTA", {"engine": "groq"}, engines=["assemblyai", "whisper", "captions", "more"]),
    NotTranscribed(7, "TIKTOK_DOWN"),
    NotTranscribed(7, "TOO_LONG", {"m": 90, "n": 60}),
    NotTranscribed(7, "BUDGET", {"n": 60, "until": "2026-11-21T00:00:00+00:00"}),
    NotTranscribed(7, "GONE", {"name": "That video"}),
    NotTranscribed(7, "CANCELLED", {}, "How to boil an egg", "discord:1"),
    FeedShown(View.NEWEST, None, TRANSCRIPT, DONE, 2, 9),
    FeedShown(View.NEWEST, HANDLE, OWN, replace(DONE, handle="", only="discord:1"), 1, 1),
    FeedShown(View.NEWEST, HANDLE, None, None, 1, 1),
    FeedShown(View.NEWEST, None, None, None, 1, 1),
    FeedShown(View.MINE, HANDLE, TRANSCRIPT, DONE, 1, 120, COUNTS, OPEN, 3),
    FeedShown(View.MINE, None, None, None, 1, 1, COUNTS, OPEN[2:], 1),
    VideosBegun(BEGUN, ("https://www.tiktok.com/@a/video/7400000000000000001",) * 2, False),
    VideosBegun(BEGUN[2:], (), True),
    VideosBegun(BEGUN[3:], (), True),
    VideosBegun(BEGUN[:1] * 10, ("vm.tiktok.com/x",) * 40, False),
    TranscribeCancelled(7, "How to boil an egg"),
    VideoPosted(HANDLE, 7, "How to boil an egg", 151.0, NOW, "7.jpg"),
    VideoPosted(HANDLE, 7, ""),
    VideoText(TRANSCRIPT, (SEGMENT,) * 5, 1, 2),
    VideoText(OWN, (), 1, 1),
    VideoText(
        replace(TRANSCRIPT, engine="assemblyai", passed=(("groq", "QUOTA"),)),
        tuple(replace(SEGMENT, speaker=speaker) for speaker in "AABA"),
        1,
        1,
    ),
    VideoFile(TRANSCRIPT, Exported("egg_transcript.srt", b"1\n")),
    *(VideoChanged(TRANSCRIPT, what) for what in ("title", "public")),
    VideoChanged(OWN, "private"),
    VideoChanged(TRANSCRIPT, "title", "H"),
    VideoChanged(TRANSCRIPT, "public", "word"),
    VideoRemoved(TRANSCRIPT),
    VideoBack(TRANSCRIPT),
)
