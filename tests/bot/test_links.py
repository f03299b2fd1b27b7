"""Links in what people write: each once, in their order, without what stands around them."""

import pytest

from bot.links import links_in


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", []),
        ("hello tiktok.com", []),
        ("https://www.tiktok.com/@a/video/1", ["https://www.tiktok.com/@a/video/1"]),
        ("see (vm.tiktok.com/abc), vm.tiktok.com/abc.", ["vm.tiktok.com/abc"]),
        ("<https://m.tiktok.com/v/1>\nVT.TIKTOK.COM/x", ["https://m.tiktok.com/v/1", "VT.TIKTOK.COM/x"]),
        ("[t](https://www.tiktok.com/t/ab/) https://a.example/x", ["https://www.tiktok.com/t/ab/"]),
        ("https://www.tiktok.com/@a/video/1?x=1&y=2;z", ["https://www.tiktok.com/@a/video/1?x=1&y=2"]),
    ],
)
def test_links_are_found(text: str, links: list[str]) -> None:
    assert links_in(text) == links


def test_links_of_several_texts_are_counted_once() -> None:
    assert links_in("vm.tiktok.com/a", "vm.tiktok.com/a vm.tiktok.com/b") == ["vm.tiktok.com/a", "vm.tiktok.com/b"]
