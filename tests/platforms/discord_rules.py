"""Discord's rules for what is sent there: the reduced OpenAPI document, and what that document does not say.

Figures beside the document are from Discord's developer documentation: components/reference, resources/message,
interactions/application-commands. Every function gives the breaches as sentences; none means accepted.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

V2 = 1 << 15
PARTS, TEXT = 40, 4000
NAME = re.compile(r"[-_'\w]{1,32}")


@cache
def _schema(name: str) -> tuple[jsonschema_rs.Draft202012Validator, Draft202012Validator]:
    """A quick one for the verdict, and one that says what is wrong."""
    defined = json.loads((Path(__file__).parent / "discord_spec.json").read_text("utf-8"))["$defs"]
    schema = {"$ref": f"#/$defs/{name}", "$defs": defined}
    return jsonschema_rs.Draft202012Validator(schema), Draft202012Validator(schema)


def schema_breaches(name: str, body: Any) -> list[str]:
    """What the OpenAPI document says against `body` as a `name`; a key it does not know is a breach."""
    verdict, explaining = _schema(name)
    if verdict.is_valid(body):
        return []
    found = []
    for error in explaining.iter_errors(body):
        leaf = best_match([error])
        found.append(f"{name} {'/'.join(map(str, leaf.absolute_path))}: {leaf.message[:200]}")
    assert found, f"two validators differ about {body}"
    return found


def flat(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every part, nested ones included."""
    for part in components:
        yield part
        yield from flat(part.get("components", []))
        for inside in ("accessory", "component"):
            if part.get(inside):
                yield from flat([part[inside]])


def text_of(body: dict[str, Any]) -> str:
    """The text a message shows, with its marks."""
    return "\n".join(part["content"] for part in flat(body["components"]) if part["type"] == 10)


def message_breaches(body: dict[str, Any]) -> list[str]:
    """What is wrong with the body of a new Components V2 message."""
    found = schema_breaches("MessageCreateRequest", body)
    parts = list(flat(body["components"]))
    if not body.get("flags", 0) & V2:
        found.append("no Components V2 flag")
    if not parts or not text_of(body).strip():
        found.append("an empty message")
    if len(parts) > PARTS:
        found.append(f"{len(parts)} parts")
    length = sum(len(part["content"].encode("utf-16-le")) // 2 for part in parts if part["type"] == 10)
    if length > TEXT:
        found.append(f"{length} characters of text")
    found += [f"the id {key} twice" for key, n in Counter(_ids(parts)).items() if n > 1]
    found += [breach for part in parts for breach in _part_breaches(part)]
    return found + _mention_breaches(body) + _file_breaches(body, parts)


def _ids(parts: list[dict[str, Any]]) -> list[str]:
    return [part["custom_id"] for part in parts if part.get("custom_id")]


def _part_breaches(part: dict[str, Any]) -> Iterator[str]:
    if part["type"] == 2:
        wanted = "url" if part["style"] == 5 else "custom_id"
        if {"url", "custom_id"} & {key for key, value in part.items() if value} != {wanted}:
            yield f"a button of style {part['style']} without its one target"
        if not (part.get("label") or "").strip():
            yield "a button without words"
    if part["type"] == 3:
        values = [option["value"] for option in part["options"]]
        if len(values) != len(set(values)):
            yield "a menu with the same value twice"
    if part["type"] == 1 and len(part["components"]) > 1 and any(one["type"] != 2 for one in part["components"]):
        yield "a menu that shares its row"
    if part["type"] == 10 and not part["content"].strip():
        yield "an empty text"


def _mention_breaches(body: dict[str, Any]) -> Iterator[str] | list[str]:
    allowed = body.get("allowed_mentions")
    if allowed is None or allowed.get("parse") != [] or allowed.get("users"):
        return ["allowed_mentions lets somebody be called"]
    named = set(re.findall(r"<@&(\d+)>", text_of(body)))
    if len(allowed.get("roles", [])) > 1 or not named >= set(map(str, allowed.get("roles", []))):
        return ["allowed_mentions names roles that are not meant"]
    return []


def _file_breaches(body: dict[str, Any], parts: list[dict[str, Any]]) -> list[str]:
    names = [one["filename"] for one in body.get("attachments", [])]
    media = [item["media"]["url"] for part in parts if part["type"] == 12 for item in part["items"]]
    media += [part["file"]["url"] for part in parts if part["type"] == 13]
    media += [part["media"]["url"] for part in parts if part["type"] == 11]
    used = [url.removeprefix("attachment://") for url in media if url.startswith("attachment://")]
    found = [f"{name} names no file" for name in used if name not in names]
    found += [f"{name} is attached and not shown" for name in names if name not in used]
    found += [f"{name} would be renamed" for name in names if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name)]
    return (
        found
        + ([f"{len(names)} files"] if len(names) > 10 else [])
        + [f"{n} twice" for n in names if names.count(n) > 1]
    )


