"""Whether a text speaks of a minor: words that say so, ages, and words that may."""

import re

from core.adapters.risk.sentences import Sentence
from core.adapters.risk.vocabulary import Vocabulary

SURELY, PERHAPS, HARDLY = 0.7, 0.25, 0.02
_ADULT = 18
_AGE = re.compile(r"(\d{1,2})([^\d]*)")
_YEARS_REACH = 2
_BEFORE = frozenset({"s", "is", "am", "m", "was", "only", "just", "turned", "aged", "age"})
_AFTER = frozenset({"", "and", "but", "so", "or", "who", "when", "now", "lol", "btw"})
"""English alone says an age without its unit: “she's 13 and …”, not “it was 13 minutes”."""


def minor(parts: list[Sentence], vocabulary: Vocabulary) -> float:
    """How likely somebody under eighteen is spoken of, 0 to 1, chosen by hand."""
    if any(_said(part, vocabulary) for part in parts):
        return SURELY
    young = vocabulary.words["young"]
    return PERHAPS if any(token.text in young for part in parts for token in part) else HARDLY


def _said(part: Sentence, vocabulary: Vocabulary) -> bool:
    words = vocabulary.words
    for at, token in enumerate(part):
        if token.text in words["minors"]:
            return True
        age = _AGE.fullmatch(token.text)
        if age and int(age[1]) < _ADULT:
            near = [age[2], *(other.text for other in part[at + 1 : at + 1 + _YEARS_REACH])]
            if any(word in words["years"] for word in near):
                return True
            before, after = part[at - 1].text if at else "", part[at + 1].text if at + 1 < len(part) else ""
            if not age[2] and before in _BEFORE and after in _AFTER:
                return True
    return False
