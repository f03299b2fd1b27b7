"""What is remembered of reviewing: assessments, alerts, what people decided, who did what, evidence."""

from datetime import datetime
from typing import Protocol

from core.model.audit import Deed
from core.model.evidence import Evidence
from core.model.review import Decision
from core.model.risk import Alert, Assessment, Kind, Verdict


class Alerts(Protocol):
    """Assessments, and the alerts people decide."""

    async def assessed(
        self,
        live_id: int | None,
        assessment: Assessment,
        at: datetime,
        start: float | None = None,
        *,
        waits: bool = False,
    ) -> int:
        """Store an assessment; gives its id. With the `start` of the segment it is of, it takes the place of what was said of that
        before. Of a line of chat that may be about minors, it is of all lines of the live that say the same. `waits`: a better
        judge's word may come, and nobody is told before."""
        ...

    async def settled(
        self, assessment_id: int, *, degraded: bool = False, doubtful: bool = False, unasked: str = ""
    ) -> None:
        """It waits for nothing any more: nobody better has judged, though somebody should have when it is `degraded` (`unasked` is
        the code of why); when it is `doubtful`, too, a person has to see it."""
        ...

    async def unsettled(self, live_id: int) -> list[tuple[int, float, Assessment]]:
        """What still waits in a live: (id, start, assessment), by start."""
        ...

    async def unjudged(self, live_id: int) -> list[float]:
        """The starts of the segments with words that nobody has judged, in order."""
        ...

    async def of_live(self, live_id: int, start: float = 0.0) -> list[Assessment]:
        """Of what was said from second `start` on, by second: of each segment the last word; not of what was written."""
        ...

    async def replaced(self, assessment_id: int, word: Assessment | None = None) -> None:
        """What was said of the words around it (`word`) says this too: it stands no more. When that is about minors, these words
        are withheld with the others."""
        ...

    async def contested(self, alert_id: int) -> Alert:
        """A better judge would not have told of it: a person has to look."""
        ...

    async def quotes(self, alert_id: int, assessment_id: int) -> Alert:
        """The alert stands for this assessment from now on: of worse words, or by a better judge."""
        ...

    async def quoted(self, alert_id: int) -> float | None:
        """Where the segment begins whose words an alert quotes, in seconds; None of what is no judged speech."""
        ...

    async def unquoted(self, alert: Alert, until: datetime) -> list[tuple[int, Assessment]]:
        """(number, word) of what a judge said last of the speech in its live from when it was raised until then, by second; nothing
        that waits for a word yet, and nothing that an alert of its place quotes."""
        ...

    async def raise_(self, place: str, live_id: int | None, assessment_id: int, at: datetime) -> Alert: ...

    async def repeated(self, alert_id: int, times: int = 1) -> Alert:
        """So many more like it were heard or read."""
        ...

    async def recent(self, place: str, live_id: int, since: datetime) -> list[Alert]: ...

    async def get(self, place: str, alert_id: int) -> Alert | None: ...

    async def until(self, alert: Alert) -> float:
        """The second at which the last line begins that it quotes: later than its own where a person sent a post of several."""
        ...

    async def of_item(self, place: str, item: str) -> Alert | None:
        """The newest of what its assessment calls `item`."""
        ...

    async def several(self, place: str, numbers: list[int]) -> list[Alert]:
        """Those that are there, in the order of `numbers`."""
        ...

    async def suspected(self, place: str) -> list[Alert]:
        """Those that anybody ever took for being about minors, however they stand and whatever they are of, in no order."""
        ...

    async def suspicions(self, place: str) -> int:
        """Another number whenever a judge has taken something for that since, in a live of which the place has alerts or in one of
        its clips, or an alert of the place has come to quote it: there may be more that are `suspected`, without a decision."""
        ...

    async def waiting(self, place: str, limit: int = 50, *, but: str = "") -> list[Alert]:
        """Oldest first; none of which the person `but` has said already how they would decide it."""
        ...

    async def find(
        self,
        place: str,
        *,
        verdict: Verdict | None = None,
        account_id: int | None = None,
        kind: Kind | None = None,
        since: datetime | None = None,
        decided: tuple[datetime, datetime] | None = None,
    ) -> list[int]:
        """The numbers of alerts, newest first: raised since then, decided from one moment until before another."""
        ...

    async def kinds(self, place: str, verdict: Verdict) -> list[tuple[Kind, int, datetime]]:
        """(kind, how many, when the oldest was raised) of alerts that stand so, in the order of Kind."""
        ...

    async def change(self, before: Alert, after: Alert, decision: Decision) -> Alert | None:
        """Make the alert what `after` says of it, and keep the decision as a row of its own, if it still stands as `before`; None
        when somebody was faster."""
        ...

    async def decisions(self, place: str, alert_id: int) -> list[Decision]:
        """Oldest first."""
        ...

    async def mutes(self, place: str, live_id: int) -> list[Decision]:
        """That alerts of a live were muted, and that this was taken back, oldest first."""
        ...

    async def last_decision(self, place: str) -> int:
        """The number of the newest decision in a place, 0 when there is none."""
        ...


class Audit(Protocol):
    """Who did what in each place, in a chain of hashes. There is no way to change a row."""

    async def log(self, place: str, deed: Deed) -> Deed:
        """Add a row; its number and hashes are made here."""
        ...

    async def of_place(
        self, place: str, *, person: str = "", since: datetime | None = None, offset: int = 0, limit: int = 50
    ) -> list[Deed]:
        """Of everybody, or of one person."""
        ...

    async def people(self, place: str) -> list[tuple[str, str]]:
        """(id, the name they had last) of everybody who did something."""
        ...

    async def broken(self, place: str) -> int | None:
        """The number of the first row that is missing or changed; None when the chain is whole."""
        ...

    async def cut(self, before: datetime, at_most: int) -> int:
        """Let rows of before then go from the front of each chain, which goes on from its anchor; how many went."""
        ...


class Evidences(Protocol):
    """Evidence that is held."""

    async def add(self, evidence: Evidence) -> Evidence:
        """`evidence.id` is ignored."""
        ...

    async def of_alert(self, place: str, alert_id: int) -> Evidence | None:
        """The newest."""
        ...

    async def hold(self, place: str, alert_id: int, released: datetime | None) -> None:
        """Hold all there is of an alert again (None), or say since when it is released."""
        ...

    async def released(self, before: datetime) -> list[Evidence]:
        """Of all places, released before then."""
        ...

    async def remove(self, place: str, evidence_id: int) -> None:
        """The row; its file is left to whoever removes it."""
        ...

    async def files(self) -> set[str]:
        """The names of all files that are needed."""
        ...
