"""What may be about minors in a chat is quoted nowhere again, nor is who wrote it named: as it is with what is said."""

import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import Denied
from core.model.account import NO_RISK
from core.model.found import Source
from core.model.person import Place, Platform
from core.model.policy import Provider
from core.model.risk import Alert, Category, Kind, Label, Scores, Verdict
from core.services.delivering import Delivering
from core.services.lives.filing import FileFormat, What
from core.services.lives.minding import LogKind, Minding
from core.services.lives.recounting import Recounting, View
from core.services.moderating.combing import MOST_WAITING
from core.services.moderating.texts import Texts
from core.services.moderating.weighing import Weighing
from core.services.reviewing.preserving import Preserving
from core.services.searching import Searching
from storage.writer import BatchedWriter
from tests.builders import HERE as OTHER
from tests.builders import THERE, armed, chat, followed, scene_of
from tests.core.services.conftest import Running
from tests.core.services.moderating.texts_desk import Elsewhere, WordScorer, labels
from tests.core.services.test_withholding import MARA, PLACE, TOM, Stage, everything, filing_of
from tests.doubles import CountedStorage, HandClock

SEXUAL = "a lolly cake"


class Room(Stage):
    """A live in a server whose chat is stored, heard and gone through."""

    def restart(self) -> None:
        super().restart()
        self.elsewhere = Elsewhere()
        self.texts = Texts.of(self.storage, self.clock, Weighing(WordScorer(), self.clock, self.elsewhere))
        self.writer = BatchedWriter(self.storage.database)

    async def write(self, *lines: str, by: str = "juno", judging: bool = True) -> None:
        """As a process does with what is written; between two lines are sixteen seconds."""
        for line in lines:
            second = (self.clock.now() - self.scene.live.started).total_seconds()
            event = replace(chat(line, second, by), at=self.clock.now())
            self.writer.put(self.scene.live.id, second, event)
            await self.writer.flush()
            await self.triggering.chat(self.scene, event)
            if judging:
                await self.texts.combing.chat(self.scene, event)
                await self.texts.combing.round()
            await self.clock.advance(16)

    async def judge(self, line: str) -> None:
        """What was written before is read by a judge only now."""
        await self.texts.combing.chat(self.scene, replace(chat(line), at=self.clock.now()))
        await self.texts.combing.round()
        await self.clock.advance(1)

    async def alerts(self) -> list[Alert]:
        """Those that wait, oldest first."""
        async with self.storage.reading() as work:
            return await work.alerts.waiting(THERE)


