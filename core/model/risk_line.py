"""The risk of a live over its time: what was said worries less and less, unless something worse is said."""

from collections.abc import Sequence
from math import inf

HALF_LIFE = 90.0  # seconds


def fading(scores: Sequence[tuple[float, float]], until: float, step: float) -> list[tuple[float, float]]:
    """(second, risk) from 0 to `until`, one every `step` seconds and one at each of `scores` (second, score): the highest score so
    far, each one halved every HALF_LIFE seconds since it was said. Before the first it is 0."""
    said = sorted((second, score) for second, score in scores if 0 <= second <= until)
    steps = [step * number for number in range(int(until // step) + 1)]
    line, risk, at, coming = list[tuple[float, float]](), 0.0, 0.0, 0
    for second in sorted({*steps, *(second for second, _ in said), until}):
        risk, at = risk * 0.5 ** ((second - at) / HALF_LIFE), second
        while (said[coming][0] if coming < len(said) else inf) <= second:
            risk, coming = max(risk, said[coming][1]), coming + 1
        line.append((second, round(risk, 3)))
    return line
