"""Telegram's parse modes: text with markup in, plain text and entities out, or the server's own complaint.

Written from the published formatting rules ("Formatting options" of the Bot API page) and the error
texts bots meet in practice.  Offsets in errors are in bytes, lengths of entities in UTF-16 units.
"""

import html
import re
from typing import Any

from tests.platforms.telegram.api import utf16_len

_HTML_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_RESERVED = set("_*[]()~`>#+-=|{}.!")
_NAMES = {
    "*": "Bold",
    "_": "Italic",
    "__": "Underline",
    "~": "Strikethrough",
    "||": "Spoiler",
    "`": "Code",
    "```": "Pre",
}
_KINDS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}


class EntityError(ValueError):
    """``can't parse entities: ...``"""

    def __init__(self, detail: str):
        super().__init__(f"can't parse entities: {detail}")


def _entity(kind: str, out: list[str], start: int, **extra: Any) -> dict[str, Any]:
    return {"type": kind, "offset": start, "length": utf16_len("".join(out)) - start, **extra}


def parse(text: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of ``text`` in ``mode`` (None, HTML, MarkdownV2, Markdown)."""
    if not mode:
        return text, []
    kind = mode.lower()
    if kind == "html":
        plain, entities = _html(text)
    elif kind == "markdownv2":
        plain, entities = _markdown2(text)
    elif kind == "markdown":
        plain, entities = _markdown1(text)
    else:
        raise ValueError("unsupported parse_mode")
    return plain, sorted((e for e in entities if e["length"] > 0), key=lambda e: (e["offset"], -e["length"]))


def _html(text: str) -> tuple[str, list[dict[str, Any]]]:
    out: list[str] = []
    entities: list[dict[str, Any]] = []
    stack: list[tuple[str, int, dict[str, str], int]] = []
    i = 0

    def byte(at: int) -> int:
        return len(text[:at].encode())

    while i < len(text):
        char = text[i]
        if char == "&":
            found = re.match(r"&(#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);", text[i:])
            if found:
                out.append(html.unescape(found[0]))
                i += len(found[0])
            else:
                out.append("&")
                i += 1
        elif char != "<":
            out.append(char)
            i += 1
        elif text.startswith("</", i):
            end = text.find(">", i)
            if end < 0:
                raise EntityError(f"Unclosed end tag at byte offset {byte(i)}")
            name = text[i + 2 : end].strip().lower()
            if not stack:
                raise EntityError(f"Unexpected end tag at byte offset {byte(i)}")
            tag, start, attrs, _ = stack.pop()
            if name and name != tag:
                raise EntityError(f'Unmatched end tag at byte offset {byte(i)}, expected "</{tag}>", found "</{name}>"')
            entities += _close_html(tag, attrs, out, start, stack)
            i = end + 1
        else:
            found = re.match(r"<([a-zA-Z][^\s>]*)", text[i:])
            name = (found[1] if found else re.match(r"<([^\s>]*)", text[i:])[1]).lower()
            if name not in _HTML_TAGS:
                raise EntityError(f'Unsupported start tag "{name}" at byte offset {byte(i)}')
            end = text.find(">", i)
            if end < 0:
                raise EntityError(f"Unclosed start tag at byte offset {byte(i)}")
            attrs = {
                k.lower(): html.unescape(q or p or "")
                for k, q, p in re.findall(
                    r"""([a-zA-Z-]+)(?:\s*=\s*(?:["']([^"']*)["']|([^\s>"']+)))?""", text[i + 1 + len(name) : end]
                )
            }
            if name == "span" and attrs.get("class") != "tg-spoiler":
                raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {byte(i)}')
            stack.append((name, utf16_len("".join(out)), attrs, i))
            i = end + 1
    if stack:
        raise EntityError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return "".join(out), entities


def _close_html(tag: str, attrs: dict[str, str], out: list[str], start: int, stack: list) -> list[dict[str, Any]]:
    kind = _HTML_TAGS[tag]
    if tag == "a":
        url = attrs.get("href") or "".join(out).encode("utf-16-le")[start * 2 :].decode("utf-16-le")
        if "." not in url and not url.startswith("tg://"):
            return []
        return [_entity("text_link", out, start, url=url)]
    if tag == "code" and stack and stack[-1][0] == "pre":
        language = attrs.get("class", "").removeprefix("language-")
        stack[-1][2]["language"] = language
        return []
    if tag == "pre" and attrs.get("language"):
        return [_entity("pre", out, start, language=attrs["language"])]
    if tag == "blockquote" and "expandable" in attrs:
        return [_entity("expandable_blockquote", out, start)]
    if tag == "tg-emoji":
        return [_entity(kind, out, start, custom_emoji_id=attrs.get("emoji-id", ""))]
    return [_entity(kind, out, start)]


def _markdown2(text: str) -> tuple[str, list[dict[str, Any]]]:
    out: list[str] = []
    entities: list[dict[str, Any]] = []
    stack: list[tuple[str, int, int]] = []
    quote: tuple[int, int] | None = None
    i = 0

    def byte(at: int) -> int:
        return len(text[:at].encode())

    def here() -> int:
        return utf16_len("".join(out))

    while i < len(text):
        char = text[i]
        if char == "\\" and i + 1 < len(text) and 0 < ord(text[i + 1]) <= 126:
            out.append(text[i + 1])
            i += 2
            continue
        inside_code = stack and stack[-1][0] in ("`", "```")
        if inside_code:
            mark, start, at = stack[-1]
            if text.startswith(mark, i):
                stack.pop()
                if mark == "```":
                    body = "".join(out).encode("utf-16-le")[start * 2 :].decode("utf-16-le")
                    found = re.match(r"([^\s`]+)\n", body)
                    if found:
                        keep = "".join(out)[: len("".join(out)) - len(body)]
                        out[:] = [keep + body[len(found[0]) :]]
                        entities.append(_entity("pre", out, start, language=found[1]))
                    else:
                        out[:] = ["".join(out)]
                        entities.append(_entity("pre", out, start))
                else:
                    entities.append(_entity("code", out, start))
                i += len(mark)
            else:
                out.append(char)
                i += 1
            continue
        at_line_start = not out or "".join(out[-1:]).endswith("\n")
        if quote is not None and char == "\n" and not text.startswith(">", i + 1):
            entities.append(_entity("blockquote", out, quote[0]))
            quote = None
        if char == ">" and at_line_start:
            quote = quote or (here(), i)
            i += 1
            continue
        if char not in _RESERVED:
            out.append(char)
            i += 1
            continue
        mark = next((m for m in ("```", "||", "__", "`", "*", "_", "~") if text.startswith(m, i)), None)
        if mark == "|":
            mark = None
        if mark in ("`", "```"):
            stack.append((mark, here(), i))
            i += len(mark)
            continue
        if mark:
            if stack and stack[-1][0] == mark:
                _, start, _ = stack.pop()
                entities.append(_entity(_KINDS[mark], out, start))
            elif stack and mark == "__" and stack[-1][0] == "_":
                _, start, _ = stack.pop()
                entities.append(_entity("italic", out, start))
                i += 1
                continue
            else:
                stack.append((mark, here(), i))
            i += len(mark)
            continue
        if char == "[" or text.startswith("![", i):
            stack.append(("[", here(), i))
            i += 1 if char == "[" else 2
            continue
        if char == "]" and stack and stack[-1][0] == "[":
            _, start, at = stack.pop()
            i += 1
            url = "".join(out).encode("utf-16-le")[start * 2 :].decode("utf-16-le")
            if text.startswith("(", i):
                end, url = i + 1, ""
                while end < len(text) and text[end] != ")":
                    if text[end] == "\\" and end + 1 < len(text):
                        end += 1
                    url += text[end]
                    end += 1
                if end >= len(text):
                    raise EntityError(f"Can't find end of a URL at byte offset {byte(i)}")
                i = end + 1
            if "." in url or url.startswith("tg://"):
                entities.append(_entity("text_link", out, start, url=url))
            continue
        raise EntityError(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
    if stack:
        mark, _, at = stack[-1]
        name = "TextUrl" if mark == "[" else _NAMES[mark]
        raise EntityError(f"Can't find end of {name} entity at byte offset {byte(at)}")
    if quote is not None:
        entities.append(_entity("blockquote", out, quote[0]))
    return "".join(out), entities


def _markdown1(text: str) -> tuple[str, list[dict[str, Any]]]:
    out: list[str] = []
    entities: list[dict[str, Any]] = []
    i = 0
    while i < len(text):
        char = text[i]
        if char == "\\" and i + 1 < len(text) and text[i + 1] in "_*`[":
            out.append(text[i + 1])
            i += 2
            continue
        if char not in "_*`[":
            out.append(char)
            i += 1
            continue
        mark = "```" if text.startswith("```", i) else char
        close = "]" if char == "[" else mark
        end = text.find(close, i + len(mark))
        if end < 0:
            raise EntityError(f"Can't find end of the entity starting at byte offset {len(text[:i].encode())}")
        start = utf16_len("".join(out))
        out.append(text[i + len(mark) : end])
        i = end + len(close)
        if char == "[":
            found = re.match(r"\(([^)]*)\)", text[i:])
            if found:
                entities.append(_entity("text_link", out, start, url=found[1]))
                i += len(found[0])
        else:
            entities.append(_entity({"*": "bold", "_": "italic", "`": "code", "```": "pre"}[mark], out, start))
    return "".join(out), entities


_AUTO = [
    ("url", re.compile(r"\bhttps?://[^\s<>\"]+")),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w+")),
]


def automatic(text: str) -> list[dict[str, Any]]:
    """Entities the server finds by itself: commands, mentions, links, hashtags."""
    found = []
    for kind, pattern in _AUTO:
        for match in pattern.finditer(text):
            found.append({"type": kind, "offset": utf16_len(text[: match.start()]), "length": utf16_len(match[0])})
    return sorted(found, key=lambda e: e["offset"])
