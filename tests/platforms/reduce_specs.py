"""Makes the loopback platforms' specifications: the bare facts of Discord's OpenAPI document and of a Bot API description.

    python -m tests.platforms.reduce_specs discord-openapi.json telegram-bot-api.json

The first is `specs/openapi.json` of discord/discord-api-spec, the second `api.json` of PaulSonOfLars/telegram-bot-api-spec.
Kept are names, types, limits, formats, what is required, and values to choose from; no words people would read. What the
loopback services answer is kept whole with all it refers to; of other operations and methods the name only, so that asking
for one is told from asking for what does not exist.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.platforms.discord.server import FakeDiscord
from tests.platforms.telegram.calls import snake
from tests.platforms.telegram.server import FakeTelegram

HERE = Path(__file__).parent
WORDS = frozenset(
    {"description", "title", "summary", "example", "examples", "externalDocs", "headers", "contentEncoding"}
)
SCHEMAS = "#/components/schemas/"
LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)")
PARSED = re.compile(r"after entit(?:y|ies) parsing")  # what is counted there is not what is sent
ALWAYS = re.compile(r'(?:must be|always) ["“]?(\w+)["”]?\.?$')


def served(service: type) -> set[str]:
    """What a loopback service answers, by the names of its methods."""
    return {name.removeprefix("_do_") for name in dir(service) if name.startswith("_do_")}


def schema(part: Any, names: bool = False) -> Any:
    """A schema without words; `names`: the keys are names of properties, not of what JSON Schema says."""
    if isinstance(part, list):
        return [schema(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: schema(value, names=not names and key == "properties")
        for key, value in sorted(part.items())
        if names or not (key in WORDS or key.startswith("x-"))
    }
    choices = kept.get("oneOf", []) if not names else []
    if choices and all(set(one) == {"const"} for one in choices):
        kept["enum"] = [one["const"] for one in kept.pop("oneOf")]
    return kept


def operation(whole: dict[str, Any], shared: list[dict[str, Any]]) -> dict[str, Any]:
    """One operation: its id, query, who may ask, and the schemas of its body and answers."""
    made: dict[str, Any] = {"operationId": whole["operationId"], "responses": {}}
    query = [{"in": "query", "name": one["name"]} for one in [*shared, *whole.get("parameters", [])] if _asked(one)]
    made |= {"parameters": query} if query else {}
    made |= {"security": [{}]} if {} in whole.get("security", []) else {}
    for status, answer in whole["responses"].items():
        if status.isdigit() and "application/json" in answer.get("content", {}):
            body = schema(answer["content"]["application/json"]["schema"])
            made["responses"][status] = {"content": {"application/json": {"schema": body}}}
    if "requestBody" in whole:
        taken = whole["requestBody"]["content"]
        content = {kind: {"schema": schema(taken[kind]["schema"])} for kind in taken if kind == "application/json"}
        content |= {kind: {} for kind in taken if kind == "multipart/form-data" and content}
        made["requestBody"] = {"content": content, "required": bool(whole["requestBody"].get("required"))}
    return made


def _asked(parameter: dict[str, Any]) -> bool:
    return parameter.get("in") == "query"


def references(part: Any) -> Iterator[str]:
    """The names of the schemas a part refers to."""
    if isinstance(part, dict):
        if str(part.get("$ref", "")).startswith(SCHEMAS):
            yield part["$ref"].removeprefix(SCHEMAS)
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def discord(whole: dict[str, Any]) -> dict[str, Any]:
    """The document of what the loopback Discord answers; of the rest the operations' ids."""
    answered, paths = served(FakeDiscord), {}
    for template, item in whole["paths"].items():
        verbs = {verb: one for verb, one in item.items() if verb != "parameters"}
        paths[template] = {
            verb: operation(one, item.get("parameters", []))
            if one["operationId"] in answered
            else {"operationId": one["operationId"]}
            for verb, one in verbs.items()
        }
    schemas: dict[str, Any] = {}
    wanted = {*references(paths), "SnowflakeType"}
    while wanted:
        name = wanted.pop()
        schemas[name] = schema(whole["components"]["schemas"][name])
        wanted |= set(references(schemas[name])) - set(schemas)
    return {"components": {"schemas": dict(sorted(schemas.items()))}, "paths": paths}


def fields(listed: list[dict[str, Any]]) -> dict[str, Any]:
    """Parameters of a method or fields of a type by name: types, whether required, bounds of length, the one value it has."""
    made = {}
    for one in listed:
        field: dict[str, Any] = {"types": one["types"]} | ({"required": True} if one["required"] else {})
        length, value = LENGTH.search(one["description"]), ALWAYS.search(one["description"])
        if length and not PARSED.search(one["description"]):
            field["length"] = [int(length[1]), int(length[2]), length[3]]
        if value and one["name"] in ("type", "source", "status"):
            field["is"] = value[1]
        made[one["name"]] = field
    return made


def telegram(whole: dict[str, Any]) -> dict[str, Any]:
    """The methods the loopback Telegram answers and all types they and updates are made of; of other methods the name."""
    answered = served(FakeTelegram)
    methods = {
        name: {"fields": fields(one.get("fields", [])), "returns": one["returns"]} if snake(name) in answered else {}
        for name, one in whole["methods"].items()
    }
    types: dict[str, Any] = {}
    wanted = {"Update", "User"} | {kind for one in methods.values() for kind in _kinds(one)}
    while wanted:
        name = wanted.pop()
        if name not in whole["types"]:
            continue  # String, Integer, InputFile
        one = whole["types"][name]
        types[name] = {"any": one["subtypes"]} if one.get("subtypes") else {"fields": fields(one.get("fields", []))}
        wanted |= set(_kinds(types[name])) - set(types)
    return {"methods": methods, "types": dict(sorted(types.items()))}


def _kinds(part: dict[str, Any]) -> Iterator[str]:
    listed = [*part.get("returns", []), *part.get("any", [])]
    listed += [kind for field in part.get("fields", {}).values() for kind in field["types"]]
    yield from (kind.replace("Array of ", "") for kind in listed)


def main() -> None:
    """Writes both documents beside the services that use them."""
    for make, source, target in (
        (discord, sys.argv[1], HERE / "discord" / "openapi.json"),
        (telegram, sys.argv[2], HERE / "telegram" / "api.json"),
    ):
        made = make(json.loads(Path(source).read_text("utf-8")))
        target.write_text(json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n", "utf-8")
        print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
