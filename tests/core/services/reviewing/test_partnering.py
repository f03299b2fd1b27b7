"""Places agree to decide together by a code that works once."""

import pytest

from core.errors import Invalid
from core.model.audit import Verb
from core.model.person import Person, Place
from core.services.reviewing.partnering import MOST, Partnering
from tests.builders import deeds
from tests.doubles import CountedStorage, HandClock

KARIM = Person("discord:7", "Karim")
SERVER, GROUP, OTHER = Place("discord:1", "Server"), Place("telegram:-100", "Group"), Place("discord:2", "Other")


@pytest.fixture
def partnering(storage: CountedStorage, clock: HandClock) -> Partnering:
    return Partnering(storage, clock)


def names(places: list[Place]) -> list[str]:
    return [place.id for place in places]


async def test_a_code_links_two_places_and_each_sees_the_other(partnering: Partnering) -> None:
    code = await partnering.code(SERVER)
    assert names(await partnering.join(GROUP, KARIM, f" {code[:4].lower()}-{code[4:]} ")) == ["discord:1"]
    assert names(await partnering.of(SERVER)) == ["telegram:-100"]
    assert names(await partnering.of(OTHER)) == []


async def test_a_code_works_once_and_for_ten_minutes(partnering: Partnering, clock: HandClock) -> None:
    code = await partnering.code(SERVER)
    await partnering.join(GROUP, KARIM, code)
    with pytest.raises(Invalid, match="PARTNER_CODE"):
        await partnering.join(OTHER, KARIM, code)
    late = await partnering.code(SERVER)
    await clock.advance(600)
    with pytest.raises(Invalid, match="PARTNER_CODE"):
        await partnering.join(OTHER, KARIM, late)
    with pytest.raises(Invalid, match="PARTNER_CODE"):
        await partnering.join(OTHER, KARIM, "ABCDEFGH")


async def test_a_place_is_not_linked_with_itself_nor_with_two_circles(partnering: Partnering) -> None:
    code = await partnering.code(SERVER)
    with pytest.raises(Invalid, match="PARTNER_SELF"):
        await partnering.join(SERVER, KARIM, code)
    await partnering.join(GROUP, KARIM, code)
    elsewhere = await partnering.code(OTHER)
    with pytest.raises(Invalid, match="PARTNER_ELSEWHERE"):
        await partnering.join(GROUP, KARIM, elsewhere)
    assert names(await partnering.join(OTHER, KARIM, await partnering.code(GROUP))) == ["discord:1", "telegram:-100"]


async def test_a_circle_has_room_for_five(partnering: Partnering) -> None:
    code = await partnering.code(SERVER)
    spare = await partnering.code(SERVER)
    for number in range(MOST - 1):
        await partnering.join(Place(f"discord:{10 + number}", "More"), KARIM, code)
        if number < MOST - 2:
            code = await partnering.code(SERVER)
    with pytest.raises(Invalid, match="PARTNERS"):
        await partnering.code(SERVER)
    with pytest.raises(Invalid, match="PARTNERS"):
        await partnering.join(GROUP, KARIM, spare)


async def test_who_leaves_is_alone_and_so_is_the_last_one(partnering: Partnering) -> None:
    await partnering.join(GROUP, KARIM, await partnering.code(SERVER))
    await partnering.leave(GROUP, KARIM)
    assert names(await partnering.of(SERVER)) == names(await partnering.of(GROUP)) == []
    assert names(await partnering.join(OTHER, KARIM, await partnering.code(GROUP))) == ["telegram:-100"]


async def test_no_code_stands_in_the_database(partnering: Partnering, storage: CountedStorage) -> None:
    code = await partnering.code(SERVER)
    async with storage.reading() as work:
        assert await work.memos.get(f"partner code {code}") == ""


async def test_a_group_that_moves_stays_linked_and_one_that_is_forgotten_does_not(
    partnering: Partnering, storage: CountedStorage
) -> None:
    await partnering.join(GROUP, KARIM, await partnering.code(SERVER))
    async with storage.work() as work:
        await work.places.move("telegram:-100", "telegram:-1007")
    assert names(await partnering.of(SERVER)) == ["telegram:-1007"]
    async with storage.work() as work:
        assert await work.places.forget("telegram:-1007")
    assert names(await partnering.of(SERVER)) == []


async def test_who_was_linked_with_a_place_that_is_gone_may_be_linked_anew(
    partnering: Partnering, storage: CountedStorage
) -> None:
    await partnering.join(GROUP, KARIM, await partnering.code(SERVER))
    async with storage.work() as work:
        assert await work.places.forget(SERVER.id)
    assert names(await partnering.join(GROUP, KARIM, await partnering.code(OTHER))) == ["discord:2"]


async def test_a_link_made_and_left_stands_in_the_audit_log_of_each_place(
    partnering: Partnering, storage: CountedStorage
) -> None:
    await partnering.join(GROUP, KARIM, await partnering.code(SERVER))
    await partnering.leave(GROUP, KARIM)
    await partnering.leave(GROUP, KARIM)  # it is linked with nobody: nothing was done
    assert await deeds(storage, GROUP.id) == [
        (Verb.LINK, "place:discord:1", "", "", "Server"),
        (Verb.UNLINK, "place:discord:1", "", "", "Server"),
    ]
    assert await deeds(storage, SERVER.id) == [
        (Verb.LINK, "place:telegram:-100", "", "", "Group"),
        (Verb.UNLINK, "place:telegram:-100", "", "", "Group"),
    ]
