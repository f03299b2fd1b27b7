"""Benchmarks keep the form that scripts read: a module for each name, fixed keys, the unit in every figure's name."""

import ast
import importlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.programs import bench

FOLDER = Path(__file__).parents[1] / "bench"
FORM = ("figures", "beside", "ratio")
UNITS = {"seconds", "milliseconds", "percent", "mb", "per"}
COUNTS = {
    "acknowledge_late",
    *(
        "events",
        "triggers",
        "patterns",
        "hits",
        "lives",
        "plots",
        "spans",
        "words",
        "words_lost",
        "utterances",
        "chat_lines",
        "clips",
    ),
    *("rate_limited", "lost", "places", "order_kept", "segments", "questions"),
    *("binary_auprc_cv", "macro_auprc_cv"),  # shares of 1
    "real_time_kept",  # seconds of media in a second
    "ratio_comments",  # a ratio of its own
}


@pytest.mark.parametrize("name", bench.NAMES)
def test_every_benchmark_has_a_module_that_runs(name: str) -> None:
    assert callable(importlib.import_module(f"tests.bench.{name}").run)


def test_every_module_that_runs_is_offered() -> None:
    runs = {path.stem for path in FOLDER.glob("*.py") if "def run() ->" in path.read_text(encoding="utf-8")}
    assert runs == set(bench.NAMES)


def test_a_document_has_exactly_the_keys_scripts_read() -> None:
    document = bench.document("x", {"figures": {"ready_seconds": 1.0}})
    assert list(document) == ["bench", "figures", "beside", "ratio", "machine", "when"]
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize("name", bench.NAMES)
def test_the_unit_is_in_the_name_of_every_figure(name: str) -> None:
    figures = set(_figures(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))))
    assert figures
    assert {figure for figure in figures if figure not in COUNTS and not UNITS & set(figure.split("_"))} == set()


def _figures(tree: ast.AST) -> Iterator[str]:
    """The names in what is returned or kept as `figures`, those of the alternatives beside included."""
    for node in ast.walk(tree):
        kept = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "figures"
        if kept or isinstance(node, ast.Return):
            yield from _names(getattr(node, "value", None))


def _names(value: ast.AST | None) -> Iterator[str]:
    if isinstance(value, ast.BinOp):
        yield from _names(value.left)
        yield from _names(value.right)
    elif isinstance(value, ast.Dict):
        for key, inside in zip(value.keys, value.values, strict=True):
            name = getattr(key, "value", "")
            if name in FORM:
                inner = inside.values if name == "beside" and isinstance(inside, ast.Dict) else [inside]
                for one in inner:
                    yield from _names(one)
            elif isinstance(name, str) and name.isidentifier() and name.islower():
                yield name
