"""Requests and answers checked against the reduced OpenAPI document in `openapi.json`."""

import functools
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlparse

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.platforms.unions import may_be, quick

_FORMATS = FormatChecker(formats=())
_SNOWFLAKE = re.compile(r'"[1-9]\d{16,18}"')


@_FORMATS.checks("date-time", raises=ValueError)
def _is_datetime(value: Any) -> bool:
    if isinstance(value, str) and datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is None:
        raise ValueError("no time zone")
    return True


@_FORMATS.checks("uri")
def _is_uri(value: Any) -> bool:
    # Discord takes http(s) and attachment:// (documented) where the spec only says "uri".
    return not isinstance(value, str) or value == "" or bool(urlparse(value).scheme)


@_FORMATS.checks("snowflake")
def _is_snowflake(value: Any) -> bool:
    return not isinstance(value, str) or (value.isdigit() and int(value) < 1 << 64)


@_FORMATS.checks("int32")
def _is_int32(value: Any) -> bool:
    return not isinstance(value, int) or isinstance(value, bool) or -(1 << 31) <= value < 1 << 31


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
        self.doc = doc
        self._registry = Registry().with_resource("urn:api", Resource(contents=doc, specification=DRAFT202012))
        self._routes = []
        for template, item in doc["paths"].items():
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template.replace(".", r"\."))
            # Literal segments win over parameters ("@original" over {message_id}).
            weight = sum(1 for part in template.split("/") if "{" in part)
            self._routes.append((weight, re.compile(pattern + "$"), template, item))
        self._routes.sort(key=lambda r: r[0])
        self._kind = quick(self.resolve)
        self._validators: dict[str, Draft202012Validator] = {}
        self._parts: dict[int, Draft202012Validator] = {}
        self._right: set[tuple[str, str]] = set()
        self._named: dict[tuple[str, str], list[str]] = {}

    def match(self, method: str, path: str) -> Operation | None:
        """The operation that serves ``method path``, or None when the spec has none."""
        for _, regex, template, item in self._routes:
            if (found := regex.match(path)) and method.lower() in item:
                return Operation(template, method.lower(), item[method.lower()], found.groupdict())
        return None

    def _validator(self, pointer: str) -> Draft202012Validator:
        if pointer not in self._validators:
            self._validators[pointer] = self._kind(
                {"$ref": "urn:api#" + quote(pointer, safe="/~")}, registry=self._registry, format_checker=_FORMATS
            )
        return self._validators[pointer]

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
        if (asked := _asked(pointer, instance)) in self._right:
            return []
        out = []
        for error in self._validator(pointer).iter_errors(instance):
            while error.context:
                error = _best_branch(error)
            out.append(error)
        if not out:
            self._right.add(asked)
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
        if (asked := _asked(pointer, instance)) not in self._named:
            self._named[asked] = sorted(self._unknown(self._at(pointer), instance, ""))
        return self._named[asked]

    def _valid(self, schema: dict[str, Any], instance: Any) -> bool:
        if id(schema) not in self._parts:  # a part of the document: it lives as long as this
            text = json.dumps(schema).replace('"#/components', '"urn:api#/components')
            self._parts[id(schema)] = self._kind(json.loads(text), registry=self._registry)
        return self._parts[id(schema)].is_valid(instance)

    def _branches(self, schema: dict[str, Any], instance: Any) -> list[dict[str, Any]]:
        schema = self.resolve(schema)
        for union in ("oneOf", "anyOf"):
            if union in schema:
                fitting = [
                    one for one in schema[union] if may_be(self.resolve(one), instance) and self._valid(one, instance)
                ]
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


def _asked(pointer: str, instance: Any) -> tuple[str, str]:
    """The same for what is alike but for its ids: a client registers the same commands in every test, and no schema tells one
    snowflake from another."""
    text = _SNOWFLAKE.sub("0", json.dumps(instance, sort_keys=True))
    return pointer, hashlib.sha256(text.encode()).hexdigest()


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
