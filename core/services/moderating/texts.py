"""All that is done about short texts in one process: its parts share the judges and what holds in places."""

import asyncio
from dataclasses import dataclass

from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.moderating.combing import Combing
from core.services.moderating.discussing import Discussing
from core.services.moderating.naming import Naming
from core.services.moderating.ruling import Ruling
from core.services.moderating.titling import Titling
from core.services.moderating.weighing import Weighing


@dataclass(frozen=True)
class Texts:
    """Who judges them (`weighing`), what holds (`ruling`), and what is judged: chats, titles, those people give here, comments."""

    weighing: Weighing
    ruling: Ruling
    combing: Combing
    titling: Titling
    naming: Naming
    discussing: Discussing

    @classmethod
    def of(cls, storage: Storage, clock: Clock, weighing: Weighing) -> "Texts":
        """Put together."""
        ruling = Ruling(storage, clock)
        return cls(
            weighing,
            ruling,
            Combing(storage, clock, weighing, ruling),
            Titling(storage, clock, weighing, ruling),
            Naming(storage, clock, weighing, ruling),
            Discussing(storage, clock, weighing, ruling),
        )

    async def run(self) -> None:
        """Go through chats, and tell who wrote a comment, until cancelled. The judge inside wakes up: what it needs is read when
        its first text comes, and that takes half a second no live should wait for."""
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(self._wake), name="waking the judge inside")
            group.create_task(self.combing.run(), name="combing")
            group.create_task(self.discussing.run(), name="discussing")

    def _wake(self) -> None:
        self.weighing.here("")
