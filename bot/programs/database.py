"""`earshot db upgrade`: bring the database to this version."""

import sys

from bot.app import storage_of
from bot.folder import prepare
from bot.programs.exits import DONE, ended, looped
from core.settings import Settings


def upgrade() -> int:
    """The program."""
    return ended(lambda settings: looped(_upgrade(settings)))


async def _upgrade(settings: Settings) -> int:
    prepare(settings.DATA_DIR)
    async with storage_of(settings) as database:
        sys.stdout.write(f"{database.path} is at this version.\n")
    return DONE
