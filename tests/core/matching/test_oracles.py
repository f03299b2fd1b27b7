"""`*`, `but not` and disguises against oracles that try every place of the text, one by one."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.matching.fold import fold
from core.matching.rules import TriggerIndex, compile_rule
from core.model.trigger import MatchMode
from tests.core.matching.test_rules import CONTAINS, DISGUISED, TEXTS, WHOLE, WORDS, oracle


def places(word: str, mode: MatchMode, text: str) -> list[tuple[int, int]]:
    found = TriggerIndex([("key", compile_rule(word, mode))]).find(text)
    return [(match.start, match.end) for match in found]


PARTS = st.text("abé*", min_size=1, max_size=4)
STARRED = st.lists(PARTS, min_size=1, max_size=3).map(" ".join).filter(lambda word: "*" in word and word.strip("* "))


def starred(word: str, text: str) -> list[tuple[int, int]]:
    """Words of the text one after the other against the words of the rule, as a shell compares names of files."""
    folded, wanted = fold(text), fold(word).text.split(" ")
    words = [(found.start(), found.end()) for found in re.finditer(r"\w+", folded.text)]
    spans: list[tuple[int, int]] = []
    number = 0
    while number + len(wanted) <= len(words):
        taken = words[number : number + len(wanted)]
        parted = all(folded.text[one[1] : other[0]] == " " for one, other in pairwise(taken))
        alike = all(fnmatchcase(folded.text[a:b], part) for (a, b), part in zip(taken, wanted, strict=True))
        if parted and alike:
            spans.append(folded.original(taken[0][0], taken[-1][1]))
        number += len(wanted) if parted and alike else 1
    return spans


@given(STARRED, st.text("abé ,", max_size=25))
@settings(max_examples=300)
def test_a_star_stands_for_what_it_does_in_names_of_files(word: str, text: str) -> None:
    assert places(word, WHOLE, text) == starred(word, text)


@given(
    WORDS,
    st.lists(st.tuples(st.text("ab ", max_size=3), st.text("ab ", max_size=3)), min_size=1, max_size=3),
    st.sampled_from([WHOLE, CONTAINS]),
    TEXTS,
)
@settings(max_examples=300)
def test_a_word_does_not_count_inside_what_it_is_not_to_be(
    word: str, around: list[tuple[str, str]], mode: MatchMode, text: str
) -> None:
    word = word.strip()
    phrases = [f"{before}{word}{after}".strip() for before, after in around]
    text = f"{text} {phrases[0]} {text}"
    covers = [cover for phrase in phrases for cover in oracle(phrase, mode, text)]
    wanted = [(a, b) for a, b in oracle(word, mode, text) if not any(c <= a and b <= d for c, d in covers)]
    assert places(" but not ".join([word, *phrases]), mode, text) == wanted


# The letters a sign may stand for, written down once more.
READS = {"1": "il", "!": "il", "0": "o", "$": "s", "@": "a", "3": "e"} | {letter: letter for letter in "gilosae"}
KIND = {sign: "i" if "i" in letters or "l" in letters else letters for sign, letters in READS.items()}
SPACE = re.compile(r"\s")


def disguises(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Every stretch of `text` that reads as `word`."""
    lone = {}
    for piece in re.finditer(r"\S+", text):
        kinds = {KIND[sign] for sign in piece.group() if sign in KIND}
        lone |= dict.fromkeys(range(piece.start(), piece.end()), len(kinds) == 1)
    letters = [index for index, sign in enumerate(text) if sign in READS]
    for first in range(len(letters)):
        for last in range(first, len(letters)):
            start, end = letters[first], letters[last] + 1
            alone = not re.search(r"\w\Z", text[:start]) or not text[start].isalnum()
            alone = alone and (not re.match(r"\w", text[end:]) or not text[end - 1].isalnum())
            if alone and any(_reads(text, lone, letters[first : last + 1], word.split())):
                yield start, end


def _reads(text: str, lone: dict[int, bool], letters: list[int], words: list[str]) -> Iterator[bool]:
    """Whether the letters at these places spell the words: each word takes some of them, each run of it 1 to all of those."""
    if not words or not letters:
        yield not words and not letters
        return
    for size in range(1, len(letters) + 1):
        taken = letters[:size]
        together = all(not SPACE.search(text[a:b]) or (lone[a] and lone[b]) for a, b in pairwise(taken))
        if together and _spells([READS[text[index]] for index in taken], words[0]):
            yield from (True for well in _reads(text, lone, letters[size:], words[1:]) if well)


def _spells(meanings: list[str], word: str) -> bool:
    if not word:
        return not meanings
    letter = word[0]
    count = len(word) - len(word.lstrip(letter))
    counts = [count, *range(max(3, count), len(meanings) + 1)]
    return any(
        len(meanings) >= taken
        and all(letter in meaning for meaning in meanings[:taken])
        and _spells(meanings[taken:], word[count:])
        for taken in dict.fromkeys(counts)
    )


SIGNS = {
    "i": ["i", "1", "!", "iii"],
    "l": ["l", "1", "LLL"],
    "o": ["o", "0", "ooo"],
    "s": ["s", "$"],
    "g": ["g", "G", "gg"],
}
AROUND = st.lists(st.sampled_from(["g", "i", "o", "s", "1", "!", ".", " ", " ", "g1l"]), max_size=3).map("".join)


@st.composite
def dressed(draw: st.DrawFn) -> tuple[str, str]:
    """A word or two, and a text in which they stand in something like a disguise."""
    word = draw(st.lists(st.text("gilos", min_size=1, max_size=4), min_size=1, max_size=2).map(" ".join))
    text = draw(AROUND)
    for letter in word:
        text += draw(st.sampled_from(SIGNS.get(letter, [letter, ""]))) + draw(st.sampled_from(["", "", ".", " "]))
    return word, text + draw(AROUND)


@given(dressed())
@settings(max_examples=500)
def test_what_is_found_in_disguise_reads_as_the_word_and_what_does_so_is_found(pair: tuple[str, str]) -> None:
    word, text = pair
    true, found = set(disguises(word, text.lower())), places(word, DISGUISED, text)
    assert set(found) <= true
    assert bool(found) == bool(true)


@given(st.text("gilos1!0$. ", max_size=14), st.text("gilos1!0$. ", max_size=14))
def test_a_word_that_is_a_disguise_itself_finds_itself(word: str, text: str) -> None:
    try:
        compile_rule(word, DISGUISED)
    except Invalid:
        return
    assert places(word, DISGUISED, f", {word.strip()} ,")
