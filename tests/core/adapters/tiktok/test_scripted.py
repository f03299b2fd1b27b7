"""A recorded live on a machine that stands still now and then: its script keeps to what its stream has come to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from core.adapters.media.arrivals import Arrivals
from core.adapters.tiktok.scripted import Recording, ScriptedSource
from core.model.live import CaptionShown, ChatMessage
from core.ports.media import Capture, LiveCapture
from tests.doubles import BEGAN

STEP = 0.05  # seconds of a packet


@dataclass
class Tape:
    """A clock, and a capture of a file of `length` that stands still from `stops` to `goes` and then reads at once what it missed;
    one that `breaks` goes no further."""

    stops: float = 1e9
    goes: float = 1e9
    length: float | None = 30.0
    breaks: float = 1e9
    passed: float = 0.0
    second: float = 0.0
    arrivals: Arrivals = field(default_factory=Arrivals)

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.passed)

    async def sleep(self, seconds: float) -> None:
        until = self.passed + seconds
        while self.passed < until:
            self.passed += STEP
            if not self.stops <= self.passed < self.goes:
                self._read()

    def _read(self) -> None:
        end = min(self.passed, self.breaks, self.length or self.passed)
        while self.second + STEP <= end:
            self.second += STEP
            self.arrivals.mark(self.now(), self.second)

    def second_of(self, at: datetime) -> float:
        return self.arrivals.second_of(at, 1.0)

    def open(self, name: str, address: object) -> "Tape":
        return self


async def played(tape: Tape, *said: float, spoken: tuple[float, float] | None = None) -> list[tuple[Any, float]]:
    """Each event of a recording with a line of chat at every second of `said` and a caption, and how far the stream was."""
    lines = [{"at": at, "kind": "chat", "id": str(at), "text": f"{at:g}"} for at in said]
    captions = [{"at": spoken[0], "end": spoken[1], "text": "words"}] if spoken else []
    recording = Recording(Path("live.mp4"), {"room": "7", "events": lines, "captions": captions})
    source = ScriptedSource(recording, tape, 1.0)
    source.watched(cast(Capture, tape)).open("amina", lambda: source.stream("7", None))  # type: ignore[arg-type]
    await tape.sleep(STEP)
    return [(event, tape.second) async for event in source.events("7")]


def placed(tape: Tape, events: list[tuple[Any, float]]) -> list[float]:
    """Where each line of chat is by the clock of the stream."""
    return [cast(LiveCapture, tape).second_of(event.at) for event, _ in events if isinstance(event, ChatMessage)]


async def test_what_happens_while_the_stream_stands_still_is_where_it_was_recorded() -> None:
    tape, said = Tape(stops=10, goes=22), (2.0, 9.5, 12.0, 15.0, 20.0, 25.0)
    events = await played(tape, *said)
    assert placed(tape, events) == [pytest.approx(at, abs=0.3) for at in said]


async def test_nothing_is_seen_before_its_stream_has_come_so_far() -> None:
    events = await played(Tape(stops=10, goes=22), 5.0, 12.0, 20.0)
    assert all(float(event.text) <= reached for event, reached in events)


async def test_a_caption_is_as_long_as_it_was_spoken_and_where_it_was_spoken() -> None:
    tape = Tape(stops=10, goes=22)
    [(caption, _)] = await played(tape, spoken=(14.0, 17.5))
    assert isinstance(caption, CaptionShown)
    assert tape.second_of(caption.at) == pytest.approx(14.0, abs=0.3)
    assert caption.until - caption.at == timedelta(seconds=3.5)


async def test_what_comes_after_the_end_of_the_file_is_told_all_the_same() -> None:
    tape = Tape(length=20.0)
    events = await played(tape, 19.0, 24.0)
    assert [event.text for event, _ in events] == ["19", "24"]
    assert (events[1][0].at - events[0][0].at).total_seconds() == pytest.approx(5.0, abs=0.3)


async def test_a_stream_that_breaks_does_not_hold_up_the_rest_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.adapters.tiktok.scripted.LATE", 0.0)
    events = await played(Tape(breaks=6.0), 5.0, 12.0)
    assert [event.text for event, _ in events] == ["5", "12"]
