"""The buttons that hand over a transcript as a file."""

from bot.card import Button
from bot.command import key

FORMATS = (("txt", "md", "pdf"), ("srt", "vtt", "json"))
"""To be read, and to be used beside the video or by a program."""


def downloads(number: object) -> tuple[tuple[Button, ...], ...]:
    """A button for each format."""
    return tuple(tuple(Button(f".{name}", key("transcript.download", number, name)) for name in row) for row in FORMATS)
