"""`earshot listen SOURCE`: the main job on one file or stream, printed as it goes."""

import asyncio
import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from bot.app import attending
from bot.folder import prepare
from bot.programs.exits import DONE, LINES, USAGE, ended, filled, looped, said, told
from bot.programs.models import offer
from bot.surfaces.console.draw import tame
from core.errors import EarshotError
from core.model.risk import Assessment
from core.model.transcript import Gap, Segment, SegmentState, clock_text
from core.services.assessing.steps import RULES
from core.services.attending import ClipCut, Fact, Summary, WordHeard
from core.services.choosing import states_of
from core.settings import Settings, Speech

SPEEDS = {"1": 1.0, "max": 0.0}


@dataclass(frozen=True)
class Wish:
    """What is listened to and for. `pace` 0: as fast as it goes; `start` in seconds of the source."""

    source: str
    words: list[str]
    pace: float
    language: str
    start: float


def listen(source: str, triggers: list[str], speed: str, language: str, start: float, *, as_json: bool) -> int:
    """The program."""
    if speed not in SPEEDS:
        sys.stderr.write(f"--speed is 1 or max, not {speed}.\n")
        return USAGE
    return ended(
        lambda settings: looped(_listen(settings, Wish(source, triggers, SPEEDS[speed], language, start), as_json))
    )


async def _listen(settings: Settings, wish: "Wish", as_json: bool) -> int:
    prepare(settings.DATA_DIR)
    if settings.SPEECH is Speech.WHISPER and sys.stdin.isatty() and not as_json and (code := await offer(settings)):
        return code
    for told_at_the_end in ("core.services.listening", "core.services.assessing.steps"):
        logging.getLogger(told_at_the_end).setLevel(logging.ERROR)
    show: Shown = JsonLines() if as_json else Screen()
    failure: EarshotError | None = None
    async with attending(settings, wish.source, wish.pace, wish.start) as (attend, capture):
        interrupted = _stop_on_interrupt(capture.stop)
        with show:
            try:
                async for fact in attend.attend(capture, _name(wish.source), wish.words, wish.language):
                    show.fact(fact, capture.second, capture.length)
                    failure = failure or (fact.error if isinstance(fact, ClipCut) else None)
            except EarshotError as error:
                failure = error
    refused = next(iter(attend.listening.refused.values()), None) or attend.judging.refused
    if interrupted.is_set():
        at = f"Stopped at {clock_text(capture.second)}; everything said until then is above."
        on = f" To go on: the same command with --start {capture.second:.0f}" if capture.length else ""
        sys.stderr.write(f"{at}{on}\n")
    for state in states_of(attend.listening):
        if state.name == settings.SPEECH and not state.ready and not state.refused:
            sys.stderr.write(f"{state.name}: {state.lacks}\n")
    for trouble in () if refused else attend.judging.troubles:
        sys.stderr.write(f"{said(trouble)} {INSIDE}\n")
    if refused or failure:
        return told(refused or failure)  # type: ignore[arg-type]
    return DONE


def _name(source: str) -> str:
    """What clips of this source are called after: the file's or the address's last part."""
    return Path(source.split("?")[0].rstrip("/")).stem[:40] or "source"


def _stop_on_interrupt(stop: Callable[[], Any]) -> asyncio.Event:
    """Ctrl-C and SIGTERM end the source, and what was heard so far is finished; a second one ends the process."""
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    ending: list[asyncio.Task[Any]] = []

    def interrupt() -> None:
        if heard.is_set():
            sys.exit(130)
        heard.set()
        ending.append(loop.create_task(stop()))

    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(name, interrupt)
    return heard


class JsonLines:
    """One JSON object a line on standard output, and nothing else there."""

    def __enter__(self) -> "JsonLines":
        return self

    def __exit__(self, *problem: object) -> None:
        sys.stdout.flush()

    def fact(self, fact: Fact, second: float, length: float | None) -> None:
        """Print a fact."""
        if isinstance(fact, ClipCut) and fact.cut is None:
            return
        sys.stdout.write(json.dumps(as_line(fact), ensure_ascii=False) + "\n")
        sys.stdout.flush()


