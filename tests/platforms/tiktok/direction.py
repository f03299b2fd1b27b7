"""What a test makes happen on the loopback TikTok, as methods."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.platforms.tiktok import wire
from tests.platforms.tiktok.events import Caption, Comment, Event, Follow, Gift, Host, Join, Like, Share, Viewers
from tests.platforms.tiktok.faults import Call, Fault
from tests.platforms.tiktok.grounds import Grounds
from tests.platforms.tiktok.recordings import Recording
from tests.platforms.tiktok.webcast import Webcast
from tests.platforms.tiktok.world import OFFLINE, Account, Config, Room, Video, World, change

SHORT_HOSTS = ("vm.tiktok.com", "vt.tiktok.com", "m.tiktok.com")

Mistreatment = Literal["drop", "close", "freeze", "malformed", "bad_gzip", "bad_result", "text", "empty"]


@dataclass
class Load:
    """How a stream of events is coming along. `behind_s`: the most it ever was late."""

    rooms: int
    sent: int = 0
    behind_s: float = 0.0
    done: bool = False


class Direction:
    """The verbs. Names of accounts are taken in any case, with or without @."""

    def __init__(self, grounds: Grounds) -> None:
        self.grounds = grounds
        self.webcast = Webcast(grounds)
        self.loads: dict[str, Load] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def world(self) -> World:
        """What exists."""
        return self.grounds.world

    # Accounts and rooms ---------------------------------------------------------------------------------------

    def account(self, unique_id: str, **changes: Any) -> Account:
        """An account, made when it is not there; `changes` are fields of Account."""
        account = self.world.account(unique_id)
        change(account, changes)
        return account

    def rename(self, old: str, new: str) -> Account:
        """The same account, number and room under another name; the old name is nobody's."""
        return self.world.rename(old, new)

    def leave(self, unique_id: str) -> None:
        """The account is no more, by name and by number."""
        account = self.world.accounts.pop(unique_id.lstrip("@").lower())
        account.room = None

    def live(self, unique_id: str, *, events: bool = False, captions: bool = False, **changes: Any) -> Room:
        """`unique_id` goes live in a new room; `changes` are fields of Room.

        `events`: the chat, gifts and end of the recording happen too, when its stream has come that far; `captions`: TikTok's
        own captions of what is said are told.
        """
        if unknown := set(changes) - set(Room.__dataclass_fields__):
            raise ValueError(f"room has no {sorted(unknown)}; it has {sorted(Room.__dataclass_fields__)}")
        recording = self.grounds.recordings[changes.get("recording", "demo")]
        room = self.world.open_room(self.world.account(unique_id))
        change(room, changes)
        script = recorded(recording, events, captions)
        if script:
            self._spawn(self._play(room, script))
        return room

    def room(self, unique_id: str, **changes: Any) -> Room:
        """Change the newest room of an account."""
        room = self.world.room_of(unique_id)
        change(room, changes)
        return room

    def resume(self, unique_id: str) -> Room:
        """The same room is live again."""
        return self.room(unique_id, status=2, ended=0.0)

    async def end(self, unique_id: str, how: str = "ended", silent: bool = False) -> Room:
        """The live ends. `silent`: without a word, and sockets stay open, as TikTok sometimes does."""
        room = self.world.room_of(unique_id)
        room.status, room.ended = OFFLINE, time.time()
        if not silent:
            await self.webcast.send(room, [Host(how)])
        return room

    async def _play(self, room: Room, script: Sequence[tuple[float, Event]]) -> None:
        """What happened in the recording happens in the room, once."""
        for second, event in script:
            await asyncio.sleep(max(0.0, room.started + second - time.time()))
            if not room.live:
                return
            if isinstance(event, Host):
                await self.end(room.owner.unique_id, event.action)
            else:
                await self.webcast.send(room, [event])

    # Sockets --------------------------------------------------------------------------------------------------

    async def emit(self, unique_id: str, *events: Event) -> int:
        """All events in one frame, in order; gives the number of sockets."""
        room = self.world.room_of(unique_id)
        await self.webcast.send(room, list(events))
        return len(room.sockets)

    def load(
        self,
        rate: float,
        seconds: float,
        rooms: Sequence[str] = (),
        *,
        batch: int = 5,
        users: int = 500,
        text: str = "load",
        rich: bool = True,
        likes: float = 0.0,
        joins: float = 0.0,
    ) -> str:
        """`rate` stamped comments a second over `rooms` together (none: all that are live), and `likes` and `joins` a second,
        in frames of `batch` comments; gives the name of its `loads` entry."""
        chosen = [self.world.room_of(name) for name in rooms]
        targets = chosen or [room for room in self.world.rooms.values() if room.live]
        name = f"load{self.world.next_id()}"
        self.loads[name] = Load(len(targets))
        mix = {Like: likes / rate, Join: joins / rate}
        said = {"users": users, "text": text, "rich": rich}
        self._spawn(self._pour(self.loads[name], targets, rate, seconds, batch, mix, said))
        return name

    async def _pour(
        self,
        load: Load,
        rooms: list[Room],
        rate: float,
        seconds: float,
        batch: int,
        mix: dict[type[Like] | type[Join], float],
        said: dict[str, Any],
    ) -> None:
        began, turn = time.monotonic(), 0
        poured: Counter[type[Like] | type[Join]] = Counter()
        while (now := time.monotonic() - began) < seconds or load.sent + batch <= seconds * rate:
            while load.sent + batch <= min(now, seconds) * rate:
                events: list[Event] = []
                for _ in range(batch):
                    load.sent += 1
                    who = f"fan_{load.sent % said['users']}"
                    events.append(Comment(who, f"{said['text']} {load.sent}", stamp=True, rich=said["rich"]))
                    for kind, share in mix.items():
                        while poured[kind] < load.sent * share:
                            poured[kind] += 1
                            events.append(kind(who, rich=said["rich"]))
                await self.webcast.send(rooms[turn % len(rooms)], events)
                turn += 1
                load.behind_s = max(load.behind_s, time.monotonic() - began - load.sent / rate)
            await asyncio.sleep(0.005)
        load.done = True

    async def socket(self, unique_id: str, action: Mistreatment, code: int = 1011) -> int:
        """Mistreat every socket of a room; gives their number. `freeze`: from now on nothing comes on them."""
        room = self.world.room_of(unique_id)
        frames = {
            "malformed": b"\xff\xff\xff\xff not protobuf",
            "bad_gzip": wire.unzippable_frame(),
            "bad_result": wire.push_frame(b"\x0a\xff\xff\xff\xff\x0f", 1, False),
            "empty": b"",
        }
        sockets = list(room.sockets)
        for each in sockets:
            if action == "drop":
                each.cut()
            elif action == "close":
                self._spawn(each.response.close(code=code))
            elif action == "freeze":
                each.frozen = True
            elif action == "text":
                await each.response.send_str("hello")
            elif action in frames:
                await each.response.send_bytes(frames[action])
            else:
                raise ValueError(f"no socket action {action!r}")
        return len(sockets)

    # Posts and links ------------------------------------------------------------------------------------------

    def video(self, unique_id: str, video_id: str = "", *, short: str = "", hops: int = 1, **changes: Any) -> Video:
        """A post; `changes` are fields of Video. `short`: the code of a link to it, `hops` redirects away."""
        number = str(video_id or 7_400_000_000_000_000_000 + self.world.next_id())
        video = Video(number, self.world.account(unique_id))
        change(video, changes)
        self.grounds.recordings[video.recording]
        self.world.videos[number] = video
        if short:
            self.link(short, f"{video.url}?_r=1&_t=loopback", hops)
        return video

    def remove(self, video_id: str) -> None:
        """The post is gone."""
        del self.world.videos[video_id]

    def link(self, code: str, target: str, hops: int = 1) -> str:
        """A short link (code: 6 to 12 letters and digits) that leads to any `target` in so many redirects; gives its address.

        It answers on vm., vt. and www…/t/; its own address as target makes a circle.
        """
        if not (code.isalnum() and 6 <= len(code) <= 12):
            raise ValueError("a code is 6 to 12 letters and digits")
        at = code
        for hop in range(1, hops):
            following = f"{code}{hop:02}"
            self.world.links[at] = f"https://{SHORT_HOSTS[hop % len(SHORT_HOSTS)]}/{following}/"
            at = following
        self.world.links[at] = target
        return f"https://vm.tiktok.com/{code}/"

    # What goes wrong ------------------------------------------------------------------------------------------

    def fault(self, route: str, **fields: Any) -> Fault:
        """See Fault; the first that fits is taken."""
        fault = Fault(route, **fields)
        self.grounds.script.faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        self.grounds.script.faults.clear()

    def config(self, **changes: Any) -> Config:
        """See Config."""
        return self.world.configure(changes)

    def quota(self, lengths: dict[str, float] | None = None, **limits: int) -> None:
        """Sign-server limits: minute, hour, day; without any there are none. `lengths`: other seconds for a window."""
        self.grounds.quota.set(limits, lengths)

    # What happened --------------------------------------------------------------------------------------------

    def asked(self, route: str) -> list[Call]:
        """The requests of a route, oldest first."""
        return self.grounds.script.asked(route)

    @property
    def hits(self) -> Counter[str]:
        """How often each route was asked, and ws_in_KIND how many frames of a kind came on websockets."""
        return self.grounds.script.hits

    def reset(self) -> None:
        """Forget everybody, every fault and every request; sockets are cut."""
        for task in self._tasks:
            task.cancel()
        for room in self.world.rooms.values():
            room.status = OFFLINE
            for each in list(room.sockets):
                each.cut()
        self.world.clear()
        self.grounds.script.clear()
        self.grounds.quota.set({})
        self.loads.clear()

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Do `work` until it is done or everything is forgotten."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def recorded(recording: Recording, events: bool, captions: bool) -> list[tuple[float, Event]]:
    """(second, what TikTok sends then) in order; a caption comes when it has been said."""
    script = [(one["at"], event_of(one)) for one in recording.said.get("events", ()) if events]
    for number, one in enumerate(recording.captions if captions else (), 1):
        length = round((one["end"] - one["at"]) * 1000)
        script.append((one["end"], Caption(one["text"], one["language"], length, sentence=number, sequence=number)))
    return sorted(script, key=lambda pair: pair[0])


def event_of(said: dict[str, Any]) -> Event:
    """An event of a recording."""
    kind, who = said["kind"], {"user": said.get("user", ""), "user_id": int(said.get("user_id", 0))}
    if kind == "chat":
        return Comment(**who, text=said["text"], msg_id=int(said["id"]))
    if kind == "gift":
        return Gift(**who, gift=said["gift"], count=said["count"], msg_id=int(said["id"]))
    if kind == "like":
        return Like(**who, count=said["count"])
    if kind == "viewers":
        return Viewers(said["count"])
    simple: dict[str, type[Follow] | type[Share] | type[Join]] = {"follow": Follow, "share": Share, "join": Join}
    return Host("ended") if kind == "end" else simple[kind](**who)
