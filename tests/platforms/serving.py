"""Both chats on loopback in a thread of their own, for who is no coroutine: benches that start programs and wait for them.

with serving() as town:
    subprocess.Popen([...], env=town.environment())
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.journeys.chats import Town, town


@contextmanager
def serving() -> Iterator[Town]:
    """Serves until the block ends. What it holds belongs to the other thread: only look at it."""
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    made: list[Town] = []

    async def serve() -> None:
        async with town() as here:
            made.append(here)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="loopback chats")
    thread.start()
    try:
        assert ready.wait(20), "the loopback chats did not start"
        yield made[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20)
        loop.close()
