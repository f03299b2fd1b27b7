"""Cards about Earshot itself."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.drawing import draw
from bot.cards.judged import judges_silent
from bot.cards.obs import in_short
from bot.cards.posts import joined
from bot.cards.terms import ENGINES, term
from bot.cards.usage import cost_lines, used_lines
from bot.command import Command, Option, key
from bot.replies.house import Help, SourceShown, Status
from bot.running import TOO_OLD
from bot.wording import Line, Run, Style, Words

TASKS: dict[str, frozenset[str]] = {
    "videos": frozenset({"transcribe", "feed", "transcript"}),
    "search": frozenset({"search"}),
    "accounts": frozenset({"following", "follow", "unfollow", "account"}),
    "lives": frozenset({"lives", "watch", "clip"}),
    "alerts": frozenset({"trigger", "review"}),
    "own": frozenset({"me", "tiktok", "privacy"}),
    "place": frozenset({"setup", "settings", "digest", "obs"}),
    "bot": frozenset(),
}
"""What people want to do, and the first words of the commands for it; the last takes every other."""
SHORT = 12  # commands that are listed at once, with all they take
TASKS_SAID = {
    "videos": "Turn videos into text",
    "search": "Find what was said or written",
    "accounts": "Follow accounts",
    "lives": "Watch lives and keep clips",
    "alerts": "Be told of words and risks",
    "own": "What is yours",
    "place": "Set up this place",
    "bot": "The bot itself",
}


@draw.register
def status(meaning: Status, words: Words) -> Card:
    """How it is, in one look."""
    vitals = meaning.vitals
    body: list[Line] = []
    if vitals is None:
        title = words.line("**Earshot is not running on this data folder.** Start it with `earshot run`.")
    else:
        since = datetime.fromtimestamp(vitals.since, UTC)
        title = words.line("**Earshot is well**, running since {at}.", at=f"{words.day(since)} {words.time(since)}")
        body.append(
            words.line(
                "Loop lag {lag} s (p99 {p99} s) · writer wait {wait} s · ",
                lag=words.decimal(vitals.loop_lag_seconds, 3),
                p99=words.decimal(vitals.loop_lag_p99_seconds, 3),
                wait=words.decimal(vitals.writer_wait_seconds, 2),
            )
            + words.count("{n} job running", "{n} jobs running", vitals.jobs)
        )
    body.append(
        words.line(
            "Following {n} · live now {m} · alerts waiting {k}",
            n=meaning.followed,
            m=meaning.lives,
            k=meaning.waiting_alerts,
        )
    )
    waiting = sum(meaning.deliveries.get(state, 0) for state in ("new", "retry", "sending"))
    body.append(
        words.line("Posts waiting {n} · of unknown fate {m}", n=waiting, m=meaning.deliveries.get("unknown", 0))
    )
    body.append(
        words.line(
            "Speech to text: {engine} · risk: {judge}",
            engine=meaning.engine or words.say("none ready"),
            judge=term(ENGINES, meaning.judge, words),
        )
    )
    body += [*judges_silent(meaning, words), *cost_lines(meaning.cost, words)]
    body += in_short(meaning.obs, words)
    body += [*_videos(meaning, words), *used_lines(meaning.used, words)]
    body += [*_tiktok(meaning, words), *_age(meaning.downloader_days, words)]
    buttons = ((Button(words.say("Who is followed"), "following"), Button(words.say("Live now"), "lives.now")),)
    return Card(title, tuple(body), buttons=buttons, tone=Tone.WARN if vitals is None else Tone.GOOD, private=True)


def _videos(meaning: Status, words: Words) -> Iterator[Line]:
    """The queue of videos, and what of it is the asker's."""
    parts = [
        words.line("{n} under way", n=words.number(meaning.videos_running)),
        words.line("{n} waiting", n=words.number(meaning.videos_waiting)),
        words.line("{n} of them yours", n=words.number(meaning.own_videos)),
    ]
    yield words.line("Videos into text: ") + joined(parts, words)


def _tiktok(meaning: Status, words: Words) -> Iterator[Line]:
    """TikTok's side: what it does not let us do at present, and how many chats may still be opened."""
    vitals = meaning.vitals
    if meaning.unread:
        yield words.count(
            "{n} account has no reading at present.", "{n} accounts have no reading at present.", meaning.unread
        )
    if vitals is None:
        return
    if vitals.limited_until > meaning.now.timestamp():
        until = words.time(datetime.fromtimestamp(vitals.limited_until, UTC))
        yield words.line("TikTok limits me until {at}: new lives may show up late.", at=until)
    if vitals.signs_left is not None:
        yield words.count("{n} more chat may be opened now.", "{n} more chats may be opened now.", vitals.signs_left)


