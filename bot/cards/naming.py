"""How a channel, a role, a right and a language are named to readers: the first two as the platform writes them, which calls
nobody; and the picker for them where a platform has one."""

from collections.abc import Iterable
from functools import cache

from bot.card import Picker, Question
from bot.cards.terms import RIGHTS
from bot.clean import blank
from bot.wording import Run, Style, Words
from core.model.person import Address, Place, Platform


def channel(address: Address, words: Words) -> Run | str:
    """The channel an address stands for, ready to be put into a line."""
    platform, _, rest = address.partition(":")
    if platform == Platform.DISCORD and rest.isdecimal():
        return Run(f"<#{rest}>", Style.MENTION)
    if platform == Platform.TELEGRAM:
        return words.say("this chat")
    return f"#{rest}" if rest else address


def picking(place: Place, key: str, option: str, ask: str, picker: Picker = Picker.CHANNEL) -> Question | None:
    """The platform's own picker, whose answer is `option` of `key`; None where there is none."""
    if place.platform is not Platform.DISCORD or place.private:
        return None
    return Question(option, ask, key, picker=picker)


def rights(names: Iterable[str], words: Words) -> str:
    """Rights as the platform calls them to a reader of this language; what is no right of ours stays as it is."""
    return ", ".join(words.term(name) if name in RIGHTS else name for name in names)


def role(ping: str) -> Run | str:
    """The role that is called when a live starts."""
    rest = ping.rpartition(":")[2]
    return Run(f"<@&{rest}>", Style.MENTION) if rest.isdecimal() else ping


def person(who: str) -> Run | str:
    """A person: on Discord as it writes them, elsewhere by number; empty stays empty."""
    platform, _, rest = who.partition(":")
    return Run(f"<@{rest}>", Style.MENTION) if platform == Platform.DISCORD and rest.isdecimal() else rest


def reviewer(who: str, place: Place, most: int = 64) -> Run | str:
    """A reviewer: as `person`, but by their name where it is known, cut to `most` characters; with the number too where another
    one is called the same."""
    name, shown = place.called(who), person(who)
    if isinstance(shown, Run) or blank(name):
        return shown
    cut = name if len(name) <= most else f"{name[: most - 1]}…"
    twins = [one for one in place.reviewers if one != who and place.called(one).casefold() == name.casefold()]
    return f"{cut} ({shown})" if twins else cut


def language(code: str, words: Words) -> str:
    """`fr` → `French`, `français`; a code that is no language's stays as it is."""
    return _languages(words.language).get(code.split("-")[0].lower(), code)


@cache
def _languages(reader: str) -> dict[str, str]:
    from babel import Locale  # 50 ms: only when a language is named

    return dict(Locale(reader).languages)
