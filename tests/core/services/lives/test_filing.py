"""A live as a file: whoever opens it reads what was written, and nothing of it runs."""

import csv
import io
import json
from pathlib import Path

import pytest

from core.errors import Invalid
from core.model.account import Handle
from core.model.live import GiftSent, Joined, Liked, Live, Look
from core.services.exporting import Exporting
from core.services.lives.filing import CAN, FORMULA, FileFormat, Filing, What
from core.services.lives.reporting import Reporting
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, at, chat, followed, scene_of, segment
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedPlotter

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


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
    return Filing(storage, Exporting(storage), reporting)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("what", "wanted"), [(what, wanted) for what, can in CAN.items() for wanted in can])
async def test_everything_that_can_be_is_a_file_with_a_name(filing: Filing, live: Live, what: What, wanted: FileFormat):
    file = await filing.file(HERE, live, what, wanted)
    assert file.data
    assert file.name == f"sunday_kitchen_{what}.{wanted}"


@pytest.mark.parametrize("what", list(What))
async def test_what_cannot_be_says_what_can(filing: Filing, live: Live, what: What):
    with pytest.raises(Invalid) as raised:
        await filing.file(HERE, live, what, FileFormat.PDF)
    assert (raised.value.code, raised.value.values["what"]) == ("FORMAT", what.value)
    assert raised.value.values["list"] == ", ".join(CAN[what])


async def test_a_table_of_the_chat_has_every_line_as_written_and_no_formula(filing: Filing, live: Live):
    rows = table((await filing.file(HERE, live, What.CHAT, FileFormat.CSV)).data)
    assert [row["text"] for row in rows] == ['¡Hola! 世界, "quoted"', *(f"'{text}" for text in FORMULAS)]
    assert {row["kind"] for row in rows} == {"chat"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(FORMULA)]


async def test_a_table_of_events_has_gifts_likes_and_follows_too(filing: Filing, live: Live):
    rows = table((await filing.file(HERE, live, What.EVENTS, FileFormat.CSV)).data)
    assert [(row["kind"], row["text"], row["count"]) for row in rows[-3:]] == [
        ("gift", "'=Rose", "5"),
        ("like", "", "15"),
        ("follow", "", "1"),
    ]


async def test_people_in_a_file_are_known_to_its_place_only(filing: Filing, live: Live):
    here, there = await people(filing, live, HERE), await people(filing, live, THERE)
    assert len(here) == len(there) == 1
    assert here != there
    assert "9" not in here | there


async def people(filing: Filing, live: Live, place: str) -> set[str]:
    told = json.loads((await filing.file(place, live, What.CHAT, FileFormat.JSON)).data)
    return {event["person"] for event in told["events"]}


async def test_a_text_of_events_is_one_line_each(filing: Filing, live: Live):
    lines = (await filing.file(HERE, live, What.EVENTS, FileFormat.TXT)).data.decode().splitlines()
    assert lines[0] == '[0:00] juno: ¡Hola! 世界, "quoted"'
    assert lines[-3:] == ["[0:20] juno: gift =Rose × 5", "[0:21] like × 15", "[0:22] juno: follow × 1"]


async def test_a_report_has_the_figures_and_no_path(filing: Filing, live: Live, tmp_path: Path):
    data = (await filing.file(HERE, live, What.REPORT, FileFormat.JSON)).data
    facts = json.loads(data)
    assert (facts["handle"], facts["title"], facts["chats"], facts["lines"]) == (
        "maria",
        "Sunday kitchen",
        7,
        "Good evening.",
    )
    assert str(tmp_path).encode() not in data


async def test_a_title_is_no_markup_in_a_report(filing: Filing, storage: CountedStorage):
    async with storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        live, _ = await work.lives.begin(account, Look(BEGAN, True, "9", "# <b>[x](y)</b>\n# more", started=BEGAN), [])
    text = (await filing.file(HERE, live, What.REPORT, FileFormat.MD)).data.decode()
    assert "- **title**: \\# \\<b\\>\\[x\\](y)\\</b\\> \\# more\n" in text
