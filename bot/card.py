"""A card: what one meaning looks like, drawn once and plainly. Surfaces make it native; they escape every text in it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.wording import Line


class Tone(StrEnum):
    """The mood of a card. Never the only carrier of meaning: the words say it too."""

    CALM = "calm"
    GOOD = "good"
    WARN = "warn"
    DANGER = "danger"


class Press(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    MAIN = "main"
    DANGER = "danger"
    LINK = "link"


@dataclass(frozen=True)
class Button:
    """A command pressed again: `key` is `verb:args`, at most 64 bytes, or an https address for a link."""

    label: str
    key: str
    look: Press = Press.PLAIN


@dataclass(frozen=True)
class Quote:
    """Somebody's words, verbatim. text[start:end] is shown bold; `hidden` puts it under a spoiler; `folded` may be long;
    `timed`: each line begins with a time, two spaces after it, which is shown apart; of its lines those numbered in `veiled` (the
    first is 0) are under a spoiler."""

    text: str
    start: int = 0
    end: int = 0
    hidden: bool = False
    folded: bool = False
    timed: bool = False
    veiled: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Item:
    """One entry of a list; selecting it presses `key` (empty: nothing to open)."""

    line: Line
    key: str = ""


@dataclass(frozen=True)
class File:
    """A file to hand over: on disk, or as bytes. Width, height and seconds are those of a video, else 0. `still` is what a video
    shows before it plays; it may not be there. `link` is where the whole of it can be had when it is too large for a chat.
    `veiled`: under a spoiler until somebody wants to see it."""

    name: str
    path: Path | None = None
    data: bytes = b""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    still: Path | None = None
    link: str = ""
    veiled: bool = False

    @property
    def is_video(self) -> bool:
        """Whether it has a picture that moves."""
        return self.width > 0 and self.seconds > 0


@dataclass(frozen=True)
class Choice:
    """One answer to a question."""

    label: str
    value: str


class Picker(StrEnum):
    """Something of the platform that is picked rather than typed, where the platform has a picker."""

    NOTHING = ""
    CHANNEL = "channel"
    ROLE = "role"
    PERSON = "person"


@dataclass(frozen=True)
class Question:
    """What is still missing of a command: asked the platform's way (modal, keyboard, ForceReply, prompt).

    The answer is put after `key` (`verb:args` so far) as the option `option`.
    """

    option: str
    ask: str
    key: str
    choices: tuple[Choice, ...] = ()
    picker: Picker = Picker.NOTHING


@dataclass(frozen=True)
class Card:
    """Title (what happened), body (what to do), quotes, list, buttons in rows of at most 5, one picture and files.

    `private`: only for the asker (Discord ephemeral). `progress` 0 to 1 while something is being done. `aside`: the picture is
    to be seen, not read: small beside the words, where the platform can. `face`: a picture of whom the card is about, shown so
    where panels can have one (Discord). Telegram's panels are texts that their buttons change, and a text can become no photo;
    there, and on the console, it is left out. Of a card that changes a post: `stays`, the post keeps the files it carries; `shown`,
    an earlier version brought this picture, and where a change cannot carry one it is not sent again.
    """

    title: Line
    body: tuple[Line, ...] = ()
    quotes: tuple[Quote, ...] = ()
    items: tuple[Item, ...] = ()
    foot: Line = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    picture: Path | None = None
    files: tuple[File, ...] = ()
    tone: Tone = Tone.CALM
    private: bool = False
    progress: float | None = None
    question: Question | None = None
    ping: str = ""
    aside: bool = False
    face: Path | None = None
    shown: bool = False
    stays: bool = False
