"""The owner chooses what hears: an engine that can, or the local one after a question and a fetch; heeded beside whatever runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.engines import EngineShown, FetchAsked
from bot.wording import plain
from core.adapters.clock import SystemClock
from core.adapters.speech.weights import SOURCES, WhisperShelf
from core.model.person import Role
from core.model.tellable.weights import NoWeights, WeightsComing, WeightsHere
from core.services.choosing import Choice, Choosing
from core.services.fetching import KIND, Fetching
from tests.at_work import at_work
from tests.builders import outbox
from tests.platforms import tiny_whisper
from tests.platforms.hub import LoopbackHub
from tests.platforms.service import Fault
from tests.waiting import until

Ask = Callable[..., Asked]


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items)))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[LoopbackHub]:
    source = tiny_whisper.make(tmp_path / "source", "These are the words")
    async with LoopbackHub({SOURCES["base"].repository: source}) as made:
        yield made


@pytest.fixture
def owner(ask: Ask, hub: LoopbackHub, tmp_path: Path) -> Asked:
    """The owner in a house whose weights come from a loopback hub, in which others do the work."""
    asked = ask()
    return replace(asked, house=replace(fetching_from(asked, hub, tmp_path).house, worker=None), reply_at=asked.address)


def fetching_from(asked: Asked, hub: LoopbackHub, folder: Path) -> Asked:
    shelf = WhisperShelf(folder / "models", hub.origin, SystemClock())
    fetching = Fetching(asked.house.storage, asked.house.clock, shelf, asked.house.choosing)
    return replace(asked, house=replace(asked.house, fetching=fetching))


def handlers(asked: Asked) -> dict[str, Any]:
    return {KIND: asked.house.fetching.fetch}


async def test_an_engine_is_chosen_and_every_engine_is_named_with_its_state(kernel: Kernel, owner: Asked) -> None:
    shown = await kernel.press("admin.engine:auto", owner)
    assert isinstance(shown, EngineShown)
    assert (shown.choice, shown.start) == (Choice("auto", "base"), Choice("none", "base"))
    said = text(draw(shown, owner.words))
    assert said.startswith("Speech becomes text by the first engine that can.")
    assert "The settings say SPEECH=none, WHISPER_MODEL=base." in said
    assert "✓ TikTok's captions · ready" in said
    assert "· Groq · GROQ_API_KEY is not set" in said
    assert "· Whisper on this machine · no weights of base, 148.0 MB" in said
    assert [engine.name for engine in owner.house.listening.able()] == ["captions"], "this process heeds it at once"
    back = await kernel.press("admin.engine:none", owner)
    assert back.choice == back.start
    assert owner.house.listening.able() == []


async def test_another_process_heeds_it(kernel: Kernel, owner: Asked) -> None:
    other = Choosing(owner.house.storage, SystemClock(), owner.house.choosing.start)
    task = asyncio.create_task(other.run())
    await kernel.press("admin.engine:captions", owner)
    await until(lambda: other.now.engine == "captions")
    task.cancel()


async def test_one_that_lacks_its_key_is_not_chosen(kernel: Kernel, owner: Asked) -> None:
    refused = await kernel.press("admin.engine:groq", owner)
    assert isinstance(refused, Failed)
    assert text(draw(refused, owner.words)).startswith("Groq cannot hear anything yet: GROQ_API_KEY is not set.")
    assert (await owner.house.choosing.look()).engine == "none"


async def test_whisper_asks_before_it_fetches_and_names_other_sizes(
    kernel: Kernel, owner: Asked, hub: LoopbackHub, tmp_path: Path
) -> None:
    tiny_whisper.make(tmp_path / "models" / "our-own")
    asked = await kernel.press("admin.engine:whisper", owner)
    assert isinstance(asked, FetchAsked)
    card = draw(asked, owner.words)
    assert text(card).startswith("Fetch base, 148.0 MB?")
    assert keys(card)[0] == "admin.fetch:base"
    assert {"admin.fetch:small", "admin.fetch:large-v3", "admin.fetch:our-own"} <= set(keys(card))
    assert "our-own · here" in [button.label for row in card.buttons for button in row]
    assert hub.calls == []
    assert (await owner.house.choosing.look()).engine == "none", "nothing is changed by a question"


async def test_a_yes_fetches_tells_and_switches(kernel: Kernel, owner: Asked, tmp_path: Path) -> None:
    async with at_work(owner.house, handlers(owner)):
        began = await kernel.press("admin.fetch:base", owner)
        assert began == WeightsComing(1, "base")
        assert "admin.cancel:1" in keys(draw(began, owner.words))
        await until(lambda: any(isinstance(one.says, WeightsHere) for one in outbox(tmp_path)))
    assert await owner.house.choosing.look() == Choice("whisper", "base")
    shown = await kernel.press("admin.engine:whisper", owner)
    assert isinstance(shown, EngineShown)
    assert "Whisper on this machine · ready with base, 1.0 MB" in text(draw(shown, owner.words))
    posts = outbox(tmp_path)
    assert {one.notice.address for one in posts} == {owner.address}
    assert {one.notice.subject for one in posts} == {"job:1"}


async def test_a_folder_somebody_put_there_is_used_without_fetching(
    kernel: Kernel, owner: Asked, hub: LoopbackHub, tmp_path: Path
) -> None:
    tiny_whisper.make(tmp_path / "models" / "our-own")
    shown = await kernel.press("admin.fetch:our-own", owner)
    assert isinstance(shown, EngineShown)
    assert shown.choice == Choice("whisper", "our-own")
    assert hub.calls == []


async def test_what_is_under_way_is_listed_shown_and_ended(
    kernel: Kernel, owner: Asked, hub: LoopbackHub, tmp_path: Path
) -> None:
    hub.slow = 0.1
    async with at_work(owner.house, handlers(owner)):
        await kernel.press("admin.fetch:base", owner)
        await until(lambda: hub.served > 0)
        assert "fetching weights" in text(draw(await kernel.press("admin.jobs:running", owner), owner.words))
        ended = await kernel.press("admin.cancel:1", owner)
        assert "cancelled" in text(draw(ended, owner.words))
    last = outbox(tmp_path)[-1].says
    assert last == NoWeights(1, "base", "CANCELLED")
    assert keys(draw(last, owner.words)) == ["admin.fetch:base"]
    assert (await owner.house.choosing.look()).engine == "none"


async def test_where_nothing_runs_the_asker_s_own_hands_fetch(
    kernel: Kernel, ask: Ask, hub: LoopbackHub, tmp_path: Path
) -> None:
    asked = fetching_from(ask(), hub, tmp_path)
    worker = asked.house.worker
    assert worker is not None
    hands = replace(worker, handlers={**worker.handlers, KIND: asked.house.fetching.fetch}, running={}, _tasks={})
    asked = replace(asked, house=replace(asked.house, worker=hands))
    done = await kernel.press("admin.fetch:base", asked)
    assert done == WeightsHere("base", done.size)
    assert outbox(tmp_path) == [], "who waits is told by the answer"


async def test_a_fetch_that_fails_says_why(kernel: Kernel, owner: Asked, hub: LoopbackHub, tmp_path: Path) -> None:
    hub.fail_next(Fault("resolve", status=404, times=9))
    async with at_work(owner.house, handlers(owner)) as _:
        await kernel.press("admin.fetch:base", owner)

        async def over() -> bool:
            async with owner.house.storage.reading() as work:
                job = await work.jobs.get(1)
            return job is not None and job.state == "dead"

        await until(over)
    assert (await kernel.press("admin.fetch:huge", owner)).code == "MODEL"


async def test_health_names_what_each_engine_lacks(kernel: Kernel, owner: Asked) -> None:
    await kernel.press("admin.engine:auto", owner)
    said = text(draw(await kernel.press("admin.health", owner), owner.words))
    assert "Speech to text: TikTok's captions." in said
    assert "Groq · GROQ_API_KEY is not set." in said
    assert "Whisper on this machine · no weights: earshot models get base." in said


@pytest.mark.parametrize("verb", ["admin.engine:none", "admin.fetch:base"])
async def test_a_manager_is_refused(verb: str, kernel: Kernel, owner: Asked) -> None:
    assert (await kernel.press(verb, replace(owner, role=Role.MANAGER))).code == "NO_RIGHT"
