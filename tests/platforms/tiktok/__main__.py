"""`python -m tests.platforms.tiktok`: serve until told to stop; prints one line of JSON when ready."""

import argparse
import asyncio
import json
import signal

from tests.platforms.tiktok.server import TikTok


async def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="tests.platforms.tiktok", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of plain http and the websocket (0: a free one)")
    parser.add_argument("--proxy-port", type=int, default=0, help="of the proxy (0: a free one)")
    parser.add_argument(
        "--names", choices=("loopback", "tiktok"), default="loopback", help="how media and socket are named"
    )
    given = parser.parse_args()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with TikTok(names=given.names, port=given.port, proxy_port=given.proxy_port) as tiktok:
        made = tiktok.certificates
        told = {"url": tiktok.url, "proxy": tiktok.proxy, "ca": str(made.ca), "bundle": str(made.bundle)}
        print(json.dumps(told), flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
