"""The score is a sum anybody can check; the rules that alert."""

import pytest

from core.model.risk import SEVERE, AlertRule, Assessment, Category, Label, Virality, score


@pytest.mark.parametrize(
    ("virality", "hateful", "wanted"),
    [
        (Virality.LOW, False, 0.2),
        (Virality.MEDIUM, False, 0.5),
        (Virality.HIGH, False, 0.7),
        (Virality.LOW, True, 0.6),
        (Virality.MEDIUM, True, 0.9),
        (Virality.HIGH, True, 1.0),
    ],
)
def test_the_score_is_base_and_spread_and_hate_and_at_most_1(virality: Virality, hateful: bool, wanted: float) -> None:
    assert score(virality, hateful) == wanted
    terms = Assessment(Category.NEUTRAL, virality, hateful).terms()
    assert min(1.0, round(sum(value for _, value in terms), 2)) == wanted
    assert [name for name, _ in terms] == ["base", f"virality {virality.value}", *(["hate"] if hateful else [])]


def judged(virality: Virality = Virality.LOW, hateful: bool = False, sure: float = 0.0, **labels: float) -> Assessment:
    return Assessment(
        Category.NEUTRAL, virality, hateful, labels={Label(k): v for k, v in labels.items()}, confidence=sure
    )


def test_a_score_at_the_threshold_alerts() -> None:
    assert judged(Virality.HIGH).alarming(0.7)
    assert not judged(Virality.MEDIUM).alarming(0.7)


def test_the_seeds_rule_wants_more_than_the_threshold_and_nothing_else() -> None:
    assert not judged(Virality.HIGH).alarming(0.7, AlertRule.SEED)
    assert judged(Virality.MEDIUM, True).alarming(0.7, AlertRule.SEED)
    assert not judged(hateful=True, sure=1.0, H2=1.0).alarming(0.7, AlertRule.SEED)


def test_sure_hate_alerts_below_the_threshold() -> None:
    assert judged(hateful=True, sure=0.6).alarming(0.7)
    assert not judged(hateful=True, sure=0.59).alarming(0.7)
    assert not judged(hateful=False, sure=1.0).alarming(0.7)


@pytest.mark.parametrize("label", list(Label))
def test_a_severe_label_alerts_alone_and_no_other_does(label: Label) -> None:
    assert judged(**{label.value: 0.6}).alarming(0.7) is (label in SEVERE)
    assert judged(**{label.value: 0.59}).severe() == frozenset()
