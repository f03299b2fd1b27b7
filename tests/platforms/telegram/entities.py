"""Telegram's parse modes: text with markup in, plain text and entities out, or the server's own complaint.

Written from the published formatting rules ("Formatting options" of the Bot API page) and the error
texts bots meet in practice.  Offsets in errors are in bytes, lengths of entities in UTF-16 units.
"""

import html
import re
from typing import Any

from tests.platforms.telegram.api import utf16_len

HTML_TAGS = {
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
RESERVED = set("_*[]()~`>#+-=|{}.!")
NAMES = {
    "*": "Bold",
    "_": "Italic",
    "__": "Underline",
    "~": "Strikethrough",
    "||": "Spoiler",
    "`": "Code",
    "```": "Pre",
}
KINDS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}

MARKS = ("```", "||", "__", "`", "*", "_", "~")
REFERENCE = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);")
PLAIN = re.compile(r"[^&<]*")
ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:["']([^"']*)["']|([^\s>"']+)))?""")
ADDRESS = re.compile(r"\(((?:\\.|[^)\\])*)\)", re.DOTALL)


class EntityError(ValueError):
    """``can't parse entities: ...``"""

    def __init__(self, detail: str):
        super().__init__(f"can't parse entities: {detail}")


def parse(text: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of ``text`` in ``mode`` (None, HTML, MarkdownV2, Markdown)."""
    if not mode:
        return text, []
    kind = mode.lower()
    if kind == "html":
        plain, entities = _Html(text).parse()
    elif kind == "markdownv2":
        plain, entities = _Markdown2(text).parse()
    elif kind == "markdown":
        plain, entities = _Markdown1(text).parse()
    else:
        raise ValueError("unsupported parse_mode")
    return plain, sorted((e for e in entities if e["length"] > 0), key=lambda e: (e["offset"], -e["length"]))


class _Parser:
    """A text read from the left; `out` is what is shown, offsets of entities are counted in it."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.out = ""
        self.entities: list[dict[str, Any]] = []

    def byte(self, at: int) -> int:
        return len(self.text[:at].encode())

    def here(self) -> int:
        return utf16_len(self.out)

    def take(self, count: int = 1) -> None:
        """Show the next characters as they are."""
        self.out += self.text[self.at : self.at + count]
        self.at += count

    def since(self, start: int) -> str:
        """What is shown from an offset on."""
        return self.out.encode("utf-16-le")[start * 2 :].decode("utf-16-le")

    def close(self, kind: str, start: int, **extra: Any) -> None:
        self.entities.append({"type": kind, "offset": start, "length": self.here() - start, **extra})


class _Html(_Parser):
    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        self.stack: list[tuple[str, int, dict[str, str]]] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "&" and (found := REFERENCE.match(self.text, self.at)):
                self.out += html.unescape(found[0])
                self.at = found.end()
            elif char != "<":
                self.take(PLAIN.match(self.text, self.at + 1).end() - self.at)  # type: ignore[union-attr]
            elif self.text.startswith("</", self.at):
                self._end()
            else:
                self._start()
        if self.stack:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.stack[-1][0]}"')
        return self.out, self.entities

    def _start(self) -> None:
        where = f"at byte offset {self.byte(self.at)}"
        name = re.compile(r"<([^\s>]*)").match(self.text, self.at)[1].lower()
        if name not in HTML_TAGS:
            raise EntityError(f'Unsupported start tag "{name}" {where}')
        end = self.text.find(">", self.at)
        if end < 0:
            raise EntityError(f"Unclosed start tag {where}")
        given = ATTRIBUTE.findall(self.text[self.at + 1 + len(name) : end])
        attributes = {key.lower(): html.unescape(quoted or plain or "") for key, quoted, plain in given}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" {where}')
        self.stack.append((name, self.here(), attributes))
        self.at = end + 1

    def _end(self) -> None:
        where, end = f"at byte offset {self.byte(self.at)}", self.text.find(">", self.at)
        if end < 0:
            raise EntityError(f"Unclosed end tag {where}")
        name = self.text[self.at + 2 : end].strip().lower()
        if not self.stack:
            raise EntityError(f"Unexpected end tag {where}")
        tag, start, attributes = self.stack.pop()
        if name and name != tag:
            raise EntityError(f'Unmatched end tag {where}, expected "</{tag}>", found "</{name}>"')
        self._styled(tag, start, attributes)
        self.at = end + 1

    def _styled(self, tag: str, start: int, attributes: dict[str, str]) -> None:
        if tag == "a":
            url = attributes.get("href") or self.since(start)
            if "." in url or url.startswith("tg://"):
                self.close("text_link", start, url=url)
        elif tag == "code" and self.stack and self.stack[-1][0] == "pre":
            self.stack[-1][2]["language"] = attributes.get("class", "").removeprefix("language-")
        elif tag == "pre" and attributes.get("language"):
            self.close("pre", start, language=attributes["language"])
        elif tag == "blockquote" and "expandable" in attributes:
            self.close("expandable_blockquote", start)
        elif tag == "tg-emoji":
            self.close(HTML_TAGS[tag], start, custom_emoji_id=attributes.get("emoji-id", ""))
        else:
            self.close(HTML_TAGS[tag], start)


class _Markdown2(_Parser):
    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        self.stack: list[tuple[str, int, int]] = []  # mark, offset in what is shown, place in the text
        self.quote: int | None = None
        while self.at < len(self.text):
            self._step()
        if self.stack:
            mark, _, at = self.stack[-1]
            name = "TextUrl" if mark == "[" else NAMES[mark]
            raise EntityError(f"Can't find end of {name} entity at byte offset {self.byte(at)}")
        if self.quote is not None:
            self.close("blockquote", self.quote)
        return self.out, self.entities

    def _step(self) -> None:
        char, rest = self.text[self.at], self.text[self.at + 1 : self.at + 2]
        if char == "\\" and rest and 0 < ord(rest) <= 126:
            self.at += 1
            self.take()
        elif self.stack and self.stack[-1][0] in ("`", "```"):
            self._code()
        elif self.quote is not None and char == "\n" and rest != ">":
            self.close("blockquote", self.quote)
            self.quote = None
            self.take()
        elif char == ">" and (not self.out or self.out.endswith("\n")):
            self.quote = self.here() if self.quote is None else self.quote
            self.at += 1
        elif char in RESERVED:
            self._mark(char)
        else:
            self.take()

    def _code(self) -> None:
        """Inside of code only its end is looked for."""
        mark, start, _ = self.stack[-1]
        if not self.text.startswith(mark, self.at):
            self.take()
            return
        self.stack.pop()
        self.at += len(mark)
        body = self.since(start)
        if mark == "```" and (found := re.match(r"([^\s`]+)\n", body)):
            self.out = self.out.removesuffix(body) + body[found.end() :]
            self.close("pre", start, language=found[1])
        else:
            self.close("pre" if mark == "```" else "code", start)

    def _mark(self, char: str) -> None:
        mark = next((one for one in MARKS if self.text.startswith(one, self.at)), None)
        opened = self.stack[-1][0] if self.stack else None
        if mark and mark == opened:
            self.close(KINDS[mark], self.stack.pop()[1])
            self.at += len(mark)
        elif mark == "__" and opened == "_":
            self.close("italic", self.stack.pop()[1])
            self.at += 1
        elif mark:
            self.stack.append((mark, self.here(), self.at))
            self.at += len(mark)
        elif char == "[" or self.text.startswith("![", self.at):
            self.stack.append(("[", self.here(), self.at))
            self.at += 1 if char == "[" else 2
        elif char == "]" and opened == "[":
            self._link(self.stack.pop()[1])
        else:
            raise EntityError(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _link(self, start: int) -> None:
        self.at += 1
        url = self.since(start)
        if self.text.startswith("(", self.at):
            found = ADDRESS.match(self.text, self.at)
            if not found:
                raise EntityError(f"Can't find end of a URL at byte offset {self.byte(self.at)}")
            url = re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
            self.at = found.end()
        if "." in url or url.startswith("tg://"):
            self.close("text_link", start, url=url)


class _Markdown1(_Parser):
    """The old way; approximately."""

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.text):
            char, rest = self.text[self.at], self.text[self.at + 1 : self.at + 2]
            if char == "\\" and rest and rest in "_*`[":
                self.at += 1
                self.take()
            elif char in "_*`[":
                self._styled("```" if self.text.startswith("```", self.at) else char)
            else:
                self.take()
        return self.out, self.entities

    def _styled(self, mark: str) -> None:
        close = "]" if mark == "[" else mark
        start, end = self.here(), self.text.find(close, self.at + len(mark))
        if end < 0:
            raise EntityError(f"Can't find end of the entity starting at byte offset {self.byte(self.at)}")
        self.out += self.text[self.at + len(mark) : end]
        self.at = end + len(close)
        if mark != "[":
            self.close({"*": "bold", "_": "italic", "`": "code", "```": "pre"}[mark], start)
        elif found := ADDRESS.match(self.text, self.at):
            self.close("text_link", start, url=found[1])
            self.at = found.end()


AUTO = [
    ("url", re.compile(r"\bhttps?://[^\s<>\"]+")),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w+")),
]


def automatic(text: str) -> list[dict[str, Any]]:
    """Entities the server finds by itself: commands, mentions, links, hashtags."""
    found = []
    for kind, pattern in AUTO:
        for match in pattern.finditer(text):
            found.append({"type": kind, "offset": utf16_len(text[: match.start()]), "length": utf16_len(match[0])})
    return sorted(found, key=lambda e: e["offset"])
