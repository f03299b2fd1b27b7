"""Which code runs here: found in a checkout without git itself, or said to be unknown."""

from datetime import date
from pathlib import Path

from bot.running import REPOSITORY, commit_of, days_old, running

FIRST, SECOND = "a1" * 20, "b2" * 20


def test_what_was_written_beside_the_code_comes_first(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(FIRST)
    assert commit_of(tmp_path) == FIRST
    (tmp_path / "COMMIT").write_text(f"{SECOND}\n")
    assert commit_of(tmp_path) == SECOND


def test_the_head_of_a_checkout_is_found_loose_or_packed(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert commit_of(tmp_path) == ""
    (git / "packed-refs").write_text(f"# pack-refs with: peeled\n{SECOND} refs/heads/other\n{FIRST} refs/heads/main\n")
    assert commit_of(tmp_path) == FIRST
    (git / "refs" / "heads" / "main").write_text(SECOND)
    assert commit_of(tmp_path) == SECOND


def test_the_head_of_a_worktree_is_its_own(tmp_path: Path) -> None:
    git, tree = tmp_path / "main" / ".git", tmp_path / "tree"
    own = git / "worktrees" / "tree"
    own.mkdir(parents=True)
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {own}\n")
    (own / "HEAD").write_text("ref: refs/heads/side\n")
    (own / "commondir").write_text("../..\n")
    (git / "packed-refs").write_text(f"{FIRST} refs/heads/side\n")
    assert commit_of(tree) == FIRST


def test_nonsense_is_no_commit(tmp_path: Path) -> None:
    assert commit_of(tmp_path) == ""
    (tmp_path / "COMMIT").write_text("main")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(b"\xff\xfe")
    assert commit_of(tmp_path) == ""


def test_the_licence_and_the_repository_are_always_known(tmp_path: Path) -> None:
    told = running(tmp_path)
    assert (told.repository, told.licence) == (REPOSITORY, "AGPL-3.0-or-later")


def test_the_age_of_a_package_that_is_numbered_by_its_date() -> None:
    assert days_old("yt-dlp", date(2000, 1, 1)) == 0
    age = days_old("yt-dlp", date(2100, 1, 1))
    assert age is not None
    assert age > 20_000
    assert days_old("pyyaml", date(2026, 1, 1)) is None
    assert days_old("no-such-package", date(2026, 1, 1)) is None
