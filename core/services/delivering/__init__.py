"""Delivering: the outbox's courier, the turns it waits for, and what becomes of what it sends."""

from core.services.delivering.attempting import DOUBT, nonce_of
from core.services.delivering.courier import LEASE, Delivering
from core.services.delivering.recognising import Recognising
from core.services.delivering.turns import Turns

__all__ = ["DOUBT", "LEASE", "Delivering", "Recognising", "Turns", "nonce_of"]
