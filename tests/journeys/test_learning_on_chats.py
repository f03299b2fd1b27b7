"""What people of one chat decide teaches the judge inside for them alone: what the next live brings is told otherwise there."""

import signal
from pathlib import Path
from typing import Any

from core.adapters.clock import SystemClock
from core.model.person import Person, Place
from core.model.policy import LIMIT
from core.model.risk import Label
from core.services.moderating.ruling import Ruling
from storage.database import Database
from tests.journeys.chats import Town, buttons_of, town
from tests.journeys.conftest import begin
from tests.platforms.tiktok import Running, running
from tests.waiting import until

FIRST, SECOND = "amina.kitchen", "karim.garden"
IDIOT = "shut up you idiot"
WALNUT = "the walnut people should pack their bags by sunday"
"""What the judge inside calls hate with 0.58."""
LOW, HIGH = 0.5, 0.75


async def limit(folder: Path, place: str, hate: float) -> None:
    """From which likelihood of hate on the place is told, changed beside the running program."""
    database = Database("", folder)
    await database.open()
    limits = dict.fromkeys(Label, LIMIT) | {Label.H: hate}
    await Ruling(database, SystemClock()).change(Place(place, "here"), Person("console:1", "Mara"), limits=limits)
    await database.close()


def alerts(posts: Any, handle: str) -> dict[str, dict[str, Any]]:
    """The alerts about the chat of an account that wait or were decided, by the line they quote."""
    told = [(one, text) for one, text in posts if handle in text and {"Dismiss", "Undo"} & set(buttons_of(one))]
    return {line: one for one, text in told for line in (IDIOT, WALNUT) if line in text}


async def test_a_decision_changes_what_is_told_in_its_place_and_in_no_other(tmp_path: Path) -> None:
    with running() as tiktok:
        async with town() as here:
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": "2"}
            process = await here.begin(begin, tmp_path / "data", **around)
            try:
                await happen(here, tiktok, tmp_path / "data")
            finally:
                code, errors = await process.kill(signal.SIGTERM), process.errors
            here.assert_clean()
    assert code == 0
    assert [line for line in errors if "Traceback" in line] == []


async def happen(here: Town, tiktok: Running, folder: Path) -> None:
    discord, telegram = f"discord:{here.discord.guild['id']}", f"telegram:{here.telegram.kitchen['id']}"
    await here.slash("setup")
    await here.type("/setup")
    for handle in (FIRST, SECOND):
        tiktok.tell("account", unique_id=handle, nickname=handle)
        await here.slash("follow", account=f"@{handle}")
        await here.type(f"/follow @{handle}")
    await limit(folder, discord, LOW)
    assert await written(here, tiktok, FIRST, {IDIOT, WALNUT}, {IDIOT}) == ({IDIOT, WALNUT}, {IDIOT})
    told = alerts(here.on_discord(), FIRST)
    await here.discord.click(told[IDIOT], "Dismiss", user=here.discord.alice)
    await here.discord.click(told[WALNUT], "Confirm", user=here.discord.alice)
    learned = await here.slash("admin run", job="learn from decisions")
    await learned.until(lambda answer: "Learned" in answer.text, 60)
    assert "Learned from the decisions of 1 place." in learned.text
    for place in (discord, telegram):
        await limit(folder, place, HIGH)
    assert await written(here, tiktok, SECOND, {WALNUT}, {IDIOT}) == ({WALNUT}, {IDIOT})


async def written(
    here: Town, tiktok: Running, handle: str, on_discord: set[str], on_telegram: set[str]
) -> tuple[set[str], set[str]]:
    """Both lines are written in a live, in one frame and so read in one round; which of them each chat was told of once it was told
    of these."""
    tiktok.tell("live", unique_id=handle, title="Sunday", viewers=180)
    lines = [{"type": "comment", "user": "tormentor_91", "text": line} for line in (IDIOT, WALNUT)]

    def told() -> tuple[set[str], set[str]]:
        return set(alerts(here.on_discord(), handle)), set(alerts(here.on_telegram(), handle))

    def there() -> bool:
        return told()[0] >= on_discord and told()[1] >= on_telegram

    for _ in range(15):  # until the chat is connected nobody hears a line
        tiktok.tell("emit", unique_id=handle, events=lines)
        try:
            await until(there, 8)
        except TimeoutError:
            continue
        break
    await until(there, 1)
    return told()
