"""AssemblyAI by its real client against the loopback service: what is sent, what comes back, every failure, and the key."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.adapters.speech.assemblyai import MODELS, AssemblyAISpeech
from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.recording import Recorded
from core.model.transcript import Span
from core.ports.speech import SHOWN, Hint, Hook, RecordingToText
from tests.platforms import speech
from tests.platforms.assemblyai import LoopbackAssemblyAI, refusal
from tests.platforms.service import Fault
from tests.waiting import until

SOUND, _ = speech.decoded(speech.RECORDINGS[0][0])
PCM = (SOUND.clip(-1, 1) * 32_767).astype("<i2").tobytes()
KNOWN = speech.Known()
HOOK = Hook("http://127.0.0.1:9/hooks/assemblyai", "a secret")


@pytest.fixture
async def service() -> AsyncIterator[LoopbackAssemblyAI]:
    async with LoopbackAssemblyAI(KNOWN) as serving:
        yield serving
        assert serving.violations == []


@pytest.fixture
async def engine(service: LoopbackAssemblyAI) -> AsyncIterator[AssemblyAISpeech]:
    made = AssemblyAISpeech(service.key, service.origin)
    yield made
    await made.close()


async def parts() -> AsyncIterator[bytes]:
    for at in range(0, len(PCM), 100_000):
        yield PCM[at : at + 100_000]


async def uploaded(engine: AssemblyAISpeech, folder: Path) -> str:
    await engine.pack(parts(), folder / "speech.ogg")
    return await engine.upload(folder / "speech.ogg")


async def heard(engine: AssemblyAISpeech, external: str) -> Recorded:
    found: list[Recorded] = []

    async def over() -> bool:
        found.extend(filter(None, [await engine.result(external)]))
        return bool(found)

    await until(over)
    return found[0]


async def failure(asked: Any) -> EarshotError:
    with pytest.raises(EarshotError) as caught:
        await asked
    return caught.value


# What goes up, what comes back ------------------------------------------------------------------------------------


async def test_a_recording_goes_up_in_parts_as_opus_and_its_words_come_back_with_their_times_and_speakers(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, tmp_path: Path
) -> None:
    assert isinstance(engine, RecordingToText)
    upload = await uploaded(engine, tmp_path)
    _, container = speech.decoded(service.uploads[upload])
    assert (container, len(service.uploads[upload]) < len(PCM) / 8) == ("ogg", True)
    external = await engine.submit(upload, "", True, None)
    told = await heard(engine, external)
    said = [one.word.text for one in told.said]
    assert " ".join(said).startswith("Hello, hello, and welcome to the Sunday kitchen")
    assert {one.speaker for one in told.said} == {"A", "B"}
    assert told.language == "en"
    times = [one.word.start for one in told.said]
    assert times == sorted(times)
    assert times[-1] > 30, "seconds, not milliseconds, of the whole"
    (asked,) = service.sent("create")
    assert asked.data == {
        "id": external,
        "audio_url": upload,
        "language_detection": True,
        "speaker_labels": True,
        "speech_models": list(MODELS),
        **{name: asked.data[name] for name in ("punctuate", "format_text") if name in asked.data},
    }


async def test_a_language_that_is_known_is_said_and_not_found_out(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, tmp_path: Path
) -> None:
    upload = await uploaded(engine, tmp_path)
    await heard(engine, await engine.submit(upload, "fr-CA", False, HOOK))
    (asked,) = service.sent("create")
    assert (asked.data["language_code"], "language_detection" in asked.data) == ("fr", False)
    assert "speaker_labels" not in asked.data
    assert (asked.data["webhook_url"], asked.data["webhook_auth_header_name"]) == (HOOK.address, SHOWN)
    assert asked.data["webhook_auth_header_value"] == HOOK.secret
    assert HOOK.secret not in repr(HOOK)


async def test_it_is_deleted_there_with_its_sound_once_it_is_not_worked_on(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, tmp_path: Path
) -> None:
    upload = await uploaded(engine, tmp_path)
    service.working.clear()
    external = await engine.submit(upload, "", False, None)
    assert await engine.result(external) is None
    assert isinstance(await failure(engine.forget(external)), Transient), "it is still worked on"
    service.working.set()
    await heard(engine, external)
    await engine.forget(external)
    assert (service.kept, service.uploads) == ([], {})
    for asked in (engine.result(external), engine.result("nobodys"), engine.forget("nobodys")):
        assert isinstance(error := await failure(asked), Missing)
        assert error.code == "REMOTE_GONE"


async def test_a_work_whose_number_was_lost_is_found_by_what_was_handed_over(
    engine: AssemblyAISpeech, tmp_path: Path
) -> None:
    upload = await uploaded(engine, tmp_path)
    assert await engine.submitted(upload) == ""
    external = await engine.submit(upload, "", False, None)
    assert await engine.submitted(upload) == external


async def test_no_speech_is_no_words_and_not_an_error(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, tmp_path: Path
) -> None:
    service.hears(lambda sound: [])
    upload = await uploaded(engine, tmp_path)
    assert await heard(engine, await engine.submit(upload, "", False, None)) == Recorded(())
    assert (await heard(engine, await engine.submit(upload, "en", False, None))).said == ()


async def test_what_it_could_not_hear_is_told_in_its_words(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, tmp_path: Path
) -> None:
    service.fails.append("Transcoding failed.\nFile does not appear to contain audio.")
    external = await engine.submit(await uploaded(engine, tmp_path), "", False, None)
    error = await failure(heard(engine, external))
    assert (type(error), error.code) == (Invalid, "ENGINE_REFUSED")
    assert error.values["said"] == "Transcoding failed. File does not appear to contain audio."


async def test_a_text_without_words_is_spread_over_the_whole(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI
) -> None:
    body = {"id": "x", "audio_url": "http://x", "status": "completed", "text": "one two", "audio_duration": 10}
    service.fail_next(Fault("get", status=200, body=body))
    told = await engine.result("x")
    assert told is not None
    assert [one.word.text for one in told.said] == ["one", "two"]
    assert told.said[-1].word.end == 10


async def test_spans_leave_nothing_there_even_when_deleting_failed_at_first(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI
) -> None:
    span = Span(10.0, 25.0, PCM[: 15 * 32_000])
    service.fail_next(refusal("delete", 503))
    assert (await engine.hear(span, Hint())).text
    assert len(service.kept) == 1
    assert (await engine.hear(span, Hint())).text
    assert service.kept == []


# What goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (refusal("create", 401), Denied, "ENGINE_KEY"),
        (refusal("create", 404), Denied, "ENGINE_ADDRESS"),
        (refusal("create", 400, "language_code is not supported: xx"), Invalid, "ENGINE_REFUSED"),
        (refusal("create", 413), Invalid, "TOO_BIG_SPEECH"),
        (refusal("create", 429), Transient, "QUOTA"),
        (refusal("create", 500), Transient, "ENGINE_DOWN"),
        (refusal("create", 503), Transient, "ENGINE_DOWN"),
        (
            Fault("create", status=200, body="<html>busy</html>", content_type="text/html"),
            Transient,
            "ENGINE_DOWN",
        ),
        (Fault("create", status=502, body="<html>busy</html>", content_type="text/html"), Transient, "ENGINE_DOWN"),
        (Fault("create", status=200, body=""), Transient, "ENGINE_DOWN"),
        (Fault("create", status=200, body="[1, 2]", content_type="application/json"), Transient, "ENGINE_DOWN"),
        (Fault("create", status=400, body="[1, 2]", content_type="application/json"), Invalid, "ENGINE_REFUSED"),
        (Fault("create", status=200, body="[" * 50_000, content_type="application/json"), Transient, "ENGINE_DOWN"),
        (Fault("create", status=200, body={"id": 7, "status": "queued"}), Transient, "ENGINE_DOWN"),
        (
            Fault("create", status=200, body={"id": "../../x", "status": "queued", "audio_url": "http://x"}),
            Transient,
            "ENGINE_DOWN",
        ),
        (
            Fault("create", status=200, body={"id": "x", "status": "on holiday", "audio_url": "x"}),
            Transient,
            "ENGINE_DOWN",
        ),
        (Fault("create", status=302, headers={"location": "http://127.0.0.1:9/"}), Transient, "ENGINE_DOWN"),
        (Fault("create", abort=True), Transient, "ENGINE_DOWN"),
    ],
    ids=lambda value: str(getattr(value, "status", None) or getattr(value, "__name__", value)),
)
async def test_every_failure_has_its_meaning_and_is_asked_once(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, fault: Fault, kind: type[EarshotError], code: str
) -> None:
    service.fail_next(Fault(**vars(fault)))
    error = await failure(engine.submit(f"{service.origin}/upload/1", "xx", False, None))
    assert (type(error), error.code, error.values["engine"]) == (kind, code, "assemblyai")
    assert len(service.calls) == 1
    if code == "ENGINE_REFUSED" and isinstance(fault.body, dict):
        assert error.values["said"] == "language_code is not supported: xx"


@pytest.mark.parametrize(
    "body", [{}, {"upload_url": 7}, {"upload_url": "ftp://x"}, {"upload_url": "https://" + "x" * 3_000}]
)
async def test_an_odd_answer_to_an_upload_is_no_answer(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, tmp_path: Path, body: dict[str, Any]
) -> None:
    (tmp_path / "x").write_bytes(b"x")
    service.fail_next(Fault("upload", status=200, body=body))
    assert (await failure(engine.upload(tmp_path / "x"))).code == "ENGINE_DOWN"


@pytest.mark.parametrize("headers", [{}, {"content-encoding": "gzip"}])
async def test_an_answer_of_a_hundred_megabytes_is_not_read_to_its_end(
    engine: AssemblyAISpeech, service: LoopbackAssemblyAI, headers: dict[str, str]
) -> None:
    service.fail_next(Fault("get", status=200, body="x" * (100 << 20), headers=headers))
    assert (await failure(engine.result("x"))).code == "ENGINE_DOWN"


async def test_what_hangs_is_given_up_and_nothing_stays_open(service: LoopbackAssemblyAI) -> None:
    engine = AssemblyAISpeech(service.key, service.origin)
    assert (await failure(engine.result("x"))).code == "REMOTE_GONE", "what it imports takes its time only once"
    service.fail_next(Fault("get", delay_s=60))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await engine.result("x")
    assert (await failure(engine.result("x"))).code == "REMOTE_GONE", "the next question has its answer"
    await engine.close()


@pytest.mark.parametrize(
    ("header", "told", "shut"), [("40", 40, 40), ("nan", None, 10), (None, None, 10), ("1e9", 86_400, 86_400)]
)
async def test_while_the_quota_is_used_up_nothing_is_asked_before_the_time_the_service_named(
    service: LoopbackAssemblyAI, header: str | None, told: float | None, shut: float
) -> None:
    now = [0.0]
    engine = AssemblyAISpeech(service.key, service.origin, now=lambda: now[0])
    service.fail_next(refusal("get", 429, **({"retry_after": header} if header else {})))
    error = await failure(engine.result("x"))
    assert isinstance(error, Transient)
    assert (error.code, error.retry_after) == ("QUOTA", told)
    assert not engine.readiness().ready
    assert (await failure(engine.result("x"))).code == "QUOTA"
    assert len(service.calls) == 1
    now[0] = shut + 0.1
    assert engine.readiness().ready
    assert (await failure(engine.result("x"))).code == "REMOTE_GONE"
    await engine.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://[bad", "127.0.0.1:8000/x", "http://127.0.0.1:99999"])
async def test_an_address_that_is_none_is_told_as_such_or_as_down(address: str) -> None:
    engine = AssemblyAISpeech("aai_x", address)
    assert (await failure(engine.result("x"))).code in ("ENGINE_ADDRESS", "ENGINE_DOWN")
    await engine.close()


# The key ----------------------------------------------------------------------------------------------------------


async def test_the_key_is_checked_without_cost(engine: AssemblyAISpeech, service: LoopbackAssemblyAI) -> None:
    assert (await engine.check()).ok
    assert [call.route for call in service.calls] == ["list"]
    wrong = AssemblyAISpeech("aai_wrong", service.origin)
    told = await wrong.check()
    assert (told.ok, "ASSEMBLYAI_API_KEY" in told.cure) == (False, True)
    await wrong.close()
    assert (await AssemblyAISpeech("").check()).ok is None


@pytest.mark.parametrize("key", ["", "  ", "aai_a b", "aai_\nx", "aai_é", "aai_\x7f"])
async def test_a_missing_or_impossible_key_is_not_ready_and_never_sent(service: LoopbackAssemblyAI, key: str) -> None:
    engine = AssemblyAISpeech(key, service.origin)
    assert not engine.readiness().ready
    assert "ASSEMBLYAI_API_KEY" in engine.readiness().lacks
    assert (await failure(engine.result("x"))).code == "ENGINE_KEY"
    assert service.calls == []


@pytest.mark.parametrize("status", [400, 401, 404, 413, 429, 500])
async def test_the_key_is_in_no_error_no_log_and_no_repr_even_if_the_service_repeats_it(
    service: LoopbackAssemblyAI, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)  # the libraries' own loggers too
    engine = AssemblyAISpeech(service.key, service.origin)
    service.fail_next(refusal("get", status, f"no such key: {service.key}"))
    error = await failure(engine.result("x"))
    told = "".join(traceback.format_exception(error))
    logged = "\n".join(record.getMessage() + str(record.exc_text) for record in caplog.records)
    assert service.key not in told + repr(error) + str(error.values) + repr(engine) + repr(vars(engine)) + logged
    await engine.close()
