"""An engine that is down while a live runs: nothing said is lost, and the posts say so, first one way and then the other."""

import asyncio
from pathlib import Path

from pydantic import SecretStr

from bot.app import App, play
from bot.asked import Asked
from bot.commands import ALL
from bot.kernel import Kernel
from bot.typed import read
from core.model.notice import NoticeKind
from core.model.person import Person, Place, Platform, Role
from core.settings import Settings, Speech
from tests.builders import rows
from tests.journeys.test_main_job import HANDLE, VIDEO, Channel, only
from tests.platforms import speech
from tests.platforms.groq import UNLIMITED, LoopbackGroq
from tests.platforms.service import Fault
from tests.waiting import until

PLACE = Place("console:here", "here")
SPEED = 12.0
LONGEST = 60.0


async def test_what_an_engine_could_not_hear_is_written_down_when_it_can(tmp_path: Path):
    channel = Channel()
    known = await asyncio.to_thread(speech.Known)
    async with LoopbackGroq(known, per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED) as groq:
        groq.fail_next(Fault("speech", status=503, times=10_000))

        async def front(app: App) -> None:
            typed = read(["follow", f"@{HANDLE}", "transcript=yes"], ALL)
            asked = Asked(app.house, Person("console:you", "you"), PLACE, Role.OWNER, "console:here")
            await Kernel(ALL).run(typed.command, typed.raw, asked)
            await until(lambda: rows(tmp_path, "select 1 from live where status = 'ended'"), LONGEST)
            await until(lambda: channel.began_as(NoticeKind.LIVE_STARTED)[0][-1].kind is NoticeKind.LIVE_ENDED, LONGEST)
            assert rows(tmp_path, "select 1 from segment where text is not null") == []
            groq.heal()
            await until(lambda: not rows(tmp_path, "select 1 from sound"), LONGEST)
            await until(lambda: channel.began_as(NoticeKind.LIVE_STARTED)[0][-1].facts["told"], LONGEST)
            await until(lambda: channel.began_as(NoticeKind.WORDS_LATE)[0][-1].facts["filled"], LONGEST)

        settings = Settings.model_construct(
            DATA_DIR=tmp_path,
            LOOK_EVERY=5.0,
            SPEECH=Speech.GROQ,
            GROQ_API_KEY=SecretStr(groq.key),
            GROQ_BASE_URL=groq.origin,
        )
        await play(settings, VIDEO, SPEED, lambda house: {Platform.CONSOLE: channel}, front)
    late = only(channel.began_as(NoticeKind.WORDS_LATE))
    assert late[0].facts["why"] == "FAILED"
    assert late[0].facts["kept"]
    ended = only(channel.began_as(NoticeKind.LIVE_STARTED))[-1].facts
    assert ended["failed"] == 0
    assert ended["told"] + ended["silent"] == ended["segments"] >= 10
    said = " ".join(row["text"] for row in rows(tmp_path, "select text from segment order by start") if row["text"])
    assert "giveaway starts right after the soup" in said
    assert not list(tmp_path.rglob("*.ogg"))
