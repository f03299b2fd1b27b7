"""`earshot moderation`: the judge inside trained on labelled texts, and tried on them."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.engines import own_heads
from bot.folder import prepare
from bot.programs.exits import DONE, ended
from core.adapters.risk.linear.heads import Heads
from core.adapters.risk.linear.rows import EXAMPLE, Read, Row, read
from core.adapters.risk.linear.shelf import HeadShelf, written
from core.adapters.risk.scoring import LocalScorer
from core.adapters.risk.training import REPEATS, Trained, learnable, macro, measured, train
from core.errors import Invalid
from core.model.risk import Label, Scores
from core.settings import Settings

NAMED = 10
"""Bad lines that are named; of more only how many."""


def train_(file: Path, out: Path | None) -> int:
    """The program that trains."""

    def main(settings: Settings) -> int:
        rows = _told(read(file))
        if not any(row.labels for row in rows):
            raise Invalid("ROWS_UNLABELLED", x=file, example=EXAMPLE)
        if not learnable(rows):
            raise Invalid("ROWS_FEW", x=file)
        _ready(out, settings)
        base = Heads().head
        trained = train(rows, base, _moved)
        _begun(trained, file)
        _table(trained.head.card.figures)
        if trained.head.card.figures:
            _say(f"Measured on rows it was not fitted on: {trained.head.card.split}.")
        else:
            _say("Too few rows to measure it on: nobody knows how good it is. 50 with labels are needed.")
        _put(trained, settings, out)
        return DONE

    return ended(main)


def eval_(file: Path, *, as_json: bool) -> int:
    """The program that tries."""

    def main(settings: Settings) -> int:
        rows = _told(read(file, blank=True))
        scorer = LocalScorer(own_heads(settings))
        if as_json:
            for row in rows:
                sys.stdout.write(json.dumps(_line(row, scorer.score(row.text))) + "\n")
            return DONE
        rows = tuple(row for row in rows if row.labels)
        if not rows:
            raise Invalid("ROWS_UNLABELLED", x=file, example=EXAMPLE)
        figures = measured(rows, [scorer.score(row.text) for row in rows])
        judge = (
            f"rules and head {scorer.heads.head.card.version}"
            if scorer.heads.head
            else f"rules alone ({scorer.heads.fault})"
        )
        _say(f"{len(rows)} rows with labels, judged by {judge}.")
        _table(figures)
        seen = sum(1 for row in rows if scorer.heads.head and scorer.heads.head.knows(row.text))
        if seen:
            _say(f"{seen} of these rows are among those the head was fitted on: the figures flatter it.")
        return DONE

    return ended(main)


def _line(row: Row, scores: Scores) -> dict[str, object]:
    """What `--json` prints of a row, in ASCII: its `i` may be anything, half a sign too, and the terminal of any encoding."""
    labels = {label.value: round(scores.labels[label], 4) for label in Label}
    return {"i": row.i, "labels": labels, "any": round(scores.any, 4)}


def _told(found: Read) -> tuple[Row, ...]:
    """The good rows; the bad lines are told on standard error."""
    for number, reason in found.bad[:NAMED]:
        sys.stderr.write(f"Line {number} is left out: {reason}.\n")
    if len(found.bad) > NAMED:
        sys.stderr.write(f"{len(found.bad) - NAMED} more lines are left out.\n")
    return found.rows


def _ready(out: Path | None, settings: Settings) -> None:
    """Have the folder the head will be written to, before minutes are spent on it. Raises Invalid HEAD_FOLDER and HEAD_UNWRITABLE
    (x, reason), and what `prepare` raises."""
    if out is None:
        prepare(settings.DATA_DIR)
        return
    if out.exists() and not out.is_dir():
        raise Invalid("HEAD_FOLDER", x=out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid("HEAD_UNWRITABLE", x=out, reason=error.strerror or error) from error


def _moved(done: int, all_: int) -> None:
    """How far measuring is: one line that goes on where there is a terminal, else a line for each repeat."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rMeasuring: fold {done} of {all_}" + ("\n" if done == all_ else ""))
    elif done % (all_ // REPEATS) == 0:
        sys.stderr.write(f"Measuring: fold {done} of {all_}\n")
    sys.stderr.flush()


def _begun(trained: Trained, file: Path) -> None:
    if trained.left:
        _say(f"{trained.left} rows without a label were too many and left out.")
    if not trained.anew:
        told = f", {trained.familiar} more were known to it already" if trained.familiar else ""
        _say(f"Trained on {trained.used} rows of {file}, on top of the head Earshot comes with{told}.")
    elif trained.familiar:
        _say(
            f"Trained anew on {trained.used} rows of {file} and the exemplars: the head Earshot comes with knew most of them."
        )
    else:
        _say(f"Trained anew on {trained.used} rows of {file} and the exemplars.")


def _table(figures: Mapping[str, Mapping[str, float]]) -> None:
    """A line for each label that some row has, then for `any`, then the mean of the labels."""
    if not figures:
        return
    _say(f"{'label':<8}{'known':>7}{'having':>8}{'AUPRC':>8}{'F1':>7}{'from':>7}")
    for name, one in figures.items():
        counts = f"{one['known']:>7.0f}{one['having']:>8.0f}"
        _say(f"{name:<8}{counts}{one['auprc']:>8.3f}{one['f1']:>7.3f}{one['threshold']:>7.3f}")
    _say(f"{'macro':<8}{'':>15}{macro(figures):>8.3f}   (labels; `strict` is `any` without rows that may hide one)")


def _put(trained: Trained, settings: Settings, out: Path | None) -> None:
    if out:
        written(trained.head, out)
        _say(f"Written to {out}. It is not used from there: train without --out for that.")
        return
    place = HeadShelf(own_heads(settings)).put(trained.head)
    _say(f"Written to {place}. It is used from now on; remove that folder to go back to the one before.")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
