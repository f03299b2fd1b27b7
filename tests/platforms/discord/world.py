"""Guilds, channels, people and what was recorded: the state everything else stands on."""

import fnmatch
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.openapi import document
from tests.platforms.discord.permissions import Perm
from tests.platforms.discord.records import EPOCH_MS, FORUMS, MIB, Fault, Request, UploadedFile, now_iso
from tests.platforms.discord.results import InteractionResult
from tests.platforms.violations import Violation, assert_none
from tests.waiting import PATIENCE, Changing

TOKEN = ".".join(("MTAwMDAwMDAwMDAwMDAwMDAw", "GFAKE0", "fake-discord-token-for-tests"))  # the shape of one


@dataclass(kw_only=True, eq=False, repr=False)
class Knobs:
    """How strict the service is: arguments of `FakeDiscord`, and attributes that a test may change."""

    token: str = TOKEN
    attachment_limit: int = 10 * MIB
    ack_deadline: float = (
        2 * PATIENCE
    )  # seconds a bot has to acknowledge an interaction; 3 there, where no test stands still
    token_lifetime: float = 900.0  # seconds the token of an interaction lives
    heartbeat_interval: float = 41.25
    privileged_intents: int = 0
    route_limit: tuple[int, float] | None = (5, 5.0)  # requests, seconds: of every route and major parameter
    global_limit: int | None = 50  # requests a second
    invalid_request_limit: int = 10_000  # 401, 403 and 429 in ten minutes, then the door is shut
    shards: int = 1
    max_concurrency: int = 1  # shards that may identify within 5 seconds
    old_edit_wait: float = 0.1  # seconds told with 30046; discord.py tries five times
    strict_unknown_keys: bool = True


