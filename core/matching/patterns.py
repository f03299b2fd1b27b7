"""Patterns people write, run by RE2: checked, made aware of Unicode, and given anchors.

A pattern is matched against the message as written, ignoring case, in time linear in its length. It is rewritten first:
`\\b` knows letters of every script (RE2's knows ASCII), as do `\\w`, `\\d`, `\\s`; `.` matches every character. Where `\\b`
occurs, the pattern runs over a text with `EDGE`s at every edge of a word: `\\b` consumes one, all else may skip them.
Anchors are the folded literals of which one must stand in the message; without one the pattern runs on every message.
"""

import re2

from core.errors import Invalid
from core.matching.effort import PLACE, Effort
from core.matching.expressions import Rewriting, Unsupported
from core.matching.message import EDGE, Encoded, Message

LONGEST = 200  # characters
_MAX_MEMORY_BYTES = 1 << 20
_MOST = 20  # places of one pattern in one message
_MOST_EMPTY = 50  # empty matches stepped over in one message before giving up
_EDGE_BYTES = EDGE.encode()
_TAME = 24  # steps up to which RE2's automaton stays small, so that a byte costs a tenth


class Pattern:
    """A compiled pattern. `anchors` is empty when no literal is sure to occur."""

    __slots__ = ("_edged", "_expression", "anchors", "cost")

    def __init__(self, written: str) -> None:
        """Raises Invalid("PATTERN", n, reason): RE2 refuses it, it is too long or costly, or it would match
        every message."""
        if not written.strip() or len(written) > LONGEST:
            n, reason = (1, "it is empty") if not written.strip() else (LONGEST + 1, f"at most {LONGEST} characters")
            raise Invalid("PATTERN", n=n, reason=reason)
        if half := next((n for n, c in enumerate(written, 1) if "\ud800" <= c <= "\udfff"), 0):
            raise Invalid("PATTERN", n=half, reason="half a character")
        _compile(written, written)
        try:
            rewriting = Rewriting(written, EDGE)
        except Unsupported as error:
            raise Invalid("PATTERN", n=error.position + 1, reason=str(error)) from error
        self._edged = rewriting.has_edges
        self._expression = _compile(rewriting.text, written)
        self.anchors = rewriting.anchors
        self.cost = rewriting.steps if rewriting.steps > _TAME else 1 + rewriting.steps // 10  # units for each byte
        if self._expression.search(b"") is not None:
            raise Invalid("PATTERN", n=1, reason="it matches every message")

    def spans(self, message: Message, effort: Effort) -> list[tuple[int, int]]:
        """Its places in the written text, in order, not overlapping, none empty; the first `_MOST`. Where the effort does not reach
        to the end of the text, the text ends there."""
        encoded = message.edged if self._edged else message.encoded
        spans: list[tuple[int, int]] = []
        offset = empty = 0
        end_of_text = min(len(encoded.data), max(0, effort.left - PLACE) // self.cost)
        while len(spans) < _MOST and empty < _MOST_EMPTY and effort.spend(PLACE + self.cost * (end_of_text - offset)):
            found = self._expression.search(encoded.data, offset, end_of_text)
            if found is None:
                break
            first, last = found.span()
            start, end = self._place(encoded, first), self._place(encoded, last)
            if start < end:
                spans.append((start, end))
                # An edge is a place, not a character: the next match may begin with the one this match ended with.
                while encoded.data.endswith(_EDGE_BYTES, first, last):
                    last -= len(_EDGE_BYTES)
                offset = last
            else:
                empty += 1
                offset = encoded.offset(encoded.character(last) + 1)
            if offset >= len(encoded.data):
                break
        return spans

    def _place(self, encoded: Encoded, offset: int) -> int:
        index = encoded.character(offset)
        return index - encoded.data.count(_EDGE_BYTES, 0, offset) if self._edged else index


def _compile(expression: str, written: str) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.dot_nl = True
    options.max_mem = _MAX_MEMORY_BYTES
    try:
        return re2.compile(expression.encode(), options)
    except re2.error as error:
        raise _mistake(error, written) from error


def _mistake(error: Exception, written: str) -> Invalid:
    """RE2 says what is wrong and quotes the piece, e.g. `missing ]: [a`: the piece tells where."""
    said = error.args[0] if error.args else ""
    message = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    reason, _, piece = message.partition(": ")
    if reason == "missing )":
        return Invalid("PATTERN", n=_unclosed(written) + 1, reason="this ( is never closed")
    if reason == "unexpected )":
        return Invalid("PATTERN", n=_unopened(written) + 1, reason="this ) was never opened")
    if reason.startswith("trailing"):
        return Invalid("PATTERN", n=len(written), reason="nothing follows this \\")
    if reason.startswith("pattern too large"):
        return Invalid("PATTERN", n=max(written.find("{"), 0) + 1, reason="it repeats too much")
    return Invalid("PATTERN", n=written.rfind(piece) + 1 if piece in written and piece else 1, reason=reason)


def _brackets(written: str) -> list[tuple[int, str]]:
    """The parentheses that are neither escaped nor in a class, with their places."""
    found, index, in_class = [], 0, False
    while index < len(written):
        sign = written[index]
        if sign == "\\":
            index += 1
        elif in_class:
            in_class = sign != "]" or written[index - 1] == "["
        elif sign == "[":
            in_class = True
        elif sign in "()":
            found.append((index, sign))
        index += 1
    return found


def _unclosed(written: str) -> int:
    opened: list[int] = []
    for index, sign in _brackets(written):
        if sign == "(":
            opened.append(index)
        elif opened:
            opened.pop()
    return opened[-1] if opened else 0


def _unopened(written: str) -> int:
    depth = 0
    for index, sign in _brackets(written):
        depth += 1 if sign == "(" else -1
        if depth < 0:
            return index
    return 0
