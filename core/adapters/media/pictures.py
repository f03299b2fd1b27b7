"""What else is made of a media file: a thumbnail, and a copy that fits a limit."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av.error
from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from core.adapters.media.faults import source_fault
from core.adapters.media.opening import Patience, open_source
from core.adapters.media.squeeze import squeeze
from core.errors import Missing
from core.model.clip import Cut
from core.ports.media import Frame
from core.ports.tiktok import StreamAddress

WIDTH = 360


class PyAvPictures:
    """One job at a time in a thread of its own: encoding takes a core, and lives go on beside it."""

    def __init__(self) -> None:
        self._patience = Patience()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

    async def thumbnail(self, path: Path) -> bytes:
        """See Pictures."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, thumbnail, path, self._patience)

    async def frames(self, path: Path, most: int) -> tuple[Frame, ...]:
        """See Pictures."""
        from core.adapters.media.frames import frames

        return await asyncio.get_running_loop().run_in_executor(self._pool, frames, path, most, self._patience)

    async def squeeze(self, path: Path, limit: int, to: Path) -> Cut:
        """See Pictures."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, squeeze, path, limit, to, self._patience)

    def close(self) -> None:
        """End the thread; a running job is finished first."""
        self._pool.shutdown()


def thumbnail(path: Path, patience: Patience) -> bytes:
    """The first key picture of `path` as JPEG, 360 wide. Raises Missing NO_PICTURE, and what opening raises."""
    source = open_source(StreamAddress(str(path), live=False), patience)
    try:
        if source.video is None:
            raise Missing("NO_PICTURE", x=str(path))
        source.video.codec_context.skip_frame = "NONKEY"
        frame = next(source.container.decode(source.video), None)
        if not isinstance(frame, VideoFrame):
            raise Missing("NO_PICTURE", x=str(path))
        return jpeg(shrunk(frame, WIDTH, by_width=True))
    except av.error.FFmpegError as error:
        raise source_fault(error, str(path)) from error
    finally:
        source.close()


def shrunk(frame: VideoFrame, most: int, *, by_width: bool = False) -> VideoFrame:
    """`frame` as JPEG takes it: its longer side, or its width, has `most` pixels; by its longer side it is never made larger."""
    share = most / frame.width if by_width else min(1.0, most / max(frame.width, frame.height))
    width, height = (max(2, round(side * share / 2) * 2) for side in (frame.width, frame.height))
    return frame.reformat(width, height, "yuvj420p")


def jpeg(small: VideoFrame) -> bytes:
    """What `shrunk` gave, as JPEG."""
    encoder = CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = small.width, small.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    small.pts = None
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
