"""Calls and answers checked against the reduced description of the Bot API in `api.json`."""

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Problem:
    """One thing wrong with a Telegram parameter."""

    where: str
    what: str
    kind: str = "type"  # type | required | unknown | length | value

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class TelegramSpec:
    """Parameter and object checking from api.json."""

    def __init__(self, doc: dict[str, Any]):
        self.methods, self.types = doc["methods"], doc["types"]
        self._names = {name.lower(): name for name in self.methods}  # method names are case-insensitive

    def method(self, name: str) -> str | None:
        return self._names.get(name.lower())

    def check_call(self, method: str, params: dict[str, Any], files: dict[str, Any]) -> tuple[dict, list[Problem]]:
        """Decode wire parameters (strings) by the method's types; return (decoded, problems)."""
        fields = self.methods[method].get("fields", {})
        problems: list[Problem] = []
        decoded: dict[str, Any] = {}
        for key, value in params.items():
            field = fields.get(key)
            if field is None:
                problems.append(Problem(key, f"{method} has no such parameter", "unknown"))
                continue
            decoded[key] = self._decode(value, field["types"])
            problems += self.check_field(decoded[key], field, key, files)
        for key in files:
            if key in fields:
                decoded[key] = f"attach://{key}"
                if not any("InputFile" in t for t in fields[key]["types"]):
                    problems.append(Problem(key, "a file was uploaded for a parameter that takes none"))
        for key, field in fields.items():
            if field.get("required") and decoded.get(key) in (None, ""):
                problems.append(Problem(key, "required", "required"))
        return decoded, problems

    @staticmethod
    def _decode(value: Any, types: list[str]) -> Any:
        """Form values are text; anything but String is JSON on the wire."""
        if not isinstance(value, str) or types == ["String"]:
            return value
        if "Integer" in types and re.fullmatch(r"-?\d+", value):
            return int(value)
        if "Float" in types and re.fullmatch(r"-?\d+(\.\d+)?", value):
            return float(value)
        if "Boolean" in types and value.lower() in ("true", "false", "1", "0"):
            return value.lower() in ("true", "1")
        if "String" in types:
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    def check(self, value: Any, types: list[str], where: str, files: dict[str, Any] | None = None) -> list[Problem]:
        """Problems of `value` as one of `types` (the fewest over the alternatives)."""
        return min((list(self._check_one(value, kind, where, files)) for kind in types), key=len)

    def check_field(self, value: Any, field: dict[str, Any], where: str, files: dict[str, Any] | None) -> list[Problem]:
        """The same of a parameter or field, its bounds of length too."""
        problems = self.check(value, field["types"], where, files)
        if not problems and isinstance(value, str) and "length" in field:
            low, high, unit = field["length"]
            size = len(value.encode()) if unit == "bytes" else utf16_len(value)
            if not low <= size <= high:
                problems.append(Problem(where, f"{size} {unit}, allowed {low}-{high}", "length"))
        return problems

    def _check_one(self, value: Any, kind: str, where: str, files: dict[str, Any] | None) -> Iterator[Problem]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield Problem(where, f"expected {kind}, got {type(value).__name__}")
                return
            for i, item in enumerate(value):
                yield from self._check_one(item, kind.removeprefix("Array of "), f"{where}[{i}]", files)
        elif kind in ("String", "Integer", "Float", "Boolean", "True"):
            good = {
                "String": isinstance(value, str),
                "Integer": isinstance(value, int) and not isinstance(value, bool),
                "Float": isinstance(value, int | float) and not isinstance(value, bool),
                "Boolean": isinstance(value, bool),
                "True": value is True,
            }[kind]
            if not good:
                yield Problem(where, f"expected {kind}, got {value!r:.60}")
        elif kind == "InputFile":
            if not (isinstance(value, str) and value.startswith("attach://")):
                yield Problem(where, "expected an uploaded file")
            elif files is not None and value.removeprefix("attach://") not in files:
                yield Problem(where, f"{value} names no uploaded part")
        elif subtypes := self.types[kind].get("any"):
            yield from self._check_union(value, subtypes, where, files)
        else:
            yield from self._check_object(value, kind, where, files)

    def _check_union(self, value: Any, subtypes: list[str], where: str, files: Any) -> Iterator[Problem]:
        best: list[Problem] | None = None
        best_rank = 0
        for sub in subtypes:
            problems = list(self._check_one(value, sub, where, files))
            wrong = sum(1 for p in problems if p.kind == "value") * 100 + len(problems)
            if best is None or wrong < best_rank:
                best, best_rank = problems, wrong
        yield from best or ()

    def _check_object(self, value: Any, kind: str, where: str, files: Any) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(where, f"expected {kind}, got {type(value).__name__}")
            return
        fields = self.types[kind]["fields"]
        for name, field in fields.items():
            if name not in value:
                if field.get("required"):
                    yield Problem(f"{where}.{name}", f"{kind} requires it", "required")
                continue
            if value[name] != field.get("is", value[name]):
                yield Problem(f"{where}.{name}", f"{kind} has {field['is']!r} here", "value")
            yield from self.check_field(value[name], field, f"{where}.{name}", files)
        for name in value:
            if name not in fields:
                yield Problem(f"{where}.{name}", f"{kind} has no such field", "unknown")


def utf16_len(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


@functools.cache
def document() -> TelegramSpec:
    """The reduced description."""
    return TelegramSpec(json.loads((Path(__file__).parent / "api.json").read_text("utf-8")))
