"""Alerts as people command them: listed, decided, relabelled, noted, heard, kept, and who did what."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.common import Missing as Question
from bot.replies.records import AuditFile, AuditList, EvidenceFile, EvidenceShown, StatsShown, TextTried
from bot.replies.reviews import AlertHeard, AlertHistory, AlertList, AlertNoted, AlertShown, Relabelling
from bot.replies.search import FoundContext
from bot.typed import read, split
from bot.wording import plain
from core.model.clip import Cut
from core.model.person import Person, Role
from core.model.risk import Assessment, Category, Kind, Label, Verdict, Virality
from tests.bot.conftest import HERE, Belongings

SERVER = "discord:1"
Ask = Callable[..., Asked]
Say = Callable[..., Any]


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Say:
    """A typed line, or a press after a `!`."""

    async def said(line: str, asked: Asked | None = None) -> Any:
        asked = asked or ask(Role.MODERATOR)
        if line.startswith("!"):
            return await kernel.press(line[1:], asked)
        wish = read(split(line), [command.on(asked.place.platform) for command in ALL])
        return await kernel.run(wish.command, wish.raw, asked)

    return said


def drawn(reply: Any, asked: Asked) -> Card:
    return draw(reply, asked.words)


def texts(card: Card) -> str:
    return "\n".join(map(plain, (card.title, *card.body, *(item.line for item in card.items), card.foot)))


def labels(card: Card) -> list[list[str]]:
    return [[one.label for one in row] for row in card.buttons]


async def raised(
    house: House, number: int = 1, live_id: int | None = None, place: str = HERE, **more: Any
) -> list[int]:
    """So many alerts more, a minute apart."""
    found, now = [], house.clock.now()
    async with house.storage.work() as work:
        for n in range(number):
            judged = Assessment(
                **{
                    "category": Category.CONTROVERSIAL,
                    "virality": Virality.HIGH,
                    "hateful": False,
                    "quote": f"words {n}",
                    **more,
                }
            )
            assessed = await work.alerts.assessed(live_id, judged, now)
            alert = await work.alerts.raise_(place, live_id, assessed, now - timedelta(minutes=number - n))
            found.append(alert.id)
    return found


async def test_the_list_has_five_a_page_newest_first_and_opens_each(say: Say, ask: Ask, house: House, mine: Belongings):
    made = await raised(house, 11, mine.live.id)
    first = await say("review list")
    assert isinstance(first, AlertList)
    assert (first.n, first.pages, [one.alert_id for one in first.rows]) == (12, 3, made[:5:-1])
    card = drawn(first, ask())
    assert plain(card.title) == "12 alerts"
    arrow = next(one for row in card.buttons for one in row if one.label == "▶")
    second = await say(f"!{arrow.key}")
    assert [one.alert_id for one in second.rows] == made[5:0:-1]
    opened = await say(f"!{card.items[0].key}")
    assert (type(opened), opened.alert.alert_id) == (AlertShown, made[-1])


async def test_a_list_is_narrowed_and_stays_so_on_every_page(say: Say, ask: Ask, house: House, mine: Belongings):
    await raised(house, 7, mine.live.id, kind=Kind.CHAT)
    listed = await say("review list state=waiting account=@amina kind=chat since=2h")
    assert listed.n == 7
    card = drawn(listed, ask())
    assert "waiting · chat · @amina · since" in texts(card)
    arrow = next(one for row in card.buttons for one in row if one.label == "▶")
    turned = await say(f"!{arrow.key}")
    assert (turned.page, turned.n, turned.kind) == (2, 7, Kind.CHAT)
    assert (await say("review list kind=video")).n == 0
    assert (await say("review list state=confirmed")).n == 0


async def test_what_waits_is_listed_oldest_first(say: Say, house: House, mine: Belongings):
    made = await raised(house, 2, mine.live.id)
    listed = await say("review list state=waiting")
    assert [one.alert_id for one in listed.rows] == [mine.alert.id, *made]


async def test_of_a_comment_nobody_is_named_and_nothing_of_a_live_is_offered(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    (number,) = await raised(house, kind=Kind.COMMENT, item="comment:9")
    assert (await say("review list kind=comment")).n == 1
    card = drawn(await say(f"!review.show:{number}"), ask())
    assert plain(card.title) == "Risk 0.70 · controversial · a comment"
    assert labels(card) == [["Confirm", "Dismiss"], ["Keep as evidence"], ["Relabel", "Ask a second person", "Note"]]
    refused = await say(f"!review.context:{number}")
    assert (type(refused), refused.code) == (Failed, "NO_CONTEXT")
    assert (await say(f"!review.hear:{number}")).code == "HEAR_GONE"


async def test_of_a_held_comment_the_card_says_what_deciding_does_and_did(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    [number] = await raised(house, kind=Kind.COMMENT, item="comment:9", labels={Label.HR: 0.9})
    assert "Confirm keeps it away, Dismiss lets it be seen." in texts(drawn(await say(f"review show {number}"), ask()))
    done = texts(drawn(await say(f"review decide {number} dismiss"), ask(Role.MODERATOR)))
    assert "The comment can be read." in done
    await say(f"review decide {number} reopen")
    assert "The comment stays away." in texts(drawn(await say(f"review decide {number} confirm"), ask()))


async def test_a_held_clip_takes_a_person_without_a_word_of_judges_that_disagree(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    clip, speech = [
        *await raised(house, 1, mine.live.id, kind=Kind.VIDEO, item="clip:12", doubtful=True),
        *await raised(house, 1, mine.live.id, doubtful=True),
    ]
    assert "do not agree" not in texts(drawn(await say(f"review show {clip}"), ask()))
    assert "do not agree" in texts(drawn(await say(f"review show {speech}"), ask()))


async def test_the_first_row_decides_and_ends_with_the_dangerous_one(say: Say, ask: Ask, mine: Belongings):
    card = drawn(await say("review next"), ask())
    assert labels(card) == [
        ["Confirm", "Dismiss", "Mute for 30 min", "Stop capture"],
        ["Hear 45 s", "Context", "Keep as evidence", "Watch"],
        ["Relabel", "Ask a second person", "Note"],
    ]


async def test_only_moderators_review_and_only_their_own_place(
    say: Say, ask: Ask, mine: Belongings, theirs: Belongings
):
    for line in (
        "review list",
        "review stats",
        "review audit",
        "review test hello",
        f"review evidence {mine.alert.id} keep",
    ):
        assert (await say(line, ask(Role.VIEWER))).code == "NO_RIGHT", line
    for verb in ("mute", "second", "relabel", "history", "hear", "context"):
        assert (await say(f"!review.{verb}:{mine.alert.id}", ask(Role.VIEWER))).code == "NO_RIGHT", verb
        assert (await say(f"!review.{verb}:{theirs.alert.id}")).code == "NOT_FOUND", verb
    assert (await say("!audit.table")).code == "NO_RIGHT"


async def test_a_second_decision_names_the_first(say: Say, ask: Ask, mine: Belongings):
    await say(f"review decide {mine.alert.id} confirm note=clear")
    late = await say(f"!review.decide:{mine.alert.id};dismiss")
    assert (late.code, late.values["name"], late.values["verdict"]) == ("DECIDED", "Karim", "confirmed")


async def test_a_moderator_undoes_for_ten_minutes_and_a_manager_ever_after(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    await say(f"review decide {mine.alert.id} confirm")
    async with house.storage.work() as work:
        alert = await work.alerts.get(HERE, mine.alert.id)
        assert alert is not None
        assert alert.decided_at is not None
        long_ago = replace(alert, decided_at=alert.decided_at - timedelta(minutes=11))
        decision = (await work.alerts.decisions(HERE, alert.id))[-1]
        await work.alerts.change(alert, long_ago, decision)
    refused = await say(f"!review.decide:{mine.alert.id};reopen")
    assert refused.code == "UNDO_LATE"
    assert f"/review decide {mine.alert.id} reopen" in texts(drawn(refused, ask()))
    reopened = await say(f"review decide {mine.alert.id} reopen", ask(Role.MANAGER))
    assert reopened.alert.verdict is Verdict.WAITING


async def test_it_is_relabelled_by_presses_that_store_nothing_before_save(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    panel = await say(f"!review.relabel:{mine.alert.id}")
    assert (type(panel), panel.labels) == (Relabelling, (Label.H,))
    card = drawn(panel, ask())
    without = await say(f"!{card.items[list(Label).index(Label.H)].key}")
    with_hr = await say(f"!{drawn(without, ask()).items[list(Label).index(Label.HR)].key}")
    other = await say("!" + next(b.key for b in drawn(with_hr, ask()).buttons[0] if b.label == "controversial"))
    assert (other.category, other.labels) == (Category.CONTROVERSIAL, (Label.HR,))
    assert await house.reviewing.history(mine.alert) == []
    saved = await say("!" + next(b.key for b in drawn(other, ask()).buttons[1] if b.label == "Save"))
    assert isinstance(saved, AlertShown)
    assert "Relabelled hate speech → controversial, harassment, by Karim" in texts(drawn(saved, ask()))
    (decision,) = await house.reviewing.history(mine.alert)
    assert (decision.category, decision.labels) == (Category.CONTROVERSIAL, (Label.HR,))


@pytest.mark.parametrize(("typed", "code"), [("Q", "CHOICE"), ("~zz", "CHOICE"), ("H+nothing", "CHOICE")])
async def test_labels_that_do_not_exist_are_refused(say: Say, mine: Belongings, typed: str, code: str):
    assert (await say(f"!review.relabel:{mine.alert.id};hate;{typed}")).code == code


async def test_a_note_is_asked_for_and_stands_in_the_history(say: Say, ask: Ask, kernel: Kernel, mine: Belongings):
    asked = await say(f"!review.note:{mine.alert.id}")
    assert (type(asked), asked.option) == (Question, "note")
    noted = await kernel.answer(asked.key, "note", "listen at 12:30", ask(Role.MODERATOR))
    assert isinstance(noted, AlertNoted)
    history = await say(f"!review.history:{mine.alert.id}")
    assert isinstance(history, AlertHistory)
    assert "Karim put a note on it: “listen at 12:30”" in texts(drawn(history, ask()))


async def test_context_is_what_was_said_around(say: Say, mine: Belongings):
    context = await say(f"!review.context:{mine.alert.id}")
    assert isinstance(context, FoundContext)
    assert [line.text for line in context.around.lines] == ["Out with them, giveaway later."]


async def test_without_the_live_the_clip_that_shows_it_is_heard_and_else_it_says_so(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    gone = await say(f"!review.hear:{mine.alert.id}")
    assert gone.code == "HEAR_GONE"
    path = house.settings.DATA_DIR / "clips" / "1.mp4"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"clip")
    async with house.storage.work() as work:
        clip = await work.clips.add(
            mine.live.id, HERE, "around.mp4", Cut(path, 1.0, 40.0, 4, 720, 1280), house.clock.now(), "", "job:77"
        )
    heard = await say(f"!review.hear:{mine.alert.id}")
    assert isinstance(heard, AlertHeard)
    assert heard.sample.kept == clip
    (file,) = drawn(heard, ask()).files
    assert file.path == path


async def test_evidence_is_kept_verified_handed_out_and_released(say: Say, ask: Ask, mine: Belongings):
    kept = await say(f"!review.evidence:{mine.alert.id};keep")
    assert isinstance(kept, EvidenceShown)
    assert kept.evidence.sha256 in texts(drawn(kept, ask()))
    verified = await say(f"review evidence {mine.alert.id} verify")
    assert "is as it was frozen" in texts(drawn(verified, ask()))
    assert (await say(f"review evidence {mine.alert.id} export")).code == "NO_RIGHT"
    assert (await say(f"review evidence {mine.alert.id} release")).code == "NO_RIGHT"
    given = await say(f"review evidence {mine.alert.id} export", ask(Role.MANAGER))
    assert isinstance(given, EvidenceFile)
    assert zipfile.is_zipfile(given.path)
    released = await say(f"review evidence {mine.alert.id} release", ask(Role.MANAGER))
    assert "It goes in 30 days" in texts(drawn(released, ask()))


async def test_evidence_about_minors_is_for_named_reviewers(say: Say, ask: Ask, house: House, mine: Belongings):
    moderator = ask(Role.MODERATOR, SERVER)
    async with house.storage.work() as work:
        await work.places.put(moderator.place)
    (number,) = await raised(house, 1, mine.live.id, SERVER, labels={Label.S3: 0.9})
    await say(f"review evidence {number} keep", moderator)
    for line in (f"!review.hear:{number}", f"!review.context:{number}", f"!review.read:{number}"):
        assert (await say(line, moderator)).code == "NAMED_ONLY", line
    assert (await say(f"review evidence {number} export", ask(Role.OWNER, SERVER))).code == "NAMED_ONLY"
    manager = ask(Role.MANAGER, SERVER)
    named = replace(manager, place=replace(manager.place, reviewers=(manager.person.id,)))
    assert isinstance(await say(f"review evidence {number} export", named), EvidenceFile)


async def test_the_words_of_an_alert_about_minors_are_kept_back_but_for_named_reviewers(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    asked = ask(Role.MODERATOR, SERVER)
    async with house.storage.work() as work:
        await work.places.put(asked.place)
    (number,) = await raised(house, 1, None, SERVER, labels={Label.S3: 0.9}, quote="told words", reason="of them")
    shown = await say(f"!review.show:{number}", asked)
    card = drawn(shown, asked)
    assert "Its words are kept back" in texts(card)
    assert [one for row in labels(card) for one in row if one == "Read it"] == ["Read it"]
    assert "told words" not in repr(shown) + repr(card)
    assert "of them" not in repr(shown) + repr(card)
    assert "told words" not in repr(await say("review list", asked))
    named = replace(asked, place=replace(asked.place, reviewers=(asked.person.id,)))
    opened = drawn(await say(f"!review.read:{number}", named), named)
    assert (opened.private, [one.text for one in opened.quotes]) == (True, ["told words"])
    decided = await say(f"review decide {number} confirm", asked)
    assert "told words" not in repr(decided)


async def test_the_audit_names_who_did_what_and_hands_a_table_to_managers(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    await say(f"review decide {mine.alert.id} confirm note==2+2")
    nina = replace(ask(Role.MODERATOR), person=Person("console:77", "Nina"))
    await say(f"!review.decide:{mine.alert.id};reopen", nina)
    await say("watch mute @amina")
    await house.settling.change(mine.place, nina.person, risk_threshold=0.9)
    audit = await say("review audit")
    assert isinstance(audit, AuditList)
    text = texts(drawn(audit, ask()))
    assert "The record is whole" in text
    assert "Nina reopened alert #" in text
    assert "Karim confirmed alert #" in text
    assert "0.7 → 0.9" in text
    assert [deed.name for deed in (await say("review audit person=Nina")).rows] == ["Nina", "Nina"]
    assert (await say("review audit person=nobody")).code == "NOT_FOUND"
    past = drawn(await say("review audit person=Nina page=9"), ask())
    assert "Nothing like that is written down.\nWhat I looked for: Nina · page 9." in texts(past)
    (everything,) = (one.key for row in past.buttons for one in row)
    assert (await say(f"!{everything}")).rows == audit.rows
    table = await say("!audit.table", ask(Role.MANAGER))
    assert isinstance(table, AuditFile)
    lines = table.file.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(audit.rows)
    assert "'=2+2" in lines[1]


async def test_stats_say_how_the_judge_and_people_agree(say: Say, ask: Ask, house: House, mine: Belongings):
    assert "Nothing was decided yet" in texts(drawn(await say("review stats"), ask()))
    (other,) = await raised(house, 1, mine.live.id)
    await say(f"review decide {mine.alert.id} confirm")
    await say(f"review decide {other} dismiss")
    shown = await say("review stats account=@amina")
    assert isinstance(shown, StatsShown)
    assert (shown.found.confirmed, shown.found.dismissed) == (1, 1)
    assert shown.plot is not None
    assert shown.plot.read_bytes().startswith(b"\x89PNG")
    text = texts(drawn(shown, ask()))
    assert "1 confirmed · 1 false alarm" in text
    assert "Right: 50 % of what was told" in text


async def test_a_text_is_tried_without_keeping_anything(say: Say, ask: Ask, house: House, mine: Belongings):
    tried = await say("review test Immigrants are vermin, throw them all out")
    assert isinstance(tried, TextTried)
    card = drawn(tried, ask())
    text = texts(card)
    assert "no Groq key is set" in text
    assert "judged by simple rules" in text
    assert "hate" in text
    assert card.private
    async with house.storage.reading() as work:
        assert len(await work.alerts.find(HERE)) == 1
