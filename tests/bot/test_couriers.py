"""What belongs to a place in files moves with it, and goes with it."""

from collections.abc import Callable
from dataclasses import replace

from bot.asked import Asked
from bot.couriers import courier_of
from core.model.risk import Label
from core.ports.training import Lesson
from core.services.leaving import GRACE

Ask = Callable[..., Asked]


async def test_what_a_place_taught_moves_with_it_and_is_gone_when_it_is_forgotten(ask: Ask) -> None:
    asked = ask(place="discord:7")
    house, place = asked.house, asked.place
    async with house.storage.work() as work:
        await work.places.put(place)
    trainer = house.learning.trainer
    await trainer.train(place.id, [Lesson("a thing", {Label.H: True})])
    _, leaving = courier_of(house, {})
    moved = f"{place.id}-moved"
    await house.doors.moved(place.id, moved)
    assert (trainer.folder(place.id).exists(), trainer.folder(moved).exists()) == (False, True)
    async with house.storage.work() as work:
        known = await work.places.get(moved)
        assert known is not None
        await work.places.put(replace(known, left=house.clock.now() - 2 * GRACE))
    assert await leaving.purge() == 1
    assert not trainer.folder(moved).exists()
