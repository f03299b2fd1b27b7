"""The whole main job on the bundled recording, once, through the real adapters; then what came of it."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import av
import pytest

from bot.app import App, serve
from bot.asked import Asked
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.typed import read
from core.adapters.clock import FastClock
from core.adapters.tiktok.scripted import Recording, ScriptedSource
from core.model.notice import DeliveryState, Notice, NoticeKind
from core.model.person import Person, Place, Platform, Role
from core.ports.media import LiveCapture
from core.ports.messenger import Messenger, Pace
from core.settings import Settings
from tests.builders import rows
from tests.waiting import PATIENCE, until

VIDEO = Path(__file__).parents[2] / "bot" / "demo" / "live.mp4"
HANDLE, END = "amina.kitchen", 63.6
PLACE = Place("console:here", "here")
SPEED = 6.0
LONGEST = 60.0
LAST = {"at": 63.2, "end": 63.4, "text": "…"}  # after all speech: nobody waits any longer for a caption
EXPORTS = ("lives export 1 events json", "lives export 1 report pdf", "transcript download 1 pdf", "lives timeline 1")


@dataclass
class Channel:
    """A messenger that keeps every version of every post."""

    repeats_for: float = 3600.0
    per_second: float = 1000.0
    posts: dict[str, list[Notice]] = field(default_factory=dict)

    def pace(self, address: str) -> Pace:
        return Pace(address)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        return None

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        number = external or str(len(self.posts) + 1)
        self.posts.setdefault(number, []).append(notice)
        return number

    def began_as(self, kind: NoticeKind) -> list[list[Notice]]:
        """The versions of every post that began as this kind."""
        return [versions for versions in self.posts.values() if versions[0].kind is kind]


@dataclass
class Evening:
    """What one run on the recording left behind."""

    folder: Path
    channel: Channel
    replies: dict[str, Any]

    def hit(self, source: str) -> dict[str, Any]:
        """What the first post of the hit in chat or speech told."""
        return next(v[0].facts for v in self.channel.began_as(NoticeKind.HIT) if v[0].facts["source"] == source)

    def lived(self, at: str) -> float:
        """Seconds of the live by the clock until `at`; its stream is never further."""
        ((began,),) = rows(self.folder, "select started from live")
        return (datetime.fromisoformat(at) - datetime.fromisoformat(began).replace(tzinfo=UTC)).total_seconds()


@dataclass
class Live(ScriptedSource):
    """The recorded live, which goes on until everything has been asked that is asked while it runs."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def _reached(self, capture: LiveCapture, second: float) -> None:
        if second >= END:
            await self.asked.wait()
        await super()._reached(capture, second)


def recorded(folder: Path) -> Recording:
    """The bundled recording, and a caption after its last word."""
    known = Recording.read(VIDEO)
    folder.mkdir()
    (folder / VIDEO.name).symlink_to(VIDEO)
    return Recording(folder / VIDEO.name, {**known.said, "captions": [*known.said["captions"], LAST]})


