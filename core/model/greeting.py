"""The line of its own that a place puts under the start of a live: checked when it is written, filled in when it is read."""

import re
from collections.abc import Mapping

from core.errors import Invalid

LONGEST = 200  # characters as written
NAMES = ("account", "title", "viewers", "time")
"""What may stand in braces; nothing else is ever filled in."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def checked(text: str) -> str:
    """`text` as one line. Raises Invalid LINE_LONG (n, m) and PLACEHOLDER (x, list) for a name nobody knows."""
    line = " ".join(text.split())
    if len(line) > LONGEST:
        raise Invalid("LINE_LONG", n=len(line), m=LONGEST)
    wrong = next((name for name in PLACEHOLDER.findall(line) if name not in NAMES), None)
    if wrong is not None:
        raise Invalid("PLACEHOLDER", x=f"{{{wrong}}}", list=", ".join(f"{{{name}}}" for name in NAMES))
    return line


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced by `values`, in one pass: what a value says is never read as a placeholder."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
