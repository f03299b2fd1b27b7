"""The shape of the house: small files and functions, contracts of imports, no secrets and no strangers' words in the tree."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from core.settings import Settings
from tests.house import engine_table, env_example
from tests.house.templates import ROOT

FILE_LINES, FUNCTION_LINES = 400, 50
LONG_FILES = {
    "tests/recordings/make_demo.py": "makes the bundled recording once: one script, read from top to bottom",
    "storage/tables.py": "a list: every table, in one place",
    "tests/bot/surfaces/test_discord.py": "one subject: everything Discord is offered and shown",
}
LONG_FUNCTIONS: dict[str, str] = {
    "tests/bot/surfaces/shapes.py:shapes": "a list: every shape a card can have",
    "storage/migrations/versions/0001_first.py:upgrade": "a migration is a list of tables",
    "storage/migrations/versions/0002_tiktok.py:upgrade": "a migration is a list of tables",
    "storage/migrations/versions/0007_speech.py:upgrade": "a migration is a list of tables",
    "bot/app.py:house_of": "a list: every service that commands reach",
    "bot/app.py:serve": "the composition root: parts, reactions, one group, read in one breath",
}
WRITTEN = frozenset({".py", ".md", ".toml", ".yaml", ".yml", ".po", ".json", ".txt", ".sh", ".mako", ".service", ""})
NOT_OURS = frozenset({".git", ".venv", "__pycache__", "data", "build", "dist"})
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a Groq key": r"\bgsk_[A-Za-z0-9]{40,}",
    "a Discord token": r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    "a Telegram token": r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}",
    "an AWS key": r"\bAKIA[0-9A-Z]{16}\b",
}
FORBIDDEN = {
    "a machine's path": r"(?<![\w.])/(?:work|home|root|Users)/[\w.]",
    "a registry's host": r"py" + r"pi\.org|python" + r"hosted\.org|registry\.n" + r"pmjs\.org",
    "a mark of unfinished work": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
}


def tracked(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the checkout that a person would commit."""
    for path in sorted(folder.iterdir()):
        hidden = path.name in NOT_OURS or (path.name.startswith(".") and path.name not in (".ci", ".env.example"))
        if hidden or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from tracked(path)
        elif path.is_file():
            yield path


@cache
def texts() -> dict[str, str]:
    """The text of every text file by its path; locks hold hashes and versions only and are checked apart."""
    found = {}
    for path in tracked():
        if path.suffix in WRITTEN:
            with suppress(UnicodeDecodeError):
                found[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
    return found


def python() -> list[tuple[str, str]]:
    return [(path, text) for path, text in texts().items() if path.endswith(".py")]


@dataclass(frozen=True)
class Module:
    """What the checks below ask of one module."""

    path: str
    told: bool
    long: tuple[str, ...]


@cache
def modules() -> list[Module]:
    """Every module, parsed once; no tree is kept, all together they are large."""
    return [_module(path, ast.parse(text)) for path, text in python() if text.strip()]


def _module(path: str, tree: ast.Module) -> Module:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    long = (one.name for one in functions if (one.end_lineno or 0) - one.lineno + 1 > FUNCTION_LINES)
    return Module(path, bool(ast.get_docstring(tree)), tuple(long))


def test_every_long_file_has_a_reason_and_every_reason_is_needed() -> None:
    assert {path for path, text in python() if text.count("\n") > FILE_LINES} == set(LONG_FILES)


def test_every_long_function_has_a_reason_and_every_reason_is_needed() -> None:
    long = {f"{module.path}:{name}" for module in modules() for name in module.long}
    assert long == set(LONG_FUNCTIONS)


def test_every_module_says_in_its_first_line_what_it_tells() -> None:
    silent = [module.path for module in modules() if not module.told]
    assert silent == []


def test_the_import_contracts_hold() -> None:
    """The layers of the house, as pyproject.toml draws them."""
    code = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    made = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-1000:]


@pytest.mark.parametrize("what", SECRETS)
def test_no_secret_is_in_the_tree(what: str) -> None:
    pattern = re.compile(SECRETS[what])
    assert [path for path, text in texts().items() if pattern.search(text)] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_speaks_of_nothing_but_the_project(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [f"{path}: {match.group()}" for path, text in texts().items() for match in pattern.finditer(text)]
    assert found == []


def test_locks_pin_every_package_with_hashes_and_name_no_address() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / "tests" / "requirements.lock"):
        entries = [line for line in lock.read_text("utf-8").splitlines() if line and not line.startswith((" ", "#"))]
        assert entries, lock
        assert [line for line in entries if "==" not in line] == [], lock
        assert "://" not in lock.read_text("utf-8"), lock


# ---------------------------------------------------------------- documents


def test_the_example_of_settings_is_the_one_the_settings_make() -> None:
    written = env_example.FILE.read_text("utf-8")
    assert written == env_example.text(), "run: python -m tests.house.env_example"


def test_the_example_has_every_setting_once_and_explains_it() -> None:
    names = [name for names in env_example.GROUPS.values() for name in names]
    assert sorted(names) == sorted(Settings.model_fields)
    assert [name for name in names if not Settings.model_fields[name].description] == []


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_a_page_names_no_setting_that_is_not_there(page: str) -> None:
    """Words like GROQ_API_KEY in a page are settings of this version, or names of files and constants it says so of."""
    known = {*Settings.model_fields, *(f"{name}_FILE" for name in Settings.model_fields), "NAME_FILE"}
    outside = {"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "PYTHONDONTWRITEBYTECODE"}
    written = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", (ROOT / page).read_text("utf-8")))
    source = "\n".join(text for path, text in python() if not path.startswith("tests/"))
    assert {name for name in written - known - outside if not re.search(rf"\b{name}\b", source)} == set()


def test_the_table_of_engines_is_the_one_the_engines_make() -> None:
    assert engine_table.FILE.read_text("utf-8") == engine_table.text(), "run: python -m tests.house.engine_table"


def test_the_readme_begins_with_the_demo_and_then_the_tests() -> None:
    """Whoever tries it takes the first fenced block, whoever checks it the second."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    demo = blocks[0].splitlines()
    assert (demo[0].split()[:2], demo[1].split()[0], demo[2:]) == (["git", "clone"], "cd", ["make demo"])
    assert blocks[1] == "make test\n"


def test_every_command_the_readme_shows_exists() -> None:
    from bot.commands import ALL

    text = (ROOT / "README.md").read_text("utf-8")
    words = {command.name.split()[0] for command in ALL if command.offered}
    shown = re.findall(r"earshot console ([a-z]+)", text)
    assert shown
    assert set(shown) - words == set()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", text)) - targets == set()
