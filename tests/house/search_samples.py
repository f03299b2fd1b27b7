"""One of everything that is drawn about searches."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.replies.lives import LiveTimeline
from bot.replies.search import FoundContext, SearchFound
from bot.replies.watches import WatchLog
from core.model.account import Handle
from core.model.found import Found, Source
from core.model.live import Live
from core.model.moment import Crowd, Moment, MomentKind
from core.model.tellable.finds import HitFound
from core.model.transcript import SegmentState
from core.model.trigger import Where
from core.services.lives.minding import Logged, LogKind
from core.services.lives.minding import Source as Logs
from core.services.lives.recounting import Stretch, View
from core.services.searching import Around, Excerpt, Said, excerpt
from tests.house.video_samples import HANDLE, NOW, OWN, TRANSCRIPT

LINK = "https://www.tiktok.com/@amina.kitchen/video/7400000000000000001"
LIVE = Live(7, 7, HANDLE, ("7301",), "Dinner for six", datetime(2026, 11, 20, 19, 26, tzinfo=UTC))
WRITTEN = Found(Source.CHAT, 7, HANDLE, "Dinner", NOW, 1891.4, "a giveaway of the big onions, giveaway", "bob")
SAID = replace(WRITTEN, source=Source.LIVES, by="", text="We start with the giveaway, then the onions. " * 20)
TOLD = Found(Source.VIDEOS, 7, HANDLE, "How to boil an egg", NOW, 75.2, "then the giveaway", "", LINK)
FILE = replace(TOLD, handle=Handle(""), link="")
ROWS: tuple[Excerpt, ...] = tuple(excerpt(row, ("giveaway",)) for row in (WRITTEN, SAID, TOLD, FILE, WRITTEN))
FOUND = SearchFound(
    "giveaway", ROWS, 412, True, 2, 83, tuple(Source), HANDLE, NOW, False, True, "search:words=giveaway"
)  # fmt: skip
LINES = (
    Said(1880.0, Source.LIVES, "", "We start with the onions."),
    Said(1891.4, Source.CHAT, "bob", "a giveaway of the big onions"),
    Said(1895.0, Source.LIVES, "", "Yes, later."),
)

WITHHELD: tuple[Any, ...] = (
    FoundContext(
        LIVE, 1891.4, Around((LINES[1], Said(1895.0, Source.LIVES, "", ""), Said(1896.0, Source.CHAT, "", "")), 1)
    ),
    HitFound(7, 7, 7, HANDLE, "giveaway", Where.SPEECH, "", 0, 0, NOW, 31.0),
    HitFound(8, 7, 7, HANDLE, "giveaway", Where.CHAT, "", 0, 0, NOW, 31.0),
    LiveTimeline(
        LIVE,
        Stretch(
            (
                Moment(31.0, NOW, MomentKind.GAP, SegmentState.WITHHELD.value, until=36.0),
                Moment(32.0, NOW, MomentKind.ALERT, score=0.9, risky=True),
                Moment(33.0, NOW, MomentKind.CHAT),
                Crowd(
                    34.0,
                    9,
                    lines=(Moment(34.0, NOW, MomentKind.CHAT, "the onions", "bob"), Moment(35.0, NOW, MomentKind.CHAT)),
                ),
            ),
            View.ALL,
            0,
            60,
            60,
        ),
    ),
    WatchLog(
        (
            Logged(LIVE, NOW, 30.0, Logs.CHAT, ""),
            Logged(LIVE, NOW, 31.0, Logs.SPEECH, ""),
            Logged(LIVE, NOW, 32.0, Logs.RISK, ""),
        ),
        None,
        LogKind.ALL,
        1,
        False,
    ),
)
"""What may be about minors, as somebody reads it who is not named."""

SEARCHES: tuple[Any, ...] = (
    *WITHHELD,
    FOUND,
    replace(FOUND, rows=ROWS[:1], n=1, more=False, page=1, pages=1, account=None, since=None, tell=False),
    replace(FOUND, rows=(), n=0, page=1, pages=1),
    replace(FOUND, rows=(), n=0, page=1, pages=1, account=None, since=None),
    replace(FOUND, rows=(), n=0, page=1, pages=1, account=None, since=None, several=True),
    FoundContext(LIVE, 1891.4, Around(LINES, 1)),
    FoundContext(TRANSCRIPT, 75.2, Around(LINES[:1], 0)),
    FoundContext(OWN, 75.2, Around((), None)),
)
