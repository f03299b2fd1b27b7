"""What the loopback Discord and Telegram recorded, as a list of posts of which pictures can be made."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.platforms.discord import FakeDiscord, Request
from tests.platforms.telegram import FakeTelegram

#: Discord's routes whose body is a message; the answer to an interaction has it as its data.
MESSAGES = (
    ("POST", "/channels/*/messages"),
    ("PATCH", "/channels/*/messages/*"),
    ("POST", "/webhooks/*/*"),
    ("PATCH", "/webhooks/*/*/messages/*"),
)
UPLOADS = ("photo", "video", "animation", "document", "audio", "voice")


def posts(discord: FakeDiscord, telegram: FakeTelegram, folder: Path | None = None) -> list[dict[str, Any]]:
    """Both platforms' posts, each oldest first; uploaded files are written to `folder` and named as they are there."""
    return [*discord_posts(discord, folder), *telegram_posts(telegram, folder)]


def discord_posts(world: FakeDiscord, folder: Path | None = None) -> list[dict[str, Any]]:
    """Every message body that was accepted: `name`, `platform`, `payload`, `files`, `names` of people and channels by id."""
    names = {user["id"]: user["username"] for user in world.users.values()}
    names |= {channel["id"]: channel["name"] for channel in world.channels.values() if channel.get("name")}
    found = []
    for n, request in enumerate(world.requests):
        for body in _messages(request):
            if body.get("content") or body.get("embeds") or body.get("components"):
                files = {file.filename: _kept(folder, n, file.filename, file.data) for file in request.files.values()}
                name = f"{n:03} {request.method} {request.template}"
                found.append({"name": name, "platform": "discord", "payload": body, "files": files, "names": names})
    return found


def _messages(request: Request) -> Iterator[dict[str, Any]]:
    """The message bodies of an accepted request: one or none."""
    body, template = request.body, request.template or ""
    if request.status >= 300 or not isinstance(body, dict):
        return
    if fnmatchcase(template, "/interactions/*/callback"):
        if body.get("type") in (4, 7) and body.get("data"):
            yield body["data"]
    elif request.method == "POST" and fnmatchcase(template, "/channels/*/threads") and "message" in body:
        yield body["message"]
    elif any(request.method == method and fnmatchcase(template, route) for method, route in MESSAGES):
        yield body


def telegram_posts(world: FakeTelegram, folder: Path | None = None) -> list[dict[str, Any]]:
    """Every message that was sent or edited: `name`, `platform`, `method`, `payload`, `files`."""
    found = []
    for n, call in enumerate(world.calls):
        if (
            call.error
            or not isinstance(call.result, dict | list)
            or not call.method.startswith(("send", "editMessage"))
        ):
            continue
        payload, files = dict(call.params), {}
        for part, upload in call.files.items():
            files[upload.filename] = _kept(folder, n, upload.filename, upload.data)
            for kind in UPLOADS:
                if payload.get(kind) == f"attach://{part}":
                    payload[kind] = f"attachment://{upload.filename}"
        about = {"name": f"{n:03} {call.method}", "platform": "telegram", "method": call.method}
        found.append(about | {"payload": payload, "files": files})
    return found


def _kept(folder: Path | None, n: int, name: str, data: bytes) -> str:
    """The uploaded file written down, and its name there: of two posts' files of one name both are kept."""
    if folder is None:
        return name
    folder.mkdir(parents=True, exist_ok=True)
    kept = Path(f"{n:03} {Path(name).name}") if (folder / Path(name).name).exists() else Path(Path(name).name)
    (folder / kept).write_bytes(data)
    return kept.name
