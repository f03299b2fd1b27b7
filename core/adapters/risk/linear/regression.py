"""Logistic regression of few texts on many columns: solved over the texts (their likeness to each other), not the columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.adapters.risk.linear.features import Features, Row

Array = NDArray[np.float64]

BIAS = 10.0
"""The column that is the same for all texts: large, so that it is hardly held back."""

_NEWTON, _INNER, _ENOUGH = 25, 60, 1e-4
_NEAR = 1e-5  # of the square of what is left to solve


class Sheet:
    """Rows put together: all their values, with the text and the column of each."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.size = len(rows)
        self.texts = np.repeat(np.arange(len(rows)), [len(row.columns) for row in rows])
        self.columns = np.concatenate([row.columns for row in rows])
        self.values = np.concatenate([row.values for row in rows])
        self._rows = rows

    def likeness(self) -> Array:
        """The product of each text with each other, bias included."""
        starts = np.searchsorted(self.texts, np.arange(self.size))
        found = np.empty((self.size, self.size))
        spread = np.zeros(Features.width(), np.float32)
        for number, row in enumerate(self._rows):
            spread[row.columns] = row.values
            found[number] = np.add.reduceat(self.values * spread[self.columns], starts)
            spread[row.columns] = 0
        return found + BIAS

    def weights(self, parts: Array) -> tuple[Array, Array]:
        """The weights of each column and the bias, from how much each text has a part in them (texts × heads)."""
        each = [np.bincount(self.columns, self.values * part[self.texts], Features.width()) for part in parts.T]
        return np.stack(each, 1), BIAS * parts.sum(0)


def parts(likeness: Array, truth: Array, importance: Array, hold: float, known: Array | None = None) -> Array:
    """How much each text has a part in the weights. `hold` draws the weights to 0 (or, where `known` logits of another head are
    given, to that head's). Newton's method, each step solved by conjugate gradients and halved until it helps."""
    given = np.zeros(len(truth)) if known is None else known
    now: Array = np.zeros(len(truth))
    pulled: Array = likeness @ now
    cost = _cost(given + pulled, truth, importance) + hold / 2 * float(now @ pulled)
    for _ in range(_NEWTON):
        logits = given + pulled
        likely = 0.5 * (1 + np.tanh(logits / 2))
        curve = np.maximum(importance * likely * (1 - likely), 1e-7)
        root = np.sqrt(curve)
        aim = root * pulled + importance * (truth - likely) / root
        step: Array = root * _solved(likeness, root, hold, aim) - now
        size = 1.0
        while True:
            next_ = now + size * step
            next_pulled = likeness @ next_
            next_cost = _cost(given + next_pulled, truth, importance) + hold / 2 * float(next_ @ next_pulled)
            if next_cost <= cost or size < 1e-4:
                break
            size /= 2
        helped = cost - next_cost
        now, pulled, cost = next_, next_pulled, next_cost
        if helped < _ENOUGH * max(1.0, abs(cost)):
            break
    return now


def _cost(logits: Array, truth: Array, importance: Array) -> float:
    return float((importance * (np.logaddexp(0, logits) - truth * logits)).sum())


def _solved(likeness: Array, root: Array, hold: float, aim: Array) -> Array:
    """x of (hold + root·likeness·root) x = aim."""
    found = np.zeros(len(aim))
    left = aim.copy()
    way = left.copy()
    square = left @ left
    least = _NEAR * square
    for _ in range(_INNER):
        if square <= least:
            break
        moved = hold * way + root * (likeness @ (root * way))
        length = square / (way @ moved)
        found += length * way
        left -= length * moved
        before, square = square, left @ left
        way = left + square / before * way
    return found
