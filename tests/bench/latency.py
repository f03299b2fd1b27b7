"""`latency`: from the end of an utterance that holds a speech trigger to its hit post, from a chat line to its hit post, and from
the last second of a clip that a chat line wished for to its post.

Not one word may be lost or doubled at the seams either: of the bundled speech and of twenty minutes of it. And twenty lives at once
cost little, heard by the same engine.

Three lives of the bundled recording at real speed go through all of Earshot: capture, segmenter, Groq's client, matching,
storage, outbox, courier. Groq is a loopback server in a process of its own that answers after 0.5 s with the true words;
the posts go to a messenger that notes the time. Captions are left out. A real live adds the way from its host to us.
"""

import asyncio
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import App, serve
from bot.house import House
from core.adapters.clock import SystemClock
from core.model.notice import Notice
from core.model.person import Platform
from core.model.tellable.finds import ClipSaved, HitFound
from core.model.trigger import Then, Trigger, Where
from core.ports.messenger import Messenger, Pace
from core.services.lives.watching import Watching
from core.settings import Settings, Speech
from tests.bench.lives import PLACE, SCRIPT, VIDEO, ScriptedLives, follow_all, percentile
from tests.bench.words import BUNDLED, TWENTY_MINUTES, cut, seams, speech
from tests.platforms.live_media import remux
from tests.waiting import until

ROOT = Path(__file__).parents[2]
LIVES = 3
STAGGER_SECONDS = 0.7  # between two lives, so that their utterances do not end together
SECONDS = 70.0  # the recording, and time to tell its last words
CHATS_EACH_SECOND = 2.0
KEY = "gsk_loopback_0123456789"
ANSWERS_AFTER = 0.5
CROWD = 20
CROWD_SECONDS = 50.0
SETTLED = 5.0  # seconds after which all streams are open and everything is imported
SERVE = f"""
import asyncio, sys, time
from tests.platforms import speech
from tests.platforms.groq import LoopbackGroq
async def main():
    known = speech.fixed("one two three four five six seven") if sys.argv[1:] else speech.Known()
    def slow(sound):
        began = time.monotonic()
        found = known(sound)
        time.sleep(max(0.0, {ANSWERS_AFTER} - (time.monotonic() - began)))
        return found
    service = await LoopbackGroq(slow, key="{KEY}", per_minute=1e9, audio_seconds_per_hour=1e9).start()
    print(service.origin, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def run() -> dict[str, Any]:
    """Goals: p50 2.5 s, p95 5 s; chat p95 0.3 s; clips p95 1 s; no word lost or doubled; 25 % of a core for 20 lives.

    A clip's last second is over when it has been shown, and media comes in bursts of up to 0.4 s: a clip may be told before."""
    with _engine() as origin, tempfile.TemporaryDirectory() as folder:
        heard = asyncio.run(_measure(Path(folder), origin))
    assert len(heard.clips) >= LIVES * 3, f"{len(heard.clips)} clips"
    assert len(heard.speech) >= LIVES * (len(ENDS) - 1), f"{len(heard.speech)} of {LIVES * len(ENDS)} utterances"
    with _engine("fixed") as origin, tempfile.TemporaryDirectory() as folder:
        cpu, pieces = asyncio.run(_crowd(Path(folder), origin))
    return {
        "figures": {
            "p50_seconds": round(statistics.median(heard.speech), 3),
            "p95_seconds": round(percentile(heard.speech, 0.95), 3),
            "utterances": len(heard.speech),
            "chat_p50_seconds": round(statistics.median(heard.chat), 3),
            "chat_p95_seconds": round(percentile(heard.chat, 0.95), 3),
            "chat_lines": len(heard.chat),
            "clip_after_end_p50_seconds": round(statistics.median(heard.clips), 3),
            "clip_after_end_p95_seconds": round(percentile(heard.clips, 0.95), 3),
            "clips": len(heard.clips),
            **_seams("bundled", 0.0),
            **_seams("twenty_minutes", TWENTY_MINUTES),
            "cpu_percent_20_lives": round(cpu, 1),
            "segments_per_minute_20_lives": round(pieces * 60 / (CROWD_SECONDS + SETTLED)),
        }
    }


