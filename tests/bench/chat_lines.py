"""Lines of a live's chat gone through in a second: read by the judge inside, matched with the words of a place, stored and told.

10,000 different lines of one live come at once, as many as fit between two rounds are read each round, one in a hundred harasses
somebody; then 10,000 pastes of 20 lines. Seconds are the wall clock's of one process on a real SQLite file; nothing goes elsewhere.
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from core.adapters.clock import SystemClock
from core.adapters.risk.scoring import LocalScorer
from core.model.person import Person, Place
from core.model.policy import Severity, WordRule
from core.services.moderating.combing import MOST_WAITING
from core.services.moderating.texts import Texts
from core.services.moderating.weighing import Weighing
from storage.database import Database
from tests.builders import HERE, chat, followed, scene_of

LINES, PASTED, WORDS = 10_000, 20, 50
SAID = (
    "I love this soup so much",
    "what is in the pan, chef?",
    "hello from Lyon 😀",
    "can you say hi to my sister please",
    "lol",
)
HARASSING = "kill yourself you worthless pig"


def measured() -> dict[str, float]:
    """The figures. `chat_rss_mb` is the most this process has had by then."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> dict[str, float]:
    database = Database("", folder)
    await database.open()
    try:
        clock = SystemClock()
        texts = Texts.of(database, clock, Weighing(LocalScorer(), clock))
        await followed(database)
        scene = await scene_of(database)
        for number in range(WORDS):
            rule = WordRule(0, HERE, f"word{number}", severity=Severity.FLAG)
            await texts.ruling.add(Place(HERE, HERE), Person("console:1", "bench"), rule)
        lines = [f"{SAID[n % 5]} {n}" if n % 100 else f"{HARASSING} {n}" for n in range(LINES)]
        different = await _seconds(texts, scene, lines)
        pasted = await _seconds(texts, scene, [SAID[n % PASTED % 5] + str(n % PASTED) for n in range(LINES)])
    finally:
        await database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_024 if sys.platform != "darwin" else 1_024**2)
    return {
        "chat_lines_per_second": round(LINES / different),
        "chat_pastes_per_second": round(LINES / pasted),
        "chat_rss_mb": round(peak, 1),
    }


async def _seconds(texts: Texts, scene: object, lines: list[str]) -> float:
    """As long as it takes; a round whenever as many wait as may."""
    began = time.perf_counter()
    for number, line in enumerate(lines):
        await texts.combing.chat(scene, chat(line, number / 100))  # type: ignore[arg-type]
        if number % MOST_WAITING == MOST_WAITING - 1:
            await texts.combing.round()
    await texts.combing.round()
    assert texts.combing.unread == 0
    return time.perf_counter() - began
