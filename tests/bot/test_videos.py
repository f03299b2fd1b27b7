"""Transcripts of videos as people command them: opened, renamed, hidden, deleted and had back, each by who may."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.asked import Asked, Attachment
from bot.cards import draw
from bot.commands.videos import Seen
from bot.commands.videos import visibility as visibility_command
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.lives import TranscriptShown
from bot.replies.videos import (
    TranscribeCancelled,
    VideoBack,
    VideoChanged,
    VideoFile,
    VideoRemoved,
    VideosBegun,
    VideoText,
)
from bot.wording import plain
from core.errors import Denied
from core.model.account import Handle
from core.model.job import JobState
from core.model.person import Person, Place, Platform, Role
from core.model.tellable.videos import Transcribed, Transcribing
from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript
from core.services.moderating.naming import Named, Naming
from core.services.videos.ordering import Order
from core.services.videos.transcribing import transcribed as told_of
from tests.bot.conftest import HERE, THERE, Belongings

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
VIDEO = Video(0, "7400000000000000001", Handle("chef"), "Chef", "Eggs", "Six minutes", 61.0, NOW)
LINK = "https://www.tiktok.com/@chef/video/7400000000000000001"
Ask = Callable[..., Asked]
visibility = visibility_command.call
"""The command on a transcript that was read a while ago."""


@pytest.fixture
async def known(house: House, theirs: Belongings) -> VideoTranscript:
    """A transcript somebody has in the kitchen."""
    async with house.storage.work() as work:
        video = await work.videos.ensure(VIDEO)
        made = VideoTranscript(0, HERE, video, "captions", "", "en", True, NOW, f"{HERE}:9", "Eggs")
        lines = [Segment(float(n), n + 0.5, f"line {n}", "en", "captions") for n in range(45)]
        return await work.videos.add(made, lines)


@pytest.fixture
def run(kernel: Kernel) -> Callable[..., Any]:
    async def running(asked: Asked, name: str, **raw: str) -> Any:
        command = kernel.named(name)
        assert command is not None
        return await kernel.run(command, raw, asked)

    return running


def another(asked: Asked, role: Role = Role.VIEWER) -> Asked:
    return replace(asked, person=Person("console:10", "Lina"), role=role)


async def test_it_is_opened_page_by_page_and_a_live_as_before(
    run: Any, ask: Ask, known: VideoTranscript, mine: Belongings
):
    reply = await run(ask(), "transcript open", transcript=known.number)
    assert isinstance(reply, VideoText)
    assert (reply.page, reply.pages, len(reply.segments)) == (1, 2, 40)
    reply = await run(ask(), "transcript open", transcript=known.number, page="2")
    assert reply.segments[0].text == "line 40"
    assert isinstance(await run(ask(), "transcript open", transcript=str(mine.live.id)), TranscriptShown)
    assert isinstance(await run(ask(), "transcript open", transcript="@amina"), TranscriptShown)


@pytest.mark.parametrize("name", ["txt", "md", "srt", "vtt", "json"])
async def test_it_is_downloaded_in_every_format(run: Any, ask: Ask, known: VideoTranscript, name: str):
    reply = await run(ask(), "transcript download", transcript=known.number, format=name)
    assert isinstance(reply, VideoFile)
    assert reply.file.name == f"eggs_transcript.{name}"
    assert b"line 44" in reply.file.data


async def test_it_is_downloaded_as_pages(run: Any, ask: Ask, known: VideoTranscript):
    reply = await run(ask(), "transcript download", transcript=known.number, format="pdf")
    assert isinstance(reply, VideoFile)
    assert (reply.file.name, reply.file.data[:5]) == ("eggs_transcript.pdf", b"%PDF-")


async def test_no_other_place_sees_it(run: Any, ask: Ask, known: VideoTranscript):
    for name, more in [("open", {}), ("download", {"format": "txt"}), ("rename", {"title": "x"}), ("delete", {})]:
        reply = await run(ask(place=THERE), f"transcript {name}", transcript=known.number, **more)
        assert isinstance(reply, Failed)
        assert reply.code == "NOT_FOUND"


async def test_who_asked_for_it_renames_it_and_nobody_else(run: Any, ask: Ask, known: VideoTranscript):
    reply = await run(ask(), "transcript rename", transcript=known.number, title="  My  \n eggs ")
    assert isinstance(reply, VideoChanged)
    assert reply.transcript.title == "My eggs"
    refused = await run(another(ask(), Role.OWNER), "transcript rename", transcript=known.number, title="x")
    assert refused.code == "NOT_YOURS"


async def test_a_hateful_title_is_held_and_so_it_is_when_a_private_one_becomes_public(
    run: Any, ask: Ask, known: VideoTranscript
):
    hateful = "Those people are vermin and must be driven out of our country"
    reply = await run(ask(), "transcript rename", transcript=known.number, title=hateful)
    assert (reply.transcript.title, reply.what, reply.cause) == (known.title, "title", "H")
    await run(ask(), "transcript visibility", transcript=known.number, to="private")
    assert (await run(ask(), "transcript rename", transcript=known.number, title=hateful)).transcript.title == hateful
    reply = await run(ask(), "transcript visibility", transcript=known.number, to="public")
    assert (reply.transcript.title, reply.transcript.public, reply.cause) == (known.title, True, "H")
    refused = await run(another(ask(), Role.OWNER), "transcript visibility", transcript=known.number, to="public")
    assert refused.code == "NOT_YOURS"


async def test_a_title_and_who_may_see_it_are_changed_at_a_time_and_both_stays(
    run: Any, ask: Ask, known: VideoTranscript, house: House
):
    """Each of them was read before the other changed it."""
    for to in Seen:
        title = f"Eggs, {to}"
        await run(ask(), "transcript rename", transcript=known.number, title=title)
        reply = await visibility(ask(), known, to)
        assert (reply.transcript.title, reply.transcript.public) == (title, to is Seen.PUBLIC)
        async with house.storage.reading() as work:
            assert await work.videos.get(HERE, known.id) == reply.transcript
    with pytest.raises(Denied, match="NOT_YOURS"):
        await visibility(another(ask(), Role.OWNER), known, Seen.PRIVATE)


@pytest.mark.parametrize("airs", [False, True])
async def test_a_title_given_between_its_judgement_and_its_show_is_judged_too(
    run: Any, ask: Ask, known: VideoTranscript, house: House, airs: bool
):
    hateful = "Those people are vermin and must be driven out of our country"
    await run(ask(), "transcript visibility", transcript=known.number, to="private")

    class Interrupted(Naming):
        """Names, but somebody gives another title as soon as one has been judged, once."""

        async def publish(self, transcript: VideoTranscript, by: Person) -> Named:
            named = await super().publish(transcript, by)
            if not meanwhile:
                meanwhile.append(await self.name(named.transcript, by, hateful))
            return named

    meanwhile: list[Named] = []
    naming = house.texts.naming
    texts = replace(house.texts, naming=Interrupted(naming.storage, naming.clock, naming.weighing, naming.ruling))
    airing = house.transcribing.airing if airs else None
    assert not airs or airing is not None
    slow = replace(house, texts=texts, transcribing=replace(house.transcribing, airing=airing))
    reply = await visibility(replace(ask(), house=slow), known, Seen.PUBLIC)
    assert [one.transcript.title for one in meanwhile] == [hateful]
    assert (reply.transcript.title, reply.transcript.public, reply.cause) == (VIDEO.title, True, "H")


async def test_a_private_one_is_seen_by_who_asked_for_it_only(
    run: Any, ask: Ask, known: VideoTranscript, kernel: Kernel
):
    await run(ask(), "transcript visibility", transcript=known.number, to="private")
    assert isinstance(await run(ask(), "transcript open", transcript=known.number), VideoText)
    assert (await run(another(ask()), "transcript open", transcript=known.number)).code == "NOT_FOUND"
    command = kernel.named("transcript open")
    assert command is not None
    option = command.option("transcript")
    assert option is not None
    assert known.number in [choice.value for choice in await kernel.suggest(command, option, "", ask())]
    assert known.number not in [choice.value for choice in await kernel.suggest(command, option, "", another(ask()))]
    await run(ask(), "transcript visibility", transcript=known.number, to="public")
    assert isinstance(await run(another(ask()), "transcript open", transcript=known.number), VideoText)


@pytest.mark.parametrize(("role", "may"), [(Role.VIEWER, False), (Role.MODERATOR, True)])
async def test_moderators_delete_what_others_asked_for(
    run: Any, ask: Ask, known: VideoTranscript, role: Role, may: bool
):
    reply = await run(another(ask(), role), "transcript delete", transcript=known.number)
    assert isinstance(reply, VideoRemoved) if may else reply.code == "NOT_YOURS"


async def test_deleted_it_is_gone_and_had_back_by_the_button(
    run: Any, ask: Ask, known: VideoTranscript, kernel: Kernel
):
    reply = await run(ask(), "transcript delete", transcript=known.number)
    assert (await run(ask(), "transcript open", transcript=known.number)).code == "NOT_FOUND"
    undo = draw(reply, ask().words).buttons[0][0].key
    assert (await kernel.press(undo, ask(place=THERE))).code == "NOT_FOUND"
    assert (await kernel.press(undo, another(ask()))).code == "NOT_YOURS"
    assert isinstance(await kernel.press(undo, ask()), VideoBack)
    assert isinstance(await run(ask(), "transcript open", transcript=known.number), VideoText)


async def test_asked_for_again_it_is_there_at_once_and_a_new_one_is_a_job(
    run: Any, ask: Ask, known: VideoTranscript, house: House, kernel: Kernel
):
    reply = await run(ask(), "transcribe", link=LINK)
    assert isinstance(reply, Transcribed)
    assert (reply.transcript_id, reply.lines[:13]) == (known.id, "line 0 line 1")
    filed = await run(ask(), "transcribe", link=LINK, format="srt")
    assert (reply.file, filed.transcript_id) == ("", known.id)
    assert "line 0" in Path(filed.file).read_text("utf-8")
    reply = await run(ask(), "transcribe", link=LINK, language="fr", private="yes")
    assert isinstance(reply, Transcribing)
    assert reply.only == ask().person.id
    cancel = draw(reply, ask().words).buttons[0][0].key
    assert (await kernel.press(cancel, another(ask()))).code == "NOT_YOURS"
    assert isinstance(await kernel.press(cancel, ask()), TranscribeCancelled)
    async with house.storage.reading() as work:
        job = await work.jobs.get(reply.job_id)
    assert job is not None
    assert job.state is JobState.CANCELLED
    again = await run(ask(), "transcript retry", transcript=f"j{reply.job_id}")
    assert isinstance(again, Transcribing)
    assert again.job_id == reply.job_id


async def test_retry_of_what_is_there_needs_another_engine_that_works(run: Any, ask: Ask, known: VideoTranscript):
    assert (await run(ask(), "transcript retry", transcript=known.number)).code == "ENGINE_NAME"
    assert (await run(ask(), "transcript retry", transcript=known.number, engine="groq")).code == "ENGINE"
    assert (await run(ask(), "transcript retry", transcript="j999")).code == "NOT_FOUND"
    assert isinstance(await run(ask(), "transcript retry", transcript=known.number, engine="captions"), Transcribed)


async def test_a_file_without_an_engine_is_refused_at_once_and_not_kept(run: Any, ask: Ask, house: House, known: Any):
    async def fetch() -> AsyncIterator[bytes]:
        yield b"abc"

    given = replace(ask(), attachment=Attachment("talk.ogg", 3, fetch))
    assert (await run(given, "transcribe", link="talk.ogg")).code == "ENGINE"
    assert [path for path in house.transcribing.folder.glob("**/*") if path.is_file()] == []


@pytest.mark.parametrize("platform", [Platform.DISCORD, Platform.TELEGRAM])
async def test_a_path_typed_in_a_chat_is_no_file_of_this_machine(
    run: Any, ask: Ask, known: VideoTranscript, platform: Platform, tmp_path: Path
):
    (tmp_path / "talk.mp4").write_bytes(b"abc")
    chat = replace(ask(), place=Place(f"{platform}:1", "chat"))
    for text in (str(tmp_path / "talk.mp4"), "/etc/passwd", "./talk.mp4", "~/x", "file:///etc/passwd"):
        assert (await run(chat, "transcribe", link=text)).code in ("LINK", "NOT_TIKTOK")


async def test_a_failed_one_of_another_place_cannot_be_had_again(run: Any, ask: Ask, house: House, known: Any):
    job = await house.transcribing.ask(HERE, "console:9", Order("1", "chef"))
    assert (await run(ask(place=THERE), "transcript retry", transcript=f"j{job.id}")).code == "NOT_FOUND"


async def test_who_speaks_stands_where_it_changes_and_why_another_engine_heard_it_is_said(
    run: Any, ask: Ask, house: House, theirs: Belongings
):
    async with house.storage.work() as work:
        video = await work.videos.ensure(VIDEO)
        passed = (("groq", "QUOTA"), ("whisper", "ENGINE_DOWN"))
        made = VideoTranscript(0, HERE, video, "assemblyai", "", "en", False, NOW, f"{HERE}:9", "Eggs", passed=passed)
        lines = [Segment(float(at), at + 0.5, f"line {at}", speaker=who) for at, who in enumerate("AABA")]
        told = await work.videos.add(made, lines)
    card = draw(await run(ask(), "transcript open", transcript=told.number), ask().words)
    (quote,) = card.quotes
    assert quote.text == "0:00  A: line 0\n0:01  line 1\n0:02  B: line 2\n0:03  A: line 3"
    assert "Groq's quota was used up, Whisper on this machine did not answer, so AssemblyAI heard it." in plain(
        card.body[1]
    )
    assert plain(draw(told_of(told, lines), ask().words).body[1]) == plain(card.body[1])


async def test_speakers_are_asked_for_only_where_an_engine_tells_them_apart(run: Any, ask: Ask, house: House):
    reply = await run(ask(), "transcribe", link=LINK, speakers="yes")
    assert isinstance(reply, Failed)
    assert reply.code == "ENGINE_SPEAKERS"
    made = await run(ask(), "transcribe", link=LINK, speakers="no")
    assert isinstance(made, Transcribing)


def link(number: int) -> str:
    return f"https://www.tiktok.com/@chef/video/74000000000000000{number:02}"


async def test_several_links_in_one_text_are_several_jobs_and_each_says_what_became_of_it(
    run: Any, ask: Ask, known: VideoTranscript, house: House
):
    text = (
        f"look: {LINK} and <{link(2)}>, ({link(3)}) {link(2)}. https://www.tiktok.com/@chef/photo/7400000000000000009"
    )
    reply = await run(ask(), "transcribe", link=text)
    assert isinstance(reply, VideosBegun)
    assert [(row.number, row.job_id > 0, row.error.code if row.error else "") for row in reply.rows] == [
        (known.number, False, ""),
        ("", True, ""),
        ("", True, ""),
        ("", False, "NOT_VIDEO"),
    ]
    card = draw(reply, ask().words)
    assert plain(card.title) == "I transcribe 2 videos."
    assert [item.key for item in card.items] == [f"transcript.open:{known.number}", "", "", ""]
    async with house.storage.reading() as work:
        jobs = await work.jobs.of_place(HERE, "transcribe")
    assert {job.id for job in jobs} == {row.job_id for row in reply.rows if row.job_id}


async def test_more_than_ten_links_are_named_and_not_dropped_silently(run: Any, ask: Ask, known: VideoTranscript):
    reply = await run(ask(), "transcribe", link=" ".join(link(number) for number in range(10, 23)))
    assert (len(reply.rows), reply.left) == (10, (link(20), link(21), link(22)))
    said = "\n".join(plain(line) for line in draw(reply, ask().words).body)
    assert "3 links are left out: 10 go at once." in said
    assert link(22) in said


async def test_two_links_to_one_video_are_one(run: Any, ask: Ask, known: VideoTranscript):
    reply = await run(ask(), "transcribe", link=f"{link(2)} {link(2)}?lang=en", private="yes")
    assert len(reply.rows) == 1
    assert reply.private
