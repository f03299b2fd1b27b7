"""Serving the web on one address of this machine."""

import asyncio

from aiohttp import web


async def serve(app: web.Application, host: str, port: int) -> None:
    """Serve until cancelled. Raises OSError when the address is taken or is none of this machine's."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
