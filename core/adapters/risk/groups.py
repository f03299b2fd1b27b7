"""Who is spoken of: the words of a sentence that name a group of people, whichever group it is."""

from core.adapters.risk.phrases import Group
from core.adapters.risk.sentences import Sentence, Token
from core.adapters.risk.vocabulary import Vocabulary

_LONGEST_LEAD = 4
_PEOPLE, _ANYONE = "ethnie", "groupe_social"
_ARABIC_PLURALS = ("ين", "ون", "ات")
_PEOPLES = ("يين", "يون", "anos", "enses")
"""How peoples end where they are written without a capital: Arabic and Spanish."""

_LATIN_SINGULARS = ("ss", "us", "is", "ous")


def groups(sentence: Sentence, vocabulary: Vocabulary) -> dict[int, Group]:
    """Every group by its first word: known nouns, `these people`, capitalised plurals, `the Xs`, and they or them.

    Where two begin at one word the longer counts; a word inside a group begins no other.
    """
    shouted = len(sentence) > 3 and sum(token.capital for token in sentence) * 2 > len(sentence)
    generic = {hit.start: hit.end for hit in vocabulary.phrases["generic"].find(sentence, {})}
    found: dict[int, Group] = {}
    taken = 0
    for start in range(len(sentence)):
        if start < taken:
            continue
        group = _named(sentence, start, vocabulary, shouted)
        if start in generic and (group is None or group.end < generic[start]):
            group = Group(start, generic[start], _ANYONE, known=True, firm=True)
        if group is None and sentence[start].text in vocabulary.words["pronouns"]:
            group = Group(start, start + 1, _ANYONE, pronoun=True)
        if group:
            found[start], taken = group, group.end
    return found


def _named(sentence: Sentence, start: int, vocabulary: Vocabulary, shouted: bool) -> Group | None:
    """A noun at `start`, or after the determiners and adjectives that begin there."""
    at = start
    led = sentence[start].text in vocabulary.words["determiners"]
    while led and at + 1 < len(sentence) and at - start < _LONGEST_LEAD and _leads(sentence[at], vocabulary):
        at += 1
    noun = sentence[at]
    if noun.text in vocabulary.nouns:
        return Group(start, at + 1, vocabulary.nouns[noun.text], known=True, firm=True)
    if not _plural(noun, vocabulary):
        return None
    arabic = noun.text.startswith("ال")
    capital = noun.capital and not shouted and (at > 0 or _next_is(sentence, at, vocabulary.words["copulas"]))
    if led or arabic or (capital and len(noun.text) > 4):
        people = capital or (len(noun.text) > 6 and noun.text.endswith(_PEOPLES))
        return Group(start, at + 1, _PEOPLE if people else _ANYONE, firm=people and (at > 0 or arabic))
    return None


def _leads(token: Token, vocabulary: Vocabulary) -> bool:
    return token.text in vocabulary.words["determiners"] or token.text in vocabulary.words["fillers"]


def _plural(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether the word looks like a plural that may be people: no animal, no thing, nobody dear, no word of abuse itself."""
    word = token.text
    if any(word in vocabulary.words[name] for name in ("not_groups", "dear", "vermin", "beasts", "fillers", "place")):
        return False
    if word.startswith("ال"):
        return word.endswith(_ARABIC_PLURALS)
    return len(word) > 3 and word[-1] in "sx" and not word.endswith(_LATIN_SINGULARS)


def _next_is(sentence: Sentence, at: int, words: frozenset[str]) -> bool:
    return at + 1 < len(sentence) and sentence[at + 1].text in words
