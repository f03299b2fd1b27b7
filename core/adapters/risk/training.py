"""Training the judge inside on labelled texts, and measuring it on texts it was not trained on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.adapters.risk.evidence import evidence
from core.adapters.risk.linear.fitting import FEWEST, FOLDS, calibrated, crossed, fit, truths
from core.adapters.risk.linear.head import ANY, LABELS, Array, Head, likelihoods
from core.adapters.risk.linear.measures import auprc, best_f1
from core.adapters.risk.linear.rows import Row, exemplars
from core.adapters.risk.minors import minor
from core.adapters.risk.scoring import LONGEST, LocalScorer, strengths, together
from core.adapters.risk.sentences import sentences
from core.adapters.risk.vocabulary import Vocabulary
from core.matching.fold import fold
from core.model.risk import Label, Scores

MOST_ROWS = 6_000
"""Rows that are fitted on: memory and time grow with their square (0.3 GB then)."""

REPEATS = 3
_ENOUGH = 50
"""Rows below which nothing is measured: a fold would hold a handful."""

_FEWEST = 5
"""Texts with a label below which no figure is given for it."""

_LANGUAGES = ("ar", "en", "es", "fr")

Moved = Callable[[int, int], None]


@dataclass(frozen=True)
class Trained:
    """The new head; whether it stands on the one Earshot ships with or was fitted anew, because that one has seen `familiar` of the
    rows; how many rows were used, and how many left out as too many."""

    head: Head
    anew: bool
    familiar: int
    used: int
    left: int


def train(rows: Sequence[Row], base: Head | None, moved: Moved = lambda done, all_: None) -> Trained:
    """A head for these rows, on top of `base`; where that has learned most of them already, anew from them and the exemplars, since
    figures on rows it has seen would say nothing. The card has the figures of repeated cross-validation."""
    told = [row for row in rows if row.labels]
    used = _chosen(told)
    left = len(told) - len(used)
    fresh = [row for row in used if base and not base.knows(row.text)]
    familiar = len(used) - len(fresh) if base else 0
    below = base if base and familiar * 2 <= len(used) else None
    used = fresh if below else used
    own = () if below else exemplars()
    head = fit([*used, *own], below)
    if len(used) >= _ENOUGH:
        logits = crossed([*used, *own], below, REPEATS, moved)
        head = _measured(head, [*used, *own], logits, calibrate=below is None)
    beside = f"what head {below.card.version} knew" if below else f"{len(own)} written for Earshot"
    note = f"fitted on {len(used)} labelled texts and {beside}"
    head = head.carded(languages=_LANGUAGES, rows=len(used), note=note)
    return Trained(head, below is None, familiar, len(used), left)


def learnable(rows: Sequence[Row]) -> bool:
    """Whether some label has enough texts that have it and that do not."""
    truth = truths(rows)
    return bool(np.any((np.nansum(truth, 0) >= FEWEST) & (np.nansum(1 - truth, 0) >= FEWEST)))


def measured(rows: Sequence[Row], scores: Sequence[Scores]) -> dict[str, dict[str, float]]:
    """For each label and for `any`: how many rows are known and have it, AUPRC, the best F1 and its threshold; for `strict` the
    same of `any` without rows whose unknown labels may hide one. Labels that no row has are left out."""
    truth = truths(rows)
    likely = np.array([[*(each.labels[label] for label in LABELS), each.any] for each in scores])
    unsure = np.array([not row.any and len(row.labels) < len(LABELS) for row in rows])
    found = {}
    for column, name in enumerate((*(label.value for label in LABELS), "any", "strict")):
        column = min(column, ANY)
        known = ~np.isnan(truth[:, column]) & ~(unsure & (name == "strict"))
        having = truth[known, column]
        if having.any():
            f1, threshold = best_f1(having, likely[known, column])
            area = auprc(having, likely[known, column])
            counts = {"known": float(len(having)), "having": float(having.sum())}
            found[name] = {**counts, "auprc": area, "f1": f1, "threshold": threshold}
    return found


def macro(figures: Mapping[str, Mapping[str, float]]) -> float:
    """The mean AUPRC of the labels that have one."""
    return float(np.mean([figures[label]["auprc"] for label in Label if label in figures] or [np.nan]))


def _chosen(rows: Sequence[Row]) -> list[Row]:
    """All rows, or of too many first those with a label, then some of the others, always the same."""
    if len(rows) <= MOST_ROWS:
        return list(rows)
    order = np.random.default_rng(0).permutation(len(rows))
    kept = sorted(sorted(order, key=lambda at: not rows[at].any)[:MOST_ROWS])
    return [rows[at] for at in kept]


def _measured(head: Head, rows: Sequence[Row], repeats: list[Array], *, calibrate: bool) -> Head:
    """The head calibrated on what it said of rows it had not seen, with the figures that rules and head together had there."""
    tried = [at for at, row in enumerate(rows) if not row.of]
    truth = truths([rows[at] for at in tried])
    logits = np.concatenate([each[tried] for each in repeats])
    if calibrate:
        each = [calibrated(logits[:, column], np.tile(truth[:, column], len(repeats))) for column in range(ANY + 1)]
        slopes, offsets = (np.array(side) for side in zip(*each, strict=True))
        head = replace(head, slopes=slopes, offsets=offsets)
    vocabulary = LocalScorer().vocabulary
    beside = [_beside(rows[at].text, vocabulary) for at in tried]
    found = []
    for said in repeats:
        scores = [likelihoods(said[at] * head.slopes + head.offsets) for at in tried]
        both = [together(one, rules, young) for one, (rules, young) in zip(scores, beside, strict=True)]
        found.append(measured([rows[at] for at in tried], both))
    figures = {
        name: {key: round(float(np.mean([one[name][key] for one in found])), 3) for key in found[0][name]}
        for name in found[0]
        if found[0][name]["having"] >= _FEWEST
    }
    split = f"{len(repeats)} times {FOLDS}-fold, folds alike in their labels, near twins in one fold, no exemplar in a test fold"
    return head.carded(figures=figures, split=split)


def _beside(text: str, vocabulary: Vocabulary) -> tuple[dict[Label, float], float]:
    parts = sentences(fold(text[:LONGEST]))
    return strengths(evidence(parts, vocabulary)), minor(parts, vocabulary)
