"""A model that sees looks at clips before either chat does: what it names is held, else they are posted and say who looked."""

import asyncio
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.chats import Town, buttons_of, town
from tests.journeys.conftest import begin
from tests.platforms import groq_vision
from tests.platforms.groq_whole import LoopbackWhole
from tests.platforms.judges import honest
from tests.platforms.speech import Told
from tests.platforms.tiktok import Running, running
from tests.waiting import until

HANDLE = "amina.kitchen"
REASON = "Somebody undresses beside an open fire."
NAKED = groq_vision.verdict(REASON, nudity=0.9, dangerous=0.8)
FINE = groq_vision.verdict()
LOOKED = re.compile(r"looked at before posting: words and \d frames")
Post = tuple[dict[str, Any], str]


@dataclass(frozen=True)
class Shown:
    """A post of a clip as it stood: its words without marks, its buttons, and whether it has a player."""

    text: str
    buttons: tuple[str, ...]
    plays: bool


@dataclass
class Evening:
    """What became of each clip on each chat, first on Discord."""

    town: Town
    tiktok: Running
    groq: LoopbackWhole
    held: list[Shown] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    still: list[str] = field(default_factory=list)
    released: list[Shown] = field(default_factory=list)
    passed: list[Shown] = field(default_factory=list)
    unseen: list[Shown] = field(default_factory=list)
    code: int = -1
    errors: list[str] = field(default_factory=list)

    def clips(self) -> list[list[Post]]:
        """The posts of clips on each, oldest first."""
        both = self.town.on_discord(), self.town.on_telegram()
        return [[(one, text) for one, text in posts if "looked at before posting" in text] for posts in both]

    def newest(self) -> list[Shown]:
        """The newest on each. On Telegram a text stays one: its video answers it."""
        answered = {
            one["reply_to_message"]["message_id"]
            for one, _ in self.town.on_telegram()
            if "video" in one and "reply_to_message" in one
        }
        return [
            Shown(
                text.replace("*", ""),
                tuple(buttons_of(one)),
                bool(one.get("attachments") or one.get("video")) or one.get("message_id") in answered,
            )
            for one, text in (posts[-1] for posts in self.clips())
        ]

    async def save(self, name: str) -> list[Shown]:
        """A clip of this name is asked for on each; its posts."""
        await self.town.slash("clip save", account=f"@{HANDLE}", name=name)
        await self.town.type(f"/clip save @{HANDLE} name={name}")
        await until(lambda: all(any(name in text for _, text in posts) for posts in self.clips()), 60)
        return self.newest()

    async def press(self, button: str, who: str) -> list[str]:
        """On the newest of each; what whoever did it reads at once."""
        (first, _), (second, _) = (posts[-1] for posts in self.clips())
        discord, telegram = self.town.discord, self.town.telegram
        clicked = await discord.click(first, button, user=getattr(discord, who))
        pressed = await telegram.press(second, button, user=getattr(telegram, who))
        return [clicked.text, (pressed.answer or {}).get("text", "")]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """Half a minute of a live, in real time."""
    return asyncio.run(spend(tmp_path_factory.mktemp("vision") / "data"))


async def spend(folder: Path) -> Evening:
    told = Told()
    told.say("First I warm the oil, and then the onions go in.")
    with running() as tiktok:
        async with town() as here, LoopbackWhole(told, honest("vermin"), NAKED) as groq:
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": "2"}
            around |= {"GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.origin}
            around |= {"GROQ_VISION_MODEL": groq_vision.MODEL}
            process = await here.begin(begin, folder, **around)
            evening = Evening(here, tiktok, groq)
            try:
                await attend(evening, told)
            finally:
                evening.code, evening.errors = await process.kill(signal.SIGTERM), process.errors
    return evening


async def attend(evening: Evening, told: Told) -> None:
    here, groq = evening.town, evening.groq
    evening.tiktok.tell("account", unique_id=HANDLE, nickname="Amina")
    await here.slash("setup")
    await here.type("/setup")
    await here.slash("follow", account=f"@{HANDLE}")
    await here.type(f"/follow @{HANDLE}")
    evening.tiktok.tell("live", unique_id=HANDLE, title="Sunday kitchen", viewers=180)
    await until(lambda: told.heard, 60)
    evening.held = await evening.save("fire")
    evening.refusals = await evening.press("It is fine", "bob")
    evening.still = [one.text for one in evening.newest()]
    await evening.press("It is fine", "alice")
    await until(lambda: all("found it fine" in one.text and one.plays for one in evening.newest()))
    evening.released = evening.newest()
    groq.verdict = FINE
    evening.passed = await evening.save("soup")
    groq.models.remove(groq_vision.MODEL)
    evening.unseen = await evening.save("bread")


def test_what_the_frames_show_is_held_and_its_verdict_names_what_was_looked_for_and_why(evening: Evening) -> None:
    nothing = (
        "Nothing found of gore, hate or extremism, harassment, self-harm, sexual content with minors, misinformation."
    )
    for one in evening.held:
        assert "is held for a person" in one.text
        assert "Found nudity in the picture" in one.text
        assert f"Why {REASON}" in one.text
        assert "noted: dangerous or illegal acts" in one.text
        assert nothing in one.text
        assert LOOKED.search(one.text)
        assert {"Look at it", "It is fine", "Keep it away"} <= set(one.buttons)
        assert not one.plays


def test_a_viewer_cannot_release_it(evening: Evening) -> None:
    assert all("This is for moderators" in text for text in evening.refusals)
    assert all("is held for a person" in text for text in evening.still)


def test_a_moderator_releases_it_on_each_chat(evening: Evening) -> None:
    for who, one in zip(("alice", "Alice"), evening.released, strict=True):
        assert one.plays
        assert f"{who} found it fine" in one.text
        assert "is held" not in one.text


def test_what_passes_is_posted_at_once_and_says_that_frames_were_looked_at(evening: Evening) -> None:
    for one in evening.passed:
        assert one.plays
        assert LOOKED.search(one.text)
        assert "ound" not in one.text


def test_without_its_model_words_alone_are_looked_at_and_the_post_says_so(evening: Evening) -> None:
    for one in evening.unseen:
        assert one.plays
        assert "only its words, for the model that sees is out" in one.text
        assert "there is no such model any more" in one.text


def test_all_is_clean(evening: Evening) -> None:
    evening.town.assert_clean()
    assert evening.code == 0
    assert not [line for line in evening.errors if "Traceback" in line]
