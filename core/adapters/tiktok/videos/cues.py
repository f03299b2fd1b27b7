"""Subtitles read: WebVTT, SRT and a creator's own JSON. What they hold is data: braces survive, tags mean nothing."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from core.adapters.speech.timed import plain
from core.model.transcript import Word

MOST_LINES = 20_000
LONGEST_LINE = 2_000  # characters of one cue
LONGEST = 24 * 3600.0  # seconds
STAMP = r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2})[.,]([0-9]{1,3})"
TIMES = re.compile(rf"\s*{STAMP}\s*-->\s*{STAMP}(?:\s.*)?")
TAG = re.compile(r"</?(?:[cibuv]|b|ruby|rt|lang|font)(?:[ .][^<>]*)?>|<[0-9:.]{4,14}>", re.IGNORECASE)

LANGUAGES = dict(
    pair.split(":")
    for pair in """eng:en fra:fr fre:fr spa:es por:pt deu:de ger:de ita:it nld:nl dut:nl ara:ar rus:ru ukr:uk pol:pl tur:tr
    ell:el heb:he hin:hi ben:bn urd:ur ind:id msa:ms may:ms fil:tl tgl:tl vie:vi tha:th jpn:ja kor:ko zho:zh chi:zh cmn:zh
    ron:ro rum:ro hun:hu ces:cs cze:cs swe:sv nor:no nob:no dan:da fin:fi bul:bg hrv:hr srp:sr slk:sk slo:sk cat:ca fas:fa
    per:fa swa:sw tam:ta tel:te mal:ml mya:my khm:km""".split()
)
"""ISO 639-2 and -3 codes, as TikTok's keys begin with them, and the 639-1 codes we speak of."""


def language_of(key: str) -> str:
    """`eng-US` → `en`; empty for what nobody knows."""
    code = re.split(r"[-_]", key.strip().lower())[0]
    return LANGUAGES.get(code, code if len(code) == 2 and code.isalpha() else "")


def chosen(keys: list[str], language: str, likely: str) -> str | None:
    """Which of the tracks to take: the language asked for and no other; not asked, the only one, the likely one, the first
    (TikTok lists what is spoken before what it translated)."""
    wanted = [key for key in keys if language_of(key) == (language or likely)]
    if language:
        return wanted[0] if wanted else None
    return next(iter(keys if len(keys) == 1 else wanted or keys), None)


def read(text: str, form: str) -> tuple[Word, ...]:
    """The lines of a subtitle file in order of time; none when it is no such file. `form` is vtt, srt or json."""
    found = _utterances(text) if form == "json" else _cues(text)
    lines = [
        Word(start, min(max(start, end), LONGEST), said)
        for start, end, words in found
        if 0 <= start < LONGEST and (said := plain(words[:LONGEST_LINE]))
    ]
    return tuple(sorted(lines, key=lambda line: line.start))


def _cues(text: str) -> Iterator[tuple[float, float, str]]:
    count = 0
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.split("\n")
        at = next((number for number, line in enumerate(lines[:3]) if "-->" in line), None)
        times = TIMES.fullmatch(lines[at][:200]) if at is not None else None
        if at is None or times is None:
            continue
        count += 1
        if count > MOST_LINES:
            return
        said = " ".join(line[:LONGEST_LINE] for line in lines[at + 1 : at + 11])
        yield _seconds(times.groups()[:4]), _seconds(times.groups()[4:]), html.unescape(TAG.sub("", said))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction}")


def _utterances(text: str) -> Iterator[tuple[float, float, str]]:
    """Times are in milliseconds."""
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return
    utterances = said.get("utterances") if isinstance(said, dict) else None
    for one in utterances[:MOST_LINES] if isinstance(utterances, list) else ():
        if isinstance(one, dict) and isinstance(one.get("text"), str):
            start, end = one.get("start_time"), one.get("end_time")
            if isinstance(start, int | float) and isinstance(end, int | float):
                yield start / 1000, end / 1000, one["text"]
