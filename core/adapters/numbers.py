"""Numbers as servers and models write them."""

import math


def number_of(value: object) -> float | None:
    """A JSON number as a float; None for anything else, and for what no float holds: null, NaN, words, an integer of 400 digits,
    of which `math.isfinite` raises OverflowError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        made = float(value)
    except OverflowError:
        return None
    return made if math.isfinite(made) else None
