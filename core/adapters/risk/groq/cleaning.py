"""What was said, made fit to be handed over as data: signs nobody sees taken out, endless repeats and lengths cut."""

import re
import unicodedata

LONGEST = 1_200
"""Characters of a segment. A minute of quick speech has as many."""

MOST = 100_000
"""Characters that are looked at."""

REPEATS = 4
_UNSEEN = frozenset("\u0640\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u2800")
_REPEATED_SIGN = re.compile(r"(.)\1{7,}")


class _Seen(dict[int, str | None]):
    """Code point → what is seen of it, filled as signs are met: white space as a space, nothing of what is not seen."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        category = unicodedata.category(sign)
        # A joiner between letters or emoji changes how they look, not what they say.
        unseen = category in ("Cc", "Cf", "Cs", "Co", "Cn") or sign in _UNSEEN
        self[code] = " " if sign.isspace() else None if unseen else sign
        return self[code]


_SEEN = _Seen()


def clean(text: str) -> str:
    """`text` without control, bidirectional, zero-width and private signs and lone surrogates, white space as single spaces."""
    return " ".join(text.translate(_SEEN).split())


def sayable(text: str) -> tuple[str, bool]:
    """`text` cleaned, what repeats without end said a few times, at most LONGEST characters; and whether anything else was cut
    away, which nobody will judge then."""
    kept: list[str] = []
    for word in clean(text[:MOST]).split():
        if len(kept) < REPEATS or any(word != before for before in kept[-REPEATS:]):
            kept.append(word)
    shorter = _REPEATED_SIGN.sub(lambda found: found[1] * 8, " ".join(kept))
    return shorter[:LONGEST].rstrip(), len(shorter) > LONGEST or len(text) > MOST
