"""Reading RE2's syntax: what of a pattern to rewrite, which literals it needs, and how much it repeats.

The pattern is already known to be good RE2, so this reader only finds its way through; it does not judge.
"""

from dataclasses import dataclass

from core.matching.fold import fold

MOST_STEPS = 500  # characters and classes after repeating; 1,000 cost 3.5 ms on 500 characters (measured)
_MOST_ANCHORS = 16
# Letters, digits and marks by whole blocks: \pL and its like are exact and 30 times bigger in RE2.
_WORD = (
    r"0-9A-Z_a-z\x{AA}\x{B5}\x{BA}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{60B}\x{610}-\x{61A}\x{620}-\x{963}"
    r"\x{966}-\x{1FFF}\x{2C00}-\x{2DFF}\x{3005}-\x{3007}\x{3021}-\x{D7FF}\x{F900}-\x{FDCF}\x{FE70}-\x{FEFE}"
    r"\x{FF10}-\x{FF19}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{FF66}-\x{FFDC}\x{10000}-\x{1EFFF}\x{20000}-\x{3FFFF}"
)
_CLASSES = {"w": _WORD, "d": r"\p{Nd}", "s": r"\s\p{Z}"}
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Unsupported(Exception):
    """Good RE2 that is not offered here, and where (from 0): \\B, \\C, or more than `MOST_STEPS`."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.position = position


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the pattern, rewritten. `needs` are literals of which one is sure to occur (None: no such thing);
    `literal` is what an atom that is one literal character matches."""

    text: str
    steps: int = 0
    needs: frozenset[str] | None = None
    literal: str = ""
    skips: bool = False  # a single character, before which an edge may be skipped


