"""Replies about Earshot itself."""

from dataclasses import dataclass

from bot.command import Command
from core.services.diagnosing import Vitals


@dataclass(frozen=True)
class Status:
    """How Earshot is. `vitals` are None when nothing runs on this data folder. `deliveries` and counts are of the whole house."""

    vitals: Vitals | None
    followed: int
    lives: int
    waiting_alerts: int
    deliveries: dict[str, int]
    engine: str
    judge: str


@dataclass(frozen=True)
class Help:
    """What the asker may use, in menu order."""

    commands: tuple[Command, ...]
    topic: str
    person: str
