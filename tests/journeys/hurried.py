"""`earshot run` in a hurry: `python -m tests.journeys.hurried`. It looks every second whether all is well, every three for a model
that is gone, and calls over what was well for three; otherwise these are minutes."""

import sys
from datetime import timedelta
from pathlib import Path

from bot.programs.run import run
from core.services import incidents
from core.services.assessing import steps
from tests.journeys.conftest import Process, begin

LOOK, CALM, MISSED = 1.0, timedelta(seconds=3), 3.0


async def hurried(folder: Path, *_: str, **more: str) -> Process:
    """A Start (see conftest) of this program, whatever it is asked to start."""
    return await begin(folder, "-m", "tests.journeys.hurried", **more)


if __name__ == "__main__":
    incidents.EVERY, incidents.CALM, steps.MISSED_EVERY = LOOK, CALM, MISSED
    sys.exit(run())
