"""What people write, as what they want: a command with its values, the answer to a question, or nothing for us."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telegram import Message, MessageEntity
from telegram.constants import ChatType

from bot.asked import Pointed
from bot.command import Command
from bot.kernel import Kernel
from bot.links import links_in
from bot.surfaces.telegram.hidden import panel_in, question_in
from bot.surfaces.telegram.pointing import author, mentioned, naming, spelled, takes
from bot.typed import Typed, read, split
from core.errors import Invalid
from core.model.person import Platform

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@(\w{1,64}))?(?=\s|\Z)(.*)\Z", re.DOTALL)
DEEP = re.compile(r"(live_|t)([0-9]{1,18})")
CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


@dataclass(frozen=True)
class Family:
    """The first word of several commands, and nothing behind it."""

    name: str


@dataclass(frozen=True)
class Greeting:
    """Words that are no command, in a private chat."""


@dataclass(frozen=True)
class Key:
    """What a button would say."""

    key: str


@dataclass(frozen=True)
class Answer:
    """The answer to a question: its key so far, the option, and what was written."""

    key: str
    option: str
    text: str


@dataclass(frozen=True)
class Wrong:
    """A command that cannot be read. `named`: we were called by name."""

    error: Invalid
    named: bool


Wish = Typed | Family | Greeting | Key | Answer | Wrong


def wish_of(message: Message, kernel: Kernel, me: str, number: int) -> Wish | None:
    """What a message wants of the bot called `me` with the id `number`; None: nothing, or something of another bot."""
    text = message.text or message.caption or ""
    found = COMMAND.match(text)
    private = message.chat.type == ChatType.PRIVATE
    if found:
        name, to, rest = found[1].lower(), found[2] or "", found[3].strip()
        if to and to.casefold() != me.casefold():
            return None
        if name == "start":
            return _start(rest, kernel, private=private)
        whom = naming([name, *rest.split()[:1]], kernel.commands)
        if whom is not None:
            rest = COMMAND.sub(r"\3", spelled(message)).strip()
            if not rest.split()[1:]:
                return Typed(whom, {})
        return _command(name, rest, kernel, private or bool(to))
    question, sent = _question(message, number), attached(message)
    file = sent.name if sent is not None else ""
    if question is not None:
        return Answer(*question, text or file)
    if not private:
        return None
    link = link_in(message)
    if link or sent is not None:
        transcribe = kernel.named("transcribe")
        return Typed(transcribe, {"link": link} if link else {}) if transcribe else None
    return Greeting() if text else None


def _command(name: str, rest: str, kernel: Kernel, named: bool) -> Wish:
    commands = [command.on(Platform.TELEGRAM) for command in kernel.commands]
    try:
        return read([name, *_words(rest)], commands)
    except Invalid as error:
        return Family(name) if error.code == "FAMILY" else Wrong(error, named)


def _words(text: str) -> list[str]:
    """Phones write curly quotation marks by themselves; they count when they come in pairs."""
    straight = text.translate(CURLY)
    return split(straight if straight.count('"') % 2 == 0 else text)


def _start(payload: str, kernel: Kernel, *, private: bool) -> Wish:
    """Of a link `t.me/bot?start=…` only what changes nothing: anybody can make such a link for anybody."""
    if not private:
        return Key("setup") if kernel.named("setup") else Greeting()
    if deep := DEEP.fullmatch(payload):
        return Key(f"lives.show:{deep[2]}" if deep[1] == "live_" else f"transcript.open:v{deep[2]}")
    if payload == "login":
        return Key("tiktok.connect")
    named = kernel.named(payload.replace("_", " "))
    return Key(named.verb) if named is not None and named.offered and personal(named) else Greeting()


def start_of(command: Command) -> str:
    """The payload that opens a personal command in the private chat."""
    return command.name.replace(" ", "_")


PERSONAL = frozenset({"me", "notices", "tiktok"})
CONFIDENTIAL = frozenset({"account export", "review evidence", "audit table", "clip look", "transcript look"})


def personal(command: Command) -> bool:
    """Whether it is about the asker alone: in a group it leads to the private chat."""
    return command.name.partition(" ")[0] in PERSONAL


def confidential(command: Command) -> bool:
    """Whether its result is for the asker's eyes although it is about the place: done in the group, handed over in private."""
    return command.name in CONFIDENTIAL


def ours(message: Message, number: int) -> Message | None:
    """The message of ours that a message answers."""
    asked = message.reply_to_message
    return asked if asked is not None and asked.from_user is not None and asked.from_user.id == number else None


def _question(message: Message, number: int) -> tuple[str, str] | None:
    asked = ours(message, number)
    return question_in(asked.entities) if asked is not None else None


def about(message: Message, number: int) -> str:
    """The place a message speaks of by answering a panel of ours; empty for that of its chat."""
    asked = ours(message, number)
    return (panel_in(asked.entities) or "") if asked is not None else ""


def pointed(wish: Wish, command: Command | None, message: Message) -> tuple[Wish, Pointed | None]:
    """A wish for `command`, and the person its message points at, where the command takes one."""
    option = takes(command) if command is not None else None
    if option is None:
        return wish, None
    who = mentioned(message)
    match wish:
        case Answer(key, name) if name == option.name and who is not None:
            return Answer(key, name, who.number), who
        case Typed(taken, raw) if not raw.get(option.name, ""):
            who = author(message)
            return (Typed(taken, {**raw, option.name: who.number}), who) if who is not None else (wish, None)
        case _:
            return wish, who


def link_in(message: Message) -> str:
    """The links to TikTok in a message, behind words and on buttons too, with spaces between; empty without one."""
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities
    behind = [entity.url for entity in entities if entity.type == MessageEntity.TEXT_LINK and entity.url]
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    pressed = [button.url for row in rows for button in row if button.url]
    return " ".join(links_in(text, *behind) or links_in(*pressed))


@dataclass(frozen=True)
class Sent:
    """A file people sent: what Telegram calls it, its name and its bytes."""

    file_id: str
    name: str
    size: int


def attached(message: Message) -> Sent | None:
    """What there is to hear, or to read, in a message."""
    one = message.video or message.audio or message.voice or message.video_note or message.document
    if one is None:
        return None
    kinds: Iterable[tuple[object, str]] = (
        (message.video, "video.mp4"),
        (message.audio, "audio.mp3"),
        (message.voice, "voice.ogg"),
        (message.video_note, "video.mp4"),
        (message.document, "file"),
    )
    usual = next(name for kind, name in kinds if kind is not None)
    return Sent(one.file_id, getattr(one, "file_name", None) or usual, one.file_size or 0)


def family(name: str, commands: Sequence[Command]) -> tuple[Command, ...]:
    """The commands behind a first word."""
    return tuple(command for command in commands if command.name.startswith(f"{name} "))
