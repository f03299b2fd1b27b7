"""What a judge answered, checked: every segment once and no other, only known terms, quotes that were said. No score is taken."""

import json
import re
from collections.abc import Iterator
from typing import Any, Never

from core.adapters.numbers import number_of
from core.adapters.risk.groq.asking import Asked
from core.adapters.risk.groq.cleaning import clean
from core.adapters.risk.groq.schema import RESULT, Type
from core.matching.fold import Folded, fold
from core.model.risk import Assessment, Category, Label, Target, Virality
from core.model.transcript import Segment

LONGEST_REASON, LONGEST_QUOTE = 240, 300  # characters
LONGEST_SUMMARY_WORDS, LONGEST_SUMMARY = 80, 600
LEAST = 0.05
"""The least probability that is kept."""

_FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.S)
_AROUND = " \"'“”„«»‹›‘’.…,;:"
_SAYS = {Type.INSULT: Label.HR, Type.STIGMA: Label.H, Type.CALL: Label.H2}
"""Which label goes with the type of a hateful utterance."""


class Broken(Exception):
    """The answer is none: what is wrong with it."""


def read(text: str, asked: Asked, engine: str, policy: str, language: str) -> tuple[list[Assessment], str]:
    """The assessments of the asked segments, in their order, and the summary. Raises Broken."""
    body = _object(text)
    if (
        set(body) != {"results", "summary"}
        or not isinstance(body["results"], list)
        or not isinstance(body["summary"], str)
    ):
        raise Broken("not the form that was asked for")
    results = [_result(result) for result in body["results"]]
    if sorted(result["i"] for result in results) != sorted(asked.segments):
        raise Broken("not every segment once")
    by_number = {result["i"]: result for result in results}
    told = [
        _assessment(by_number[number], segment, engine, policy, segment.language or language, cut=number in asked.cut)
        for number, segment in asked.segments.items()
    ]
    words = clean(body["summary"]).split()[:LONGEST_SUMMARY_WORDS]
    return told, " ".join(words)[:LONGEST_SUMMARY]


def quoted(quote: str, text: str) -> tuple[str, int]:
    """Where `quote` stands in `text`, however it is spelled: the words as they were said, and the place of the first; empty and 0
    when they were not said."""
    wanted, within = fold(quote.strip(_AROUND)).text, fold(text)
    at = _whole(wanted, within) if wanted else -1
    if at < 0:
        return "", 0
    start, end = within.original(at, at + len(wanted))
    return text[start : min(end, start + LONGEST_QUOTE)], start


def _whole(wanted: str, within: Folded) -> int:
    """Where `wanted` begins in a folded text, as whole words if it can be had; -1 when it is not there."""
    found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", within.text)
    return found.start() if found else within.text.find(wanted)


def _object(text: str) -> dict[str, Any]:
    """The JSON object of an answer, also of one that stands in a fence. Numbers that are none are refused."""
    fenced = _FENCED.search(text) if "```" in text else None
    try:
        body = json.loads(fenced[1] if fenced else text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Broken("no JSON") from error
    if not isinstance(body, dict):
        raise Broken("no object")
    return body


def _refuse(constant: str) -> Never:
    raise Broken(f"{constant} is no number")


def _result(result: object) -> dict[str, Any]:
    """One result with the right kinds of values."""
    if not isinstance(result, dict) or set(result) != set(RESULT):
        raise Broken("a result of another form")
    number = result["i"]
    if not isinstance(number, int) or isinstance(number, bool):
        raise Broken("a number that is none")
    for name in ("discours_haineux", "injection"):
        if not isinstance(result[name], bool):
            raise Broken(f"{name} is neither true nor false")
    for name in ("extrait", "justification"):
        if not isinstance(result[name], str):
            raise Broken(f"{name} is no text")
    return result


def _assessment(
    result: dict[str, Any], segment: Segment, engine: str, policy: str, language: str, *, cut: bool
) -> Assessment:
    try:
        category, virality = Category(result["categorie"]), Virality(result["viralite"])
        target, kind = Target(result["cible"]), Type(result["type"])
    except (ValueError, TypeError) as error:
        raise Broken("an unknown term") from error
    hateful, confidence = result["discours_haineux"], _share(result["confiance"])
    labels = _labels(result["labels"])
    if hateful and (label := _SAYS.get(kind)):
        labels[label] = max(labels[label], confidence)
    said = segment.text or ""
    quote, start = quoted(result["extrait"], said)
    return Assessment(
        category=category,
        virality=virality,
        hateful=hateful,
        target=target,
        labels=labels,
        confidence=confidence,
        quote=quote,
        second=segment.said_at(start) if quote else segment.start,
        reason=_cut(clean(result["justification"]), LONGEST_REASON),
        engine=engine,
        injection=result["injection"],
        policy=policy,
        # A segment that was too long to be shown whole is no speech: what was cut away nobody has judged.
        doubtful=result["injection"] or cut or hateful is not (category is Category.HATEFUL),
        language=language,
    )


def _labels(written: object) -> dict[Label, float]:
    labels = dict.fromkeys(Label, 0.0)
    for label, share in _pairs(written):
        labels[label] = max(labels[label], share if share >= LEAST else 0.0)
    return labels


def _pairs(written: object) -> Iterator[tuple[Label, float]]:
    if not isinstance(written, list):
        raise Broken("labels are no list")
    for one in written:
        if not isinstance(one, dict) or set(one) != {"label", "p"}:
            raise Broken("a label of another form")
        try:
            yield Label(one["label"]), _share(one["p"])
        except (ValueError, TypeError) as error:
            raise Broken("an unknown label") from error


def _share(value: object) -> float:
    """0 to 1; what is a little beside it is meant so."""
    if (share := number_of(value)) is None:
        raise Broken("a share that is no number")
    return round(min(1.0, max(0.0, share)), 3)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
