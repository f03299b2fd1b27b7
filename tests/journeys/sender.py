"""A courier to be killed: `python -m tests.journeys.sender FOLDER ORIGIN` sends what is in the outbox until it is killed."""

import asyncio
import sys
from pathlib import Path

from core.adapters.clock import SystemClock
from core.model.person import Platform
from core.services.delivering import Delivering
from storage.database import Database
from tests.platforms.messenger_server import REMEMBERED, Messenger

PACE = 0.03  # seconds between two posts at an address: most of what waits when it is killed waits for its turn


async def main(folder: Path, origin: str) -> None:
    """Send, for ever."""
    database = Database("", folder)
    await database.open()
    messengers = {
        Platform.DISCORD: Messenger(origin, REMEMBERED, every=PACE),
        Platform.TELEGRAM: Messenger(origin, 0.0, every=PACE),
    }
    print("ready", flush=True)
    await Delivering(database, SystemClock(), messengers).run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
