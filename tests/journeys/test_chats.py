"""The whole of Earshot on both chats at once: set up, follow, a live from start to end, a hit, a clip, an alert, a video."""

import asyncio
import io
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import pytest

from tests.journeys.chats import Town, buttons_of, town
from tests.journeys.conftest import begin
from tests.platforms import speech
from tests.platforms.groq import UNLIMITED, LoopbackGroq
from tests.platforms.tiktok import Running, running
from tests.waiting import until

HANDLE = "amina.kitchen"
LOOK_EVERY = 3.0
CHAT, SPEECH = "chat", "speech"
NAMES = re.compile(r"[\w.]+_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_[AP]M\.mp4")


@dataclass
class Evening:
    """What one live left behind on both chats."""

    town: Town
    replies: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    faces: list[dict[str, Any]] = field(default_factory=list)
    clips: dict[str, list[tuple[str, str, bytes]]] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    code: int = -1
    errors: list[str] = field(default_factory=list)


PATIENT: dict[str, Any] = {"timeout": 70}
"""A group takes twenty calls a minute, and much is said in this one."""


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """One live of 64 s in real time."""
    return asyncio.run(spend(tmp_path_factory.mktemp("chats") / "data"))


async def spend(folder: Path) -> Evening:
    known = await asyncio.to_thread(speech.Known)
    with running() as tiktok:
        async with (
            town() as here,
            LoopbackGroq(known, per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED) as groq,
        ):
            around = {**tiktok.environment(), "TIKTOK_PROXY": "", "LOOK_EVERY": str(LOOK_EVERY)}
            around |= {"GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.origin}
            evening = Evening(here)
            process = await here.begin(begin, folder, **around)
            try:
                await attend(evening, tiktok)
            finally:
                evening.code, evening.errors = await process.kill(signal.SIGTERM), process.errors
    return evening


async def attend(evening: Evening, tiktok: Running) -> None:
    """Set up, follow and arm on both; let the live happen; decide the alert; have a video written down."""
    here, replies = evening.town, evening.replies
    tiktok.tell("account", unique_id=HANDLE, nickname="Amina", followers=48210)
    boiled = [{"language": "eng-US", "lines": [[0.5, 4.0, "An egg is boiled for seven minutes."]]}]
    video = tiktok.tell("video", unique_id="chef", desc="How to boil an egg", tracks=boiled)

    async def discord(name: str, **options: Any) -> Any:
        answer = await here.slash(name, **options)
        replies[f"discord {name}"] = answer.text
        return answer

    async def telegram(line: str, **more: Any) -> list[dict[str, Any]]:
        said = await here.type(line, **more)
        replies[f"telegram {' '.join(line.split()[:2])}"] = "\n".join(one.get("text", "") for one in said)
        return said

    replies["discord before"] = (await here.slash("follow", account=f"@{HANDLE}")).text
    await discord("setup")
    await discord("follow", account=f"@{HANDLE}", transcript="yes")
    await discord("trigger add", word="giveaway", where="chat", then="both")
    await discord("trigger add", word="caller", where="speech", then="clip")
    await telegram("/setup")
    await telegram(f"/follow @{HANDLE} transcript=yes")
    await telegram("/trigger add giveaway where=chat then=both")
    await telegram("/trigger add caller where=speech then=clip")
    await discord("transcribe", link=video["url"])
    await telegram(f"/transcribe {video['url']}", **PATIENT)
    await until(lambda: all(said(posts, "boil an egg") for posts in (here.on_discord(), here.on_telegram())), 60)
    await until(
        lambda: all(said(posts, "Full text") for posts in (labels(here.on_discord()), labels(here.on_telegram()))), 70
    )
    await until(lambda: not of(here.on_telegram(), "Transcribing"), 70)
    tiktok.tell("live", unique_id=HANDLE, title="Sunday kitchen", viewers=180, events=True)
    await until(lambda: all(said(posts, "is live") for posts in (here.on_discord(), here.on_telegram())))
    await until(lambda: all(alerts(posts) for posts in (here.on_discord(), here.on_telegram())), 90)
    await decide(evening)
    await until(lambda: all(said(posts, "has ended") for posts in (here.on_discord(), here.on_telegram())), 120)
    await release(here)
    await until(lambda: all(len(clips(posts)) == 2 for posts in (here.on_discord(), here.on_telegram())), 60)
    await until(lambda: all(video_of(here, message) for message, _ in clips(here.on_telegram())), 60)
    evening.clips = {CHAT: clip_files(here, "giveaway_"), SPEECH: clip_files(here, "caller_")}
    await use_clips(evening)
    await discord("following")
    evening.faces = (await here.slash("following", account=HANDLE)).message["attachments"]
    await telegram("/status", **PATIENT)


async def release(here: Town) -> None:
    """What the caller says is hateful: the clip of it is held, and a person lets it be shown."""
    held = "is held for a person"
    await until(lambda: all(of(posts, held) for posts in (here.on_discord(), here.on_telegram())), 60)
    await here.discord.click(of(here.on_discord(), held)[0], "It is fine", user=here.discord.alice)
    await here.telegram.press(of(here.on_telegram(), held)[0], "It is fine", user=here.telegram.alice)


async def decide(evening: Evening) -> None:
    """Bob may not; alice presses Confirm on one chat and Dismiss on the other."""
    here = evening.town
    (alert,) = alerts(here.on_discord())
    refused = await here.discord.click(alert, "Confirm", user=here.discord.bob)
    evening.decided["bob"] = refused.text
    await here.discord.click(alert, "Confirm", user=here.discord.alice)
    await until(lambda: said(here.on_discord(), "Confirmed"))
    (alert,) = alerts(here.on_telegram())
    await here.telegram.press(alert, "Dismiss", user=here.telegram.alice)
    await until(lambda: said(here.on_telegram(), "Dismissed"))


async def use_clips(evening: Evening) -> None:
    """The clip of the chat hit is kept, named anew and asked to be longer; that of the speech hit is deleted: on both chats."""
    here, used = evening.town, evening.used
    discord, telegram = here.discord, here.telegram

    def posts(word: str) -> list[dict[str, Any]]:
        return [next(m for m, text in clips(every()) if word in text) for every in (here.on_discord, here.on_telegram)]

    async def there(words: str) -> None:
        await until(lambda: all(said(every(), words) for every in (here.on_discord, here.on_telegram)), 70)

    kept, same = posts("giveaway")
    await discord.click(kept, "Keep 👍", user=discord.alice)
    await telegram.press(same, "Keep 👍", user=telegram.alice)
    await there("Kept")
    used["longer discord"] = (await discord.click(kept, "Longer", user=discord.alice)).text
    pressed = await telegram.press(same, "Longer", user=telegram.alice)

    def answered() -> str:
        return " ".join([str(pressed.answer), *(text for _, text in here.on_telegram())])

    await until(lambda: any(words in answered() for words in ("longer", "not kept any more")), 70)
    used["longer telegram"] = answered()
    asked = await discord.click(kept, "Rename", user=discord.alice)
    (part,) = asked.modal["components"]
    await discord.submit(asked, {part["label"]: "best bit"}, user=discord.alice)
    question = await answer_of(here, same, "Rename")
    await telegram.text("best bit", user=telegram.alice, chat=telegram.kitchen, reply_to=question, **PATIENT)
    await there("best bit.mp4")
    gone, too = posts("caller")
    confirm = await discord.click(gone, "Delete", user=discord.alice)
    await discord.click(confirm.message, "Delete", user=discord.alice)
    await telegram.press(await answer_of(here, too, "Delete"), "Delete", user=telegram.alice)
    await there("was deleted")


async def answer_of(here: Town, message: dict[str, Any], label: str) -> dict[str, Any]:
    """What comes below in the kitchen when alice presses."""
    telegram = here.telegram
    before = {one["message_id"] for one in telegram.messages_in(telegram.kitchen)}
    await telegram.press(message, label, user=telegram.alice)

    def new() -> list[dict[str, Any]]:
        said = [one for one in telegram.messages_in(telegram.kitchen) if one["message_id"] not in before]
        return [one for one in said if "text" in one]  # the longer clip comes meanwhile

    await until(lambda: bool(new()), 70)
    return new()[-1]


def clips(posts: Any) -> list[tuple[dict[str, Any], str]]:
    """The posts of clips."""
    return [(message, text) for message, text in posts if "Longer" in buttons_of(message)]


def video_of(here: Town, message: dict[str, Any]) -> dict[str, Any] | None:
    """The message with the video of a clip's post on Telegram: a text that was held stays one, and the video answers it."""
    if "video" in message:
        return message
    number = message["message_id"]
    answers = [one for one, _ in here.on_telegram() if (one.get("reply_to_message") or {}).get("message_id") == number]
    return next((one for one in answers if "video" in one), None)


def clip_files(here: Town, words: str) -> list[tuple[str, str, bytes]]:
    """(name in the post, name of the file, the file) of the clip whose post says so, on both chats."""
    (message, text) = next((m, t) for m, t in clips(here.on_discord()) if words in t)
    (file,) = message["attachments"]
    found = [(NAMES.search(text)[0], file["filename"], here.discord.attachment_data(file))]  # type: ignore[index]
    (message, text) = next((m, t) for m, t in clips(here.on_telegram()) if words in t)
    video = video_of(here, message)
    assert video is not None
    return [*found, (NAMES.search(text)[0], video["video"]["file_name"], here.telegram.file_data(video))]  # type: ignore[index]


def said(posts: Any, words: str) -> bool:
    """Whether any of the posts says so."""
    return any(words in text for _, text in posts)


def alerts(posts: Any) -> list[dict[str, Any]]:
    """The posts that somebody has to decide."""
    return [message for message, _ in posts if "Confirm" in buttons_of(message)]


def labels(posts: Any) -> Any:
    """Posts with their buttons as text."""
    return [(message, " ".join(buttons_of(message))) for message, _ in posts]


def of(posts: Any, words: str) -> list[dict[str, Any]]:
    """The posts that say `words`."""
    return [message for message, text in posts if words in text]


def test_nothing_is_followed_before_the_place_is_set_up(evening: Evening):
    assert "/setup" in evening.replies["discord before"]
    assert f"@{HANDLE}" in evening.replies["discord follow"]
    assert f"@{HANDLE}" in evening.replies["telegram /follow @amina.kitchen"].replace("\u2060", "")


def test_the_start_is_told_once_and_becomes_the_end(evening: Evening):
    here = evening.town
    for posts, name in (
        (list(here.on_discord(here.discord.channel)), "discord"),
        (list(here.on_telegram()), "telegram"),
    ):
        ended = of(posts, "has ended")
        assert len(ended) == 1, name
        assert f"@{HANDLE}" in next(text for _, text in posts if "has ended" in text).replace("\u2060", "").replace(
            "\\", ""
        )
        assert any("txt" in label or "Transcript" in label for label in buttons_of(ended[0])), name
        assert not of(posts, "is live"), name


def test_the_start_has_its_cover_on_telegram_and_the_plot_answers_it(evening: Evening):
    here = evening.town
    (start,) = of(here.on_telegram(), "has ended")
    assert here.telegram.file_data(start).startswith(b"\xff\xd8\xff")
    (plot,) = [message for message, text in here.on_telegram() if "photo" in message and not text]
    assert plot["reply_to_message"]["message_id"] == start["message_id"]


def test_a_hit_quotes_the_comment_in_the_live_thread_and_in_the_group(evening: Evening):
    here = evening.town
    hit = of(here.on_discord(), "still happening today")
    assert len(hit) == 1
    assert hit[0]["channel_id"] in here.threads()
    assert len(of(here.on_telegram(), "still happening today")) == 1


@pytest.mark.parametrize(("hit", "begins"), [(CHAT, "juno_plays_giveaway_"), (SPEECH, "amina.kitchen_caller_")])
def test_a_chat_hit_and_a_speech_hit_give_a_named_clip_that_plays_on_both(evening: Evening, hit: str, begins: str):
    for shown, name, data in evening.clips[hit]:
        assert shown == name
        assert name.startswith(begins)
        with av.open(io.BytesIO(data)) as media:
            assert media.streams.video[0].codec_context.name == "h264"
            assert media.streams.audio[0].codec_context.name == "aac"
            assert media.duration is not None
            assert media.duration / av.time_base > 10
            assert next(iter(media.decode(video=0))).key_frame
        with av.open(io.BytesIO(data)) as media:
            assert next(iter(media.decode(audio=0))).samples


def test_a_clip_says_its_shape_on_telegram(evening: Evening):
    (video,) = [one for one, text in evening.town.on_telegram() if "video" in one and "best bit" in text]
    assert (video["video"]["width"], video["video"]["height"]) == (360, 640)
    assert video["video"]["duration"] > 10


def test_clips_are_kept_named_anew_and_deleted_by_their_buttons(evening: Evening):
    here = evening.town
    for posts in (here.on_discord, here.on_telegram):
        (kept,) = [message for message, text in posts() if "best bit.mp4" in text and "Longer" in buttons_of(message)]
        assert "Keep no longer" in buttons_of(kept)
        (gone,) = [message for message, text in posts() if "was deleted" in text]
        assert buttons_of(gone) == []
    assert [message["attachments"] for message, text in here.on_discord() if "was deleted" in text] == [[]]


@pytest.mark.parametrize("chat", ["discord", "telegram"])
def test_a_longer_clip_is_made_or_said_to_be_gone(evening: Evening, chat: str):
    told = evening.used[f"longer {chat}"]
    assert "longer" in told or "not kept any more" in told


def test_the_card_of_the_account_shows_its_picture(evening: Evening):
    (face,) = evening.faces
    assert evening.town.discord.attachment_data(face).startswith(b"\xff\xd8\xff")


def test_the_alert_stands_within_its_live_and_says_who_decided(evening: Evening):
    here = evening.town
    (decided,) = of(here.on_discord(), "Confirmed")
    assert decided["channel_id"] in here.threads()
    assert "alice" in next(text for message, text in here.on_discord() if message is decided)
    (decided,) = of(here.on_telegram(), "Dismissed")
    assert "Alice" in decided["text"]
    assert "moderators" in evening.decided["bob"]


def test_the_words_of_the_live_roll_silently(evening: Evening):
    here = evening.town
    rolled = [message for message, text in here.on_discord() if "soup" in text and " says" in text]
    assert rolled
    assert all(message["channel_id"] in here.threads() for message in rolled)
    assert any(call.params.get("disable_notification") for call in here.telegram.sent("sendMessage"))


def test_the_reply_to_transcribe_becomes_the_card(evening: Evening):
    here = evening.town
    for posts in (here.on_discord(), here.on_telegram()):
        cards = [message for message, _ in posts if "Full text" in buttons_of(message)]
        assert len(cards) == 1
    assert not of(here.on_discord(), "Transcribing")
    assert not of(here.on_telegram(), "Transcribing")


def test_neither_platform_was_asked_for_anything_it_forbids(evening: Evening):
    evening.town.assert_clean()


def test_it_stops_when_told_and_said_nothing_it_should_not(evening: Evening):
    assert evening.code == 0
    assert "Traceback" not in "".join(evening.errors)
    assert evening.town.discord.token not in "".join(evening.errors)
    assert evening.town.telegram.token not in "".join(evening.errors)
