"""Methods on chats, their members and their topics."""

from typing import Any

from tests.platforms.telegram.posting import Posting
from tests.platforms.telegram.records import bad_request


class Chats(Posting):
    """A topic is a message thread of a forum."""

    def _forum(self, p: dict) -> dict[str, Any]:
        chat = self._chat({**p, "message_thread_id": None})
        if not chat.get("is_forum"):
            raise bad_request("the chat is not a forum")
        if "can_manage_topics" not in self.rights[chat["id"]]:
            raise bad_request("not enough rights to create a topic", violation=False)
        return chat

    def _topic(self, p: dict) -> dict[str, Any]:
        topic = self.topics.get((self._forum(p)["id"], p["message_thread_id"]))
        if topic is None:
            raise bad_request("message thread not found")
        return topic

    async def _do_get_chat(self, p: dict, f: dict) -> Any:
        chat = self._chat(p, write=False)
        return chat | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": True,
                "limited_gifts": True,
                "unique_gifts": True,
                "premium_subscription": True,
                "gifts_from_channels": True,
            },
        }

    async def _do_get_chat_member(self, p: dict, f: dict) -> Any:
        chat = self._chat(p, write=False)
        user = self.me if p["user_id"] == self.me["id"] else self.users.get(p["user_id"])
        if user is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        if p["user_id"] in self.admins.get(chat["id"], ()):
            return {"status": "creator", "user": user, "is_anonymous": False}
        return {"status": "member", "user": user}

    async def _do_get_chat_administrators(self, p: dict, f: dict) -> Any:
        chat = self._chat(p, write=False)
        if chat["type"] == "private":
            raise bad_request("there are no administrators in the private chat")
        return [
            {"status": "creator", "user": self.users[u], "is_anonymous": False} for u in self.admins.get(chat["id"], ())
        ]

    async def _do_leave_chat(self, p: dict, f: dict) -> Any:
        self.blocked.add(self._chat(p, write=False)["id"])
        return True

    async def _do_create_forum_topic(self, p: dict, f: dict) -> Any:
        chat = self._forum(p)
        topic = {"message_thread_id": next(self._ids), "name": p["name"], "icon_color": p.get("icon_color", 7322096)}
        self.topics[chat["id"], topic["message_thread_id"]] = topic
        return {k: v for k, v in topic.items() if not k.startswith("_")}

    async def _do_edit_forum_topic(self, p: dict, f: dict) -> Any:
        self._topic(p).update({k: p[k] for k in ("name",) if k in p})
        return True

    async def _do_close_forum_topic(self, p: dict, f: dict) -> Any:
        self._topic(p)["_closed"] = True
        return True

    async def _do_reopen_forum_topic(self, p: dict, f: dict) -> Any:
        self._topic(p)["_closed"] = False
        return True

    async def _do_delete_forum_topic(self, p: dict, f: dict) -> Any:
        self._topic(p)
        self.topics.pop((p["chat_id"], p["message_thread_id"]))
        return True
