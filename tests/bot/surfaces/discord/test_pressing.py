"""Buttons, menus, forms and pickers: after a restart too, once each, and in the place where they stand."""

from bot.card import Card, Picker, Question
from bot.command import key
from bot.house import House
from bot.surfaces.discord.draw import drawn
from bot.wording import Words
from core.model.account import Follow, Handle
from core.model.person import Place
from core.model.risk import Alert, Assessment, Category, Label, Target, Virality
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.trigger import Where
from core.services.assessing import raised
from tests.bot.surfaces.discord.kit import (
    Server,
    Thing,
    connected,
    delivered,
    filled,
    gated,
    labels,
    live_of,
    messenger,
    notice,
    placed,
    texts,
)
from tests.platforms.discord import FakeDiscord


async def test_a_missing_value_is_asked_for_in_a_form_and_the_form_answers(
    discord: FakeDiscord, server: Server, house: House
):
    async with connected(house):
        asked = await discord.slash("transcribe", user=server.vera, channel=server.channel)
        assert asked.ack_type == 9
        assert asked.modal is not None
        (part,) = asked.modal["components"]
        answer = await discord.submit(asked, {part["label"]: "https://example.com/nothing"}, user=server.vera)
    assert "not a TikTok link" in answer.text
    discord.assert_clean()


async def test_a_blank_answer_is_said_to_be_empty_and_the_form_opens_again(
    discord: FakeDiscord, server: Server, house: House
):
    async with connected(house):
        form = await discord.slash("transcribe", user=server.vera, channel=server.channel)
        empty = await filled(discord, form, "   ", server.vera)
        assert empty.ephemeral
        assert "There is nothing in it" in empty.text
        form = await discord.click(empty.message, "Answer", user=server.vera)
        answer = await filled(discord, form, "https://example.com/nothing", server.vera)
    assert "not a TikTok link" in answer.text
    discord.assert_clean()


async def test_a_form_that_leads_to_the_next_question_offers_its_form(
    discord: FakeDiscord, server: Server, house: House
):
    async with connected(house):
        form = await discord.slash("clip rename", clip=" ", name=" ", user=server.mona, channel=server.channel)
        asked = await filled(discord, form, "c1", server.mona)
        assert asked.ephemeral
        assert "What shall it be called?" in asked.text
        assert "There is nothing in it" not in asked.text
        form = await discord.click(asked.message, "Answer", user=server.mona)
        answer = await filled(discord, form, "best bit", server.mona)
    assert "I do not know c1" in answer.text
    discord.assert_clean()


async def test_a_form_that_was_opened_before_a_restart_is_read_all_the_same(
    discord: FakeDiscord, server: Server, house: House
):
    async with connected(house):
        asked = await discord.slash("transcribe", user=server.vera, channel=server.channel)
    async with connected(house):
        assert asked.modal is not None
        (part,) = asked.modal["components"]
        answer = await discord.submit(asked, {part["label"]: "https://example.com/nothing"}, user=server.vera)
    assert "not a TikTok link" in answer.text
    assert len(answer.messages) == 1
    discord.assert_clean()


async def test_buttons_work_after_a_restart_and_a_question_becomes_its_answer(
    discord: FakeDiscord, server: Server, house: House
):
    async with connected(house):
        followed = await discord.slash("follow", account="@amina", user=server.karim, channel=server.channel)
    async with connected(house):
        asked = await discord.click(followed.message, "Unfollow", user=server.karim)
        assert asked.ephemeral
        assert "Stop following @amina?" in asked.text
        done = await discord.click(asked.message, "Unfollow @amina", user=server.karim)
        assert done.ack_type == 7, "the question itself becomes the answer"
        assert done.original is not None
        assert done.original["id"] == asked.message["id"]
        assert "Stop following" not in texts(done.original)
        back = await discord.click(done.original, "Undo", user=server.karim)
        assert back.ack_type == 7
    async with house.storage.reading() as work:
        assert [follow.handle for follow in await work.follows.of_place(server.place)] == ["amina"]
    discord.assert_clean()


