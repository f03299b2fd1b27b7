"""Alerts, quiet hours, digest, looks, keeping data by the real client: pressed, picked, written, and what follows."""

from datetime import time, timedelta
from pathlib import Path

from bot.house import House
from core.model.clip import Cut
from core.model.digest import Every, Rhythm
from core.model.feed import OFF, Event
from core.model.live import Look
from core.services.lives.scene import Scene
from core.services.lives.welcoming import tell_start
from tests.bot.surfaces.discord.kit import Server, Thing, labels, live_of, placed, texts
from tests.bot.surfaces.discord.panels import becomes, parts, place_of, said, working
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord

SILENT = 1 << 12  # SUPPRESS_NOTIFICATIONS
ROLE = "4242"
LINE = "{account} cooks {title} @everyone <@&4242> **now** [x](https://a.example) `y`"


def role(discord: FakeDiscord, server: Server) -> Thing:
    """A role of the server."""
    everybody = discord.guilds[server.guild["id"]]["roles"][server.guild["id"]]
    made: Thing = {**everybody, "id": ROLE, "name": "Live watchers"}
    discord.guilds[server.guild["id"]]["roles"][ROLE] = made
    return made


async def opened(discord: FakeDiscord, server: Server, section: str, **more: str) -> Thing:
    """The panel of a section."""
    asked = await discord.slash("settings", user=server.karim, channel=server.channel, section=section, **more)
    assert asked.ephemeral
    return asked.message


async def choose(discord: FakeDiscord, server: Server, panel: Thing, word: str) -> None:
    """Choose an entry of the panel's list."""
    menu = next(part for part in parts(discord.messages[panel["id"]]) if part["type"] == 3)
    entry = next(one for one in menu["options"] if word in one["label"])
    await discord.select(panel, menu["custom_id"], [entry["value"]], user=server.karim)


async def write(discord: FakeDiscord, server: Server, panel: Thing, button: str, answer: str) -> Thing:
    """Press a button that opens a form, and fill it in."""
    form = await discord.click(panel, button, user=server.karim)
    (field,) = form.modal["components"] if form.modal else ()
    sent = await discord.submit(form, {field["label"]: answer}, user=server.karim)
    return sent.message


async def starts(house: House, server: Server, discord: FakeDiscord) -> Thing:
    """@amina goes live, and the channel is told."""
    follow, live = await live_of(house.storage, server, BEGAN)
    async with house.storage.work() as work:
        account = await work.accounts.get(follow.account_id)
        assert account is not None
        scene = Scene(live, account, (follow,))
        await tell_start(work, scene, Look(BEGAN, True, "room-1", viewers=1204), [server.place], house.clock)
    post: Thing = await discord.wait_message(server.channel)
    return post


async def test_sounds_and_the_role_that_is_called_are_chosen_and_hold(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server)
    picked = role(discord, server)
    async with working(fresh):
        panel = await opened(discord, server, "alerts")
        await choose(discord, server, panel, "A trigger fires")
        await becomes(discord, panel, "1 without a sound")
        await choose(discord, server, panel, "A clip is saved")
        await becomes(discord, panel, "2 without a sound")
        await choose(discord, server, panel, "A trigger fires")
        await becomes(discord, panel, "1 without a sound")
        await discord.select(panel, "A role to call when a live begins", [picked], user=server.karim)
        await becomes(discord, panel, f"I call <@&{ROLE}>")
        assert labels(discord.messages[panel["id"]]) == ["Call nobody", "Everything set here"]
        place = await place_of(fresh, server)
        assert (place.silent, place.ping) == (("clip",), f"discord:{ROLE}")
        post = await starts(fresh, server, discord)
        assert f"<@&{ROLE}> **@amina is live**" in texts(post)
        await discord.click(panel, "Call nobody", user=server.karim)
        await becomes(discord, panel, "nobody is called")
    (body,) = [request.body for request in discord.sent("POST", "/channels/*/messages")]
    assert body["allowed_mentions"] == {"parse": [], "roles": [int(ROLE)]}
    assert not (body.get("flags") or 0) & SILENT
    assert (await place_of(fresh, server)).ping == ""
    discord.assert_clean()


