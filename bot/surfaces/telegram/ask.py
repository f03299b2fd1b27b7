"""From a message to a reply: who asks, in which place, with which right, and where the answer goes."""

import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from telegram import Chat, Message, MessageOriginChannel, User, UsersShared
from telegram.constants import ChatType

from bot.access import usable
from bot.asked import Asked, Attachment
from bot.clean import typed
from bot.command import Command
from bot.house import House
from bot.kernel import Kernel
from bot.kinds import YES, Recording
from bot.replies.chats import ChannelChosen, InPrivate, KeyboardClosed, Panel, Welcome
from bot.replies.common import Failed
from bot.replies.reviews import AlertDone, AlertShown
from bot.surfaces.people import person_of, place_of, role_of
from bot.surfaces.telegram import signs, wishes
from bot.surfaces.telegram.addresses import Spot
from bot.surfaces.telegram.keyboards import AWAY, CHANNEL, Keyboards, declines, person
from bot.surfaces.telegram.marks import escape
from bot.surfaces.telegram.replies import Replies
from bot.surfaces.telegram.rights import Rights
from bot.surfaces.telegram.screen import Screen, Vanishing, reachable
from bot.surfaces.telegram.sending import Manner, Sender
from bot.surfaces.telegram.uploads import LOCAL_UPLOAD
from bot.surfaces.telegram.wishes import Answer, Family, Greeting, Key, Wish, Wrong
from bot.typed import Typed
from core.errors import EarshotError
from core.model.person import Address, Platform, Role
from core.services.carried import Carried

log = logging.getLogger(__name__)
DOWNLOAD = 20_000_000  # bytes of a file Telegram hands to bots (Bot API, getFile)


@dataclass(frozen=True)
class Me:
    """The bot itself."""

    number: int
    name: str

    def link(self, payload: str = "") -> str:
        """Opens our chat, and says `payload` there."""
        return f"https://t.me/{self.name}" + (f"?start={payload}" if payload else "")


@dataclass(frozen=True)
class Speaker:
    """Who wrote or pressed something, and where: `channel` when somebody speaks as a chat, not as themselves."""

    chat: Chat
    user: User | None
    channel: Chat | None = None
    thread: int = 0

    @property
    def number(self) -> int:
        """Of the person, or of the chat they speak as."""
        return self.channel.id if self.channel is not None else self.user.id if self.user is not None else self.chat.id

    @property
    def name(self) -> str:
        """As others see it."""
        return (self.channel.title or "") if self.channel is not None else self.user.full_name if self.user else ""

    @property
    def language(self) -> str:
        """Of their app."""
        return (self.user.language_code or "") if self.user is not None and self.channel is None else ""

    @property
    def anonymous(self) -> bool:
        """Whether it is an administrator who speaks as the group itself."""
        return self.channel is not None and self.channel.id == self.chat.id


