"""What whoever runs Earshot can see and do: its parts, its work, a word to every place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.commands import ALL
from bot.kernel import Kernel
from bot.replies.admin import ConfirmSay, HealthShown, JobList, JobShown, SaidToAll
from bot.replies.common import Failed
from bot.wording import plain
from core.errors import Transient
from core.model.job import JobState
from core.model.notice import NoticeKind
from core.model.person import Place, Platform, Role
from core.services.finding.looking import ALL_NOW
from tests.bot.conftest import Belongings
from tests.builders import rows, told

Ask = Callable[..., Asked]


@dataclass
class StagedChat:
    """A chat platform as a test wants it."""

    platform: Platform
    ready: bool = True
    trouble: str = ""
    fault: Exception | None = None

    async def sync(self) -> int:
        if self.fault:
            raise self.fault
        return 26


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items)))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


def chatting(asked: Asked, *chats: StagedChat) -> Asked:
    return replace(asked, house=replace(asked.house, chats={chat.platform: chat for chat in chats}))


async def test_only_the_owner_may_and_every_name_of_theirs_begins_with_admin() -> None:
    assert {one.name.partition(" ")[0] for one in ALL if one.role is Role.OWNER} == {"admin"}
    assert {one.role for one in ALL if one.name.startswith("admin ")} == {Role.OWNER}


async def test_health_names_every_part_with_its_cure_and_what_is_to_be_mended_first(kernel: Kernel, ask: Ask) -> None:
    asked = chatting(
        ask(), StagedChat(Platform.DISCORD), StagedChat(Platform.TELEGRAM, ready=False, trouble="SECOND_POLLER")
    )
    async with asked.house.storage.work() as work:
        await work.places.put(Place("discord:1", "a"))
        await work.outbox.close("discord:901", "discord:1", "NO_POST", asked.house.clock.now(), asked.house.clock.now())
    shown = await kernel.press("admin.health", asked)
    assert isinstance(shown, HealthShown)
    codes = {part.code: part.well for part in shown.parts}
    assert codes["NOT_RUNNING"] is False
    assert (codes["STORED"], codes["POSTS"], codes["CHAT_READY"], codes["CHAT_TROUBLE"]) == (True, True, True, False)
    assert codes["NO_ENGINE"] is None
    assert codes["CLOSED"] is None
    assert {"DISK", "DISK_TIGHT", "DISK_FULL"} & set(codes)
    lines = text(draw(shown, asked.words)).split("\n")
    assert lines[0].startswith("2 parts are to be mended")
    assert "Start it with earshot run." in lines[1]
    assert "Telegram: another program uses this token. Stop the other copy, or make a new token." in lines[2]


async def test_work_of_all_places_is_listed_tried_again_and_cancelled(kernel: Kernel, ask: Ask) -> None:
    asked, now = ask(), ask().house.clock.now()
    async with asked.house.storage.work() as work:
        for number in range(7):
            await work.jobs.add("clip", f"k{number}", {}, now, place="discord:1" if number else "")
        [job] = await work.jobs.claim("w", ["clip"], now, now - now, 1)
        await work.jobs.finish(job, now, "CLIP_GONE")
    listed = await kernel.press("admin.jobs", asked)
    assert isinstance(listed, JobList)
    assert (listed.state, listed.n, len(listed.rows), listed.pages) == (JobState.WAITING, 6, 5, 2)
    assert "admin.jobs:waiting;page=2" in keys(draw(listed, asked.words))
    assert len((await kernel.press("admin.jobs:waiting;page=2", asked)).rows) == 1
    failed = draw(await kernel.press("admin.jobs:failed", asked), asked.words)
    assert "a clip · CLIP_GONE" in text(failed)
    opened = await kernel.press(failed.items[0].key, asked)
    assert isinstance(opened, JobShown)
    assert keys(draw(opened, asked.words)) == [f"admin.retry:{job.id}", "admin.jobs"]
    again = await kernel.press(f"admin.retry:{job.id}", asked)
    assert (again.job.state, again.job.attempt) == (JobState.WAITING, 0)
    assert f"admin.cancel:{job.id}" in keys(draw(again, asked.words))
    assert (await kernel.press(f"admin.cancel:{job.id}", asked)).job.state is JobState.CANCELLED
    assert (await kernel.press("admin.job:99", asked)).code == "NOT_FOUND"


async def test_everybody_is_looked_at_now_by_whatever_process_looks(kernel: Kernel, ask: Ask, mine: Belongings) -> None:
    async def wished() -> int:
        async with ask().house.storage.reading() as work:
            return await work.revisions.of(ALL_NOW)

    before = await wished()
    shown = await kernel.press("admin.run:check accounts", ask())
    assert (shown.n, await wished()) == (1, before + 1)
    assert (await kernel.press("admin.run:back up", ask())).code == "CHOICE"


async def test_a_word_to_every_place_is_shown_first_and_sent_once(kernel: Kernel, ask: Ask, tmp_path: Path) -> None:
    asked, now = ask(), ask().house.clock.now()
    async with asked.house.storage.work() as work:
        await work.places.put(Place("discord:1", "a", address="discord:901", set_up=now))
        await work.places.put(Place("telegram:77", "private"))
    long = "Down on Sunday; " * 20
    say = kernel.named("admin say")
    assert say is not None
    draft = await kernel.run(say, {"text": long}, asked)
    assert isinstance(draft, ConfirmSay)
    card = draw(draft, asked.words)
    assert (draft.places, card.quotes[0].text, keys(card)) == (1, long.strip(), [f"admin.send:{draft.number}"])
    assert rows(tmp_path, "select 1 from delivery") == []
    sent = await kernel.press(keys(card)[0], asked)
    assert isinstance(sent, SaidToAll)
    assert sent.places == 1
    assert (await kernel.press(keys(card)[0], asked)).places == 0
    [post] = told(tmp_path, NoticeKind.SAID)
    assert (post.notice.address, post.says.text) == ("discord:901", long.strip())
    assert (await kernel.press("admin.send:nothing", asked)).code == "NOT_FOUND"


async def test_commands_are_registered_again_where_a_chat_is_connected(kernel: Kernel, ask: Ask) -> None:
    alone = await kernel.press("admin.sync", ask())
    assert isinstance(alone, Failed)
    assert alone.code == "NO_CHAT"
    both = chatting(
        ask(), StagedChat(Platform.DISCORD), StagedChat(Platform.TELEGRAM, fault=Transient("TELEGRAM_DOWN"))
    )
    synced: Any = await kernel.press("admin.sync", both)
    assert [(row[0], row[1], row[3]) for row in synced.rows] == [
        ("discord", 26, ""),
        ("telegram", None, "TELEGRAM_DOWN"),
    ]
    said = text(draw(synced, both.words))
    assert "Discord · 26 commands" in said
    assert "Telegram · it did not work (TELEGRAM_DOWN)" in said


@pytest.mark.parametrize("verb", ["admin.health", "admin.jobs", "admin.send:x", "admin.retry:1", "admin.sync"])
async def test_a_manager_is_refused_typed_or_pressed(verb: str, kernel: Kernel, ask: Ask) -> None:
    assert (await kernel.press(verb, ask(Role.MANAGER))).code == "NO_RIGHT"
