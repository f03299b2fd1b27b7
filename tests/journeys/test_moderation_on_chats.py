"""A live whose chat harasses somebody: both chats are told of the words, and decide."""

import signal
from pathlib import Path
from typing import Any

from tests.journeys.chats import Town, buttons_of, town
from tests.journeys.conftest import begin
from tests.platforms.tiktok import running
from tests.waiting import until

HANDLE = "amina.kitchen"
HARASSING = "kill yourself you worthless pig, nobody would miss you"
AUTHOR = "tormentor_91"


def alerts(posts: Any) -> list[tuple[dict[str, Any], str]]:
    """The posts that somebody has to decide."""
    return [(message, text) for message, text in posts if "Dismiss" in buttons_of(message)]


def said(posts: Any, words: str) -> bool:
    return any(words in text for _, text in posts)


async def test_a_harassing_chat_is_told_on_both_chats_and_dismissed(tmp_path: Path) -> None:
    with running() as tiktok:
        async with town() as here:
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": "3"}
            process = await here.begin(begin, tmp_path / "data", **around)
            try:
                await happen(here, tiktok)
            finally:
                code, errors = await process.kill(signal.SIGTERM), process.errors
    assert code == 0
    assert [line for line in errors if "Traceback" in line] == []


async def happen(here: Town, tiktok: Any) -> None:
    tiktok.tell("account", unique_id=HANDLE, nickname="Amina", followers=48210)
    await here.slash("setup")
    await here.slash("follow", account=f"@{HANDLE}")
    await here.type("/setup")
    await here.type(f"/follow @{HANDLE}")
    tiktok.tell("live", unique_id=HANDLE, title="Sunday kitchen", viewers=180)
    both = (here.on_discord, here.on_telegram)
    await until(lambda: all(said(every(), "is live") for every in both), 60)
    for attempt in range(20):  # until the chat is connected nobody hears a line
        lines = [("bob", f"nice soup {attempt}"), (AUTHOR, HARASSING)]
        for user, text in lines:
            tiktok.tell("emit", unique_id=HANDLE, events=[{"type": "comment", "user": user, "text": text}])
        try:
            await until(lambda: all(alerts(every()) for every in both), 8)
        except (TimeoutError, AssertionError):
            continue
        break
    for every in both:
        (_, text), *_ = alerts(every())
        assert "nobody would miss you" in text
        assert AUTHOR not in text, "labels describe a text"
    (alert, _), *_ = alerts(here.on_discord())
    await here.discord.click(alert, "Dismiss", user=here.discord.alice)
    (alert, _), *_ = alerts(here.on_telegram())
    await here.telegram.press(alert, "Dismiss", user=here.telegram.alice)
    await until(lambda: all(said(every(), "Dismissed") for every in both), 60)
