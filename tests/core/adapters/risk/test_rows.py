"""Files of labelled texts: both forms are read, what is unknown stays unknown, and a bad line is named."""

import json
from pathlib import Path

import pytest

from core.adapters.risk.linear.rows import LONGEST_LINE, Row, read
from core.errors import Invalid
from core.model.risk import Label


def file(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join(line if isinstance(line, bytes) else f"{line}\n".encode() for line in lines))
    return path


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ('{"prompt": "x", "S": 1, "H": 0}', {Label.S: True, Label.H: False}),
        ('{"text": "x", "labels": {"S": 1, "H": 0}}', {Label.S: True, Label.H: False}),
        ('{"text": "x", "labels": {"S": true, "H": null}}', {Label.S: True}),
        ('{"text": "x", "labels": ["HR"]}', {label: label is Label.HR for label in Label}),
        ('{"text": "x", "labels": ["OK"]}', dict.fromkeys(Label, False)),
        ('{"text": "x", "labels": null}', {}),
        ('{"i": 4, "text": "x"}', {}),
    ],
)
def test_labels_are_read_in_each_form_and_an_absent_one_is_unknown(
    tmp_path: Path, line: str, labels: dict[Label, bool]
) -> None:
    [row] = read(file(tmp_path, line)).rows
    assert row.labels == labels


def test_any_is_unknown_only_where_all_is() -> None:
    assert Row("x", {Label.S: True}).any is True
    assert Row("x", {Label.S: False}).any is False
    assert Row("x").any is None


def test_a_row_keeps_its_number_else_it_has_its_place(tmp_path: Path) -> None:
    lines = ('{"text": "x"}', "junk", '{"i": 9, "text": "x"}', '{"i": "a", "text": "x"}', '{"i": [1], "text": "x"}')
    assert [row.i for row in read(file(tmp_path, *lines)).rows] == [0, 9, "a", 4]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("junk", "not JSON"),
        (b"\xff\xfe\n", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"S": 1}', "no text"),
        ('{"text": "  "}', "no text"),
        ('{"text": 5}', "no text"),
        ('{"text": "x", "S": 2}', "S is '2' instead of 0 or 1"),
        ('{"text": "x", "S": "yes"}', "S is 'yes' instead of 0 or 1"),
        ('{"text": "x", "labels": "S"}', "`labels` is neither"),
        ('{"text": "x", "labels": ["Q"]}', "unknown label 'Q'"),
        ('{"text": "x", "labels": [{"S": 1}]}', "unknown label \"{'S': 1}\""),
        ('{"text": "x", "labels": [["S"]]}', "unknown label \"['S']\""),
        (json.dumps({"text": "x" * LONGEST_LINE}), "longer than 1000 kB"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(tmp_path: Path, line: str | bytes, reason: str) -> None:
    found = read(file(tmp_path, '{"text": "one"}', line, "", '{"text": "two"}'))
    assert [row.text for row in found.rows] == ["one", "two"]
    [(number, said)] = found.bad
    assert number == 2
    assert said.startswith(reason)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = file(tmp_path, b"\xef\xbb\xbf", b'{"text": "one", "S": 1}\r\n', b'{"text": "two", "S": 0}')
    found = read(path)
    assert not found.bad
    assert [row.labels for row in found.rows] == [{Label.S: True}, {Label.S: False}]


def test_what_is_no_file_of_rows_is_said(tmp_path: Path) -> None:
    for path, code in (
        (tmp_path, "ROWS_FOLDER"),
        (tmp_path / "away", "ROWS_MISSING"),
        (file(tmp_path), "ROWS_EMPTY"),
        (Path("/proc/self/mem"), "SOURCE_UNREADABLE"),
    ):
        with pytest.raises(Invalid, match=code):
            read(path)
    with pytest.raises(Invalid, match="ROWS_NONE"):
        read(file(tmp_path, "junk"))