async def test_everybody_is_never_the_role_that_is_called(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    everybody = discord.guilds[server.guild["id"]]["roles"][server.guild["id"]]
    async with working(fresh):
        panel = await opened(discord, server, "alerts")
        refused = await discord.select(panel, "A role to call when a live begins", [everybody], user=server.karim)
        assert "everybody at once is never called" in refused.text
    assert (await place_of(fresh, server)).ping == ""
    discord.assert_clean()


async def test_quiet_hours_are_pressed_and_written_and_then_a_live_begins_without_a_sound(
    discord: FakeDiscord, server: Server, fresh: House
):
    await placed(fresh, server, ping=f"discord:{ROLE}")
    now = fresh.clock.now()
    running = f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}"
    async with working(fresh):
        panel = await opened(discord, server, "quiet hours")
        await discord.click(panel, "22:00–08:00", user=server.karim)
        await becomes(discord, panel, "22:00–08:00")
        await discord.click(panel, "From 23:00", user=server.karim)
        await discord.click(panel, "To 09:00", user=server.karim)
        await becomes(discord, panel, "23:00–09:00")
        await write(discord, server, panel, "Other hours", "at night")
        await becomes(discord, panel, "23:00–09:00")
        await write(discord, server, panel, "Other hours", running)
        await becomes(discord, panel, "It is quiet now")
        post = await starts(fresh, server, discord)
        assert f"<@&{ROLE}>" not in texts(post)
        typed = await discord.slash("settings", user=server.karim, channel=server.channel, quiet="off")
        assert "off" in typed.text
    (body,) = [request.body for request in discord.sent("POST", "/channels/*/messages")]
    assert body["allowed_mentions"] == {"parse": [], "roles": []}
    assert body["flags"] & SILENT
    assert (await place_of(fresh, server)).quiet_hours is None
    discord.assert_clean()


async def test_the_digest_is_set_in_its_section(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server, address=server.address)
    async with working(fresh):
        panel = await opened(discord, server, "digest")
        assert f"every day at 09:00, in <#{server.channel['id']}>" in texts(panel)
        await discord.click(panel, "Every week", user=server.karim)
        await becomes(discord, panel, "on Mondays")
        await write(discord, server, panel, "Another hour", "7h30")
        await becomes(discord, panel, "on Mondays at 07:30")
        assert (await fresh.digesting.rhythm(await place_of(fresh, server)))[0] == Rhythm(Every.WEEKLY, time(7, 30))
        shown = await discord.click(panel, "Show it now", user=server.karim)
        await discord.wait_for(lambda: "Weekly digest" in shown.text)
        panel = await opened(discord, server, "digest")
        await discord.click(panel, "Off", user=server.karim)
        await becomes(discord, panel, "It is not posted")
    assert await said(fresh, server) == {Event.DIGEST: OFF}
    discord.assert_clean()


async def test_a_line_full_of_marks_is_previewed_and_posted_as_text(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    async with working(fresh):
        panel = await opened(discord, server, "looks")
        await discord.click(panel, "Dark plots", user=server.karim)
        await becomes(discord, panel, "dark plots")
        await write(discord, server, panel, "Write the line", "{handle} is on")
        await write(discord, server, panel, "Write the line", LINE)
        shown = await becomes(discord, panel, "As people read it")
        preview = shown[shown.index("As people read it") :]
        assert "@amina cooks Dinner for six" in preview
        post = await starts(fresh, server, discord)
    (line,) = [line for line in texts(post).splitlines() if "cooks" in line]
    assert line.startswith("@amina cooks Dinner ")
    assert "\\*\\*now\\*\\*" in line
    assert "\\[x\\]" in line
    assert "\\`y\\`" in line
    assert "@everyone" not in line, "an invisible space stands in it"
    assert (post["mention_everyone"], post["mention_roles"]) == (False, [])
    place = await place_of(fresh, server)
    assert (place.dark, place.start_text) == (True, LINE)
    discord.assert_clean()


async def test_what_is_written_wrong_says_what_may_stand_there(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    async with working(fresh):
        refused = await discord.slash("settings", user=server.karim, channel=server.channel, line="{name} is on")
        assert "I do not know {name}." in refused.text
        assert "{account}, {title}, {viewers}, {time}" in refused.text.replace("\\", "")
        refused = await discord.slash("settings", user=server.karim, channel=server.channel, event="risk", sound="no")
        assert "A risk alert always has a sound" in refused.text
    place = await place_of(fresh, server)
    assert (place.start_text, place.silent) == ("", ())
    discord.assert_clean()


async def test_how_long_clips_are_kept_is_pressed_and_asked_about(discord: FakeDiscord, server: Server, fresh: House):
    await placed(fresh, server)
    _, live = await live_of(fresh.storage, server, BEGAN)
    async with fresh.storage.work() as work:
        made = fresh.clock.now() - timedelta(days=9)
        await work.clips.add(
            live.id, server.place, "old.mp4", Cut(Path("9.mp4"), 0, 1, 900_000, 1, 1), made, "", "job:9"
        )
    async with working(fresh):
        panel = await opened(discord, server, "keeping data")
        await becomes(discord, panel, "30 days · 1 clip, 0.9 MB")
        await discord.click(panel, "Chats: 90 days", user=server.karim)
        await becomes(discord, panel, "**Chats of lives** · 90 days")
        await discord.click(panel, "Clips: 7 days", user=server.karim)
        await becomes(discord, panel, "1 clip is older and goes with its file.")
        assert (await place_of(fresh, server)).clips_kept == timedelta(days=30)
        await discord.click(panel, "Delete older clips", user=server.karim)
        await becomes(discord, panel, "7 days · 1 clip")
        assert (await place_of(fresh, server)).clips_kept == timedelta(days=7)
    discord.assert_clean()
