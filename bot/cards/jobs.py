"""Cards of work: what waits, runs or failed, whose it is, since when, how long it takes, and why it failed."""

from collections.abc import Mapping
from datetime import timedelta

from bot.card import Button, Card, Item, Press
from bot.cards.brief import LABEL, TITLE, brief
from bot.cards.drawing import draw
from bot.cards.errors import TEXTS, failed
from bot.cards.posts import joined
from bot.command import key
from bot.paging import arrows
from bot.replies.admin import JobList, JobShown
from bot.replies.common import Failed
from bot.wording import Line, Style, Words
from core.model.job import Job, JobState
from core.services.videos.ordering import KIND as TRANSCRIBE
from core.services.videos.ordering import Order
from core.services.videos.reckoning import Turn

JOB_STATES: Mapping[JobState, str] = {
    JobState.WAITING: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.DEAD: "failed",
    JobState.CANCELLED: "cancelled",
}
KINDS: Mapping[str, str] = {
    "clip": "a clip",
    "report": "a report",
    "transcribe": "a transcription",
    "tidy": "cleaning up",
    "title": "judging a title",
    "late words": "screening with late words",
    "rescreen": "screening clips again",
    "learn": "learning from decisions",
    "weights": "fetching weights",
    "register": "registering the commands",
}
LISTED = {JobState.WAITING: "waiting", JobState.RUNNING: "running", JobState.DEAD: "failed"}
ERROR = 120  # characters of an error that nobody has words for


@draw.register
def job_list(meaning: JobList, words: Words) -> Card:
    """What waits, runs or failed; each opens."""
    standing = dict(meaning.turns)
    items = tuple(
        Item(_row(job, standing.get(job.id), meaning, words), key("admin.job", job.id)) for job in meaning.rows
    )
    title = words.line("**Work {state}: {n}**", state=words.term(JOB_STATES[meaning.state]), n=words.number(meaning.n))
    others = tuple(
        Button(
            words.say("{state} · {n}", state=words.term(JOB_STATES[state]), n=meaning.counts.get(state, 0)),
            key("admin.jobs", name),
        )
        for state, name in LISTED.items()
        if state is not meaning.state
    )
    turning = arrows("admin.jobs", meaning.page, meaning.pages, LISTED.get(meaning.state, "waiting"))
    counted = tuple(
        words.line("{state} · {n}", state=words.term(JOB_STATES[state]), n=words.number(n))
        for state, n in meaning.counts.items()
    )
    return Card(
        title,
        foot=joined(counted, words),
        items=items,
        buttons=tuple(row for row in (turning, others) if row),
        private=True,
    )


def _row(job: Job, turn: Turn | None, meaning: JobList, words: Words) -> Line:
    parts = [words.line("{job}", job=_job(job, words))]
    if job.since is not None:
        age = meaning.now - job.since
        parts.append(
            words.line("for {age}", age=words.length(age)) if age > timedelta(0) else words.line("not due yet")
        )
    parts += [*_left(job, turn, words), *_why(job, words)]
    return joined(parts, words)


def _job(job: Job, words: Words) -> str:
    return f"j{job.id} · {kind_of(job.kind, words)}" + (f" · {job.place}" if job.place else "")


def kind_of(kind: str, words: Words) -> str:
    """What people call such work."""
    return words.term(KINDS[kind]) if kind in KINDS else kind


def _left(job: Job, turn: Turn | None, words: Words) -> list[Line]:
    """How many are ahead, and how long it takes, as far as anybody knows."""
    parts = []
    if turn is not None and turn.ahead:
        parts.append(words.count("{n} job is ahead", "{n} jobs are ahead", turn.ahead))
    left = turn.left if turn is not None else job.progress.get("left_seconds")
    if left is not None and job.state in (JobState.WAITING, JobState.RUNNING):
        parts.append(words.line("about {left} left", left=words.length(timedelta(seconds=left))))
    return parts


def _why(job: Job, words: Words) -> list[Line]:
    """Why it failed, as people are told it; what nobody has words for stays as it is."""
    code = str(job.progress.get("failed") or job.error.partition(" ")[0])
    values = job.progress.get("values")
    if code in TEXTS and code != "BUG":  # of our own mistakes the owner is told what is known
        said = failed(Failed(code, values if isinstance(values, dict) else {}), words).title
        first = "".join(run.text for run in said if run.style is Style.BOLD)
        if first and "{" not in first:
            return [words.line("{error}", error=first)]
    return [words.line("{error}", error=brief(job.error, ERROR))] if job.error else []


@draw.register
def job_shown(meaning: JobShown, words: Words) -> Card:
    """Whose it is, how far it is, why it failed, and what can be done with it."""
    job = meaning.job
    state = words.line("{state}", state=words.term(JOB_STATES[job.state]))
    tried = [words.count("tried once", "tried {n} times", job.attempt)] if job.attempt else []
    body = [joined((state, *tried, *_left(job, meaning.turn, words)), words)]
    if job.kind == TRANSCRIBE:
        order = Order.of(job)
        title = str(job.progress.get("title") or order.name or order.link.address)
        body.append(words.line("It was “{title}”.", title=brief(title, TITLE)))
    body += _whose(meaning, words)
    if job.due is not None and job.state is JobState.WAITING and job.due > meaning.now:
        body.append(words.line("Next in {left}.", left=words.length(job.due - meaning.now)))
    body += _why(job, words)
    row = []
    if job.state in (JobState.DEAD, JobState.CANCELLED):
        row.append(Button(words.say("Try again"), key("admin.retry", job.id), Press.MAIN))
    row.append(Button(words.say("All work"), "admin.jobs"))
    if job.state in (JobState.WAITING, JobState.RUNNING):
        row.append(Button(words.say("Cancel"), key("admin.cancel", job.id), Press.DANGER))
    return Card(words.line("**{job}**", job=_job(job, words)), tuple(body), buttons=(tuple(row),), private=True)


def _whose(meaning: JobShown, words: Words) -> list[Line]:
    """Who asked for it, where, and when."""
    job, lines = meaning.job, []
    if job.by:
        where = brief(meaning.place or job.place, LABEL)
        lines.append(words.line("Asked for by {person} in {place}.", person=job.by, place=where))
    if job.since is not None and job.since <= meaning.now:
        age = words.length(meaning.now - job.since)
        lines.append(
            words.line(
                "First due {day} {time}, {age} ago.", day=words.day(job.since), time=words.time(job.since), age=age
            )
        )
    return lines
