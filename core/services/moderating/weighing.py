"""Weighing: short texts get their labels, from the judge inside and from one elsewhere, and a policy says what that means."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import Denied, EarshotError, Transient
from core.matching.quoting import quoted
from core.matching.wordlist import WordList
from core.model.policy import Policy, Provider, Severity
from core.model.risk import MINORS, Assessment, Category, Kind, Label, Scores, Unasked, Virality
from core.ports.assessor import Spent, spent_of
from core.ports.clock import Clock
from core.ports.moderator import Moderator, Scorer
from core.services.assessing.paying import Purse

log = logging.getLogger(__name__)
LONGEST = 1_200  # characters of a text that are judged: as of a piece of speech
LOCAL = "rules"
WORDS = "words"
"""The engines of what the judge inside and a word rule of the place found."""
SURE = 0.7
"""From which probability on the judge inside is not overruled in silence: a text may have told the other judge what to answer."""
AGAIN, SHUT = timedelta(seconds=60), timedelta(minutes=15)
"""After what time a judge elsewhere is asked again that did not answer, and one that refused."""
MOST_TEXTS = 40  # of one question


@dataclass(frozen=True)
class Weighed:
    """The labels of one text: those that count, and who says so; where the other alone is believed, `doubts` are those the judge
    inside is sure of. `unasked`: the code of why the other said nothing, of what is `degraded`."""

    labels: Mapping[Label, float]
    engine: str = LOCAL
    degraded: bool = False
    unasked: str = ""
    doubts: Mapping[Label, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """Something a place is to look at: `cause` is a label, or `word:` with the number of a rule."""

    cause: str
    severity: Severity
    assessment: Assessment


@dataclass(frozen=True)
class Judges:
    """Who may judge short texts: `elsewhere` names the model, empty without one; `trouble` is the code of why it is not asked for
    the time being."""

    elsewhere: str = ""
    trouble: str = ""


@dataclass
class Weighing:
    """The judges of short texts. `elsewhere` may be none; what it costs comes out of `purse`. `trouble`: the code of why it is not
    asked for the time being."""

    scorer: Scorer
    clock: Clock
    elsewhere: Moderator | None = None
    purse: Purse | None = None
    trouble: str = ""
    asked: int = 0
    _until: datetime | None = None

    def here(self, text: str, place: str = "") -> Scores:
        """What the judge inside says, for everybody or as a place has taught it. The first word for a place reads a file."""
        return self.scorer.score(text[:LONGEST], place=place)

    def read(self, text: str, places: Iterable[str]) -> tuple[Scores, dict[str, Scores]]:
        """What the judge inside says for everybody, and for those of the places that have taught it something."""
        return self.here(text), {place: self.here(text, place) for place in places if self.scorer.taught(place)}

    @property
    def judges(self) -> Judges:
        """As they stand."""
        return Judges(self.elsewhere.name if self.elsewhere is not None else "", self.trouble)

    @property
    def able(self) -> bool:
        """Whether somebody elsewhere may be asked now."""
        if self.elsewhere is None:
            return False
        return self._until is None or self.clock.now() >= self._until

    @property
    def why(self) -> str:
        """The code of why nobody elsewhere may be asked now; empty when somebody may."""
        if self.elsewhere is None:
            return Unasked.NO_MODEL
        return "" if self.able else self.trouble

    async def payers(self, places: Sequence[str]) -> tuple[str, ...]:
        """Those of `places` that have something left of what models may cost them today."""
        return await self.purse.payers(places) if self.purse is not None else tuple(places)

    async def there(self, texts: Sequence[str], places: Sequence[str], language: str = "") -> tuple[Scores, ...] | str:
        """What the judge elsewhere says of at most MOST_TEXTS, paid for by those of `places` that have not used up their day; the
        code of why it says nothing when all have, or when it cannot say anything now. That is logged once, and it is left alone for
        a while."""
        if self.elsewhere is None or not self.able or not texts:
            return self.why
        payers = await self.payers(places)
        if not payers:
            return Unasked.BUDGET if places else ""
        self.asked += 1
        try:
            found = await self.elsewhere.moderate([text[:LONGEST] for text in texts], language)
        except EarshotError as error:
            await self._pay(payers, spent_of(error))
            pause = SHUT if isinstance(error, Denied) else AGAIN
            if isinstance(error, Transient) and error.retry_after is not None:
                pause = timedelta(seconds=error.retry_after)
            self._until = self.clock.now() + pause
            if not self.trouble:
                log.warning("%s cannot label texts: %s; the judge inside does", self.elsewhere.name, error)
            self.trouble = error.code
            return error.code
        if self.trouble:
            log.info("%s labels texts again", self.elsewhere.name)
        self.trouble, self._until = "", None
        await self._pay(payers, found.spent)
        return found.scores

    async def _pay(self, places: Sequence[str], spent: Spent) -> None:
        if self.purse is not None and self.elsewhere is not None:
            await self.purse.pay(places, self.elsewhere.name, spent)

    async def weigh(self, text: str, policy: Policy, place: str = "") -> Weighed:
        """One text of a place that somebody waits for. A judge elsewhere that does not answer costs its deadline once."""
        here = await asyncio.to_thread(self.here, text, place)
        if policy.provider is Provider.LOCAL:
            return Weighed(here.labels)
        there = await self.there([text], (policy.place,))
        return self.combined(policy.provider, here, there if isinstance(there, str) else there[0])

    def combined(self, provider: Provider, here: Scores, there: Scores | str) -> Weighed:
        """Of an ensemble the worse word counts for each label: what it queues costs a person a glance, what it lets pass nobody
        sees. Without the other's word, but with the code of why, the judge inside stands alone, and is degraded."""
        name = self.elsewhere.name if self.elsewhere is not None else ""
        if provider is Provider.LOCAL:
            return Weighed(here.labels)
        if isinstance(there, str):
            return Weighed(here.labels, degraded=True, unasked=there)
        if provider is Provider.ENSEMBLE:
            worse = {one: max(here.labels.get(one, 0.0), there.labels.get(one, 0.0)) for one in Label}
            return Weighed(worse, f"{LOCAL} + {name}")
        doubts = {one: sure for one, sure in here.labels.items() if sure >= (MINORS if one is Label.S3 else SURE)}
        return Weighed(there.labels, name, doubts=doubts)


