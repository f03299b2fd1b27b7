"""The form of a judge's answer: the wire terms of the analysis as its seed fixed them, with labels, confidence, quote, injection.

Every property is required and no other allowed, as strict forms want it. Ranges of numbers are checked by whoever reads them, since
not every server takes them in a form.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from core.model.risk import Category, Label, Target, Virality


class Type(StrEnum):
    """What an utterance does to its target."""

    INSULT = "insulte"
    STIGMA = "stigmatisation"
    CALL = "appel_violence"
    NONE = "aucun"


def _one_of(terms: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(term) for term in terms]}


def _all_of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


RESULT = {
    "i": {"type": "integer"},
    "categorie": _one_of(Category),
    "viralite": _one_of(Virality),
    "discours_haineux": {"type": "boolean"},
    "cible": _one_of(Target),
    "type": _one_of(Type),
    "labels": {"type": "array", "items": _all_of({"label": _one_of(Label), "p": {"type": "number"}})},
    "confiance": {"type": "number"},
    "extrait": {"type": "string"},
    "justification": {"type": "string"},
    "injection": {"type": "boolean"},
}
NAME = "judgement"
SCHEMA: dict[str, Any] = _all_of(
    {"results": {"type": "array", "items": _all_of(RESULT)}, "summary": {"type": "string"}}
)
