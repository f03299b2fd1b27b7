"""Methods about the bot itself: its commands, descriptions, and answers to queries."""

import json
import re
from typing import Any

from tests.platforms.telegram.posting import Posting
from tests.platforms.telegram.records import bad_request


class Own(Posting):
    """Scopes are kept by their JSON and the language."""

    def _scope(self, p: dict) -> str:
        return json.dumps(p.get("scope") or {"type": "default"}, sort_keys=True) + (p.get("language_code") or "")

    async def _do_get_me(self, p: dict, f: dict) -> Any:
        return self.me

    async def _do_log_out(self, p: dict, f: dict) -> Any:
        return True

    async def _do_close(self, p: dict, f: dict) -> Any:
        return True

    async def _do_set_my_commands(self, p: dict, f: dict) -> Any:
        if len(p["commands"]) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in p["commands"]:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command["command"]):
                raise bad_request("BOT_COMMAND_INVALID")
        self.commands[self._scope(p)] = p["commands"]
        return True

    async def _do_get_my_commands(self, p: dict, f: dict) -> Any:
        return self.commands.get(self._scope(p), [])

    async def _do_delete_my_commands(self, p: dict, f: dict) -> Any:
        self.commands.pop(self._scope(p), None)
        return True

    def menu(self, user: dict, chat: dict | None = None) -> list[dict[str, Any]]:
        """The commands a person is offered in a chat: the narrowest scope that has any, in their language or in none."""
        chat = chat or self.private(user)
        group = chat["type"] != "private"
        here = {"chat_id": chat["id"]}
        scopes: list[dict[str, Any]] = [{"type": "chat_member", **here, "user_id": user["id"]}] if group else []
        if user["id"] in self.admins.get(chat["id"], ()):
            scopes += [{"type": "chat_administrators", **here}, {"type": "all_chat_administrators"}]
        scopes.insert(2 if len(scopes) > 2 else len(scopes), {"type": "chat", **here})
        scopes += [{"type": "all_group_chats" if group else "all_private_chats"}, {"type": "default"}]
        keys = [{"scope": one, "language_code": code} for one in scopes for code in (user["language_code"], "")]
        return next((self.commands[key] for key in map(self._scope, keys) if self.commands.get(key)), [])

    async def _do_set_my_name(self, p: dict, f: dict) -> Any:
        return self._told("name", p)

    async def _do_set_my_description(self, p: dict, f: dict) -> Any:
        return self._told("description", p)

    async def _do_set_my_short_description(self, p: dict, f: dict) -> Any:
        return self._told("short_description", p)

    async def _do_get_my_name(self, p: dict, f: dict) -> Any:
        return {"name": self._said("name", p) or self.me["first_name"]}

    async def _do_get_my_description(self, p: dict, f: dict) -> Any:
        return {"description": self._said("description", p)}

    async def _do_get_my_short_description(self, p: dict, f: dict) -> Any:
        return {"short_description": self._said("short_description", p)}

    def _told(self, what: str, p: dict) -> bool:
        self.about[what, p.get("language_code") or ""] = p.get(what) or ""
        return True

    def _said(self, what: str, p: dict) -> str:
        return self.about.get((what, p.get("language_code") or "")) or self.about.get((what, ""), "")

    async def _do_set_chat_menu_button(self, p: dict, f: dict) -> Any:
        self.menu_buttons[p.get("chat_id")] = p.get("menu_button") or {"type": "default"}
        return True

    async def _do_get_chat_menu_button(self, p: dict, f: dict) -> Any:
        return self.menu_buttons.get(p.get("chat_id"), {"type": "default"})

    async def _do_set_my_default_administrator_rights(self, p: dict, f: dict) -> Any:
        return True

    async def _do_answer_callback_query(self, p: dict, f: dict) -> Any:
        return self._answer_query(p, p["callback_query_id"])

    async def _do_answer_inline_query(self, p: dict, f: dict) -> Any:
        if len(p["results"]) > 50:
            raise bad_request("RESULTS_TOO_MUCH")
        ids = [r["id"] for r in p["results"]]
        if len(ids) != len(set(ids)):
            raise bad_request("RESULT_ID_DUPLICATE")
        for result in p["results"]:
            content = result.get("input_message_content", {})
            if "message_text" in content:
                self._parsed({"text": content["message_text"], "parse_mode": content.get("parse_mode")}, "text", 4096)
        return self._answer_query(p, p["inline_query_id"])

    def _answer_query(self, p: dict, query_id: str) -> bool:
        pressed = self._queries.get(query_id)
        if pressed is None or pressed.answer is not None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid", violation=False)
        pressed.answer = p
        return True