async def spend(folder: Path) -> Evening:
    """Follow, arm two triggers, decide the alert as soon as it comes, and wait until everything is told."""
    evening = Evening(folder, Channel(), {})
    clock = FastClock(SPEED)
    source = Live(recorded(folder / "recorded"), clock, SPEED)

    async def front(app: App) -> None:
        async def command(line: str) -> Any:
            typed = read(line.split(), ALL)
            asked = Asked(app.house, Person("console:you", "you"), PLACE, Role.OWNER, "console:here")
            reply = evening.replies[line] = await Kernel(ALL).run(typed.command, typed.raw, asked)
            return reply

        async def finished() -> bool:
            unfinished = "select 1 from job where state in ('waiting', 'running')"
            return await app.delivering.idle() and not rows(folder, unfinished)

        await command(f"follow @{HANDLE} transcript=yes")
        await command("trigger add giveaway where=chat")
        await command("trigger add giveaway where=speech then=alert")
        await until(lambda: evening.channel.began_as(NoticeKind.HIT), LONGEST)
        await command(f"watch mark {HANDLE} note=hit")
        await until(lambda: evening.channel.began_as(NoticeKind.RISK), LONGEST)
        await command("lives now")
        await command("review next")
        await command("review decide 1 confirm")
        source.asked.set()
        await until(lambda: rows(folder, "select 1 from live where status = 'ended'"), LONGEST)
        await until(finished, LONGEST)
        for line in ("lives list", "transcript download 1 srt", "clip list", "status", *EXPORTS):
            await command(line)

    settings = Settings.model_construct(DATA_DIR=folder, LOOK_EVERY=5.0)

    def connect(house: House) -> dict[Platform, Messenger]:
        return {Platform.CONSOLE: evening.channel}

    await serve(settings, connect, front, source=source, clock=clock, speed=SPEED, watched=source.watched)
    return evening


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """Captions are real time: a machine that stands still may be late with them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.services.listening.CAPTION_PATIENCE", PATIENCE)
        return asyncio.run(spend(tmp_path_factory.mktemp("evening")))


def only(versions: list[list[Notice]]) -> list[Notice]:
    assert len(versions) == 1
    return versions[0]


def test_the_live_is_told_when_it_starts(evening: Evening):
    said = only(evening.channel.began_as(NoticeKind.LIVE_STARTED))[0].tells()
    assert (said.handle, said.title, said.viewers) == (HANDLE, "Sunday kitchen", 180)  # type: ignore[union-attr]


def test_a_word_in_the_chat_becomes_a_hit_and_a_clip_that_plays(evening: Evening):
    assert evening.hit("chat")["quote"] == "is the giveaway still happening today?"
    clip = only(evening.channel.began_as(NoticeKind.CLIP))[0].facts
    assert (clip["failed"], clip["why"], clip["width"], clip["height"]) == ("", "giveaway", 360, 640)
    assert clip["size"] == Path(clip["path"]).stat().st_size
    with av.open(clip["path"]) as media:
        assert media.streams.video[0].codec_context.name == "h264"
        assert media.streams.audio[0].codec_context.name == "aac"
        assert next(packet for packet in media.demux(video=0) if packet.size).is_keyframe
    with av.open(clip["path"]) as media:
        frames = list(media.decode(video=0))
    with av.open(clip["path"]) as media:
        samples = sum(frame.samples for frame in media.decode(audio=0))
    assert frames[0].key_frame
    assert frames[0].pts == 0
    assert len(frames) / 25 == pytest.approx(clip["seconds"], abs=0.5)
    assert samples / 44_100 == pytest.approx(clip["seconds"], abs=0.5)
    assert clip["seconds"] == pytest.approx(28.2, abs=2.0)


def test_a_word_in_speech_becomes_a_hit_where_it_was_said(evening: Evening):
    assert "giveaway starts right after the soup" in evening.hit("speech")["quote"]


def test_chat_and_speech_are_on_one_clock(evening: Evening):
    """In the recording the word is written at 18.2 s and said at 29.4 s; the stream is opened a moment after the look."""
    written, said = evening.hit("chat")["second"], evening.hit("speech")["second"]
    assert said - written == pytest.approx(29.4 - 18.2, abs=0.4)
    assert 18.0 <= written <= evening.lived(evening.hit("chat")["at"]) + 0.4


def test_the_alert_is_raised_decided_and_edited_to_say_so(evening: Evening):
    first, *later = only(evening.channel.began_as(NoticeKind.RISK))
    assert first.facts["score"] >= 0.7
    assert "Norvanians are vermin" in first.facts["quote"]
    assert 42 - 18.2 - 0.4 <= first.facts["second"] - evening.hit("chat")["second"] <= 46 - 18.2 + 0.4
    assert (later[-1].facts["verdict"], later[-1].facts["decided_by"]) == ("confirmed", "you")
    assert evening.replies["review next"].alert.alert_id == 1
    assert evening.replies["review decide 1 confirm"].alert.verdict == "confirmed"


def test_the_words_of_the_live_roll_through_the_channel(evening: Evening):
    lines = [
        text for versions in evening.channel.began_as(NoticeKind.ROLLING) for _, text in versions[-1].facts["lines"]
    ]
    said = " ".join(line for line in lines if line)
    spoken = json.loads(VIDEO.with_suffix(".json").read_text())["captions"]
    missing = [one["text"] for one in spoken if one["text"].split()[0] not in said]
    assert not missing
    assert all(version.silent for versions in evening.channel.began_as(NoticeKind.ROLLING) for version in versions)


def test_the_end_edits_the_start_post_into_a_report_with_a_picture(evening: Evening):
    last = only(evening.channel.began_as(NoticeKind.LIVE_STARTED))[-1]
    assert last.kind is NoticeKind.LIVE_ENDED
    said = last.facts
    assert (said["viewers_peak"], said["hits"], said["alerts"], said["clips"]) == (1204, 2, 1, 1)
    assert said["told"] == said["segments"] >= 10
    assert said["chats"] == len(rows(evening.folder, "select 1 from chat_line")) > 20
    picture = Path(said["plot"]).read_bytes()
    assert picture.startswith(b"\x89PNG")
    with av.open(said["plot"]) as media:
        frame = next(media.decode(video=0))
    assert (frame.width, frame.height) == (960, 480)


def test_commands_answer_from_the_same_live(evening: Evening):
    assert [live.handle for live in evening.replies["lives now"].rows] == [HANDLE]
    assert [live.status for live in evening.replies["lives list"].rows] == ["ended"]
    assert b"-->" in evening.replies["transcript download 1 srt"].file.data
    assert len(evening.replies["clip list"].rows) == 1


def test_the_times_of_what_is_exported_are_those_of_the_recording(evening: Evening):
    """The stream is opened a moment after the look, and all exported is that much later, speech and chat alike. A tenth of a
    second of a busy machine is more than one of the recording here."""
    events = json.loads(evening.replies["lives export 1 events json"].file.data)["events"]
    recorded = json.loads(VIDEO.with_suffix(".json").read_text())
    assert [event["second"] for event in events] == sorted(event["second"] for event in events)
    assert {"speech", "chat", "gift", "viewers", "hit", "alert", "clip", "mark", "watch"} <= {e["kind"] for e in events}
    second = {event["text"]: event["second"] for event in events if event["kind"] == "chat"}
    later = [second[one["text"]] - one["at"] for one in recorded["events"] if one.get("text") in second]
    usual = median(later)
    assert len(later) > 20
    assert len([one for one in later if abs(one - usual) < 1.0]) > 0.6 * len(later)
    began: dict[int, float] = {}
    for word in recorded["words"]:
        began.setdefault(word["sentence"], word["at"])
    said = [event["second"] - usual for event in events if event["kind"] == "speech"]
    heard = [at for at in began.values() if any(abs(at - one) < 1.0 for one in said)]
    assert len(heard) > 0.6 * len(began)


def test_a_mark_is_on_the_same_clock_as_the_chat(evening: Evening):
    events = json.loads(evening.replies["lives export 1 events json"].file.data)["events"]

    def shift(event: dict[str, Any]) -> float:
        return datetime.fromisoformat(event["at"]).timestamp() - event["second"]

    [mark] = [event for event in events if event["kind"] == "mark"]
    assert (mark["text"], mark["who"]) == ("hit", "you")
    around = [
        shift(event) for event in events if event["kind"] == "chat" and abs(event["second"] - mark["second"]) < 15
    ]
    assert min(abs(shift(mark) - one) for one in around) < 1.0


def test_pages_of_the_live_are_printed_and_its_timeline_is_shown(evening: Evening):
    for line in ("lives export 1 report pdf", "transcript download 1 pdf"):
        assert evening.replies[line].file.data.startswith(b"%PDF-")
    assert evening.replies["lives timeline 1"].stretch.rows


def test_nothing_is_left_to_do_or_to_tell(evening: Evening):
    states = {row["state"] for row in rows(evening.folder, "select state from delivery")}
    assert states <= {DeliveryState.SENT, DeliveryState.REPLACED}
    assert {row["state"] for row in rows(evening.folder, "select state from job")} == {"done"}
    assert not list(evening.folder.rglob("*.part*"))
