"""Methods about the bot itself: its commands, descriptions, and answers to queries."""

import json
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
            name = command["command"].lstrip("/")
            if not 1 <= len(name) <= 32 or not all(
                (c.islower() and c.isascii()) or c.isdigit() or c == "_" for c in name
            ):
                raise bad_request("BOT_COMMAND_INVALID")
        self.commands[self._scope(p)] = p["commands"]
        return True

    async def _do_get_my_commands(self, p: dict, f: dict) -> Any:
        return self.commands.get(self._scope(p), [])

    async def _do_delete_my_commands(self, p: dict, f: dict) -> Any:
        self.commands.pop(self._scope(p), None)
        return True

    async def _do_set_my_description(self, p: dict, f: dict) -> Any:
        return True

    async def _do_set_my_short_description(self, p: dict, f: dict) -> Any:
        return True

    async def _do_set_chat_menu_button(self, p: dict, f: dict) -> Any:
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
