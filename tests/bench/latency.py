"""`latency`: from the end of an utterance that holds a speech trigger to its hit post, and from a chat line to its hit post.

Three lives of the bundled recording at real speed go through all of Earshot: capture, segmenter, Groq's client, matching,
storage, outbox, courier. Groq is a loopback server in a process of its own that answers after 0.5 s with the true words;
the posts go to a messenger that notes the time. Captions are left out. A real live adds the way from its host to us.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
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
from core.model.tellable.finds import HitFound
from core.model.trigger import Then, Trigger, Where
from core.ports.messenger import Messenger, Pace
from core.services.lives.watching import Watching
from core.settings import Settings, Speech
from tests.bench.lives import PLACE, SCRIPT, ScriptedLives, follow_all, percentile

ROOT = Path(__file__).parents[2]
LIVES = 3
STAGGER_SECONDS = 0.7  # between two lives, so that their utterances do not end together
SECONDS = 70.0  # the recording, and time to tell its last words
CHATS_EACH_SECOND = 2.0
KEY = "gsk_loopback_0123456789"
ANSWERS_AFTER = 0.5
SERVE = f"""
import asyncio, time
from tests.platforms import speech
from tests.platforms.groq import LoopbackGroq
async def main():
    known = speech.Known()
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
    """Goals: p50 2.5 s, p95 5 s; chat p95 0.3 s."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    engine = subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    try:
        assert engine.stdout is not None
        origin = engine.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            heard = asyncio.run(_measure(Path(folder), origin))
    finally:
        engine.terminate()
        engine.wait(10)
    assert len(heard.speech) >= LIVES * (len(ENDS) - 1), f"{len(heard.speech)} of {LIVES * len(ENDS)} utterances"
    return {
        "figures": {
            "p50_seconds": round(statistics.median(heard.speech), 3),
            "p95_seconds": round(percentile(heard.speech, 0.95), 3),
            "utterances": len(heard.speech),
            "chat_p50_seconds": round(statistics.median(heard.chat), 3),
            "chat_p95_seconds": round(percentile(heard.chat, 0.95), 3),
            "chat_lines": len(heard.chat),
        }
    }


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

    def pace(self, address: str) -> Pace:
        return Pace(address)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        return None

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """Note the time of a hit."""
        now, said = self.lives.clock.now(), notice.tells()
        if isinstance(said, HitFound) and said.source is Where.CHAT:
            self.chat.append(now.timestamp() - float(said.quote.split()[-1]))
        elif isinstance(said, HitFound) and self.watching is not None:
            scene = self.watching.scene_of(said.live_id)
            if scene is not None and scene.capture is not None:
                self.speech.append(scene.capture.second_of(now) - ENDS[said.word])
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
        triggers.append(Trigger(0, PLACE, "kitchenbell", where=Where.CHAT, then=Then.ALERT, cooldown=never))
        for number in range(1, LIVES + 1):
            await follow_all(app.house.storage, clock.now(), number, triggers)
            triggers = []
            await asyncio.sleep(STAGGER_SECONDS)
        await asyncio.sleep(SECONDS)

    await serve(settings, connect, front, source=lives, clock=clock)
    return times
