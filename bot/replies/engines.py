"""Replies about speech engines and the weights of the local one."""

from dataclasses import dataclass

from core.model.weights import Weights
from core.services.choosing import Choice, State


@dataclass(frozen=True)
class EngineShown:
    """Which engine hears from now on, and how each is. `start` is what the settings say, `local` the model of the local engine."""

    choice: Choice
    start: Choice
    engines: tuple[State, ...]
    local: Weights | None


@dataclass(frozen=True)
class FetchAsked:
    """The local engine is wished and its weights are not here: asks before they are fetched. `others` might do as well, `free` are
    the free bytes of the disk (0: nobody knows)."""

    model: Weights
    others: tuple[Weights, ...]
    free: int
