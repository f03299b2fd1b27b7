"""A judge of speech at Groq: asks in strict form, checks what comes back, asks once more when it makes no sense."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.adapters.risk.asides import without_asides
from core.adapters.risk.groq.asking import AT_ONCE, asked
from core.adapters.risk.groq.cleaning import clean
from core.adapters.risk.groq.model import Effort, GroqModel
from core.adapters.risk.groq.policy import stamp_of
from core.adapters.risk.groq.reading import Broken, quoted, read
from core.errors import EarshotError, Invalid
from core.model.pack import Pack, Packs
from core.model.reconciling import USUAL
from core.model.risk import Assessment, Category, Label, Virality
from core.model.transcript import Segment
from core.ports.assessor import SPENT, Judgement, Spent, Window
from core.ports.speech import Check, Readiness

log = logging.getLogger(__name__)
LEAST_EFFORT: Effort = "low"
LEAST_WORDS = 3
"""Of what is worth a second look."""


@dataclass
class GroqAssessor:
    """One model as a judge, which may think as much as `effort` says. See Assessor."""

    model: GroqModel
    effort: Effort
    packs: Packs

    @property
    def name(self) -> str:
        """The model without who made it."""
        return self.model.name

    def readiness(self) -> Readiness:
        """Asked often; touches no network."""
        return self.model.readiness()

    @property
    def trouble(self) -> EarshotError | None:
        """Why it is not asked at present."""
        return self.model.trouble

    async def check(self) -> Check:
        """Whether it would work. Costs nothing, raises nothing."""
        return await self.model.check()

    async def assess(self, window: Window) -> Judgement:
        """See Assessor. Segments without words are neutral and not sent. One request for each four segments, and one more for each
        answer that is none."""
        asking = _Asking(self, self.packs.of(window.region), window)
        judged = {at: asking.empty(one) for at, one in enumerate(window.segments) if not clean(one.text or "")}
        worded = {at: segment for at, segment in enumerate(window.segments) if at not in judged}
        try:
            told = await asking.judged(tuple(worded.values()))
        except EarshotError as error:
            error.values[SPENT] = asking.spent
            raise
        judged |= dict(zip(worded, told, strict=True))
        return Judgement(tuple(judged[at] for at in sorted(judged)), asking.summary, asking.spent)


def worse(whole: Assessment, rest: Assessment, segment: Segment) -> Assessment:
    """Of two judgements of a segment, one of them without what may have been meant for the judge: the first, unless that made it
    milder. Then the other one, for a person to see."""
    if rest.score <= whole.score and not rest.severe() - whole.severe():
        return whole
    quote, start = quoted(rest.quote, segment.text or "")
    second = segment.said_at(start) if quote else segment.start
    return replace(rest, quote=quote, second=second, doubtful=True, injection=whole.injection)


class _Asking:
    """One window on its way: what it has cost, and what it is about by now."""

    def __init__(self, judge: GroqAssessor, pack: Pack, window: Window) -> None:
        self._judge, self._pack, self._window = judge, pack, window
        self.spent = Spent()

    @property
    def summary(self) -> str:
        """What the live is about so far."""
        return self._window.summary

    def empty(self, segment: Segment) -> Assessment:
        """The assessment of a segment without words."""
        return Assessment(
            Category.NEUTRAL,
            Virality.LOW,
            False,
            labels=dict.fromkeys(Label, 0.0),
            second=segment.start,
            engine=self._judge.name,
            policy=stamp_of(self._pack),
            language=segment.language,
        )

    async def judged(self, segments: Sequence[Segment]) -> list[Assessment]:
        """The segments in as many questions as they need; a last one without what was said before, rather than not at all."""
        if not segments:
            return []
        model = self._judge.model
        if len(segments) <= AT_ONCE and asked(self._window, segments, self._pack).question.tokens <= model.room:
            try:
                return await self._again(segments, await self._answered(segments, context=True))
            except Invalid as error:
                if error.code != "TOO_BIG_JUDGE":
                    raise
        if len(segments) == 1:
            return await self._again(segments, await self._answered(segments, context=False))
        middle = AT_ONCE if len(segments) > AT_ONCE else len(segments) // 2
        return [*await self.judged(segments[:middle]), *await self.judged(segments[middle:])]

    async def _again(self, segments: Sequence[Segment], told: list[Assessment]) -> list[Assessment]:
        """When something in a question may have been meant for the judge, what would alert nobody is judged once more without it.
        If that looks worse, it counts, and a person sees it. Where it fails, a person sees what may have been made milder."""
        plain = [without_asides(segment.text or "") for segment in segments]
        if all(rest == segment.text for rest, segment in zip(plain, segments, strict=True)):
            return told
        open_ = [
            at
            for at, (rest, one) in enumerate(zip(plain, told, strict=True))
            if len(rest.split()) >= LEAST_WORDS and not one.alarming(USUAL)
        ]
        if not open_:
            return told
        summary = self._window
        try:
            bare = [replace(segments[at], text=plain[at], words=()) for at in open_]
            looked = dict(zip(open_, await self._answered(bare, context=False), strict=True))
        except EarshotError as error:
            log.info("%s gave no second look: %s", self._judge.name, error)
            return [replace(one, doubtful=True) if at in open_ else one for at, one in enumerate(told)]
        finally:
            self._window = summary
        return [worse(one, looked[at], segments[at]) if at in looked else one for at, one in enumerate(told)]

    async def _answered(self, segments: Sequence[Segment], *, context: bool) -> list[Assessment]:
        """The answer, checked. Of one that is none a second one, to the same under other numbers, and with less thinking: what is
        thought takes its room from what is written."""
        model, efforts = self._judge.model, (self._judge.effort, LEAST_EFFORT)
        for effort in efforts:
            question = asked(self._window, segments, self._pack, context=context)
            answer = await model.ask(question.question, effort)
            self.spent += answer.spent
            try:
                told, summary = read(
                    answer.text, question, self._judge.name, stamp_of(self._pack), self._window.language
                )
            except Broken as error:
                log.info("%s answered nothing that can be used: %s", self._judge.name, error)
            else:
                model.understood()
                self._window = replace(self._window, summary=summary or self.summary)
                return told
        raise model.babbled()
