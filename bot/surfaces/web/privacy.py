"""/privacy: what is stored, as a plain page in the reader's language."""

from dataclasses import dataclass

from aiohttp import web

from bot.cards import draw
from bot.replies.privacy import PrivacyShown
from bot.surfaces.web.pages import page
from bot.wording import Words
from core.setting_values import LANGUAGES

LONGEST = 500  # characters of Accept-Language that are read


@dataclass(frozen=True)
class PrivacyPage:
    """The page. `words` are those of the installation, for readers of any language it does not speak."""

    meaning: PrivacyShown
    words: Words

    async def shown(self, request: web.Request) -> web.Response:
        """The same to everybody: it names nobody."""
        language = spoken(request.headers.get("Accept-Language", "")) or self.words.language
        words = Words(language, self.words.zone)
        answer = page(draw(self.meaning, words), language)
        answer.headers["Vary"] = "Accept-Language"
        return answer


def spoken(accepted: str) -> str:
    """The language somebody likes best (`fr-FR,fr;q=0.9,en;q=0.5`) of those Earshot speaks; empty for none."""
    best, most = "", 0.0
    for part in accepted[:LONGEST].split(","):
        code, _, quality = part.strip().partition(";")
        language = code.strip().partition("-")[0].lower()
        liked = _quality(quality)
        if language in LANGUAGES and liked > most:
            best, most = language, liked
    return best


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
