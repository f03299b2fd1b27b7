"""What Discord refuses, ignores or counts, the loopback Discord refuses, notes and counts."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from tests.platforms.chats import Discord, furnish_discord

WHO = {"User-Agent": "DiscordBot (https://example.invalid, 1)"}


def buttons(count: int, **other: Any) -> dict[str, Any]:
    made = [{"type": 2, "style": 1, "label": "a", "custom_id": str(n)} | other for n in range(count)]
    return {"type": 1, "components": made}


def rows(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"content": "x", "components": list(listed)}


TEXT = {"type": 10, "content": "x"}
BAD_MESSAGES: dict[str, dict[str, Any]] = {
    "2001 characters": {"content": "x" * 2001},
    "empty": {"content": " "},
    "embeds too long together": {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
    "a long title": {"embeds": [{"title": "x" * 257}]},
    "26 fields": {"embeds": [{"title": "t", "fields": [{"name": "a", "value": "b"}] * 26}]},
    "an empty field": {"embeds": [{"fields": [{"name": "a", "value": ""}]}]},
    "11 embeds": {"embeds": [{"title": "t"}] * 11},
    "6 rows": rows(*(buttons(1, custom_id=str(n)) for n in range(6))),
    "6 buttons": rows(buttons(6)),
    "an id twice": rows(buttons(2, custom_id="s")),
    "a link with an id": rows(buttons(1, style=5, url="https://a.b")),
    "a long id": rows(buttons(1, custom_id="s" * 101)),
    "a layout without its flag": {"components": [TEXT]},
    "a layout with content": {"content": "x", "flags": 1 << 15, "components": [TEXT]},
    "41 parts": {"flags": 1 << 15, "components": [{"type": 17, "components": [TEXT] * 40}]},
    "mentions both ways": {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
    "a number": {"content": 5},
}


@pytest.fixture
async def bare() -> AsyncIterator[tuple[Discord, Callable[..., Any]]]:
    """Discord without limits, and a way to ask it by hand."""
    async with Discord(route_limit=None, global_limit=None) as discord, aiohttp.ClientSession(headers=WHO) as http:
        furnish_discord(discord)

        async def ask(method: str, path: str, token: str = discord.token, **kw: Any) -> tuple[int, Any]:
            headers = {"Authorization": f"Bot {token}"}
            async with http.request(method, discord.api_base + path, headers=headers, **kw) as answer:
                return answer.status, await answer.json(content_type=None) if answer.status != 429 else dict(
                    answer.headers
                )

        yield discord, ask


@pytest.mark.parametrize("name", BAD_MESSAGES)
async def test_a_message_discord_refuses_is_refused(bare: tuple[Discord, Callable[..., Any]], name: str) -> None:
    discord, ask = bare
    status, body = await ask("POST", f"/channels/{discord.channel['id']}/messages", json=BAD_MESSAGES[name])
    assert (status, body["code"] in (50035, 50006)) == (400, True), body
    assert [violation.kind for violation in discord.violations] == ["request"]
    assert not discord.messages


async def test_what_discord_would_ignore_is_noted(bare: tuple[Discord, Callable[..., Any]]) -> None:
    discord, ask = bare
    path = f"/channels/{discord.channel['id']}/messages"
    assert (await ask("POST", path, json={"content": "x", "contnet": "typo"}))[0] == 200
    assert (await ask("GET", "/no/such/route"))[0] == 404
    assert (await ask("GET", f"/guilds/{discord.guild['id']}/audit-logs"))[0] == 501
    kinds = [violation.kind for violation in discord.violations]
    assert kinds == ["unknown-key", "route", "request", "unimplemented", "request"]
    with pytest.raises(AssertionError, match="contnet"):
        discord.assert_clean()


@pytest.mark.parametrize(
    "commands",
    [
        [{"name": "Upper", "description": "d"}],
        [{"name": "a", "description": ""}],
        [{"name": "a", "description": "d"}] * 2,
        [
            {
                "name": "a",
                "description": "d",
                "options": [
                    {"type": 3, "name": "o", "description": "d"},
                    {"type": 3, "name": "r", "description": "d", "required": True},
                ],
            }
        ],
        [{"name": f"c{n}", "description": "d"} for n in range(101)],
    ],
    ids=["upper case", "undescribed", "twice", "required last", "101"],
)
async def test_commands_discord_refuses_are_refused(
    bare: tuple[Discord, Callable[..., Any]], commands: list[Any]
) -> None:
    discord, ask = bare
    assert (await ask("PUT", f"/applications/{discord.application_id}/commands", json=commands))[0] == 400


async def test_after_too_many_invalid_requests_the_door_is_shut(bare: tuple[Discord, Callable[..., Any]]) -> None:
    discord, ask = bare
    discord.invalid_request_limit = 5
    assert {(await ask("GET", "/users/@me", token="x"))[0] for _ in range(5)} == {401}
    status, headers = await ask("GET", "/users/@me")
    assert (status, "Via" in headers) == (429, False)
    assert discord.violations[-1].kind == "ban"


async def test_a_bots_own_pace_is_counted() -> None:
    async with Discord(route_limit=(2, 60), global_limit=None) as discord, aiohttp.ClientSession(headers=WHO) as http:
        headers = {"Authorization": f"Bot {discord.token}"}
        answers = [await http.get(f"{discord.api_base}/users/@me", headers=headers) for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 429, 429]
        assert discord.rate_limited == 2
