"""Every text people read has its French twin, and the twins agree."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.wording import LOCALES, Words, catalog, plain
from core.setting_values import LANGUAGES
from tests.house.templates import ROOT, has_words, marks, placeholders, strangers, texts

UTC = ZoneInfo("UTC")
TYPED = {"yesterday": "hier", "/follow @name": "/follow @nom", "/clip save @name": "/clip save @nom"} | {
    "/trigger add word": "/trigger add mot",
    "@name": "@nom",
}
"""What stands as code and is an example: everything else people type is the same in every language."""


@pytest.fixture(scope="module")
def french() -> Catalog:
    with (LOCALES / "fr" / "earshot.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def _twins(french: Catalog) -> list[tuple[str, str]]:
    """(source, translation), plurals apart."""
    pairs = []
    for message in french:
        if message.id and isinstance(message.id, tuple):
            pairs += list(zip(message.id, message.string, strict=True))
        elif message.id:
            pairs.append((message.id, message.string))
    return pairs


def test_every_text_in_the_code_has_a_french_twin_and_no_twin_is_left_over(french: Catalog) -> None:
    written = texts()
    translated = {m.id[0] if isinstance(m.id, tuple) else m.id for m in french if m.id}
    assert set(written) - translated == set(), "without translation"
    assert translated - set(written) == set(), "no longer used"


def test_plurals_of_the_code_and_of_the_translations_are_the_same(french: Catalog) -> None:
    plurals = {m.id[0]: m.id[1] for m in french if isinstance(m.id, tuple)}
    assert {one: text.plural for one, text in texts().items() if text.plural} == plurals


def test_twins_have_the_same_placeholders(french: Catalog) -> None:
    assert [pair for pair in _twins(french) if placeholders(pair[0]) != placeholders(pair[1])] == []


def test_twins_have_the_same_marks_and_nothing_people_type_is_translated(french: Catalog) -> None:
    wrong = []
    for source, translation in _twins(french):
        (bold, code), (french_bold, french_code) = marks(source), marks(translation)
        typed = [*sorted(TYPED.get(word, word) for word in code)]
        extra = [word for word in french_code if word not in typed]
        if bold % 2 or french_bold % 2 or set(typed) - set(french_code) or any(word != "whole word" for word in extra):
            wrong.append((source, translation))
    assert wrong == []


def test_code_marks_never_stand_inside_bold_ones(french: Catalog) -> None:
    both = [text for pair in _twins(french) for text in pair]
    assert [text for text in both if any("`" in bold for bold in text.split("**")[1::2])] == []


def test_every_french_twin_says_something(french: Catalog) -> None:
    assert [source for source, translation in _twins(french) if not translation.strip()] == []
    assert all(not message.fuzzy for message in french if message.id)


def test_french_typography_is_kept(french: Catalog) -> None:
    """A no-break space before : » and after «, a narrow one before ; ? !."""
    words = [translation for _, translation in _twins(french)]
    assert [text for text in words if any(bad in text for bad in (" :", " ;", " ?", " !", "« ", " »", "..."))] == []


def test_only_literals_and_known_tables_are_translated() -> None:
    assert strangers() == []


def test_french_counts_nothing_as_one() -> None:
    french, english = Words("fr", UTC), Words("en", UTC)
    said = [[plain(words.count("{n} hit", "{n} hits", n)) for n in (0, 1, 2)] for words in (english, french)]
    assert said == [["0 hits", "1 hit", "2 hits"], ["0 détection", "1 détection", "2 détections"]]


def test_every_locale_is_one_the_settings_know() -> None:
    assert {folder.name for folder in LOCALES.iterdir() if folder.is_dir()} | {"en"} == set(LANGUAGES)
    assert all(catalog(language) for language in LANGUAGES)


def test_the_header_of_a_translation_is_never_shown() -> None:
    assert Words("fr", UTC).say("") == ""
    assert Words("fr", UTC).term("") == ""


def test_templates_are_found_where_they_are() -> None:
    """The walk itself: a text known to be in a card, one in a table, one of a command."""
    found = texts()
    assert found["**@{x} is live**"].places[0].startswith("bot/cards/posts.py:")
    assert {"hate speech", "Past lives", "whole word"} <= set(found)
    assert not has_words("**{x}** · {y}")
    assert Path(ROOT / "bot").is_dir()