def loose_marks(text: str) -> list[str]:
    """The marks in `text` that would format or mention, beside closed pairs of bold and spoiler and the start of a line."""
    found = re.findall(r"@(?:everyone|here)\b|(?<!\\)<@[!&]?\d+>", re.sub(r"^<@&\d+>", "", text, flags=re.MULTILINE))
    rest = re.sub(r"^> \|\|((?:(?!\|\|).)+)\|\|$", r"> \1", text, flags=re.MULTILINE)
    rest = re.sub(r"\\[^0-9A-Za-z\s]|`[^`\n]+`|https?://[^\s<]+", "x", rest)  # as a client reads: from the left
    rest = re.sub(r"\*\*((?:(?!\*\*)[^\n])+)\*\*", r"\1", rest)
    rest = re.sub(r"^(?:### |> |-# |<@&\d+> ?)", "", rest, flags=re.MULTILINE)
    return found + re.findall(r"[*_~`]|\|\||<[@#:/a-z]|\[[^\]]*\]\(|^[ \t]*(?:[#>+-]|\d+[.)])", rest, re.MULTILINE)


def tree_breaches(commands: list[dict[str, Any]]) -> list[str]:
    """What is wrong with a set of application commands."""
    found = [breach for command in commands for breach in schema_breaches("ApplicationCommandUpdateRequest", command)]
    names = [(command["name"], command.get("type", 1)) for command in commands]
    found += [f"{name} twice" for name in names if names.count(name) > 1]
    found += [f"over {_size(command)} characters: {command['name']}" for command in commands if _size(command) > 8000]
    found += ["over 100 commands"] if len(commands) > 100 else []
    return found + [breach for command in commands for breach in _node_breaches(command)]


def _node_breaches(node: dict[str, Any]) -> Iterator[str]:
    if not _named(node["name"]):
        yield f"the name {node['name']}"
    if not node.get("description"):
        yield f"no description: {node['name']}"
    options = node.get("options") or []
    required = [bool(option.get("required")) for option in options if option["type"] > 2]
    if required != sorted(required, reverse=True):
        yield f"required options come first: {node['name']}"
    if len({option["name"] for option in options}) != len(options) or len(options) > 25:
        yield f"options of {node['name']}"
    for option in options:
        if option.get("autocomplete") and option.get("choices"):
            yield f"choices and autocomplete: {option['name']}"
        yield from _node_breaches(option)


def _named(name: str) -> bool:
    letters = all(c in "-_'" or unicodedata.category(c)[0] in "LN" for c in name)
    return letters and NAME.fullmatch(name) is not None and name == name.lower()


def _size(node: dict[str, Any]) -> int:
    """Characters of names, descriptions and values, the longest translation counting."""
    size = 0
    for field in ("name", "description"):
        size += max(len(text) for text in (node.get(field) or "", *(node.get(f"{field}_localizations") or {}).values()))
    size += sum(len(choice["name"]) + len(str(choice["value"])) for choice in node.get("choices") or [])
    return size + sum(_size(option) for option in node.get("options") or [])
