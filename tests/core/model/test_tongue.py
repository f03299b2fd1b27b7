"""The language of a live."""

from hypothesis import given
from hypothesis import strategies as st

from core.model.tongue import SURE_SECONDS, Tongue


def heard(tongue: Tongue, *languages: str, seconds: float = 6.0) -> Tongue:
    for language in languages:
        tongue.hears(language, seconds)
    return tongue


def test_what_somebody_said_is_it_whatever_is_heard():
    tongue = heard(Tongue("fr"), *["en"] * 9)
    assert (tongue.language, tongue.hint()) == ("fr", "fr")


def test_the_first_guess_is_that_of_the_place_and_gives_way():
    tongue = Tongue(likely="fr")
    assert (tongue.language, tongue.hint()) == ("fr", "")
    assert heard(tongue, "en").language == "fr"
    assert heard(tongue, "en", "en").language == "en"


def test_one_odd_piece_does_not_change_the_language():
    tongue = heard(Tongue(), *["fr"] * 6, "cy")
    assert tongue.language == "fr"
    assert tongue.hint() == "fr"


def test_a_change_of_language_is_noticed():
    tongue = heard(Tongue(), *["fr"] * 12)
    hints = [tongue.hint() for _ in range(8)]
    assert hints.count("fr") == 7
    assert hints.count("") == 1, "now and then the engine has to find out by itself"
    assert heard(tongue, *["en"] * 8).language == "en"


def test_nothing_is_told_to_an_engine_before_it_is_clear():
    tongue = heard(Tongue(likely="fr"), "fr", "en", "fr", "en", "fr", "en")
    assert tongue.hint() == ""


@given(st.lists(st.tuples(st.sampled_from(["fr", "en", "ar", ""]), st.floats(0.5, 15))))
def test_a_hint_is_always_most_of_what_was_heard(pieces: list[tuple[str, float]]):
    tongue = Tongue()
    for language, seconds in pieces:
        tongue.hears(language, seconds)
    known = [(language, seconds) for language, seconds in pieces if language][-12:]
    hint = tongue.hint()
    if hint:
        assert sum(seconds for _, seconds in known) >= SURE_SECONDS
        assert sum(s for name, s in known if name == hint) >= 0.5 * sum(s for _, s in known)
    assert tongue.language in {name for name, _ in known} | ({""} if not known else set())
