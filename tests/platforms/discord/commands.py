"""Operations on application commands, of everywhere and of one guild."""

from typing import Any

from tests.platforms.discord import command_rules
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.posting import Posting
from tests.platforms.discord.records import Request


class Commands(Posting):
    """The scope is a guild's id, or None for everywhere."""

    def _store_command(self, scope: str | None, body: dict[str, Any]) -> dict[str, Any]:
        same = [
            c
            for c in self.commands.setdefault(scope, {}).values()
            if c["name"] == body["name"] and c["type"] == (body.get("type") or 1)
        ]
        command = {
            "id": same[0]["id"] if same else self.new_id(),
            "application_id": self.application_id,
            "version": self.new_id(),
            "type": body.get("type") or 1,
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "options": body.get("options") or [],
            "nsfw": bool(body.get("nsfw")),
            "dm_permission": body.get("dm_permission", True),
            "contexts": body.get("contexts"),
            "integration_types": body.get("integration_types") or [0],
        }
        permissions = body.get("default_member_permissions")
        command["default_member_permissions"] = None if permissions is None else str(permissions)
        if scope:
            command["guild_id"] = scope
        self.commands[scope][command["id"]] = command
        return command

    async def _sync(self, scope: str | None, body: Any) -> Any:
        command_rules.check_commands(body or [])
        old, self.commands[scope] = self.commands.get(scope, {}), {}
        known = {(c["name"], c["type"]): c["id"] for c in old.values()}
        out = []
        for item in body or []:
            command = self._store_command(scope, item)
            if kept := known.get((command["name"], command["type"])):
                self.commands[scope].pop(command["id"])
                command["id"] = kept
                self.commands[scope][kept] = command
            out.append(command)
        self._notify()
        return out

    async def _do_bulk_set_application_commands(self, body: Any, record: Request, application_id: str) -> Any:
        return await self._sync(None, body)

    async def _do_bulk_set_guild_application_commands(
        self, body: Any, record: Request, application_id: str, guild_id: str
    ) -> Any:
        self._guild_for(guild_id)
        return await self._sync(guild_id, body)

    async def _do_list_application_commands(self, body: Any, record: Request, application_id: str) -> Any:
        return list(self.commands[None].values())

    async def _do_list_guild_application_commands(
        self, body: Any, record: Request, application_id: str, guild_id: str
    ) -> Any:
        return list(self.commands.get(guild_id, {}).values())

    async def _do_create_application_command(self, body: Any, record: Request, application_id: str) -> Any:
        command_rules.check_commands([body])
        return 201, self._store_command(None, body)

    async def _do_create_guild_application_command(
        self, body: Any, record: Request, application_id: str, guild_id: str
    ) -> Any:
        command_rules.check_commands([body])
        return 201, self._store_command(guild_id, body)

    def _known(self, scope: str | None, command_id: str) -> dict[str, Any]:
        if command_id not in self.commands.get(scope, {}):
            raise ApiError(404, 10063, "Unknown application command", violation=False)
        return self.commands[scope][command_id]

    def _changed_command(self, scope: str | None, command_id: str, body: dict[str, Any]) -> dict[str, Any]:
        command = self._known(scope, command_id)
        command_rules.check_commands([command | body])
        command |= body | {"version": self.new_id()}
        return command

    async def _do_get_application_command(
        self, body: Any, record: Request, application_id: str, command_id: str
    ) -> Any:
        return self._known(None, command_id)

    async def _do_get_guild_application_command(
        self, body: Any, record: Request, application_id: str, guild_id: str, command_id: str
    ) -> Any:
        return self._known(guild_id, command_id)

    async def _do_update_application_command(
        self, body: Any, record: Request, application_id: str, command_id: str
    ) -> Any:
        return self._changed_command(None, command_id, body)

    async def _do_update_guild_application_command(
        self, body: Any, record: Request, application_id: str, guild_id: str, command_id: str
    ) -> Any:
        return self._changed_command(guild_id, command_id, body)

    async def _do_delete_application_command(
        self, body: Any, record: Request, application_id: str, command_id: str
    ) -> Any:
        del self.commands[None][self._known(None, command_id)["id"]]

    async def _do_delete_guild_application_command(
        self, body: Any, record: Request, application_id: str, guild_id: str, command_id: str
    ) -> Any:
        del self.commands[guild_id][self._known(guild_id, command_id)["id"]]
