"""What the sections of the settings have in common: the way back to all of them, and hours of the day."""

from bot.card import Button
from bot.wording import Words
from core.model.quiet import QuietHours


def back(words: Words) -> tuple[Button, ...]:
    """To everything that is set."""
    return (Button(words.say("Everything set here"), "settings"),)


def hours(quiet: QuietHours) -> str:
    """`22:00–08:00`."""
    return f"{quiet.start:%H:%M}–{quiet.end:%H:%M}"
