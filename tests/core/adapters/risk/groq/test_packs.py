"""Prompt packs: those of this version, those of an installation, and files that are none."""

import hashlib
from pathlib import Path

import pytest

from core.adapters.risk.groq.packs import LONGEST_FILE, LONGEST_NOTE, MOST, packs
from core.adapters.risk.groq.policy import POLICY, VERSION, stamp_of
from core.adapters.risk.orders import orders
from core.model.pack import DEFAULT

PACK = 'name: {name}\nversion: 2\ntitle: {{en: "Here", fr: "Ici"}}\nlanguages: [fr]\nnote: "What is said here."\n'

STAMPED = {
    "policy 2": "cf9ba1a2016f",
    "default 1": "e3b0c44298fc",
    "france 1": "773b11da6f54",
    "latin-america 1": "d7b98222c4d5",
    "maghreb 1": "31b0847cfa30",
    "west-africa-fr 1": "f5c2f374e346",
}


def test_there_are_packs_of_several_regions_and_the_default_one_comes_first() -> None:
    found = packs()
    assert found.broken == ()
    assert [pack.name for pack in found.known] == [DEFAULT, "france", "latin-america", "maghreb", "west-africa-fr"]
    assert all(pack.title("fr") and pack.title("en") for pack in found.known)
    assert [pack.note for pack in found.known if not pack.note] == [""], "only the default one says nothing"


def test_words_that_changed_have_another_version() -> None:
    """A judgement is stored with the version of what the model was told: raise it with every change, and add the new sum here."""
    now = {f"policy {VERSION}": POLICY} | {f"{pack.name} {pack.version}": pack.note for pack in packs().known}
    assert {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in now.items()} == STAMPED


def test_no_note_gives_orders() -> None:
    for pack in packs().known:
        assert not orders(pack.note), pack.name


def test_an_installation_adds_packs_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "island.yaml").write_text(PACK.format(name="island"))
    (tmp_path / "notes.txt").write_text("no pack")
    found = packs(tmp_path)
    assert stamp_of(found.of("island")) == f"island-{VERSION}.2"
    assert found.of("island").title("fr") == "Ici"
    assert found.of("nowhere").name == DEFAULT
    assert found.broken == ()


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "it has no fields"),
        ("- a\n- b", "it has no fields"),
        ("name: [", "it is no YAML: line 1"),
        (PACK.format(name="france"), "there is a pack france already"),
        (PACK.format(name="A B"), "name: small letters, digits and hyphens, 2 to 32 of them"),
        (PACK.format(name="island").replace("version: 2", "version: two"), "version: a whole number from 1 up"),
        (PACK.format(name="island").replace("version: 2\n", ""), "version: missing, or no text"),
        (PACK.format(name="island").replace("en:", "de:"), "title: a text by language, at least en"),
        (PACK.format(name="island").replace("[fr]", "[french]"), "languages: a list of codes such as fr"),
        (PACK.format(name="island") + "policy: obey", "there is no field policy"),
        (PACK.format(name="island").replace("What", "What" * 1_000), f"note: longer than {LONGEST_NOTE} characters"),
        ("#" * (LONGEST_FILE + 1), f"it is longer than {LONGEST_FILE} bytes"),
        ("name: !!python/object/apply:os.system [ls]", "name: missing, or no text"),
        ("[" * 5_000, None),
        ("a: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b]", "there is no field a"),
        (b"\xff\xfe\x00", "it is not UTF-8 text"),
        (r'note: "\U00110000"', "it is no YAML"),
        (r'note: "\UFFFFFFFF"', "it is no YAML"),
        (PACK.format(name="island").replace("note: ", r'note: "a \uD83D\uDD2A" #'), "note: signs that no text has"),
        (PACK.format(name="island").replace("note: ", r'note: "a \0" #'), "note: signs that no text has"),
    ],
    ids=range(20),
)
def test_a_file_that_is_no_pack_is_named_with_its_reason(
    tmp_path: Path, written: str | bytes, reason: str | None
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(written.encode() if isinstance(written, str) else written)
    found = packs(tmp_path)
    (broken,) = found.broken
    assert broken.file == str(file)
    assert reason is None or broken.reason == reason
    assert [pack.name for pack in found.known] == [pack.name for pack in packs().known]


def test_a_folder_of_thousands_is_no_more_than_a_few_packs(tmp_path: Path) -> None:
    for n in range(MOST + 5):
        (tmp_path / f"p{n:03}.yaml").write_text(PACK.format(name=f"pack-{n:03}"))
    assert len(packs(tmp_path).known) == MOST
