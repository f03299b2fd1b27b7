"""Requests and answers checked against the reduced OpenAPI document in `openapi.json`."""

import functools
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlparse

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


def _is_datetime(text: str) -> bool:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        return False


def _is_uri(text: str) -> bool:
    # Discord takes http(s) and attachment:// (documented) where the spec only says "uri".
    return text == "" or bool(urlparse(text).scheme)


def _is_snowflake(text: str) -> bool:
    return text.isdigit() and int(text) < 1 << 64


FORMATS = {"date-time": _is_datetime, "uri": _is_uri, "snowflake": _is_snowflake}
INT32 = {"minimum": -(1 << 31), "maximum": (1 << 31) - 1}


@dataclass(frozen=True)
class Operation:
    """One method of one path template of the OpenAPI document."""

    template: str
    method: str
    doc: dict[str, Any]
    path_params: dict[str, str]

    @property
    def operation_id(self) -> str:
        return self.doc["operationId"]

    @property
    def needs_token(self) -> bool:
        return {} not in self.doc.get("security", [])


class OpenAPI:
    """Route matching and request/response validation against one OpenAPI 3.1 document."""

    #: Keys the live API and its prose documentation take, though the request schemas lack them.
    KNOWN_EXTRA = re.compile(r"^\[?\d*\]?\.?nsfw$|(^|\.)tts$|embeds\[\d+\]\.flags$|^type$")

    #: Query parameters likewise (forum posts of discord.py).
    KNOWN_QUERY = frozenset({"use_nested_fields"})

    def __init__(self, doc: dict[str, Any]):
        # The live API takes snowflakes as JSON integers too, and discord.py relies on it.
        strict = doc["components"]["schemas"]["SnowflakeType"]
        doc["components"]["schemas"]["SnowflakeType"] = {"anyOf": [strict, {"type": "integer", "minimum": 0}]}
        _bound(doc)
        self.doc = doc
        self._registry = Registry().with_resource("urn:api", Resource(contents=doc, specification=DRAFT202012))
        self._routes = []
        for template, item in doc["paths"].items():
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template.replace(".", r"\."))
            # Literal segments win over parameters ("@original" over {message_id}).
            weight = sum(1 for part in template.split("/") if "{" in part)
            self._routes.append((weight, re.compile(pattern + "$"), template, item))
        self._routes.sort(key=lambda r: r[0])
        self._quick = jsonschema_rs.Registry([("urn:api", doc)], draft=jsonschema_rs.Draft202012)
        self._verdicts: dict[int | str, jsonschema_rs.Draft202012Validator] = {}

    def match(self, method: str, path: str) -> Operation | None:
        """The operation that serves ``method path``, or None when the spec has none."""
        for _, regex, template, item in self._routes:
            if (found := regex.match(path)) and method.lower() in item:
                return Operation(template, method.lower(), item[method.lower()], found.groupdict())
        return None

    def _verdict(self, key: int | str, schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
        if key not in self._verdicts:
            make = jsonschema_rs.Draft202012Validator
            self._verdicts[key] = make(schema, formats=FORMATS, validate_formats=True, registry=self._quick)
        return self._verdicts[key]

    @staticmethod
    def _escape(part: str) -> str:
        return part.replace("~", "~0").replace("/", "~1")

    def body_pointer(self, op: Operation, content_type: str) -> str | None:
        """JSON pointer of the request body schema, or None when that content type is not allowed."""
        content = op.doc.get("requestBody", {}).get("content", {})
        if content_type == "multipart/form-data" and content_type in content and "application/json" in content:
            content_type = "application/json"  # payload_json carries exactly the JSON body
        if content_type not in content:
            return None
        where = f"/paths/{self._escape(op.template)}/{op.method}/requestBody/content"
        return f"{where}/{self._escape(content_type)}/schema"

    def response_pointer(self, op: Operation, status: int) -> str | None:
        """JSON pointer of the schema of an answer, or None when it has no body."""
        if not op.doc["responses"].get(str(status), {}).get("content", {}).get("application/json"):
            return None
        return f"/paths/{self._escape(op.template)}/{op.method}/responses/{status}/content/application~1json/schema"

    def errors(self, pointer: str, instance: Any) -> list[ValidationError]:
        """Schema violations, one leaf error per failing place (the likeliest branch of a union)."""
        schema = {"$ref": "urn:api#" + quote(pointer, safe="/~")}
        if self._verdict(pointer, schema).is_valid(instance):
            return []
        out = []
        for error in Draft202012Validator(schema, registry=self._registry, format_checker=_CHECKER).iter_errors(
            instance
        ):
            while error.context:
                error = _best_branch(error)
            out.append(error)
        assert out, f"two validators differ about {instance}"
        return out

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._at(schema["$ref"].removeprefix("#"))
        return schema

    def _at(self, pointer: str) -> dict[str, Any]:
        node: Any = self.doc
        for part in pointer.strip("/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        return node

    def unknown_keys(self, pointer: str, instance: Any) -> list[str]:
        """Keys the document does not name.  (It never says additionalProperties: false.)"""
        return sorted(self._unknown(self._at(pointer), instance, ""))

    def _valid(self, schema: dict[str, Any], instance: Any) -> bool:
        key = id(schema)  # a part of the document: it lives as long as this
        if key not in self._verdicts:
            schema = json.loads(json.dumps(schema).replace('"#/components', '"urn:api#/components'))
        return self._verdict(key, schema).is_valid(instance)

    def _branches(self, schema: dict[str, Any], instance: Any) -> list[dict[str, Any]]:
        schema = self.resolve(schema)
        for union in ("oneOf", "anyOf"):
            if union in schema:
                fitting = [one for one in schema[union] if self._valid(one, instance)]
                return [branch for one in fitting for branch in self._branches(one, instance)]
        return [schema]

    def _unknown(self, schema: dict[str, Any], instance: Any, where: str) -> set[str]:
        if not isinstance(instance, dict | list):
            return set()
        found = [self._unknown_of(branch, instance, where) for branch in self._branches(schema, instance)]
        return min(found, key=len, default=set())

    def _unknown_of(self, branch: dict[str, Any], instance: Any, where: str) -> set[str]:
        """The same, of one branch of a union."""
        if isinstance(instance, list):
            item = branch.get("items")
            inside = (self._unknown(item, one, f"{where}[{n}]") for n, one in enumerate(instance) if item)
            return set().union(*inside)
        known = dict(branch.get("properties", {}))
        for part in branch.get("allOf", []):
            known.update(self.resolve(part).get("properties", {}))
        if not known:
            return set()
        names = {f"{where}.{key}".lstrip(".") for key in instance if key not in known}
        inside = (self._unknown(known[key], value, f"{where}.{key}") for key, value in instance.items() if key in known)
        return {name for name in names if not self.KNOWN_EXTRA.search(name)}.union(*inside)


@functools.cache
def document() -> OpenAPI:
    """The reduced document; what it compiled is kept for all."""
    return OpenAPI(json.loads((Path(__file__).parent / "openapi.json").read_text("utf-8")))


def _bound(schema: Any) -> None:
    """Give every int32 its bounds: formats are checked in texts only."""
    if isinstance(schema, dict):
        if schema.get("format") == "int32":
            schema.update(INT32 | schema)
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            _bound(part)


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name)(lambda value, check=check: not isinstance(value, str) or check(value))
    return checker


_CHECKER = _checker()


def _best_branch(error: ValidationError) -> ValidationError:
    """Of a failed union, the sub-error of the branch whose `type` discriminator matched."""
    groups: dict[int, list[ValidationError]] = {}
    for sub in error.context:
        groups.setdefault(sub.schema_path[0], []).append(sub)

    def rank(errors: list[ValidationError]) -> tuple[int, int]:
        wrong_kind = sum(
            1 for e in errors if (e.path and e.path[-1] == "type") or (e.validator == "type" and not e.relative_path)
        )
        return wrong_kind, len(errors)

    best = min(groups.values(), key=rank)
    return best_match(best) if len(best) > 1 else best[0]
