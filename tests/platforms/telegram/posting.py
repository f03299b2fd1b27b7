"""Finding what a call means, flood limits, and messages as the server makes them."""

import copy
import time
from typing import Any

from tests.platforms.telegram import entities as marks
from tests.platforms.telegram.api import utf16_len
from tests.platforms.telegram.records import BotError, bad_request
from tests.platforms.telegram.world import World

TARGETS = frozenset(
    """url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat
    switch_inline_query_chosen_chat copy_text callback_game pay""".split()
)
REQUESTS = ("request_chat", "request_users")
KINDS = frozenset((*REQUESTS, "request_contact", "request_location", "request_poll", "request_managed_bot", "web_app"))
SAME = (
    "specified new message content and reply markup are exactly the same as a current content and reply markup of "
    "the message"
)


class Posting(World):
    """What several methods do."""

    def _limit(self, chat: dict[str, Any]) -> None:
        """Flood control; the true server's is softer and undocumented in detail."""
        moment = time.monotonic()
        rules = [("all", self.global_per_second, 1.0), (chat["id"], self.chat_per_second, 1.0)]
        if chat["type"] in ("group", "supergroup", "channel"):
            rules.append((("minute", chat["id"]), self.group_per_minute, 60.0))
        for key, most, window in rules:
            hits = self._hits[key] = [t for t in self._hits.get(key, []) if t > moment - window]
            if most and len(hits) >= most:
                wait = max(1, round(hits[0] + window - moment))
                self.rate_limited += 1
                self.violate("rate-limit", str(chat["id"]), f"{most} per {window:g} s exceeded")
                raise BotError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait}, violation=False)
        for key, most, _ in rules:
            if most:
                self._hits[key].append(moment)

    def _chat(self, params: dict[str, Any], *, write: bool = True) -> dict[str, Any]:
        """The chat a call is about, when the bot may go there."""
        chat = self._found(params["chat_id"])
        if chat is None or chat["id"] in self.not_started:
            raise bad_request("chat not found", violation=False)
        if chat["id"] in self.migrated:
            moved = {"migrate_to_chat_id": self.migrated[chat["id"]]}
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise BotError(400, words, moved, violation=False)
        if chat["id"] in self.blocked:
            private = chat["type"] == "private"
            why = "bot was blocked by the user" if private else f"bot was kicked from the {chat['type']} chat"
            raise BotError(403, f"Forbidden: {why}", violation=False)
        if write:
            self._check_writable(chat, params.get("message_thread_id"))
        return chat

    def _found(self, chat_id: int | str) -> dict[str, Any] | None:
        if isinstance(chat_id, int):
            return self.chats.get(chat_id)
        named = (chat for chat in self.chats.values() if chat["type"] != "private")
        return next((chat for chat in named if "@" + chat.get("username", "") == chat_id), None)

    def _check_writable(self, chat: dict[str, Any], thread: int | None) -> None:
        reader = chat["type"] == "channel" and "can_post_messages" not in self.rights[chat["id"]]
        if reader or chat["id"] in self.readonly:
            raise bad_request("not enough rights to send text messages to the chat", violation=False)
        if thread:
            self._thread(chat, thread)
            closed = self.topics[chat["id"], thread].get("_closed")
            if closed and "can_manage_topics" not in self.rights[chat["id"]]:
                raise bad_request("TOPIC_CLOSED", violation=False)

    def _thread(self, chat: dict[str, Any], thread: int) -> dict[str, Any]:
        """A topic; one that was there and is gone is not the bot's fault."""
        if (chat["id"], thread) not in self.topics:
            raise bad_request("message thread not found", violation=(chat["id"], thread) not in self.gone_topics)
        return self.topics[chat["id"], thread]

    def _parsed(self, params: dict[str, Any], key: str, most: int) -> tuple[str, list[dict[str, Any]]]:
        """Text after entity parsing, with the server's own complaints."""
        try:
            text, entities = marks.parse(params.get(key) or "", params.get("parse_mode"))
        except marks.EntityError as error:
            raise bad_request(str(error)) from None
        except ValueError as error:
            raise bad_request(str(error)) from None
        given = params.get("entities" if key == "text" else "caption_entities")
        entities = entities or given or []
        if utf16_len(text) > most:
            raise bad_request("message is too long" if key == "text" else "message caption is too long")
        taken = {(e["offset"], e["length"]) for e in entities}
        entities = entities + [e for e in marks.automatic(text) if (e["offset"], e["length"]) not in taken]
        return text.strip(), sorted(entities, key=lambda e: e["offset"])

    def _keyboard(self, chat: dict[str, Any], markup: dict[str, Any]) -> None:
        """The keyboard under the chat after a message with `markup`."""
        if "remove_keyboard" in markup:
            self.keyboards.pop(chat["id"], None)
        if "keyboard" not in markup:
            return
        buttons = [button for row in markup["keyboard"] for button in row]
        asked = [button[kind] for kind in REQUESTS for button in buttons if kind in button]
        if chat["type"] != "private" and asked:
            what = "Chats" if any("request_chat" in button for button in buttons) else "Users"
            raise bad_request(f"can't parse keyboard button: {what} can be requested in private chats only")
        if len({one["request_id"] for one in asked}) < len(asked):
            raise bad_request("can't parse keyboard button: request identifiers must be unique within the message")
        for one in asked:
            mine = {name for name, given in one.get("bot_administrator_rights", {}).items() if given}
            theirs = {name for name, given in one.get("user_administrator_rights", {}).items() if given}
            if not mine <= theirs:
                raise bad_request("USER_RIGHTS_MISSING")
            if not 1 <= one.get("max_quantity", 1) <= 10:
                raise bad_request("can't parse keyboard button: wrong maximum quantity of users")
        if not buttons or any(len(KINDS & button.keys()) > 1 or not button["text"].strip() for button in buttons):
            raise bad_request("can't parse keyboard button")
        self.keyboards[chat["id"]] = markup

    def _reply_markup(self, params: dict[str, Any]) -> dict[str, Any]:
        markup = params.get("reply_markup")
        if not markup or "inline_keyboard" not in markup:
            return {}
        for row in markup["inline_keyboard"]:
            for button in row:
                if len(TARGETS & button.keys()) != 1:
                    raise bad_request(
                        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
                    )
                if "url" in button and not button["url"].startswith(("http://", "https://", "tg://")):
                    raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        return {"reply_markup": markup} if any(markup["inline_keyboard"]) else {}

    def _message(self, chat: dict[str, Any], params: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """A new message of the bot, kept; and the markup it was sent with, in `markups`."""
        if not params.get("allow_paid_broadcast"):
            self._limit(chat)
        message = {"message_id": next(self._ids), "date": int(time.time()), "chat": chat, **body}
        message |= self._reply_markup(params)
        self._keyboard(chat, params.get("reply_markup") or {})
        if chat["type"] == "channel":
            message["sender_chat"] = chat
        else:
            message["from"] = {key: self.me[key] for key in ("id", "is_bot", "first_name", "username")}
        if thread := params.get("message_thread_id"):
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if reply := params.get("reply_parameters"):
            target = self.messages.get((reply.get("chat_id", chat["id"]), reply["message_id"]))
            if target is None and not reply.get("allow_sending_without_reply"):
                raise bad_request("message to be replied not found", violation=False)
            if target:
                message["reply_to_message"] = {k: v for k, v in target.items() if k != "reply_to_message"}
        if params.get("protect_content"):
            message["has_protected_content"] = True
        key = chat["id"], message["message_id"]
        self.messages[key] = message
        if params.get("reply_markup"):
            self.markups[key] = params["reply_markup"]
        return copy.deepcopy(message)

    def _own(self, p: dict, what: str) -> dict[str, Any]:
        if "chat_id" not in p:
            raise bad_request(f"message to {what} not found")
        chat = self._chat(p, write=False)
        message = self.messages.get((chat["id"], p.get("message_id")))
        if message is None:
            raise bad_request(f"message to {what} not found", violation=False)
        if what == "edit" and not self._is_own(message):
            raise bad_request("message can't be edited")
        return message

    def _edit(self, p: dict, changes: dict[str, Any]) -> dict[str, Any]:
        message = self._own(p, "edit")
        markup = self._reply_markup(p)
        if "reply_markup" not in markup and "reply_markup" in message:
            changes = {**changes, "reply_markup": None}
        after = {k: v for k, v in {**message, **changes, **markup}.items() if v is not None}
        if after | {"edit_date": 0} == message | {"edit_date": 0}:
            raise bad_request(f"message is not modified: {SAME}", violation=False)
        self._limit(message["chat"])
        message.clear()
        message |= after | {"edit_date": int(time.time())}
        return copy.deepcopy(message)
