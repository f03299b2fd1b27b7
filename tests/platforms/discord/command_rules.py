"""What the OpenAPI document does not say of application commands, answers to interactions and forms."""

import unicodedata
from typing import Any

from tests.platforms.discord.errors import ApiError, bad
from tests.platforms.discord.rules import flatten


def _command_size(node: dict[str, Any]) -> int:
    """Name, description and value lengths, the longest localisation counting (limit 8,000)."""
    size = 0
    for key in ("name", "description"):
        texts = [node.get(key) or "", *(node.get(key + "_localizations") or {}).values()]
        size += max(map(len, texts))
    for choice in node.get("choices") or []:
        size += len(choice["name"]) + len(str(choice["value"]))
    return size + sum(_command_size(o) for o in node.get("options") or [])


def _valid_name(name: str) -> bool:
    ok = all(c in "-_'" or unicodedata.category(c)[0] in "LN" or unicodedata.category(c) in ("Mn", "Mc") for c in name)
    return ok and 1 <= len(name) <= 32 and name == name.lower()


def check_commands(commands: list[dict[str, Any]]) -> None:
    """Naming, ordering, uniqueness and totals of a command set."""
    seen: set[tuple[str, int]] = set()
    count = {1: 0, 2: 0, 3: 0}
    for index, command in enumerate(commands):
        kind = command.get("type") or 1
        if (command["name"], kind) in seen:
            raise bad(str(index), "Application command names must be unique")
        seen.add((command["name"], kind))
        count[kind] = count.get(kind, 0) + 1
        if kind == 1:
            if not _valid_name(command["name"]):
                raise bad(f"{index}.name", "Command name is invalid")
            if not command.get("description"):
                raise bad(f"{index}.description", "This field is required")
        elif command.get("description"):
            raise bad(f"{index}.description", "Context menu commands cannot have description")
        _check_options(command.get("options") or [], f"{index}.options", 0)
        if _command_size(command) > 8000:
            raise bad(str(index), "Command exceeds maximum size (8000)")
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if count[kind] > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most}).")


def _check_options(options: list[dict[str, Any]], path: str, depth: int) -> None:
    optional_seen, names = False, set()
    kinds = {o["type"] in (1, 2) for o in options}
    if len(kinds) > 1:
        raise bad(path, "Sub-command and option types are mutually exclusive")
    for index, option in enumerate(options):
        where = f"{path}.{index}"
        if not _valid_name(option["name"]) or option["name"] in names:
            raise bad(f"{where}.name", "Option name is invalid or repeated")
        names.add(option["name"])
        if option["type"] in (1, 2):
            if option["type"] == 2 and depth:
                raise bad(where, "Sub-command groups cannot be nested")
            _check_options(option.get("options") or [], f"{where}.options", depth + 1)
            continue
        if option.get("required") and optional_seen:
            raise bad(where, "Required options must be placed before non-required options")
        optional_seen |= not option.get("required")
        if option.get("autocomplete") and option.get("choices"):
            raise bad(where, "autocomplete and choices are mutually exclusive")


def check_callback(interaction: dict[str, Any], kind: int) -> None:
    """Which callback types answer which interaction."""
    allowed = {2: (4, 5, 9, 10, 12), 3: (4, 5, 6, 7, 9, 12), 4: (8,), 5: (4, 5, 6, 7, 12)}[interaction["type"]]
    if kind not in allowed:
        raise bad("type", f"callback type {kind} does not answer interaction type {interaction['type']}")
    if interaction["type"] == 5 and kind in (6, 7) and "message" not in interaction:
        raise bad("type", "this modal was not opened from a message")


def check_choices(data: dict[str, Any], interaction: dict[str, Any]) -> None:
    choices = data.get("choices") or []
    if len(choices) > 25:
        raise bad("data.choices", "Must be 25 or fewer in length.")
    for index, choice in enumerate(choices):
        if not 1 <= len(choice["name"]) <= 100 or (
            isinstance(choice["value"], str) and not 1 <= len(choice["value"]) <= 100
        ):
            raise bad(f"data.choices.{index}", "Must be between 1 and 100 in length.")


def check_modal(data: dict[str, Any]) -> None:
    if not 1 <= len(data["components"]) <= 5:
        raise bad("data.components", "Must be between 1 and 5 in length.")
    seen = [c["custom_id"] for c in flatten(data["components"]) if c.get("custom_id")]
    if len(seen) != len(set(seen)):
        raise bad("data.components", "Component custom id cannot be duplicated")
    for field in flatten(data["components"]):
        if field["type"] == 4 and field.get("value") and len(field["value"]) > (field.get("max_length") or 4000):
            raise bad("data.components", "the preset value is longer than max_length")