@dataclass(kw_only=True, eq=False, repr=False)
class World(Knobs):
    """Attributes are plain data: tests may read and change them."""

    def __post_init__(self) -> None:
        self.spec = document()
        self._record()
        self._ids = itertools.count(1)
        self.application_id = self.new_id()
        self.bot = self._user("earshot-bot", bot=True, id=self.application_id)
        self.users = {self.bot["id"]: self.bot}
        self.guilds: dict[str, dict[str, Any]] = {}
        self.channels: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.files: dict[str, UploadedFile] = {}
        self.commands: dict[str | None, dict[str, dict[str, Any]]] = {None: {}}
        self.interactions: dict[str, InteractionResult] = {}  # by token
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.left: dict[str, dict[str, Any]] = {}  # channels of guilds the bot was kicked from
        self.closed_dms: set[str] = set()  # users who refuse direct messages
        self.acks_heartbeats = True
        self._interactions_by_id: dict[str, InteractionResult] = {}
        self._denied: dict[str, Perm] = {}
        self._sockets: list[Any] = []
        self._sessions: dict[str, Any] = {}
        self._buckets: dict[str, list[float]] = {}
        self._global: list[float] = []
        self._changing = Changing()

    def _record(self) -> None:
        self.requests: list[Request] = []
        self.violations: list[Violation] = []
        self.self_check: list[str] = []  # where our own answers break the document
        self.gateway_log: list[tuple[float, str, Any]] = []
        self.faults: list[Fault] = []
        self.invalid_requests: list[float] = []
        self.identifies = self.resumes = self.rate_limited = 0

    def new_id(self) -> str:
        """A snowflake with a true creation time and a running number."""
        return str(((int(time.time() * 1000) - EPOCH_MS) << 22) | (next(self._ids) & 0x3FFFFF))

    def _user(self, name: str, *, bot: bool = False, id: str | None = None) -> dict[str, Any]:
        user = {
            "id": id or self.new_id(),
            "username": name,
            "discriminator": "0",
            "global_name": name,
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        }
        if bot:
            user["bot"] = True
        return user

    def add_user(
        self, name: str, *, guild: dict | None = None, permissions: Perm = Perm.DEFAULT, locale: str = "en-US"
    ) -> dict[str, Any]:
        """Somebody; `user["locale"]` is the language of their client."""
        user = self._user(name) | {"locale": locale}
        self.users[user["id"]] = user
        if guild:
            self.add_member(guild, user, permissions=permissions)
        return user

    def add_member(self, guild: dict, user: dict, *, permissions: Perm = Perm.DEFAULT) -> dict[str, Any]:
        member = {
            "user": user,
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [],
            "joined_at": now_iso(),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }
        guild["members"][user["id"]] = member
        guild["permissions"][user["id"]] = permissions
        return member

    def add_guild(self, name: str, *, bot_permissions: Perm = Perm.DEFAULT, locale: str = "en-US") -> dict[str, Any]:
        guild_id = self.new_id()
        owner = self._user(name.lower() + "-owner")
        self.users[owner["id"]] = owner
        everyone = {
            "id": guild_id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": 0,
            "permissions": str(int(bot_permissions)),
            "managed": False,
            "mentionable": False,
            "flags": 0,
            "description": None,
        }
        guild = {
            "id": guild_id,
            "name": name,
            "owner": owner,
            "roles": {guild_id: everyone},
            "members": {},
            "permissions": {},
            "channels": [],
            "locale": locale,
        }
        self.guilds[guild_id] = guild
        self.add_member(guild, owner, permissions=Perm.ALL)
        self.add_member(guild, self.bot, permissions=bot_permissions)
        return guild

    def add_channel(
        self, guild: dict, name: str, *, type: int = 0, parent: dict | None = None, tags: Sequence[str] = ()
    ) -> dict[str, Any]:
        """A channel; type 15 is a forum, `tags` are the names of its tags (their ids: `channel["available_tags"]`)."""
        channel = {
            "id": self.new_id(),
            "type": type,
            "guild_id": guild["id"],
            "name": name,
            "position": 0,
            "flags": 0,
            "topic": None,
            "nsfw": False,
            "parent_id": parent and parent["id"],
            "permission_overwrites": [],
            "last_message_id": None,
            "rate_limit_per_user": 0,
        }
        if type in FORUMS:
            blank = {"moderated": False, "emoji_id": None, "emoji_name": None}
            channel["available_tags"] = [{"id": self.new_id(), "name": tag, **blank} for tag in tags]
        self.channels[channel["id"]] = channel
        guild["channels"].append(channel["id"])
        return channel

    def _channels_of(self, guild: dict) -> list[dict[str, Any]]:
        return [self.channels[one] for one in guild["channels"] if one in self.channels]

    def deny(self, place: dict, permissions: Perm) -> None:
        """Take permissions from the bot in a channel or a whole guild."""
        self._denied[place["id"]] = self._denied.get(place["id"], Perm(0)) | permissions

    def allow(self, place: dict) -> None:
        """Undo `deny` for a place."""
        self._denied.pop(place["id"], None)

    def bot_permissions(self, channel: dict) -> Perm:
        """What the bot may do in a channel. An administrator may everything, whatever is denied."""
        guild_id, place = channel.get("guild_id"), channel
        if guild_id is None:
            return Perm.ALL
        granted = self.guilds[guild_id]["permissions"][self.bot["id"]] & ~self._denied.get(guild_id, Perm(0))
        if granted & Perm.ADMINISTRATOR:
            return Perm.ALL
        while place is not None:
            granted &= ~self._denied.get(place["id"], Perm(0))
            place = self.channels.get(place.get("parent_id") or "")
        return granted

    def dm_channel(self, user: dict) -> dict[str, Any]:
        for channel in self.channels.values():
            if channel["type"] == 1 and channel["recipients"][0]["id"] == user["id"]:
                return channel
        channel = {"id": self.new_id(), "type": 1, "flags": 0, "recipients": [user], "last_message_id": None}
        self.channels[channel["id"]] = channel
        return channel

    def violate(self, kind: str, where: str, what: str) -> None:
        self.violations.append(Violation(what, where, kind))

    def assert_clean(self, *, ignore: tuple[str, ...] = ()) -> None:
        """Fail when the bot broke a rule, or we answered outside the document."""
        assert_none("Discord", self.violations, self.self_check, ignore)

    def sent(self, method: str | None = None, template: str | None = None) -> list[Request]:
        return [
            r
            for r in self.requests
            if method in (None, r.method) and (template is None or fnmatch.fnmatchcase(r.template or r.path, template))
        ]

    def messages_in(self, channel: dict) -> list[dict[str, Any]]:
        return [m for m in self.messages.values() if m["channel_id"] == channel["id"] and not m.get("_ephemeral")]

    async def wait_for(self, condition: Callable[[], Any], timeout: float = PATIENCE) -> Any:
        """Wait until ``condition()`` is true (looked at after each event here); returns its value."""
        return await self._changing.until(condition, timeout)

    async def wait_message(
        self,
        channel: dict,
        *,
        after: int = 0,
        timeout: float = PATIENCE,
        match: Callable[[dict], bool] = lambda m: True,
    ) -> dict[str, Any]:
        """The next message the bot posts to ``channel`` (skipping the ``after`` first matching ones)."""

        def found() -> list[dict]:
            return [m for m in self.messages_in(channel) if m["author"]["id"] == self.bot["id"] and match(m)][after:]

        return (await self.wait_for(found, timeout))[0]

    async def wait_ready(self, *, commands: bool = False, timeout: float = PATIENCE) -> None:
        """Wait until the bot has identified (and, with ``commands``, has synced some commands)."""
        await self.wait_for(lambda: any(g.ready for g in self._sockets), timeout)
        if commands:
            await self.wait_for(lambda: any(self.commands.values()), timeout)

    def _notify(self) -> None:
        self._changing.tell()

    def fail_next(
        self,
        method: str,
        path_glob: str,
        status: int,
        *,
        times: int = 1,
        code: int = 0,
        message: str = "",
        retry_after: float | None = None,
        is_global: bool = False,
        delay: float = 0.0,
    ) -> None:
        """Plan failures for matching requests.  ``path_glob`` is matched on the spec's template."""
        headers, body = {}, {"code": code, "message": message or f"planned {status}"}
        if status == 429:
            wait = retry_after if retry_after is not None else 1.0
            scope = "global" if is_global else "user"
            headers = {"Via": "1.1 google", "Retry-After": str(wait), "X-RateLimit-Scope": scope}
            body = {"message": "You are being rate limited.", "retry_after": wait, "global": is_global}
            if is_global:
                headers["X-RateLimit-Global"] = "true"
        self.faults.append(Fault(method, path_glob, status, times, body, headers, delay))
