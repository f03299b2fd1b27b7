"""A judge at the loopback Groq, and the window it is asked about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.adapters.groq_cloud import DEFAULT_PATH_PREFIX, GroqCloud
from core.adapters.risk.groq.assessor import GroqAssessor
from core.adapters.risk.groq.model import GroqModel
from core.adapters.risk.groq.packs import packs
from core.model.transcript import Segment
from core.ports.assessor import Window
from tests.platforms.groq_chat import Answers, LoopbackChat
from tests.platforms.judges import honest
from tests.waiting import PATIENCE

HATE = "Those Norvanians are vermin"
SOUP = "Today we are making a slow tomato soup."


def window(*texts: str, **more: Any) -> Window:
    """Pieces of ten seconds each."""
    return Window(tuple(Segment(n * 10.0, n * 10.0 + 10, text) for n, text in enumerate(texts)), **more)


@dataclass
class Desk:
    """A judge, the service it asks, and the clock of its limits."""

    service: LoopbackChat
    judge: GroqAssessor
    now: list[float] = field(default_factory=lambda: [1_000.0])

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of all questions, oldest first."""
        return [call.data for call in self.service.sent("chat")]


@asynccontextmanager
async def desk_of(
    answers: Answers | None = None, *, key: str = "", deadline: float = PATIENCE, **more: Any
) -> AsyncIterator[Desk]:
    """A desk of its own; `model` names what is asked, the rest goes to the service."""
    now = [1_000.0]
    model, setting = more.pop("model", "openai/gpt-oss-20b"), more.pop("setting", "GROQ_SCREEN_MODEL")
    async with LoopbackChat(answers or honest(HATE), clock=lambda: now[0], **more) as service:
        prefix = more.get("prefix", DEFAULT_PATH_PREFIX)
        cloud = GroqCloud(key or service.key, service.origin, prefix, deadline)
        judge = GroqAssessor(GroqModel(cloud, model, setting, lambda: now[0], deadline), "low", packs())
        yield Desk(service, judge, now)
        await cloud.close()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with desk_of() as desk:
        yield desk
