"""Lists handed over: which text is a file's name, and what a file may be."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.asked import Attachment
from bot.lists import content, file_named, handed
from core.errors import Invalid
from core.services.carried import LONGEST


@pytest.mark.parametrize(
    "text", ["@amina, @bob", "amina", "a.txt", "https://www.tiktok.com/@a", "a/b", "./a\nb", "x\0.txt", "/" * 2000]
)
def test_names_are_no_files(text: str) -> None:
    assert file_named(text) is None


@pytest.mark.parametrize("text", ["./names", "../names.yaml", "/tmp/names", "~/names.txt"])
def test_what_is_written_as_a_path_is_one(text: str) -> None:
    assert file_named(text) is not None


def test_a_bare_name_is_a_file_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert file_named("follows.yaml") is None
    Path("follows.yaml").write_text("\ufeffamina", encoding="utf-8")
    path = file_named("follows.yaml")
    assert path is not None
    assert content(path) == "amina"


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "bytes", Path("/dev/zero")):
        with pytest.raises(Invalid) as refused:
            content(path)
        assert refused.value.code == "LIST_FILE"
        assert refused.value.values["reason"]


def test_no_more_is_read_than_a_list_may_hold(tmp_path: Path) -> None:
    (tmp_path / "long").write_text("a" * (LONGEST + 5000), encoding="utf-8")
    assert len(content(tmp_path / "long")) == LONGEST + 1


def attached(*parts: bytes) -> Attachment:
    async def fetch() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return Attachment("follows.yaml", sum(map(len, parts)), fetch)


async def test_a_file_that_came_with_the_command_is_read_to_its_limit() -> None:
    assert await handed(attached(b"\xef\xbb\xbfami", b"na")) == "amina"
    for parts, code in (((b"a" * LONGEST, b"a"), "LIST_LONG"), ((b"\xff",), "LIST_FILE")):
        with pytest.raises(Invalid) as refused:
            await handed(attached(*parts))
        assert refused.value.code == code
