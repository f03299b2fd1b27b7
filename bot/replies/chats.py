"""Replies that only a chat platform gives: a welcome, what a word of several commands can do, and where something is answered."""

from dataclasses import dataclass

from bot.command import Command
from core.model.person import Platform


@dataclass(frozen=True)
class Welcome:
    """Somebody speaks to Earshot for the first time, or says nothing it could do."""


@dataclass(frozen=True)
class Arrived:
    """Earshot was added to a community that has not set it up."""

    platform: Platform


@dataclass(frozen=True)
class Returned:
    """Earshot was taken back by a community that set it up before, and forgot nothing: `n` accounts are followed."""

    n: int


@dataclass(frozen=True)
class Panel:
    """The commands behind one first word that the asker may use; each can be pressed."""

    name: str
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class InPrivate:
    """It is answered in the private chat, which `address` opens. `sent`: it is there already; `again`: nobody has opened that chat
    yet, so it has to be asked once more then."""

    address: str
    sent: bool = False
    again: bool = False


@dataclass(frozen=True)
class ChatWanted:
    """A channel or group is to be chosen in a private chat, which then speaks of it."""


@dataclass(frozen=True)
class KeyboardClosed:
    """The keyboard under a private chat goes: `name` was chosen with it, or nothing."""

    name: str = ""


@dataclass(frozen=True)
class ChannelChosen:
    """A channel, or a `group`, is spoken of in a private chat: replies to this message act on it. `setup`: it can be set up from
    here."""

    name: str
    setup: bool = False
    group: bool = False


@dataclass(frozen=True)
class TopicClosed:
    """The topic of an account is closed; its posts come to the group."""

    handle: str
