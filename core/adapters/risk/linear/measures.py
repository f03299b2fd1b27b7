"""How good likelihoods are, measured on texts of which the truth is known."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def auprc(truth: Array, likely: Array) -> float:
    """The area under precision over recall (average precision; equal likelihoods are one step). NaN when nothing is true."""
    if not truth.any():
        return float("nan")
    right, flagged = _steps(truth, likely)
    recall = right / truth.sum()
    return float(np.sum(np.diff(recall, prepend=0.0) * right / flagged))


def best_f1(truth: Array, likely: Array) -> tuple[float, float]:
    """The best F1 and the likelihood from which on to flag for it; 0 and 1 when nothing is true."""
    if not truth.any():
        return 0.0, 1.0
    right, flagged = _steps(truth, likely)
    each = 2 * right / (flagged + truth.sum())
    best = int(np.argmax(each))
    return float(each[best]), float(np.unique(likely)[::-1][best])


def f1(truth: Array, flags: NDArray[np.bool_]) -> float:
    """The harmonic mean of precision and recall; 0 when nothing is both true and flagged."""
    both = float(truth[flags].sum())
    return 2 * both / (flags.sum() + truth.sum()) if both else 0.0


def _steps(truth: Array, likely: Array) -> tuple[Array, Array]:
    """For each likelihood, highest first: how many are flagged from it on, and how many of those rightly."""
    order = np.argsort(-likely, kind="stable")
    ends = np.r_[likely[order][1:] != likely[order][:-1], True]
    return np.cumsum(truth[order])[ends], np.arange(1.0, len(truth) + 1.0)[ends]
