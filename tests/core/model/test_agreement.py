"""How far a judge and people are of one mind, in numbers that are known."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.model.agreement import Agreement, agreements, kappa
from core.model.risk import PERSON, Alert, Assessment, Category, Label, Verdict, Virality

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def alert(verdict: Verdict, category: Category = Category.HATEFUL, labels: dict | None = None, **more) -> Alert:
    engine = more.pop("engine", "rules")
    judged = Assessment(category, Virality.LOW, True, labels=labels or {Label.H: 0.9}, engine=engine)
    return Alert(1, "p", 1, NOW, judged, verdict, **more)


def test_kappa_is_that_of_the_textbook():
    """Cohen's example of two clinics: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no gives 0.4."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    assert Agreement("x", 20, 5, 10, 15).kappa == pytest.approx(0.4)


def test_where_chance_alone_agrees_there_is_no_kappa():
    assert kappa([("a", "a")] * 5) is None
    assert kappa([]) is None
    assert Agreement("x", 5).kappa is None
    assert Agreement("x").precision is None


def test_a_dismissed_alert_had_no_label_and_a_confirmed_one_those_of_its_judge():
    found = agreements([alert(Verdict.CONFIRMED)] * 3 + [alert(Verdict.DISMISSED)])
    assert (found.confirmed, found.dismissed, found.precision) == (3, 1, 0.75)
    (hate,) = found.labels
    assert (hate.name, hate.both, hate.judge, hate.people, hate.neither) == ("H", 3, 1, 0, 0)


def test_what_a_person_says_it_is_counts_for_people():
    relabelled = alert(Verdict.CONFIRMED, category=Category.VIRAL, labels={Label.V: 0.8, Label.S: 0.2})
    relabelled = replace(relabelled, category=Category.CONTROVERSIAL, labels=(Label.HR,), relabelled_by="Mara")
    found = agreements([relabelled])
    assert {one.name: (one.both, one.judge, one.people) for one in found.labels} == {"V": (0, 1, 0), "HR": (0, 0, 1)}
    assert {one.name for one in found.categories} == {"Potentiellement viral", "Polémique"}


def test_what_people_sent_says_what_the_judge_missed_and_nothing_of_its_precision():
    found = agreements([alert(Verdict.CONFIRMED, engine=PERSON), alert(Verdict.DISMISSED, engine=PERSON)])
    assert (found.sent, found.missed, found.confirmed, found.precision) == (2, 1, 0, None)


def test_what_waits_or_is_muted_counts_for_nothing():
    assert agreements([alert(Verdict.WAITING), alert(Verdict.MUTED)]).labels == ()
