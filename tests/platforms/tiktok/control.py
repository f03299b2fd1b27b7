"""The verbs over HTTP, for tests in another process: POST /_control/VERB with the arguments as a JSON object."""

import inspect
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.platforms.tiktok.direction import Direction
from tests.platforms.tiktok.events import event_from
from tests.platforms.tiktok.faults import Fault
from tests.platforms.tiktok.world import Account, Config, Quality, Rendering, Room, Track, Video

VERBS = """account rename leave live room resume end emit load socket video remove link fault clear_faults config quota reset
    stats egress""".split()

KINDS: dict[str, Callable[..., Any]] = {"qualities": Quality, "renderings": Rendering, "tracks": Track}


class Remote:
    """Answers for `direction`."""

    def __init__(self, direction: Direction, egress: Callable[[], dict[str, dict[str, int]]]) -> None:
        self._direction, self._egress = direction, egress

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/_control/{verb}", self.control, name="control")]

    async def control(self, request: web.Request) -> web.Response:
        """Do it and tell what there is then; 400 with a sentence when it cannot be done."""
        verb = request.match_info["verb"]
        if verb not in VERBS:
            return web.json_response({"error": f"no verb {verb!r}; there are {VERBS}"}, status=404)
        said = await request.json() if request.can_read_body else {}
        try:
            done = getattr(self if hasattr(self, verb) else self._direction, verb)(*understood(verb, said), **said)
            done = await done if inspect.isawaitable(done) else done
        except (ValueError, TypeError, KeyError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(told(done))

    def stats(self, log: int = 0) -> dict[str, Any]:
        """What was asked, how loads are coming along, and who is in the rooms."""
        direction = self._direction
        script = direction.grounds.script
        rooms = {room.owner.unique_id: _room(room) for room in direction.world.rooms.values()}
        return {
            "hits": dict(script.hits),
            "loads": {name: asdict(load) for name, load in direction.loads.items()},
            "faults": [asdict(fault) for fault in script.faults],
            "rooms": rooms,
            "log": [asdict(call) for call in list(script.calls)[-log:]] if log else [],
        }

    def egress(self) -> dict[str, dict[str, int]]:
        """What was asked of the proxy: `reached` and `refused`, by name."""
        return self._egress()


def understood(verb: str, said: dict[str, Any]) -> tuple[Any, ...]:
    """The positional arguments; what JSON cannot say is made of what it can, in place."""
    for name, kind in KINDS.items():
        if name in said:
            said[name] = tuple(kind(**each) for each in said[name])
    if verb == "emit":
        return (said.pop("unique_id"), *(event_from(each) for each in said.pop("events")))
    if verb == "load" and "rooms" in said:
        said["rooms"] = tuple(said["rooms"])
    return ()


def told(thing: Any) -> Any:
    """A value as JSON; an entity as what a test may want of it."""
    if isinstance(thing, Account):
        return {"unique_id": thing.unique_id, "user_id": str(thing.user_id), "sec_uid": thing.sec_uid}
    if isinstance(thing, Room):
        return _room(thing)
    if isinstance(thing, Video):
        return {"id": thing.video_id, "url": thing.url}
    if isinstance(thing, (Config, Fault)):
        return asdict(thing)
    return {"ok": True} if thing is None else thing if isinstance(thing, dict) else {"result": thing}


def _room(room: Room) -> dict[str, Any]:
    return {
        "room_id": str(room.room_id),
        "status": room.status,
        "started": room.started,
        "second": round(room.second, 3),
        "recording": room.recording,
        "sockets": len(room.sockets),
        "sent": dict(room.sent),
        "from_clients": [dict(each.frames) for each in room.sockets],
    }
