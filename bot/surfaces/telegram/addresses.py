"""Telegram's addresses: `telegram:CHAT`, `telegram:CHAT/THREAD`, and `#KEY` behind either for one reply; and the ids of posts.

The id of a post is `MESSAGE`, with `m` behind it when it is a picture, a video or a file (Telegram edits those differently), and
with `CHAT/` before it when it is in another chat than its address.
"""

from dataclasses import dataclass, replace

from core.model.person import Address, Platform


@dataclass(frozen=True)
class Spot:
    """Where a message goes. `thread` 0: no topic. `key` names the reply that is meant, empty for a message of its own."""

    chat: int
    thread: int = 0
    key: str = ""

    @property
    def address(self) -> Address:
        """Without the key."""
        return f"{Platform.TELEGRAM}:{self.chat}" + (f"/{self.thread}" if self.thread else "")

    @property
    def reply_address(self) -> Address:
        """With the key, when there is one."""
        return f"{self.address}#{self.key}" if self.key else self.address

    @property
    def group(self) -> bool:
        """Whether others read along."""
        return self.chat < 0


def spot_of(address: Address) -> Spot:
    """The spot an address means. Raises ValueError for another platform's."""
    platform, _, rest = address.partition(":")
    if platform != Platform.TELEGRAM:
        raise ValueError(f"not an address of Telegram: {address}")
    where, _, key = rest.partition("#")
    chat, _, thread = where.partition("/")
    return Spot(int(chat), int(thread or 0), key)


def plain(address: Address) -> Address:
    """`address` without the key of a reply."""
    return address.partition("#")[0]


@dataclass(frozen=True)
class Post:
    """A message that is there. `media`: it is a picture, a video or a file with a caption. `more`: the messages that were sent
    with it just now, for the files it cannot carry."""

    chat: int
    message: int
    media: bool = False
    more: tuple[int, ...] = ()

    def external(self, spot: Spot) -> str:
        """Its id, as it is stored for a post at `spot`."""
        other = f"{self.chat}/" if self.chat != spot.chat else ""
        return f"{other}{self.message}{'m' if self.media else ''}"


def post_of(external: str, spot: Spot) -> Post:
    """The message an id means at `spot`."""
    chat, _, message = external.rpartition("/")
    media = message.endswith("m")
    return Post(int(chat) if chat else spot.chat, int(message.removesuffix("m")), media)


def elsewhere(spot: Spot, chat: int) -> Spot:
    """The same reply in another chat."""
    return replace(spot, chat=chat, thread=0)