@dataclass(frozen=True)
class Asking:
    """Turns messages into replies."""

    house: House
    kernel: Kernel
    sender: Sender
    replies: Replies
    rights: Rights
    vanishing: Vanishing
    keyboards: Keyboards
    me: Me

    async def message(self, message: Message) -> None:
        """Answer a message that wants something of us."""
        if (answered := wishes.ours(message, self.me.number)) is not None:
            await signs.used(self.house.doors, answered)
        speaker = speaker_of(message)
        if speaker is None:
            return
        chosen = _chat_of(message)
        if chosen is not None and await self._choose(speaker, message, chosen):
            return
        if message.users_shared is not None:
            await self._pick(speaker, message, message.users_shared)
            return
        if declines(message) and await self.keyboards.close(speaker.chat.id):
            await self._put_away(await self.asked(speaker, ""), speaker)
            return
        wish = wishes.wish_of(message, self.kernel, self.me.name, self.me.number)
        if wish is None or (isinstance(wish, Wrong) and not wish.named and wish.error.code == "COMMAND"):
            return
        about = wishes.about(message, self.me.number) if message.chat.type == ChatType.PRIVATE else ""
        self.anew(self._command(wish), about or Spot(speaker.chat.id).address)
        asked = await self.asked(speaker, f"m{message.message_id}", about)
        await self._answer(asked, speaker, message, wish, about)

    async def asked(self, speaker: Speaker, key: str, about: str = "") -> Asked:
        """Who asks. `about`: another place than the chat's, which has to let them; what they may do there is asked of Telegram."""
        spot = Spot(speaker.chat.id, speaker.thread, key)
        place_id = about or Spot(speaker.chat.id).address
        person = await person_of(self.house, f"{Platform.TELEGRAM}:{speaker.number}", speaker.name, speaker.language)
        name = "" if about else speaker.chat.title or speaker.chat.full_name or ""
        place = await place_of(self.house, place_id, name, speaker.language)
        place = await self.house.settling.recognise(place, person.id, typed(speaker.name))
        theirs = Role.MANAGER if speaker.anonymous else Role.VIEWER
        if not place.private and not speaker.anonymous:
            theirs = await self.rights.of(int(place_id.partition(":")[2]), speaker.number)
        role = role_of(self.house, place, person.id, theirs)
        if place.private and person.id != place.id and role is not Role.OWNER:
            role = Role.VIEWER  # a place of somebody else's: nobody's own
        alone = speaker.chat.type == ChatType.PRIVATE
        return Asked(self.house, person, place, role, about or spot.address, spot.reply_address, aside=alone)

    def anew(self, command: Command | None, place: Address) -> None:
        """Whoever had a right in `place` a moment ago is handed nothing that is for its people alone: it is asked for anew."""
        if command is not None and wishes.confidential(command):
            self.rights.forget(int(place.partition(":")[2]))

    def screen(self, asked: Asked, speaker: Speaker, key: str, **how: Any) -> Screen:
        """Where the reply to `asked` is shown."""
        spot = Spot(speaker.chat.id, speaker.thread, key)
        user = speaker.user if speaker.channel is None else None  # who speaks as a chat is not called by name
        mention = f' <a href="tg://user?id={user.id}">{escape(speaker.name)}</a>' if user else ""
        more = {"mention": mention, "keyboards": self.keyboards, "public": asked.public if spot.group else None, **how}
        return Screen(self.sender, self.replies, self.vanishing, spot, asked.words, **more)

    async def _answer(self, asked: Asked, speaker: Speaker, message: Message, wish: Wish, about: str) -> None:
        """Run it and show what comes of it, here or in private."""
        group = speaker.chat.id < 0
        screen = self.screen(
            asked, speaker, f"m{message.message_id}", reply_to=message.message_id if group or about else 0, about=about
        )
        command = self._command(wish)
        if group and command is not None and wishes.personal(command):
            await screen.show(InPrivate(self.me.link(wishes.start_of(command))))
            return
        wish, whom = wishes.pointed(wish, command, message)
        wish, attachment = self._with_file(wish, message, asked)
        if isinstance(attachment, Failed):
            await screen.show(attachment)
            return
        asked = replace(asked, attachment=attachment, pointed=whom or asked.pointed)
        if group and command is not None and (wishes.confidential(command) or _wants_private(wish)):
            await self._in_private(asked, speaker, screen, wish, own=not wishes.confidential(command))
            return
        asked = replace(asked, meanwhile=screen.meanwhile)
        reply = await screen.waiting(self.run(wish, asked))
        if group and isinstance(reply, AlertShown) and command is not None and command.in_place:
            reply = AlertDone(reply.alert, undo=not reply.posted)  # a second card of it would have the same buttons
        await screen.show(reply)

    async def _in_private(self, asked: Asked, speaker: Speaker, screen: Screen, wish: Wish, *, own: bool) -> None:
        """Hand it over in the private chat. `own`: it belongs there altogether, so it is asked there as well."""
        user = speaker.user
        if user is None or speaker.channel is not None or not await reachable(self.sender, user.id):
            await screen.show(InPrivate(self.me.link("help"), again=True))
            return
        spot, about = Spot(user.id, key=f"g{screen.spot.chat}.{screen.reply_to or screen.spot.key}"), ""
        if own:
            place = await place_of(self.house, Spot(user.id).address, user.full_name, speaker.language)
            role = role_of(self.house, place, asked.person.id, Role.MANAGER)
            asked = replace(asked, place=place, role=role, address=spot.address, reply_at=spot.reply_address)
        else:
            about = asked.place.id
        theirs = Screen(self.sender, self.replies, self.vanishing, spot, asked.words, about=about)
        reply = await self.run(wish, replace(asked, meanwhile=theirs.meanwhile, aside=True))
        if isinstance(reply, Failed):
            await screen.show(reply)
        elif await theirs.show(reply) is not None:
            await screen.show(InPrivate(self.me.link(), sent=True))
        else:
            await screen.show(InPrivate(self.me.link("help"), again=True))

    def _command(self, wish: Wish) -> Command | None:
        match wish:
            case Typed():
                return wish.command
            case Key() | Answer():
                return self.kernel.named(wish.key.partition(":")[0].replace(".", " "))
            case Family(name):
                return next(iter(wishes.family(name, self.kernel.commands)), None)
            case _:
                return None

    async def run(self, wish: Wish, asked: Asked) -> Any:
        """The reply to a wish."""
        match wish:
            case Typed():
                return await self.kernel.run(wish.command, wish.raw, asked)
            case Key():
                return await self.kernel.press(wish.key, asked)
            case Answer():
                return await self.kernel.answer(wish.key, wish.option, wish.text, asked)
            case Family(name):
                return await self._family(name, asked)
            case Wrong():
                return Failed(wish.error.code, dict(wish.error.values))
            case Greeting():
                return Welcome()

    async def _family(self, name: str, asked: Asked) -> Any:
        """What the asker may use of it; nothing: who may."""
        theirs = wishes.family(name, usable(self.kernel.commands, asked))
        if not theirs:
            first = wishes.family(name, self.kernel.commands)[0]
            return await self.kernel.run(first, {}, asked)
        return Panel(name, theirs)

    def _with_file(self, wish: Wish, message: Message, asked: Asked) -> tuple[Wish, Attachment | Failed | None]:
        """The file or link that belongs to a wish: of the message itself, or of the one it answers."""
        command = self._command(wish)
        takes = next((o for o in command.options if o.kind.type in (Recording, Carried)), None) if command else None
        if takes is None or isinstance(wish, Key):
            return wish, None
        answered = message.reply_to_message if isinstance(wish, Typed) else None
        given = wish.raw.get(takes.name, "") if isinstance(wish, Typed) else ""
        link = wishes.link_in(answered) if answered and not given and takes.kind.type is Recording else ""
        if isinstance(wish, Typed) and link:
            return Typed(wish.command, {**wish.raw, takes.name: link}), None
        sent = wishes.attached(message) or (wishes.attached(answered) if answered else None)
        if sent is None or given:
            return wish, None
        if sent.size > DOWNLOAD and not self.sender.connection.local:
            return wish, Failed("TOO_BIG", {"a": round(sent.size / 1e6), "b": round(DOWNLOAD / 1e6)})
        if isinstance(wish, Typed):
            wish = Typed(wish.command, {**wish.raw, takes.name: sent.name})

        def fetch() -> AsyncIterator[bytes]:
            return self.sender.connection.pieces(sent.file_id)

        most = LOCAL_UPLOAD if self.sender.connection.local else 0
        return wish, Attachment(sent.name, sent.size, fetch, most)

    async def _choose(self, speaker: Speaker, message: Message, channel: Chat) -> bool:
        """A post of a channel was forwarded, or a chat picked: replies to our answer act on it, when one of its managers writes
        them. False: there is something in the post that anybody may have transcribed."""
        place, key = Spot(channel.id).address, f"m{message.message_id}"
        if message.chat_shared is not None:
            self.rights.forget(channel.id)  # Telegram may have added us just now
        asked = await self.asked(speaker, key, place)
        manager = asked.role >= Role.MANAGER
        if not manager and (wishes.link_in(message) or wishes.attached(message)):
            return False
        title = channel.title or asked.place.name
        if await self.keyboards.close(speaker.chat.id) or message.chat_shared is not None:
            await self._put_away(asked, speaker, title)
        screen = self.screen(asked, speaker, key, reply_to=message.message_id, about=place if manager else "")
        if manager:
            if isinstance(message.forward_origin, MessageOriginChannel):
                await signs.passed_on(self.house.doors, message, message.forward_origin)
            async with self.house.storage.work() as work:
                await work.places.ensure(replace(asked.place, name=title))
            group = channel.type != ChatType.CHANNEL
            await screen.show(ChannelChosen(title, self.kernel.named("setup") is not None, group))
        else:
            await screen.show(Failed("NO_RIGHT", {"role": "manager", "place": title}))
        return True

    async def _pick(self, speaker: Speaker, message: Message, shared: UsersShared) -> None:
        """Somebody was picked: the answer to the question the keyboard came with."""
        key, wanted = f"m{message.message_id}", await self.keyboards.close(speaker.chat.id)
        who = person(shared.users[0])
        asked = await self.asked(speaker, key, wanted.about if wanted else "")
        await self._put_away(asked, speaker, who.name)
        if wanted is None or wanted.request != shared.request_id:
            await self.screen(asked, speaker, key).show(Failed("STALE", {}))
            return
        wish = Answer(wanted.key, wanted.option, who.number)
        await self._answer(replace(asked, pointed=who), speaker, message, wish, wanted.about)

    async def _put_away(self, asked: Asked, speaker: Speaker, name: str = "") -> None:
        """Take the keyboard under a private chat away, which only a message can."""
        with suppress(EarshotError):
            spot, manner = Spot(speaker.chat.id), Manner(answer=True, keyboard=AWAY)
            await self.sender.say(spot, KeyboardClosed(name), asked.words, manner)