def _age(days: int | None, words: Words) -> Iterator[Line]:
    """How old yt-dlp is; past its time, what to do."""
    if days is None:
        return
    if days > TOO_OLD:
        yield words.count(
            "yt-dlp is {n} day old: update it, or videos will fail.",
            "yt-dlp is {n} days old: update it, or videos will fail.",
            days,
        )
    else:
        yield words.count("yt-dlp is {n} day old.", "yt-dlp is {n} days old.", days)


@draw.register
def source_shown(meaning: SourceShown, words: Words) -> Card:
    """Repository, commit, licence."""
    running = meaning.running
    title = (
        words.line("**Earshot {version}** is free software.", version=running.version)
        if running.version
        else words.line("**Earshot** is free software.")
    )
    commit = (
        words.line("Running commit: {commit}", commit=running.commit)
        if running.commit
        else words.line("The running commit is not known: this copy was packed without it.")
    )
    body = (
        words.line("Source code: {address}", address=running.repository),
        commit,
        words.line(
            "Licence: {licence}. TikTokLive 7, which reads the chats, is under a modified AGPL.",
            licence=running.licence,
        ),
    )
    buttons = ((Button(words.say("Source code"), running.repository, Press.LINK),),)
    return Card(title, body, buttons=buttons)


@draw.register
def help_(meaning: Help, words: Words) -> Card:
    """What the asker may use, one line each; with a topic, only what speaks of it."""
    topic = meaning.topic.casefold().lstrip("/")
    tasks = dict(_by_task(meaning.commands))
    if not topic and len(meaning.commands) > SHORT:
        return _overview(meaning, tasks, words)
    found = [command for command in meaning.commands if topic in f"{command.name} {command.about}".casefold()]
    chosen = tasks.get(topic, found)
    if not chosen:
        return Card(
            words.line("**Nothing here is about “{x}”.** `/help` lists everything.", x=meaning.topic), private=True
        )
    items = tuple(item for task, commands in _by_task(chosen) for item in _task(task, commands, words))
    foot = words.line("Your own number: {id}", id=meaning.person)
    buttons = ((Button(words.say("Everything"), "help"),),) if topic else ()
    title, body = words.line("**What you can do here**"), tuple(_first(meaning, words))
    return Card(title, body, items=items, foot=foot, buttons=buttons, private=True)


def _overview(meaning: Help, tasks: dict[str, list[Command]], words: Words) -> Card:
    """A line a task, which opens: all commands with their values would be a wall."""
    items = tuple(
        Item(words.line("**{task}** · ", task=words.term(TASKS_SAID[task])) + _named(commands), key("help", task))
        for task, commands in tasks.items()
    )
    body = (*_first(meaning, words), words.line("Open a line for what is behind it."))
    set_up = not meaning.begun and any(command.name == "setup" for command in meaning.commands)
    buttons = ((Button(words.say("Set up"), "setup", Press.MAIN),),) if set_up else ()
    foot = words.line("Your own number: {id}", id=meaning.person)
    return Card(words.line("**What you can do here**"), body, items=items, foot=foot, buttons=buttons, private=True)


def _named(commands: Iterable[Command]) -> Line:
    """The first words, each once."""
    names = dict.fromkeys(command.name.partition(" ")[0] for command in commands)
    return tuple(run for name in names for run in (Run(f"/{name}", Style.CODE), Run(" ")))[:-1]


def _first(meaning: Help, words: Words) -> Iterator[Line]:
    """What has to be done before anything is told here."""
    if not meaning.begun and any(command.name == "setup" for command in meaning.commands):
        yield words.line("Nothing is set up here yet: `/setup` does it in four steps.")
    elif not meaning.begun:
        yield words.line("Nothing is set up here yet: one of the managers types `/setup`.")


def _by_task(commands: Iterable[Command]) -> Iterator[tuple[str, list[Command]]]:
    """The commands of each task, in the order of the tasks; what belongs to none comes with the last."""
    rest = list(commands)
    for task, families in TASKS.items():
        mine = [command for command in rest if command.name.partition(" ")[0] in families or not families]
        rest = [command for command in rest if command not in mine]
        if mine:
            yield task, mine


def _task(task: str, commands: list[Command], words: Words) -> Iterator[Item]:
    yield Item(words.line("**{task}**", task=words.term(TASKS_SAID[task])))
    for command in commands:
        typed = " ".join([command.name, *usage(command.shown)])
        yield Item(words.line("`/{name}` ", name=typed) + words.line(command.about))


def usage(options: Iterable[Option]) -> list[str]:
    """How options are shown behind a command: `ACCOUNT [language]`."""
    return [o.name.upper() if o.required else f"[{o.name}]" for o in options]
