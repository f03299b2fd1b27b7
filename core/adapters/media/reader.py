"""The one loop over a live's packets: into the ring, and through the ear into spans of speech."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from av.packet import Packet

from core.adapters.media.arrivals import Arrivals
from core.adapters.media.milestones import Milestones
from core.adapters.media.opening import Source
from core.adapters.media.ring import Ring, kept_of
from core.adapters.media.seam import SMALLEST, Seam
from core.adapters.media.segmenter import Segmenter
from core.adapters.media.shape import Shape, shape_of, track_of
from core.adapters.media.sound import Sound
from core.adapters.media.timeline import JUMP_SECONDS, Kind, Timeline
from core.model.transcript import Gap, GapCause, Span

GAP_SECONDS = 0.5
"""Missing sound shorter than this is not worth a word: a reconnect within a live costs less than a syllable."""

HEAD_PACKETS = 50
"""A new connection is placed on the clock by its first packet large enough to be recognised, at the latest after so many."""

REPLAY_SECONDS = 3.0
"""A list played again comes in a burst; what is still unknown after so long is new."""

GATHER_SECONDS = 0.4
WAITED_SECONDS = 0.005
"""After a packet that had to be waited for (`WAITED`), the next ones gather in the socket for a moment (`GATHER`): a thread
woken for every packet costs twice the CPU with 30 lives."""

AHEAD_SECONDS = 0.01
"""How far (of real time) a file that is read faster than it plays may be ahead; at its own pace it comes as a live does."""

MARK_SECONDS = 0.1
"""How often the arrival of a second is told: the wall is asked ten times a second of media, not for every packet."""

BEGIN_SECONDS = 0.5
"""The first picture is decoded a few frames before it is shown; a start said to be further off is not believed."""


class CodecChangedError(Exception):
    """The stream went over to another codec or size: it has to be opened anew."""


@dataclass
class _Connection:
    """What is known of the connection being read. `placed` once its times are on the clock."""

    source: Source
    sound: Sound | None
    scales: dict[int, tuple[Kind, float]]  # stream index → kind, seconds of one tick
    extradata: dict[Kind, bytes]
    began: float = field(default_factory=time.monotonic)
    placed: bool = False
    head: list[tuple[Kind, float, "Packet[Any]"]] = field(default_factory=list)
    fresh: set[Kind] = field(default_factory=set)  # kinds of which something new has come
    continued: set[Kind] = field(default_factory=set)  # kinds of which something known has come


class Reader:
    """Reads one connection after the other onto one clock. All in one thread but `timeline.now` and the counters."""

    def __init__(
        self,
        ring: Ring,
        segmenter: Segmenter,
        give: Callable[[Span | Gap], None],
        arrivals: Arrivals,
        milestones: Milestones,
        now: Callable[[], datetime],
    ) -> None:
        self._ring, self._segmenter, self._give = ring, segmenter, give
        self._arrivals, self._milestones, self._wall = arrivals, milestones, now
        self._seam = Seam()
        self._shape: Shape | None = None
        self._began: float | None = None
        self._first = 0.0
        self._marked = -1.0
        self.timeline = Timeline()
        self.repeated = 0
        self.broken = 0

    def read(self, source: Source, pace: float | None, stopping: threading.Event) -> None:
        """Read `source` to its end or until `stopping`; `pace` > 0 holds it back to that many seconds a second, None is a live.

        Raises what FFmpeg raises, and CodecChangedError. What was heard until then has been given to the segmenter.
        """
        connection = self._connected(source)
        ready = time.monotonic()
        try:
            for packet in source.container.demux(*source.streams):
                waited = time.monotonic() - ready
                if stopping.is_set():
                    break
                self._take(connection, packet)
                if pace:
                    self._hold(pace, stopping)
                elif pace is None and waited > WAITED_SECONDS:
                    stopping.wait(GATHER_SECONDS)
                ready = time.monotonic()
            self._place(connection, at_last=True)
        finally:
            if connection.sound is not None:
                self._hear(connection.sound.finish())
                self.broken += connection.sound.broken

    def finish(self) -> None:
        """The live is over or stopped: the open span is given out."""
        for span in self._segmenter.flush():
            self._give(span)

    def _connected(self, source: Source) -> _Connection:
        """Prepare for a connection: the shape stays the same object as long as the codecs stay the same."""
        shape = shape_of(source.streams)
        if shape is None or self._shape != shape:
            self._shape = shape
        scales: dict[int, tuple[Kind, float]] = {}
        if source.video is not None:
            scales[source.video.index] = ("video", float(source.video.time_base or 0))
        if source.audio is not None:
            scales[source.audio.index] = ("audio", float(source.audio.time_base or 0))
        extradata = {t.kind: t.extradata for t in map(track_of, source.streams)}
        return _Connection(source, Sound(source.audio) if source.audio is not None else None, scales, extradata)

    def _take(self, connection: _Connection, packet: "Packet[Any]") -> None:
        """One packet as it comes from the demuxer."""
        found = connection.scales.get(packet.stream_index)
        stamp = packet.dts if packet.dts is not None else packet.pts
        if found is None or stamp is None or not packet.size:
            return
        kind, scale = found
        if packet.has_sidedata("new_extradata"):
            self._compare(connection, kind, bytes(packet.get_sidedata("new_extradata")))
        if connection.placed:
            self._use(connection, kind, stamp * scale, packet)
            return
        connection.head.append((kind, stamp * scale, packet))
        self._place(connection)

    def _compare(self, connection: _Connection, kind: Kind, extradata: bytes) -> None:
        known = connection.extradata[kind]
        if known and extradata and extradata != known:
            raise CodecChangedError

    def _place(self, connection: _Connection, *, at_last: bool = False) -> None:
        """Find the place of the connection's first packets on the clock, then use them. `at_last`: no more will come."""
        if connection.placed or not connection.head or not (self._joined(connection) or at_last):
            return
        if self._began is None:
            self._begin(connection)
        connection.placed = True
        for kind, stamp, packet in connection.head:
            self._use(connection, kind, stamp, packet)
        connection.head.clear()

    def _begin(self, connection: _Connection) -> None:
        """The clock starts where the first packet of all is shown."""
        self._began = time.monotonic()
        stamp = connection.head[0][1]
        start = connection.source.container.start_time
        origin = start / 1_000_000 if start is not None else stamp
        believed = connection.source.sought or abs(origin - stamp) < BEGIN_SECONDS
        self.timeline.anchor(origin if believed else stamp, 0.0)
        self._first = max(0.0, stamp - origin) if believed else 0.0

    def _joined(self, connection: _Connection) -> bool:
        """Continue the clock: by a packet that came before, else by the stamps if they go on, else by the wall.

        False while what comes may be older than all that is remembered: a replayed list begins before what was heard of it.
        """
        if self._began is None:
            return True
        kind, stamp, packet = connection.head[-1]
        known = self._seam.second_of(kind, packet)
        if known is not None:
            self.timeline.anchor(stamp, known)
            return True
        if packet.size < SMALLEST and len(connection.head) < HEAD_PACKETS:
            return False
        expected = max(self.timeline.now, time.monotonic() - self._began)
        would = self.timeline.would_be(kind, stamp)
        if would is not None and self.timeline.end(kind) - 0.05 <= would <= expected + JUMP_SECONDS:
            return True
        if would is not None and would < self._seam.oldest and time.monotonic() - connection.began < REPLAY_SECONDS:
            return False
        self.timeline.anchor(connection.head[0][1], expected)
        return True

    def _use(self, connection: _Connection, kind: Kind, stamp: float, packet: "Packet[Any]") -> None:
        """One packet whose connection has its place on the clock."""
        if kind not in connection.fresh and not self._is_new(connection, kind, stamp, packet):
            return
        scale = connection.scales[packet.stream_index][1]
        if kind == "audio" and kind not in connection.fresh:
            self._name_gap(stamp)
        connection.fresh.add(kind)
        second = self.timeline.second(kind, stamp, (packet.duration or 0) * scale)
        if self._shape is not None and kind in self._shape.kinds:
            self._ring.add(kept_of(self._shape, kind, second, packet, scale))
        self._seam.remember(kind, packet, second)
        if kind == "audio" and connection.sound is not None:
            self._hear(connection.sound.feed(packet, second))
        if not MARK_SECONDS > second - self._marked >= 0:
            self._arrivals.mark(self._wall(), second)
            self._marked = second
        self._milestones.passed(self.timeline.now)

    def _is_new(self, connection: _Connection, kind: Kind, stamp: float, packet: "Packet[Any]") -> bool:
        """False for what was read before the reconnect, and for pictures whose key picture is missing."""
        last, would = self.timeline.last(kind), self.timeline.would_be(kind, stamp)
        if last is not None and would is not None and would <= last + 0.001:
            connection.continued.add(kind)
            self.repeated += 1
            return False
        return kind == "audio" or packet.is_keyframe or kind in connection.continued

    def _name_gap(self, stamp: float) -> None:
        """The sound goes on at `stamp`: if some is missing, end the open span and say so."""
        would = self.timeline.would_be("audio", stamp)
        end = self.timeline.end("audio")
        if self.timeline.last("audio") is not None and would is not None and would - end > GAP_SECONDS:
            self.finish()
            self._give(Gap(end, would, GapCause.RECONNECT))

    def _hear(self, chunks: list[Any]) -> None:
        for chunk in chunks:
            for span in self._segmenter.feed(chunk):
                self._give(span)

    def _hold(self, pace: float, stopping: threading.Event) -> None:
        """Wait until the wall has caught up with the clock."""
        if self._began is not None:
            ahead = (self.timeline.now - self._first) / pace - (time.monotonic() - self._began)
            if ahead > (GATHER_SECONDS if pace <= 1 else AHEAD_SECONDS):
                stopping.wait(ahead)
