"""Words fire in the transaction that stores them, in time or late: what is counted and told when that fails, and beside chat."""

import asyncio

import pytest

from core.errors import Transient
from core.model.transcript import Segment
from core.model.trigger import Then
from core.ports.store import Work
from core.services import triggering
from core.services.lives.keeping import Stored
from core.services.lives.scene import Scene
from tests.builders import HERE, armed, chat, rows, segment, stored_with
from tests.core.services.test_triggering import Stage, scene, stage

__all__ = ["scene", "stage"]


@pytest.mark.parametrize("late", [False, True])
async def test_what_was_counted_in_a_transaction_that_failed_has_not_happened(stage: Stage, scene: Scene, late: bool):
    await armed(stage.storage, "go", then=Then.MARK)
    heard: list[Segment] = []
    stage.triggering.hit = lambda scene, part: heard.append(part)
    follows = stage.triggering.late if late else stage.triggering.speech

    async def full(work: Work, scene: Scene, part: Segment) -> Stored:
        await follows(work, scene, part)
        raise Transient("DISK")

    with pytest.raises(Transient):
        await stored_with(stage.storage, full, scene, segment("go", 5.0))
    assert heard == []
    await stage.says(scene, segment("go", 5.0), late=late)
    async with stage.storage.reading() as work:
        assert [hit.word for hit in await work.hits.of_live(HERE, scene.live.id)] == ["go"]
        assert [entry.text for entry in await work.diary.of_live(HERE, scene.live.id)] == ["go"]
    assert len(heard) == (not late), "the judge is told of what fired in time"


async def test_whoever_listens_to_a_live_from_its_beginning_compiles_nothing_while_words_are_stored(
    stage: Stage, scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    await armed(stage.storage, "go")
    stage.storage.busy = 1
    await stage.triggering.wake(scene)  # what is busy ends no live
    await stage.triggering.wake(scene)
    monkeypatch.setattr(triggering, "compile_rule", None)
    await stage.says(scene, segment("go", 5.0))
    assert [one.says.word for one in stage.hits()] == ["go"]


async def test_what_is_heard_only_later_is_told_but_asks_for_no_clip(stage: Stage, scene: Scene):
    await armed(stage.storage, "go", then=Then.BOTH)
    await armed(stage.storage, "stop", then=Then.REPLAY)
    await armed(stage.storage, "mark", then=Then.MARK)
    await stage.says(scene, segment("go and stop and mark this", 5.0), late=True)
    assert [(one.says.word, one.says.second) for one in stage.hits()] == [("go", 5.0)]
    assert rows(stage.folder, "select 1 from job") == []
    async with stage.storage.reading() as work:
        assert [hit.word for hit in await work.hits.of_live(HERE, scene.live.id)] == ["go", "stop", "mark"]
        assert [entry.text for entry in await work.diary.of_live(HERE, scene.live.id)] == ["mark"]


async def test_what_is_heard_only_later_does_not_end_the_cool_down_of_now(stage: Stage, scene: Scene):
    await armed(stage.storage, "go", then=Then.BOTH)
    await stage.triggering.chat(scene, chat("go one", 400.0))
    await stage.says(scene, segment("go long ago", 100.0), late=True)
    await stage.says(scene, segment("go long ago again", 105.0), late=True)
    await stage.triggering.chat(scene, chat("go two", 410.0))
    assert [(one.says.quote, one.says.count) for one in stage.hits()] == [
        ("go one", 1),
        ("go long ago", 1),
        ("go long ago", 2),
        ("go one", 2),
    ]
    assert stage.clips() == 1


async def test_chat_and_speech_that_come_first_together_share_one_cool_down(stage: Stage, scene: Scene):
    await armed(stage.storage, "go")
    async with asyncio.TaskGroup() as group:
        for second in range(4):
            group.create_task(stage.triggering.chat(scene, chat(f"go {second}", second)))
            group.create_task(stage.says(scene, segment(f"go {second}", second)))
    assert sorted(one.says.count for one in stage.hits()) == list(range(1, 9))
    assert stage.clips() == 1
