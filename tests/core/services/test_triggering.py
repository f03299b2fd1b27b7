"""Triggers on chat and speech: what is told, how often, and to whom."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from core.matching.rules import Rule, compile_rule
from core.model.live import LiveEvent
from core.model.notice import NoticeKind
from core.model.transcript import Segment, Word
from core.model.trigger import MatchMode, Then, Trigger, Where
from core.services import triggering
from core.services.clipping import Clipping
from core.services.clipping.wishing import Wish
from core.services.lives.scene import Scene
from core.services.triggering import Ears, Line, Triggering
from storage.writer import BatchedWriter
from tests.builders import (
    HERE,
    THERE,
    Told,
    armed,
    at,
    chat,
    followed,
    outbox,
    rows,
    scene_of,
    segment,
    stored_with,
    told,
)
from tests.core.services.conftest import Running
from tests.doubles import CountedStorage, HandClock, StagedClipper


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    folder: Path
    triggering: Triggering

    async def says(self, scene: Scene, part: Segment, *, late: bool = False) -> None:
        """It is said, and its words are stored."""
        await stored_with(self.storage, self.triggering.late if late else self.triggering.speech, scene, part)

    def hits(self) -> list[Told]:
        return told(self.folder, NoticeKind.HIT)

    def clips(self) -> int:
        return len(rows(self.folder, "select 1 from job where kind = 'clip'"))


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    clipping = Clipping(storage, clock, StagedClipper(), tmp_path / "clips")
    return Stage(storage, clock, tmp_path, Triggering(storage, clock, clipping))


@pytest.fixture
async def scene(stage: Stage) -> Scene:
    await followed(stage.storage, "maria", HERE)
    return await scene_of(stage.storage)


def again(stage: Stage) -> Triggering:
    """The same after a restart."""
    return Triggering(stage.storage, stage.clock, Clipping(stage.storage, stage.clock, StagedClipper(), stage.folder))


async def test_a_hit_quotes_the_line_as_written_and_says_who_and_when(stage: Stage, scene: Scene):
    await armed(stage.storage, "giveaway")
    await stage.triggering.chat(scene, chat("Is the GIVEAWAY on?", 18.2))
    (hit,) = stage.hits()
    said = hit.says
    assert (said.quote, said.quote[said.start : said.end], said.by) == ("Is the GIVEAWAY on?", "GIVEAWAY", "juno")
    assert (said.source, said.second, said.at, said.count) == (Where.CHAT, 18.2, at(18.2), 1)
    assert hit.notice.address == f"{HERE}:lives"
    assert not hit.notice.edits
    assert stage.clips() == 1


async def test_a_word_in_speech_is_placed_when_it_was_said(stage: Stage, scene: Scene):
    await armed(stage.storage, "giveaway")
    words = (Word(10.0, 10.5, "the"), Word(12.5, 13.0, "giveaway"))
    await stage.says(scene, segment("the giveaway", 10.0, words=words))
    await stage.says(scene, segment(None, 20.0))
    (hit,) = stage.hits()
    assert (hit.says.source, hit.says.second, hit.says.by) == (Where.SPEECH, 12.5, "")


async def test_within_the_cool_down_the_first_post_is_edited_to_count(stage: Stage, scene: Scene):
    await armed(stage.storage, "go", cooldown=timedelta(seconds=30))
    for second in (0, 10, 29, 31):
        await stage.triggering.chat(scene, chat(f"go {second}", second))
    hits = stage.hits()
    assert [(one.says.count, one.says.quote, one.notice.edits) for one in hits] == [
        (1, "go 0", False),
        (2, "go 0", True),
        (3, "go 0", True),
        (1, "go 31", False),
    ]
    assert {one.notice.subject for one in hits[:3]} == {hits[0].notice.subject}
    assert hits[3].notice.subject != hits[0].notice.subject
    assert [one.notice.silent for one in hits] == [False, True, True, False]


async def test_without_a_cool_down_every_hit_is_a_post_of_its_own(stage: Stage, scene: Scene):
    await armed(stage.storage, "go", cooldown=timedelta(0))
    for number in range(3):
        await stage.triggering.chat(scene, chat(f"go {number}", 1.0))
    assert [(one.says.quote, one.notice.edits) for one in stage.hits()] == [(f"go {n}", False) for n in range(3)]
    assert len({one.notice.subject for one in stage.hits()}) == 3


async def test_a_hit_that_lies_before_one_that_was_heard_sooner_is_counted_the_same_way(stage: Stage, scene: Scene):
    await armed(stage.storage, "go", cooldown=timedelta(0))
    await armed(stage.storage, "stop", cooldown=timedelta(seconds=30))
    await stage.triggering.chat(scene, chat("go and stop", 50))
    await stage.says(scene, segment("I said go", 46.0))
    await stage.says(scene, segment("I said stop", 46.0))
    await stage.says(scene, segment("stop there", 5.0))
    assert [(one.says.quote, one.says.count) for one in stage.hits() if one.says.word == "go"] == [
        ("go and stop", 1),
        ("I said go", 1),
    ]
    assert [(one.says.quote, one.says.count) for one in stage.hits() if one.says.word == "stop"] == [
        ("go and stop", 1),
        ("go and stop", 2),
        ("stop there", 1),
    ]


async def test_a_cool_down_runs_on_over_a_restart(stage: Stage, scene: Scene):
    await armed(stage.storage, "go", cooldown=timedelta(seconds=30))
    await stage.triggering.chat(scene, chat("go one", 0))
    await stage.triggering.chat(scene, chat("go two", 5))
    await again(stage).chat(scene, chat("go three", 10))
    assert [one.says.count for one in stage.hits()] == [1, 2, 3]
    assert len({one.notice.subject for one in stage.hits()}) == 1


@pytest.mark.parametrize(
    ("where", "heard"), [(Where.CHAT, ["chat"]), (Where.SPEECH, ["speech"]), (Where.BOTH, ["chat", "speech"])]
)
async def test_a_trigger_hears_only_where_it_should(stage: Stage, scene: Scene, where: Where, heard: list[str]):
    await armed(stage.storage, "go", where=where, cooldown=timedelta(0))
    await stage.triggering.chat(scene, chat("go"))
    await stage.says(scene, segment("go"))
    assert [one.says.source for one in stage.hits()] == heard


@pytest.mark.parametrize(("then", "posts", "clips"), [(Then.ALERT, 1, 0), (Then.CLIP, 0, 1), (Then.BOTH, 1, 1)])
async def test_a_hit_does_what_its_trigger_says(stage: Stage, scene: Scene, then: Then, posts: int, clips: int):
    await armed(stage.storage, "go", then=then)
    await stage.triggering.chat(scene, chat("go"))
    assert (len(stage.hits()), stage.clips()) == (posts, clips)


async def test_each_place_has_its_own_triggers_and_posts(stage: Stage):
    for place in (HERE, THERE):
        await followed(stage.storage, "maria", place)
    scene = await scene_of(stage.storage)
    await armed(stage.storage, "go", HERE)
    await armed(stage.storage, "go", THERE)
    await armed(stage.storage, "stop", THERE)
    await stage.triggering.chat(scene, chat("go and stop"))
    assert sorted((one.notice.place, one.says.word) for one in stage.hits()) == [
        (HERE, "go"),
        (THERE, "go"),
        (THERE, "stop"),
    ]


async def test_a_trigger_for_one_account_is_deaf_to_others(stage: Stage, scene: Scene):
    other = await followed(stage.storage, "amina")
    await armed(stage.storage, "go", account_id=other.account_id)
    await stage.triggering.chat(scene, chat("go"))
    assert stage.hits() == []
    await stage.triggering.chat(await scene_of(stage.storage, "amina", "7301"), chat("go"))
    assert [one.says.handle for one in stage.hits()] == ["amina"]


async def test_a_line_that_names_a_word_twice_is_one_hit(stage: Stage, scene: Scene):
    await armed(stage.storage, "go")
    await stage.triggering.chat(scene, chat("go go go"))
    assert [(one.says.start, one.says.count) for one in stage.hits()] == [(0, 1)]


async def test_patterns_and_words_in_any_script_fire(stage: Stage, scene: Scene):
    await armed(stage.storage, r"win \d+ euros?", match=MatchMode.PATTERN, cooldown=timedelta(0))
    await armed(stage.storage, "écoute", cooldown=timedelta(0))
    await stage.triggering.chat(scene, chat("you can win 500 Euros today"))
    await stage.triggering.chat(scene, chat("ÉCOUTE ça", 1))
    quotes = [one.says.quote[one.says.start : one.says.end] for one in stage.hits()]
    assert quotes == ["win 500 Euros", "ÉCOUTE"]


async def test_triggers_changed_elsewhere_are_heard_within_a_second(
    stage: Stage, scene: Scene, clock: HandClock, running: Running
):
    async with running(stage.triggering.run()):
        await stage.triggering.chat(scene, chat("go"))
        trigger = await armed(stage.storage, "go", cooldown=timedelta(0))
        await clock.advance(0.5)
        await clock.advance(0.5)
        await stage.triggering.chat(scene, chat("go", 1))
        assert len(stage.hits()) == 1
        async with stage.storage.work() as work:
            await work.triggers.remove(HERE, trigger.id)
        await clock.advance(0.5)
        await clock.advance(0.5)
        await stage.triggering.chat(scene, chat("go", 2))
        assert len(stage.hits()) == 1
        async with stage.storage.work() as work:
            await work.triggers.restore(HERE, trigger.id)
        stage.storage.busy = 2  # a busy database only delays it
        for _ in range(4):
            await clock.advance(0.5)
        await stage.triggering.chat(scene, chat("go", 3))
    assert len(stage.hits()) == 2


async def test_a_place_that_does_not_follow_any_more_is_told_nothing(stage: Stage, scene: Scene):
    await armed(stage.storage, "go")
    scene.follows = ()
    await stage.triggering.chat(scene, chat("go"))
    assert stage.hits() == []


async def test_hits_within_one_clip_window_share_one_clip(stage: Stage, scene: Scene):
    await armed(stage.storage, "go", cooldown=timedelta(0))
    for second in (100.0, 105.0, 110.0, 110.5):
        await stage.triggering.chat(scene, chat("go", second))
    wishes = rows(stage.folder, "select payload from job where kind = 'clip' order by id")
    assert len(stage.hits()) == 4
    assert ['"start": 70.0, "end": 110.0' in wishes[0]["payload"], len(wishes)] == [True, 2]


async def test_a_line_that_fired_just_before_a_crash_does_not_fire_again_when_it_is_shown_again(
    stage: Stage, scene: Scene
):
    """The hit is stored at once, the line a tenth of a second later: a crash between leaves the hit alone."""
    await armed(stage.storage, "go", cooldown=timedelta(0))
    writer = BatchedWriter(stage.storage.database)
    for line in (chat("go stored", 1), chat("go unstored", 2)):
        await stage.triggering.chat(scene, line)
    writer.put(scene.live.id, 1, chat("go stored", 1))
    await writer.flush()
    after = again(stage)
    await after.chat(scene, chat("go unstored", 2))
    assert len(stage.hits()) == 2
    await after.chat(scene, chat("go unstored", 3))  # somebody says it once more
    assert len(stage.hits()) == 3


async def test_a_muted_live_makes_hits_that_are_stored_and_counted_and_told_when_the_mute_is_over(
    stage: Stage, scene: Scene
):
    trigger = await armed(stage.storage, "giveaway", cooldown=timedelta(0))
    scene.mutes = {HERE: at(30)}
    await stage.triggering.chat(scene, chat("giveaway", 1.0))
    assert stage.hits() == []
    async with stage.storage.reading() as work:
        assert [hit.trigger_id for hit in await work.hits.of_live(HERE, scene.live.id)] == [trigger.id]
        assert [one.hits for one in await work.triggers.of_place(HERE)] == [1]
    assert stage.clips() == 1
    await stage.clock.advance(31)
    await stage.triggering.chat(scene, chat("giveaway", 31.0))
    assert [one.says.second for one in stage.hits()] == [31.0]


async def test_a_mute_is_one_places_own(stage: Stage):
    for place in (HERE, THERE):
        await followed(stage.storage, "maria", place)
        await armed(stage.storage, "giveaway", place)
    scene = await scene_of(stage.storage)
    scene.mutes = {HERE: at(30)}
    await stage.triggering.chat(scene, chat("giveaway", 1.0))
    assert [one.notice.place for one in stage.hits()] == [THERE]


async def test_a_place_that_is_not_told_of_a_live_has_no_hits_in_it(stage: Stage, scene: Scene):
    await armed(stage.storage, "giveaway")
    scene.follows = ()
    await stage.triggering.chat(scene, chat("giveaway", 1.0))
    await stage.says(scene, segment("giveaway", 2.0))
    assert (stage.hits(), stage.clips(), rows(stage.folder, "select 1 from hit")) == ([], 0, [])


async def test_a_place_that_wants_no_chat_and_no_clips_has_hits_in_speech_only_and_no_clips(stage: Stage):
    await followed(stage.storage, "maria", HERE, chat=False, clips=False)
    scene = await scene_of(stage.storage)
    await armed(stage.storage, "giveaway")
    await stage.triggering.chat(scene, chat("giveaway", 1.0))
    await stage.says(scene, segment("giveaway", 2.0))
    assert [one.says.source for one in stage.hits()] == [Where.SPEECH]
    assert stage.clips() == 0


def test_ears_compile_only_what_has_another_rule(monkeypatch: pytest.MonkeyPatch):
    compiled: list[str] = []

    def counted(word: str, match: MatchMode) -> Rule:
        compiled.append(word)
        return compile_rule(word, match)

    monkeypatch.setattr(triggering, "compile_rule", counted)
    go, stop = Trigger(1, HERE, "go"), Trigger(2, HERE, "stop")
    ears = Ears()

    def listen(*triggers: Trigger) -> None:
        ears.listen_for(triggers, ears.compiled(triggers))

    listen(go, stop)
    line = Line(Where.CHAT, "go stop", "juno", float)
    listen(replace(go, hits=9, then=Then.CLIP, cooldown=timedelta(0)), stop)
    assert compiled == ["go", "stop"]
    assert [(one.hits, one.then) for one, _ in ears.heard(line)] == [(9, Then.CLIP), (0, Then.BOTH)]
    listen(replace(go, match=MatchMode.CONTAINS), Trigger(3, HERE, "new"))
    assert compiled == ["go", "stop", "go", "new"]
    assert [one.id for one, _ in ears.heard(Line(Where.CHAT, "stop it: new egos", "juno", float))] == [3, 1]


async def test_a_rule_that_would_be_refused_today_keeps_no_other_from_listening(stage: Stage, scene: Scene):
    await armed(stage.storage, "(", match=MatchMode.PATTERN)
    await armed(stage.storage, "go")
    await stage.triggering.chat(scene, chat("go ("))
    assert [one.says.word for one in stage.hits()] == ["go"]


async def test_fifty_hits_in_ten_seconds_of_two_places_become_exactly_the_right_clips(stage: Stage):
    """Five triggers in each place, without a cool-down, over the edge of a window."""
    for place in (HERE, THERE):
        await followed(stage.storage, "maria", place)
        for word in ("go", "win", "gift", "free", "stop"):
            await armed(stage.storage, f"{word} {place[:3]}", place, cooldown=timedelta(0))
    scene = await scene_of(stage.storage)
    words = ("go", "win", "gift", "free", "stop")
    lines = [(100.0 + 0.4 * n, words[n % 5], (HERE, THERE)[n % 2], f"fan{n}") for n in range(25)]
    lines += [(110.2 + 0.01 * n, words[n % 5], (HERE, THERE)[n % 2], f"late{n}") for n in range(25)]
    for second, word, place, who in lines:
        await stage.triggering.chat(scene, chat(f"{word} {place[:3]} please", second, by=who))
    wishes = [Wish(**json.loads(row["payload"])) for row in rows(stage.folder, "select payload from job order by id")]
    assert len(stage.hits()) == 50
    for place in (HERE, THERE):
        own = [line for line in lines if line[2] == place]
        expected = [own[0], next(line for line in own if line[0] > own[0][0] + 10)]
        made = [(one.start, one.end, one.word, one.who) for one in wishes if one.place == place]
        assert made == [(at - 30, at + 10, f"{word} {place[:3]}", who) for at, word, _, who in expected]
    by_id = {row["id"]: row for row in rows(stage.folder, "select * from hit")}
    for one in wishes:
        hit = by_id[one.hit_id]
        assert (hit["place"], hit["word"], hit["by"], hit["second"]) == (one.place, one.word, one.who, one.start + 30)
    assert len(wishes) == 4


async def test_a_trigger_never_fires_on_our_own_posts(stage: Stage, scene: Scene):
    """What is told quotes the word, and stands in chats of ours: none of it is an event of a live."""
    await armed(stage.storage, "giveaway", cooldown=timedelta(0))
    await stage.triggering.chat(scene, chat("a giveaway"))
    posted = [one for one in outbox(stage.folder) if "giveaway" in json.dumps(one.notice.facts)]
    assert posted
    await stage.clock.advance(60)
    async with stage.storage.reading() as work:
        assert len(await work.hits.of_live(HERE, scene.live.id)) == 1
    assert not {type(one.says) for one in posted} & set(get_args(LiveEvent))
