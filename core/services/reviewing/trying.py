"""Trying: what would be said of a text, by the judge inside and, where there is one, by the model; nothing of it is kept."""

import asyncio
from dataclasses import dataclass, field

from core.errors import EarshotError, Transient
from core.model.reconciling import cited, reconciled
from core.model.risk import Assessment, Scores, Unasked
from core.model.transcript import Segment
from core.ports.assessor import Assessor, LocalAssessor, Spent, Window, spent_of
from core.ports.moderator import Scorer
from core.services.assessing.paying import Purse

LONGEST = 1200  # characters of a piece of speech that are judged


@dataclass(frozen=True)
class Tried:
    """What the judge inside says of a text (`local`; `scores` are its probabilities where it has some) and what the model does
    (`judged`; None without one, or with the code of the `trouble` it had, the `setting` that would mend it and the seconds `again`
    after which it may answer, as far as they are known). The trouble of one that was not asked, since its place has used up what
    models may cost in a day, is Unasked.BUDGET. `engine` names the model, empty without one."""

    text: str
    local: Assessment
    scores: Scores | None = None
    engine: str = ""
    judged: Assessment | None = None
    spent: Spent = field(default_factory=Spent)
    trouble: str = ""
    setting: str = ""
    again: float | None = None

    @property
    def told(self) -> Assessment:
        """What an alert would quote: the model's word, never below what the judge inside is sure of, as of speech in a live."""
        if self.judged is None:
            return self.local
        return cited(reconciled(self.local, self.judged), self.text[:LONGEST])


@dataclass(frozen=True)
class Trying:
    """The judges of this process; what the model costs comes out of `purse`."""

    local: LocalAssessor
    purse: Purse
    scorer: Scorer | None = None
    assessor: Assessor | None = None

    async def of(self, text: str, display: str, place: str) -> Tried:
        """Judge a text as if it had been said in a live that `place` alone hears, and pays for; `display` is the language of
        the reason."""
        said = Segment(0.0, 5.0, text[:LONGEST], "", "test")
        local, scores = await asyncio.to_thread(self._inside, said, place)
        if self.assessor is None:
            return Tried(text, local, scores)
        name, payers = self.assessor.name, await self.purse.payers((place,))
        if not payers:
            return Tried(text, local, scores, name, trouble=Unasked.BUDGET)
        window = Window((said,), display=display, region=await self._region(place))
        try:
            judgement = await self.assessor.assess(window)
        except EarshotError as error:
            await self.purse.pay(payers, name, spent_of(error))
            again = error.retry_after if isinstance(error, Transient) else None
            setting = str(error.values.get("setting", ""))
            return Tried(text, local, scores, name, trouble=error.code, setting=setting, again=again)
        await self.purse.pay(payers, name, judgement.spent)
        return Tried(text, local, scores, name, judgement.assessments[0], judgement.spent)

    async def _region(self, place: str) -> str:
        """Whose prompt pack the model is told of in lives of this place."""
        async with self.purse.storage.reading() as work:
            return (await work.policies.get(place)).region

    def _inside(self, said: Segment, place: str) -> tuple[Assessment, Scores | None]:
        scores = self.scorer.score(said.text or "", place=place) if self.scorer is not None else None
        return self.local.judged(said, place), scores
