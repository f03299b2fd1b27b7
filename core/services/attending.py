"""Attending: the main job on one file or stream, without storage: speech, words, triggers, clips and risk as they come."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.errors import EarshotError, Missing
from core.matching.rules import TriggerIndex, compile_rule
from core.model.account import Account, Follow, Handle
from core.model.clip import AFTER_SECONDS, BEFORE_SECONDS, Cut, shown_name
from core.model.live import Live
from core.model.risk import Assessment
from core.model.transcript import Gap, Segment, SegmentState, success_of
from core.model.trigger import MatchMode
from core.ports.media import LiveCapture
from core.services.assessing.alone import Alone
from core.services.assessing.steps import RULES
from core.services.listening import Listening
from core.services.lives.scene import Scene


@dataclass(frozen=True)
class WordHeard:
    """A trigger word was said at second `at`."""

    trigger: str
    at: float
    quote: str


@dataclass(frozen=True)
class ClipCut:
    """A clip is on disk; `error` says why it is not."""

    cut: Cut | None
    error: EarshotError | None = None


@dataclass(frozen=True)
class Summary:
    """What was heard in all, in `elapsed` real seconds. Silence is not a failure: see `success_of`."""

    seconds: float
    elapsed: float
    segments: int
    told: int
    silent: int
    failed: int
    untold: int
    late: int
    gaps: int
    hits: int
    clips: int
    alerts: int
    engine: str
    judge: str = RULES

    @property
    def success(self) -> float:
        """Share of the tried pieces of speech that have words."""
        return success_of(self.told, self.failed + self.late)


Fact = Segment | Gap | WordHeard | ClipCut | Assessment | Summary


@dataclass
class Attending:
    """One source being attended. `clips` is the folder clips go to; times of clip names are in `zone`."""

    listening: Listening
    judging: Alone
    clips: Path
    zone: ZoneInfo
    _began: float = field(default_factory=time.monotonic)
    _cutting: list[asyncio.Task[ClipCut]] = field(default_factory=list)
    _windows: list[tuple[float, float]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    async def attend(self, capture: LiveCapture, name: str, words: Sequence[str], language: str) -> AsyncIterator[Fact]:
        """Facts in the order they are known, the summary last. Raises Invalid for a trigger, and what `spans` raises."""
        index = TriggerIndex((word, compile_rule(word, MatchMode.WHOLE_WORD)) for word in words)
        scene = _scene(name, language)
        said: list[Segment | Gap] = []
        async for part in self.listening.segments(scene, capture):
            said.append(part)
            yield part
            if isinstance(part, Segment) and part.text:
                matches = list(index.find(part.text))
                for match in matches:
                    heard = WordHeard(str(match.key), round(part.said_at(match.start), 2), part.text)
                    self._wish(capture, name, heard)
                    self._count("hits")
                    yield heard
                await self.judging.hear(part, hit=bool(matches))
            for fact in self._known():
                yield fact
        await self.judging.over()
        if self._cutting:
            await asyncio.wait(self._cutting)
        for fact in self._known():
            yield fact
        yield self._summary(said, capture.second)

    def _wish(self, capture: LiveCapture, name: str, heard: WordHeard) -> None:
        """Words inside one window share one clip."""
        if any(start <= heard.at <= end for start, end in self._windows):
            return
        start, end = max(0.0, heard.at - BEFORE_SECONDS), heard.at + AFTER_SECONDS
        self._windows.append((start, end))
        shown = shown_name(name, heard.trigger, datetime.now(UTC), self.zone)
        self._cutting.append(asyncio.create_task(self._cut(capture, start, end, self.clips / shown)))

    async def _cut(self, capture: LiveCapture, start: float, end: float, wanted: Path) -> ClipCut:
        try:
            path = _free(wanted)
        except OSError as error:
            return ClipCut(None, Missing("CLIP_FOLDER", x=self.clips, reason=error.strerror))
        try:
            return ClipCut(await capture.cut(start, end, path))
        except EarshotError as error:
            path.unlink(missing_ok=True)
            return ClipCut(None, error)

    def _known(self) -> list[Fact]:
        """Alerts and clips that have come meanwhile."""
        alerts = self.judging.alarming()
        self._counts["alerts"] = self._counts.get("alerts", 0) + len(alerts)
        return [*alerts, *self._made()]

    def _made(self) -> list[ClipCut]:
        done = [task for task in self._cutting if task.done()]
        self._cutting = [task for task in self._cutting if not task.done()]
        made = [task.result() for task in done]
        for one in made:
            self._count("clips" if one.cut else "unclipped")
        return made

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1

    def _summary(self, said: list[Segment | Gap], seconds: float) -> Summary:
        segments = [part for part in said if isinstance(part, Segment)]
        states = [segment.state for segment in segments]
        engines = [segment.engine for segment in segments if segment.engine != "none"]
        count = self._counts.get
        return Summary(
            seconds=round(seconds, 2),
            elapsed=round(time.monotonic() - self._began, 2),
            segments=len(segments),
            told=states.count(SegmentState.TOLD),
            silent=states.count(SegmentState.SILENT),
            failed=states.count(SegmentState.FAILED),
            untold=states.count(SegmentState.UNTOLD),
            late=states.count(SegmentState.LATE),
            gaps=len(said) - len(segments),
            hits=count("hits", 0),
            clips=count("clips", 0),
            alerts=count("alerts", 0),
            engine=max(set(engines), key=engines.count, default="none"),
            judge=self.judging.judge,
        )


def _scene(name: str, language: str) -> Scene:
    now = datetime.now(UTC)
    handle = Handle(name)
    follows = (Follow(0, "", 0, handle, "", now, language, chat=False),) if language else ()
    return Scene(Live(0, 0, handle, ("",), name, now), Account(0, handle), follows)


def _free(path: Path) -> Path:
    """`path`, or `_2`, `_3`… when that name is taken."""
    number, free = 2, path
    while free.exists():
        free, number = path.with_stem(f"{path.stem}_{number}"), number + 1
    free.parent.mkdir(parents=True, exist_ok=True)
    free.touch()  # taken from now on: two hits in one second must not choose the same name
    return free