@pytest.fixture
async def room(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Room:
    async with storage.work() as work:
        await work.places.put(PLACE)
    await followed(storage, "maria", THERE)
    await armed(storage, "cake", THERE, cooldown=timedelta(0))
    return Room(storage, clock, tmp_path, await scene_of(storage))


@pytest.fixture
def courier(room: Room) -> Delivering:
    return Delivering(room.storage, room.clock, {Platform.DISCORD: room.chat})


async def test_a_hit_changes_when_its_line_is_judged_and_back_when_somebody_named_says_it_is_not_so(
    room: Room, courier: Delivering, running: Running
):
    async with running(courier.run()):
        await room.write(SEXUAL, by="tormentor", judging=False)
        assert all(one in room.stands("hit:") for one in (SEXUAL, "tormentor"))
        await room.judge(SEXUAL)
        assert not any(one in room.stands("hit:") for one in (SEXUAL, "tormentor"))
        (alert,) = await room.alerts()
        await room.decide(alert.id, Verdict.DISMISSED)
        assert all(one in room.stands("hit:") for one in (SEXUAL, "tormentor"))
        await room.decide(alert.id, Verdict.WAITING)
        assert SEXUAL not in room.stands("hit:")


async def test_a_hit_that_waits_to_be_told_is_told_without_what_was_found_meanwhile(
    room: Room, courier: Delivering, running: Running
):
    await room.write(SEXUAL, "a calm cake")
    async with running(courier.run()):
        await room.clock.advance(5)
    sent = [repr(notice.tells()) for notice, _, _ in room.chat.posts]
    assert not any(SEXUAL in one for one in sent)
    assert any("a calm cake" in one for one in sent)


async def test_each_line_is_withheld_though_one_alert_stands_for_all_of_them(room: Room):
    await room.write(SEXUAL, "another lolly cake", "A LOLLY cake!", judging=False)
    for line in (SEXUAL, "another lolly cake"):
        await room.judge(line)
    assert len(await room.alerts()) == 1
    assert (await Searching(room.storage, room.clock).find(THERE, MARA.id, "cake", (Source.CHAT,))).rows == ()


async def test_a_line_below_the_limit_of_every_place_is_withheld_without_an_alert(room: Room):
    await room.texts.ruling.limit(PLACE, MARA, Label.S3, 0.9)
    await room.write(SEXUAL)
    assert await room.alerts() == []
    assert (await Searching(room.storage, room.clock).find(THERE, MARA.id, "cake", (Source.CHAT,))).rows == ()


async def test_a_line_the_judge_elsewhere_takes_for_that_is_withheld(room: Room):
    await room.texts.ruling.change(PLACE, MARA, provider=Provider.SAFEGUARD, sample=60)
    room.elsewhere.judge = lambda said: labels(S3=0.9) if "odd" in said else labels()
    await room.write("an odd cake", "a calm cake")
    found = (await Searching(room.storage, room.clock).find(THERE, MARA.id, "cake", (Source.CHAT,))).rows
    assert [row.text for row in found] == ["a calm cake"]


@pytest.mark.parametrize("off", ["chats", "risk"])
async def test_a_place_that_has_no_chat_judged_is_shown_no_such_line_either(room: Room, off: str):
    if off == "chats":
        await room.texts.ruling.change(PLACE, MARA, chat=False)
    else:
        async with room.storage.work() as work:
            (follow,) = await work.follows.of_place(THERE)
            await work.follows.change(replace(follow, risk=NO_RISK))
        room.scene = await scene_of(room.storage)
    await room.write(SEXUAL, "a calm cake", by="tormentor")
    assert await room.alerts() == [], "it wants none"
    ways = await everything(room)
    assert [way for way, shown in ways.items() if SEXUAL in shown] == []
    assert "a calm cake" in ways["search"]


async def test_the_judge_elsewhere_of_one_place_does_not_speak_for_a_place_that_has_none(room: Room):
    await followed(room.storage, "maria", OTHER)
    await room.texts.ruling.change(Place(OTHER, OTHER), MARA, provider=Provider.SAFEGUARD, sample=60)
    await room.texts.ruling.change(PLACE, MARA, chat=False)
    room.scene = await scene_of(room.storage)
    await room.write(SEXUAL)
    assert (await Searching(room.storage, room.clock).find(THERE, MARA.id, "cake", (Source.CHAT,))).rows == ()


async def test_in_a_chat_that_is_too_fast_to_be_judged_such_a_line_is_found_all_the_same(room: Room):
    await room.write(SEXUAL, judging=False)
    for n in range(MOST_WAITING):
        await room.texts.combing.chat(room.scene, chat(f"line {n}"))
    scorer = room.texts.weighing.scorer
    known = scorer.score

    def busy_from_now_on(text: str, language: str = "", place: str = "") -> Scores:
        room.storage.busy = int(text == SEXUAL)
        return known(text, language, place)

    scorer.score = busy_from_now_on  # type: ignore[method-assign]
    await room.judge(SEXUAL)
    scorer.score = known  # type: ignore[method-assign]
    searching = Searching(room.storage, room.clock)
    assert len((await searching.find(THERE, MARA.id, "cake", (Source.CHAT,))).rows) == 1, "storage had no time for it"
    await room.texts.combing.round()
    assert (await searching.find(THERE, MARA.id, "cake", (Source.CHAT,))).rows == ()
    assert (room.texts.combing.unread, await room.alerts()) == (1, [])


async def test_a_line_that_is_pasted_all_evening_is_remembered_once(room: Room):
    for _ in range(3):
        await room.write(SEXUAL)
        await room.clock.advance(61)
    async with room.storage.reading() as work:
        assert await work.chats.withheld(THERE, room.scene.live.id) == [SEXUAL]
    marked = (
        "select count(*) from assessment left join alert on alert.assessment_id = assessment.id where alert.id is null"
    )
    async with room.storage.database.reading() as work:
        assert (await work.chats._session.exec(text(marked))).scalar() == 1  # type: ignore[attr-defined]


async def test_an_alert_of_the_same_line_for_another_cause_is_kept_back_and_comes_back(
    room: Room, courier: Delivering, running: Running
):
    await room.texts.ruling.change(PLACE, MARA, provider=Provider.SAFEGUARD, sample=60)
    room.elsewhere.judge = lambda said: labels(H=0.9)
    async with running(courier.run()):
        await room.write("such vermin cake")
        (hate,) = await room.alerts()
        assert "such vermin" in room.stands(f"risk:{hate.id}")
        await room.clock.advance(400)
        room.elsewhere.judge = lambda said: labels(S3=0.9)
        await room.write("such vermin cake")
        assert "such vermin" not in room.stands(f"risk:{hate.id}")
        minors = (await room.alerts())[-1]
        await room.decide(minors.id, Verdict.DISMISSED)
        assert "such vermin" in room.stands(f"risk:{hate.id}")


async def test_only_somebody_named_brings_a_line_back(room: Room):
    await room.write(SEXUAL)
    (alert,) = await room.alerts()
    with pytest.raises(Denied, match="NAMED_ONLY"):
        await room.decide(alert.id, Verdict.DISMISSED, TOM)


async def test_a_person_who_labels_a_line_so_has_it_withheld(room: Room, courier: Delivering, running: Running):
    async with running(courier.run()):
        await room.write("a vermin cake")
        (alert,) = await room.alerts()
        await room.reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.S3,), TOM)
        await room.clock.advance(1)
        assert "a vermin cake" not in room.stands("hit:") + room.stands("risk:")


