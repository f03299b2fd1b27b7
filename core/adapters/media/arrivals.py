"""When which second of a live arrived: chat reacts to what viewers saw, so its times are turned into seconds by arrival."""

import threading
from bisect import bisect_right
from collections import deque
from datetime import datetime

EVERY_SECONDS = 0.25
KEPT = 3600
"""A quarter of an hour at real speed; what is older is reckoned from the oldest."""


class Arrivals:
    """Pairs of wall time and second, four a second. Written by one thread, read by others."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def mark(self, at: datetime, second: float) -> None:
        """`second` arrives at `at`."""
        wall = at.timestamp()
        if self._marks and 0 <= wall - self._marks[-1][0] < EVERY_SECONDS:
            return
        with self._lock:
            self._marks.append((wall, second))

    def second_of(self, at: datetime, pace: float) -> float:
        """The second that was arriving at `at`, >= 0; beyond the marks the media is taken to run at `pace` times the wall."""
        wall = at.timestamp()
        with self._lock:
            if not self._marks:
                return 0.0
            last = self._marks[-1]
            marks = () if wall >= last[0] else tuple(self._marks)  # a copy for what is late only: it takes 15 µs
        after = bisect_right(marks, (wall, float("inf")))
        if after in (0, len(marks)):
            near = marks[0] if marks else last
            return max(0.0, near[1] + (wall - near[0]) * pace)
        (wall_before, before), (wall_after, later) = marks[after - 1], marks[after]
        part = (wall - wall_before) / (wall_after - wall_before)
        return before + (later - before) * part
