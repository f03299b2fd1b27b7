"""`earshot doctor` as people and scripts call it: an empty folder, wrong settings and tokens, beside a running one, mending."""

import asyncio
import json
import os
import signal
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.schema import prepare
from tests.journeys.chats import town
from tests.journeys.conftest import Ended, Start, both_ready, earshot
from tests.platforms.discord import Perm
from tests.platforms.groq import LoopbackGroq
from tests.platforms.tiktok import running
from tests.waiting import until

SECRET = "gsk_secret_0123456789"


async def doctor(folder: Path, *words: str, **more: str) -> Ended:
    """A program to its end, while servers of the test go on."""
    done = await asyncio.to_thread(earshot, folder, "doctor", *words, **more)
    assert "Traceback" not in done.err
    return done


async def checks(folder: Path, *words: str, **more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and each check by its name."""
    done = await doctor(folder, "--json", *words, **more)
    said = json.loads(done.out)
    assert all({"name", "finding", "cure", "ok"} <= set(check) for check in said["checks"])
    assert said["deliveries"]["unknown"] >= 0
    assert said["ok"] == all(check["ok"] for check in said["checks"]) == (done.code == 0)
    return done.code, {check["name"]: check for check in said["checks"]}


def change(folder: Path, statement: str, *values: str) -> None:
    """Change the database as nobody would."""
    with closing(sqlite3.connect(folder / "earshot.db")) as connection:
        assert connection.execute(statement, values).rowcount == 1
        connection.commit()


async def test_an_empty_folder_is_well_and_nothing_is_made(data: Path):
    code, found = await checks(data, "--quick")
    assert code == 0
    assert found["data folder"]["hint"]
    assert "doctor --fix" in found["data folder"]["cure"]
    assert found["speech captions"]["ok"]
    assert not any(name.startswith("tiktok") for name in found), "nobody outside is asked"
    assert not data.exists()


async def test_it_prints_a_table_with_what_to_do_in_the_language_of_the_installation(data: Path):
    done = await doctor(data, "--quick", SPEECH="groq")
    assert done.code == 1
    assert done.err == ""
    lines = [line.strip() for line in done.out.splitlines()]
    assert "✗ SPEECH names Groq, which is not ready" in lines
    assert "→ Mend it, or set SPEECH to auto." in lines
    assert lines[-1].startswith("1 part is to be mended, ")
    french = await doctor(data, "--quick", LANGUAGE="fr", SPEECH="groq")
    assert "✗ SPEECH désigne Groq, qui n'est pas prêt" in french.out
    named = await doctor(data, "--quick", DISCORD_TOKN="x")
    assert "· DISCORD_TOKN is no setting of Earshot" in named.out
    assert "→ Did you mean DISCORD_TOKEN?" in named.out


async def test_every_wrong_setting_is_named_and_none_of_their_values(data: Path):
    code, found = await checks(data, LOOK_EVERY="soon", SECRET_KEYS="my-secret-key", GROQ_API_KEY=SECRET)
    assert code == 1
    assert {name for name, check in found.items() if not check["ok"]} == {"settings LOOK_EVERY", "settings SECRET_KEYS"}
    assert "my-secret-key" not in json.dumps(found)


async def test_the_settings_are_shown_with_their_source_and_no_secret(data: Path, tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("123456:AAtelegram-token-abcd\n")
    more = {"GROQ_API_KEY": SECRET, "TELEGRAM_TOKEN_FILE": str(token), "DISCORD_TOKEN": "short"}
    more |= {"TIKTOK_PROXY": "http://user:proxy-password@127.0.0.1:9"}
    done = await doctor(data, "--settings", **more)
    lines = {line.split()[0]: line for line in done.out.splitlines()}
    assert done.code == 0
    assert "••••6789  (the environment)" in lines["GROQ_API_KEY"]
    assert "••••abcd  (TELEGRAM_TOKEN_FILE)" in lines["TELEGRAM_TOKEN"]
    assert "••••  (the environment)" in lines["DISCORD_TOKEN"]
    assert "http://••••@127.0.0.1:9" in lines["TIKTOK_PROXY"]
    assert "(default)" in lines["LOOK_EVERY"]
    assert not any(secret in done.out for secret in (SECRET, "telegram-token", "short", "proxy-password"))
    both = json.loads((await doctor(data, "--settings", "--json", "--quick", **more)).out)
    assert {one["name"]: one["source"] for one in both["settings"]}["GROQ_API_KEY"] == "the environment"


async def test_it_mends_what_is_safe_and_says_what_it_did(data: Path):
    code, found = await checks(data, "--quick", "--fix")
    assert (code, stat.S_IMODE(data.stat().st_mode)) == (0, 0o700)
    assert "data made" in found
    data.chmod(0o755)
    (data / "clips").mkdir()
    left, fresh, kept = (data / "clips" / name for name in (".7.mp4.ab12.part", ".8.mp4.cd34.part", "7.mp4"))
    for path in (left, fresh, kept):
        path.write_bytes(b"x" * 100_000)
    os.utime(left, (time.time() - 7200,) * 2)
    (data / "clips" / ".away.part").symlink_to(kept)
    _, before = await checks(data, "--quick")
    assert before["data folder"]["hint"]
    assert "755" in before["data folder"]["finding"]
    assert before["data files"]["finding"] == "Files that were left half done: 1, 0.1 MB"
    _, after = await checks(data, "--quick", "--fix")
    assert {"data closed", "data removed"} <= set(after)
    assert (left.exists(), fresh.exists(), kept.exists(), stat.S_IMODE(data.stat().st_mode)) == (
        False,
        True,
        True,
        0o700,
    )


@pytest.mark.parametrize("made", ["a file", "an older database", "a newer database", "no database"])
async def test_a_folder_that_is_none_and_a_database_that_cannot_be_used_are_named(data: Path, made: str):
    if made == "a file":
        data.touch()
    else:
        data.mkdir(mode=0o700)
        (data / "earshot.db").write_bytes(b"This is no database at all. " * 100 if made == "no database" else b"")
    if made.endswith("er database"):
        prepare(data / "earshot.db", data / "backups")
        change(data, "update alembic_version set version_num = ?", "0006" if "older" in made else "9999")
    before = data.read_bytes() if data.is_file() else (data / "earshot.db").read_bytes()
    code, found = await checks(data, "--quick")
    assert code == (0 if made == "an older database" else 1)
    check = found["data folder" if made == "a file" else "data schema"]
    assert check["ok"] == (made == "an older database")
    assert check["cure"]
    assert before == (data.read_bytes() if data.is_file() else (data / "earshot.db").read_bytes())


async def test_wrong_tokens_and_a_refused_key_are_named_with_what_to_do(data: Path):
    async with town() as here, LoopbackGroq() as groq:
        more = {**here.environment(), "GROQ_BASE_URL": groq.origin, "GROQ_API_KEY": SECRET}
        more |= {"DISCORD_TOKEN": "wrong.discord.token", "TELEGRAM_TOKEN": "12345:wrong-token-of-telegram"}
        code, found = await checks(data, **more)
        assert code == 1
        assert "DISCORD_TOKEN" in found["discord token"]["cure"]
        assert "TELEGRAM_TOKEN" in found["telegram token"]["cure"]
        assert "GROQ_API_KEY" in found["speech groq"]["cure"]
        assert not any(
            found[name]["ok"] for name in ("discord token", "telegram token", "speech groq", "tiktok answers")
        )
        assert SECRET not in json.dumps(found)


async def test_tiktok_and_the_sign_server_are_asked_once_each(data: Path):
    with running() as tiktok:
        code, found = await checks(data, **tiktok.environment(), TIKTOK_PROXY="")
        assert (code, [name for name, check in found.items() if not check["ok"]]) == (0, [])
        assert found["tiktok answers"]["finding"].startswith("It answers in ")
        assert found["tiktok signing"]["finding"].startswith("Chats of lives: ")


def vitals(folder: Path, **facts: Any) -> Path:
    """What a process that runs says of itself: here that of the test, which is alive."""
    said = {"pid": os.getpid(), "since": time.time(), "engine": "groq", **facts}
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "run.json"
    path.write_text(json.dumps(said))
    return path


async def test_another_program_that_takes_the_updates_is_known_from_the_one_that_runs(data: Path):
    trouble = {"ready": False, "trouble": "SECOND_POLLER", "since": time.time()}
    vitals(data, chats={"telegram": trouble}, signs_left=7, limited_until=time.time() + 600)
    code, found = await checks(data, "--quick", TELEGRAM_TOKEN="123456:AAtelegram-token")
    assert code == 1
    assert "another program uses this token" in found["telegram connection"]["finding"]
    assert found["telegram connection"]["cure"] == "Stop the other copy, or make a new token."
    assert found["tiktok answers"]["hint"]
    assert "7" in found["tiktok signing"]["finding"]


async def test_a_program_that_has_fallen_silent_is_named(data: Path):
    os.utime(vitals(data), (time.time() - 300,) * 2)
    code, found = await checks(data, "--quick")
    assert (code, found["data program"]["ok"]) == (1, False)
    assert "has said nothing for" in found["data program"]["finding"]


async def test_posts_of_which_nobody_knows_whether_they_came_are_counted(data: Path):
    prepare(data / "earshot.db", data / "backups")
    known = (
        "key, kind, place, address, platform, subject, facts, edits, silent, urgent, rank, state, attempt, epoch, due"
    )
    known += ", external, reason, courier"
    values = "'live started', 'console:here', 'telegram:1', 'telegram', 's', '{}', 0, 0, 0, 0, 'unknown', 1, 1"
    change(data, f"insert into delivery ({known}) values (?, {values}, '2026-11-20 20:00:00', '', '', '')", "one")
    done = json.loads((await doctor(data, "--quick", "--json")).out)
    assert done["deliveries"] == {"unknown": 1}
    assert done["ok"]
    assert any(check["name"] == "data posts_unknown" and check["hint"] for check in done["checks"])


async def test_beside_a_running_one_it_says_how_that_is_and_takes_no_updates_from_it(start: Start, data: Path):
    async with town() as here, LoopbackGroq() as groq:
        more = {"GROQ_BASE_URL": groq.origin, "GROQ_API_KEY": groq.key, "LOOK_EVERY": "30"}
        process = await here.begin(start, data, **more)
        await until(lambda: both_ready(data))
        await here.slash("setup")
        asked = len(here.telegram.sent("getUpdates"))
        began = time.monotonic()
        code, found = await checks(data, **here.environment(), **more)
        print(f"\n{len(found)} checks in {time.monotonic() - began:.1f} s")
        assert (code, [name for name, check in found.items() if not check["ok"]]) == (0, [])
        assert found["data program"]["ok"]  # a busy machine makes it slow, which it would hint at
        for name in ("discord connection", "telegram connection", "data schema"):
            assert not found[name]["hint"], name
        assert found["discord servers"]["finding"] == "Servers it is in: 1"
        assert found["telegram token"]["finding"].startswith("The token works: @")
        assert found["speech groq"]["finding"] == "Groq: the key works, and the model is there"
        assert len(here.telegram.sent("getUpdates")) <= asked + 1
        assert groq.sent("speech") == []
        assert await process.kill(signal.SIGTERM) == 0
        here.discord.assert_clean()
        here.telegram.assert_clean()


async def test_the_rights_that_are_missing_in_a_channel_are_named(start: Start, data: Path):
    async with town() as here:
        process = await here.begin(start, data, LOOK_EVERY="30")
        await until(lambda: both_ready(data))
        await here.slash("setup")
        await process.kill(signal.SIGTERM)
        place, address = f"discord:{here.discord.guild['id']}", f"discord:{here.discord.channel['id']}"
        change(data, "update place set address = ? where id = ?", address, place)
        _, well = await checks(data, **here.environment())
        assert well["discord rights"]["ok"]
        here.discord.deny(here.discord.channel, Perm.CREATE_PUBLIC_THREADS)
        code, found = await checks(data, **here.environment())
        assert (code, found["discord rights"]["ok"]) == (1, False)
        assert found["discord rights"]["finding"] == "Missing in #general: Create Public Threads"
