"""Policies, word rules and comments: what is put in comes out, and belongs to one place."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from core.model.account import Handle
from core.model.discussion import Comment
from core.model.policy import Policy, Provider, Severity, WordRule
from core.model.review import Act, Decision
from core.model.risk import Assessment, Category, Kind, Label, Verdict, Virality
from core.model.trigger import MatchMode
from core.model.video import Video, VideoTranscript
from storage.database import Database
from tests.builders import decided as reviewed

STRICT = {
    "limits": {Label.S3: 0.3, Label.H: 0.4},
    "chat": False,
    "provider": Provider.ENSEMBLE,
    "sample": 0,
    "region": "france",
}


@pytest.fixture
async def transcript(database: Database, stage) -> VideoTranscript:
    async with database.work() as work:
        video = await work.videos.ensure(Video(0, "7400", Handle("amina"), "Amina", "Eggs", "", 60.0))
        return await work.videos.add(
            VideoTranscript(0, stage.here, video, "captions", "", "en", True, stage.now, "discord:7", "Eggs"), []
        )


async def alert_of(work, place: str, item: str, now) -> int:
    assessed = Assessment(Category.CONTROVERSIAL, Virality.LOW, False, kind=Kind.COMMENT, item=item)
    number = await work.alerts.assessed(None, assessed, now)
    return (await work.alerts.raise_(place, None, number, now)).id


async def test_a_policy_comes_back_and_where_there_is_none_the_usual_one_holds(database: Database, stage):
    async with database.work() as work:
        assert await work.policies.get(stage.here) == Policy(stage.here)
        before = await work.revisions.of("policies")
        await work.policies.put(Policy(stage.here, **STRICT))
        assert await work.revisions.of("policies") > before
    async with database.reading() as work:
        assert await work.policies.get(stage.here) == Policy(stage.here, **STRICT)
        assert await work.policies.get(stage.there) == Policy(stage.there)


async def test_word_rules_of_a_place_are_its_own_and_can_be_had_back(database: Database, stage):
    async with database.work() as work:
        rule = await work.policies.add(WordRule(0, stage.here, "(a+)+$", MatchMode.PATTERN, Severity.FLAG))
        assert await work.policies.rules(stage.here) == [rule]
        assert await work.policies.rules(stage.there) == []
        assert await work.policies.change(replace(rule, place=stage.there)) is None
        assert await work.policies.remove(stage.there, rule.id) is None
        changed = replace(rule, severity=Severity.EXCEPT, match=MatchMode.CONTAINS)
        assert await work.policies.change(changed) == changed
        assert await work.policies.remove(stage.here, rule.id) == changed
        assert await work.policies.remove(stage.here, rule.id) is None
        assert await work.policies.change(rule) is None
        assert await work.policies.remove(stage.there, rule.id, removed=False) is None
        assert await work.policies.remove(stage.here, rule.id, removed=False) == changed


async def test_the_database_and_the_model_agree_on_which_comments_are_shown(database: Database, stage, transcript):
    verdicts = [*product((None, *Verdict), (False,)), *product(Verdict, (True,))]
    cases = [(held, *said, removed) for held, said, removed in product((False, True), verdicts, (None, stage.now))]
    async with database.work() as work:
        for held, verdict, minors, removed in cases:
            comment = Comment(0, stage.here, transcript.id, "discord:7", "Karim", "x", stage.now)
            made = await work.comments.add(comment)
            alert = await alert_of(work, stage.here, made.item, stage.now) if verdict is not None else None
            if alert is not None and verdict is not Verdict.WAITING:
                await reviewed(work, stage.here, alert, verdict, stage.now)
            if alert is not None and minors:
                known = await work.alerts.get(stage.here, alert)
                called = Decision(alert, Act.RELABEL, verdict, verdict, "Mara", "discord:1", stage.now)
                await work.alerts.change(known, replace(known, labels=(Label.V, Label.S3)), called)
            await work.comments.change(replace(made, held=held, alert_id=alert, removed=removed))
        comments = [await work.comments.get(stage.here, number + 1) for number in range(len(cases))]
        shown = [one for one in comments if one.shown]
        assert await work.comments.of_transcript(stage.here, transcript.id, "discord:8") == shown
        assert await work.comments.count(stage.here, transcript.id) == len(shown)
        own = await work.comments.of_transcript(stage.here, transcript.id, "discord:7")
        assert own == [one for one in comments if not one.removed]
        assert [(one.held, one.verdict, one.about_minors, one.removed) for one in comments] == cases


async def test_comments_of_a_place_are_its_own_and_go_with_the_place(database: Database, stage, transcript):
    async with database.work() as work:
        made = await work.comments.add(
            Comment(0, stage.here, transcript.id, "discord:7", "Karim", "x", stage.now, to=None)
        )
        assert await work.comments.get(stage.there, made.id) is None
        assert await work.comments.change(replace(made, place=stage.there, text="y")) is None
        assert await work.comments.of_transcript(stage.there, transcript.id, "discord:7") == []
        assert await work.comments.newest(stage.there, "discord:7") == []
        assert await work.comments.newest(stage.here, "discord:8") == [made]
        await work.policies.put(Policy(stage.here))
        await work.policies.add(WordRule(0, stage.here, "x"))
    async with database.work() as work:
        while not await work.places.forget(stage.here):
            pass
    async with database.work() as work:
        assert await work.comments.get(stage.here, made.id) is None
        assert await work.policies.rules(stage.here) == []


async def test_what_was_decided_and_not_told_is_found_once(database: Database, stage, transcript):
    async with database.work() as work:
        made = await work.comments.add(
            Comment(0, stage.here, transcript.id, "discord:7", "Karim", "x", stage.now, held=True)
        )
        alert = await alert_of(work, stage.here, made.item, stage.now)
        made = await work.comments.change(replace(made, alert_id=alert))
        assert await work.comments.untold() == []
        await reviewed(work, stage.here, alert, Verdict.DISMISSED, stage.now)
        (decided,) = await work.comments.untold()
        assert decided.shown
        await work.comments.told(decided)
        assert await work.comments.untold() == []
        later = stage.now + timedelta(minutes=1)
        await reviewed(work, stage.here, alert, Verdict.WAITING, later)
        assert [one.verdict for one in await work.comments.untold()] == [Verdict.WAITING]


async def test_what_was_written_is_no_part_of_what_was_said(database: Database, stage):
    async with database.work() as work:
        for kind in Kind:
            judged = Assessment(Category.CONTROVERSIAL, Virality.LOW, False, kind=kind, item=str(kind))
            number = await work.alerts.assessed(stage.live.id, judged, stage.now)
            alert = await work.alerts.raise_(stage.here, stage.live.id, number, stage.now)
            assert await work.alerts.of_item(stage.here, str(kind)) == alert
            assert await work.alerts.of_item(stage.there, str(kind)) is None
        assert [one.kind for one in await work.alerts.of_live(stage.live.id)] == [Kind.SPEECH]
