"""What people type to search for: words and "quoted phrases", and where they stand in a text as it was written."""

import re

from core.matching.fold import fold, search_text, words_of

TERM = re.compile(r'"([^"]+)"|([^\s"]+)')


def terms_of(words: str) -> tuple[str, ...]:
    """Each word and each "quoted phrase" of `words` as `search_text` writes it, in order, each once. Signs that are no words are
    left out: in `NEAR(a*` or `-b` they mean nothing."""
    found = (search_text(quoted or bare) for quoted, bare in TERM.findall(fold(words).text))
    return tuple(dict.fromkeys(term for term in found if term))


def spans_of(text: str, terms: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Where `terms` stand in `text`: (start, end) of what was written there, in order, none touching another."""
    folded = fold(text)
    words = words_of(folded.text)
    found: list[tuple[int, int]] = []
    for term in terms:
        wanted = term.split()
        for at in range(len(words) - len(wanted) + 1):
            if words[at][0] == wanted[0] and [word for word, _, _ in words[at : at + len(wanted)]] == wanted:
                found.append(folded.original(words[at][1], words[at + len(wanted) - 1][2]))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
