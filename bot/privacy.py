"""Who else gets any of what is read or stored, read off the settings that run."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from core.model.person import Place, Platform
from core.settings import Settings, Speech


@dataclass(frozen=True)
class Outsider:
    """Somebody else: `who` is a host or a service, `code` names what it gets."""

    who: str
    code: str


def outsiders_of(settings: Settings, place: Place | None, *, sign_in: bool) -> tuple[Outsider, ...]:
    """Everybody else, for `place` or for the installation; nobody who gets nothing. `sign_in`: people can link an account."""
    found = [Outsider("TikTok", "looks"), Outsider(_host(settings.SIGN_API_URL), "signs")]
    if settings.SPEECH is not Speech.NONE:  # whichever is chosen, people may name another for one video
        if settings.GROQ_API_KEY is not None:
            found.append(Outsider(_host(settings.GROQ_BASE_URL), "sound"))
        if settings.ASSEMBLYAI_API_KEY is not None:
            found.append(Outsider(_host(settings.ASSEMBLYAI_BASE_URL), "recordings"))
    if settings.GROQ_API_KEY is not None:
        found.append(Outsider(_host(settings.GROQ_BASE_URL), "texts"))
    if settings.GROQ_VISION_MODEL and settings.GROQ_API_KEY is not None:
        found.append(Outsider(_host(settings.GROQ_BASE_URL), "frames"))
    if sign_in:
        found.append(Outsider("TikTok", "link"))
    here = {place.platform} if place else {*Platform}
    if Platform.DISCORD in here and settings.DISCORD_TOKEN is not None:
        found.append(Outsider("Discord", "posts"))
    if Platform.TELEGRAM in here and settings.TELEGRAM_TOKEN is not None:
        found.append(Outsider("Telegram", "posts"))
    return tuple(found)


def _host(address: str) -> str:
    return urlsplit(address).hostname or address
