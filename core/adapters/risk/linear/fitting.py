"""Fitting a head to labelled texts, and trying it on texts it was not fitted on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.adapters.risk.linear.features import Features, counted
from core.adapters.risk.linear.head import ANY, LABELS, Array, Card, Head, mark_of
from core.adapters.risk.linear.regression import BIAS, Sheet, parts
from core.adapters.risk.linear.rows import Row

FOLDS = 5
_HOLD = 0.05
_EXEMPLAR = 0.2
"""What an exemplar counts beside a text that somebody really wrote."""

_MOST_BALANCE = 6.0
FEWEST = 2
"""Texts with a label below which its weights stay as they are."""

_NEVER = -6.0
"""The logit of a label nobody has shown."""

_SHARED = 0.3
"""How much of what speaks for any label speaks for each: most have few texts of their own."""

_TWIN = 0.6
"""From which likeness on two texts stand in one fold."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class _Task:
    """All that is the same for every fold: features, the rows' numbers, how alike they are, what is true of them (1, 0, NaN for
    unknown; rows × 9), the language of exemplars, and the logits of the head below."""

    features: Features
    sheet: Sheet
    likeness: Array
    truth: Array
    of: NDArray[np.str_]
    known: Array | None


def fit(rows: Sequence[Row], base: Head | None = None, held: Sequence[str] = ()) -> Head:
    """A head for these rows: a new one, or what they change in `base`, whose features and calibration stay. Some hundred rows on
    top of a base take less than a second. Where a label has fewer than two texts that have it, or that have it not, it stays as it
    was. Memory and time grow with the square of the rows: some thousand at most.

    `held` are texts of which the head is to go on saying what `base` says: with them one text is enough to learn from, and many
    that all say the same do not change what is said of everything else."""
    task = _task([*rows, *(Row(text) for text in held)], base)
    if base is not None and task.known is not None and held:
        task.truth[len(rows) :] = 0.5 * (1 + np.tanh(task.known[len(rows) :] / 2))
    solved = _solved(task, np.arange(len(rows) + len(held)), len(held))
    columns, bias = task.sheet.weights(solved)
    learned = {mark_of(row.text) for row in rows if not row.of} | set(base.learned if base else ())
    return Head(
        features=task.features,
        weights=(columns + (base.weights if base else 0)).astype(np.float16),
        bias=bias + (base.bias if base else _unlearned(solved)),
        slopes=base.slopes if base else np.ones(ANY + 1),
        offsets=base.offsets if base else np.zeros(ANY + 1),
        learned=np.array(sorted(learned), np.uint64),
        card=Card("", rows=len(rows), base=base.card.version if base else ""),
    )


def crossed(
    rows: Sequence[Row], base: Head | None, repeats: int, moved: Callable[[int, int], None] = lambda done, all_: None
) -> list[Array]:
    """For each repeat the logits (rows × 9) each row gets from the other folds. Exemplars (rows `of` a language) are always
    fitted on and never tried: theirs are NaN. Rows much alike stand in one fold; folds are alike in their labels. Only how rare
    words are is taken from all the texts, nothing from their labels."""
    task = _task(rows, base)
    found = []
    for repeat in range(repeats):
        fold = _folds(task, repeat)
        logits = np.full(task.truth.shape, np.nan)
        for number in range(FOLDS):
            tried, fitted = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            solved = _solved(task, fitted)
            below = _unlearned(solved) if task.known is None else task.known[tried]
            logits[tried] = task.likeness[np.ix_(tried, fitted)] @ solved + below
            moved(repeat * FOLDS + number + 1, repeats * FOLDS)
        found.append(logits)
    return found


def calibrated(logits: Array, truth: Array) -> tuple[float, float]:
    """Slope and offset with which logits become likelihoods (Platt's: nothing is quite sure)."""
    known = ~np.isnan(truth) & ~np.isnan(logits)
    logits, truth = logits[known], truth[known]
    having = truth.sum()
    if having < FEWEST or len(truth) - having < FEWEST:
        return 1.0, 0.0
    aims = np.where(truth > 0, (having + 1) / (having + 2), 1 / (len(truth) - having + 2))
    sheet = np.stack([logits, np.ones(len(logits))], 1)
    slope, offset = 1.0, 0.0
    for _ in range(50):
        likely = 0.5 * (1 + np.tanh((slope * logits + offset) / 2))
        curve = (sheet * np.maximum(likely * (1 - likely), 1e-6)[:, None]).T @ sheet + np.eye(2) * 1e-3
        step = np.linalg.solve(curve, sheet.T @ (aims - likely))
        slope, offset = slope + np.clip(step[0], -1, 1), offset + np.clip(step[1], -1, 1)
    return max(float(slope), 0.05), float(offset)


