"""A model never talks the judge inside down unseen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.reconciling import LONGEST_QUOTE, USUAL, cited, reconciled, stood_in
from core.model.risk import Assessment, Category, Label, Virality

NEUTRAL = Assessment(Category.NEUTRAL, Virality.LOW, False, confidence=0.9, engine="gpt-oss-20b", policy="default-1.1")
HATE = Assessment(Category.HATEFUL, Virality.MEDIUM, True, confidence=0.8, quote="vermin", second=4.0, reason="Rules.")

shares = st.floats(0, 1)
assessments = st.builds(
    Assessment,
    st.sampled_from(Category),
    st.sampled_from(Virality),
    st.booleans(),
    labels=st.dictionaries(st.sampled_from(Label), shares),
    confidence=shares,
    injection=st.booleans(),
    doubtful=st.booleans(),
)


@given(assessments, assessments)
def test_what_the_judge_inside_would_alert_of_is_alerted_of(local: Assessment, model: Assessment) -> None:
    if local.alarming(USUAL):
        assert reconciled(local, model).alarming(USUAL)


@given(assessments, assessments)
def test_the_models_word_stands_and_is_never_made_milder(local: Assessment, model: Assessment) -> None:
    both = reconciled(local, model)
    assert (both.category, both.virality, both.hateful, both.score) == (
        model.category,
        model.virality,
        model.hateful,
        model.score,
    )
    assert all(both.labels.get(label, 0) >= share for label, share in model.labels.items())
    assert both.alarming(USUAL) or not model.alarming(USUAL)
    assert both.doubtful or not (local.injection or model.injection)


@given(assessments, assessments)
def test_what_the_judge_inside_keeps_back_no_model_brings_out(local: Assessment, model: Assessment) -> None:
    assert reconciled(local, model).about_minors is (local.about_minors or model.about_minors)


def test_a_neutral_word_of_both_is_neutral() -> None:
    assert reconciled(replace(NEUTRAL, engine="rules"), NEUTRAL) == NEUTRAL


@pytest.mark.parametrize(
    ("local", "model"),
    [
        (HATE, NEUTRAL),
        (NEUTRAL, replace(NEUTRAL, hateful=True)),
        (NEUTRAL, replace(NEUTRAL, category=Category.HATEFUL)),
        (replace(NEUTRAL, injection=True), NEUTRAL),
        (NEUTRAL, replace(NEUTRAL, injection=True)),
    ],
    ids=["talked down", "hate that is no hate speech", "hate speech without hate", "seen inside", "seen by the model"],
)
def test_it_goes_to_a_person(local: Assessment, model: Assessment) -> None:
    assert reconciled(local, model).doubtful


def test_severe_labels_of_the_judge_inside_are_kept_and_its_quote_where_the_model_has_none() -> None:
    local = replace(HATE, hateful=False, virality=Virality.LOW, labels={Label.H2: 0.8, Label.HR: 0.9, Label.V2: 0.3})
    both = reconciled(local, replace(NEUTRAL, labels={Label.H2: 0.1, Label.V2: 0.2}))
    assert both.labels == {Label.H2: 0.8, Label.V2: 0.2}
    assert (both.quote, both.second, both.engine) == ("vermin", 4.0, "gpt-oss-20b")
    assert reconciled(local, replace(NEUTRAL, quote="soup", second=1.0)).quote == "soup"


def test_the_judge_inside_gives_its_reason_where_it_is_why_people_are_told_and_the_model_gives_none() -> None:
    assert reconciled(HATE, NEUTRAL).reason == "Rules."
    assert reconciled(HATE, replace(NEUTRAL, reason="It is a quote.")).reason == "It is a quote."
    assert reconciled(replace(NEUTRAL, reason="Rules: nothing found."), NEUTRAL).reason == ""


def test_whoever_stands_in_says_so_and_shows_orders_to_a_person() -> None:
    assert stood_in(HATE) == replace(HATE, degraded=True)
    assert stood_in(replace(NEUTRAL, injection=True)).doubtful


@pytest.mark.parametrize(
    "word", [replace(NEUTRAL, doubtful=True), replace(HATE, quote=""), replace(NEUTRAL, category=Category.VIRAL)]
)
def test_what_may_be_told_quotes_the_first_words_where_nobody_knows_which_they_are(word: Assessment) -> None:
    assert cited(word, "good evening") == replace(word, quote="good evening")
    long = cited(word, "good evening " * 40).quote
    assert long == ("good evening " * 40)[: len(long)]
    assert len(long) <= LONGEST_QUOTE
    assert long.endswith(("good", "evening"))
    assert cited(word, "x" * 400).quote == "x" * LONGEST_QUOTE
    assert cited(replace(word, quote="evening"), "good evening").quote == "evening"


def test_what_is_harmless_quotes_nothing() -> None:
    assert cited(NEUTRAL, "good evening") == NEUTRAL