def private_of(user: User) -> Chat:
    """The chat of a person with us."""
    return Chat(user.id, ChatType.PRIVATE, first_name=user.first_name, last_name=user.last_name)


def speaker_of(message: Message) -> Speaker | None:
    """Who wrote it; None for other bots and for what Telegram copies by itself."""
    user, channel = message.from_user, message.sender_chat
    if message.is_automatic_forward or message.chat.type == ChatType.CHANNEL:
        return None
    if channel is None and (user is None or user.is_bot):
        return None
    thread = message.message_thread_id if message.is_topic_message else None
    return Speaker(message.chat, user, channel, thread or 0)


def _chat_of(message: Message) -> Chat | None:
    """The channel whose post somebody forwarded to us in private, or the chat they picked."""
    origin, shared = message.forward_origin, message.chat_shared
    if message.chat.type != ChatType.PRIVATE:
        return None
    if shared is not None:
        kind = ChatType.CHANNEL if shared.request_id == CHANNEL else ChatType.SUPERGROUP
        return Chat(shared.chat_id, kind, title=shared.title)
    return origin.chat if isinstance(origin, MessageOriginChannel) else None


def _wants_private(wish: Wish) -> bool:
    """Whether a transcription is asked for that nobody else shall read."""
    return isinstance(wish, Typed) and wish.command.name == "transcribe" and wish.raw.get("private", "").lower() in YES
