"""What a place has taught the judge inside counts there and nowhere else, and is whole or as it was."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from core.adapters.risk.linear import heads
from core.adapters.risk.linear.fitting import fit
from core.adapters.risk.linear.rows import Row
from core.adapters.risk.linear.shelf import KEPT, SHIPPED, HeadShelf, opened
from core.adapters.risk.places import PlaceHeads, broken
from core.adapters.risk.rules import RulesAssessor
from core.adapters.risk.scoring import LocalScorer
from core.model.risk import Label
from core.model.transcript import Segment
from core.ports.training import Lesson

HERE, THERE = "discord:1", "telegram:-100/../../etc"
TEASING = "you silly goose face, go away"
SOUP = "what a lovely soup, thanks"
NONE = dict.fromkeys(Label, False)


@pytest.fixture
async def taught(tmp_path: Path) -> PlaceHeads:
    """HERE has said that teasing is nothing."""
    trainer = PlaceHeads(tmp_path)
    assert await trainer.train(HERE, [Lesson(TEASING, NONE)])
    return trainer


def likely(scorer: LocalScorer, text: str, place: str = "") -> float:
    return scorer.score(text, place=place).any


async def test_one_decision_changes_what_is_said_of_such_a_text_in_this_place_alone(taught: PlaceHeads) -> None:
    scorer, shipped = LocalScorer(taught.own), LocalScorer()
    assert likely(scorer, TEASING, HERE) < likely(shipped, TEASING) * 0.75
    assert likely(scorer, SOUP, HERE) == pytest.approx(likely(shipped, SOUP), abs=0.02)
    for elsewhere in (THERE, ""):
        assert scorer.score(TEASING, place=elsewhere) == shipped.score(TEASING)
    assert (scorer.taught(HERE), scorer.taught(THERE), scorer.taught("")) == (True, False, False)


async def test_what_is_confirmed_looks_worse_from_then_on(taught: PlaceHeads) -> None:
    await taught.train(THERE, [Lesson(SOUP, {Label.HR: True})])
    scorer = LocalScorer(taught.own)
    said = scorer.score(SOUP, place=THERE).labels[Label.HR]
    assert said > 2 * scorer.score(SOUP).labels[Label.HR]


async def test_many_false_alarms_do_not_make_the_judge_blind(tmp_path: Path) -> None:
    trainer, threat = PlaceHeads(tmp_path), "go kill yourself you worthless dog"
    await trainer.train(HERE, [Lesson(f"{TEASING} number {n}", NONE) for n in range(60)])
    scorer = LocalScorer(tmp_path)
    assert likely(scorer, threat, HERE) > 0.9


async def test_a_running_judge_uses_a_new_head_from_the_next_text_on(taught: PlaceHeads) -> None:
    scorer = LocalScorer(taught.own)
    before = likely(scorer, TEASING, HERE)
    await taught.train(HERE, [Lesson(TEASING, {Label.HR: True})])
    assert likely(scorer, TEASING, HERE) > 2 * before


async def test_a_taught_judge_makes_rules_no_milder(taught: PlaceHeads) -> None:
    threat = Segment(0, 5, "Kill all Norvanians!")
    await taught.train(HERE, [Lesson(threat.text or "", NONE)] * 3)
    judge, usual = RulesAssessor(LocalScorer(taught.own)).judged(threat, HERE), RulesAssessor().judged(threat)
    assert (judge.score, judge.hateful, judge.confidence) == (usual.score, usual.hateful, usual.confidence)
    assert judge.severe() == usual.severe()


async def test_nothing_to_learn_leaves_a_place_without_a_head_of_its_own(taught: PlaceHeads) -> None:
    assert not await taught.train(HERE, [])
    assert not await taught.train(THERE, [Lesson(SOUP, {})])
    assert not taught.folder(HERE).exists()
    assert likely(LocalScorer(taught.own), TEASING, HERE) == likely(LocalScorer(), TEASING)


async def test_a_stamp_changes_with_its_own_head_and_with_the_one_below(taught: PlaceHeads) -> None:
    stamps = {await taught.stamp(HERE), await taught.stamp(THERE)}
    HeadShelf(taught.own).put(fit([Row(SOUP, {Label.S: True}), Row(TEASING, {})], opened(SHIPPED), [SOUP]))
    stamps.add(await taught.stamp(HERE))
    (HeadShelf(taught.folder(HERE)).folder / "1" / "weights.npz").write_bytes(b"")
    stamps.add(await taught.stamp(HERE))
    assert len(stamps) == 4


async def test_a_broken_head_falls_back_to_the_one_before_then_to_the_common_one_and_is_named(
    taught: PlaceHeads, caplog: pytest.LogCaptureFixture
) -> None:
    assert broken(taught.own) == []
    scorer, folder = LocalScorer(taught.own), taught.folder(HERE)
    first = likely(scorer, TEASING, HERE)
    await taught.train(HERE, [Lesson(TEASING, {Label.HR: True})])
    (folder / "2" / "weights.npz").write_bytes(b"no weights")
    assert likely(LocalScorer(taught.own), TEASING, HERE) == first
    ((named, reason),) = broken(taught.own)
    assert (named, reason) == (folder, "the weights are not those of the card")
    (folder / "1" / "card.json").unlink()
    with caplog.at_level(logging.WARNING):
        assert likely(LocalScorer(taught.own), TEASING, HERE) == likely(LocalScorer(), TEASING)
    assert "passed over" in caplog.text


KILLED = """
import asyncio, sys, time
from pathlib import Path
from core.adapters.risk.linear import shelf
from core.adapters.risk.places import PlaceHeads
from core.model.risk import Label
from core.ports.training import Lesson

