"""What may be about minors is quoted nowhere again: posts change when that is found, and back when a person finds it is not so."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import Denied
from core.matching.rules import compile_rule
from core.model.found import Source
from core.model.person import Person, Place, Platform
from core.model.risk import Alert, Category, Label, Verdict, Virality
from core.model.transcript import Segment
from core.model.trigger import MatchMode, Where
from core.services.assessing import Assessing
from core.services.assessing.renewing import renew
from core.services.clipping import Clipping
from core.services.delivering import Delivering
from core.services.exporting import Exporting
from core.services.lives.filing import CAN, Filing
from core.services.lives.minding import LogKind, Minding
from core.services.lives.recounting import Recounting, View
from core.services.lives.relaying import Relaying
from core.services.lives.reporting import Reporting
from core.services.lives.scene import Scene
from core.services.rehearsing import rehearse
from core.services.reviewing.deciding import Reviewing
from core.services.searching import Searching
from core.services.triggering import Triggering
from core.services.withholding import told as as_told
from tests.builders import THERE, armed, followed, judged, outbox, scene_of, segment
from tests.core.services.conftest import Running
from tests.doubles import CountedStorage, HandClock, StagedClipper, StagedMessenger, StagedPlotter, StagedPrinter
from tests.judges import StagedJudge

MARA, TOM = Person("discord:1", "Mara"), Person("discord:2", "Tom")
PLACE = Place(THERE, THERE, reviewers=(MARA.id,))
NEUTRAL = {"category": Category.NEUTRAL, "virality": Virality.LOW, "hateful": False}


def by_words(part: Segment) -> object:
    """A judge that goes by two words."""
    said = part.text or ""
    labels = {Label.S3: 0.7} if "minor" in said else {Label.H: 0.9} if "hate" in said else {}
    return judged(second=part.start + 1, quote=said, labels=labels, **({} if labels else NEUTRAL))


@dataclass
class Stage:
    """A live in a server, heard, judged and told, as far as a courier gets."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    scene: Scene
    chat: StagedMessenger = field(default_factory=StagedMessenger)
    rooms: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process takes everything over."""
        storage, clock = self.storage, self.clock
        self.triggering = Triggering(storage, clock, Clipping(storage, clock, StagedClipper(), self.folder / "clips"))
        self.assessing = Assessing(storage, clock, StagedJudge(by_words))  # type: ignore[arg-type]
        self.relaying, self.reviewing = Relaying(storage, clock), Reviewing(storage, clock)
        self.scene = replace(self.scene)

    async def hear(self, *parts: Segment, judging: bool = True) -> None:
        """As a process does with what it heard."""
        for part in parts:
            async with self.storage.work() as work:
                await work.transcripts.add(self.scene.live.id, [part])
                stored = await self.triggering.speech(work, self.scene, part)
            await stored()
            if judging:
                await self.assessing.speech(self.scene, part)
            await self.relaying.speech(self.scene, part)
            await self.clock.advance(16)

    async def minors(self, second: float) -> int:
        """A judge finds that what was said then may be about minors; the alert of it."""
        said = judged(second=second, quote="words of a judge", labels={Label.S3: 0.9})
        async with self.storage.work() as work:
            number = await work.alerts.assessed(self.scene.live.id, said, self.clock.now())
            alert = await work.alerts.raise_(THERE, self.scene.live.id, number, self.clock.now())
            await renew(work, self.clock, self.scene.live.id, second)
        return alert.id

    async def decide(self, number: int, verdict: Verdict, by: Person = MARA) -> None:
        async with self.storage.reading() as work:
            alert = await work.alerts.get(THERE, number)
        assert alert is not None
        await self.reviewing.decide(PLACE, alert, verdict, by)
        await self.clock.advance(1)

    def stands(self, subject: str) -> str:
        """What the post about a subject that begins so says by now, in the chat."""
        said = [notice for notice, _, _ in self.chat.posts if notice.subject.startswith(subject)][-1]
        return repr(said.tells())


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    async with storage.work() as work:
        await work.places.put(PLACE)
    await followed(storage, "maria", THERE)
    await armed(storage, "cake", THERE, cooldown=timedelta(0))
    return Stage(storage, clock, tmp_path, await scene_of(storage))


@pytest.fixture
def courier(stage: Stage) -> Delivering:
    return Delivering(stage.storage, stage.clock, {Platform.DISCORD: stage.chat})


async def test_posts_change_when_that_is_found_and_back_when_somebody_named_says_it_is_not_so(
    stage: Stage, courier: Delivering, running: Running
):
    async with running(courier.run()):
        await stage.hear(segment("a cake nobody minds"), segment("calm", 16.0))
        assert all("a cake nobody minds" in stage.stands(one) for one in ("hit:", "rolling:"))
        number = await stage.minors(2.0)
        await stage.clock.advance(1)
        assert not any("a cake" in stage.stands(one) for one in ("hit:", "rolling:"))
        assert "calm" in stage.stands("rolling:")
        stage.restart()
        await stage.hear(segment("more", 32.0))
        assert "a cake" not in stage.stands("rolling:")
        await stage.decide(number, Verdict.DISMISSED)
        assert all("a cake nobody minds" in stage.stands(one) for one in ("hit:", "rolling:"))
        await stage.decide(number, Verdict.WAITING)
        assert not any("a cake" in stage.stands(one) for one in ("hit:", "rolling:"))


async def test_what_waits_to_be_told_is_told_without_what_was_found_meanwhile(
    stage: Stage, courier: Delivering, running: Running
):
    await stage.hear(segment("a cake of a minor"), segment("calm cake", 16.0))
    async with running(courier.run()):
        await stage.clock.advance(5)
    sent = [repr(notice.tells()) for notice, _, _ in stage.chat.posts]
    assert not any("of a minor" in one for one in sent)
    assert any("calm cake" in one for one in sent)


async def test_an_alert_beside_it_in_the_same_words_is_kept_back_and_comes_back(
    stage: Stage, courier: Delivering, running: Running
):
    async with running(courier.run()):
        await stage.hear(segment("hate and more"))
        assert "hate and more" in stage.stands("risk:1")
        number = await stage.minors(2.0)
        await stage.clock.advance(1)
        assert "hate and more" not in stage.stands("risk:1")
        await stage.decide(number, Verdict.DISMISSED)
        assert "hate and more" in stage.stands("risk:1")


async def test_only_somebody_named_brings_words_back(stage: Stage):
    await stage.hear(segment("a cake of a minor"))
    with pytest.raises(Denied, match="NAMED_ONLY"):
        await stage.decide(1, Verdict.DISMISSED, TOM)
    await stage.decide(1, Verdict.CONFIRMED, TOM)
    await stage.decide(1, Verdict.WAITING, TOM)
    await stage.decide(1, Verdict.DISMISSED, MARA)


async def test_a_label_on_a_dismissed_alert_does_not_outlast_the_undoing_of_that(stage: Stage):
    await stage.hear(segment("a cake of a minor"))
    await stage.decide(1, Verdict.DISMISSED)
    async with stage.storage.reading() as work:
        alert = await work.alerts.get(THERE, 1)
    assert alert is not None
    with pytest.raises(Denied, match="NAMED_ONLY"):
        await stage.reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.H,), TOM)
    await stage.decide(1, Verdict.WAITING, TOM)
    async with stage.storage.reading() as work:
        assert await work.transcripts.withheld(THERE, stage.scene.live.id)


async def test_who_is_named_in_one_of_two_linked_places_brings_nothing_back_in_the_other(stage: Stage):
    other = "discord:other"
    async with stage.storage.work() as work:
        await work.places.put(Place(other, other))
        for place in (THERE, other):
            await work.partners.join(place, "circle")
    await followed(stage.storage, "maria", other)
    stage.scene = await scene_of(stage.storage)
    await stage.hear(segment("a cake of a minor"))
    live = stage.scene.live

    async def alerts() -> list[Alert]:
        async with stage.storage.reading() as work:
            return [(await work.alerts.recent(one, live.id, live.started))[0] for one in (THERE, other)]

    await stage.decide((await alerts())[0].id, Verdict.DISMISSED)
    assert [one.verdict for one in await alerts()] == [Verdict.DISMISSED, Verdict.WAITING]


async def test_what_a_person_sends_to_review_leaves_it_out(stage: Stage):
    await stage.hear(segment("calm"), segment("of a minor", 16.0), segment("and on", 32.0))
    async with stage.storage.database.writing() as connection:
        await connection.execute(
            text("update delivery set state = 'sent', external = '77' where kind = 'rolling transcript'")
        )
    alert, _ = await stage.reviewing.send(PLACE, "77", TOM)
    assert (alert.assessment.quote, alert.restricted) == ("calm and on", False)


async def sent(stage: Stage) -> Alert:
    """Somebody sends the rolling post to review, as it is by now."""
    async with stage.storage.database.writing() as connection:
        await connection.execute(text("update delivery set external = '' where external = '77'"))
        await connection.execute(
            text(
                "update delivery set state = 'sent', external = '77' where id ="
                " (select max(id) from delivery where kind = 'rolling transcript')"
            )
        )
    alert, _ = await stage.reviewing.send(PLACE, "77", TOM)
    return alert


async def test_a_label_on_a_rolling_post_that_was_sent_withholds_every_line_of_it_and_no_other(stage: Stage):
    async def shown() -> dict[str, list[int]]:
        """Which of the lines reach somebody, by the way they do: each edit of a post has a key of its own."""
        ways = {
            "rolling" if way.startswith("rolling:") else way: said for way, said in (await everything(stage)).items()
        }
        return {way: [n for n in range(7) if f"number{n}" in said] for way, said in ways.items()}

    read = ("transcript.txt", "search", "rolling")
    lines = [segment(f"cake number{n}", 16.0 * n) for n in range(7)]
    await stage.hear(*lines[:6])
    alert = await sent(stage)
    assert alert.assessment.quote == " ".join(f"cake number{n}" for n in range(6))
    await stage.hear(lines[6])
    labelled, _ = await stage.reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.S3,), MARA)
    ways = await shown()
    assert [ways[way] for way in read] == [[6], [6], [6]]
    assert {way: found for way, found in ways.items() if set(found) - {6}} == {}
    await stage.reviewing.relabel(PLACE, labelled, Category.HATEFUL, (Label.H,), MARA)
    ways = await shown()
    assert [ways[way] for way in read] == [[*range(7)]] * 3


async def test_posts_of_all_that_a_sent_post_quotes_change_and_come_back(
    stage: Stage, courier: Delivering, running: Running
):
    async with running(courier.run()):
        await stage.hear(*(segment(f"cake number{n}", 16.0 * n) for n in range(7)))
        alert = await sent(stage)
        await stage.clock.advance(1)
        told = ("hit:1", "hit:7", "rolling:", f"risk:{alert.id}")
        assert all("number" in stage.stands(one) for one in told)
        await stage.reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.S3,), MARA)
        await stage.clock.advance(1)
        assert [one for one in told if "number" in stage.stands(one)] == []
        await stage.decide(alert.id, Verdict.DISMISSED)
        assert all("number" in stage.stands(one) for one in told)


async def test_an_alert_of_a_sent_post_is_kept_back_for_any_line_it_quotes(
    stage: Stage, courier: Delivering, running: Running
):
    async with running(courier.run()):
        await stage.hear(*(segment(f"cake number{n}", 16.0 * n) for n in range(7)))
        risk = f"risk:{(await sent(stage)).id}"
        await stage.clock.advance(1)
        number = await stage.minors(98.0)
        await stage.clock.advance(1)
        assert "number" not in stage.stands(risk)
        await stage.decide(number, Verdict.DISMISSED)
        assert "number" in stage.stands(risk)


# ---------------------------------------------------------------- everything that shows words

KINDS = st.sampled_from(["calm", "hate", "minor"])


def filing_of(stage: Stage, printer: StagedPrinter | None = None) -> Filing:
    """What makes files of it."""
    storage, clock = stage.storage, stage.clock
    reporting, recounting = (
        Reporting(storage, clock, StagedPlotter(), stage.folder / "plots"),
        Recounting(storage, clock),
    )
    return Filing(Exporting(storage, printer or StagedPrinter()), reporting, recounting)


async def everything(stage: Stage) -> dict[str, str]:
    """All that somebody who is not named can read of a live, by the way it reaches them."""
    storage, clock, folder = stage.storage, stage.clock, stage.folder
    live = stage.scene.live
    printer = StagedPrinter()
    filing, searching = filing_of(stage, printer), Searching(storage, clock)
    reporting, recounting = filing.reporting, filing.recounting
    ways = {}
    for what, formats in CAN.items():
        for wanted in formats:
            ways[f"{what}.{wanted}"] = (await filing.file(THERE, live, what, wanted)).data.decode(errors="replace")
    ways["printed"] = repr(printer.printed)
    for view in View:
        ways[f"timeline {view}"] = repr(await recounting.page(THERE, live, view))
    ways["report"] = repr(await reporting.of(THERE, live))
    ways["search"] = repr(await searching.find(THERE, MARA.id, "cake"))
    for second in (0.0, 40.0, 80.0):
        ways[f"context {second}"] = repr(await searching.around(THERE, live, second, Source.LIVES))
    for kind in LogKind:
        ways[f"log {kind}"] = repr(await Minding(storage, clock, 50).log(THERE, None, kind, 1))
    async with storage.reading() as work:
        rule = compile_rule("cake", MatchMode.WHOLE_WORD)
        ways["rehearsal"] = repr(await rehearse(work, THERE, rule, Where.BOTH, None))
        for one in {one.notice.subject: one for one in outbox(folder)}.values():
            ways[one.notice.key] = repr((await as_told(work, one.notice)).tells())
    return ways


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(KINDS, min_size=1, max_size=6), later=st.sets(st.integers(0, 5)))
async def test_nothing_anybody_reads_has_words_that_may_be_about_minors(stage: Stage, said: list[str], later: set[int]):
    live = await _another(stage)
    texts = [f"{kind} cake number{n}x{live}" for n, kind in enumerate(said)]
    await stage.hear(*(segment(text, 16.0 * n) for n, text in enumerate(texts)))
    for n in later:
        await stage.minors(16.0 * n + 2)
    ways = await everything(stage)
    kept = {n for n, kind in enumerate(said) if kind == "minor" or n in later}
    found = {(n, way) for n in kept for way, shown in ways.items() if f"number{n}x{live}" in shown}
    assert found == set()
    for n in set(range(len(said))) - kept:
        assert f"number{n}x{live}" in ways["transcript.txt"]
        assert f"number{n}x{live}" in ways["search"]


async def _another(stage: Stage) -> int:
    stage.rooms += 1
    stage.scene = await scene_of(stage.storage, room=f"room{stage.rooms}", began=stage.clock.now())
    stage.restart()
    return stage.scene.live.id
