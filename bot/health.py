"""How every part of Earshot is: as the process that runs says of itself, asked of storage and the disk. The same in any process."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.house import House
from bot.running import TOO_OLD, days_old
from core.errors import EarshotError
from core.model.job import JobState
from core.model.notice import DeliveryState
from core.ports.replays import ReplayState
from core.ports.store import Storage
from core.services.assessing.steps import RULES, JudgeState
from core.services.choosing import State, states_of
from core.services.diagnosing import Vitals
from core.services.sparing import space_of

LAG, WAIT = 0.5, 5.0  # seconds: the loop's lag and the writer's wait that are worth a word
TIGHT = 5_000_000_000  # bytes free
LATE = 200  # posts waiting


@dataclass(frozen=True)
class Part:
    """One part of Earshot. `code` names what was found, `values` fill its text; `well` False: something is to be mended, None: a
    hint."""

    code: str
    well: bool | None = True
    values: dict[str, Any] = field(default_factory=dict)


async def parts_of(house: House) -> tuple[Part, ...]:
    """Every part, in the order somebody would mend them."""
    vitals, now = house.diagnosing.of_running(), house.clock.now()
    return (
        *process(vitals),
        *await stored(house.storage),
        *chats(vitals),
        *tiktok(vitals, now),
        *(obs(ReplayState(**vitals.obs)) if vitals and vitals.obs else ()),
        *_words(house, vitals),
        *judging(vitals, vitals.judge if vitals else house.judge),
        *age(now),
        *await disk(house.settings.DATA_DIR),
    )


def process(vitals: Vitals | None) -> Iterator[Part]:
    """The program that runs on the data folder."""
    if vitals is None:
        yield Part("NOT_RUNNING", False)
        return
    lag = vitals.loop_lag_p99_seconds
    yield Part("SLOW", None, {"lag": lag}) if lag > LAG else Part("RUNS", True, {"lag": lag})
    if vitals.writer_wait_seconds > WAIT:
        yield Part("WRITER_LATE", False, {"wait": vitals.writer_wait_seconds})
    if vitals.dropped:
        yield Part("DROPPED", None, {"n": vitals.dropped})
    if unread := vitals.texts.get("unread"):
        yield Part("CHAT_UNJUDGED", None, {"n": unread})
    if vitals.texts.get("trouble"):
        yield Part("LABELS_ROUGH", False)


async def stored(storage: Storage) -> list[Part]:
    """What storage knows: posts and work that wait, channels that are closed."""
    try:
        async with storage.reading() as work:
            posts, jobs = await work.outbox.counts(), await work.jobs.counts()
            closed, kept = await work.outbox.count_closed()
            unread = sum(bool(account.why) for account in await work.follows.followed())
    except EarshotError:
        return [Part("STORE_SILENT", False)]
    waiting = posts[DeliveryState.NEW] + posts[DeliveryState.RETRY]
    found = [
        Part("STORED"),
        Part("POSTS_LATE", None, {"n": waiting}) if waiting > LATE else Part("POSTS", True, {"n": waiting}),
    ]
    if posts[DeliveryState.UNKNOWN]:
        found.append(Part("POSTS_UNKNOWN", None, {"n": posts[DeliveryState.UNKNOWN]}))
    if closed:
        found.append(Part("CLOSED", None, {"n": closed, "kept": kept}))
    if jobs[JobState.DEAD]:
        found.append(Part("JOBS_FAILED", None, {"n": jobs[JobState.DEAD]}))
    if unread:
        found.append(Part("UNREAD", None, {"n": unread}))
    return found


def chats(vitals: Vitals | None) -> Iterator[Part]:
    """The chats of the program that runs."""
    if vitals is None:
        return
    if not vitals.chats:
        yield Part("NO_CHATS", None)
    for platform, chat in vitals.chats.items():
        said = {"who": platform.capitalize(), "since": datetime.fromtimestamp(chat.since, UTC)}
        if chat.trouble:
            yield Part("CHAT_TROUBLE", False, {**said, "trouble": chat.trouble})
        else:
            yield Part("CHAT_READY" if chat.ready else "CHAT_STARTS", True if chat.ready else None, said)


def tiktok(vitals: Vitals | None, now: datetime) -> Iterator[Part]:
    """What TikTok lets the program that runs do."""
    if vitals is None:
        return
    if vitals.limited_until > now.timestamp():
        yield Part("LIMITED", None, {"until": datetime.fromtimestamp(vitals.limited_until, UTC)})
    else:
        yield Part("TIKTOK")
    if vitals.signs_left is not None:
        yield Part("SIGNS", True, {"n": vitals.signs_left}) if vitals.signs_left else Part("NO_SIGNS", None)


def obs(state: ReplayState) -> Iterator[Part]:
    """OBS, where one is set up."""
    if not state.connected:
        code = {"OBS_PASSWORD": "OBS_REFUSES", "": "OBS_WAITS"}.get(state.trouble, "OBS_SILENT")
        yield Part(code, None if code == "OBS_WAITS" else False, {"x": state.where})
        return
    code = "OBS_WELL" if state.buffer else "OBS_IDLE"
    yield Part(code, True if state.buffer else None, {"version": state.version})
    if not state.here:
        yield Part("OBS_FAR", None, {"folder": state.folder})


def _words(house: House, vitals: Vitals | None) -> Iterator[Part]:
    engine = vitals.engine if vitals else house.engine
    yield Part("ENGINE", True, {"engine": engine}) if engine else Part("NO_ENGINE", None)
    states = [State(**said) for said in vitals.engines.values()] if vitals else states_of(house.listening)
    for state in states:
        if state.refused:
            yield Part("ENGINE_REFUSED", False, {"engine": state.name})
        elif state.tried and state.again_in is not None:
            left = timedelta(seconds=state.again_in)
            yield Part("ENGINE_WAITS", None, {"engine": state.name, "left": left})
        elif state.tried and not state.ready:
            alone = house.choosing.now.engine == state.name
            yield Part("ENGINE_LACKS", not alone, {"engine": state.name, "lacks": state.lacks})


def judging(vitals: Vitals | None, judge: str) -> Iterator[Part]:
    """Who judges risk, and the models that do not."""
    yield Part("JUDGE_ROUGH") if judge == RULES else Part("JUDGE", True, {"engine": judge})
    for state in (JudgeState(**said) for said in (vitals.judges if vitals else ())):
        if state.why:
            since = datetime.fromtimestamp(state.since, UTC)
            yield Part("JUDGE_SILENT", False, {"engine": state.name, "silent": state.why, "since": since})


def age(now: datetime) -> Iterator[Part]:
    """What ages fastest."""
    days = days_old("yt-dlp", now.date())
    if days is not None:
        yield Part("YTDLP_OLD", False, {"n": days}) if days > TOO_OLD else Part("YTDLP", True, {"n": days})


async def disk(folder: Path) -> Iterator[Part]:
    """How much room there is for what is in `folder`."""
    try:
        space = await asyncio.to_thread(space_of, folder)
    except OSError:
        return iter([Part("DISK_SILENT", False)])
    code = "DISK_FULL" if space.short else "DISK_TIGHT" if space.free < TIGHT else "DISK"
    return iter([Part(code, {"DISK_FULL": False, "DISK_TIGHT": None}.get(code, True), {"free": space.free})])
