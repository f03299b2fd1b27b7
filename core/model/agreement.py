"""Agreement: how far a judge and people are of one mind about what was told, counted and as Cohen's κ."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.risk import PERSON, Alert, Category, Label, Verdict

TOLD = tuple(one for one in Category if one is not Category.NEUTRAL)
SHOWN = 0.5
"""From which probability on a judge counts as having given a label: the same that cards show."""


@dataclass(frozen=True)
class Agreement:
    """One label or category over decided alerts: given by `both`, by the judge only, by people only, by nobody."""

    name: str
    both: int = 0
    judge: int = 0
    people: int = 0
    neither: int = 0

    @property
    def precision(self) -> float | None:
        """How much of what the judge gave people gave too; None when it gave nothing."""
        given = self.both + self.judge
        return self.both / given if given else None

    @property
    def kappa(self) -> float | None:
        """Cohen's κ: 1 is one mind, 0 no better than chance; None where chance alone would be of one mind."""
        n = self.both + self.judge + self.people + self.neither
        if not n:
            return None
        by_chance = (
            (self.both + self.judge) * (self.both + self.people)
            + (self.people + self.neither) * (self.judge + self.neither)
        ) / (n * n)
        return None if by_chance == 1 else ((self.both + self.neither) / n - by_chance) / (1 - by_chance)

    @property
    def count(self) -> int:
        """How often anybody gave it."""
        return self.both + self.judge + self.people


@dataclass(frozen=True)
class Agreements:
    """Of decided alerts: how many were confirmed, dismissed (false alarms) and how many the judge had not told but a person sent
    (`sent`, of which `missed` were confirmed: those are not counted otherwise). What nobody was told of nobody decided: κ is of
    alerts only."""

    confirmed: int = 0
    dismissed: int = 0
    sent: int = 0
    missed: int = 0
    kappa: float | None = None
    categories: tuple[Agreement, ...] = ()
    labels: tuple[Agreement, ...] = ()

    @property
    def precision(self) -> float | None:
        """How much of what was told people confirmed; None when nothing was decided."""
        told = self.confirmed + self.dismissed
        return self.confirmed / told if told else None


def agreements(alerts: Iterable[Alert]) -> Agreements:
    """Of the decided ones among `alerts`. A confirmed alert is what its judge said, unless a person relabelled it; a dismissed one
    is neutral and has no label."""
    decided = [one for one in alerts if one.verdict in (Verdict.CONFIRMED, Verdict.DISMISSED)]
    told = [one for one in decided if one.assessment.engine != PERSON]
    sent = [one for one in decided if one.assessment.engine == PERSON]
    pairs = [(one.assessment.category, said_category(one)) for one in told]
    given = [(_judged(one), said_labels(one)) for one in told]
    return Agreements(
        sum(one.verdict is Verdict.CONFIRMED for one in told),
        sum(one.verdict is Verdict.DISMISSED for one in told),
        len(sent),
        sum(one.verdict is Verdict.CONFIRMED for one in sent),
        kappa(pairs),
        _used(_counted(one.value, [(judge is one, people is one) for judge, people in pairs]) for one in TOLD),
        _used(_counted(one.value, [(one in judge, one in people) for judge, people in given]) for one in Label),
    )


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's κ of two raters over any number of terms; None without pairs, or where chance alone would be of one mind."""
    n = len(pairs)
    if not n:
        return None
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(first[term] * second[term] for term in first) / (n * n)
    return None if by_chance == 1 else (sum(one == other for one, other in pairs) / n - by_chance) / (1 - by_chance)


def said_category(alert: Alert) -> Category:
    """What people say a decided alert is."""
    if alert.verdict is Verdict.DISMISSED:
        return Category.NEUTRAL
    return alert.category or alert.assessment.category


def said_labels(alert: Alert) -> frozenset[Label]:
    """Which labels people say a decided alert has."""
    if alert.verdict is Verdict.DISMISSED:
        return frozenset()
    return _judged(alert) if alert.labels is None else frozenset(alert.labels)


def _judged(alert: Alert) -> frozenset[Label]:
    return frozenset(label for label, share in alert.assessment.labels.items() if share >= SHOWN)


def _counted(name: str, given: Sequence[tuple[bool, bool]]) -> Agreement:
    times = Counter(given)
    return Agreement(name, times[True, True], times[True, False], times[False, True], times[False, False])


def _used(found: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """Those anybody gave, the most frequent first."""
    return tuple(sorted((one for one in found if one.count), key=lambda one: -one.count))
