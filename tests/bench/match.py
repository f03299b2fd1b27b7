"""`bench match`: 100,000 triggers over chat in many scripts, beside the plain substring loop.

Words are made of syllables of six scripts, so lengths, shared prefixes and bytes a character are those of chat; about one
message in five has a hit. Nine triggers in ten match whole words, one in ten anywhere; some are phrases. The same messages, and
lines made to be slow, go past the 25 patterns a place may have, none of which has a literal to look for first. Messages a second
are those of one core: the seconds are the processor's, of both sides in turn, so that a figure depends little on what else runs.
"""

import random
import time
from collections.abc import Callable
from itertools import accumulate

from core.matching.rules import TriggerIndex, compile_rule
from core.model.trigger import MatchMode

TRIGGERS = 100_000
MESSAGES = 20_000
LOOP_MESSAGES = 60
ADDED = 1_000
ROUNDS = 8
PATTERN_MESSAGES = 2_000
PATTERNS = (
    r"(a+)+$", r"(.*a){20}c", r".*.*.*.*x", r"(\w+\s?)+$", r"[ab]{1,490}c", r"(?:a?){200}a{200}", r"[^x]+y", r"\d{4}",
    r"(.{1,20}){20}!", r"\b(\w{1,10}\b.){10,20}q", r"[a-z]{100,400}k", r"(\w{1,40}|\s){1,10}\d", r".{1,490}\d",
    r"\b.{1,200}\b\d", r"(é|e){1,200}\d", r"\w{3,100}\b\W\d", r"(\b\w?\b){1,60}\d", r"\b.\b", r"\w+", r"\W", r".",
    r"[^a]{3,300}b\d", r"(x?y?z?){1,100}[0-9]", r"\pL{1,20}\d", r"[[:alpha:]]+\s[[:alpha:]]+\d",
)  # fmt: skip
HARD = ("a" * 150, "é" * 150, "a b" * 50, "買う送料 無料" * 20, "😂" * 150, "hello wörld " * 40)
_SEED = 7

_LATIN = (
    "ba be bi bo bu ca ce co da de di do fa fi fo ga ge gi go ha he hi la le li lo lu ma me mi mo na ne ni no".split()
)
_LATIN += (
    "pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi za que tion ment cha é ès ô ñi ção ü an en in on".split()
)
_CYRILLIC = "ба ве ги до жа зи ка ле мо на пе ри со ту фа хо ци че ша ня ой ть ст пр ем".split()
_ARABIC = "با تي جو حا خر دي را سو شا صي عل فا قو كا لم من نا هو ية ال".split()
_THAI = "กา ขอ คน งาน จะ ชอบ ซื้อ ดี ได้ ทำ นี่ บ้าน ไป ผม มา ไม่ รัก ว่า สวย ให้".split()
_HANGUL = "가 나 다 라 마 바 사 아 자 하 고 노 도 로 모 무 료 방 송 이 벤 트 감 동".split()
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 1_500)]
_SCRIPTS = ((_LATIN, 55), (_CYRILLIC, 13), (_ARABIC, 10), (_HAN, 12), (_HANGUL, 5), (_THAI, 5))
_WORDS = 8_000  # of each script
_OFTEN = list(accumulate(1 / (rank + 2) for rank in range(_WORDS)))  # Zipf: the first word is one in eighteen
_EMOJI = ("😂", "❤️", "🔥", "👍🏽", "😭😭", "!!", "?", "...")


