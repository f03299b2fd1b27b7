"""`capture`: thirty lives of 2 Mbit/s in one process, with ring and segmenter, from a server in another."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil

from core.adapters.media.capture import PyAvCapture, PyAvLiveCapture
from core.ports.tiktok import StreamAddress
from tests.platforms.live_media import DEMO
from tests.waiting import until

LIVES = 30
SECONDS = 20.0
WARM_SECONDS = 4.0
MEDIA_SECONDS = 40
WIDTH, HEIGHT, BITS = 720, 1280, 1_900_000
SERVE = """
import sys
from pathlib import Path
from tests.platforms.live_media import LiveMedia
from tests.platforms.live_server import serve
serve(LiveMedia(Path(sys.argv[1]), Path(sys.argv[1]), ()))
"""


def run() -> dict[str, Any]:
    """CPU in percent of one core and megabytes per live; goals: 1 %, ring + 8 MB, real time 1.0, a 30 s clip in 0.1 s."""
    path = media(Path(tempfile.gettempdir()) / "earshot-bench")
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env=environment,
    )
    try:
        assert server.stdout is not None
        origin = server.stdout.readline().strip()
        whole = asyncio.run(lives(f"{origin}/live/a.flv", SECONDS))
        sound = asyncio.run(lives(f"{origin}/live/a.flv?audio_only=1", SECONDS / 2))
    finally:
        server.terminate()
        server.wait(10)
    figures = whole | {"clip_30s_seconds": asyncio.run(clip(path)), "lives": LIVES}
    ratio = round(whole["cpu_percent_per_live"] / sound["cpu_percent_per_live"], 2)
    return {"figures": figures, "beside": {"audio_only": sound}, "ratio": ratio}


async def lives(url: str, seconds: float) -> dict[str, float]:
    """Capture `url` thirty times at once and measure `seconds` of it."""

    async def address() -> StreamAddress:
        return StreamAddress(url)

    process, opener = psutil.Process(), PyAvCapture()
    warm = opener.open("warm", address)
    await reach([warm], 1.0)
    await warm.stop()
    before = process.memory_info().rss
    captures = [opener.open(f"live{i}", address) for i in range(LIVES)]
    takers = [asyncio.create_task(take(c)) for c in captures]
    await reach(captures, WARM_SECONDS)
    cpu, wall, media_before = process.cpu_times(), time.monotonic(), sum(c.second for c in captures)
    await asyncio.sleep(seconds)
    used = process.cpu_times()
    passed = time.monotonic() - wall
    kept = (sum(c.second for c in captures) - media_before) / LIVES / passed
    spent = used.user + used.system - cpu.user - cpu.system
    over = process.memory_info().rss - before - sum(c.ring_bytes for c in captures)
    await asyncio.gather(*(c.stop() for c in captures))
    spans = sum(await asyncio.gather(*takers))
    opener.close()
    return {
        "cpu_percent_per_live": round(spent / passed / LIVES * 100, 3),
        "rss_mb_per_live_over_ring": round(over / LIVES / 1e6, 2),
        "real_time_kept": round(kept, 4),
        "spans": spans,
    }


async def clip(path: Path) -> float:
    """Seconds to cut 30 s out of a ring, the median of five."""

    async def address() -> StreamAddress:
        return StreamAddress(str(path), live=False, pace=0.0)

    opener, taken = PyAvCapture(), []
    capture = opener.open("clip", address)
    await take(capture)
    with tempfile.TemporaryDirectory() as folder:
        for i in range(5):
            began = time.perf_counter()
            cut = await capture.cut(5.0, 35.0, Path(folder) / f"{i}.mp4")
            taken.append(time.perf_counter() - began)
            assert cut.size > 5_000_000
    opener.close()
    return round(sorted(taken)[2], 4)


async def take(capture: PyAvLiveCapture) -> int:
    """Take its spans; how many there were."""
    return len([item async for item in capture.spans()])


async def reach(captures: list[PyAvLiveCapture], second: float) -> None:
    """Wait until that much of all of them has come, looking seldom: looking costs as well."""
    await until(lambda: all(c.second >= second for c in captures), 60.0, lambda: asyncio.sleep(0.05))


def media(folder: Path) -> Path:
    """A recording of 2 Mbit/s: noise that moves, with the bundled speech; made once."""
    path = folder / f"live-{WIDTH}x{HEIGHT}-{BITS}-{MEDIA_SECONDS}.flv"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.flv")
    with av.open(str(part), "w", options={"flvflags": "no_duration_filesize"}) as writing, av.open(str(DEMO)) as speech:
        video = writing.add_stream("libx264", rate=25, width=WIDTH, height=HEIGHT, pix_fmt="yuv420p", bit_rate=BITS)
        video.options = {"preset": "ultrafast", "g": "50", "maxrate": str(BITS), "bufsize": str(BITS), "nal-hrd": "cbr"}
        audio = writing.add_stream_from_template(speech.streams.audio[0])
        sound = iter([p for p in speech.demux(audio=0) if p.dts is not None])
        heard = next(sound)
        noise = np.random.default_rng(1).integers(60, 200, (HEIGHT + 100, WIDTH, 3), np.uint8)
        for number in range(MEDIA_SECONDS * 25):
            begin = number * 2 % 100
            frame = av.VideoFrame.from_ndarray(noise[begin : begin + HEIGHT], format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            writing.mux(video.encode(frame))
            while heard.dts * heard.time_base <= number / 25:
                heard.stream = audio
                writing.mux(heard)
                heard = next(sound)
        writing.mux(video.encode(None))
    part.replace(path)
    return path
