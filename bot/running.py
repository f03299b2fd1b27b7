"""Which code runs here: its version, the commit it was made from, and the age of what ages fastest in it."""

import json
import re
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LICENCE = "AGPL-3.0-or-later"
REPOSITORY = "https://github.com/earshot/earshot"  # who changes the code names their own here: the licence asks for it
TOO_OLD = 45  # days of yt-dlp: TikTok changes faster than this (yt-dlp #17403, #17604)
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Running:
    """The running code. `commit` is empty when neither the package nor its folder tells it."""

    repository: str
    version: str
    commit: str
    licence: str


def running(root: Path = ROOT) -> Running:
    """What runs: of a checkout its HEAD, of an installed package what it was made from."""
    return Running(REPOSITORY, _version("earshot"), commit_of(root) or _installed(), LICENCE)


def commit_of(root: Path) -> str:
    """The commit in `root/COMMIT`, which whoever packs an image writes; else the HEAD of a checkout; empty without either."""
    written = _read(root / "COMMIT")
    return written if COMMIT.fullmatch(written) else _head(_git(root))


def days_old(package: str, today: date) -> int | None:
    """The age of a package that is numbered by its date (`2026.10.26`), None for another numbering or when it is not there."""
    found = re.match(r"(\d{4})\.(\d{1,2})\.(\d{1,2})", _version(package))
    try:
        return max(0, (today - date(*map(int, found.groups()))).days) if found else None
    except ValueError:
        return None


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _installed() -> str:
    """What an installer wrote down (PEP 610) when it built the package from a repository."""
    try:
        told = json.loads(metadata.distribution("earshot").read_text("direct_url.json") or "{}")
        commit = str(told.get("vcs_info", {}).get("commit_id", ""))
    except (metadata.PackageNotFoundError, ValueError, AttributeError):
        return ""
    return commit if COMMIT.fullmatch(commit) else ""


def _git(root: Path) -> Path:
    """The folder git keeps its things in; a worktree's `.git` is a file that names it."""
    there = root / ".git"
    named = _read(there).removeprefix("gitdir: ") if there.is_file() else ""
    return root / named if named else there


def _head(git: Path) -> str:
    head = _read(git / "HEAD")
    if not head.startswith("ref: "):
        return head if COMMIT.fullmatch(head) else ""
    name, shared = head.removeprefix("ref: "), git / _read(git / "commondir") if (git / "commondir").is_file() else git
    for folder in (git, shared):
        commit = _read(folder / name)
        if COMMIT.fullmatch(commit):
            return commit
    packed = (line.partition(" ") for line in _read(shared / "packed-refs").splitlines())
    return next((commit for commit, _, ref in packed if ref == name and COMMIT.fullmatch(commit)), "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