async def test_pages_are_turned_in_place(discord: FakeDiscord, server: Server, house: House):
    await placed(house, server)
    async with house.storage.work() as work:
        for number in range(12):
            account = await work.accounts.ensure(Handle(f"cook{number:02}"))
            now = house.clock.now()
            await work.follows.add(Follow(0, server.place, account.id, account.handle, server.address, now))
    async with connected(house):
        first = await discord.slash("following", user=server.vera, channel=server.channel)
        assert first.ephemeral
        second = await discord.click(first.message, "▶", user=server.vera)
        assert second.ack_type == 7
        assert second.original is not None
        assert second.original["id"] == first.message["id"]
        assert "cook05" in texts(second.original)
        assert "cook00" not in texts(second.original)
        menu = next(c for c in second.components(3))
        opened = await discord.select(
            second.original, menu["custom_id"], [menu["options"][0]["value"]], user=server.vera
        )
        assert "cook05" in texts(opened.original or {"components": []})
    discord.assert_clean()


async def test_the_same_press_twice_is_one(discord: FakeDiscord, server: Server, house: House, hurried: None):
    gates, kernel = gated()
    async with connected(house, kernel):
        gates.opened.set()
        shown = await discord.slash("loud", user=server.vera, channel=server.channel)
        gates.opened.clear()
        gates.asked.clear()
        first = await discord.click(shown.message, "Again", user=server.vera, wait="ack")
        second = await discord.click(shown.message, "Again", user=server.vera, wait="ack")
        other = await discord.click(shown.message, "Again", user=server.mona, wait="ack")
        assert second.ack_type == 6, "nothing happens to be seen"
        gates.opened.set()
        await first.settled()
        await other.settled()
        assert [asked.person.name for asked in gates.asked] == ["vera", "mona"]
        assert not second.followups
    discord.assert_clean()


async def test_a_button_of_an_older_version_says_so(discord: FakeDiscord, server: Server, house: House):
    gates, kernel = gated()
    gates.opened.set()
    async with connected(house, kernel):
        shown = await discord.slash("loud", user=server.vera, channel=server.channel)
    async with connected(house):
        answer = await discord.click(shown.message, "Again", user=server.vera)
    assert "older version" in answer.text
    assert answer.ephemeral
    discord.assert_clean()


JUDGED = Assessment(
    Category.HATEFUL, Virality.MEDIUM, True, Target.GROUP, {Label.H: 0.9}, 0.9, "out with them", 30.0, "Rules: x."
)


async def alerted(house: House, server: Server) -> tuple[Alert, RiskRaised]:
    _, live = await live_of(house.storage, server, house.clock.now())
    async with house.storage.work() as work:
        assessment = await work.alerts.assessed(live.id, JUDGED, house.clock.now())
        alert = await work.alerts.raise_(server.place, live.id, assessment, house.clock.now())
    return alert, raised(alert, "amina")


async def posted(discord: FakeDiscord, server: Server) -> Thing:
    return await discord.wait_message(server.channel, match=lambda message: "isk" in texts(message))


async def test_a_decision_changes_the_alert_itself_and_can_be_taken_back(
    discord: FakeDiscord, server: Server, house: House
):
    alert, told = await alerted(house, server)
    async with connected(house) as client:
        say = notice(server, told, "risk", f"risk:{alert.id}")
        await delivered(house, say, await messenger(client, house).post(say, "n" * 24, ""))
        message = await posted(discord, server)
        refused = await discord.click(message, "Confirm", user=server.vera)
        assert refused.ephemeral
        assert "This is for moderators" in refused.text
        decided = await discord.click(message, "Confirm", user=server.mona)
        assert decided.ack_type == 7
        assert "Confirmed" in texts(discord.messages[message["id"]])
        assert "mona" in texts(discord.messages[message["id"]])
        again = await discord.click(decided.original or {}, "Undo", user=server.mona)
        assert again.ack_type == 7
        assert "Confirm" in labels(discord.messages[message["id"]])
    discord.assert_clean()