class Rewriting:
    """A pattern rewritten: `text`, `has_edges` (it holds \\b and runs over a text with edges), `steps`, `anchors` (folded)."""

    def __init__(self, written: str, edge: str) -> None:
        """Raises Unsupported."""
        self._written = written
        self._at = 0
        self._edge = edge
        self.has_edges = _has_edges(written)
        whole = self._alternatives()
        if whole.steps > MOST_STEPS:
            reason = f"it repeats too much: {whole.steps} steps, {MOST_STEPS} at most"
            raise Unsupported(max(written.find("{"), 0), reason)
        if not whole.steps:
            raise Unsupported(0, "it matches no character")
        self.text = whole.text
        self.steps = whole.steps
        self.anchors = whole.needs or frozenset()

    def _alternatives(self) -> _Piece:
        branches = [self._sequence()]
        while self._next("|"):
            branches.append(self._sequence())
        needs = frozenset().union(*(branch.needs or () for branch in branches))
        usable = all(branch.needs for branch in branches) and len(needs) <= _MOST_ANCHORS
        text = "|".join(branch.text for branch in branches)
        return _Piece(text, sum(branch.steps for branch in branches), needs if usable else None)

    def _sequence(self) -> _Piece:
        texts, steps, literal = [], 0, ""
        candidates: list[frozenset[str]] = []
        while self._at < len(self._written) and self._written[self._at] not in "|)":
            atom = self._atom()
            quantifier, least, most = self._quantifier()
            texts.append(self._quoted(atom, quantifier))
            steps += atom.steps * most
            if atom.literal and least:
                literal += atom.literal
            elif atom.needs and least:
                candidates.append(atom.needs)
            if quantifier or not atom.literal:
                candidates += _as_need(literal)
                literal = ""
        candidates += _as_need(literal)
        best = max(candidates, key=lambda needs: (min(map(len, needs)), -len(needs)), default=None)
        return _Piece("".join(texts), steps, best)

    def _quoted(self, atom: _Piece, quantifier: str) -> str:
        if not (self.has_edges and atom.skips):
            return atom.text + quantifier
        skipping = f"{self._edge}*{atom.text}"
        return f"(?:{skipping}){quantifier}" if quantifier else skipping

    def _atom(self) -> _Piece:
        sign = self._written[self._at]
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        self._at += 1
        if sign == ".":
            return _Piece(f"[^{self._edge}]" if self.has_edges else ".", 1, skips=True)
        if sign == "^":
            return _Piece("^")
        if sign == "$":
            return _Piece(f"{self._edge}*$" if self.has_edges else "$")
        return _Piece("\\" + sign if sign in "{}" else sign, 1, literal=sign, skips=True)

    def _group(self) -> _Piece:
        head = "("
        self._at += 1
        if self._next("?"):
            start = self._at
            while self._written[self._at] not in ":>)":
                self._at += 1
            head = "(?" + self._written[start : self._at + 1]
            self._at += 1
            if head.endswith(")"):  # flags for the rest of this group
                return _Piece(head)
        inside = self._alternatives()
        self._at += 1
        return _Piece(f"{head}{inside.text})", inside.steps, inside.needs)

    def _class(self) -> _Piece:
        parts = ["["]
        self._at += 1
        if self._next("^"):
            parts.append("^" + (self._edge if self.has_edges else ""))
        first = self._at
        while self._written[self._at] != "]" or self._at == first:
            if self._written.startswith("[:", self._at):
                end = self._written.find(":]", self._at) + 2
                parts.append(self._written[self._at : end] if end > 1 else "\\[")
                self._at = end if end > 1 else self._at + 1
            elif self._written[self._at] == "\\":
                parts.append(self._class_escape())
            else:
                parts.append("\\]" if self._written[self._at] == "]" else self._written[self._at])
                self._at += 1
        self._at += 1
        return _Piece("".join(parts) + "]", 1, skips=True)

    def _class_escape(self) -> str:
        kind = self._written[self._at + 1]
        if kind in _CLASSES:
            self._at += 2
            return _CLASSES[kind]
        return self._escape_text()

    def _escape(self) -> _Piece:
        start, kind = self._at, self._written[self._at + 1]
        if kind in "BC":
            raise Unsupported(start, f"\\{kind} is not offered here")
        if kind == "Q":
            return self._quotation()
        if kind in "bAz":
            self._at += 2
            end = f"{self._edge}*\\z" if self.has_edges else "\\z"
            return _Piece({"b": self._edge, "A": "\\A", "z": end}[kind])
        if kind in "wdsWDS":
            self._at += 2
            negated = "^" + (self._edge if self.has_edges else "") if kind.isupper() else ""
            return _Piece(f"[{negated}{_CLASSES[kind.lower()]}]", 1, skips=True)
        text = self._escape_text()
        if kind in "pP":
            complement = self.has_edges and (kind == "P") != ("^" in text)  # which would match an edge too
            positive = "\\p" + text[2:].replace("^", "")
            return _Piece(f"[^{self._edge}{positive}]" if complement else text, 1, skips=True)
        literal = _CONTROLS.get(kind, kind) if len(text) == 2 and not kind.isdigit() else ""
        return _Piece(text, 1, literal=literal, skips=True)

    def _escape_text(self) -> str:
        """The escape here as written: \\x{10FFFF}, \\x7F, \\p{Greek}, \\pN, \\123, or a backslash and one character."""
        start = self._at
        kind = self._written[start + 1]
        self._at += 2
        if kind in "xpP":
            if self._next("{"):
                self._at = self._written.index("}", self._at) + 1
            else:
                self._at += 2 if kind == "x" else 1
        while (
            kind.isdigit() and self._at < min(start + 4, len(self._written)) and self._written[self._at] in "01234567"
        ):
            self._at += 1
        return self._written[start : self._at]

    def _quotation(self) -> _Piece:
        end = self._written.find("\\E", self._at)
        quoted = self._written[self._at + 2 : end if end >= 0 else len(self._written)]
        self._at = end + 2 if end >= 0 else len(self._written)
        skip = f"{self._edge}*" if self.has_edges else ""
        text = "".join(skip + (c if c.isalnum() or not c.isascii() else f"\\x{{{ord(c):X}}}") for c in quoted)
        return _Piece(f"(?:{text})", len(quoted), needs=next(iter(_as_need(quoted)), None))

    def _quantifier(self) -> tuple[str, int, int]:
        """The quantifier here, if any, and between how many repeats it asks for (an open end counts as one more)."""
        start, least, most = self._at, 1, 1
        sign = self._written[self._at : self._at + 1]
        if sign and sign in "*+?":
            self._at += 1
            least = 1 if sign == "+" else 0
        elif sign == "{" and (counts := _counts(self._written, self._at)):
            self._at, least, most = counts
        if self._at > start:
            self._next("?")
        return self._written[start : self._at], least, most

    def _next(self, sign: str) -> bool:
        if self._written.startswith(sign, self._at):
            self._at += 1
            return True
        return False


def _counts(written: str, start: int) -> tuple[int, int, int] | None:
    """Of `{n}`, `{n,}` or `{n,m}` at `start`: where it ends, n, and m (n + 1 when open); None for a mere brace."""
    end = written.find("}", start)
    least, comma, most = written[start + 1 : max(end, start + 1)].partition(",")
    if end < 0 or not (least.isascii() and least.isdigit()) or (most and not (most.isascii() and most.isdigit())):
        return None
    return end + 1, int(least), int(most) if most else int(least) + bool(comma)


def _as_need(literal: str) -> list[frozenset[str]]:
    folded = fold(literal).text
    return [frozenset({folded})] if folded else []


def _has_edges(written: str) -> bool:
    at = 0
    while (at := written.find("\\", at)) >= 0:
        if written[at + 1 : at + 2] == "b":
            return True
        at += 2
    return False
