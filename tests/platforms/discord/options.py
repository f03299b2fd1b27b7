"""Commands as the client of a person offers them: options, their types and their bounds."""

from typing import Any

from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.records import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUB_COMMAND,
    SUB_GROUP,
    USER,
    UploadedFile,
)
from tests.platforms.discord.wire import Wire


class Options(Wire):
    """What a client sends of a command that is typed."""

    def _command(self, name: str, guild: dict | None, kind: int = 1) -> dict[str, Any]:
        wanted = name.split()[0] if kind == 1 else name
        for scope in ([guild["id"]] if guild else []) + [None]:
            for command in self.commands.get(scope, {}).values():
                if command["name"] == wanted and command["type"] == kind:
                    return command
        known = sorted(c["name"] for scope in self.commands.values() for c in scope.values())
        raise LookupError(f"the bot registered no {name!r} (type {kind}); it has {known}")

    def _client_checks(self, command: dict, user: dict, guild: dict | None, channel: dict) -> None:
        """What Discord's own client enforces before anything reaches the bot."""
        context = 0 if guild else 1
        allowed = command.get("contexts")
        if (allowed is not None and context not in allowed) or (context == 1 and command.get("dm_permission") is False):
            raise PermissionError(f"/{command['name']} is not shown in this context")
        needed = command.get("default_member_permissions")
        if guild and needed is not None:
            has = guild["permissions"].get(user["id"], Perm(0))
            if not has & Perm.ADMINISTRATOR and (int(needed) == 0 or Perm(int(needed)) & ~has):
                raise PermissionError(f"{user['username']} may not use /{command['name']}")

    def _slash_data(
        self, name: str, guild: dict | None, options: dict[str, Any], focused: str | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        command = self._command(name, guild)
        resolved: dict[str, dict] = {}
        declared, path = command.get("options", []), name.split()[1:]
        nodes = []
        for part in path:
            node = next((o for o in declared if o["name"] == part and o["type"] in (SUB_COMMAND, SUB_GROUP)), None)
            if node is None:
                raise LookupError(f"/{command['name']} has no sub-command {part!r}")
            nodes.append(node)
            declared = node.get("options", [])
        given = {k.rstrip("_"): v for k, v in options.items()}
        leaves = []
        for option in declared:
            if option["type"] in (SUB_COMMAND, SUB_GROUP):
                raise LookupError(f"/{name} needs a sub-command: {[o['name'] for o in declared]}")
            if option["name"] in given:
                value = given.pop(option["name"])
                leaf = {
                    "name": option["name"],
                    "type": option["type"],
                    "value": self._option_value(option, value, resolved, guild, check=focused is None),
                }
                if option["name"] == focused:
                    if not option.get("autocomplete"):
                        raise LookupError(f"option {focused} has no autocomplete")
                    leaf["focused"] = True
                leaves.append(leaf)
            elif option.get("required") and focused is None:
                raise ValueError(f"/{name} requires {option['name']}")
        if given:
            raise LookupError(f"/{name} has no options {sorted(given)}; it has {[o['name'] for o in declared]}")
        for node in reversed(nodes):
            leaves = [{"name": node["name"], "type": node["type"], "options": leaves}]
        data = {"id": command["id"], "name": command["name"], "type": 1, "options": leaves}
        if command.get("guild_id"):
            data["guild_id"] = command["guild_id"]
        if resolved:
            data["resolved"] = resolved
        return data, command

    def _option_value(self, option: dict, value: Any, resolved: dict, guild: dict | None, check: bool = True) -> Any:
        kind, name = option["type"], option["name"]
        if kind in (USER, MENTIONABLE) and isinstance(value, dict):
            resolved.setdefault("users", {})[value["id"]] = value
            if guild and value["id"] in guild["members"]:
                member = self._member_json(guild, value["id"], permissions=True)
                member.pop("user")
                resolved.setdefault("members", {})[value["id"]] = member
            return value["id"]
        if kind == CHANNEL:
            if check and option.get("channel_types") and value["type"] not in option["channel_types"]:
                raise ValueError(f"{name}: the client offers only channel types {option['channel_types']}")
            resolved.setdefault("channels", {})[value["id"]] = {
                k: value.get(k) for k in ("id", "name", "type", "parent_id")
            } | {"permissions": str(int(self.bot_permissions(value)))}
            return value["id"]
        if kind == ROLE:
            resolved.setdefault("roles", {})[value["id"]] = value
            return value["id"]
        if kind == ATTACHMENT:
            attachment = self._store_file(
                value if isinstance(value, UploadedFile) else UploadedFile(*value), "ephemeral"
            )
            resolved.setdefault("attachments", {})[attachment["id"]] = attachment
            return attachment["id"]
        if not check:
            return value
        wanted = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}[kind]
        if not isinstance(value, wanted) or (kind != BOOLEAN and isinstance(value, bool)):
            raise ValueError(f"{name}: the client would not send {value!r} for option type {kind}")
        if option.get("choices") and value not in [c["value"] for c in option["choices"]]:
            raise ValueError(f"{name}: {value!r} is none of the choices")
        low, high = option.get("min_value"), option.get("max_value")
        if kind in (INTEGER, NUMBER) and ((low is not None and value < low) or (high is not None and value > high)):
            raise ValueError(f"{name}: {value} outside {low}..{high}")
        if kind == STRING and not (option.get("min_length") or 0) <= len(value) <= (option.get("max_length") or 6000):
            raise ValueError(f"{name}: length {len(value)} outside the declared bounds")
        return value
