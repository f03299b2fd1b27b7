"""Telegram's rules for what is sent there: the reduced description of the Bot API, its limits, and its HTML.

Figures are from the Bot API pages of the methods and types named. Every function gives the breaches as sentences.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TAGS = {
    "b": "bold",
    "i": "italic",
    "code": "code",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "a": "text_link",
}
TEXT, CAPTION, ENTITIES = 4096, 1024, 100
SIMPLE = {"String": str, "Integer": int, "Float": float, "Boolean": bool, "True": bool}
CALLS = re.compile(r"(?<![\w/@])(?:@[A-Za-z]\w{3,31}|/[A-Za-z0-9_]{1,64})")


@dataclass(frozen=True)
class Entity:
    """A styled piece, offsets in UTF-16 units."""

    kind: str
    offset: int
    length: int
    url: str = ""


class EntityError(ValueError):
    """The server's `can't parse entities`."""


def utf16(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str) -> tuple[str, list[Entity]]:
    """(plain text, entities) of HTML. Raises EntityError as the server would refuse it."""
    out: list[str] = []
    found: list[Entity] = []
    stack: list[tuple[str, int, str]] = []
    at = 0
    for mark in re.finditer(r"<(/?)([a-z-]*)([^<>]*)>|<|&(#?\w+);", text):
        out.append(text[at : mark.start()])
        at = mark.end()
        if mark[4]:
            out.append(
                html.unescape(mark[0]) if mark[4] in {"lt", "gt", "amp", "quot"} or mark[4][0] == "#" else mark[0]
            )
        elif mark[2] not in TAGS:
            raise EntityError(f"unsupported tag {mark[0]!r}")
        elif not mark[1]:
            stack.append((mark[2], utf16("".join(out)), mark[3]))
        else:
            found.append(_closed(mark[2], stack, utf16("".join(out))))
    if stack:
        raise EntityError(f"no end of {stack[-1][0]}")
    out.append(text[at:])
    return "".join(out), sorted((e for e in found if e.length), key=lambda e: (e.offset, -e.length))


def _closed(name: str, stack: list[tuple[str, int, str]], end: int) -> Entity:
    if not stack or stack[-1][0] != name:
        raise EntityError(f"unexpected </{name}>")
    if name == "blockquote" and any(one == "blockquote" for one, _, _ in stack[:-1]):
        raise EntityError("nested blockquotes")
    if name == "code" and len(stack) > 1 and stack[-2][0] != "blockquote":
        raise EntityError("code inside another style")
    _, start, attributes = stack.pop()
    url = re.search(r'href="([^"]*)"', attributes)
    kind = "expandable_blockquote" if "expandable" in attributes else TAGS[name]
    return Entity(kind, start, end - start, html.unescape(url[1]) if url else "")


def body_breaches(method: str, params: dict[str, Any], files: set[str]) -> list[str]:
    """What is wrong with a call; the address is added here."""
    fields = _document()["methods"][method]
    given = {"chat_id": 1, **({"message_id": 1} if method.startswith("edit") else {}), **params}
    given |= {name: f"attach://{name}" for name in files if name in fields}
    found = [f"{method}: no parameter {name}" for name in given if name not in fields]
    found += [
        f"{method}: {name} is missing" for name, field in fields.items() if field.get("required") and name not in given
    ]
    for name, value in given.items():
        if name in fields:
            found += _type_breaches(fields[name]["types"], value, name, files)
    for holder in (given, given.get("media")):
        if isinstance(holder, dict):
            found += _text_breaches(holder)
    return found + list(_markup_breaches(given.get("reply_markup") or {}))


def _text_breaches(holder: dict[str, Any]) -> list[str]:
    found = []
    for name, limit in (("text", TEXT), ("caption", CAPTION)):
        if name not in holder:
            continue
        if holder.get("parse_mode") != "HTML":
            found.append(f"{name} without parse_mode")
        try:
            plain, entities = parse(holder[name])
        except EntityError as error:
            found.append(f"can't parse entities: {error}")
            continue
        if utf16(plain) > limit or not plain.strip("\u200b\u200d\u2060 \n"):
            found.append(f"{name} has {utf16(plain)} characters")
        if len(entities) > ENTITIES:
            found.append(f"{name} has {len(entities)} entities")
        found += [f"{name} calls {call}" for call in calls(plain, entities)]
    return found


def calls(plain: str, entities: list[Entity]) -> list[str]:
    """The people and commands the server would find in a text by itself: outside code."""
    units = plain.encode("utf-16-le")
    for entity in entities:
        if entity.kind == "code":
            a, b = entity.offset * 2, (entity.offset + entity.length) * 2
            units = units[:a] + " ".encode("utf-16-le") * ((b - a) // 2) + units[b:]
    text = re.sub(r"https?://\S+", "", units.decode("utf-16-le"))
    return CALLS.findall(text)


def _markup_breaches(markup: dict[str, Any]) -> Iterator[str]:
    rows = markup.get("inline_keyboard", [])
    if "inline_keyboard" in markup and not all(rows):
        yield "an empty row of buttons"
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        yield "too many buttons"
    for button in (button for row in rows for button in row):
        if len({"url", "callback_data"} & set(button)) != 1:
            yield f"{button['text']} needs exactly one action"
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            yield f"callback_data of {len(button['callback_data'].encode())} bytes"
        if button.get("style") not in {None, "primary", "success", "danger"}:
            yield f"style {button['style']}"
        if not button["text"].strip():
            yield "a button without words"
    if "force_reply" in markup and not 1 <= utf16(markup.get("input_field_placeholder", "x")) <= 64:
        yield "a placeholder of the wrong length"


def menu_breaches(params: dict[str, Any]) -> list[str]:
    """What is wrong with a setMyCommands call."""
    found = body_breaches("setMyCommands", params, set())
    found = [breach for breach in found if "chat_id" not in breach]
    names = [entry["command"] for entry in params["commands"]]
    found += [
        f"the name {name}" for name in names if not re.fullmatch(r"[a-z0-9_]{1,32}", name) or names.count(name) > 1
    ]
    found += [e["command"] for e in params["commands"] if not 1 <= utf16(e["description"]) <= 256]
    return found + (["over 100 commands"] if len(names) > 100 else [])


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(__file__).parent / "telegram_spec.json").read_text("utf-8"))
    return document


def _type_breaches(types: list[str], value: Any, where: str, files: set[str]) -> list[str]:
    """The breaches of the type that fits best."""
    return min((list(_one_type(kind, value, where, files)) for kind in types), key=len)


def _one_type(kind: str, value: Any, where: str, files: set[str]) -> Iterator[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for n, one in enumerate(value):
            yield from _one_type(kind.removeprefix("Array of "), one, f"{where}[{n}]", files)
    elif kind in SIMPLE:
        if not isinstance(value, SIMPLE[kind]) or (kind == "Integer" and isinstance(value, bool)):
            yield f"{where} is no {kind}"
        elif isinstance(value, str) and value.startswith("attach://") and value.removeprefix("attach://") not in files:
            yield f"{value} names no file"
    elif kind == "InputFile":
        if not isinstance(value, str) or value.removeprefix("attach://") not in files:
            yield f"{where} is no file"
    elif "any" in _document()["types"][kind]:
        yield from _type_breaches(_document()["types"][kind]["any"], value, where, files)
    else:
        yield from _object(kind, value, where, files)


def _object(kind: str, value: Any, where: str, files: set[str]) -> Iterator[str]:
    fields = _document()["types"][kind]["fields"]
    if not isinstance(value, dict):
        yield f"{where} is no {kind}"
        return
    yield from (f"{where}: {kind} has no {name}" for name in value if name not in fields)
    for name, field in fields.items():
        if name in value:
            yield from _type_breaches(field["types"], value[name], f"{where}.{name}", files)
        elif field.get("required"):
            yield f"{where}: {kind} needs {name}"
