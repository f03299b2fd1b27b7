"""Where the weights of speech models lie on this machine, and how they get there."""

from collections.abc import Callable
from typing import Protocol

from core.model.weights import Weights

Watch = Callable[[int, int], None]
"""Called as bytes come: how many are here, and how many there will be in all."""


class Shelf(Protocol):
    """Weights by name. Reading touches the disk only, and briefly; nothing is ever fetched but by `get`."""

    def all(self) -> tuple[Weights, ...]:
        """Those there is a source for, from small to large, and any other folder somebody put there."""
        ...

    def of(self, name: str) -> Weights:
        """One of them. Raises Missing MODEL (x, list) for a name that is neither known nor here."""
        ...

    async def get(self, name: str, watch: Watch) -> Weights:
        """Fetch what is not here yet; what came before a break, a cancel or a kill stays and is not fetched again.

        Raises Missing MODEL or WEIGHTS_GONE (host), Denied WEIGHTS_ROOM (x, need, free) or WEIGHTS_TWICE (x), Transient
        WEIGHTS_DOWN (host) or WEIGHTS_BUSY (host, with `retry_after` as it says), Transient DISK.
        """
        ...
