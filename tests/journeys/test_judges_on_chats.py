"""Models judge lives on both chats, in each one's language; then they are gone, and alerts go on and say so."""

import asyncio
import signal
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from tests.journeys.chats import Town, buttons_of, town
from tests.journeys.conftest import begin
from tests.platforms import speech
from tests.platforms.groq_whole import LoopbackWhole
from tests.platforms.judges import honest
from tests.platforms.tiktok import Running, running
from tests.waiting import until

HATE = "Norvanians are vermin"
FIRST, SECOND = "amina.kitchen", "karim.garden"
NUMBERS = {FIRST: "first", SECOND: "second"}
SUMMARY = "A cook talks to a caller."


@dataclass
class Evening:
    """What two lives left behind on both chats: one judged by models, one after they were gone."""

    town: Town
    groq: LoopbackWhole
    alerts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    status: list[str] = field(default_factory=list)
    owner: list[str] = field(default_factory=list)
    code: int = -1
    errors: list[str] = field(default_factory=list)

    def open_alerts(self) -> dict[str, list[tuple[dict[str, Any], str]]]:
        """The alerts that wait for somebody, by chat."""
        both = {"discord": self.town.on_discord(), "telegram": self.town.on_telegram()}
        return {
            name: [(message, text) for message, text in posts if set(buttons_of(message)) & {"Confirm", "Confirmer"}]
            for name, posts in both.items()
        }


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """Two lives of a minute each, in real time."""
    return asyncio.run(spend(tmp_path_factory.mktemp("judges") / "data"))


async def spend(folder: Path) -> Evening:
    known = await asyncio.to_thread(speech.Known)
    with running() as tiktok:
        async with town() as here, LoopbackWhole(known, honest(HATE, summary=SUMMARY)) as groq:
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": "3"}
            around |= {"GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.origin}
            evening = Evening(here, groq)
            process = await here.begin(begin, folder, **around)
            try:
                await attend(evening, tiktok, folder)
            finally:
                evening.code, evening.errors = await process.kill(signal.SIGTERM), process.errors
    return evening


async def french(folder: Path, place: str) -> None:
    """The place reads French from now on."""
    database = Database("", folder)
    await database.open()
    async with database.work() as work:
        known = await work.places.get(place)
        assert known is not None
        await work.places.put(replace(known, language="fr"))
    await database.close()


async def attend(evening: Evening, tiktok: Running, folder: Path) -> None:
    here = evening.town
    for handle in (FIRST, SECOND):
        tiktok.tell("account", unique_id=handle, nickname=handle)
    await here.slash("setup")
    await here.type("/setup")
    await french(folder, f"telegram:{here.telegram.kitchen['id']}")
    for handle in (FIRST, SECOND):
        await here.slash("follow", account=f"@{handle}")
        await here.type(f"/follow @{handle}")
    await live(evening, tiktok, FIRST)
    evening.groq.models.clear()
    await live(evening, tiktok, SECOND)
    await until(lambda: any("gpt-oss-20b" in text for text in owner(here)), 60)
    evening.owner = owner(here)
    evening.status = [await until(lambda: blamed(here))]


def owner(here: Town) -> list[str]:
    """What alice, whose Earshot this is, is told alone."""
    return [text for _, text in here.on_telegram(here.telegram.alice)]


async def blamed(here: Town) -> str:
    """What `/status` says once it knows that a model does not judge."""
    said: str = (await here.slash("status")).text
    return said if "has not judged" in said else ""


async def live(evening: Evening, tiktok: Running, handle: str) -> None:
    """One live until both chats have its alert."""
    tiktok.tell("live", unique_id=handle, title="Sunday kitchen", viewers=180)

    def told() -> bool:
        found = evening.open_alerts()
        return all(any(handle in text for _, text in posts) for posts in found.values())

    await until(told, 100)
    for name, posts in evening.open_alerts().items():
        ours = [(message, text) for message, text in posts if handle in text]
        evening.alerts[f"{name} {NUMBERS[handle]}"] = [message for message, _ in ours]
        evening.texts[f"{name} {NUMBERS[handle]}"] = [text for _, text in ours]


def test_each_live_is_one_alert_on_each_chat(evening: Evening) -> None:
    assert {name: len(found) for name, found in evening.alerts.items()} == {
        "discord first": 1,
        "telegram first": 1,
        "discord second": 1,
        "telegram second": 1,
    }
    evening.town.assert_clean()
    assert evening.code in (0, -15)
    assert not [line for line in evening.errors if "Traceback" in line]


def test_a_model_that_answers_is_quoted_with_its_instructions(evening: Evening) -> None:
    (english,), (french,) = evening.texts["discord first"], evening.texts["telegram first"]
    for text in (english, french):
        assert HATE in text
    assert "gpt-oss-120b (everywhere, 2.1)" in english
    assert "gpt-oss-120b (partout, 2.1)" in french
    assert "critical" in english
    assert "critique" in french
    assert "Simple rules" not in english


def test_while_it_is_gone_simple_rules_judge_and_the_alert_says_so(evening: Evening) -> None:
    (english,), (french,) = evening.texts["discord second"], evening.texts["telegram second"]
    assert "Simple rules judged alone: no model has judged it." in english
    assert "De simples règles ont jugé seules" in french
    assert "gpt-oss" not in english


def test_the_alert_stands_within_its_live(evening: Evening) -> None:
    (alert,) = evening.alerts["discord first"]
    assert alert["channel_id"] in evening.town.threads()
    (answer,) = evening.alerts["telegram first"]
    start = answer["reply_to_message"]
    assert FIRST in (start.get("text") or start.get("caption") or "")


def test_the_status_says_who_does_not_judge_and_what_it_cost(evening: Evening) -> None:
    (said,) = evening.status
    assert "gpt-oss-20b has not judged since" in said
    assert "the model is not there" in said
    assert "Judging here: $0.0" in said


def test_the_owner_is_told_once(evening: Evening) -> None:
    (said,) = [text for text in evening.owner if "gpt-oss-20b" in text]
    assert "gpt-oss-20b, which judges risk, is not there any more." in said
    assert "GROQ_SCREEN_MODEL" in said


def test_what_is_asked_holds_no_name_and_nothing_spoken_outside_its_json(evening: Evening) -> None:
    calls = [call.data for call in evening.groq.sent("chat") if call.data]
    assert calls
    for body in calls:
        system, user = (one["content"] for one in body["messages"])
        assert HATE not in system
        assert FIRST not in user
        assert HATE in user or "context" in user
