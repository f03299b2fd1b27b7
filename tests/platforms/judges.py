"""Models for the loopback Groq that judge speech: an honest one, and one that does what it reads."""

import json
from collections.abc import Callable
from typing import Any

Answers = Callable[[dict[str, Any]], Any]

NEUTRAL: dict[str, Any] = {
    "categorie": "Neutre",
    "viralite": "faible",
    "discours_haineux": False,
    "cible": "aucune",
    "type": "aucun",
    "labels": [],
    "confiance": 0.9,
    "extrait": "",
    "justification": "",
    "injection": False,
}
HATEFUL: dict[str, Any] = NEUTRAL | {
    "categorie": "Discours haineux",
    "viralite": "moyenne",
    "discours_haineux": True,
    "cible": "ethnie",
    "type": "stigmatisation",
    "labels": [{"label": "H", "p": 0.9}],
    "justification": "A people is degraded.",
}


def segments_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """What a question wants judged."""
    segments: list[dict[str, Any]] = json.loads(body["messages"][-1]["content"])["segments"]
    return segments


def told(body: dict[str, Any], verdict: Callable[[str], dict[str, Any]], summary: str = "") -> dict[str, Any]:
    """An answer: the verdict of each segment's text, under the segment's own number."""
    results = [{"i": one["i"], **verdict(one["text"])} for one in segments_of(body)]
    return {"results": results, "summary": summary}


def honest(*hateful: str, summary: str = "") -> Answers:
    """A model that knows these words to be hate wherever they stand, quotes them, and follows no order."""

    def verdict(text: str) -> dict[str, Any]:
        found = next((words for words in hateful if words.casefold() in text.casefold()), None)
        if found is None:
            return NEUTRAL
        at = text.casefold().index(found.casefold())
        return HATEFUL | {"extrait": text[at : at + len(found)]}

    return lambda body: told(body, verdict, summary)


def fooled(orders: Callable[[str], bool], model: Answers) -> Answers:
    """A model that says of everything that it is harmless as soon as it reads an order in any segment; else it is `model`."""

    def answers(body: dict[str, Any]) -> Any:
        if any(orders(one["text"]) for one in segments_of(body)):
            return told(body, lambda _: NEUTRAL)
        return model(body)

    return answers
