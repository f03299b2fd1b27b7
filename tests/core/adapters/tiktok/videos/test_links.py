"""Links to videos: what is read as one, where short ones lead, and that nothing but TikTok's own hosts is ever asked."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.tiktok.videos.links import ShortLinks, parse
from core.errors import EarshotError, Invalid, Missing, Transient
from core.model.video import ShortLink, VideoLink
from tests.platforms.tiktok import TikTok
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media

__all__ = ["tiktok", "tiktok_media"]
ID = "7400000000000000001"

READ = {
    f"https://www.tiktok.com/@chef/video/{ID}": VideoLink(ID, "chef"),
    f"https://www.tiktok.com/@Chef.B_2/video/{ID}?_r=1&_t=x#top": VideoLink(ID, "chef.b_2"),
    f"http://m.tiktok.com/@chef/video/{ID}/": VideoLink(ID, "chef"),
    f"tiktok.com/@chef/video/{ID}": VideoLink(ID, "chef"),
    f"WWW.TIKTOK.COM/@chef/video/{ID}": VideoLink(ID, "chef"),
    f"https://www.tiktok.com/@/video/{ID}": VideoLink(ID),
    f"https://m.tiktok.com/v/{ID}.html": VideoLink(ID),
    f"tiktok.com/v/{ID}": VideoLink(ID),
    f"https://www.tiktok.com/embed/v2/{ID}": VideoLink(ID),
    f"https://www.tiktok.com/share/video/{ID}/": VideoLink(ID),
    f"Watch this! https://www.tiktok.com/@chef/video/{ID} #eggs": VideoLink(ID, "chef"),
    "https://vm.tiktok.com/ZTabc123/": ShortLink("https://vm.tiktok.com/ZTabc123/"),
    "vt.tiktok.com/ZTabc123": ShortLink("https://vt.tiktok.com/ZTabc123/"),
    "http://vm.tiktok.com/ZTabc123?x=1": ShortLink("https://vm.tiktok.com/ZTabc123/"),
    "https://www.tiktok.com/t/ZTabc123/": ShortLink("https://www.tiktok.com/t/ZTabc123/"),
    "https://tiktok.com/t/ZTabc123": ShortLink("https://www.tiktok.com/t/ZTabc123"),
    "https://m.tiktok.com/ZTabc123": ShortLink("https://m.tiktok.com/ZTabc123/"),
}

REFUSED = {
    "": "LINK",
    "eggs": "LINK",
    "@chef": "LINK",
    "https://www.tiktok.com/": "LINK",
    "https://www.tiktok.com/@chef": "LINK",
    "https://www.tiktok.com/@chef/video/abc": "LINK",
    "https://www.tiktok.com/tag/eggs": "LINK",
    "https://vm.tiktok.com/": "LINK",
    "https://vm.tiktok.com/a/b": "LINK",
    "https://[::1/": "NOT_TIKTOK",
    f"https://www.tiktok.com/@chef/photo/{ID}": "NOT_VIDEO",
    f"https://www.tiktok.com/@chef/photo/{ID}?x=1": "NOT_VIDEO",
    "https://www.tiktok.com/@chef/live": "LIVE_LINK",
    "https://example.com/x": "NOT_TIKTOK",
    "https://youtu.be/abc": "NOT_TIKTOK",
    "ftp://www.tiktok.com/x": "NOT_TIKTOK",
    f"https://tiktok.com.evil.org/@chef/video/{ID}": "NOT_TIKTOK",
    f"https://eviltiktok.com/@chef/video/{ID}": "NOT_TIKTOK",
    f"https://www.tiktok.com@evil.org/@chef/video/{ID}": "NOT_TIKTOK",
    f"https://user:pass@www.tiktok.com/@chef/video/{ID}": "NOT_TIKTOK",
    f"https://www.tiktok.com:8080/@chef/video/{ID}": "NOT_TIKTOK",
    f"https://www.tiktok.com./@chef/video/{ID}": "NOT_TIKTOK",
    f"https://www.tiktok.com\\@evil.org/@chef/video/{ID}": "NOT_TIKTOK",
    f"https://evil.org\\.tiktok.com/@chef/video/{ID}": "NOT_TIKTOK",
    f"https://www.tіktok.com/@chef/video/{ID}": "NOT_TIKTOK",  # a Cyrillic і
    f"https://127.0.0.1/@chef/video/{ID}": "NOT_TIKTOK",
    "https://169.254.169.254/latest/meta-data": "NOT_TIKTOK",
    "file:///etc/passwd": "NOT_TIKTOK",
}


@pytest.mark.parametrize("text", READ)
def test_a_link_is_read(text: str):
    assert parse(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused_before_anything_is_asked(text: str):
    with pytest.raises(EarshotError) as refused:
        parse(text)
    assert refused.value.code == REFUSED[text]


hosts = st.sampled_from(
    ["www.tiktok.com", "vm.tiktok.com", "evil.org", "tiktok.com.evil.org", "127.0.0.1", "[::1]", "www.tiktok.com."]
)
parts = st.sampled_from(["@", ":", "//", "\\", "#", "?", "%2f", "..", " ", "\t", "\n", "\u3002", "x", "/t/", ID])


@given(st.lists(st.one_of(hosts, parts, st.text(max_size=5)), max_size=8).map("".join).map(lambda s: f"https://{s}"))
def test_whatever_is_typed_only_tiktoks_hosts_can_be_asked(text: str):
    try:
        found = parse(text)
    except EarshotError:
        return
    parts = urlsplit(found.address)
    assert parts.scheme == "https"
    assert parts.netloc in {"www.tiktok.com", "m.tiktok.com", "vm.tiktok.com", "vt.tiktok.com"}


@pytest.fixture
def links(tiktok: TikTok) -> ShortLinks:
    return ShortLinks(tiktok.proxy)


@pytest.mark.parametrize(
    "made", ["https://vm.tiktok.com/{}/", "https://vt.tiktok.com/{}", "https://www.tiktok.com/t/{}"]
)
async def test_a_short_link_leads_to_its_video(tiktok: TikTok, links: ShortLinks, made: str):
    video = tiktok.video("chef", short="ZTabc123")
    assert await links.resolve(made.format("ZTabc123")) == VideoLink(video.video_id, "chef")
    assert tiktok.hits["video_page"] == 0


async def test_a_long_link_asks_nothing(tiktok: TikTok, links: ShortLinks):
    assert await links.resolve(f"https://www.tiktok.com/@chef/video/{ID}") == VideoLink(ID, "chef")
    assert tiktok.hits.total() == 0


@pytest.mark.parametrize(("hops", "leads"), [(2, True), (3, True), (4, False)])
async def test_three_redirects_are_followed_and_no_more(tiktok: TikTok, links: ShortLinks, hops: int, leads: bool):
    video = tiktok.video("chef", short="ZTabc123", hops=hops)
    if leads:
        assert (await links.resolve("https://vm.tiktok.com/ZTabc123/")).id == video.video_id
    else:
        with pytest.raises(Invalid, match="LINK"):
            await links.resolve("https://vm.tiktok.com/ZTabc123/")
    assert tiktok.hits["short_link"] <= 3


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("https://evil.org/@chef/video/7400000000000000001", "NOT_TIKTOK"),
        ("http://www.tiktok.com/@chef/video/7400000000000000001", "NOT_TIKTOK"),
        ("https://169.254.169.254/latest/meta-data", "NOT_TIKTOK"),
        ("//evil.org/x", "NOT_TIKTOK"),
        ("javascript:alert(1)", "TIKTOK_DOWN"),
        ("https://www.tiktok.com/@chef/photo/7400000000000000001", "NOT_VIDEO"),
        ("https://www.tiktok.com/@chef/live", "LIVE_LINK"),
        ("https://www.tiktok.com/", "GONE"),
        ("https://www.tiktok.com/login", "GONE"),
        ("https://www.tiktok.com/@chef", "LINK"),
    ],
)
async def test_a_redirect_that_leads_elsewhere_is_not_followed(
    tiktok: TikTok, links: ShortLinks, target: str, code: str
):
    tiktok.fault("short_link", status=301, headers={"Location": target}, times=-1)
    with pytest.raises(EarshotError) as refused:
        await links.resolve("https://vm.tiktok.com/ZTabc123/")
    assert refused.value.code == code
    assert tiktok.hits.total() == 1


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"status": 404}, Missing, "GONE"),
        ({"status": 200, "body": "<html>"}, Missing, "GONE"),
        ({"status": 403}, Transient, "TIKTOK_LIMIT"),
        ({"status": 429}, Transient, "TIKTOK_LIMIT"),
        ({"status": 503}, Transient, "TIKTOK_DOWN"),
        ({"abort": True}, Transient, "TIKTOK_DOWN"),
    ],
)
async def test_what_goes_wrong_on_the_way_is_told(
    tiktok: TikTok, links: ShortLinks, fault: dict[str, object], kind: Callable[..., EarshotError], code: str
):
    tiktok.fault("short_link", times=-1, **fault)
    with pytest.raises(kind, match=code):  # type: ignore[call-overload]
        await links.resolve("https://vm.tiktok.com/ZTabc123/")


async def test_no_cookie_is_sent_from_one_hop_to_the_next(tiktok: TikTok, links: ShortLinks):
    tiktok.video("chef", short="ZTabc124")
    tiktok.fault(
        "short_link", status=302, headers={"Location": "https://vm.tiktok.com/ZTabc124", "Set-Cookie": "id=1"}, times=1
    )
    await links.resolve("https://vm.tiktok.com/ZTabc123")
    assert all("cookie" not in call.headers for call in tiktok.asked("short_link"))
