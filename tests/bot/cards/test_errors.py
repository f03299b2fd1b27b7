"""Error texts as people read them."""

from zoneinfo import ZoneInfo

import pytest

from bot.cards import draw
from bot.replies.common import Failed
from bot.wording import Words, plain
from core.errors import EarshotError
from core.matching.rules import compile_rule
from core.model.trigger import MatchMode
from tests.house.samples import NOW

ENGLISH, FRENCH = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("Europe/Paris"))


def said(words: Words, code: str, **values: object) -> str:
    return plain(draw(Failed(code, values), words).title).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("role", "english", "french"),
    [
        ("moderator", "This is for moderators of The kitchen.", "C'est réservé aux modérateurs de The kitchen."),
        (
            "manager",
            "This is for managers of The kitchen. Ask",
            "C'est réservé aux gestionnaires de The kitchen. Demandez",
        ),
        (
            "owner",
            "This is for owners of this Earshot. Ask",
            "C'est réservé aux propriétaires de cet Earshot. Demandez",
        ),
    ],
)
def test_a_refusal_says_who_may(role: str, english: str, french: str) -> None:
    assert said(ENGLISH, "NO_RIGHT", role=role, place="The kitchen").startswith(english)
    assert said(FRENCH, "NO_RIGHT", role=role, place="The kitchen").startswith(french)


def test_times_are_the_readers() -> None:
    assert "since 20 Nov 20:14" in said(ENGLISH, "ALREADY", x="amina", since=NOW)
    assert "depuis le 20 nov. 21:14" in said(FRENCH, "ALREADY", x="amina", since=NOW)


@pytest.mark.parametrize(
    ("word", "mode", "reason"),
    [
        ("(give", MatchMode.PATTERN, "cette ( n'est jamais fermée"),
        ("give)", MatchMode.PATTERN, "cette ) n'a jamais été ouverte"),
        ("give\\", MatchMode.PATTERN, "rien ne suit ce \\"),
        ("[give", MatchMode.PATTERN, "il manque un ]"),
        ("*give", MatchMode.PATTERN, "rien à répéter avant cet opérateur"),
        ("a**", MatchMode.PATTERN, "opérateur de répétition incorrect"),
        ("a{9999}", MatchMode.PATTERN, "nombre de répétitions incorrect"),
        ("(?=a)", MatchMode.PATTERN, "opérateur non pris en charge"),
        ("x*", MatchMode.PATTERN, "il correspond à tous les messages"),
        ("x" * 201, MatchMode.PATTERN, "il dépasse 200 caractères"),
        ("x" * 201, MatchMode.WHOLE_WORD, "il dépasse 200 caractères"),
        ("\u0301", MatchMode.WHOLE_WORD, "il n'a aucun caractère visible"),
        ("*", MatchMode.WHOLE_WORD, "un * doit toucher des lettres, comme dans cad*"),
    ],
)
def test_why_a_word_cannot_be_matched_is_said_in_french_too(word: str, mode: MatchMode, reason: str) -> None:
    with pytest.raises(EarshotError) as caught:
        compile_rule(word, mode)
    assert reason in said(FRENCH, caught.value.code, **caught.value.values)


def test_a_reason_nobody_translated_stays_and_loses_no_sign() -> None:
    assert "odd **thing** `x`" in said(FRENCH, "PATTERN", n=1, reason="odd **thing** `x`")


def test_what_an_option_takes_is_said_in_the_readers_language() -> None:
    assert said(FRENCH, "OPTION_VALUE", x="--risk", hint="yes or no").endswith("oui ou non.")
