"""The owner chooses the local engine on a chat: a question, a fetch told as it goes, and a running Earshot that hears by it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.adapters.speech.weights import SOURCES
from tests.journeys.chats import town
from tests.journeys.conftest import Start, both_ready, earshot, vitals
from tests.platforms import tiny_whisper
from tests.platforms.hub import LoopbackHub
from tests.waiting import until


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[LoopbackHub]:
    source = tiny_whisper.make(tmp_path / "source", "These are the words")
    async with LoopbackHub({SOURCES["base"].repository: source}) as made:
        yield made


def hears(folder: Path) -> bool:
    whisper = vitals(folder).get("engines", {}).get("whisper", {})
    return bool(whisper.get("ready") and whisper.get("tried"))


async def test_on_discord_weights_are_asked_for_fetched_and_used_by_the_running_one(
    start: Start, data: Path, hub: LoopbackHub
) -> None:
    hub.slow = 0.1
    async with town() as here:
        await here.begin(start, data, LOOK_EVERY="30", HF_ENDPOINT=hub.origin, SPEECH="captions")
        await until(lambda: both_ready(data))
        asked = await here.slash("admin engine", engine="whisper")
        assert "Fetch base, 148.0 MB?" in asked.text
        assert hub.calls == []
        fetching = await here.discord.click(asked.message, "Fetch", user=here.discord.alice)
        await fetching.until(lambda said: "Fetching base" in said.text)
        await fetching.until(lambda said: " of 1.0 MB" in said.text)
        await fetching.until(lambda said: "base is here, 1.0 MB." in said.text)
        await until(lambda: hears(data))
        assert not vitals(data)["engines"]["captions"]["tried"]
        here.discord.assert_clean()


async def test_on_telegram_a_fetch_is_stopped_and_gone_on_with(start: Start, data: Path, hub: LoopbackHub) -> None:
    hub.slow = 0.1
    async with town() as here:
        await here.begin(start, data, LOOK_EVERY="30", HF_ENDPOINT=hub.origin, SPEECH="none")
        telegram, alice = here.telegram, here.telegram.alice
        await here.type("/admin engine whisper")

        def said(part: str) -> dict[str, Any] | None:
            return next((message for message, text in here.on_telegram() if part in text), None)

        question = await until(lambda: said("Fetch base, 148.0 MB?"))
        await telegram.press(question, "Fetch", user=alice)
        coming = await until(lambda: said(" of 1.0 MB"))
        await telegram.press(coming, "Cancel", user=alice)
        await until(lambda: said("What has come stays"))
        hub.slow = 0.0
        before = hub.served
        await here.type("/admin engine whisper")
        again = await until(lambda: said("of them are here already."))
        await telegram.press(again, "Fetch", user=alice)
        await until(lambda: said("base is here, 1.0 MB."))
        assert hub.served - before < 800_000, "what had come was not fetched again"
        await until(lambda: hears(data))
        here.telegram.assert_clean()


async def test_at_a_console_beside_it_the_running_one_heeds_a_choice_within_seconds(
    start: Start, data: Path, hub: LoopbackHub
) -> None:
    tiny_whisper.make(data / "models" / "our-own")
    async with town() as here:
        await here.begin(start, data, LOOK_EVERY="30", HF_ENDPOINT=hub.origin, SPEECH="none")
        asked = await asyncio.to_thread(earshot, data, "console", "admin", "engine", "whisper", SPEECH="none")
        assert (asked.code, asked.err) == (0, "")
        assert "admin fetch our-own" in asked.out
        done = await asyncio.to_thread(earshot, data, "console", "admin", "fetch", "our-own", SPEECH="none")
        assert (done.code, done.err) == (0, "")
        await until(lambda: hears(data))
        health = json.loads((await asyncio.to_thread(earshot, data, "console", "admin", "health", "--json")).out)
        assert {part["values"]["engine"] for part in health["parts"] if part["code"] == "ENGINE"} == {"whisper"}
        assert hub.calls == []
