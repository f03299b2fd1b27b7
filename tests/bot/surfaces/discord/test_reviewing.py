"""Alerts decided on Discord: by one of two who press at once, after a restart, with a note, and taken back in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.house import House
from core.model.live import LiveStatus, Look
from core.model.person import Person
from core.model.risk import Kind, Verdict
from core.services.assessing import raised
from core.services.moderating.titling import set_aside
from tests.bot.surfaces.discord.kit import Server, Thing, connected, delivered, filled, labels, messenger, notice, texts
from tests.bot.surfaces.discord.test_pressing import JUDGED, alerted, posted
from tests.platforms.discord import FakeDiscord
from tests.waiting import PATIENCE


async def told(discord: FakeDiscord, server: Server, house: House) -> tuple[int, Thing]:
    """The number of an alert, and its post."""
    alert, said = await alerted(house, server)
    async with connected(house) as client:
        say = notice(server, said, "risk", f"risk:{alert.id}")
        await delivered(house, say, await messenger(client, house).post(say, "n" * 24, ""))
        return alert.id, await posted(discord, server)


async def test_of_two_who_press_at_once_one_decides_and_the_other_learns_who_it_was(
    discord: FakeDiscord, server: Server, house: House
):
    number, message = await told(discord, server, house)
    async with connected(house):
        first, second = await asyncio.gather(
            discord.click(dict(message), "Confirm", user=server.mona),
            discord.click(dict(message), "Dismiss", user=server.karim),
        )
    late = [one for one in (first, second) if one.ephemeral]
    assert len(late) == 1
    assert "already" in late[0].text
    async with house.storage.reading() as work:
        decisions = await work.alerts.decisions(server.place, number)
        assert await work.audit.broken(server.place) is None
    assert len(decisions) == 1
    assert decisions[0].by in late[0].text
    discord.assert_clean()


async def test_a_note_is_asked_in_a_form_and_every_press_works_after_a_restart(
    discord: FakeDiscord, server: Server, house: House
):
    number, message = await told(discord, server, house)
    async with connected(house):
        asked = await discord.click(message, "Note", user=server.mona)
        assert asked.modal is not None
        (part,) = asked.modal["components"]
    async with connected(house):
        noted = await discord.submit(asked, {part["label"]: "listen at 12:30"}, user=server.mona)
        assert noted.ephemeral
        assert "listen at 12:30" in noted.text
    async with connected(house):
        decided = await discord.click(message, "Dismiss", user=server.mona)
        assert "listen at 12:30" in texts(decided.original or {})
        assert labels(decided.original or {})[:4] == ["Undo", "History", "Relabel", "Note"]
    async with house.storage.reading() as work:
        assert [one.act for one in await work.alerts.decisions(server.place, number)] == ["note", "dismiss"]
    discord.assert_clean()


async def test_a_blank_note_is_said_to_be_empty_and_its_form_opens_again(
    discord: FakeDiscord, server: Server, house: House
):
    number, message = await told(discord, server, house)
    async with connected(house):
        form = await discord.click(message, "Note", user=server.mona)
        empty = await filled(discord, form, "   ", server.mona)
        assert empty.ephemeral
        assert "There is nothing in it" in empty.text
        assert "Confirm" in labels(discord.messages[message["id"]]), "the alert stays as it is"
        form = await discord.click(empty.message, "Answer", user=server.mona)
        noted = await filled(discord, form, "listen at 12:30", server.mona)
        assert "listen at 12:30" in noted.text
    async with house.storage.reading() as work:
        assert [one.act for one in await work.alerts.decisions(server.place, number)] == ["note"]
    discord.assert_clean()


async def test_it_takes_two_people_once_one_asked_for_a_second(discord: FakeDiscord, server: Server, house: House):
    _, message = await told(discord, server, house)
    async with connected(house):
        asked = await discord.click(message, "Ask a second person", user=server.mona)
        assert "mona asks for a second person" in texts(asked.original or {})
        proposed = await discord.click(asked.original or {}, "Confirm", user=server.mona)
        assert "mona would confirm it" in texts(proposed.original or {})
        twice = await discord.click(proposed.original or {}, "Confirm", user=server.mona)
        assert twice.ephemeral
        assert "Two different people have to agree" in twice.text
        agreed = await discord.click(proposed.original or {}, "Confirm", user=server.karim)
        assert "Confirmed" in texts(agreed.original or {})
    discord.assert_clean()


async def test_undo_is_for_ten_minutes_and_then_for_managers(discord: FakeDiscord, server: Server, house: House):
    number, message = await told(discord, server, house)
    async with connected(house):
        decided = await discord.click(message, "Confirm", user=server.mona)
        async with house.storage.work() as work:
            alert = await work.alerts.get(server.place, number)
            assert alert is not None
            assert alert.decided_at is not None
            older = replace(alert, decided_at=alert.decided_at - timedelta(minutes=11))
            await work.alerts.change(alert, older, (await work.alerts.decisions(server.place, number))[-1])
        drawn = await discord.click(decided.original or {}, "Undo", user=server.mona)  # it was of another time
        await drawn.until(lambda one: "has changed since you were shown it" in one.text, PATIENCE)
        late = await discord.click(drawn.original or {}, "Undo", user=server.mona)
        assert late.ephemeral
        assert "more than 10 min ago" in late.text
        back = await discord.click(drawn.original or {}, "Undo", user=server.karim)
        assert "Confirm" in labels(back.original or {})
    discord.assert_clean()


async def test_the_undo_of_an_old_card_takes_back_nobody_elses_decision(
    discord: FakeDiscord, server: Server, house: House
):
    number, _ = await told(discord, server, house)
    async with connected(house):
        own = await discord.slash("review next", user=server.mona, channel=server.channel)
        mine = (await discord.click(own.message, "Confirm", user=server.mona)).original or {}
        stale = {**mine}
        async with house.storage.work() as work:
            place = await work.places.get(server.place)
            alert = await work.alerts.get(server.place, number)
        assert place is not None
        assert alert is not None
        for verdict in (Verdict.WAITING, Verdict.DISMISSED):
            alert, _ = await house.reviewing.decide(place, alert, verdict, Person("discord:77", "Tom"))
        refused = await discord.click(stale, "Undo", user=server.mona)
        await refused.until(lambda one: "has changed since you were shown it" in one.text, PATIENCE)
        assert "Dismissed" in texts(refused.original or {})
        assert "Tom" in texts(refused.original or {})
        async with house.storage.reading() as work:
            stands = await work.alerts.get(server.place, number)
        assert stands is not None
        assert stands.verdict is Verdict.DISMISSED
    discord.assert_clean()


async def test_muting_says_so_on_the_post_and_who_may_not_is_refused(
    discord: FakeDiscord, server: Server, house: House
):
    number, message = await told(discord, server, house)
    async with connected(house):
        refused = await discord.click(message, "Mute for 30 min", user=server.vera)
        assert "This is for moderators" in refused.text
        muted = await discord.click(message, "Mute for 30 min", user=server.mona)
        assert "Muted" in texts(muted.original or {})
        assert labels(muted.original or {})[:3] == ["Confirm", "Dismiss", "Undo"]
    async with house.storage.reading() as work:
        alert = await work.alerts.get(server.place, number)
    assert alert is not None
    assert alert.verdict is Verdict.MUTED
    discord.assert_clean()


async def test_the_live_of_tonight_is_not_stopped_under_an_alert_of_yesterdays(
    discord: FakeDiscord, server: Server, house: House
):
    _, message = await told(discord, server, house)
    now = house.clock.now()
    async with house.storage.work() as work:
        (before,) = await work.lives.of_place(server.place)
        await work.lives.set_status(before.id, LiveStatus.ENDED, now)
        account = await work.accounts.ensure(before.handle)
        live, _ = await work.lives.begin(account, Look(now, True, "room-2", "Tonight", started=now), [server.place])
    async with connected(house):
        refused = await discord.click(message, "Stop capture", user=server.mona)
        assert refused.ephemeral
        assert "That live of @amina has ended" in refused.text
    async with house.storage.reading() as work:
        assert [one.stopped for one in await work.lives.standings(live.id)] == [False]
    discord.assert_clean()


async def test_it_is_relabelled_in_a_panel_only_who_asks_sees(discord: FakeDiscord, server: Server, house: House):
    _, message = await told(discord, server, house)
    async with connected(house):
        panel = await discord.click(message, "Relabel", user=server.mona)
        assert panel.ephemeral
        changed = await discord.click(panel.message, "controversial", user=server.mona)
        saved = await discord.click(changed.original or {}, "Save", user=server.mona)
        assert "hate speech → controversial, hate, by mona" in texts(saved.original or {})
    discord.assert_clean()


async def test_evidence_is_handed_to_the_one_who_asks(discord: FakeDiscord, server: Server, house: House):
    _, message = await told(discord, server, house)
    async with connected(house):
        kept = await discord.click(message, "Keep as evidence", user=server.mona)
        assert kept.ephemeral
        assert "SHA-256" in kept.text
        refused = await discord.click(kept.message, "Hand out", user=server.mona)
        assert "This is for managers" in refused.text
        own = await discord.click(message, "Keep as evidence", user=server.karim)
        given = await discord.click(own.message, "Hand out", user=server.karim)
        assert any(one["filename"].endswith(".zip") for one in (given.original or {})["attachments"])
    discord.assert_clean()


@pytest.mark.parametrize("own", [False, True], ids=["its post", "a card only they see"])
async def test_what_changed_since_it_was_posted_is_drawn_again_and_not_decided(
    discord: FakeDiscord, server: Server, house: House, own: bool
):
    number, message = await told(discord, server, house)
    async with connected(house):
        if own:
            message = (await discord.slash("review next", user=server.mona, channel=server.channel)).message
        async with house.storage.work() as work:
            alert = await work.alerts.get(server.place, number)
            assert alert is not None
            worse = replace(alert.assessment, quote="out with them tonight")
            await work.alerts.quotes(number, await work.alerts.assessed(alert.live_id, worse, alert.raised))
        refused = await discord.click(message, "Dismiss", user=server.mona)
        await refused.until(lambda one: "has changed since you were shown it" in one.text, PATIENCE)
        assert "out with them tonight" in texts(refused.original or {})
        assert "has changed since you were shown it" in texts(refused.followups[-1])
        assert refused.followups[-1]["_ephemeral"], "nobody else is told"
        async with house.storage.reading() as work:
            assert await work.alerts.decisions(server.place, number) == []
        decided = await discord.click(refused.original or {}, "Dismiss", user=server.mona)
        await decided.until(lambda one: "Dismissed" in one.text, PATIENCE)
    discord.assert_clean()


async def test_a_press_on_the_old_post_of_what_its_author_took_back_says_so(
    discord: FakeDiscord, server: Server, house: House
):
    async with house.storage.work() as work:
        now, judged = house.clock.now(), replace(JUDGED, kind=Kind.COMMENT, item="comment:9")
        number = await work.alerts.assessed(None, judged, now)
        alert = await work.alerts.raise_(server.place, None, number, now)
    async with connected(house) as client:
        say = notice(server, raised(alert, ""), "risk", f"risk:{alert.id}")
        await delivered(house, say, await messenger(client, house).post(say, "n" * 24, ""))
        message = await posted(discord, server)
        async with house.storage.work() as work:
            await set_aside(work, server.place, alert.id, None, house.clock)
        for label in ("Confirm", "Dismiss"):
            late = await discord.click(dict(message), label, user=server.mona)
            assert late.ephemeral
            assert "Nothing is left to decide about it" in late.text
    discord.assert_clean()
