"""What befalls a bot: blocked, thrown out, added, promoted, groups that move, topics that come and go."""

import time
from typing import Any

from tests.platforms.telegram.updates import Updates


class Changes(Updates):
    """Each tells the bot by its update."""

    async def block(self, user: dict) -> None:
        """The user blocks the bot: 403 from now on, and the bot is told."""
        self.blocked.add(user["id"])
        self._member_update(self.private(user), user, "member", "kicked")

    async def unblock(self, user: dict) -> None:
        """The user takes the bot back."""
        self.blocked.discard(user["id"])
        self._member_update(self.private(user), user, "kicked", "member")

    def kick_bot(self, chat: dict, *, by: dict | None = None) -> None:
        """Throw the bot out of a group or channel: 403 from now on, and the bot is told."""
        before = self._standing(chat)
        self.blocked.add(chat["id"])
        self.rights[chat["id"]] = set()
        self._member_update(chat, by or self._somebody(chat), before, "kicked")

    def add_bot(self, chat: dict, *, by: dict, rights: set[str] | frozenset[str] = frozenset()) -> None:
        """Add the bot to a group or channel (again), with `rights` as an administrator."""
        before = "kicked" if chat["id"] in self.blocked else "left"
        self.blocked.discard(chat["id"])
        self.rights[chat["id"]] = set(rights)
        self._member_update(chat, by, before, self._standing(chat))
        if chat["type"] != "channel":
            about = {"new_chat_members": [self._short(self.me)]}
            self._service(chat, by, about)

    def promote_bot(self, chat: dict, *, by: dict, rights: set[str] | frozenset[str]) -> None:
        """Give the bot other rights of an administrator; none: it is an ordinary member again."""
        before = self._standing(chat)
        self.rights[chat["id"]] = set(rights)
        self._member_update(chat, by, before, self._standing(chat))

    def migrate(self, chat: dict[str, Any], *, by: dict | None = None, tell: bool = False) -> dict[str, Any]:
        """Upgrade a basic group; the old id answers with migrate_to_chat_id. `tell`: by messages in both, as the server does."""
        new = self.add_group(chat["title"])
        self.migrated[chat["id"]] = new["id"]
        self.admins[new["id"]] = set(self.admins.get(chat["id"], ()))
        if tell:
            by = by or self._somebody(new)
            self._service(chat, by, {"migrate_to_chat_id": new["id"]})
            self._service(new, by, {"migrate_from_chat_id": chat["id"]})
        return new

    def add_topic(self, chat: dict, name: str) -> int:
        """Somebody opens a topic in a forum; its `message_thread_id`."""
        thread = next(self._ids)
        self.topics[chat["id"], thread] = {"message_thread_id": thread, "name": name, "icon_color": 7322096}
        return thread

    def delete_topic(self, chat: dict, thread: int) -> None:
        """Somebody deletes a topic with its messages."""
        self.topics.pop((chat["id"], thread))
        self.gone_topics.add((chat["id"], thread))
        for key in [key for key, one in self.messages.items() if one.get("message_thread_id") == thread]:
            if key[0] == chat["id"]:
                del self.messages[key]

    def close_topic(self, chat: dict, thread: int, closed: bool = True) -> None:
        """Somebody closes a topic, or opens it again."""
        self.topics[chat["id"], thread]["_closed"] = closed

    def delete_message(self, message: dict) -> None:
        """Somebody deletes a message; the bot is not told, as ever."""
        self.messages.pop((message["chat"]["id"], message["message_id"]), None)

    def age(self, message: dict, seconds: int) -> None:
        """Make a message older."""
        self.messages[message["chat"]["id"], message["message_id"]]["date"] -= seconds

    def _standing(self, chat: dict) -> str:
        if chat["id"] in self.blocked:
            return "kicked"
        return "administrator" if self.rights.get(chat["id"]) else "member"

    def _somebody(self, chat: dict) -> dict[str, Any]:
        """An administrator of the chat, or anybody."""
        admins = self.admins.get(chat["id"], set())
        return next(user for user in self.users.values() if not admins or user["id"] in admins)

    def _service(self, chat: dict, by: dict, about: dict[str, Any]) -> None:
        message = {"message_id": next(self._ids), "date": int(time.time()), "chat": chat, "from": by, **about}
        self._peoples.add((chat["id"], message["message_id"]))
        self.push({"message": message})

    @staticmethod
    def _short(user: dict) -> dict[str, Any]:
        return {key: user[key] for key in ("id", "is_bot", "first_name", "username")}

    def _member_update(self, chat: dict, by: dict, old: str, new: str) -> None:
        about = {"chat": chat, "from": by, "date": int(time.time())}
        about |= {"old_chat_member": self.standing(chat, old), "new_chat_member": self.standing(chat, new)}
        self.push({"my_chat_member": about})

    def standing(self, chat: dict, status: str) -> dict[str, Any]:
        """The bot as a ChatMember of that status."""
        made = {"user": self._short(self.me), "status": status}
        if status == "kicked":
            made["until_date"] = 0
        if status == "administrator":
            given = self.rights.get(chat["id"], set())
            fields = self.spec.types["ChatMemberAdministrator"]["fields"]
            needed = {name for name, field in fields.items() if field.get("required") and name not in made}
            made |= {name: name in given for name in needed | given} | {"can_be_edited": False, "is_anonymous": False}
        return made
