"""What models cost an hour of live, how often they are asked, and how soon an alert is posted after the words it is about.

Three lives of the bundled recording at real speed, heard by a loopback engine that answers after 0.5 s, and judged by two loopback
models that answer after 1 s each. `flagged`: the recording's one sentence that the rules inside flag. `other`: a sentence that only
the models see (the tenth). The hour is computed: an hour of the bundled speech, spoken again and again, goes through the same
windows by a clock of its own, and every question and answer is counted with the tokens the loopback service counts (four
characters each) at the prices of prices.py. A real live adds the way from its host to us.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import App, serve
from bot.house import House
from bot.judges import steps_of
from core.adapters.clock import SystemClock
from core.adapters.risk.rules import RulesAssessor
from core.model.notice import Notice
from core.model.person import Platform
from core.model.risk import AlertRule
from core.model.tellable.finds import RiskRaised
from core.model.transcript import Segment, Span
from core.ports.assessor import Spent, Window
from core.ports.messenger import Messenger, Pace
from core.services.assessing.alone import Alone
from core.services.assessing.steps import Steps
from core.services.assessing.windows import Desk, Piece
from core.services.lives.watching import Watching
from core.settings import Settings, Speech
from tests.bench.lives import SCRIPT, ScriptedLives, follow_all, percentile
from tests.bench.words import cut, speech
from tests.platforms.groq_whole import LoopbackWhole
from tests.platforms.judges import HATEFUL, NEUTRAL, told
from tests.platforms.live_media import DEMO
from tests.platforms.speech import fixed

ROOT = Path(__file__).parents[2]
LIVES = 3
STAGGER_SECONDS = 0.7
SECONDS = 135.0  # the recording, and the minute after it in which a window is sent
KEY = "gsk_loopback_0123456789"
FLAGGED, OTHER = "Norvanians are vermin", "nobody talks like that"
HOUR = 3600.0
THINKING = {"gpt-oss-20b": (100, 0.30), "gpt-oss-120b": (300, 0.60)}
"""Tokens a model thinks for each question, which the loopback does not: assumed, and dollars for a million of them."""

SERVE = """
import asyncio, time
from tests.platforms import speech
from tests.platforms.groq_whole import LoopbackWhole
from tests.bench.judge_live import judged
from tests.platforms.service import Fault
async def main():
    known = speech.Known()
    def slow(sound):
        began = time.monotonic()
        found = known(sound)
        time.sleep(max(0.0, 0.5 - (time.monotonic() - began)))
        return found
    service = await LoopbackWhole(slow, judged).start()
    service.fail_next(Fault("chat", delay_s=1.0, times=1_000_000))
    print(service.origin, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def figures() -> dict[str, float]:
    """Goals: 0.02 dollars an hour, 60 and 15 calls; alerts p95 6 s after the end of flagged words, 75 s after others."""
    with _groq() as origin, tempfile.TemporaryDirectory() as folder:
        posted = asyncio.run(_measure(Path(folder), origin))
    assert len(posted.flagged) >= LIVES, posted.flagged
    assert len(posted.other) >= LIVES, posted.other
    return {**hour(), **_late("flagged", posted.flagged), **_late("other", posted.other)}


def hour() -> dict[str, float]:
    """What an hour of speech costs, in which somebody is hateful twice a minute."""
    return asyncio.run(_hour())


def judged(body: dict[str, Any]) -> dict[str, Any]:
    """What the loopback models say: the two sentences are hate, aimed at different people."""

    def verdict(text: str) -> dict[str, Any]:
        if FLAGGED.casefold() in text.casefold():
            return HATEFUL | {"extrait": FLAGGED}
        return HATEFUL | {"extrait": OTHER, "cible": "individu"} if OTHER.casefold() in text.casefold() else NEUTRAL

    return told(body, verdict, "A cook makes soup, greets her viewers, and takes a call that she ends soon.")


async def _hour() -> dict[str, float]:
    async with LoopbackWhole(fixed(""), judged) as groq:
        settings = Settings.model_construct(GROQ_API_KEY=SecretStr(groq.key), GROQ_BASE_URL=groq.origin)
        async with steps_of(settings, SystemClock()) as steps:
            costs = Counted(steps)
            alone = Alone(RulesAssessor(), costs, 0.7, AlertRule.EARSHOT)
            for segment in _spoken():
                await alone.hear(segment, hit=False)
            await alone.over()
    screen, judge = (costs.spent[one.model.name] for one in steps.models)
    thought = sum(costs.spent[name].requests * tokens * price / 1e6 for name, (tokens, price) in THINKING.items())
    return {
        "dollars_per_live_hour": round(screen.dollars + judge.dollars + thought, 4),
        "screening_calls_per_live_hour": screen.requests,
        "judging_calls_per_live_hour": judge.requests,
        "tokens_asked_per_live_hour": screen.asked + judge.asked,
        "tokens_answered_per_live_hour": screen.answered + judge.answered,
    }


class Counted(Steps):
    """Steps that add up what they cost."""

    def __init__(self, steps: Steps) -> None:
        super().__init__(steps.clock, steps.screen, steps.judge)
        self.spent = {one.model.name: Spent() for one in steps.models}

    async def go(
        self,
        window: Window,
        pieces: Sequence[Piece],
        threshold: float,
        desk: Desk,
        now: Callable[[], datetime],
        costs: list[tuple[str, Spent]],
    ) -> str:
        summary = await super().go(window, pieces, threshold, desk, now, costs)
        for name, spent in costs:
            self.spent[name] += spent
        return summary


def _spoken() -> Iterator[Segment]:
    """An hour of segments: the bundled speech, cut as a live's is, again and again."""
    spans = [span for span in cut(speech((DEMO,), 0.0)) if isinstance(span, Span)]
    length, start = spans[-1].end + 1.0, 0.0
    while start < HOUR:
        for span in spans:
            near = (w for w in SCRIPT["words"] if span.start <= (w["at"] + w["end"]) / 2 <= span.end)
            text = " ".join(word["word"] for word in near)
            if text and start + span.end <= HOUR:
                yield Segment(start + span.start, start + span.end, text, "en", "groq")
        start += length


def _late(what: str, seconds: list[float]) -> dict[str, float]:
    return {
        f"alert_after_{what}_p50_seconds": round(percentile(seconds, 0.5), 2),
        f"alert_after_{what}_p95_seconds": round(percentile(seconds, 0.95), 2),
    }


@contextmanager
def _groq() -> Iterator[str]:
    """The loopback Groq in a process of its own; where it is."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    groq = subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    try:
        assert groq.stdout is not None
        yield groq.stdout.readline().strip()
    finally:
        groq.terminate()
        groq.wait(10)


@dataclass
class Posted:
    """A messenger that notes how long after its words an alert came."""

    lives: ScriptedLives
    repeats_for: float = 3600.0
    per_second: float = 1000.0
    watching: Watching | None = None
    flagged: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    zeros: dict[int, datetime] = field(default_factory=dict)  # when each live's recording began

    def pace(self, address: str) -> Pace:
        return Pace(address)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        return None

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """Note the time of an alert's first post."""
        said, now = notice.tells(), self.lives.clock.now()
        if isinstance(said, RiskRaised) and said.live_id and not external and self.watching is not None:
            scene = self.watching.scene_of(said.live_id)
            if scene is not None and scene.capture is not None:
                zero = self.zeros.setdefault(said.live_id, now - timedelta(seconds=scene.capture.second_of(now)))
                flagged = FLAGGED.casefold() in said.quote.casefold()
                after = (now - zero).total_seconds() - ENDS[FLAGGED if flagged else OTHER]
                (self.flagged if flagged else self.other).append(after)
        return external or "1"


def _ends() -> dict[str, float]:
    """The second at which the sentence with these words has been said."""
    words, ends = SCRIPT["words"], {}
    for wanted in (FLAGGED, OTHER):
        (found,) = {
            word["sentence"]
            for word in words
            if wanted in " ".join(one["word"] for one in words if one["sentence"] == word["sentence"])
        }
        ends[wanted] = max(word["end"] for word in words if word["sentence"] == found)
    return ends


ENDS = _ends()


async def _measure(folder: Path, origin: str) -> Posted:
    clock = SystemClock()
    lives = ScriptedLives(clock, 0.2, lambda number: "hello", chat_only=True)
    posted = Posted(lives)
    settings = Settings.model_construct(
        DATA_DIR=folder, SPEECH=Speech.GROQ, GROQ_API_KEY=SecretStr(KEY), GROQ_BASE_URL=origin, LOOK_EVERY=3600.0
    )

    def connect(house: House) -> Mapping[Platform, Messenger]:
        return {Platform.CONSOLE: posted}

    async def front(app: App) -> None:
        posted.watching = app.watching
        for number in range(1, LIVES + 1):
            await follow_all(app.house.storage, clock.now(), number, [])
            await asyncio.sleep(STAGGER_SECONDS)
        await asyncio.sleep(SECONDS)

    await serve(settings, connect, front, source=lives, clock=clock)
    return posted
