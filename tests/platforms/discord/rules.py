"""What the OpenAPI document does not say of messages and their components; figures are from the developer documentation."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.platforms.discord.errors import ApiError, bad
from tests.platforms.discord.permissions import V2

MAX_CONTENT, MAX_EMBED_TOTAL, MAX_COMPONENTS_V2, MAX_TEXT_V2 = 2000, 6000, 40, 4000
EMBED_PARTS = ("title", "description", "fields", "author", "footer", "image", "thumbnail", "video", "provider")
EMBED_PICTURES = (("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url"))

#: What a component has when nothing is said of it, by type.
SILENT: defaultdict[int, dict[str, Any]] = defaultdict(dict)
SILENT |= {kind: {"min_values": 1, "max_values": 1} for kind in (3, 5, 6, 7, 8)}
SILENT |= {11: {"description": None, "spoiler": False}, 13: {"spoiler": False}}
SILENT |= {14: {"spacing": 1, "divider": True}, 17: {"accent_color": None, "spoiler": False}}


def flatten(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, nested ones and accessories included."""
    for component in components or []:
        yield component
        yield from flatten(component.get("components", []))
        for key in ("accessory", "component"):
            if component.get(key):
                yield from flatten([component[key]])


def number(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give components their running id, as Discord does, and the values that go without saying."""
    for index, component in enumerate(flatten(components), 1):
        silent = {"id": index if component.get("id") in (None, 0) else component["id"], **SILENT[component["type"]]}
        component |= {key: value for key, value in silent.items() if component.get(key) is None}
        component |= {"id": silent["id"]}
        for item in component.get("items", []):
            item.setdefault("description", None)
            item.setdefault("spoiler", False)
    return components


def complete(message: dict[str, Any]) -> None:
    """What Discord adds to pictures and files when they are shown; their addresses are resolved already."""
    stored = {file["url"]: file for file in message["attachments"]}
    for index, (component, media) in enumerate(_media(message["components"]), 1):
        file = stored.get(media["url"], {})
        media |= {"id": str(index), "proxy_url": media["url"]}
        media |= {"attachment_id": file["id"], "content_type": file["content_type"]} if file else {}
        if component["type"] == 13:
            component |= {"name": file.get("filename", ""), "size": file.get("size", 0)}


def _media(components: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(component, what it shows) of every gallery item, thumbnail and file."""
    for component in flatten(components):
        for item in component.get("items", []):
            yield component, item["media"]
        if component["type"] in (11, 13):
            yield component, component["media" if component["type"] == 11 else "file"]


def visible_text(message: dict[str, Any]) -> str:
    """The words a reader sees in a message."""
    parts = [message.get("content") or ""]
    for embed in message.get("embeds") or []:
        parts += [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
        parts += [x for f in embed.get("fields") or [] for x in (f["name"], f["value"])]
        parts.append((embed.get("footer") or {}).get("text"))
    parts += [c["content"] for c in flatten(message.get("components") or []) if c["type"] == 10]
    return "\n".join(filter(None, parts))


def _check_components(components: list[dict[str, Any]], v2: bool) -> None:
    every = list(flatten(components))
    seen: set[str] = set()
    for component in every:
        if custom := component.get("custom_id"):
            if custom in seen:
                raise bad("components", f"Component custom id cannot be duplicated: {custom}")
            seen.add(custom)
        if component["type"] == 2:
            _check_button(component)
        if component["type"] == 3:
            _check_menu(component)
        if component["type"] == 1:
            kinds = [one["type"] for one in component["components"]]
            if len(kinds) > 1 and any(kind != 2 for kind in kinds):
                raise bad("components", "a select menu fills its action row alone")
    if not v2 and len(components) > 5:
        raise bad("components", "Must be 5 or fewer in length.")
    if not v2 and (extra := sorted({one["type"] for one in components} - {1})):
        raise bad("components", f"component types {extra} need the IS_COMPONENTS_V2 flag")
    if v2 and len(every) > MAX_COMPONENTS_V2:
        raise bad("components", f"{len(every)} components in total, allowed {MAX_COMPONENTS_V2}")
    text = sum(len(one["content"]) for one in every if one["type"] == 10)
    if text > MAX_TEXT_V2:
        raise bad("components", f"{text} characters of text displays, allowed {MAX_TEXT_V2}")


def _check_menu(menu: dict[str, Any]) -> None:
    values = [option["value"] for option in menu["options"]]
    if len(values) != len(set(values)):
        raise bad("components", "The specified option value is already used")
    low, high = menu.get("min_values"), menu.get("max_values")
    if (1 if high is None else high) > len(values):
        raise bad("components", "max_values may not exceed the number of options")
    if low is not None and high is not None and low > high:
        raise bad("components", "min_values may not exceed max_values")


def _check_button(button: dict[str, Any]) -> None:
    style = button["style"]
    wanted = {5: "url", 6: "sku_id"}.get(style, "custom_id")
    for key in ("url", "sku_id", "custom_id"):
        if (button.get(key) is not None) != (key == wanted):
            raise bad("components", f"A button of style {style} must have {wanted} and no other target ({key})")
    if style != 6 and not button.get("label") and not button.get("emoji"):
        raise bad("components", "A button needs a label or an emoji")
    if style == 5 and not button["url"].startswith(("http://", "https://", "discord://")):
        raise bad("components", "Scheme must be one of http, https, discord")


def _embed_size(embed: dict[str, Any]) -> int:
    texts = [
        embed.get("title"),
        embed.get("description"),
        (embed.get("footer") or {}).get("text"),
        (embed.get("author") or {}).get("name"),
    ]
    texts += [x for f in embed.get("fields") or [] for x in (f.get("name"), f.get("value"))]
    return sum(len((t or "").strip()) for t in texts)


def _check_embed(embed: dict[str, Any], where: str) -> None:
    for n, entry in enumerate(embed.get("fields") or []):
        for key, limit in (("name", 256), ("value", 1024)):
            if not (entry.get(key) or "").strip():
                raise bad(f"{where}.fields.{n}.{key}", "This field is required")
            if len(entry[key]) > limit:
                raise bad(f"{where}.fields.{n}.{key}", f"Must be {limit} or fewer in length.")
    if not any(embed.get(key) for key in EMBED_PARTS):
        raise bad(where, "This embed is empty")
    for holder, key in (*EMBED_PICTURES, ("author", "url")):
        url = (embed.get(holder) or {}).get(key)
        if url and not url.startswith(("http://", "https://", "attachment://")):
            scheme = url.split(":")[0]
            raise bad(f"{where}.{holder}.{key}", f'Scheme "{scheme}" must be one of http, https, attachment.')
    if (url := embed.get("url")) and not url.startswith(("http://", "https://")):
        raise bad(f"{where}.url", "Not a well formed URL.")


def check_message(body: dict[str, Any], files: dict[int, Any], *, has_files: bool = False) -> None:
    """Rules every message body obeys, whichever endpoint it goes to."""
    content, embeds = body.get("content") or "", body.get("embeds") or []
    components, v2 = body.get("components") or [], bool((body.get("flags") or 0) & V2)
    others = body.get("sticker_ids") or body.get("poll")
    if len(content) > MAX_CONTENT:
        raise bad("content", "Must be 2000 or fewer in length.")
    if v2 and (content or embeds or others):
        raise bad("", "content, embeds, polls and stickers cannot be used with IS_COMPONENTS_V2")
    forwarded = body.get("message_reference", {}).get("type") == 1
    if not (content.strip() or embeds or components or files or has_files or others or forwarded):
        raise ApiError(400, 50006, "Cannot send an empty message")
    for index, embed in enumerate(embeds):
        _check_embed(embed, f"embeds.{index}")
    if sum(map(_embed_size, embeds)) > MAX_EMBED_TOTAL:
        raise bad("embeds", f"Embed size exceeds maximum size of {MAX_EMBED_TOTAL}")
    _check_components(components, v2)
    allowed = body.get("allowed_mentions") or {}
    for key in ("users", "roles"):
        if key in (allowed.get("parse") or []) and allowed.get(key):
            raise bad("allowed_mentions", f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.')


def check_files(body: dict[str, Any], files: dict[int, Any], limit: int) -> None:
    """Attachment numbering and sizes."""
    for file in files.values():
        if len(file.data) > limit:
            raise ApiError(413, 40005, "Request entity too large")
    if len(files) > 10:
        raise bad("files", "at most 10 files")
    for entry in body.get("attachments") or []:
        if str(entry["id"]).isdigit() and int(entry["id"]) < 100 and int(entry["id"]) not in files:
            raise bad("attachments", f"attachment {entry['id']} has no files[{entry['id']}]")


def resolve_attachment_urls(
    message: dict[str, Any], names: dict[str, str], violate: Callable[[str, str, str], None]
) -> None:
    """Turn attachment://name into the stored address, in embeds and components."""

    def swap(holder: dict[str, Any], key: str, strict: bool) -> None:
        url = holder.get(key) or ""
        if url.startswith("attachment://"):
            name = url.removeprefix("attachment://")
            if name in names:
                holder[key] = names[name]
            elif strict:
                raise bad("components", f"{url} names no uploaded file")
            else:
                violate("attachment", "embeds", f"{url} names no uploaded file: the picture would be missing")

    for embed in message["embeds"]:
        for holder, key in EMBED_PICTURES:
            if embed.get(holder):
                swap(embed[holder], key, False)
    for _, media in _media(message["components"]):
        swap(media, "url", True)


def mentions(content: str, allowed: dict[str, Any] | None, users: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Who is really pinged, given allowed_mentions (absent: everyone the text names)."""
    parse = {"everyone", "users", "roles"} if allowed is None else set(allowed.get("parse") or [])
    named = re.findall(r"<@!?(\d+)>", content)
    listed = {str(u) for u in (allowed or {}).get("users") or []}
    roles = re.findall(r"<@&(\d+)>", content)
    return {
        "mention_everyone": "everyone" in parse and bool(re.search(r"@(everyone|here)\b", content)),
        "mentions": [users[u] for u in dict.fromkeys(named) if u in users and ("users" in parse or u in listed)],
        "mention_roles": [r for r in roles if "roles" in parse or r in map(str, (allowed or {}).get("roles") or [])],
    }
