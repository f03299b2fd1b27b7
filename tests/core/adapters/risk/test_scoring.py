"""Rules and head together: what each adds, and what the head alone may not do."""

import json
import logging
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.risk.linear import heads
from core.adapters.risk.rules import ALONE, RulesAssessor
from core.adapters.risk.scoring import LocalScorer, together
from core.model.risk import SEVERE_LIMITS, Label, Scores
from core.model.transcript import Segment
from tests.platforms.speech import RECORDINGS

SCORER = LocalScorer()
JUDGE = RulesAssessor(SCORER)
SPOKEN = json.loads(Path(__file__).with_name("spoken.json").read_text("utf-8"))
LIVE = json.loads(RECORDINGS[0][1].read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I can't take it any longer, tonight I will swallow all the pills.", Label.SH),
        ("Je n'en peux plus, ce soir j'avale toutes les pilules pour mourir.", Label.SH),
        ("He pulled her panties down and licked her wet pussy until she moaned.", Label.S),
        ("Le quitó las bragas y le lamió el coño hasta que gimió.", Label.S),
        ("You pathetic fat loser, everyone laughs at your ugly face.", Label.HR),
        ("The saw went through his neck, blood and flesh splattered over the wall.", Label.V2),
        ("Blacks are an inferior race of lazy criminals.", Label.H),
        ("يجب قتل كل المهاجرين", Label.H2),
    ],
)
def test_the_label_of_a_text_is_likelier_than_in_ordinary_talk(text: str, label: Label) -> None:
    plain = max(SCORER.score(said).labels[label] for said in ordinary())
    assert SCORER.score(text).labels[label] > max(0.3, plain)


def ordinary() -> list[str]:
    """The comments of the recorded live, and what is said in it but for the caller's sentence."""
    comments = [event["text"] for event in LIVE["events"] if event["kind"] == "chat"]
    parts = groupby(LIVE["words"], key=lambda word: word["sentence"])
    spoken = [" ".join(word["word"] for word in words) for _, words in parts]
    return [*comments, *(said for said in spoken if "vermin" not in said)]


def test_sexual_words_are_about_a_minor_only_where_one_is_spoken_of() -> None:
    sexual = "explicit sexual content, xxx porn"
    adult, young = SCORER.score(f"{sexual}, age 34 years"), SCORER.score(f"{sexual}, age 14 years")
    assert adult.labels[Label.S3] < 0.1
    assert young.labels[Label.S3] > max(0.4, 5 * adult.labels[Label.S3])
    assert SCORER.score("My daughter is 14 years old and plays the violin.").labels[Label.S3] < 0.1


@pytest.mark.parametrize("age", ["13yo", "13 years old", "13 ans", "13 años", "13 سنة", "underage", "collégienne"])
def test_an_age_is_read_in_each_language(age: str) -> None:
    assert SCORER.score(f"nudes porn {age}").labels[Label.S3] >= 0.6


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("she's 13 and", True),
        ("he is only 15, and", True),
        ("she just turned 12.", True),
        ("it was 13 minutes of", False),
    ],
)
def test_an_age_without_its_unit_is_one_where_english_says_it_so(said: str, minor: bool) -> None:
    assert (SCORER.score(f"{said} nudes porn").labels[Label.S3] >= 0.6) is minor


def test_the_likelihood_of_any_is_never_less_than_that_of_a_label() -> None:
    for row in (*SPOKEN["table"], *SPOKEN["unseen"]):
        scores = SCORER.score(row["text"])
        assert scores.any >= max(scores.labels.values())


def test_a_rule_raises_what_the_head_says_and_stands_alone_without_one() -> None:
    head = Scores(dict.fromkeys(Label, 0.2), 0.3)
    rules = dict.fromkeys(Label, 0.0) | {Label.HR: 0.6}
    both = together(head, rules, 0.0)
    assert both.labels[Label.HR] > 0.2 == pytest.approx(both.labels[Label.H])
    assert both.any > 0.3
    assert together(None, rules, 0.0) == Scores(rules, 0.6)


def test_without_a_head_the_rules_judge_alone_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(heads, "SHIPPED", tmp_path)
    alone = LocalScorer()
    with caplog.at_level(logging.WARNING):
        scores = alone.score("Kill all Norvanians!")
        alone.score("Kill all Norvanians!")
    assert scores.labels[Label.H2] >= 0.6
    assert scores.labels[Label.S] == 0
    assert "HEAD_MISSING" in alone.heads.fault
    assert sum("rules judge alone" in line for line in caplog.messages) == 1


# What the head alone may do ----------------------------------------------------------------------------------------


def test_a_label_that_only_the_head_sees_goes_up_but_raises_no_alert() -> None:
    text = "I can't take it any longer, tonight I will swallow all the pills."
    reading = SCORER.read(text)
    assert reading.rules[Label.SH] == 0
    assert reading.scores.labels[Label.SH] > SEVERE_LIMITS[Label.SH]
    told = JUDGE.judged(Segment(0, 10, text))
    assert told.labels[Label.SH] == ALONE < SEVERE_LIMITS[Label.SH]
    assert not told.alarming(0.7)


def test_sexual_words_of_the_head_about_a_minor_of_the_rules_alarm() -> None:
    text = "xxx sex porn sexy hardcore, nsfw. Age: 13 years."
    assert SCORER.read(text).rules[Label.S3] == 0
    assert JUDGE.judged(Segment(0, 10, text)).alarming(0.7)
    assert not JUDGE.judged(Segment(0, 10, text.replace("13", "33"))).alarming(0.7)


@pytest.mark.parametrize(
    "text",
    [
        "He was arrested for having sex with a minor, the court sits on Monday.",
        "Il a été condamné pour des photos nues d'enfants.",
        "Fue condenado por fotos desnudas de menores.",
        "Sex education for children starts at school.",
        "Kids love this naked cake.",
        "My son is five years old and loves trains.",
    ],
)
def test_news_and_lessons_about_it_raise_no_alert(text: str) -> None:
    told = JUDGE.judged(Segment(0, 10, text))
    assert told.labels[Label.S3] < SEVERE_LIMITS[Label.S3]
    assert not told.alarming(0.7)


def test_ordinary_talk_alarms_no_more_often_than_by_the_rules(record_property: pytest.FixtureRequest) -> None:
    quiet = [*ordinary(), *(row["text"] for part in ("table", "unseen") for row in SPOKEN[part] if not row["flag"])]
    alarms = [text for text in quiet if JUDGE.judged(Segment(0, 10, text)).alarming(0.7)]
    record_property("false_alarms", f"{len(alarms)} of {len(quiet)}")  # type: ignore[operator]
    assert len(alarms) <= 1, alarms


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_no_text_breaks_the_scorer(text: str) -> None:
    scores = SCORER.score(text)
    assert set(scores.labels) == set(Label)
    assert all(0 <= each <= 1 for each in (*scores.labels.values(), scores.any))
