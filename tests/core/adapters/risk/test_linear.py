"""The linear head: the same text gives the same numbers, it learns what is in its rows, and its files are whole or refused."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.risk.linear.concepts import known
from core.adapters.risk.linear.features import BUCKETS, Features, counted
from core.adapters.risk.linear.fitting import FOLDS, calibrated, crossed, fit, truths
from core.adapters.risk.linear.head import ANY, Head
from core.adapters.risk.linear.heads import Heads
from core.adapters.risk.linear.measures import auprc, best_f1, f1
from core.adapters.risk.linear.rows import Row, exemplars
from core.adapters.risk.linear.shelf import KEPT, SHIPPED, HeadShelf, opened, written
from core.errors import Invalid, Missing
from core.model.risk import Label

FRUIT = ("apple", "pear", "plum", "cherry", "quince", "medlar", "peach", "apricot")
TOOLS = ("hammer", "saw", "plane", "chisel", "rasp", "vice", "awl", "clamp")


def rows(texts: int = 40) -> list[Row]:
    """Half of them speak of fruit, which here is what HR stands for."""
    found = []
    for number in range(texts):
        words = FRUIT if number % 2 else TOOLS
        said = [words[(number + step) % len(words)] for step in (0, 1, 3)]
        labels = dict.fromkeys(Label, False) | {Label.HR: words is FRUIT}
        found.append(Row(f"number {number} has a {' and a '.join(said)}", labels))
    return found


@pytest.fixture(scope="module")
def small() -> Head:
    return fit(rows())


# Features ----------------------------------------------------------------------------------------------------------


def test_the_numbers_of_a_text_are_the_same_everywhere() -> None:
    found = counted("Kill time, not people!")
    assert found.buckets.tolist()[:4] == [9, 444, 3264, 4076]
    assert int(found.buckets.sum()) == 3_100_673


def test_the_words_of_four_languages_mean_the_same() -> None:
    kill = known().names.index("kill")
    assert all(kill in known().of(word) for word in ("kill", "tuer", "matar", "قتل"))


@pytest.mark.parametrize("word", ["stupid", "stuuuupid", "stup1d"])
def test_drawn_out_letters_and_digits_for_letters_are_read(word: str) -> None:
    assert known().names.index("insult") in known().of(word)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_has_numbers_within_the_columns(text: str) -> None:
    found = counted(text)
    features = Features(np.ones(2 * BUCKETS, np.float32), np.ones(len(known().names), np.float32))
    row = features.row(found)
    assert len(row.columns) == len(row.values)
    assert np.isfinite(row.values).all()
    assert ((row.columns >= 0) & (row.columns < Features.width())).all()
    assert len(set(row.columns.tolist())) == len(row.columns)


# Fitting -----------------------------------------------------------------------------------------------------------


def test_it_learns_what_a_label_is_said_of(small: Head) -> None:
    said = small.score(counted("he has a pear and a peach"))
    other = small.score(counted("he has a saw and a chisel"))
    assert said.labels[Label.HR] > 0.6 > 0.4 > other.labels[Label.HR]
    assert said.any >= max(said.labels.values())


def test_a_label_nobody_has_is_never_likely(small: Head) -> None:
    assert not small.weights[:, list(Label).index(Label.SH)].any()
    assert small.score(counted("he has a pear and a peach")).labels[Label.SH] < 0.01


def test_unknown_labels_teach_nothing() -> None:
    told = rows()
    fruit = [row.text for row in told if row.labels[Label.HR]]
    unknown = fit([*told, *(Row(f"{text} again", {Label.S: False}) for text in fruit)])
    denied = fit([*told, *(Row(f"{text} again", {Label.HR: False}) for text in fruit)])
    text = counted("an apple and a plum")
    assert unknown.score(text).labels[Label.HR] > denied.score(text).labels[Label.HR] + 0.1
    assert np.isnan(truths([Row("x", {Label.S: False})])[0]).tolist() == [False, *[True] * 7, False]


def test_what_people_decide_is_learned_on_top_of_a_head_within_a_second() -> None:
    base = opened(SHIPPED)
    text = "the zorbal of this town is a frindle"
    before = base.score(counted(text)).labels[Label.HR]
    decided = [Row(f"{text}, number {n}", dict.fromkeys(Label, False) | {Label.HR: True}) for n in range(150)]
    decided += [Row(f"the soup of this town is number {n}", dict.fromkeys(Label, False)) for n in range(150)]
    started = time.thread_time()
    own = fit(decided, base)
    assert time.thread_time() - started < 1.0
    assert own.score(counted(text)).labels[Label.HR] > max(0.5, before)
    far = counted("I have been cutting my arms again")
    assert own.score(far).labels[Label.SH] == pytest.approx(base.score(far).labels[Label.SH], abs=0.1)
    assert own.card.base == base.card.version


def test_no_row_is_tried_by_a_head_that_was_fitted_on_it_or_its_twin() -> None:
    nonsense = [Row(row.text, {Label.HR: bool(number * 7 % 3)}) for number, row in enumerate(rows(60))]
    twins = [Row(row.text, row.labels) for row in nonsense]
    [logits] = crossed([*nonsense, *twins], None, 1)
    truth = np.array([row.labels[Label.HR] for row in nonsense], float)
    chance = truth.mean()
    assert auprc(truth, logits[: len(truth), 3]) < chance + 0.2, "what cannot be known is not known"


def test_exemplars_are_never_tried() -> None:
    told = [*rows(), Row("an exemplar of fruit", {Label.HR: True}, of="en")]
    [logits] = crossed(told, None, 1)
    assert np.isnan(logits[-1]).all()
    assert not np.isnan(logits[:-1]).any()
    assert len(rows()) >= FOLDS


def test_calibrating_makes_likelihoods_that_come_true() -> None:
    chance = np.random.default_rng(3)
    truth = (chance.random(2_000) < 0.2).astype(float)
    logits = 5 * (truth + chance.normal(0, 0.6, 2_000))
    slope, offset = calibrated(logits, truth)
    likely = 1 / (1 + np.exp(-(slope * logits + offset)))
    assert likely.mean() == pytest.approx(truth.mean(), abs=0.02)
    high = likely > 0.7
    assert truth[high].mean() == pytest.approx(likely[high].mean(), abs=0.1)


# Measures ----------------------------------------------------------------------------------------------------------


def test_measures_of_a_case_that_can_be_counted_by_hand() -> None:
    truth, likely = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert auprc(truth, likely) == pytest.approx((1 + 2 / 3) / 2)
    assert best_f1(truth, likely) == (pytest.approx(0.8), 0.7)
    assert f1(truth, likely >= 0.8) == pytest.approx(0.5)
    assert auprc(truth, np.full(4, 0.5)) == pytest.approx(0.5), "one step for equal likelihoods"
    assert np.isnan(auprc(np.zeros(3), np.zeros(3)))


# What is shipped ---------------------------------------------------------------------------------------------------


def test_the_shipped_head_is_small_whole_and_says_how_good_it_was() -> None:
    head = opened(SHIPPED)
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 5_000_000
    figures = head.card.figures
    assert figures["any"]["auprc"] >= 0.76
    assert np.mean([figures[label]["auprc"] for label in Label if label in figures]) >= 0.48
    assert head.card.split
    assert head.card.note
    assert head.threshold(Label.S) == figures["S"]["threshold"]
    assert head.threshold(Label.S3) is None, "no text of that kind was there to measure it"


def test_the_card_for_people_has_the_figures_of_the_card_for_machines() -> None:
    page = (SHIPPED.parent / "CARD.md").read_text("utf-8")
    figures = opened(SHIPPED).card.figures
    for name, one in figures.items():
        if name != "strict":
            assert (
                f"| {name} | {one['known']:.0f} | {one['having']:.0f} | {one['auprc']:.3f} | {one['f1']:.3f} |" in page
            )


def test_it_was_fitted_on_the_exemplars_that_are_there() -> None:
    found = exemplars()
    assert {row.of for row in found} == {"ar", "en", "es", "fr"}
    assert not any(row.labels[Label.S3] for row in found), "no text about minors is in the repository"
    for language in ("ar", "en", "es", "fr"):
        own = [row for row in found if row.of == language]
        assert sum(not row.any for row in own) >= 75
        assert all(sum(row.labels[label] for row in own) >= 8 for label in Label if label is not Label.S3)


# On disk -----------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back_the_same(small: Head, tmp_path: Path) -> None:
    written(small.carded(version="7", note="a test"), tmp_path)
    back = opened(tmp_path)
    text = counted("an apple on the saw")
    assert back.logits(text) == pytest.approx(small.logits(text), abs=1e-2)
    assert (back.card.version, back.card.note) == ("7", "a test")
    assert back.knows(rows()[0].text.upper())
    assert not back.knows("never seen")


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "weights.npz").write_bytes(b"not weights"),
        lambda folder: (folder / "card.json").write_text("{"),
        lambda folder: (folder / "card.json").write_text("[]"),
        lambda folder: (folder / "weights.npz").write_bytes((folder / "weights.npz").read_bytes()[:-9]),
    ],
)
def test_a_broken_head_is_refused(small: Head, tmp_path: Path, harm: object) -> None:
    written(small, tmp_path)
    harm(tmp_path)  # type: ignore[operator]
    with pytest.raises(Invalid, match="HEAD_BROKEN"):
        opened(tmp_path)


def test_weights_of_another_version_are_refused_though_the_checksum_is_right(small: Head, tmp_path: Path) -> None:
    written(small, tmp_path)
    card = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps(card | {"format": 99}))
    with pytest.raises(Invalid, match="HEAD_BROKEN"):
        opened(tmp_path)
    with pytest.raises(Missing, match="HEAD_MISSING"):
        opened(tmp_path / "away")


def test_three_versions_are_kept_and_a_broken_newest_is_passed_over(small: Head, tmp_path: Path) -> None:
    shelf = HeadShelf(tmp_path / "own")
    assert shelf.newest() is None
    for number in range(1, KEPT + 3):
        assert shelf.put(small.carded(version=str(number))).name == str(number)
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["3", "4", "5"]
    (shelf.folder / "5" / "weights.npz").write_bytes(b"")
    newest = shelf.newest()
    assert newest
    assert newest.card.version == "4"


def test_a_new_own_head_is_used_from_the_next_text_on_and_the_shipped_one_when_it_goes(
    small: Head, tmp_path: Path
) -> None:
    heads, shelf = Heads(tmp_path / "own"), HeadShelf(tmp_path / "own")
    assert heads.head
    assert heads.head.card.version == opened(SHIPPED).card.version
    shelf.put(small.carded(version="own"))
    assert heads.head.card.version == "own"
    shutil.rmtree(shelf.folder)
    assert heads.head.card.version == opened(SHIPPED).card.version


def test_a_head_has_a_column_for_each_label_and_for_any(small: Head) -> None:
    assert small.weights.shape == (Features.width(), ANY + 1)
