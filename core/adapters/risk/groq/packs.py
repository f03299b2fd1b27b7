"""The prompt packs of this version and of an installation: YAML files, checked one by one, a broken one named and left out."""

import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import category

from core.model.pack import DEFAULT, BrokenPack, Pack, Packs

OURS = Path(__file__).with_name("packs")
FIELDS = frozenset({"name", "version", "title", "languages", "note"})
LONGEST_FILE = 32_000  # bytes
LONGEST_NOTE = 2_000
"""Characters: some 500 tokens, which every question pays."""

MOST = 50
LONGEST_TITLE = 60
_NAME = re.compile(r"[a-z][a-z0-9-]{1,31}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class _Wrong(Exception):
    """What is wrong with a file, in plain English."""


def packs(folder: Path | None = None) -> Packs:
    """The packs of this version, the default one first, then those in `folder`; there a pack cannot have the name of one of ours.
    Raises nothing: files that are no packs are named."""
    known: dict[str, Pack] = {}
    broken: list[BrokenPack] = []
    for file in (*_files(OURS), *_files(folder)):
        try:
            pack = _read(file)
            if pack.name in known:
                raise _Wrong(f"there is a pack {pack.name} already")
            if len(known) >= MOST:
                raise _Wrong(f"{MOST} packs are the most there can be")
            known[pack.name] = pack
        except _Wrong as error:
            broken.append(BrokenPack(str(file), str(error)))
    first = known.pop(DEFAULT)
    return Packs((first, *known.values()), tuple(broken))


def _files(folder: Path | None) -> Iterator[Path]:
    if folder is not None and folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))


def _read(file: Path) -> Pack:
    import yaml  # 25 ms, and only once

    try:
        with file.open("rb") as opened:
            written = opened.read(LONGEST_FILE + 1)
        if len(written) > LONGEST_FILE:
            raise _Wrong(f"it is longer than {LONGEST_FILE} bytes")
        facts = yaml.load(written.decode("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  texts only: no object is ever made
    except OSError as error:
        raise _Wrong(f"it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _Wrong("it is not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _Wrong(f"it is no YAML: line {line}") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:  # escapes of signs that are none, too
        raise _Wrong("it is no YAML") from error
    if not isinstance(facts, dict):
        raise _Wrong("it has no fields")
    return _pack(facts)


def _pack(facts: dict[object, object]) -> Pack:
    if unknown := sorted(str(name)[:40] for name in facts if name not in FIELDS):
        raise _Wrong(f"there is no field {unknown[0]}")
    name = _text(facts, "name", 32)
    if not _NAME.fullmatch(name):
        raise _Wrong("name: small letters, digits and hyphens, 2 to 32 of them")
    version = _text(facts, "version", 6)
    if not (version.isascii() and version.isdigit() and int(version) > 0):
        raise _Wrong("version: a whole number from 1 up")
    return Pack(name, int(version), _titles(facts), _languages(facts), _text(facts, "note", LONGEST_NOTE))


def _text(facts: dict[object, object], field: str, most: int) -> str:
    value = facts.get(field)
    if not isinstance(value, str):
        raise _Wrong(f"{field}: missing, or no text")
    if len(value) > most:
        raise _Wrong(f"{field}: longer than {most} characters")
    text = " ".join(value.split())
    if any(category(sign) in ("Cs", "Cc") for sign in text):  # as of an emoji that JSON writes as two escapes
        raise _Wrong(f"{field}: signs that no text has")
    return text


def _titles(facts: dict[object, object]) -> dict[str, str]:
    titles = facts.get("title")
    if not isinstance(titles, dict) or "en" not in titles:
        raise _Wrong("title: a text by language, at least en")
    return {language: _text(titles, language, LONGEST_TITLE) for language in titles}


def _languages(facts: dict[object, object]) -> tuple[str, ...]:
    languages = facts.get("languages", [])
    if not isinstance(languages, list) or not all(
        isinstance(one, str) and _LANGUAGE.fullmatch(one) for one in languages
    ):
        raise _Wrong("languages: a list of codes such as fr")
    return tuple(languages)