async def test_a_line_that_a_person_sends_to_review_is_one_of_the_chat_and_can_be_labelled_so(
    room: Room, courier: Delivering, running: Running
):
    async with running(courier.run()):
        await room.write("an innocent cake")
        async with room.storage.database.writing() as connection:
            await connection.execute(text("update delivery set external = '77' where kind = 'hit'"))
        alert, _ = await room.reviewing.send(PLACE, "77", TOM)
        assert (alert.assessment.kind, alert.assessment.quote) == (Kind.CHAT, "an innocent cake")
        await room.reviewing.relabel(PLACE, alert, Category.CONTROVERSIAL, (Label.S3,), TOM)
        await room.clock.advance(1)
        assert "an innocent cake" not in room.stands("hit:")


async def test_who_is_named_reads_all_of_it_where_they_alone_read(room: Room):
    await room.write(SEXUAL, by="tormentor")
    storage, clock, live = room.storage, room.clock, room.scene.live
    searching, filing = Searching(storage, clock), filing_of(room)
    for whole in (True, False):
        ways = {
            "search": repr(await searching.find(THERE, MARA.id, "cake", whole=whole)),
            "context": repr(await searching.around(THERE, live, 0.0, Source.CHAT, whole=whole)),
            "timeline": repr(await Recounting(storage, clock).page(THERE, live, View.CHAT, whole=whole)),
            "log": repr(await Minding(storage, clock, 50).log(THERE, None, LogKind.CHAT, 1, whole=whole)),
            "file": (await filing.file(THERE, live, What.CHAT, FileFormat.CSV, whole=whole)).data.decode(),
        }
        for words in (SEXUAL, "tormentor"):
            assert {way for way, shown in ways.items() if words in shown} == (set(ways) if whole else set()), words


async def test_a_file_says_where_a_line_is_withheld(room: Room):
    await room.write("hello", SEXUAL)
    data = (await filing_of(room).file(THERE, room.scene.live, What.CHAT, FileFormat.TXT)).data.decode()
    assert [line.partition("] ")[2] for line in data.splitlines()] == [
        "juno: hello",
        "withheld, it may be about minors",
    ]
    rows = json.loads((await filing_of(room).file(THERE, room.scene.live, What.CHAT, FileFormat.JSON)).data)["events"]
    assert [(row["who"], row["person"] != "", row["text"]) for row in rows] == [
        ("juno", True, "hello"),
        ("", False, ""),
    ]


async def test_evidence_with_such_a_line_in_it_is_for_who_is_named(room: Room):
    preserving = Preserving(room.storage, room.clock, room.folder / "evidence")
    await room.write("a vermin cake")
    (hate,) = await room.alerts()
    assert not (await preserving.keep(PLACE, hate, MARA)).restricted
    assert not await preserving.guarded(hate)
    await room.write(SEXUAL)
    assert await preserving.guarded(hate)
    await room.clock.advance(200)
    await room.write("calm", "a vermin")
    later = next(one for one in await room.alerts() if one.assessment.quote == "a vermin cake")
    kept = await preserving.keep(PLACE, later, MARA)
    with zipfile.ZipFile(preserving.folder / kept.file) as capsule:
        assert SEXUAL not in capsule.read("chat.json").decode()


KINDS = st.sampled_from(["calm", "worm", "lolly"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(KINDS, min_size=1, max_size=6), freed=st.booleans())
async def test_nothing_anybody_reads_has_a_line_that_may_be_about_minors(room: Room, written: list[str], freed: bool):
    room.rooms += 1
    room.scene = await scene_of(room.storage, room=f"room{room.rooms}", began=room.clock.now())
    room.restart()
    live = room.scene.live.id
    lines = [f"{kind} cake number{n}x{live}" for n, kind in enumerate(written)]
    await room.write(*lines)
    known = {one.assessment.quote for one in await room.alerts() if one.live_id == live and one.about_minors}
    for alert in await room.alerts() if freed else ():
        if alert.live_id == live and alert.about_minors:
            await room.decide(alert.id, Verdict.DISMISSED)
    ways = await everything(room)
    kept = {n for n, line in enumerate(lines) if "lolly" in line and not (freed and line in known)}
    assert {(n, way) for n in kept for way, shown in ways.items() if f"number{n}x{live}" in shown} == set()
    for n in set(range(len(lines))) - kept:
        for way in ("chat.txt", "events.csv", "search", f"timeline {View.CHAT}"):
            assert f"number{n}x{live}" in ways[way]
