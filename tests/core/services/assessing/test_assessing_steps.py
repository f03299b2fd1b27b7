"""Models judge a live in windows, step by step; nothing waits for them, and nothing is lost without them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Denied, EarshotError, Transient
from core.model.risk import Assessment, Category, Label, Target, Virality
from core.model.transcript import Segment
from core.ports.assessor import Spent
from core.services.assessing.live import DEADLINE
from core.services.assessing.steps import Steps
from core.services.assessing.windows import MOST_WAITING
from tests.builders import HERE, followed, judged, rows, segment
from tests.core.services.assessing.judging import HATE, ORDER, Stage, blind, staged, sure
from tests.doubles import CountedStorage, HandClock


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> AsyncIterator[Stage]:
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        yield stage


async def test_a_minute_of_speech_is_sent_at_once_and_what_was_said_before_goes_along(stage: Stage):
    stage.screen.summary = "soup"
    await stage.says("a", "b", "c", "d")
    await stage.clock.advance(60)
    await stage.says("e", "f", "g", "h", start=60.0)
    assert stage.screen.asked == [(["a", "b", "c", "d"], []), (["e", "f", "g", "h"], ["a", "b", "c", "d"])]
    assert [(one.summary, one.display, one.language) for one in stage.screen.windows] == [
        ("", "en", "en"),
        ("soup", "en", "en"),
    ]
    assert stage.judge.asked == []
    assert stage.standing() == [("small", "Neutre", False)] * 8


async def test_what_is_older_than_three_minutes_does_not_go_along(stage: Stage):
    await stage.says("old", start=0.0)
    await stage.clock.advance(60)
    await stage.says("newer", start=200.0)
    await stage.clock.advance(60)
    assert stage.screen.asked == [(["old"], []), (["newer"], [])]


async def test_less_than_a_minute_of_speech_is_sent_when_the_minute_is_over(stage: Stage):
    await stage.says("a", "b")
    await stage.clock.advance(59)
    assert stage.screen.asked == []
    await stage.clock.advance(1)
    assert stage.screen.asked == [(["a", "b"], [])]


async def test_short_pieces_are_put_together_and_what_is_flagged_stands_alone(stage: Stage):
    await stage.says("a", "b", "c", "d", HATE, "e", seconds=5.0)
    assert stage.screen.asked == [(["a b c", "d", HATE], [])]
    await stage.clock.advance(60)
    assert stage.screen.asked[1][0] == ["e"]
    starts = [row["start"] for row in rows(stage.folder, "select start from assessment where stands order by start")]
    assert starts == [0.0, 15.0, 20.0, 25.0]  # one word stands for the three that were put together


async def test_a_segment_that_a_trigger_hit_is_sent_at_once(stage: Stage):
    assert stage.assessing
    assert stage.scene
    stage.assessing.hit(stage.scene, segment("the giveaway", 15.0))
    await stage.says("a", "the giveaway")
    assert stage.screen.asked == [(["a", "the giveaway"], [])]


async def test_what_the_judge_inside_flags_is_told_with_the_word_of_the_judging_model(stage: Stage):
    stage.judge.judge = lambda said: replace(sure(said), reason="because", policy="default-2")
    await stage.says("soup", HATE)
    (alert,) = stage.alerts()
    said = alert.says
    assert (said.engine, said.policy, said.reason, said.degraded, said.doubtful) == (
        "large",
        "default-2",
        "because",
        False,
        False,
    )
    assert stage.screen.asked == [(["soup", HATE], [])]
    assert stage.judge.asked == [([HATE], ["soup"])]
    kept = rows(stage.folder, "select engine, stands from assessment where start = 15.0 order by id")
    assert [tuple(row) for row in kept] == [("rules", 0), ("small", 0), ("large", 1)]


@pytest.mark.parametrize(
    ("screened", "asked"),
    [
        (lambda said: blind(said), False),
        (lambda said: replace(blind(said), confidence=0.59), True),  # unsure
        (lambda said: replace(blind(said), virality=Virality.MEDIUM), True),  # 0.5: 0.2 below the threshold
        (lambda said: replace(sure(said), virality=Virality.LOW, category=Category.HATEFUL, hateful=True), True),
    ],
    ids=["harmless", "unsure", "near the threshold", "hate"],
)
async def test_the_judging_model_is_asked_only_about_what_is_suspicious(
    stage: Stage, screened: Callable[[Segment], Assessment], asked: bool
):
    stage.screen.judge = screened
    await stage.says("a", "b", "c", "d")
    assert bool(stage.judge.asked) is asked


async def test_a_model_that_sees_nothing_in_what_the_judge_inside_is_sure_of_leaves_it_to_a_person(stage: Stage):
    stage.screen.judge = stage.judge.judge = blind
    await stage.says(HATE)
    (alert,) = stage.alerts()
    assert stage.judge.asked, "they disagree"
    assert (alert.says.engine, alert.says.score, alert.says.doubtful) == ("large", 0.2, True)


async def test_an_alert_waits_for_the_model_three_seconds_and_its_later_word_changes_it(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)
    await stage.clock.advance(DEADLINE - 0.1)
    assert stage.alerts() == []
    await stage.clock.advance(0.1)
    (early,) = stage.alerts()
    assert (early.says.engine, early.says.degraded, early.notice.edits) == ("rules", True, False)
    stage.screen.gate.set()
    await stage.clock.settled()
    _, later = stage.alerts()
    assert (later.says.engine, later.says.degraded, later.says.repeats) == ("large", False, 0)
    assert (later.notice.subject, later.notice.edits) == (early.notice.subject, True)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        (judged(virality=Virality.HIGH, confidence=0.9, quote=HATE), [(1, 1, 1.0)]),
        (
            judged(target=Target.RELIGION, labels={Label.H2: 0.9}, virality=Virality.HIGH, quote=HATE),
            [(1, 1, 0.9), (2, 0, 1.0)],
        ),
    ],
)
async def test_the_model_finding_worse_in_what_only_counted_for_an_alert_is_told(
    stage: Stage, word: Assessment, told: list[tuple[int, int, float]]
):
    await stage.says(HATE)
    await stage.clock.advance(DEADLINE)
    stage.screen.gate.clear()
    stage.judge.judge = lambda said: replace(word, second=said.start)
    await stage.says(HATE, start=100.0)
    await stage.clock.advance(DEADLINE)
    await stage.clock.advance(1)
    stage.screen.gate.set()
    await stage.clock.settled()
    stands = {one.says.alert_id: (one.says.alert_id, one.says.repeats, one.says.score) for one in stage.alerts()}
    assert list(stands.values()) == told


@pytest.mark.parametrize("sees", [True, False])
async def test_the_word_on_a_piece_changes_the_alert_that_any_of_its_segments_raised(stage: Stage, sees: bool):
    def inside(said: Segment) -> Assessment:
        worse = "not sure" in (said.text or "")
        return judged(
            Category.CONTROVERSIAL,
            Virality.MEDIUM if worse else Virality.LOW,
            hateful=False,
            second=said.start,
            quote=said.text,
        )

    def model(said: Segment) -> Assessment:  # quotes the first words of the piece
        return replace(blind(said), virality=Virality.HIGH if sees else Virality.LOW, quote="hello", second=said.start)

    async with stage.storage.work() as work:
        (follow,) = await work.follows.of_place(HERE)
        await work.follows.change(replace(follow, risk=0.5))
    await stage.lives()
    stage.assessing.local.judge = inside  # type: ignore[union-attr]
    stage.screen.judge = stage.judge.judge = model
    await stage.says("hello", "not sure about them", seconds=5.0)
    await stage.clock.advance(DEADLINE)
    await stage.clock.advance(60)
    early, later = stage.alerts()
    assert (early.says.quote, early.says.engine) == ("not sure about them", "rules")
    assert (later.says.alert_id, later.says.repeats, later.says.doubtful) == (early.says.alert_id, 0, not sees)
    assert later.says.quote == ("hello" if sees else "not sure about them")


async def test_a_later_word_never_takes_an_alert_back(stage: Stage):
    stage.screen.judge = stage.judge.judge = blind
    stage.assessing.local.judge = lambda said: judged(  # type: ignore[union-attr]
        Category.CONTROVERSIAL, Virality.MEDIUM, hateful=False, second=said.start, labels={Label.H: 0.6}
    )
    async with stage.storage.work() as work:
        (follow,) = await work.follows.of_place(HERE)
        await work.follows.change(replace(follow, risk=0.5))
    await stage.lives()
    stage.assessing.local.judge = lambda said: judged(  # type: ignore[union-attr]
        Category.CONTROVERSIAL, Virality.MEDIUM, hateful=False, second=said.start, labels={Label.H: 0.6}
    )
    stage.screen.gate.clear()
    await stage.says("not sure about them")
    await stage.clock.advance(DEADLINE)
    stage.screen.gate.set()
    await stage.clock.settled()
    early, later = stage.alerts()
    assert (early.says.engine, early.says.doubtful) == ("rules", False)
    assert (later.says.engine, later.says.score, later.says.doubtful, later.notice.edits) == ("rules", 0.5, True, True)


async def test_while_the_judging_model_is_silent_the_screening_one_is_quoted(stage: Stage):
    stage.judge.gate.clear()
    await stage.says(HATE)
    await stage.clock.advance(DEADLINE)
    stage.judge.gate.set()
    await stage.clock.settled()
    assert [(one.says.engine, one.says.degraded) for one in stage.alerts()] == [("small", False), ("large", False)]


async def test_without_the_judging_model_the_word_of_the_screening_one_stands(stage: Stage):
    stage.judge.fault = Denied("ENGINE_MODEL", engine="groq", model="large")
    await stage.says(HATE)
    (alert,) = stage.alerts()
    assert (alert.says.engine, alert.says.degraded) == ("small", False)


@pytest.mark.parametrize(
    "fault",
    [
        Denied("ENGINE_MODEL", engine="groq", model="small"),
        Denied("ENGINE_KEY", engine="groq"),
        Transient("QUOTA", 90.0, engine="groq"),
        Transient("ENGINE_DOWN", engine="groq"),
    ],
    ids=lambda fault: fault.code,
)
async def test_a_model_that_cannot_judge_is_stood_in_for_visibly_and_asked_again(stage: Stage, fault: EarshotError):
    stage.screen.fault = fault
    await stage.says("soup", HATE)
    (alert,) = stage.alerts()
    assert (alert.says.engine, alert.says.degraded) == ("rules", True)
    assert stage.standing() == [("rules", "Neutre", True), ("rules", "Discours haineux", True)]
    stage.screen.fault = None
    await stage.clock.advance(400)
    await stage.says(HATE, start=400.0)
    assert [(one.says.engine, one.says.degraded) for one in stage.alerts()[1:]] == [("large", False)]


@pytest.mark.parametrize("early", [False, True], ids=["asked", "left alone already"])
async def test_an_order_to_the_judge_goes_to_a_person_where_no_model_judges_it(stage: Stage, early: bool):
    """The order may be why: else whoever talks a model into nonsense is rated by simple rules alone."""
    stage.screen.fault = Transient("ENGINE_DOWN", engine="groq")
    if early:
        await stage.says(HATE)
        await stage.says(HATE, start=15.0)
    await stage.says(ORDER, start=400.0)
    await stage.clock.advance(60)
    said = stage.alerts()[-1].says
    assert (said.injection, said.degraded, said.doubtful, said.quote) == (True, True, True, ORDER)


async def test_without_any_model_an_order_to_one_is_told_to_nobody(stage: Stage):
    assert stage.assessing
    stage.assessing.steps = Steps(stage.clock)
    await stage.says(ORDER, HATE)
    assert [one.says.quote for one in stage.alerts()] == [HATE]


async def test_what_a_model_finds_without_saying_where_is_quoted_all_the_same(stage: Stage):
    stage.screen.judge = stage.judge.judge = lambda said: replace(sure(segment(HATE)), quote="", second=said.start)
    await stage.says("they come again tonight")
    await stage.clock.advance(60)
    assert [one.says.quote for one in stage.alerts()] == ["they come again tonight"]


async def test_a_model_that_refuses_is_left_alone_for_a_minute(stage: Stage):
    stage.screen.fault = Denied("ENGINE_KEY", engine="groq")
    await stage.says(HATE)
    await stage.says(HATE, start=15.0)
    assert len(stage.screen.asked) == 1
    assert len(stage.alerts()) == 2, "it counts, at once"
    await stage.clock.advance(60)
    await stage.says(HATE, start=60.0)
    assert len(stage.screen.asked) == 2


async def test_an_answer_for_other_segments_counts_as_none(stage: Stage):
    stage.screen.judge = sure
    assess = stage.screen.assess

    async def short(window):  # type: ignore[no-untyped-def]
        return replace(await assess(window), assessments=())

    stage.screen.assess = short  # type: ignore[method-assign]
    await stage.says(HATE)
    assert [one.says.degraded for one in stage.alerts()] == [True]


async def test_a_mistake_in_a_judge_costs_its_window_and_no_alert(stage: Stage):
    stage.screen.fault = ZeroDivisionError()
    await stage.says(HATE)
    assert [one.says.degraded for one in stage.alerts()] == [True]
    stage.screen.fault = None
    await stage.says(HATE, start=400.0)
    assert stage.alerts()[-1].says.engine == "large"


async def test_an_hour_of_speech_costs_sixty_screenings_and_fifteen_judgings_however_bad_it_is(stage: Stage):
    for second in range(0, 3600, 15):
        await stage.says(HATE if second % 30 else "soup", start=float(second))
        await stage.clock.advance(15)
    assert 50 <= len(stage.screen.asked) <= 60
    assert 10 <= len(stage.judge.asked) <= 15
    heard = " ".join(text or "" for said, _ in stage.screen.asked for text in said)
    assert heard.count(HATE) + heard.count("soup") >= 200, "of 240 nearly everything is screened"


async def test_second_looks_and_repairs_count_as_calls_of_the_hour(stage: Stage):
    stage.screen.cost = stage.judge.cost = Spent(requests=3)
    for second in range(0, 3600, 15):
        await stage.says(HATE, start=float(second))
        await stage.clock.advance(15)
    assert 3 * len(stage.screen.asked) <= 60
    assert 3 * len(stage.judge.asked) <= 15
    assert len(stage.screen.asked) >= 15


async def test_a_quiet_hour_has_a_word_on_everything_within_72_seconds(stage: Stage):
    stage.screen.judge = blind
    for second in range(0, 3600, 6):
        await stage.says(f"soup {second}", start=float(second), seconds=6.0)
        await stage.clock.advance(6)
        waiting = rows(stage.folder, "select min(start) as first from assessment where waits")[0]["first"]
        assert waiting is None or second + 6 - waiting <= 78
    assert len(stage.screen.asked) <= 60


async def test_what_waits_for_too_long_is_left_to_the_judge_inside_the_oldest_first(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)  # keeps the model busy
    await stage.says(*["soup"] * (MOST_WAITING + 2), start=15.0)
    assert stage.standing()[:2] == [("rules", "Neutre", True)] * 2
    waiting = rows(stage.folder, "select count(*) as n from assessment where waits")[0]["n"]
    assert waiting == MOST_WAITING + 1


async def test_a_busy_database_delays_a_word_and_loses_none(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)
    stage.storage.busy = 3
    stage.screen.gate.set()
    await stage.clock.settled()
    for _ in range(5):
        await stage.clock.advance(1)
    assert [(one.says.engine, one.says.repeats) for one in stage.alerts()] == [("large", 0)]


async def test_a_place_with_another_target_is_told_of_its_own(stage: Stage):
    stage.judge.judge = lambda said: replace(sure(said), target=Target.RELIGION)
    await stage.says(HATE)
    assert [one.says.target for one in stage.alerts()] == ["religion"]


async def _told_early_and_then_judged(stage: Stage, start: float) -> None:
    stage.screen.gate.clear()
    await stage.says(HATE, start=start)
    await stage.clock.advance(DEADLINE)
    await stage.clock.advance(1)
    stage.screen.gate.set()
    await stage.clock.settled()


async def test_whom_a_model_calls_the_target_otherwise_than_rules_stays_one_alert(stage: Stage):
    stage.screen.judge = stage.judge.judge = lambda said: replace(sure(said), target=Target.RELIGION)
    for start in (0.0, 67.0, 134.0, 201.0):
        await _told_early_and_then_judged(stage, start)
    assert {one.notice.subject for one in stage.alerts()} == {"risk:1"}
    said = stage.alerts()[-1].says
    assert (said.engine, said.target, said.repeats) == ("large", Target.RELIGION, 3)


async def test_a_worse_word_on_what_counted_for_a_repeat_already_is_what_the_alert_quotes(stage: Stage):
    await stage.says(HATE)
    stage.judge.judge = lambda said: replace(sure(said), virality=Virality.HIGH)
    await _told_early_and_then_judged(stage, 67.0)
    said = stage.alerts()[-1].says
    assert (said.alert_id, said.score, said.second, said.repeats) == (1, 1.0, 67.0, 1)


async def test_another_cause_in_what_counted_for_a_repeat_already_is_an_alert_of_its_own(stage: Stage):
    await stage.says(HATE)
    stage.judge.judge = lambda said: replace(sure(said), target=Target.RELIGION, quote="another")
    await _told_early_and_then_judged(stage, 67.0)
    assert [row["repeats"] for row in rows(stage.folder, "select repeats from alert order by id")] == [1, 0]
