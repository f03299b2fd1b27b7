"""`earshot run` killed between a post on Telegram and its answer: the post is known again as soon as somebody uses it."""

from datetime import UTC, datetime
from pathlib import Path

from core.adapters.clock import SystemClock
from core.model.account import Handle
from core.model.live import Look
from core.model.person import Place
from core.model.risk import Assessment, Category, Target, Virality
from core.services.assessing import tell
from storage.database import Database
from tests.builders import outbox
from tests.journeys.chats import Town, town
from tests.journeys.conftest import Start

ANSWER = 10.0  # seconds Telegram keeps its answer back: the process is killed meanwhile


async def raised(here: Town, folder: Path) -> None:
    """An alert that waits to be told in the kitchen, not so high that it would be told once more."""
    database, now = Database("", folder), datetime.now(UTC)
    await database.open()
    place = Place(f"telegram:{here.telegram.kitchen['id']}", "Kitchen", set_up=now)
    judged = Assessment(Category.HATEFUL, Virality.LOW, True, Target.GROUP, {}, 0.9, "out with them", 30.0, "Rules.")
    async with database.work() as work:
        await work.places.put(place)
        account = await work.accounts.ensure(Handle("amina"))
        live, _ = await work.lives.begin(account, Look(now, True, "room", "Dinner", started=now), [place.id])
        alert = await work.alerts.raise_(place.id, live.id, await work.alerts.assessed(live.id, judged, now), now)
        await tell(work, alert, "amina", place.id, SystemClock(), edits=False)
    await database.close()


def states(folder: Path) -> set[str]:
    return {one.state for one in outbox(folder)}


async def test_what_a_killed_earshot_had_posted_is_decided_where_it_stands(start: Start, tmp_path: Path):
    folder = tmp_path / "data"
    async with town() as here:
        telegram, kitchen = here.telegram, here.telegram.kitchen
        await raised(here, folder)
        telegram.fail_next("sendMessage", 502, after=True, delay=ANSWER)
        process = await here.begin(start, folder)
        message = await telegram.wait_message(kitchen, timeout=40)
        assert await process.kill() == -9
        assert states(folder) == {"sending"}
        process = await here.begin(start, folder)
        await process.until(lambda: states(folder) == {"unknown"})
        (said,) = await here.type("/status")
        assert "of unknown fate 1" in said["text"]
        await telegram.press(message, "Confirm", user=telegram.alice)
        await process.until(lambda: states(folder) == {"sent"})
        alerts = [text for one, text in here.on_telegram() if one["message_id"] != said["message_id"]]
        assert len(alerts) == 1
        assert alerts[0].startswith("Confirmed")
        (said,) = await here.type("/status")
        assert "of unknown fate 0" in said["text"]
        here.assert_clean()