def run() -> dict[str, object]:
    """The bench document's `figures`, `beside` and `ratio` (messages a second against those of the loop)."""
    chooser = random.Random(_SEED)
    vocabularies = [_vocabulary(chooser, syllables) for syllables, _ in _SCRIPTS]
    words = _triggers(chooser, vocabularies)
    messages = [_message(chooser, vocabularies, words) for _ in range(MESSAGES)]
    modes = [MatchMode.CONTAINS if number % 10 == 0 else MatchMode.WHOLE_WORD for number in range(TRIGGERS)]
    rules = [(number, compile_rule(word, mode)) for number, (word, mode) in enumerate(zip(words, modes, strict=True))]
    built = time.perf_counter()
    index = TriggerIndex(rules)
    build_seconds = time.perf_counter() - built
    hits = sum(len(index.find(message)) for message in messages)  # also fills the folding table, as hours of chat do
    loop = _loop(words)
    rounds = [(_rate(index.find, messages), _rate(loop, messages[:LOOP_MESSAGES])) for _ in range(ROUNDS)]
    rate, loop_rate = max(one for one, _ in rounds), max(other for _, other in rounds)
    slowest = _slowest(index, messages)
    adds = _adds(index)
    patterns = TriggerIndex((pattern, compile_rule(pattern, MatchMode.PATTERN)) for pattern in PATTERNS)
    patterns_rate = max(_rate(patterns.find, messages[:PATTERN_MESSAGES]) for _ in range(3))
    hardest = _slowest(patterns, [*messages[:PATTERN_MESSAGES], *HARD])
    return {
        "figures": {
            "messages_per_second": round(rate),
            "add_milliseconds": round(sum(adds) / len(adds), 3),
            "slowest_add_milliseconds": round(max(adds), 3),
            "slowest_message_milliseconds": round(slowest, 3),
            "pattern_messages_per_second": round(patterns_rate),
            "slowest_pattern_message_milliseconds": round(hardest, 3),
            "build_seconds": round(build_seconds, 3),
            "triggers": TRIGGERS,
            "patterns": len(PATTERNS),
            "hits_per_message": round(hits / len(messages), 3),
            "characters_per_message": round(sum(map(len, messages)) / len(messages), 1),
        },
        "beside": {"substring loop": {"messages_per_second": round(loop_rate, 1)}},
        "ratio": round(rate / loop_rate, 1),
    }


def _vocabulary(chooser: random.Random, syllables: list[str]) -> list[str]:
    longest = 4 if len(syllables[0]) > 1 else 3
    return ["".join(chooser.choices(syllables, k=chooser.randint(1, longest))) for _ in range(_WORDS)]


def _triggers(chooser: random.Random, vocabularies: list[list[str]]) -> list[str]:
    common = {word for vocabulary in vocabularies for word in vocabulary}
    words: dict[str, None] = {}
    weights = [weight for _, weight in _SCRIPTS]
    while len(words) < TRIGGERS:
        number = chooser.choices(range(len(_SCRIPTS)), weights)[0]
        syllables = _SCRIPTS[number][0]
        word = "".join(chooser.choices(syllables, k=chooser.randint(3, 6)))
        if chooser.random() < 0.1:
            word = f"{word} {chooser.choice(vocabularies[number])}"
        if word not in common:  # nobody asks to hear of every word
            words[word] = None
    return list(words)


def _message(chooser: random.Random, vocabularies: list[list[str]], triggers: list[str]) -> str:
    vocabulary = chooser.choices(vocabularies, [weight for _, weight in _SCRIPTS])[0]
    wanted = chooser.randint(20, 120)
    glue = "" if vocabulary in (vocabularies[3], vocabularies[5]) else " "
    parts, length = [], 0
    while length < wanted:
        word = chooser.choices(vocabulary, cum_weights=_OFTEN)[0]
        parts.append(word)
        length += len(word) + len(glue)
    if chooser.random() < 0.15:
        parts[len(parts) // 2] = chooser.choice(triggers)
    text = glue.join(parts)
    text = text.capitalize() if chooser.random() < 0.5 else text
    return (f"{text[: wanted - 3]} {chooser.choice(_EMOJI)}" if chooser.random() < 0.3 else text)[:120]


def _loop(words: list[str]) -> Callable[[str], list[str]]:
    def search(text: str) -> list[str]:
        lowered = text.lower()
        return [word for word in words if word in lowered]

    return search


def _rate(search: Callable[[str], object], messages: list[str]) -> float:
    started = time.thread_time()
    for message in messages:
        search(message)
    return len(messages) / (time.thread_time() - started)


def _slowest(index: TriggerIndex, messages: list[str]) -> float:
    """Milliseconds of the slowest message; of several rounds the least of each message is the matcher's, the rest the machine's."""
    least = [1.0] * len(messages)
    for _ in range(ROUNDS):
        for number, message in enumerate(messages):
            started = time.perf_counter()
            index.find(message)
            least[number] = min(least[number], time.perf_counter() - started)
    return max(least) * 1_000


def _adds(index: TriggerIndex) -> list[float]:
    """Milliseconds from putting a new trigger to having found it, each."""
    took = []
    for number in range(ADDED):
        rule = compile_rule(f"newword{number}x", MatchMode.WHOLE_WORD)
        started = time.perf_counter()
        index.put(("new", number), rule)
        found = index.find(f"say newword{number}x")
        took.append((time.perf_counter() - started) * 1_000)
        assert [match.key for match in found] == [("new", number)]
    index.settle()
    return took
