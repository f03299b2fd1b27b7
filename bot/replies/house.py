"""Replies about Earshot itself."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.command import Command
from bot.running import Running
from core.model.usage import Cost, Used
from core.ports.replays import ReplayState
from core.services.diagnosing import Vitals


@dataclass(frozen=True)
class Status:
    """How Earshot is at `now`. `vitals` are None when nothing runs on this data folder. `deliveries` and counts are of the whole
    house; `downloader_days` is the age of yt-dlp, which TikTok outruns within weeks; of `unread` accounts followed here the last
    look gave no reading. `used` is what engines heard for this place; of the videos that are under way or wait in the whole house
    `own_videos` are the asker's here. `obs` is how OBS is where it serves this place; None: nothing to be said of it.
    `cost` is what models that judge cost this place."""

    vitals: Vitals | None
    followed: int
    lives: int
    waiting_alerts: int
    deliveries: dict[str, int]
    engine: str
    judge: str
    now: datetime
    downloader_days: int | None = None
    unread: int = 0
    used: Used = field(default_factory=Used)
    videos_running: int = 0
    videos_waiting: int = 0
    own_videos: int = 0
    obs: ReplayState | None = None
    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True)
class Help:
    """What the asker may use, in menu order. Not `begun`: their place has to be set up first."""

    commands: tuple[Command, ...]
    topic: str
    person: str
    begun: bool = True


@dataclass(frozen=True)
class SourceShown:
    """Which code runs here."""

    running: Running
