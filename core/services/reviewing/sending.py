"""Sending: what a post quotes that a person sends to review, and the doubt that stands for a judgement of it."""

from dataclasses import replace
from datetime import datetime

from core.model.live import Live
from core.model.notice import Notice, Tellable
from core.model.person import Person
from core.model.risk import PERSON, Assessment, Category, Kind, Virality
from core.model.tellable.finds import HitFound
from core.model.tellable.lives import Rolling
from core.model.trigger import Where
from core.ports.store import Work
from core.services.withholding import told


async def said_by(work: Work, notice: Notice) -> Tellable:
    """What a post says by now. Where all its words are withheld they are sent all the same: whom the place has named reads them in
    the alert."""
    whole, said = notice.tells(), (await told(work, notice)).tells()
    none = not said.quote if isinstance(said, HitFound) else isinstance(said, Rolling) and not _words(said)
    return whole if none else said


def _words(said: Rolling) -> list[tuple[datetime, str]]:
    return [(at, text) for at, text in said.lines if text]


def _quoted(said: HitFound | Rolling, live: Live) -> tuple[str, float]:
    """What a post quotes, and the second of the live it begins at."""
    if isinstance(said, HitFound):
        return said.quote, said.second
    lines = _words(said)
    second = (lines[0][0] - live.started).total_seconds() if lines else 0.0
    return " ".join(text for _, text in lines), max(0.0, second)


def doubt_of(by: Person, said: HitFound | Rolling, live: Live) -> Assessment:
    """The doubt of who sends it: no score to speak of, and the name instead of a reason."""
    quote, second = _quoted(said, live)
    written = isinstance(said, HitFound) and said.source is Where.CHAT
    kind = Kind.CHAT if written else Kind.SPEECH
    doubt = Assessment(Category.CONTROVERSIAL, Virality.LOW, False, quote=quote, second=second, kind=kind)
    return replace(doubt, reason=by.name, engine=PERSON)
