"""The main job on TikTok: `earshot run`, led to the loopback TikTok and Groq by its environment alone, once from follow to end."""

import asyncio
import json
import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest

from core.model.notice import NoticeKind
from tests.builders import rows, told
from tests.journeys.conftest import Ended, Process, begin, earshot
from tests.platforms import speech
from tests.platforms.groq import UNLIMITED, LoopbackGroq
from tests.platforms.tiktok import Running, running
from tests.waiting import until

HANDLE = "amina.kitchen"
LOOK_EVERY = 3.0


@dataclass
class Evening:
    """What one live left behind. Times are readings of the system's clock."""

    folder: Path
    said: list[str] = field(default_factory=list)
    answers: list[Ended] = field(default_factory=list)
    live_at: float = 0.0
    told_at: float = 0.0
    over_at: float = 0.0
    end_told_at: float = 0.0
    egress: dict[str, dict[str, int]] = field(default_factory=dict)
    stats: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: NoticeKind) -> list[Any]:
        """What was told of one kind, in order."""
        return [one.says for one in told(self.folder, kind)]


def surroundings(tiktok: Running, groq: LoopbackGroq) -> dict[str, str]:
    """The environment of all programs of a test: real names, the proxy variables, a key."""
    return {
        **tiktok.environment(),
        "TIKTOK_PROXY": "",
        "LOOK_EVERY": str(LOOK_EVERY),
        "GROQ_API_KEY": groq.key,
        "GROQ_BASE_URL": groq.origin,
    }


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """One live of 64 s in real time, as a place that follows it gets to know it."""
    return asyncio.run(spend(tmp_path_factory.mktemp("evening") / "data"))


async def spend(folder: Path) -> Evening:
    evening = Evening(folder)
    known = await asyncio.to_thread(speech.Known)
    started: list[Process] = []
    with running() as tiktok:
        async with LoopbackGroq(known, per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED) as groq:
            try:
                await attend(evening, tiktok, groq, started)
                evening.egress, evening.stats = tiktok.tell("egress"), tiktok.tell("stats", log=5000)
            finally:
                for process in started:
                    await process.kill()
    return evening


async def attend(evening: Evening, tiktok: Running, groq: LoopbackGroq, started: list[Process]) -> None:
    """Follow, arm, let the live happen, wait until its end has been told."""
    around = surroundings(tiktok, groq)
    tiktok.tell("account", unique_id=HANDLE, nickname="Amina", followers=48210)

    async def command(*words: str) -> Ended:
        ended = await asyncio.to_thread(earshot, evening.folder, "console", *words, **around)
        evening.answers.append(ended)
        return ended

    process = await begin(evening.folder, "-m", "bot", "run", **around)
    started.append(process)
    evening.said = process.said
    await process.says("watching on")
    await command("follow", f"@{HANDLE.upper()}")
    await command("trigger", "add", "giveaway", "--where", "chat", "--then", "both")
    await command("trigger", "add", "giveaway", "--where", "speech", "--then", "alert")
    await until(lambda: bool(rows(evening.folder, "select 1 from account where status = 'offline'")))
    tiktok.tell("live", unique_id=HANDLE, title="Sunday kitchen", viewers=180, events=True)
    evening.live_at = time.time()
    await until(lambda: bool(told(evening.folder, NoticeKind.LIVE_STARTED)), 60)
    evening.told_at = time.time()
    await until(lambda: tiktok.tell("stats")["rooms"][HANDLE]["status"] != 2, 90)
    evening.over_at = time.time()
    await until(lambda: any(one.state == "sent" for one in told(evening.folder, NoticeKind.LIVE_ENDED)), 60)
    evening.end_told_at = time.time()
    unfinished = "select 1 from job where state in ('waiting', 'running')"
    await until(lambda: not rows(evening.folder, unfinished), 60)


def test_following_says_what_happens_next(evening: Evening):
    followed = evening.answers[0]
    assert followed.code == 0, followed.err
    assert f"@{HANDLE} is followed now" in followed.out
    assert f"every {round(LOOK_EVERY)} s" in followed.out


