"""The prompt of the console, and its program as a process."""

import asyncio
import io
import json
import os
import sys
from pathlib import Path

import pytest

from bot.replies.common import Missing
from bot.surfaces.console.client import ConsoleClient
from bot.surfaces.console.lines import lines_of
from tests.bot.conftest import Belongings
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("empty_folder")


# ---------------------------------------------------------------- the program


async def program(folder: Path, *words: str, given: str | None = None, **settings: str) -> tuple[int | None, str, str]:
    """(exit code, standard output, standard error) of `earshot console` with nothing set but a data folder."""
    (folder / "in").write_text(given or "")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder / "data"),
    }
    with (folder / "in").open() as typed:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "console", *words,
            stdin=typed, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            cwd=folder, env={**environment, **settings},
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), 3 * PATIENCE)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("words", "settings", "code", "said"),
    [
        (("status",), {"LANGUAGE": "fr_FR.UTF-8"}, 0, ""),
        (("lives", "show", "3"), {}, 1, "I do not know 3."),
        (("fly",), {}, 2, "I do not know “fly”."),
        (("status",), {"RISK_THRESHOLD": "high"}, 78, "RISK_THRESHOLD: "),
    ],
)
async def test_the_program_ends_with_its_code_and_one_line(
    words: tuple[str, ...], settings: dict[str, str], code: int, said: str, tmp_path: Path
) -> None:
    ended, out, err = await program(tmp_path, *words, **settings)
    assert ended == code
    assert err.startswith(said)
    assert err.count("\n") == (1 if code else 0)
    assert bool(out) is (code == 0)


async def test_the_program_takes_its_lines_from_a_file_and_keeps_what_was_said(tmp_path: Path) -> None:
    ended, out, err = await program(tmp_path, given="follow @amina\nfollowing\n")
    assert (ended, err) == (0, "")
    assert "Following 1 of 50" in out
    ended, out, _ = await program(tmp_path, "following", "--json")
    assert json.loads(out)["rows"][0][0]["handle"] == "amina"


# ---------------------------------------------------------------- the prompt


async def type_in(client: ConsoleClient, monkeypatch: pytest.MonkeyPatch, text: str, *, file: bool = False) -> None:
    """Everything `text` says, typed at once; then the input ends."""
    if file:
        Path("input").write_text(text)
        opened = open("input", encoding="utf-8")  # noqa: SIM115  read by the prompt
    else:
        out, into = os.pipe()
        os.write(into, text.encode())
        os.close(into)
        opened = open(out, encoding="utf-8")  # noqa: SIM115
    with opened:
        monkeypatch.setattr(sys, "stdin", opened)
        await asyncio.wait_for(client.prompt(), PATIENCE)


@pytest.mark.parametrize("file", [False, True], ids=["pipe", "file"])
async def test_every_line_that_came_at_once_is_answered_in_order(
    file: bool, client: ConsoleClient, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "\n".join(f"follow @name{n}" for n in range(6))
    await type_in(client, monkeypatch, f"{lines}\nfollowing", file=file)
    said = printed.getvalue()
    assert [said.index(f"@name{n} is followed now") for n in range(6)] == sorted(
        said.index(f"@name{n} is followed now") for n in range(6)
    )
    assert "Following 6 of 50" in said, "the last line has no end and counts"


async def test_quit_ends_the_prompt_and_leaves_the_rest_to_others(
    client: ConsoleClient, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    await type_in(client, monkeypatch, "status\nquit\nfollow @late\n")
    assert "late" not in printed.getvalue()


async def test_a_question_is_answered_by_the_next_line_or_by_a_number(
    client: ConsoleClient, mine: Belongings, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    await type_in(client, monkeypatch, 'trigger add\nfree; where=chat "gift\n')
    assert 'I listen for free; where=chat "gift' in printed.getvalue()
    printed.truncate(0)
    await type_in(client, monkeypatch, "trigger remove\n")
    offered = next(line for line in printed.getvalue().splitlines() if "giveaway amina" in line)
    number = offered.partition("[")[2].partition("]")[0]
    await type_in(client, monkeypatch, f"{number}\n")
    assert "The trigger giveaway amina is removed." in printed.getvalue()


async def test_a_line_with_a_slash_is_a_command_even_while_a_question_is_open(
    client: ConsoleClient, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    await type_in(client, monkeypatch, "follow\n/status\n")
    assert "alerts waiting 0" in printed.getvalue()


async def test_nothing_typed_ends_the_prompt(
    client: ConsoleClient, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    await type_in(client, monkeypatch, "")
    await type_in(client, monkeypatch, "\n \n\t\n")
    assert printed.getvalue() == ""


async def test_bytes_that_are_no_text_and_endless_lines_end_nothing() -> None:
    out, into = os.pipe()
    lines = lines_of(out)
    os.write(into, b"\xff\xfe\nnext\n")
    assert await anext(lines) == "\ufffd\ufffd"
    assert await anext(lines) == "next"
    waiting = asyncio.ensure_future(anext(lines))
    for _ in range(40):
        await asyncio.to_thread(os.write, into, b"x" * 4096)
    assert len(await asyncio.wait_for(waiting, PATIENCE)) > 90_000
    os.close(into)
    assert len([line async for line in lines]) <= 2
    os.close(out)


async def test_waiting_for_a_line_that_never_comes_can_be_given_up() -> None:
    out, into = os.pipe()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(lines_of(out)), 0.05)
    os.write(into, b"later\n")
    assert await asyncio.wait_for(anext(lines_of(out)), PATIENCE) == "later", "nothing was taken from the next reader"
    os.close(into)
    os.close(out)


async def test_a_value_that_is_missing_with_nobody_to_ask_is_wrong_usage(client: ConsoleClient) -> None:
    assert isinstance(await client.say(["follow"]), Missing)
