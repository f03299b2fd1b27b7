"""How a channel and a role are named to readers: as the platform writes them, which calls nobody."""

from bot.wording import Run, Style, Words
from core.model.person import Address, Platform


def channel(address: Address, words: Words) -> Run | str:
    """The channel an address stands for, ready to be put into a line."""
    platform, _, rest = address.partition(":")
    if platform == Platform.DISCORD and rest.isdecimal():
        return Run(f"<#{rest}>", Style.MENTION)
    if platform == Platform.TELEGRAM:
        return words.say("this chat")
    return f"#{rest}" if rest else address


def role(ping: str) -> Run | str:
    """The role that is called when a live starts."""
    rest = ping.rpartition(":")[2]
    return Run(f"<@&{rest}>", Style.MENTION) if rest.isdecimal() else ping


def person(who: str) -> Run | str:
    """A person: on Discord as it writes them, elsewhere by number; empty stays empty."""
    platform, _, rest = who.partition(":")
    return Run(f"<@{rest}>", Style.MENTION) if platform == Platform.DISCORD and rest.isdecimal() else rest
