"""Labelled texts: what a head is fitted on, read from a file with one JSON object a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.model.risk import Label

EXEMPLARS = Path(__file__).with_name("exemplars")
LONGEST_LINE = 1_000_000
"""Bytes of a line that are read; a text is judged by its first 5,000 characters anyway."""

EXAMPLE = '{"text": "some words", "S": 0, "H": 1}'
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Row:
    """A text and what is known of it; a label that is not in `labels` is unknown. `of` names the language of an exemplar, empty
    for texts that were really written by somebody. `i` is how its file numbers it."""

    text: str
    labels: dict[Label, bool] = field(default_factory=dict)
    of: str = ""
    i: int | str = 0

    @property
    def any(self) -> bool | None:
        """Whether any label applies; one that is unknown counts as not, None where all are."""
        return any(self.labels.values()) if self.labels else None


@dataclass(frozen=True)
class Read:
    """The rows of a file, and what is wrong with which line."""

    rows: tuple[Row, ...]
    bad: tuple[tuple[int, str], ...]


def read(path: Path, *, blank: bool = False) -> Read:
    """The labelled texts of a file, with `blank` those without a word, too. Raises Invalid ROWS_MISSING, ROWS_FOLDER, ROWS_EMPTY,
    ROWS_NONE and SOURCE_UNREADABLE; a bad line is named and left out."""
    if path.is_dir():
        raise Invalid("ROWS_FOLDER", x=path)
    if not path.exists():
        raise Invalid("ROWS_MISSING", x=path)
    rows: list[Row] = []
    bad: list[tuple[int, str]] = []
    try:
        for number, line in _lines(path):
            try:
                rows.append(_row(line, len(rows) + len(bad), blank=blank))
            except ValueError as error:
                bad.append((number, str(error)))
    except OSError as error:
        raise Invalid("SOURCE_UNREADABLE", x=path, reason=error.strerror or error) from error
    if not rows and not bad:
        raise Invalid("ROWS_EMPTY", x=path)
    if not rows:
        raise Invalid("ROWS_NONE", x=path, n=bad[0][0], reason=bad[0][1], example=EXAMPLE)
    return Read(tuple(rows), tuple(bad))


def exemplars() -> tuple[Row, ...]:
    """The texts written for Earshot, with all labels known."""
    found = []
    for path in sorted(EXEMPLARS.glob("*.jsonl")):
        for row in read(path).rows:
            found.append(Row(row.text, row.labels, path.stem, row.i))
    return tuple(found)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their number from 1; of a longer one just enough to know that it is too long."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 2):
            number += 1
            whole = line.endswith(b"\n")
            while not whole and (rest := file.readline(LONGEST_LINE)):
                whole = rest.endswith(b"\n")
            line = line.removeprefix(_BOM) if number == 1 else line
            if line.strip():
                yield number, line


def _row(line: bytes, index: int, *, blank: bool) -> Row:
    """One line's row. Raises ValueError with what is wrong."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE // 1000} kB")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    text = found.get("text", found.get("prompt"))
    if not isinstance(text, str) or not (blank or text.strip()):
        raise ValueError("no text (`text` or `prompt`)")
    i = found.get("i", index)
    return Row(text, _labels(found), i=i if isinstance(i, int | str) else index)


def _labels(found: dict[str, Any]) -> dict[Label, bool]:
    """The known labels: beside the text, or under `labels` as an object, or as the list of all that apply."""
    labels = found.get("labels", found)
    if labels is None:
        return {}
    if isinstance(labels, list):
        known = [*Label, "OK"]  # a list: what stands in a file may be nothing a set can be asked for
        unknown = [name for name in labels if name not in known]
        if unknown:
            raise ValueError(f"unknown label {str(unknown[0])[:20]!r}")
        return {label: label.value in labels for label in Label}
    if not isinstance(labels, dict):
        raise ValueError("`labels` is neither an object nor a list")
    return {label: _flag(label, labels[label.value]) for label in Label if labels.get(label.value) is not None}


def _flag(label: Label, value: object) -> bool:
    if value not in (0, 1):
        raise ValueError(f"{label.value} is {str(value)[:20]!r} instead of 0 or 1")
    return bool(value)