def found(policy: Policy, words: WordList, text: str, weighed: Weighed, kind: Kind) -> Finding | None:
    """What a place is to look at in a text, None for nothing. A rule that holds comes first, then labels, then one that flags."""
    broken = words.broken(text)
    rule = broken[0] if broken else None
    doubtful = _doubted(policy, weighed)
    over = policy.over(_labels(weighed, doubtful=doubtful))
    if rule is None and not over:
        return None
    judged = _assessment(text, weighed, kind, doubtful=doubtful)
    if rule is not None and (rule.severity is Severity.HOLD or not over):
        said = f"“{rule.word}”"
        return Finding(f"word:{rule.id}", rule.severity, replace(judged, engine=WORDS, reason=said, confidence=1.0))
    return Finding(over[0].value, Severity.HOLD, judged)


def _doubted(policy: Policy, weighed: Weighed) -> bool:
    """Whether the judge inside is sure of something and the other is not, whatever else the other found: a text may have told it
    to admit to little."""
    minors = Label.S3 in weighed.doubts and weighed.labels.get(Label.S3, 0.0) < MINORS
    return minors or bool(set(policy.over(weighed.doubts)) - set(policy.over(weighed.labels)))


def of_minors(text: str, weighed: Weighed, kind: Kind) -> Assessment | None:
    """What is said of a text that may be about minors, whether or not a place is to look at it; None when it is not."""
    if max(labels.get(Label.S3, 0.0) for labels in (weighed.labels, weighed.doubts)) < MINORS:
        return None
    return _assessment(text, weighed, kind, doubtful=Label.S3 in weighed.doubts)


def _assessment(text: str, weighed: Weighed, kind: Kind, *, doubtful: bool) -> Assessment:
    """Labels describe a text: whose it is stands in none of it."""
    labels = _labels(weighed, doubtful=doubtful)
    hate = labels.get(Label.H, 0.0)
    hateful = hate >= SURE
    return Assessment(
        Category.HATEFUL if hateful else Category.CONTROVERSIAL,
        Virality.LOW,
        hateful,
        labels=labels,
        confidence=max(labels.values(), default=0.0),
        quote=quoted(text),
        engine=weighed.engine,
        degraded=weighed.degraded,
        unasked=weighed.unasked,
        doubtful=doubtful,
        kind=kind,
    )


def _labels(weighed: Weighed, *, doubtful: bool) -> dict[Label, float]:
    """Those that count: of what is doubtful the worse word for each."""
    doubts = weighed.doubts.items() if doubtful else ()
    return {**weighed.labels, **{label: max(sure, weighed.labels.get(label, 0.0)) for label, sure in doubts}}
