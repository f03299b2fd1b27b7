"""Names of files, made of what strangers call themselves: safe wherever they are saved, and as much of them as is left."""

import unicodedata
from collections.abc import Iterator

FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\?*|', "_"))  # the Live Chat Detector's list
JOINER = "\u200d"
MARKS = ("Mn", "Me", "Mc", "Sk")  # what belongs to the character before it: accents, variations, skin tones
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"}
)
"""What Windows takes for a device, whatever stands behind the first dot."""


def clean(part: str, limit: int = 40) -> str:
    """`part` as a piece of a safe file name of at most `limit` bytes: no path, control or direction characters, no dot or dash at
    its ends, no device. What is one sign to the eye (a family of emoji, a letter with its accents) stays whole or goes."""
    text = "".join(_shown(unicodedata.normalize("NFC", part).translate(FORBIDDEN))).strip(" .-")
    kept, room = "", limit
    for sign in _signs(text):
        room -= len(sign.encode())
        if room < 0:
            break
        kept += sign
    kept = kept.strip(" .-") or "_"
    return _no_device(kept, limit)


def _no_device(name: str, limit: int) -> str:
    if name.partition(".")[0].rstrip().casefold() not in DEVICES:
        return name
    return f"_{name}" if len(name.encode()) < limit else f"_{name[1:]}"


def _shown(text: str) -> Iterator[str]:
    """The characters of `text` that can be seen; a joiner where it joins two pictures."""
    before = ""
    for at, sign in enumerate(text):
        if sign == JOINER:
            if _picture(before) and _picture(text[at + 1 : at + 2]):
                before = sign
                yield sign
        elif sign.isprintable() and unicodedata.category(sign) != "Cf":
            before = sign if not _belongs(sign) else before
            yield sign


def _signs(text: str) -> Iterator[str]:
    """`text` in pieces that are one sign to the eye."""
    sign = ""
    for letter in text:
        joined = letter == JOINER or sign.endswith(JOINER) or _belongs(letter) or _second_half(sign, letter)
        if sign and not joined:
            yield sign
            sign = ""
        sign += letter
    if sign:
        yield sign


def _picture(sign: str) -> bool:
    return bool(sign) and unicodedata.category(sign) == "So"


def _belongs(sign: str) -> bool:
    return not sign.isascii() and unicodedata.category(sign) in MARKS


def _second_half(sign: str, letter: str) -> bool:
    """Whether `letter` completes a flag, which is two letters of its own kind."""
    return len(sign) == 1 and all("\U0001f1e6" <= one <= "\U0001f1ff" for one in (sign, letter))
