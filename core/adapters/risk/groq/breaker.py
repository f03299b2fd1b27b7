"""Asking nothing of a service that does not answer, for a while that grows."""

import math
from collections.abc import Callable
from typing import Never

from core.errors import Denied, EarshotError, Invalid, Transient

FAILURES = 3
"""In a row, before it is left alone."""

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15.0, 600.0
"""How long it is left alone at first; doubled each time it fails again, up to the second."""

DENIED_SECONDS = 900.0
"""How long after a refusal that only a person can mend; then it is tried again, since nobody restarts for that."""


class Breaker:
    """`now` gives seconds of a clock that never goes back. While it is shut the last trouble is told again; then one request goes
    through, within `seconds`, and the others wait for what comes of it."""

    def __init__(self, now: Callable[[], float], seconds: float) -> None:
        self._now, self._seconds = now, seconds
        self._failures = 0
        self._pause = PAUSE_SECONDS
        self._until = -math.inf
        self.trouble: EarshotError | None = None

    @property
    def shut_for(self) -> float:
        """Seconds until it is tried again, 0 while it may be asked."""
        return max(0.0, self._until - self._now()) if self.trouble else 0.0

    def admit(self) -> None:
        """Before asking. Raises the trouble while it is shut."""
        if self.trouble is None:
            return
        if seconds := self.shut_for:
            self._tell(self.trouble, seconds)
        self._until = self._now() + self._seconds

    @staticmethod
    def _tell(trouble: EarshotError, seconds: float) -> Never:
        if isinstance(trouble, Denied):
            raise Denied(trouble.code, **trouble.values)
        raise Transient(trouble.code, retry_after=seconds, **trouble.values)

    def worked(self) -> None:
        """It has answered as it should."""
        self._failures, self._pause, self.trouble = 0, PAUSE_SECONDS, None

    def failed(self, error: EarshotError) -> None:
        """It has not. A limit, or a question it does not take, says nothing of the service."""
        if isinstance(error, Invalid) or error.code == "QUOTA":
            return
        if isinstance(error, Denied):
            self._shut(error, DENIED_SECONDS)
            return
        self._failures += 1
        if self.trouble or self._failures >= FAILURES:
            self._shut(error, self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _shut(self, error: EarshotError, seconds: float) -> None:
        self.trouble, self._until = error, self._now() + seconds