def test_the_start_is_told_within_two_intervals_and_once(evening: Evening):
    (said,) = [one.says for one in told(evening.folder, NoticeKind.LIVE_STARTED) if not one.notice.edits]
    assert (said.handle, said.title) == (HANDLE, "Sunday kitchen")
    ((tried,),) = rows(evening.folder, "select first_tried from delivery where kind = 'live started' and not edits")
    posted = datetime.fromisoformat(tried).replace(tzinfo=UTC).timestamp()
    looks = [call["at"] for call in evening.stats["log"] if call["route"] == "api_live"]
    assert len([at for at in looks if evening.live_at < at < posted]) <= 2
    assert sum(f"@{HANDLE} is live" in line for line in evening.said) == 1


def test_the_start_is_told_with_its_cover_and_kept_true_silently(evening: Evening):
    said, *edits = told(evening.folder, NoticeKind.LIVE_STARTED)
    assert Path(said.says.cover).read_bytes().startswith(b"\xff\xd8\xff")
    assert {one.notice.silent for one in edits} <= {True}
    assert {one.says.cover for one in edits} <= {said.says.cover}


def test_the_words_are_the_known_ones(evening: Evening):
    lines = rows(evening.folder, "select text, engine from segment where text is not null order by start")
    assert {line["engine"] for line in lines} == {"groq"}
    heard = " ".join(line["text"] for line in lines).lower().split()
    words = json.loads((Path(__file__).parents[2] / "bot" / "demo" / "live.json").read_text("utf-8"))["words"]
    joined = evening.told_at - evening.live_at + LOOK_EVERY  # what was said before anybody listened
    known = [word["word"].lower() for word in words if word["at"] > joined]
    missed = [word for word in known if not any(word.strip(".,!?") in one for one in heard)]
    assert len(missed) <= math.ceil(len(known) * 0.02), missed


def test_a_word_in_the_chat_and_a_word_that_is_said_are_hits(evening: Evening):
    hits = {hit.source: hit for hit in evening.of(NoticeKind.HIT)}
    assert hits["chat"].quote == "is the giveaway still happening today?"
    assert hits["chat"].by == "juno_plays"
    assert "giveaway starts right after the soup" in hits["speech"].quote


def test_the_clip_plays_from_its_first_frame_with_sound(evening: Evening):
    (clip,) = evening.of(NoticeKind.CLIP)
    assert (clip.failed, clip.why) == ("", "giveaway")
    with av.open(clip.path) as media:
        assert media.streams.video[0].codec_context.name == "h264"
        assert media.streams.audio[0].codec_context.name == "aac"
        frames = list(media.decode(video=0))
    assert frames[0].key_frame
    assert frames[0].pts == 0
    assert len(frames) / 25 == pytest.approx(clip.seconds, abs=0.6)


def test_the_end_is_told_as_soon_as_tiktok_says_so(evening: Evening):
    said = evening.of(NoticeKind.LIVE_ENDED)[-1]
    assert said.handle == HANDLE
    assert evening.end_told_at - evening.over_at <= 120
    assert (said.hits, said.clips) == (2, 1)
    assert said.chats > 20
    assert said.told == said.segments > 5


def test_chatters_are_stored_by_their_shown_names_and_a_keyed_hash_only(evening: Evening):
    lines = rows(evening.folder, "select chatter, chatter_key from chat_line")
    assert {line["chatter"] for line in lines} >= {"juno_plays", "lea.dubois", "x_7431"}
    keys = {line["chatter"]: line["chatter_key"] for line in lines}
    assert all(keys.values())
    assert len(set(keys.values())) == len(keys)


def test_nothing_but_tiktok_and_its_signer_was_asked(evening: Evening):
    assert evening.egress["refused"] == {}
    reached = {name.removesuffix(":443") for name in evening.egress["reached"]}
    assert reached <= {"www.tiktok.com", "webcast.tiktok.com", "api.eulerstream.com", "p16-sign-va.tiktokcdn.com"}
    assert evening.stats["hits"]["sign"] == 1


def test_nothing_is_left_to_do_or_to_tell(evening: Evening):
    assert {row["state"] for row in rows(evening.folder, "select state from delivery")} <= {"sent", "replaced"}
    assert {row["state"] for row in rows(evening.folder, "select state from job")} == {"done"}
