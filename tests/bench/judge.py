"""`bench judge`: the judge inside, on comments and pieces of speech of the recorded live: rules and head, and each alone.

Milliseconds are those of one core, by the processor's clock; the least of several rounds, so that a figure depends little on what
else runs. With EARSHOT_LABELLED set to a file of labelled texts (as `moderation train` takes) it is also said how good they are
on texts they were not fitted on: five folds, three times, the head fitted anew each time from the other folds and the exemplars.
What ends in `_in_card` was not measured now: it is what the card of the shipped weights says of such folds.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from core.adapters.risk.evidence import evidence
from core.adapters.risk.linear.features import counted
from core.adapters.risk.linear.rows import read
from core.adapters.risk.linear.shelf import SHIPPED
from core.adapters.risk.rules import RulesAssessor
from core.adapters.risk.scoring import LONGEST, LocalScorer, strengths
from core.adapters.risk.sentences import sentences
from core.adapters.risk.training import macro, measured, train
from core.matching.fold import fold
from core.model.risk import Label, Scores
from core.model.transcript import Segment
from tests.bench import chat_lines, judge_live
from tests.platforms.speech import RECORDINGS

LABELLED = "EARSHOT_LABELLED"
ROUNDS = 12
PIECE = 25
"""Words of a piece of speech, about ten seconds."""


def run() -> dict[str, object]:
    """The bench document's `figures` and `beside`; `ratio` is the binary AUPRC against that of the rules, without labels none."""
    live = json.loads(RECORDINGS[0][1].read_text("utf-8"))
    comments = [event["text"] for event in live["events"] if event["kind"] == "chat"]
    words = [word["word"] for word in live["words"]]
    speech = [" ".join(words[at : at + PIECE]) for at in range(0, len(words), PIECE)]
    scorer, judge = LocalScorer(), RulesAssessor()
    head = scorer.heads.head
    assert head, scorer.heads.fault
    figures: dict[str, float] = {
        "local_milliseconds_per_message": _milliseconds(scorer.score, comments),
        "local_milliseconds_per_segment": _milliseconds(lambda text: judge.judged(Segment(0, 10, text)), speech),
        "head_milliseconds_per_message": _milliseconds(lambda text: head.score(counted(text)), comments),
        "weights_mb": round(sum(path.stat().st_size for path in SHIPPED.iterdir()) / 1e6, 2),
        "binary_auprc_in_card": round(head.card.figures["any"]["auprc"], 3),
        "macro_auprc_in_card": round(macro(head.card.figures), 3),
    }
    rules = {"milliseconds_per_message": _milliseconds(lambda text: _ruled(text, scorer), comments)}
    constant: dict[str, float] = {}
    ratio = None
    if os.environ.get(LABELLED):
        good, alone, same = _quality(Path(os.environ[LABELLED]), scorer)
        figures, rules, constant = figures | good, rules | alone, constant | same
        ratio = round(good["binary_auprc_cv"] / alone["binary_auprc_cv"], 2)
    figures |= chat_lines.measured() | judge_live.figures()
    return {"figures": figures, "beside": {"rules alone": rules, "constant": constant}, "ratio": ratio}


def _quality(file: Path, scorer: LocalScorer) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    rows = [row for row in read(file).rows if row.labels]
    found = train(rows, None).head.card.figures
    rules = [_ruled(row.text, scorer) for row in rows]
    alone = measured(rows, [Scores(each, max(each.values())) for each in rules])
    same = measured(rows, [Scores(dict.fromkeys(Label, 0.0), 0.0) for _ in rows])
    return _named(found), _named(alone), _named(same)


def _ruled(text: str, scorer: LocalScorer) -> dict[Label, float]:
    """What the rules alone say."""
    return strengths(evidence(sentences(fold(text[:LONGEST])), scorer.vocabulary))


def _named(found: dict[str, dict[str, float]]) -> dict[str, float]:
    return {
        "binary_auprc_cv": round(found["any"]["auprc"], 3),
        "macro_auprc_cv": round(macro(found), 3),
    }


def _milliseconds(judge: Callable[[str], object], texts: Sequence[str]) -> float:
    """Of one text on average."""
    for text in texts:
        judge(text)
    least = []
    for _ in range(ROUNDS):
        started = time.thread_time()
        for text in texts:
            judge(text)
        least.append(time.thread_time() - started)
    return round(min(least) / len(texts) * 1_000, 3)
