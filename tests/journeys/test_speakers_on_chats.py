"""A running Earshot on both chats has a video heard with its speakers by AssemblyAI, which calls its web when it is done."""

import asyncio
import signal
import socket
from pathlib import Path

from tests.builders import rows
from tests.journeys.chats import buttons_of, town
from tests.journeys.conftest import Start
from tests.platforms import speech
from tests.platforms.assemblyai import LoopbackAssemblyAI
from tests.platforms.tiktok import running
from tests.waiting import listening, until


async def test_both_chats_read_who_speaks_and_the_service_keeps_nothing(data: Path, start: Start) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    known = await asyncio.to_thread(speech.Spliced)
    with running() as tiktok:
        async with town() as here, LoopbackAssemblyAI(known) as service:
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "SPEECH": "assemblyai"}
            around |= {"ASSEMBLYAI_API_KEY": service.key, "ASSEMBLYAI_BASE_URL": service.origin}
            around |= {"WEB_LISTEN": "127.0.0.1", "WEB_PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
            process = await here.begin(start, data, **around)
            await listening(port)
            video = tiktok.tell("video", unique_id="chef", desc="How to boil an egg")
            await here.slash("setup")
            await here.type("/setup")
            await here.slash("transcribe", link=video["url"], speakers="yes")
            await here.type(f"/transcribe {video['url']} speakers=yes")

            def held(posts: object) -> list[dict[str, object]]:
                return [message for message, text in posts if "is held for a person" in text]  # type: ignore[attr-defined]

            # what the caller of the recording says is hateful: a person lets it be read
            await until(lambda: held(here.on_discord()) and held(here.on_telegram()), 120)
            await here.discord.click(held(here.on_discord())[0], "It is fine", user=here.discord.alice)
            await here.telegram.press(held(here.on_telegram())[0], "It is fine", user=here.telegram.alice)

            def cards(posts: object) -> list[tuple[dict[str, object], str]]:
                return [(message, text) for message, text in posts if "Full text" in buttons_of(message)]  # type: ignore[attr-defined]

            await until(lambda: cards(here.on_discord()) and cards(here.on_telegram()), 120)
            for posts in (here.on_discord(), here.on_telegram()):
                ((_, text),) = cards(posts)
                assert "AssemblyAI" in text
                assert "A: Hello, hello, and welcome" in text.replace("\u2060", "")
            ((message, _),) = cards(here.on_discord())
            opened = await here.discord.click(message, "Full text", user=here.discord.alice)
            assert "B: " in opened.text
            ((message, _),) = cards(here.on_telegram())
            await here.telegram.press(message, "Full text", user=here.telegram.alice)
            await until(lambda: any("B: " in text and "0:0" in text for _, text in here.on_telegram()))
            assert "turns what is said in videos into text" in (await here.slash("privacy")).text
            await until(lambda: not service.kept and not service.uploads)
            await until(lambda: not rows(data, "select * from remote"))
            assert [work.calls for work in service.works.values()] == [[200], [200]]
            assert service.violations == []
            assert await process.kill(signal.SIGTERM) == 0
            here.assert_clean()
            assert service.key not in "".join(process.errors + process.said)