def hangs(file):
    print("writing", flush=True)
    time.sleep(60)

shelf.os.fsync = hangs
asyncio.run(PlaceHeads(Path(sys.argv[1])).train(sys.argv[2], [Lesson(sys.argv[3], {Label.HR: True})]))
"""


async def test_a_kill_while_a_head_is_written_changes_nothing(taught: PlaceHeads) -> None:
    scorer = LocalScorer(taught.own)
    before, stamp = likely(scorer, TEASING, HERE), await taught.stamp(HERE)
    argv = [sys.executable, "-c", KILLED, str(taught.own), HERE, TEASING]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"writing\n"
        process.kill()
    assert [path.name for path in taught.folder(HERE).glob("new-*")] != []
    assert (likely(LocalScorer(taught.own), TEASING, HERE), await taught.stamp(HERE)) == (before, stamp)
    assert likely(scorer, TEASING, HERE) == before
    assert broken(taught.own) == []


async def test_three_versions_are_kept_and_leftovers_of_killed_processes_go(
    taught: PlaceHeads, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = taught.folder(HERE)
    (folder / "new-1").mkdir()
    monkeypatch.setattr("core.adapters.risk.linear.shelf.LEFT", -1.0)
    for _ in range(KEPT):
        await taught.train(HERE, [Lesson(TEASING, NONE)])
    assert sorted(path.name for path in folder.iterdir()) == ["2", "3", "4"]


async def test_it_moves_with_its_place_and_goes_with_it(taught: PlaceHeads) -> None:
    scorer = LocalScorer(taught.own)
    said = likely(scorer, TEASING, HERE)
    await taught.moved(HERE, THERE)
    assert (likely(scorer, TEASING, THERE), likely(scorer, TEASING, HERE)) == (said, likely(LocalScorer(), TEASING))
    await taught.train(HERE, [Lesson(TEASING, NONE)])
    await taught.keep([THERE])
    assert (taught.folder(HERE).exists(), taught.folder(THERE).exists()) == (False, True)
    assert taught.folder(THERE).parent == taught.own / "places"


async def test_few_heads_of_places_are_in_memory_at_a_time(taught: PlaceHeads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "AT_HAND", 2)
    scorer = LocalScorer(taught.own)
    for place in ("a", "b", "c"):
        await taught.train(place, [Lesson(TEASING, NONE)])
        likely(scorer, TEASING, place)
    assert len(scorer.heads._places) == 2
    assert likely(scorer, TEASING, "a") == likely(scorer, TEASING, "b")
