"""Methods on messages: sending, editing, deleting, copying, pins, reactions."""

import time
from typing import Any

from tests.platforms.telegram.changes import Changes
from tests.platforms.telegram.posting import Posting
from tests.platforms.telegram.records import REACTIONS, bad_request

ACTIONS = frozenset(
    """typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker
    find_location record_video_note upload_video_note""".split()
)


class Messages(Posting, Changes):
    """Of all kinds of chats alike."""

    async def _do_send_message(self, p: dict, f: dict) -> Any:
        chat = self._chat(p)
        text, entities = self._parsed(p, "text", 4096)
        if not text:
            raise bad_request("message text is empty")
        return self._message(chat, p, {"text": text} | ({"entities": entities} if entities else {}))

    async def _do_send_chat_action(self, p: dict, f: dict) -> Any:
        self._chat(p)
        if p["action"] not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    async def _do_edit_message_text(self, p: dict, f: dict) -> Any:
        message = self._own(p, "edit")
        if "text" not in message:
            raise bad_request("there is no text in the message to edit")
        text, entities = self._parsed(p, "text", 4096)
        if not text:
            raise bad_request("message text is empty")
        return self._edit(p, {"text": text, "entities": entities or None})

    async def _do_edit_message_caption(self, p: dict, f: dict) -> Any:
        caption, entities = self._parsed(p, "caption", 1024)
        return self._edit(p, {"caption": caption or None, "caption_entities": entities or None})

    async def _do_edit_message_reply_markup(self, p: dict, f: dict) -> Any:
        return self._edit(p, {})

    async def _do_delete_message(self, p: dict, f: dict) -> Any:
        message = self._own(p, "delete")
        if not self._deletable(message):
            raise bad_request("message can't be deleted for everyone")
        if time.time() - message["date"] > 48 * 3600:
            raise bad_request("message can't be deleted for everyone", violation=False)
        self.delete_message(message)
        return True

    def _deletable(self, message: dict[str, Any]) -> bool:
        chat = message["chat"]
        allowed = "can_delete_messages" in self.rights.get(chat["id"], ())
        return allowed or chat["type"] == "private" or self._is_own(message)

    async def _do_delete_messages(self, p: dict, f: dict) -> Any:
        chat = self._chat(p, write=False)
        for message_id in p["message_ids"]:
            self.messages.pop((chat["id"], message_id), None)
        return True

    async def _do_pin_chat_message(self, p: dict, f: dict) -> Any:
        chat = self._own(p, "pin")["chat"]
        if chat["type"] != "private" and "can_pin_messages" not in self.rights.get(chat["id"], ()):
            raise bad_request("not enough rights to manage pinned messages in the chat", violation=False)
        return True

    async def _do_unpin_all_chat_messages(self, p: dict, f: dict) -> Any:
        self._chat(p, write=False)
        return True

    async def _do_unpin_chat_message(self, p: dict, f: dict) -> Any:
        self._chat(p, write=False)
        return True

    async def _do_set_message_reaction(self, p: dict, f: dict) -> Any:
        message = self._own(p, "react")
        for reaction in p.get("reaction") or []:
            if reaction["type"] == "emoji" and reaction["emoji"].replace("\ufe0f", "")[:1] not in REACTIONS:
                raise bad_request("REACTION_INVALID")
        self.reactions[message["chat"]["id"], message["message_id"]] = p.get("reaction") or []
        return True

    async def _do_copy_message(self, p: dict, f: dict) -> Any:
        return {"message_id": self._again(p, "copy")["message_id"]}

    async def _do_forward_message(self, p: dict, f: dict) -> Any:
        return self._again(p, "forward")

    def _again(self, p: dict, what: str) -> dict[str, Any]:
        """What a message says, said by the bot."""
        chat, source = self._chat(p), self.messages.get((p["from_chat_id"], p["message_id"]))
        if source is None:
            raise bad_request(f"message to {what} not found", violation=False)
        left = ("message_id", "date", "chat", "from", "sender_chat", "reply_markup")
        return self._message(chat, p, {key: value for key, value in source.items() if key not in left})
