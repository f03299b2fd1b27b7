"""A risk alert is heard before it is decided: on both chats there is sound around its words, and what stands around them."""

import asyncio
import re
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.telegram.press import AGAIN
from tests.journeys.chats import Town, buttons_of, town
from tests.journeys.conftest import begin
from tests.platforms.groq import UNLIMITED, LoopbackGroq
from tests.platforms.speech import RATE, Told, decoded, found_in
from tests.platforms.tiktok import Running, running
from tests.waiting import until

HANDLE = "amina.kitchen"
LINES = ("First I warm the oil.", "Those Norvanians are vermin.", "Nobody talks like that in my kitchen.")
HATE, QUOTE = LINES[1], LINES[1][:-1]
DECIDERS = ("Dismissed", "Confirmed")
NUMBER, TIMES = re.compile(r"alert #(\d+)"), re.compile(r"(\d+):(\d\d)")
PATIENCE = 150.0
"""Seconds until it can be heard: it waits until 20 s after the words have passed, and for its turn in a group that Telegram lets
have 20 messages a minute."""
pytestmark = pytest.mark.timeout(600)


@dataclass
class Evening:
    """What came of one alert on each chat, first on Discord: what was heard at first and once it was decided."""

    town: Town
    told: Told
    files: list[bytes] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    leaks: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    code: int = -1
    pressed: float = 0.0

    def alerts(self) -> list[tuple[dict[str, Any], str]]:
        """The alert on each chat, as far as it is there."""
        both = self.town.on_discord(), self.town.on_telegram()
        found = [[one for one in posts if QUOTE in one[1] and "Hear 45 s" in buttons_of(one[0])] for posts in both]
        return [posts[0] for posts in found if posts]

    async def click(self, button: str, user: dict[str, Any]) -> Any:
        """On Discord; what whoever did it reads."""
        return await self.town.discord.click(self.alerts()[0][0], button, user=user, timeout=PATIENCE)

    async def press(self, button: str, user: dict[str, Any]) -> Any:
        """The same on Telegram, below its newest copy, when no press before can be taken for the same."""
        newest = [one for one, _ in self.answers(QUOTE) if button in buttons_of(one)][-1]
        await asyncio.sleep(self.pressed + AGAIN + 0.1 - time.monotonic())
        self.pressed = time.monotonic()
        return await self.town.telegram.press(newest, button, user=user)

    async def hear(self) -> None:
        """On each; a group reads it under the alert."""
        answer = await self.click("Hear 45 s", self.town.discord.alice)
        self.files.append(self.town.discord.attachment_data(answer.message["attachments"][0]))
        before = len(self.answers("Around alert"))
        await self.press("Hear 45 s", self.town.telegram.alice)
        (message, title) = (await until(lambda: self.answers("Around alert")[before:], PATIENCE))[0]
        self.files.append(self.town.telegram.file_data(message))
        self.titles += [answer.text, title]

    async def look(self) -> None:
        """At the lines around."""
        self.contexts.append((await self.click("Context", self.town.discord.alice)).text)
        await self.press("Context", self.town.telegram.alice)
        self.contexts.append((await until(lambda: self.answers("Around 0:"), PATIENCE))[0][1])

    async def refuse(self) -> None:
        """Bob may nothing; what he is told, and what everybody could see of it."""
        here, before = self.town, len(list(self.town.on_telegram()))
        for button in ("Hear 45 s", "Context", "Confirm"):
            self.refusals.append((await self.click(button, here.discord.bob)).text)
            self.refusals.append((await self.press(button, here.telegram.bob)).answer["text"])
        self.leaks = [message for message, _ in list(here.on_telegram())[before:]]

    def answers(self, words: str) -> list[tuple[dict[str, Any], str]]:
        """What stands in the group and has these words."""
        return [(one, text) for one, text in self.town.on_telegram() if words in text]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """About a minute, in real time."""
    return asyncio.run(spend(tmp_path_factory.mktemp("hearing") / "data"))


async def spend(folder: Path) -> Evening:
    told = Told()
    ears = LoopbackGroq(told, per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED)
    with running() as tiktok:
        async with town() as here, ears as groq:
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": "2"}
            around |= {"GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.origin}
            process = await here.begin(begin, folder, **around)
            evening = Evening(here, told)
            try:
                await attend(evening, tiktok)
            finally:
                evening.code, evening.errors = await process.kill(signal.SIGTERM), process.errors
    return evening


async def attend(evening: Evening, tiktok: Running) -> None:
    here = evening.town
    tiktok.tell("account", unique_id=HANDLE, nickname="Amina")
    await here.slash("setup")
    await here.type("/setup")
    await here.slash("follow", account=f"@{HANDLE}")
    await here.type(f"/follow @{HANDLE}")
    for line in LINES:
        evening.told.say(line)
    tiktok.tell("live", unique_id=HANDLE, title="Sunday kitchen", viewers=180)
    await until(lambda: len(evening.alerts()) == 2, PATIENCE)
    await evening.refuse()
    await evening.hear()
    await evening.look()
    first, second = (NUMBER.search(title)[1] for title in evening.titles)  # type: ignore[index]
    await here.slash("review decide", alert=first, verdict="dismiss", note="it is quoted")
    await here.type(f"/review decide {second} confirm it is meant")
    await until(lambda: all(who in text for who, (_, text) in zip(DECIDERS, evening.alerts(), strict=True)))
    evening.decided = [text for _, text in evening.alerts()]
    await evening.hear()


def test_there_is_sound_and_it_holds_the_words_and_what_is_around_them(evening: Evening) -> None:
    said = evening.told.heard[HATE]
    assert len(evening.files) == 4
    for data, title in zip(evening.files, evening.titles, strict=True):
        start, end, second = (int(m) * 60 + int(s) for m, s in TIMES.findall(title))
        sound, container = decoded(data)
        assert "mp4" in container
        at = found_in(sound, said)
        assert at is not None
        assert at == pytest.approx(second - start, abs=2.0)
        assert len(sound) / RATE == pytest.approx(end - start, abs=3.0)
        assert second - 25 <= start <= second
        assert end >= second + 18, "20 s of what follows"


def test_the_lines_around_are_shown(evening: Evening) -> None:
    for text in evening.contexts:
        assert [line for line in LINES if line in text] == list(LINES)


def test_who_may_not_decide_may_not_hear_either(evening: Evening) -> None:
    assert len(evening.refusals) == 6
    assert all("moderator" in text.lower() or "Only" in text for text in evening.refusals)
    assert evening.leaks == []


def test_what_is_decided_by_a_command_stands_on_the_post_and_can_still_be_heard(evening: Evening) -> None:
    on_discord, on_telegram = evening.decided
    assert on_discord.replace("#", "").strip().startswith("Dismissed")
    assert "it is quoted" in on_discord
    assert on_telegram.startswith("Confirmed")
    assert "it is meant" in on_telegram


def test_all_is_clean(evening: Evening) -> None:
    evening.town.assert_clean()
    assert evening.code == 0
    assert not [line for line in evening.errors if "Traceback" in line]