async def test_who_is_too_late_with_a_decision_learns_who_was_faster(
    discord: FakeDiscord, server: Server, house: House
):
    alert, told = await alerted(house, server)
    async with connected(house) as client:
        say = notice(server, told, "risk", f"risk:{alert.id}")
        await messenger(client, house).post(say, "n" * 24, "")
        message = await posted(discord, server)
        old = dict(message)
        dismiss = key("review.decide", alert.id, "dismiss", **{"as": told.seen})
        press = discord._interaction  # what somebody sees who has not seen the change yet
        await discord.click(message, "Confirm", user=server.mona)
        stale = press(
            3,
            {"component_type": 2, "custom_id": dismiss, "id": 3},
            user=server.karim,
            channel=server.channel,
            message=old,
        )
        late = await discord._act(stale, "final", 10)
    assert late.ephemeral
    assert "mona already confirmed this" in late.text
    discord.assert_clean()


async def test_what_the_platform_can_pick_is_picked(discord: FakeDiscord, server: Server, house: House):
    words = Words("en", Place("discord:1", "x").zone)
    async with connected(house) as client:
        for picker, given in ((Picker.CHANNEL, server.channel), (Picker.ROLE, _role(discord, server))):
            so_far = key("follow", f"cook{picker.value}")
            question = Question(picker.value, "Where to?", so_far, picker=picker)
            card = Card(words.line("**Where?**"), question=question, private=True)
            view = drawn(card, words).view
            line = client.line
            sent = await line.get_partial_messageable(int(server.channel["id"])).send(view=view)
            message = discord.messages[str(sent.id)]
            answer = await discord.select(message, "Where to?", [given], user=server.karim)
            assert f"cook{picker.value}" in answer.text
    async with house.storage.reading() as work:
        follows = {follow.handle: follow for follow in await work.follows.of_place(server.place)}
    assert follows[Handle("cookchannel")].address == server.address
    assert follows[Handle("cookrole")].ping == f"discord:{_role(discord, server)['id']}"
    discord.assert_clean()


def _role(discord: FakeDiscord, server: Server) -> Thing:
    roles = discord.guilds[server.guild["id"]]["roles"]
    everyone = roles[server.guild["id"]]
    return roles.setdefault("77", everyone | {"id": "77", "name": "fans", "position": 1})


async def test_a_picker_is_drawn_in_place_of_a_form() -> None:
    words = Words("en", Place("discord:1", "x").zone)
    question = Question("channel", "Where to?", "follow:amina", picker=Picker.CHANNEL)
    shown = drawn(Card(words.line("**Where?**"), question=question), words)
    assert shown.ask is None
    assert [part["type"] for part in shown.body()["components"][0]["components"]] == [10, 1]


async def test_a_post_is_sent_to_review_from_its_menu(discord: FakeDiscord, server: Server, house: House):
    _, live = await live_of(house.storage, server, house.clock.now())
    told = HitFound(
        1, live.id, 1, "amina", "giveaway", Where.CHAT, "giveaway now", 0, 8, house.clock.now(), 18.2, "juno"
    )
    async with connected(house) as client:
        say = notice(server, told, "hit")
        external = await messenger(client, house).post(say, "n" * 24, "")
        await delivered(house, say, external)
        message = discord.messages[external.partition("/")[2]]
        answer = await discord.context_menu("Send to review", message, user=server.mona, channel=server.channel)
        assert "giveaway now" in answer.text
        assert answer.ephemeral
        assert "Confirm" in labels(answer.message)
        other = await discord.say(server.channel, "hello", user=server.vera)
        refused = await discord.context_menu("Send to review", other, user=server.mona, channel=server.channel)
        assert refused.ephemeral
    discord.assert_clean()