def truths(rows: Sequence[Row]) -> Array:
    """What is true of each row: its labels, then whether any applies; NaN where nobody knows."""
    found = np.full((len(rows), ANY + 1), np.nan)
    for number, row in enumerate(rows):
        for column, label in enumerate(LABELS):
            if label in row.labels:
                found[number, column] = row.labels[label]
        if row.any is not None:
            found[number, ANY] = row.any
    return found


def _task(rows: Sequence[Row], base: Head | None) -> _Task:
    texts = [counted(row.text) for row in rows]
    features = base.features if base else Features.learned(texts)
    sheet = Sheet([features.row(text) for text in texts])
    known = np.array([base.logits(text) for text in texts]) if base else None
    return _Task(features, sheet, sheet.likeness(), truths(rows), np.array([row.of for row in rows]), known)


def _solved(task: _Task, fitted: Numbers, held: int = 0) -> Array:
    """The part of each fitted row in the weights of each column of truth (all rows × 9 when all are fitted). So many of the last
    ones are `held`."""
    found = np.zeros((len(fitted), ANY + 1))
    truth, likeness = task.truth[fitted], task.likeness[np.ix_(fitted, fitted)]
    for column in range(ANY + 1):
        told = np.flatnonzero(~np.isnan(truth[:, column]))
        having = truth[told, column].sum()
        enough = len(told) > held if held else having >= FEWEST and len(told) - having >= FEWEST
        if enough:
            known = None if task.known is None else task.known[fitted[told], column]
            importance = _importance(truth[told, column], task.of[fitted[told]])
            near = likeness[np.ix_(told, told)]
            found[told, column] = parts(near, truth[told, column], importance, _HOLD, known)
    if task.known is None:
        found[:, :ANY] += _SHARED * found[:, ANY:] * found[:, :ANY].any(0)
    return found


def _unlearned(solved: Array) -> Array:
    """The logits of a head that nothing is known to: never for a label that was not learned, else nothing."""
    return np.where(solved.any(0), 0.0, _NEVER)


def _importance(truth: Array, of: NDArray[np.str_]) -> Array:
    """What each row counts. Exemplars are mostly of what is looked for: those without it count more, so that in each language it
    seems as rare as in the texts that people wrote."""
    real = of == ""
    weights = np.where(real, 1.0, _EXEMPLAR)
    share = truth[real].mean() if real.any() else 0.5
    for language in set(of[~real]):
        having = (of == language) & (truth > 0)
        without = (of == language) & (truth == 0)
        if having.any() and without.any() and share > 0:
            weights[without] *= np.clip(having.sum() * (1 - share) / share / without.sum(), 1, _MOST_BALANCE)
    return weights


def _folds(task: _Task, repeat: int) -> Numbers:
    """The fold of each row, -1 for exemplars."""
    chance = np.random.default_rng(repeat)
    tried = np.flatnonzero(task.of == "")
    kinds = ["".join("1" if value == 1 else "0" for value in task.truth[row]) for row in tried]
    order = [tried[at] for at in sorted(chance.permutation(len(tried)), key=lambda at: kinds[at])]
    fold = np.full(len(task.of), -1)
    turn = int(chance.integers(FOLDS))
    for row in order:
        if fold[row] >= 0:
            continue
        near = tried[_twins(task.likeness, row, tried)]
        fold[near[fold[near] < 0]] = turn % FOLDS
        turn += 1
    return fold


def _twins(likeness: Array, row: int, tried: Numbers) -> NDArray[np.bool_]:
    """Which of the tried rows are much like this one (it is, too)."""
    near = likeness[row, tried] - BIAS
    sizes = np.sqrt((likeness[row, row] - BIAS) * (likeness[tried, tried] - BIAS))
    found: NDArray[np.bool_] = (near >= _TWIN * sizes) | (tried == row)
    return found
