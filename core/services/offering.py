"""Offering: the commands registered again on every chat, asked for in any process, done by the one that is connected."""

import asyncio
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from core.errors import EarshotError
from core.model.job import Job
from core.model.person import Platform
from core.ports.clock import Clock
from core.ports.messenger import Chat
from core.ports.store import Storage, Work
from core.services.working import Effect

KIND = "register"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Offered:
    """What became of it on one platform: how many commands it has now (None: it did not work, `why` is the code of the error), and
    how many seconds that took."""

    platform: str
    count: int | None
    seconds: float
    why: str = ""


@dataclass(frozen=True)
class Offering:
    """`chats` are the platforms this process speaks on."""

    storage: Storage
    clock: Clock
    chats: dict[Platform, Chat] = field(default_factory=dict)

    def states(self) -> dict[str, tuple[bool, str]]:
        """Whether each platform is ready, and its trouble."""
        return {str(platform): (chat.ready, chat.trouble) for platform, chat in self.chats.items()}

    async def ask(self) -> Job:
        """Register them again; asked for while it is under way, it is the one that is."""
        async with self.storage.work() as work:
            return await work.jobs.add(KIND, KIND, {}, self.clock.now())

    async def withdraw(self, job: Job) -> None:
        """It need not be done any more."""
        async with self.storage.work() as work:
            await work.jobs.cancel(job.id, job.place)

    async def register(self, job: Job) -> Effect:
        """The handler of its jobs: one platform's trouble is not another's."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(platform, chat)) for platform, chat in self.chats.items()]
        said = {"offered": [asdict(task.result()) for task in tasks]}

        async def effect(work: Work) -> None:
            await work.jobs.progress(job, said)

        return effect

    async def _one(self, platform: Platform, chat: Chat) -> Offered:
        began, count, why = self.clock.now(), None, ""
        try:
            count = await chat.sync()
        except EarshotError as error:
            why = error.code
        return Offered(platform.value, count, (self.clock.now() - began) / SECOND, why)


def offered(progress: dict[str, Any]) -> tuple[Offered, ...]:
    """What a job keeps of it."""
    return tuple(Offered(**one) for one in progress.get("offered", ()))
