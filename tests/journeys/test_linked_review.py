"""Linked places on both chats decide together: what is pressed on one changes the alert on the other, over a restart too."""

import signal
from pathlib import Path

from bot.app import opened
from core.model.account import Follow, Handle
from core.model.live import Look
from core.model.person import Place
from core.model.risk import Assessment, Category, Target, Virality
from core.services.assessing import tell
from core.settings import load
from tests.journeys.chats import Town, town
from tests.journeys.conftest import begin
from tests.waiting import until


async def alarmed(here: Town, folder: Path) -> None:
    """Both places follow one account, are linked, and are alerted of the same words: stored beside the running program."""
    settings = load(dotenv=None, DATA_DIR=folder, DATABASE_URL="", SPEECH="none")
    discord, telegram = f"discord:{here.discord.guild['id']}", f"telegram:{here.telegram.kitchen['id']}"
    addresses = {discord: f"discord:{here.discord.channel['id']}", telegram: telegram}
    judged = Assessment(
        Category.HATEFUL, Virality.MEDIUM, True, Target.GROUP, {}, 0.9, "out with them", 30.0, "Rules: x."
    )
    async with opened(settings) as house, house.storage.work() as work:
        now = house.clock.now()
        account = await work.accounts.ensure(Handle("amina"))
        for place, address in addresses.items():
            await work.places.put(Place(place, "The kitchen", set_up=now, address=address))
            await work.follows.add(Follow(0, place, account.id, account.handle, address, now))
            await work.partners.join(place, "circle")
        live, _ = await work.lives.begin(account, Look(now, True, "room", "Dinner", started=now), list(addresses))
        number = await work.alerts.assessed(live.id, judged, now)
        for place, address in addresses.items():
            alert = await work.alerts.raise_(place, live.id, number, now)
            await tell(work, alert, "amina", address, house.clock, edits=False)


async def test_a_decision_on_one_chat_is_made_on_the_other(tmp_path: Path):
    folder = tmp_path / "data"
    async with town() as here:

        def shown(text: str) -> list[dict]:
            return [
                message for posts in (here.on_discord(), here.on_telegram()) for message, said in posts if text in said
            ]

        process = await here.begin(begin, folder)
        await alarmed(here, folder)
        await until(lambda: len(shown("High risk 0.90")) == 2)
        on_discord, _ = shown("High risk 0.90")
        await here.discord.click(on_discord, "Confirm", user=here.discord.alice)
        await until(lambda: len(shown("Confirmed")) == 2)
        await process.kill(signal.SIGKILL)
        process = await here.begin(begin, folder)
        _, on_telegram = shown("Confirmed")
        await here.telegram.press(on_telegram, "Undo", user=here.telegram.alice)
        await until(lambda: len(shown("High risk 0.90")) == 2)
        await process.kill(signal.SIGTERM)
        here.assert_clean()