def as_line(fact: Fact) -> dict[str, Any]:
    """A fact as the object people's scripts read."""
    match fact:
        case Segment():
            said = {"start": round(fact.start, 2), "end": round(fact.end, 2), "text": fact.text}
            return {"kind": "segment", **said, "language": fact.language, "engine": fact.engine}
        case Gap():
            return {"kind": "gap", "start": round(fact.start, 2), "end": round(fact.end, 2), "cause": fact.cause.value}
        case WordHeard():
            return {"kind": "hit", "trigger": fact.trigger, "where": "speech", "at": fact.at, "quote": fact.quote}
        case ClipCut():
            cut = fact.cut
            return (
                {"kind": "clip", "path": str(cut.path), "start": round(cut.start, 2), "seconds": round(cut.seconds, 2)}
                if cut
                else {}
            )
        case Assessment():
            labels = {label.value: round(share, 2) for label, share in fact.labels.items() if share > 0}
            at = round(fact.second, 2)
            return {
                "kind": "alert",
                "score": fact.score,
                "labels": labels,
                "quote": fact.quote,
                "at": at,
                "engine": fact.engine,
            }
        case Summary():
            return {"kind": "summary", **vars(fact), "success": fact.success}


class Screen:
    """Plain lines for people; a bar with the time left when they sit at a terminal."""

    def __init__(self) -> None:
        self._console = Console(soft_wrap=True)
        columns = (TextColumn("listening"), BarColumn(), TextColumn("{task.percentage:.0f} %"), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal)
        self._task = self._bar.add_task("listening", total=None)
        self._began = time.monotonic()

    def __enter__(self) -> "Screen":
        self._bar.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._bar.stop()

    def fact(self, fact: Fact, second: float, length: float | None) -> None:
        """Print a fact, move the bar."""
        self._bar.update(self._task, completed=second, total=length)
        for line in self._lines(fact):
            self._console.print(line)

    def _lines(self, fact: Fact) -> list[Text]:
        match fact:
            case Segment():
                return [
                    Text.assemble(
                        (f"{clock_text(fact.start):>7}  ", "dim"),
                        tame(fact.text if fact.text else WORDLESS[fact.state]),
                    )
                ]
            case Gap():
                return [
                    Text(
                        f"{clock_text(fact.start):>7}  (nothing could be heard for {fact.end - fact.start:.0f} s)",
                        "dim",
                    )
                ]
            case WordHeard():
                return [
                    Text.assemble(
                        "         ", ("▌ ", "yellow"), (fact.trigger, "bold yellow"), f" said at {clock_text(fact.at)}"
                    )
                ]
            case ClipCut():
                text = f"clip of {fact.cut.seconds:.0f} s: {fact.cut.path}" if fact.cut else _why(fact.error)
                return [Text.assemble("         ", ("▌ ", "blue"), text)]
            case Assessment():
                head = f"risk {fact.score:.2f} at {clock_text(fact.second)}, judged by {fact.engine}: "
                return [
                    Text.assemble("         ", ("▌ ", "red"), head, (tame(fact.quote), "italic")),
                    Text(f"           {tame(fact.reason)}", "dim"),
                ]
            case Summary():
                return _summary(fact, time.monotonic() - self._began)


def _why(error: EarshotError | None) -> str:
    return "no clip: " + (filled(LINES.get(error.code, str(error)), error.values) if error else "")


def _summary(fact: Summary, took: float) -> list[Text]:
    pieces = f"{fact.segments} pieces of speech, {fact.told} with words ({fact.engine})"
    head = f"\n{clock_text(fact.seconds)} heard in {took:.0f} s: {pieces}"
    details = f"{fact.hits} hits, {fact.clips} clips, {fact.alerts} risk alerts"
    details += " (simple rules: rough)" if fact.judge == RULES else f" (judged by {fact.judge})"
    lines = [Text(head, "bold"), Text(details)]
    if fact.failed or fact.late:
        lines.append(
            Text(f"{fact.failed} pieces failed, {fact.late} met a used-up quota: {fact.success:.0%} succeeded.")
        )
    if fact.untold:
        lines.append(Text(NO_ENGINE))
    return lines


Shown = JsonLines | Screen
NO_ENGINE = "No speech-to-text engine was ready. Words come with GROQ_API_KEY, or with: earshot models get base"
INSIDE = "Simple rules judged what no model did: rough."
WORDLESS = {
    SegmentState.TOLD: "",
    SegmentState.SILENT: "(no words)",
    SegmentState.UNTOLD: "(speech)",
    SegmentState.LATE: "(speech; the engine's quota is used up)",
    SegmentState.FAILED: "(speech; the engine failed)",
    SegmentState.WITHHELD: "…",
}
