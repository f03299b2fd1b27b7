"""Where people come back to from signing in with TikTok."""

import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.cards import draw
from bot.replies.common import Failed
from bot.replies.tiktok import SignedIn
from bot.surfaces.web.pages import page
from bot.wording import Words
from core.errors import EarshotError, Transient
from core.model.link import VIDEOS_SCOPE
from core.services.own.linking import Linking

log = logging.getLogger(__name__)
LONGEST = 4096  # characters of a value TikTok sends
SAID_NO = frozenset({"OAUTH_DENIED"})


@dataclass(frozen=True)
class SignInPage:
    """The page of the callback. `words` are those of the installation, for calls nobody here asked for."""

    linking: Linking
    words: Words

    async def arrived(self, request: web.Request) -> web.Response:
        """Link whoever comes back; what they read is in the language of the place they asked in."""
        state, code, refused = (request.query.get(name, "") for name in ("state", "code", "error"))
        if not state or not (code or refused) or max(map(len, (state, code, refused))) > LONGEST:
            return self._page(Failed("OAUTH_STATE", {}), self.words, 400)
        words = self.words
        try:
            place = await self.linking.begun(state)
            words = Words(place.language, place.zone) if place else words
            link = await self.linking.arrive(state, code, refused)
        except EarshotError as error:
            return self._page(Failed(error.code, dict(error.values)), words, _status(error))
        return self._page(SignedIn(link.name, VIDEOS_SCOPE in link.scopes, link.person), words, 200)

    @staticmethod
    def _page(meaning: Any, words: Words, status: int) -> web.Response:
        return page(draw(meaning, words), words.language, status)


def _status(error: EarshotError) -> int:
    """A person who says no has done nothing wrong; whatever TikTok keeps from us may work later; the rest is no call of ours."""
    if error.code in SAID_NO:
        return 200
    return 503 if isinstance(error, Transient) else 400