@contextmanager
def _engine(*how: str) -> Iterator[str]:
    """A loopback engine in a process of its own; where it is."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    engine = subprocess.Popen(
        [sys.executable, "-c", SERVE, *how], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    try:
        assert engine.stdout is not None
        yield engine.stdout.readline().strip()
    finally:
        engine.terminate()
        engine.wait(10)


def _seams(name: str, seconds: float) -> dict[str, int]:
    said = speech(BUNDLED, seconds)
    lost, doubled = seams(said, cut(said))
    return {f"{name}_words": len(said.words), f"{name}_words_lost": lost, f"{name}_words_doubled": doubled}


def _ends() -> dict[str, float]:
    """A word of each sentence that stands in no other, and the second at which its sentence has been said."""
    sentences: dict[int, list[dict[str, Any]]] = {}
    for word in SCRIPT["words"]:
        sentences.setdefault(word["sentence"], []).append(word)
    all_words = [word["word"].casefold() for word in SCRIPT["words"]]
    ends = {}
    for words in sentences.values():
        own = [word["word"] for word in words if all_words.count(word["word"].casefold()) == 1]
        ends[max(own, key=len)] = float(words[-1]["end"])
    return ends


ENDS = _ends()


@dataclass
class Times:
    """A messenger that notes how long each hit took. `source` tells when a live began, `watching` its clock."""

    lives: ScriptedLives
    repeats_for: float = 3600.0
    per_second: float = 1000.0
    watching: Watching | None = None
    speech: list[float] = field(default_factory=list)
    chat: list[float] = field(default_factory=list)
    clips: list[float] = field(default_factory=list)

    def pace(self, address: str) -> Pace:
        return Pace(address)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        return None

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """Note the time of a hit, and of a clip that is whole."""
        now, said = self.lives.clock.now(), notice.tells()
        if isinstance(said, HitFound) and said.source is Where.CHAT:
            self.chat.append(now.timestamp() - float(said.quote.split()[-1]))
        elif isinstance(said, HitFound) and self.watching is not None:
            scene = self.watching.scene_of(said.live_id)
            if scene is not None and scene.capture is not None:
                self.speech.append(scene.capture.second_of(now) - ENDS[said.word])
        elif isinstance(said, ClipSaved) and not said.failed and said.short is None and self.watching is not None:
            scene = self.watching.scene_of(said.live_id)
            if scene is not None:
                self.clips.append(scene.second_of(now) - said.start - said.seconds)
        return external or "1"


async def _measure(folder: Path, origin: str) -> Times:
    clock = SystemClock()
    lives = ScriptedLives(
        clock, CHATS_EACH_SECOND, lambda number: f"the kitchenbell {clock.now().timestamp()}", chat_only=True
    )
    times = Times(lives)
    settings = Settings.model_construct(
        DATA_DIR=folder, SPEECH=Speech.GROQ, GROQ_API_KEY=SecretStr(KEY), GROQ_BASE_URL=origin, LOOK_EVERY=3600.0
    )

    def connect(house: House) -> Mapping[Platform, Messenger]:
        return {Platform.CONSOLE: times}

    async def front(app: App) -> None:
        times.watching = app.watching
        never = timedelta(0)
        triggers = [Trigger(0, PLACE, word, where=Where.SPEECH, then=Then.ALERT, cooldown=never) for word in ENDS]
        triggers.append(Trigger(0, PLACE, "kitchenbell", where=Where.CHAT, then=Then.BOTH, cooldown=never))
        for number in range(1, LIVES + 1):
            await follow_all(app.house.storage, clock.now(), number, triggers)
            triggers = []
            await asyncio.sleep(STAGGER_SECONDS)
        await asyncio.sleep(SECONDS)

    await serve(settings, connect, front, source=lives, clock=clock)
    return times


async def _crowd(folder: Path, origin: str) -> tuple[float, int]:
    """CPU of this process in percent of a core while twenty lives are only heard (no clips: their sound alone comes), and how
    many pieces of speech got words."""
    clock = SystemClock()
    sound = remux(VIDEO, folder / "sound.flv", "flv", ("audio",))
    lives = ScriptedLives(clock, 0.02, lambda number: "hello", sound=sound)
    settings = Settings.model_construct(
        DATA_DIR=folder, SPEECH=Speech.GROQ, GROQ_API_KEY=SecretStr(KEY), GROQ_BASE_URL=origin, LOOK_EVERY=3600.0
    )
    used: list[float] = []

    async def front(app: App) -> None:
        await follow_all(app.house.storage, clock.now(), CROWD, [], clips=False)
        await until(lambda: len(app.watching.watches) == CROWD, 60)
        await asyncio.sleep(SETTLED)
        began, cpu = time.monotonic(), time.process_time()
        await asyncio.sleep(CROWD_SECONDS)
        used.append(100 * (time.process_time() - cpu) / (time.monotonic() - began))

    await serve(settings, lambda house: {}, front, source=lives, clock=clock)
    with closing(sqlite3.connect(folder / "earshot.db")) as stored:
        (pieces,) = stored.execute("select count(*) from segment where text is not null").fetchone()
    return used[0], pieces
