"""Every error raised on purpose has words for the person it reaches, filled with what is raised with it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from bot.cards.errors import TEXTS
from bot.programs.exits import LINES
from bot.surfaces.console.client import USAGE
from tests.house.templates import ROOT, placeholders

KINDS = frozenset({"EarshotError", "Transient", "Ambiguous", "Denied", "Missing", "Invalid", "Bug", "Failed"})
NOT_VALUES = frozenset({"retry_after"})
GIVEN = {"ticket"}  # values the card itself adds

INNER = {
    "ACCOUNT_UNKNOWN": "a row that was there a moment ago; a person meets NOT_FOUND before",
    "ALERT_UNKNOWN": "as ACCOUNT_UNKNOWN",
    "LIVE_UNKNOWN": "as ACCOUNT_UNKNOWN",
    "LIVE_WITHOUT_ROOM": "our own mistake: it becomes a ticket",
    "STORE": "our own mistake: it becomes a ticket",
    "CAPTURE": "our own mistake: it becomes a ticket, or a lost live",
    "VAD_MODEL": "our own mistake: it becomes a ticket",
    "CAPTURE_STOPPED": "a live that ends while something is asked of it: the clip says so",
    "BAD_SOUND": "a span of speech: it is marked failed",
    "SOUND_GONE": "kept sound whose file is gone: its words stay missing, as the transcript says",
    "NO_CAPTIONS": "the next engine is asked",
    "NO_PICTURE": "a live without a plot or cover is told without one",
    "PLOT": "a report without a picture is still a report",
    "VIDEO_BLOCKED": "asked once more, then the video is GONE",
    "NO_FIT": "squeezing goes on with a smaller size",
    "NAME_UNKNOWN": "a look: the account's state says that TikTok does not know the name",
    "CHAT_LOST": "the chat of a live: connected again by itself, the live goes on",
    "CHAT_BLOCKED": "as CHAT_LOST",
    "SIGN_LIMIT": "as CHAT_LOST; the place is told once that the chat waits (ChatWaits)",
    "SIGN_DOWN": "as SIGN_LIMIT",
    "SIGN_KEY": "as SIGN_LIMIT",
    "STREAM_DOWN": "a live without a stream: it is asked again, and its state says so",
    "LINK_OVER": "a code is OAUTH_STATE; with a refresh token the link goes, and its person is told",
    "LINK_REFUSED": "an access token: it is renewed, or the link goes",
    "MOVED": "a group that is a supergroup now: its posts go there",
    "POST_GONE": "a post that somebody deleted: it is posted anew or left",
    "CHAT_GONE": "a chat that is not there: its place is marked, and whoever set it up is told",
    "TOPIC_GONE": "a topic that was deleted: made anew, or the group takes its posts",
    "TOPIC_CLOSED": "a topic that is closed: the group takes its posts, and says so",
    "TELEGRAM_RATE": "a post waits as long as Telegram says, an answer too",
    "TELEGRAM_FULL": "a post waits until its chat takes more",
    "TELEGRAM_DOWN": "a post waits; an answer is tried again",
    "TELEGRAM_TOKEN": "as TELEGRAM_DOWN; the state of the chat says so",
    "TELEGRAM_ANSWER": "a post of unknown fate: /status counts it",
    "TELEGRAM_REFUSED": "what Telegram does not take is said more plainly; a post that it takes in no form is dead",
    "FITTING": "a clip that is being made smaller: its post comes when it is",
    "ROOM_SILENT": "nobody opened the stream of the recording: its chat is asked for again",
    "ROOM_OVER": "the recording is over: the live is lost, then ended",
    "SOURCE_OVER": "the address of a file that has been read to its end: the capture stops",
    "REMOTE_GONE": "a recording that is not at the service any more: it is handed over anew",
    "NO_WEIGHTS": "an engine that is not ready is not asked; its card says so",
    "WEIGHTS_SLOW": "a job: it goes on with its next attempt",
    "CLIP_SLOW": "a clip that took too long to be made: its post says so",
    "OBS_SILENT": "a clip comes from the own buffer instead, and its post says so (bot/cards/obs.py)",
    "OBS_ELSEWHERE": "the post of a replay that cannot be shown says so (bot/cards/obs.py)",
    "OBS_GONE": "as OBS_ELSEWHERE",
    "OBS_LOCKED": "as OBS_ELSEWHERE",
    "OBS_UNREADABLE": "as OBS_ELSEWHERE",
    "DISK_CLOSED": "a clip that could not be written: its post says so",
    "FOLDER_MISSING": "as DISK_CLOSED",
    "DISK_ERROR": "as DISK_CLOSED: the job tries again",
    "DISCORD_DOWN": "a post: sent again; an answer: there is nowhere to say so",
    "DISCORD_LIMIT": "as DISCORD_DOWN",
    "REFUSED": "a post that Discord refuses as it is: said plainly, and logged",
}
"""Codes that never reach a person as such, and what happens instead."""

COMPUTED = {("core/adapters/groq_cloud.py", "too_big"), ("bot/cards/jobs.py", "code"), ("bot/commands/obs.py", "code")}
"""Codes that are no literals: (file, its name). The callers give them as literals, or they come from a stored job."""


@dataclass(frozen=True)
class Raised:
    """One place where an error is made. `values` None: they are passed on as a whole."""

    code: str
    values: frozenset[str] | None
    place: str


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for package in ("core", "storage", "bot"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in KINDS
                    and node.args
                ):
                    yield file.relative_to(ROOT).as_posix(), node


@cache
def raised() -> list[Raised]:
    """Every error with a literal code."""
    found = []
    for path, call in _calls():
        code = call.args[0]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            names: frozenset[str] | None = frozenset(word.arg for word in call.keywords if word.arg) - NOT_VALUES
            if isinstance(call.func, ast.Name) and call.func.id == "Failed":
                given = call.args[1] if len(call.args) > 1 else None
                keys = given.keys if isinstance(given, ast.Dict) else []
                names = frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))
            if any(word.arg is None for word in call.keywords):
                names = None
            found.append(Raised(code.value, names, f"{path}:{call.lineno}"))
    return found


def test_every_code_is_a_literal_so_that_it_can_be_found() -> None:
    odd = {
        (path, ast.unparse(call.args[0]))
        for path, call in _calls()
        if not isinstance(call.args[0], ast.Constant) and not ast.unparse(call.args[0]).endswith(".code")
    }
    assert odd - COMPUTED == set()


def test_every_code_has_a_text_or_a_reason_to_have_none() -> None:
    assert {one.code: one.place for one in raised() if one.code not in {*TEXTS, *LINES, *INNER}} == {}


@pytest.mark.parametrize("texts", [TEXTS, LINES], ids=["commands", "programs"])
def test_a_text_is_filled_with_what_is_raised_with_it(texts: dict[str, str]) -> None:
    wrong = [
        (one.place, one.code, placeholders(texts[one.code]) - one.values - GIVEN)
        for one in raised()
        if one.code in texts and one.values is not None and placeholders(texts[one.code]) - one.values - GIVEN
    ]
    assert wrong == []


def test_no_text_is_left_over() -> None:
    made = {one.code for one in raised()} | {
        "BUG",
        "REOPENED",
        "NO_POST_CHAT",
        "NO_RIGHT_MANAGER",
        "NO_RIGHT_OWNER",
    }  # chosen by the card
    assert set(TEXTS) - made - {"TOO_BIG_SPEECH", "TOO_BIG_JUDGE"} == set()
    assert set(INNER) - made == set()
    assert set(LINES) - made == set()


def test_what_is_bad_usage_has_a_text() -> None:
    assert set(TEXTS) >= USAGE


@pytest.mark.parametrize(("code", "text"), sorted({**TEXTS}.items()))
def test_a_text_says_what_happened_in_bold_and_then_what_to_do(code: str, text: str) -> None:
    assert text.startswith("**")
    head, _, rest = text.removeprefix("**").partition("**")
    assert head
    assert rest.strip(" ."), "the next step"
    assert len(text) <= 300
    assert "!" not in text
