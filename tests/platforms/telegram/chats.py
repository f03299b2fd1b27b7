"""Methods on chats, their members and their topics."""

from typing import Any

from tests.platforms.telegram.changes import Changes
from tests.platforms.telegram.posting import Posting
from tests.platforms.telegram.records import bad_request

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""What a group may allow its members (ChatPermissions)."""


class Chats(Posting, Changes):
    """A topic is a message thread of a forum."""

    def _forum(self, p: dict) -> dict[str, Any]:
        chat = self._chat({**p, "message_thread_id": None})
        if not chat.get("is_forum"):
            raise bad_request("the chat is not a forum")
        return chat

    def _topic(self, p: dict, right: str = "can_manage_topics") -> dict[str, Any]:
        """A topic the bot may change: its own, or any with the right."""
        chat = self._forum(p)
        topic = self._thread(chat, p["message_thread_id"])
        if right not in self.rights[chat["id"]] and not (topic.get("_own") and right == "can_manage_topics"):
            raise bad_request("not enough rights to manage the topic", violation=False)
        return topic

    async def _do_get_chat(self, p: dict, f: dict) -> Any:
        chat = self._chat(p, write=False)
        withheld = self.withheld.get(chat["id"], set())
        allowed = (
            {} if chat["type"] == "private" else {"permissions": {one: one not in withheld for one in PERMISSIONS}}
        )
        return (
            chat
            | allowed
            | {
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
        )

    async def _do_get_chat_member(self, p: dict, f: dict) -> Any:
        chat = self._chat(p, write=False)
        user = self.me if p["user_id"] == self.me["id"] else self.users.get(p["user_id"])
        if user is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        if user is self.me:
            return self.standing(chat, self._standing(chat))
        if p["user_id"] in self.admins.get(chat["id"], ()):
            return {"status": "creator", "user": user, "is_anonymous": False}
        return {"status": "member", "user": user}

    async def _do_get_chat_administrators(self, p: dict, f: dict) -> Any:
        chat = self._chat(p, write=False)
        if chat["type"] == "private":
            raise bad_request("there are no administrators in the private chat")
        people = [self.users[one] for one in self.admins.get(chat["id"], ())]
        found = [{"status": "creator", "user": user, "is_anonymous": False} for user in people]
        return found + ([self.standing(chat, "administrator")] if self.rights.get(chat["id"]) else [])

    async def _do_get_chat_member_count(self, p: dict, f: dict) -> Any:
        return len(self.users) + 1 if self._chat(p, write=False)["type"] != "private" else 2

    async def _do_leave_chat(self, p: dict, f: dict) -> Any:
        self.blocked.add(self._chat(p, write=False)["id"])
        return True

    async def _do_create_forum_topic(self, p: dict, f: dict) -> Any:
        chat = self._forum(p)
        if "can_manage_topics" not in self.rights[chat["id"]]:
            raise bad_request("not enough rights to create a topic", violation=False)
        thread = self.add_topic(chat, p["name"])
        topic = self.topics[chat["id"], thread]
        topic |= {"icon_color": p.get("icon_color", topic["icon_color"]), "_own": True}
        return {key: value for key, value in topic.items() if not key.startswith("_")}

    async def _do_edit_forum_topic(self, p: dict, f: dict) -> Any:
        self._topic(p).update({key: p[key] for key in ("name",) if key in p})
        return True

    async def _do_close_forum_topic(self, p: dict, f: dict) -> Any:
        self._topic(p)["_closed"] = True
        return True

    async def _do_reopen_forum_topic(self, p: dict, f: dict) -> Any:
        self._topic(p)["_closed"] = False
        return True

    async def _do_delete_forum_topic(self, p: dict, f: dict) -> Any:
        thread = self._topic(p, "can_delete_messages")["message_thread_id"]
        self.delete_topic(self._forum(p), thread)
        return True
