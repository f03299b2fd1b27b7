"""The judge inside from the command line: tried on texts, trained on them, and what it says of files that cannot be used."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.model.risk import Label
from tests.journeys.conftest import ROOT, Ended, earshot

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
PLACES = ("market", "harbour", "station", "garden", "museum", "library", "bakery", "bridge", "square", "tower")


def file(folder: Path, lines: Sequence[object]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return path


def labelled(texts: int = 60) -> list[dict[str, object]]:
    """Half of them call somebody a frindle, which is harassment where they come from."""
    rows = []
    for number in range(texts):
        place, other = PLACES[number % 10], PLACES[number // 10]
        rude = number % 2 == 0
        text = (
            f"you are a frindle of the {place} and the {other}" if rude else f"we met at the {place} near the {other}"
        )
        rows.append({"prompt": text, **{label.value: int(rude and label is Label.HR) for label in Label}})
    return rows


def of(done: Ended, label: str) -> list[str]:
    [line] = [line.split() for line in done.out.splitlines() if line.startswith(f"{label} ")]
    return line


def test_each_text_has_its_line_of_likelihoods_labels_or_not(data: Path, tmp_path: Path) -> None:
    texts = [{"i": 7, "text": "Kill all Norvanians!"}, "junk", {"text": "We make a slow tomato soup."}, {"text": " "}]
    done = earshot(data, "moderation", "eval", str(file(tmp_path, texts)), "--json")
    assert (done.code, done.line) == (0, "Line 2 is left out: not JSON.")
    first, second, silent = map(json.loads, done.out.splitlines())
    assert (first["i"], second["i"], silent["i"]) == (7, 2, 3)
    assert max(silent["labels"].values()) < 0.1, "nothing is said"
    assert set(first) == {"i", "labels", "any"}
    assert list(first["labels"]) == ["S", "H", "V", "HR", "SH", "S3", "H2", "V2"]
    assert first["labels"]["H2"] > 0.5 > second["labels"]["H2"]
    assert not data.exists(), "a look leaves nothing behind"


def test_a_number_of_any_signs_comes_back_whatever_the_terminal_can_show(data: Path, tmp_path: Path) -> None:
    numbers = ["é😀", "\ud800", "مرحبا"]
    rows = file(tmp_path, [{"i": number, "text": "soup"} for number in numbers])
    done = earshot(data, "moderation", "eval", str(rows), "--json", PYTHONIOENCODING="latin-1")
    assert (done.code, done.err) == (0, "")
    assert [json.loads(line)["i"] for line in done.out.splitlines()] == numbers


def test_where_the_head_cannot_be_written_is_told_before_it_is_trained(data: Path, tmp_path: Path) -> None:
    rows, away = file(tmp_path, labelled()), "/proc/nowhere"
    done = earshot(data, "moderation", "train", str(rows), "--out", away)
    assert (done.code, done.out) == (1, "")
    assert done.line.startswith(f"The folder {away} cannot be made (")
    done = earshot(Path(away), "moderation", "train", str(rows))
    assert (done.code, done.out) == (1, "")
    assert done.line.startswith(f"The data folder {away} cannot be made (")


def test_labels_are_measured_each_and_together(data: Path, tmp_path: Path) -> None:
    done = earshot(data, "moderation", "eval", str(file(tmp_path, labelled())))
    assert (done.code, done.err) == (0, "")
    assert of(done, "HR")[1:3] == ["60", "30"]
    assert of(done, "any")[1:3] == ["60", "30"]
    assert not any(line.startswith("SH ") for line in done.out.splitlines()), "no text has it"


def test_training_measures_and_is_used_from_then_on(data: Path, tmp_path: Path) -> None:
    rows = file(tmp_path, [*labelled(), "junk"])
    fresh = file_of_one(tmp_path, "what a frindle of a man")
    before = earshot(data, "moderation", "eval", str(fresh), "--json")
    done = earshot(data, "moderation", "train", str(rows), **ONE_THREAD)
    assert done.code == 0
    assert "Line 61 is left out: not JSON." in done.err
    assert "Measuring: fold 15 of 15" in done.err
    assert "on top of the head Earshot comes with" in done.out
    assert float(of(done, "HR")[3]) > 0.9
    assert "5-fold" in done.out
    assert f"Written to {data / 'moderation' / '1'}" in done.out
    after = earshot(data, "moderation", "eval", str(fresh), "--json")
    assert likely(after) > likely(before)
    again = earshot(data, "moderation", "eval", str(rows))
    assert "60 of these rows are among those the head was fitted on" in again.out


def file_of_one(folder: Path, text: str) -> Path:
    path = folder / "one.jsonl"
    path.write_text(json.dumps({"text": text}), "utf-8")
    return path


def likely(done: Ended) -> float:
    said = json.loads(done.out)["labels"]["HR"]
    assert isinstance(said, float)
    return said


def test_a_head_for_elsewhere_is_written_there_and_not_used(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "head"
    done = earshot(data, "moderation", "train", str(file(tmp_path, labelled(20))), "--out", str(out), **ONE_THREAD)
    assert (done.code, done.err) == (0, "")
    assert "Too few rows to measure it on" in done.out
    assert sorted(path.name for path in out.iterdir()) == ["card.json", "weights.npz"]
    assert json.loads((out / "card.json").read_text())["base"]
    assert not (data / "moderation").exists()


def test_a_broken_own_head_is_passed_over(data: Path, tmp_path: Path) -> None:
    broken = data / "moderation" / "3"
    broken.mkdir(parents=True)
    (broken / "card.json").write_text("{}")
    (broken / "weights.npz").write_bytes(b"PK")
    done = earshot(data, "moderation", "eval", str(file_of_one(tmp_path, "Kill all Norvanians!")), "--json")
    assert done.code == 0
    assert "passed over" in done.line
    assert json.loads(done.out)["labels"]["H2"] > 0.5


@pytest.mark.parametrize("program", ["train", "eval"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not there"),
        ("", "is empty"),
        ("junk\n", "its line 1: not JSON"),
        ("[]\n", "its line 1: not a JSON object"),
        ('{"S": 1}\n', "its line 1: no text"),
        ('{"text": "hello"}\n', "has labels"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_plain_line(
    data: Path, tmp_path: Path, program: str, content: str | None, said: str
) -> None:
    path = tmp_path / "rows.jsonl"
    if content is not None:
        path.write_text(content)
    done = earshot(data, "moderation", program, str(path))
    assert (done.code, done.out) == (1, "")
    assert said in done.line
    assert not data.exists()


def test_too_little_to_learn_a_wrong_place_and_wrong_usage_are_told(data: Path, tmp_path: Path) -> None:
    few = file(tmp_path, labelled(2))
    assert "no label has two texts" in earshot(data, "moderation", "train", str(few)).line
    done = earshot(data, "moderation", "train", str(file(tmp_path, labelled(20))), "--out", str(ROOT / "README.md"))
    assert (done.code, "Give --out a folder" in done.line) == (1, True)
    assert earshot(data, "moderation", "train").code == 2
    assert earshot(data, "moderation", "eval", str(few), "--wrong").code == 2
