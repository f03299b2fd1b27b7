"""Folding: what reads the same is the same, and every place leads back to what was written."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching.fold import _units, fold, fold_character, search_text, words_of

SCRIPTS = (
    "abcXYZ éÉßﬁİıñ́ ёЙвАр مَرْحَبًا ــسلام 買い物ｶﾞがか゛\u3099 한국ㅋㅋ각"
    " ไม่ได้ 😂❤️👨‍👩‍👧 ½㎏ﷺ \u200b\u200d\u202e\u00ad\t\n\u3000‘’“”—"
)
texts = st.text(st.one_of(st.sampled_from(SCRIPTS), st.characters()), max_size=40)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("GIVEAWAY", "giveaway"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("ｆｒｅｅ", "free"),
        ("𝓯𝓻𝓮𝓮", "free"),
        ("f\u200br\u200de\u2060e\ufeff", "free"),
        ("\u202efree\u202c", "free"),
        ("  free \t\n money\u3000now ", "free money now"),
        ("don’t — “stop”", 'don\'t - "stop"'),
        ("ВОЙНА", "воина"),
        ("مَرْحَبًا", "مرحبا"),
        ("ســـلام", "سلام"),
        ("أحمد", "احمد"),
        ("ｶﾞ", "ガ"),
        ("か\u3099", "が"),
        ("\u1112\u1161\u11ab", "한"),
        ("ㅋㅋㅠㅠ", "ㅋㅋㅠㅠ"),
        ("ไม่", "ไม่"),
        ("❤️", "❤"),
        ("z̷̡̛a̴l̵g̶o", "zalgo"),
        ("a\ud800b", "a\ufffdb"),
        ("\u200b \u200d", ""),
        ("", ""),
    ],
)
def test_what_reads_the_same_folds_to_the_same(written: str, folded: str) -> None:
    assert fold(written).text == folded


def test_letters_that_only_look_marked_stay_different() -> None:
    assert fold("が").text != fold("か").text
    assert fold("ไม่").text != fold("ไม").text


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text).text
    assert fold(folded).text == folded


@given(texts)
def test_a_text_folds_like_its_composed_and_decomposed_forms(text: str) -> None:
    plain = "".join(c for c in text if fold_character(c) and unicodedata.category(c) not in ("Mn", "Mc", "Me"))
    assert fold(unicodedata.normalize("NFD", plain)).text == fold(unicodedata.normalize("NFC", plain)).text


@given(texts, st.data())
def test_what_is_quoted_contains_what_was_found(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.original(start, end)
    assert 0 <= first < last <= len(text)
    assert folded.text[start:end].strip() in fold(text[first:last]).text
    assert fold(text).original(start, end) == (first, last), "in whatever order places are asked for"


@given(texts)
def test_places_keep_their_order(text: str) -> None:
    folded = fold(text)
    places = [folded.original(index, index + 1) for index in range(len(folded.text))]
    assert places == sorted(places)
    assert all(a[1] <= b[0] or a == b for a, b in pairwise(places))


def test_a_quote_takes_the_marks_that_belong_to_it_and_no_more() -> None:
    text = "un CAFE\u0301 noir"
    folded = fold(text)
    start = folded.text.index("cafe")
    assert text[slice(*folded.original(start, start + 4))] == "CAFE\u0301"


def test_half_of_a_written_character_is_not_whole() -> None:
    assert fold("½").whole(0, 1) is None
    assert fold("½").original(0, 1) == (0, 1)
    assert fold("a ½").whole(0, 1) == (0, 1)


@pytest.mark.parametrize(
    ("text", "indexed"),
    [
        ("Été à  PARIS", "ete a paris"),
        ("買い物free中", "買 い 物 free 中"),
        ("한국 방송", "한 국 방 송"),
        ("รักไทย ok", "รั ก ไ ท ย ok"),
        ("हिन्दी में", "हिन्दी में"),
        ("hot🔥🔥👍🏽 ❤️", "hot 🔥 🔥 👍 ❤"),
        ("أَهْلًا وسـهلا، إلى", "اهلا وسهلا الى"),
        ("don't, it-is_5€!", "don t it is 5"),
        ("", ""),
    ],
)
def test_search_text_makes_each_character_of_unspaced_writing_a_word(text: str, indexed: str) -> None:
    assert search_text(text) == indexed


@given(texts)
def test_words_stand_where_the_search_text_has_them(text: str) -> None:
    folded = fold(text).text
    words = words_of(folded)
    assert " ".join(word for word, _, _ in words) == search_text(text)
    assert all(folded[start:end] == word for word, start, end in words)
    assert all(before[2] <= after[1] for before, after in pairwise(words))


@given(texts)
def test_search_text_of_a_question_and_of_a_text_agree(text: str) -> None:
    assert search_text(search_text(text)) == search_text(text)


@given(st.text("aß½ﬁé\u0301\u200b\ufe0f ทำか\u3099한\u1100\u1161  ", max_size=12), st.data())
def test_a_place_is_where_folding_one_character_after_the_other_finds_it(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    units = [(first, last) for piece, first, last in _units(text) for _ in piece]
    if not units:
        return
    start = data.draw(st.integers(0, len(units) - 1))
    end = data.draw(st.integers(start + 1, len(units)))
    wanted = (units[start][0], units[end - 1][1])
    cut = (start and units[start - 1][0] == wanted[0]) or (end < len(units) and units[end][0] == units[end - 1][0])
    assert folded.original(start, end) == wanted
    assert folded.whole(start, end) == (None if cut else wanted)
