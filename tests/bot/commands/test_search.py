"""Searching as people do it: typed, paged, opened where it was said, and told from then on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.command import key
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.lives import TranscriptShown
from bot.replies.records import EvidenceFile
from bot.replies.reviews import AlertHeard
from bot.replies.search import FoundContext, SearchFound
from bot.replies.triggers import TriggerAdded
from bot.replies.videos import VideoText
from bot.surfaces.console.plain import plain_reply
from bot.typed import read, split
from bot.wording import Style, plain
from core.model.account import Handle
from core.model.clip import Cut
from core.model.found import Source
from core.model.live import ChatMessage, Chatter, Look
from core.model.person import Person, Place, Platform, Purpose, Role
from core.model.risk import Kind, Label
from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript
from storage.database import Database
from storage.writer import BatchedWriter
from tests.bot.conftest import HERE, THERE, Belongings

Ask = Callable[..., Asked]
Say = Callable[..., Any]


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Say:
    """A typed line, or a press after a `!`."""

    async def said(line: str, asked: Asked | None = None) -> Any:
        asked = asked or ask(Role.MANAGER)
        if line.startswith("!"):
            return await kernel.press(line[1:], asked)
        wish = read(split(line), [command.on(asked.place.platform) for command in ALL])
        return await kernel.run(wish.command, wish.raw, asked)

    return said


@pytest.fixture
async def told(house: House, mine: Belongings, theirs: Belongings) -> VideoTranscript:
    """A live of amina with a chat and two pages of speech, and a video of a chef that only Karim sees."""
    assert isinstance(house.storage, Database)
    writer = BatchedWriter(house.storage)
    writer.put(mine.live.id, 72.5, ChatMessage("m1", mine.live.started, Chatter("bob", "1"), "Crème brûlée @everyone"))
    await writer.flush()
    async with house.storage.work() as work:
        await work.transcripts.add(
            mine.live.id, [Segment(100.0 + 10 * n, 108.0 + 10 * n, f"minute {n}", "en", "groq") for n in range(30)]
        )
        video = await work.videos.ensure(Video(0, "7400000000000000001", Handle("chef"), "Chef", "Eggs", "", 61.0))
        made = VideoTranscript(
            0, HERE, video, "groq", "", "en", False, house.clock.now(), f"{HERE}:9", "Eggs", public=False
        )
        lines = [Segment(float(n), n + 0.5, f"the butter {n}", "en", "groq") for n in range(90)]
        return await work.videos.add(made, lines)


def buttons(card: Card) -> dict[str, str]:
    return {button.label: button.key for row in card.buttons for button in row}


async def test_a_hit_is_shown_bold_as_it_was_written_and_opens_its_context(
    say: Say, ask: Ask, told: VideoTranscript, mine: Belongings
):
    reply = await say("search CREME")
    assert isinstance(reply, SearchFound)
    card = draw(reply, ask().words)
    (item,) = card.items
    assert [run.text for run in item.line if run.style is Style.BOLD] == ["Crème"]
    assert "bob: Crème brûlée @everyone" in plain(item.line)
    assert "1:12" in plain(item.line)
    context = await say(f"!{item.key}")
    assert isinstance(context, FoundContext)
    (quote,) = draw(context, ask().words).quotes
    assert quote.text[quote.start : quote.end] == "1:12  bob: Crème brûlée @everyone"
    assert "0:29  Out with them" in quote.text


async def test_lines_of_videos_say_which_video(say: Say, ask: Ask, told: VideoTranscript):
    (item,) = draw(await say('search "butter 77"'), ask().words).items
    assert plain(item.line).startswith("@chef “Eggs” · ")


@pytest.mark.parametrize(
    ("words", "hint"), [("cre*", "Whole words are found"), ('"brûlée crème"', "Without the quotation marks")]
)
async def test_why_nothing_was_found_fits_what_was_typed(
    say: Say, ask: Ask, told: VideoTranscript, words: str, hint: str
):
    reply = await say(f"search {words}" if "*" in words else f"search '{words}'")
    assert reply.rows == ()
    assert plain(draw(reply, ask().words).body[1]).startswith(hint)


async def test_open_jumps_to_the_page_of_that_second(say: Say, ask: Ask, told: VideoTranscript):
    (item,) = draw(await say('search "minute 25" --in lives'), ask().words).items
    context = draw(await say(f"!{item.key}"), ask().words)
    opened = await say(f"!{buttons(context)['Open there']}")
    assert isinstance(opened, TranscriptShown)
    assert opened.page > 1
    assert "minute 25" in [segment.text for segment in opened.segments]
    (item,) = draw(await say('search "butter 77"'), ask().words).items
    context = draw(await say(f"!{item.key}"), ask().words)
    opened = await say(f"!{buttons(context)['Open there']}")
    assert isinstance(opened, VideoText)
    assert "the butter 77" in [segment.text for segment in opened.segments]
    assert buttons(context)["Watch"] == told.video.address


async def test_pages_follow_each_other_without_a_gap(say: Say, ask: Ask, told: VideoTranscript):
    reply = await say("search butter")
    seen = [row.found.second for row in reply.rows]
    assert (reply.n, reply.pages) == (90, 18)
    while "▶" in (pressed := buttons(draw(reply, ask().words))):
        reply = await say(f"!{pressed['▶']}")
        seen += [row.found.second for row in reply.rows]
    assert sorted(seen) == [float(n) for n in range(90)]
    assert reply.words == "butter"


async def test_what_finds_no_room_in_a_button_is_paged_all_the_same(
    say: Say, ask: Ask, told: VideoTranscript, house: House
):
    line = 'search "the butter" THE; the --account @chef --in videos --since yesterday'
    reply = await say(line)
    assert reply.pages == 18
    pressed = buttons(draw(reply, ask().words))["▶"]
    assert pressed.startswith("found.page:")
    again = await say(f"!{pressed}")
    assert (again.page, again.words, again.account, again.sources) == (2, reply.words, "chef", (Source.VIDEOS,))
    assert buttons(draw(again, ask().words))["◀"].startswith("found.page:")
    elsewhere = await say(f"!{pressed}", ask(Role.MANAGER, THERE))
    assert isinstance(elsewhere, Failed)
    assert elsewhere.code == "SEARCH_OLD"
    async with house.storage.work() as work:
        await work.memos.put(f"search {HERE} {pressed.partition(':')[2].partition(';')[0]}", "")
    assert (await say(f"!{pressed}")).code == "SEARCH_OLD"


async def test_a_manager_is_told_from_then_on_and_nobody_else_is_asked(say: Say, ask: Ask, told: VideoTranscript):
    card = draw(await say('search "crème brûlée"'), ask().words)
    added = await say(f"!{buttons(card)['Tell me when this is said again']}")
    assert isinstance(added, TriggerAdded)
    assert added.trigger.word == "crème brûlée"
    assert added.tried.count == 1
    viewer = draw(await say("search creme", ask(Role.VIEWER)), ask().words)
    assert viewer.items
    assert not viewer.buttons
    assert (await say("!trigger.add:word=creme", ask(Role.VIEWER))).code == "NO_RIGHT"
    several = draw(await say("search creme everyone"), ask().words)
    assert not several.buttons


async def test_filters_narrow_it(say: Say, ask: Ask, told: VideoTranscript, mine: Belongings):
    async def sources(line: str) -> set[Source]:
        return {row.found.source for row in (await say(line)).rows}

    assert await sources("search butter --in lives") == set()
    assert await sources("search butter --in videos") == {Source.VIDEOS}
    assert await sources("search brulee --in chat") == {Source.CHAT}
    assert await sources("search giveaway --account @amina") == {Source.LIVES}
    assert await sources("search giveaway --account chef") == set()
    assert await sources("search giveaway --since 1d") == {Source.LIVES}
    assert await sources("search giveaway --since 1min") == set()


async def test_nothing_says_what_was_looked_for_where_and_what_may_help(say: Say, ask: Ask, told: VideoTranscript):
    card = draw(await say("search unheard of --account amina --in chat --since yesterday"), ask().words)
    assert plain(card.title) == "Nothing has “unheard of” in it."
    assert plain(card.body[0]).startswith("I looked in chats · @amina · since ")
    assert buttons(card) == {"Look everywhere": "search:words=unheard of"}
    assert isinstance(await say(f"!{buttons(card)['Look everywhere']}"), SearchFound)
    several = draw(await say("search unheard of"), ask().words)
    assert "fewer find more" in plain(several.body[1])
    one = draw(await say("search unheard"), ask().words)
    assert "/follow @name" in plain(one.body[1])


async def test_no_other_place_and_no_other_person_finds_it(say: Say, ask: Ask, told: VideoTranscript, mine: Belongings):
    stranger = replace(ask(Role.MANAGER), person=Person("console:10", "Lina"))
    assert (await say("search butter", stranger)).rows == ()
    assert (await say("search butter", ask(Role.MANAGER, THERE))).rows == ()
    assert {row.found.handle for row in (await say("search giveaway", ask(Role.MANAGER, THERE))).rows} == {"bruno"}
    key = f"!found.context:{told.number};at=5000;source=videos"
    assert (await say(key, stranger)).code == "NOT_FOUND"
    assert (
        await say(f"!found.context:{mine.live.id};at=5000;source=lives", ask(Role.MANAGER, THERE))
    ).code == "NOT_FOUND"


async def test_where_everybody_reads_the_answer_nobodys_own_things_are_in_it(say: Say, ask: Ask, told: VideoTranscript):
    asked = ask(Role.MANAGER)
    group = replace(asked, place=replace(asked.place, id="telegram:-5"))
    assert group.place.platform is Platform.TELEGRAM
    async with asked.house.storage.work() as work:
        await work.places.put(group.place)
        own = replace(told, place=group.place.id)
        await work.videos.add(own, [Segment(0.0, 1.0, "butter in a group")])
    assert (await say("search butter", group)).rows == ()
    async with asked.house.storage.work() as work:
        await work.videos.add(replace(own, public=True), [Segment(0.0, 1.0, "butter in a group")])
    assert len((await say("search butter", group)).rows) == 1


async def test_a_place_that_wants_notices_only_finds_videos_only(say: Say, ask: Ask, told: VideoTranscript):
    asked = ask(Role.MANAGER)
    notices = replace(asked, place=replace(asked.place, purpose=Purpose.NOTICES))
    assert (await say("search giveaway", notices)).rows == ()
    found = await say("search butter", notices)
    assert (found.n, found.sources, found.tell) == (90, (Source.VIDEOS,), False)
    assert (await say("search giveaway --in chat", notices)).code == "NOTICES_ONLY"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("search !", "WORDS_NONE"),
        (f"search {'a' * 500}", "WORDS_MANY"),
        (f"search {' '.join(f'w{n}' for n in range(200))}", "WORDS_MANY"),
        ("search butter --in moon", "CHOICE"),
        ("search butter --since never", "DATE"),
        ("search butter --account ???", "HANDLE_FORM"),
    ],
)
async def test_what_cannot_be_searched_for_is_said(say: Say, ask: Ask, line: str, code: str):
    reply = await say(line)
    assert isinstance(reply, Failed)
    assert reply.code == code
    assert plain(draw(reply, ask().words).title)


async def test_a_script_gets_every_field(say: Say, ask: Ask, told: VideoTranscript, mine: Belongings):
    told_ = plain_reply(await say("search brulee"), ask().words)
    (row,) = told_["rows"]
    assert (told_["n"], row["text"], row["bold"]) == (1, "Crème brûlée @everyone", [[6, 12]])
    at = mine.live.started + timedelta(seconds=72.5)
    assert row["found"] == {
        "source": "chat", "id": mine.live.id, "handle": "amina", "title": "Dinner", "at": at.isoformat(),
        "second": 72.5, "text": "Crème brûlée @everyone", "by": "bob", "link": "",
    }  # fmt: skip


async def test_who_is_not_named_reads_nothing_that_may_be_about_minors_in_any_answer_and_who_is_reads_it_alone(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    server, group = "discord:1", "telegram:-5"
    live = await withheld_in(house, mine, server, group)
    moderator = ask(Role.MANAGER, server)
    named = replace(moderator, place=replace(moderator.place, reviewers=(moderator.person.id,)))
    in_group = ask(Role.MANAGER, group)
    overheard = replace(in_group, place=replace(in_group.place, reviewers=(in_group.person.id,)))
    for line in (
        "search pancakes",
        "!" + key("found.context", live, at=0, source="lives"),
        f"transcript open {live}",
        *(f"transcript download {live} {form}" for form in ("txt", "md", "srt", "vtt", "json")),
        f"lives timeline {live}",
        *(
            f"lives export {live} {what} {form}"
            for what, form in (("events", "csv"), ("events", "txt"), ("events", "json"))
        ),
        "watch log",
        "trigger test pancakes",
        f"lives show {live}",
    ):
        answers = [
            repr(reply) + repr(draw(reply, asked.words))
            for asked in (moderator, overheard, named)
            for reply in [await say(line, asked)]
        ]
        words = ["of small pancakes" in one for one in answers]
        public = line.startswith(("lives show", "trigger test"))
        assert words == [False, False, not public], line
        assert all("calm pancakes" in one for one in answers), line


async def test_a_line_of_chat_that_may_be_about_minors_is_read_by_nobody_but_who_is_named_and_alone(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    server = "discord:1"
    live = await withheld_in(house, mine, server)
    writer = BatchedWriter(house.storage)
    for at, text in enumerate(("of little waffles", "calm waffles")):
        writer.put(live, float(at), ChatMessage(str(at), house.clock.now(), Chatter(f"name{at}", "9"), text))
    await writer.flush()
    async with house.storage.work() as work:
        judged = replace(mine.alert.assessment, kind=Kind.CHAT, quote="of little waffles", labels={Label.S3: 0.8})
        await work.alerts.assessed(live, judged, house.clock.now())
    moderator = ask(Role.MANAGER, server)
    named = replace(moderator, place=replace(moderator.place, reviewers=(moderator.person.id,)))
    for line in (
        "search waffles",
        "!" + key("found.context", live, at=0, source="chat"),
        f"lives timeline {live}",
        *(f"lives export {live} {what} {form}" for what in ("chat", "events") for form in ("csv", "txt", "json")),
        "watch log",
        "trigger test waffles",
    ):
        answers = [
            repr(reply) + repr(draw(reply, asked.words))
            for asked in (moderator, named)
            for reply in [await say(line, asked)]
        ]
        for words in ("of little waffles", "name0"):
            assert [words in one for one in answers] == [False, not line.startswith("trigger")], line
        assert all("calm waffles" in one and "name1" in one for one in answers), line


async def withheld_in(house: House, mine: Belongings, *places: str) -> int:
    """A live that places see, in which something was said that may be about minors, and something that is not."""
    async with house.storage.work() as work:
        for place in places:
            await work.places.put(Place(place, "The kitchen", set_up=house.clock.now()))
        account = await work.accounts.get(mine.live.account_id)
        assert account is not None
        began = house.clock.now() - timedelta(minutes=5)
        live, _ = await work.lives.begin(account, Look(began, True, "room-both", "Both", started=began), places)
        said = (Segment(0.0, 5.0, "of small pancakes", "en"), Segment(6.0, 9.0, "calm pancakes", "en"))
        await work.transcripts.add(live.id, said)
        judged = replace(mine.alert.assessment, second=1.0, quote="of small pancakes", labels={Label.S3: 0.8})
        await work.alerts.assessed(live.id, judged, began, 0.0)
    return live.id


async def test_what_is_heard_around_an_alert_is_for_who_is_named_when_something_in_it_may_be_about_minors(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    server = "discord:1"
    live = await withheld_in(house, mine, server)
    moderator = ask(Role.MANAGER, server)
    named = replace(moderator, place=replace(moderator.place, reviewers=(moderator.person.id,)))
    path = house.settings.DATA_DIR / "clip.mp4"
    path.write_bytes(b"clip")
    async with house.storage.work() as work:
        judged = replace(mine.alert.assessment, second=7.0, quote="calm pancakes")
        number = await work.alerts.assessed(live, judged, house.clock.now(), 6.0)
        alert = (await work.alerts.raise_(server, live, number, house.clock.now())).id
        await work.clips.add(live, server, "x.mp4", Cut(path, 0.0, 30.0, 4, 9, 16), house.clock.now(), "x", "wish")
    refused = await say(f"!review.hear:{alert}", moderator)
    assert (refused.code, refused.values["n"]) == ("NEAR_MINORS", alert)
    assert isinstance(await say(f"!review.hear:{alert}", named), AlertHeard)
    around = [repr(await say(f"!review.context:{alert}", asked)) for asked in (moderator, named)]
    assert ["of small pancakes" in one for one in around] == [False, True]
    assert all("calm pancakes" in one for one in around)
    await say(f"review evidence {alert} keep", moderator)
    assert (await say(f"review evidence {alert} export", moderator)).code == "NAMED_ONLY"
    assert isinstance(await say(f"review evidence {alert} export", named), EvidenceFile)
