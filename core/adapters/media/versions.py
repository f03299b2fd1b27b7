"""Which media library this is."""

import asyncio


async def versions() -> tuple[str, str]:
    """PyAV's version and that of the FFmpeg inside it. Raises ImportError where it cannot be loaded."""

    def read() -> tuple[str, str]:
        import av

        return str(av.__version__), str(av.ffmpeg_version_info)

    return await asyncio.to_thread(read)
