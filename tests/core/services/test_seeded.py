"""The settings file of the Live Chat Detector, as it writes it: names and words are taken, its password never."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.model.trigger import MatchMode, Where
from core.services.carried import LONGEST, read

CONFIG = {
    "username": ["amina", "@Bob"],
    "obs_password": "hunter2",
    "source_name": "Window Capture",
    "keywords": "Giveaway, free gift ,,Émile,giveaway",
    "notifications_enabled": True,
    "notification_duration": 5,
}


def words(text: str) -> list[str]:
    found = read(text).triggers
    assert all((one.where, one.match, one.account) == (Where.CHAT, MatchMode.CONTAINS, None) for one in found)
    return [one.word for one in found]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(CONFIG),
        json.dumps(CONFIG, indent="\t"),
        json.dumps(CONFIG, indent=4, ensure_ascii=False).replace("\n", "\r\n"),
        "\ufeff" + json.dumps(CONFIG, indent="\t").replace("\n", "\r\n"),
        json.dumps({**CONFIG, "username": "amina, @Bob", "keywords": ["Giveaway", "free gift", "Émile", ""]}),
    ],
)
def test_it_is_read_however_an_editor_left_it(text: str) -> None:
    found = read(text)
    assert [one.handle for one in found.follows] == ["amina", "bob"]
    assert words(text) == ["Giveaway", "free gift", "Émile"]
    assert found.password
    assert found.needless == ("source_name", "notifications_enabled", "notification_duration")
    assert "hunter2" not in repr(found)


def test_without_a_password_none_is_refused() -> None:
    assert not read('{"username": ["amina"], "obs_password": ""}').password


def test_words_alone_are_for_every_account() -> None:
    assert words('{"keywords": "go, now"}') == ["go", "now"]
    assert read('{"keywords": "go, now", "username": []}').follows == ()


def test_emoji_written_as_pairs_of_escapes_are_one_sign() -> None:
    assert words('{"keywords": ["\\ud83c\\udf81", "caf\\u00e9"]}') == ["🎁", "café"]


@pytest.mark.parametrize("word", ["\\ud83c", "\\u0000", "\\u0000go\\ud83c", "go\\u0007"])
def test_what_nothing_can_store_is_left_out_of_words(word: str) -> None:
    assert words(f'{{"keywords": ["{word}", "now"]}}') in (["now"], ["go", "now"])


def test_an_object_that_is_no_json_is_read_as_yaml() -> None:
    assert words("{keywords: [go, 'now']}") == ["go", "now"]


def test_a_file_of_ours_may_come_as_json() -> None:
    found = read('{"earshot": 1, "follows": [{"account": "amina", "transcript": true, "risk": 0.5, "chat": false}]}')
    (one,) = found.follows
    assert (one.handle, one.wishes.transcript, one.wishes.risk, one.wishes.chat) == ("amina", True, 0.5, False)


def nested(place: str) -> str:
    """A file of ours in which *a8 is a list of a hundred million, said in some lines."""
    levels = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9))
    return "\n".join(("earshot: 1", "a0: &a0 [x]", *levels, "place:", place))


@pytest.mark.parametrize(
    "text",
    [
        nested("  purpose: *a8"),
        nested("  silent: [*a8]"),
        nested("  silent: *a8"),
        nested("  channel: *a8"),
        '{"a":' * 50_000,
        '{"username": ' + "[" * 200_000,
        '{"keywords": ' + "9" * 200_000 + "}",
        "{" + "&a [" * 50_000,
        "{a: &a [x], " + ", ".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]" for n in range(1, 99)),
        '{"username": "' + "a" * (LONGEST - 20) + '"}',
        '{"keywords": "' + "a,b" * ((LONGEST - 20) // 3) + '"}',
    ],
)
def test_a_hostile_file_is_refused_or_read_in_a_moment(text: str) -> None:
    began = time.process_time()
    with suppress(Invalid):
        read(text)
    assert time.process_time() - began < 2


def test_a_file_of_ten_megabytes_is_not_even_read() -> None:
    with pytest.raises(Invalid) as refused:
        read('{"keywords": "' + "a," * 5_000_000)
    assert refused.value.code == "LIST_LONG"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=3), one, max_size=4),
)


@given(anything, anything)
def test_whatever_stands_in_its_fields_only_texts_are_taken(names: object, said: object) -> None:
    found = read(json.dumps({"username": names, "keywords": said, "obs_password": said}))
    assert all(isinstance(one.word, str) and one.word.strip() for one in found.triggers)
    assert all(isinstance(one.name, str) for one in found.follows)


def test_a_time_beyond_all_calendars_is_named_and_takes_nothing_along() -> None:
    found = read(
        "earshot: 1\nfollows:\n- account: amina\n  paused_until: '0001-01-01T00:00:00+14:00'\n- account: bob\n"
    )
    assert "bob" in [one.handle for one in found.follows]
