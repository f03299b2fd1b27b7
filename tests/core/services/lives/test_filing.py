"""A live as a file: whoever opens it reads what was written, and nothing of it runs."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from core.errors import Invalid
from core.model.account import Handle
from core.model.clip import Cut
from core.model.diary import DiaryKind, Entry
from core.model.live import GiftSent, Joined, Liked, Live, Look
from core.model.transcript import Gap, GapCause
from core.model.trigger import Hit, Where
from core.services.disarming import FORMULA
from core.services.exporting import Exporting
from core.services.lives.filing import CAN, FileFormat, Filing, What
from core.services.lives.recounting import Recounting
from core.services.lives.reporting import Reporting
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, armed, at, chat, followed, judged, scene_of, segment
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedPlotter, StagedPrinter

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0+1", "\u3000=1", "\u200b@x", "\ufeff=1", "＝1+1", " ＋1",
    "－1", "＠SUM(A1)", "\x00=1",
)  # fmt: skip


@pytest.fixture
async def live(storage: CountedStorage) -> Live:
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    scene = await scene_of(storage)
    writer = BatchedWriter(storage.database)
    for number, text in enumerate(('¡Hola! 世界, "quoted"', *FORMULAS)):
        writer.put(scene.live.id, float(number), chat(text, number))
    writer.put(scene.live.id, 20.0, GiftSent("g", at(20), chat("x").chatter, "=Rose", 5))
    writer.put(scene.live.id, 21.0, Liked(at(21), 15))
    writer.put(scene.live.id, 22.0, Joined(at(22), chat("x").chatter, "follow"))
    await writer.flush()
    async with storage.work() as work:
        await work.transcripts.add(scene.live.id, [segment("Good evening.")])
    return scene.live


@pytest.fixture
def filing(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Filing:
    reporting = Reporting(storage, clock, StagedPlotter(), tmp_path / "plots")
    return Filing(Exporting(storage, StagedPrinter()), reporting, Recounting(storage, clock))


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("what", "wanted"), [(what, wanted) for what, can in CAN.items() for wanted in can])
async def test_everything_that_can_be_is_a_file_with_a_name(filing: Filing, live: Live, what: What, wanted: FileFormat):
    file = await filing.file(HERE, live, what, wanted)
    assert file.data
    assert file.name == f"sunday_kitchen_{what}.{wanted}"


@pytest.mark.parametrize(
    ("what", "wanted"), [(what, wanted) for what in What for wanted in FileFormat if wanted not in CAN[what]]
)
async def test_what_cannot_be_says_what_can(filing: Filing, live: Live, what: What, wanted: FileFormat):
    with pytest.raises(Invalid) as raised:
        await filing.file(HERE, live, what, wanted)
    assert (raised.value.code, raised.value.values["what"]) == ("FORMAT", what.value)
    assert raised.value.values["list"] == ", ".join(CAN[what])


async def test_a_table_of_the_chat_has_every_line_as_written_and_no_formula(filing: Filing, live: Live):
    rows = table((await filing.file(HERE, live, What.CHAT, FileFormat.CSV)).data)
    assert [row["text"] for row in rows] == ['¡Hola! 世界, "quoted"', *(f"'{text}" for text in FORMULAS)]
    assert {row["kind"] for row in rows} == {"chat"}
    assert not [cell for row in rows for cell in row.values() if FORMULA.match(cell)]


async def test_a_table_of_events_has_gifts_likes_and_follows_too(filing: Filing, live: Live):
    rows = table((await filing.file(HERE, live, What.EVENTS, FileFormat.CSV)).data)
    assert [(row["second"], row["kind"], row["text"], row["count"]) for row in rows[-3:]] == [
        ("20.0", "gift", "'=Rose", "5"),
        ("21.0", "like", "", "15"),
        ("22.0", "follow", "", "1"),
    ]


async def test_a_table_of_events_has_everything_on_one_timeline_with_its_second_and_its_time(
    filing: Filing, live: Live, storage: CountedStorage
):
    trigger = await armed(storage, "giveaway")
    hit = Hit(0, trigger.id, live.id, HERE, "giveaway", Where.CHAT, at(31), 31.0, "a giveaway", 2, 10, "bob")
    async with storage.work() as work:
        await work.transcripts.add(
            live.id, [Gap(30.0, 35.5, GapCause.RECONNECT), segment("vermin", 40.1234, speaker="A")]
        )
        await work.hits.add(hit)
        await work.diary.add(Entry(live.id, at(50), 50.0, DiaryKind.MARK, "the onions", "Karim", HERE))
        await work.diary.add(Entry(live.id, at(51), 51.0, DiaryKind.MARK, "a secret", "Lea", THERE))
        await work.alerts.assessed(live.id, judged(second=41.0), at(41))
        await work.clips.add(live.id, HERE, "bob.mp4", Cut(Path("1.mp4"), 29.0, 40.0, 1, 1, 1), at(70), "giveaway", "w")
        await work.clips.add(live.id, THERE, "their.mp4", Cut(Path("2.mp4"), 29.0, 40.0, 1, 1, 1), at(70), "x", "w")
    rows = table((await filing.file(HERE, live, What.EVENTS, FileFormat.CSV)).data)
    assert [tuple(row[name] for name in ("second", "kind", "who", "text", "until", "score")) for row in rows[-7:]] == [
        ("22.0", "follow", "juno", "", "", ""),
        ("29.0", "clip", "", "bob.mp4", "69.0", ""),
        ("30.0", "gap", "", "reconnect", "35.5", ""),
        ("31.0", "hit", "bob", "giveaway", "", ""),
        ("40.123", "speech", "A", "vermin", "45.123", ""),
        ("41.0", "alert", "", "vermin", "", "0.9"),
        ("50.0", "mark", "Karim", "the onions", "", ""),
    ]
    for row in rows:
        assert abs((datetime.fromisoformat(row["at"]) - BEGAN).total_seconds() - float(row["second"])) < 0.002


async def test_people_in_a_file_are_known_to_its_place_only(filing: Filing, live: Live):
    here, there = await people(filing, live, HERE), await people(filing, live, THERE)
    assert len(here) == len(there) == 1
    assert here != there
    assert "9" not in here | there


async def people(filing: Filing, live: Live, place: str) -> set[str]:
    told = json.loads((await filing.file(place, live, What.CHAT, FileFormat.JSON)).data)
    assert (told["handle"], len(told["events"])) == ("maria", 1 + len(FORMULAS))
    return {event["person"] for event in told["events"]}


async def test_a_text_of_events_is_one_line_each(filing: Filing, live: Live):
    lines = (await filing.file(HERE, live, What.EVENTS, FileFormat.TXT)).data.decode().splitlines()
    assert lines[:2] == ["[0:00] said: Good evening.", '[0:00] juno: ¡Hola! 世界, "quoted"']
    assert lines[-3:] == ["[0:20] juno: gift =Rose × 5", "[0:21] like × 15", "[0:22] juno: follow × 1"]


async def test_a_report_has_the_figures_and_no_path(filing: Filing, live: Live, tmp_path: Path):
    data = (await filing.file(HERE, live, What.REPORT, FileFormat.JSON)).data
    facts = json.loads(data)
    assert (facts["handle"], facts["title"], facts["chats"], facts["lines"]) == (
        "maria",
        "Sunday kitchen",
        1 + len(FORMULAS),
        "Good evening.",
    )
    assert str(tmp_path).encode() not in data


async def test_a_report_is_printed_with_its_figures_and_its_plot(
    filing: Filing, live: Live, storage: CountedStorage, tmp_path: Path
):
    async with storage.work() as work:
        await work.diary.add(Entry(live.id, at(25), 25.0, DiaryKind.MARK, "the onions", "Karim", HERE))
    file = await filing.file(HERE, live, What.REPORT, FileFormat.PDF)
    assert (file.name, file.data) == ("sunday_kitchen_report.pdf", b"%PDF-")
    printer = filing.exporting.printer
    assert isinstance(printer, StagedPrinter)
    sheet = printer.printed[0]
    assert (sheet.title, sheet.picture) == (
        "@maria · Sunday kitchen",
        tmp_path / "plots" / f"{live.id}-console-here.png",
    )
    assert sheet.head == ("2026-11-20 20:00 to 2026-11-20 20:00 UTC · 0:00",)
    assert f"chats {1 + len(FORMULAS)} · hits 0" in sheet.lines[0][1]
    assert sheet.lines[1:] == (("", "Good evening."), ("0:25", "Karim: mark the onions"))


async def test_a_title_is_no_markup_in_a_report(filing: Filing, storage: CountedStorage):
    async with storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        live, _ = await work.lives.begin(account, Look(BEGAN, True, "9", "# <b>[x](y)</b>\n# more", started=BEGAN), [])
    text = (await filing.file(HERE, live, What.REPORT, FileFormat.MD)).data.decode()
    assert "- **title**: \\# \\<b\\>\\[x\\](y)\\</b\\> \\# more\n" in text
