"""TikTok on loopback: pages, api-live, webcast with its websocket, sign server, media, and a proxy that knows TikTok's names.

In the event loop of a test (`fixtures.tiktok` does this and sets the environment too):

    async with TikTok() as tiktok:
        tiktok.live("alice", title="Cooking", viewers=77)             # stream: the bundled recording, from its second 0
        await tiktok.emit("alice", Comment("bob", "wow"), Gift("eve", "Rose", 5))
        await tiktok.end("alice")                                     # or silent=True
        video = tiktok.video("chef", desc="Eggs", short="ZTabc123", tracks=(Track("eng-US"), Track("fra-FR", "MT")))
        tiktok.fault("api_live", body="captcha", status=200, times=3) # see faults.Fault and faults.ROUTES
        assert not tiktok.refused

Settings of the whole: `tiktok.config(check_alive_lies=True)`; the sign server's limits: `tiktok.quota(minute=1)`. A real live tells
its viewers every few seconds even when nobody speaks: `config(pulse_s=5)`. `onlookers.py`: the bare libraries as test clients.

`live("alice", events=True)` also replays the chat, gifts and end of the recording on the stream's clock. What is said when:
`tiktok.grounds.recordings["demo"].words`. All verbs: direction.py; fields of accounts, rooms, posts, settings: world.py.

As a process (journeys, benches): `with running() as tiktok: tiktok.tell("live", unique_id="alice")` or `await tiktok.ask(…)`;
by hand `python -m tests.platforms.tiktok`. Arguments are the same in JSON, events are
`{"type": "comment", "user": "bob", "text": "wow"}`.

Leading a program here needs its environment only: `tiktok.environment()` sets HTTPS_PROXY, HTTP_PROXY, NO_PROXY and whom to trust
(httpx and curl_cffi listen to it; yt-dlp's own urllib asks certifi unless it has compat_opts no-certifi, in child processes use
`environment(shim=True)`). In-process adapters are given `proxy=tiktok.proxy`. The websocket and media are given as loopback
addresses (`ws://127.0.0.1`, reachable with and without the proxy) or, with `TikTok(names="tiktok")`, by TikTok's names: then only
through it.

The JSON holds what TikTokLive 7.0.1 and yt-dlp 2026.10.26 read, not captured traffic. Signatures are not checked. Streams and files
are always the recording's own 360x640 H.264 and AAC, whatever a page says of codec and size.
"""

from tests.platforms.tiktok.client import Control, Running, running
from tests.platforms.tiktok.events import (
    MALFORMED,
    Caption,
    Comment,
    Delete,
    Event,
    Follow,
    Gift,
    Host,
    Join,
    Like,
    Raw,
    Share,
    Viewers,
)
from tests.platforms.tiktok.faults import Fault
from tests.platforms.tiktok.server import TikTok
from tests.platforms.tiktok.world import LADDER, SOUND, Account, Quality, Rendering, Room, Track, Video

__all__ = [
    "LADDER",
    "MALFORMED",
    "SOUND",
    "Account",
    "Caption",
    "Comment",
    "Control",
    "Delete",
    "Event",
    "Fault",
    "Follow",
    "Gift",
    "Host",
    "Join",
    "Like",
    "Quality",
    "Raw",
    "Rendering",
    "Room",
    "Running",
    "Share",
    "TikTok",
    "Track",
    "Video",
    "Viewers",
    "running",
]
