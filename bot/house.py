"""What commands can reach: the services of this process, put together by app.py."""

from dataclasses import dataclass

from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.arming import Arming
from core.services.clipping import Clipping
from core.services.diagnosing import Diagnosing
from core.services.exporting import Exporting
from core.services.following import Following
from core.services.reporting import Reporting
from core.services.reviewing import Reviewing
from core.settings import Settings


@dataclass(frozen=True)
class House:
    """One process's services. `engine` and `judge` name what this process would hear and judge with."""

    settings: Settings
    clock: Clock
    storage: Storage
    following: Following
    arming: Arming
    clipping: Clipping
    reviewing: Reviewing
    reporting: Reporting
    exporting: Exporting
    diagnosing: Diagnosing
    engine: str
    judge: str
