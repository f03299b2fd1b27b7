"""One of everything that is drawn about OBS."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.cards.obs import INSTEAD, UNFETCHED
from bot.replies.house import Status
from bot.replies.obs import ObsConnected, ObsElsewhere, ObsShown, ObsTrying
from core.model.clip import Source
from core.model.tellable.finds import ClipSaved
from core.ports.replays import ReplayState
from core.services.clipping.serving import Mode

NOW = datetime(2026, 11, 20, 20, 14, 5, tzinfo=UTC)
WELL = ReplayState(
    "127.0.0.1:4455",
    True,
    "",
    "30.2.3",
    True,
    "Kitchen",
    "/media/amina/Videos",
    True,
    41_000_000_000,
    "Replay 2026-11-20 20-13-40.mkv",
    NOW.timestamp(),
)
OFF = ReplayState("192.168.1.5:4455", trouble="OBS_OFF")
CLIP = ClipSaved(
    7,
    3,
    "amina.kitchen",
    "bob_giveaway_2026-11-20_08-14-05_PM.mp4",
    "data/clips/7.mp4",
    38.4,
    9_400_000,
    1280,
    720,
    "giveaway",
    source=Source.OBS,
)

OBS: tuple[Any, ...] = (
    ObsShown(WELL, Mode.OBS, running=True, places=("The kitchen", "Watchers")),
    ObsShown(replace(WELL, buffer=False, here=False), Mode.BOTH, running=True),
    ObsShown(replace(WELL, folder="", here=False, scene="", free=0, last=""), Mode.OWN, running=False, places=("One",)),
    *(ObsShown(replace(OFF, trouble=code), Mode.OBS, running=True) for code in ("OBS_OFF", "OBS_PASSWORD", "")),
    ObsConnected(WELL, Mode.OBS),
    ObsConnected(replace(WELL, here=False, buffer=False), Mode.BOTH),
    ObsElsewhere(may=True),
    ObsElsewhere(may=False),
    ObsTrying(),
    *(Status(None, 3, 1, 2, {}, "", "rules", NOW, obs=state) for state in (WELL, OFF, replace(WELL, buffer=False))),
    CLIP,
    *(replace(CLIP, source=Source.OWN, instead=code) for code in INSTEAD),
    *(replace(CLIP, clip_id=0, path="", failed=code, shown="Replay 2026.mkv") for code in UNFETCHED),
    replace(CLIP, clip_id=0, path="", shown="", failed="CLIP_GONE", source=Source.OWN, instead="OBS_OFF"),
)
