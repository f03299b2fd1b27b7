"""Lines as they are typed or piped in, without holding up anything else."""

import asyncio
import os
from collections.abc import AsyncIterator

CHUNK = 4096  # bytes
LONGEST = 100_000  # bytes of one line; more than that is nothing anybody types


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Each line without its end, until the input ends; a last one may have no end. Longer ones come in pieces."""
    rest = b""
    while chunk := await _read(descriptor):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")
        if len(rest) > LONGEST:
            yield rest.decode("utf-8", "replace")
            rest = b""
    if rest:
        yield rest.decode("utf-8", "replace")


async def _read(descriptor: int) -> bytes:
    """The next bytes, empty at the end. Only while somebody waits: nothing is read ahead and lost to the next reader."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except (PermissionError, NotImplementedError):  # a regular file is always ready; Windows cannot watch a console
        return await asyncio.to_thread(os.read, descriptor, CHUNK)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, CHUNK)
