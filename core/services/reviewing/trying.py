"""Trying: what would be said of a text, by the judge inside and, where there is one, by the model; nothing of it is kept."""

import asyncio
from dataclasses import dataclass, field

from core.errors import EarshotError, Transient
from core.model.risk import Assessment, Scores
from core.model.transcript import Segment
from core.ports.assessor import Assessor, LocalAssessor, Spent, Window
from core.ports.moderator import Scorer

LONGEST = 1200  # characters of a piece of speech that are judged


@dataclass(frozen=True)
class Tried:
    """What the judge inside says of a text (`local`; `scores` are its probabilities where it has some) and what the model does
    (`judged`; None without one, or with the code of the `trouble` it had, the `setting` that would mend it and the seconds `again`
    after which it may answer, as far as they are known). `engine` names the model, empty without one."""

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
        """What an alert would quote."""
        return self.judged or self.local


@dataclass(frozen=True)
class Trying:
    """The judges of this process."""

    local: LocalAssessor
    scorer: Scorer | None = None
    assessor: Assessor | None = None

    async def of(self, text: str, display: str, place: str = "") -> Tried:
        """Judge a text as if it had been said in a live that `place` alone hears; `display` is the language of the reason."""
        said = Segment(0.0, 5.0, text[:LONGEST], "", "test")
        local, scores = await asyncio.to_thread(self._inside, said, place)
        if self.assessor is None:
            return Tried(text, local, scores)
        name = self.assessor.name
        try:
            judgement = await self.assessor.assess(Window((said,), display=display))
        except EarshotError as error:
            again = error.retry_after if isinstance(error, Transient) else None
            setting = str(error.values.get("setting", ""))
            return Tried(text, local, scores, name, trouble=error.code, setting=setting, again=again)
        return Tried(text, local, scores, name, judgement.assessments[0], judgement.spent)

    def _inside(self, said: Segment, place: str) -> tuple[Assessment, Scores | None]:
        scores = self.scorer.score(said.text or "", place=place) if self.scorer is not None else None
        return self.local.judged(said, place), scores
