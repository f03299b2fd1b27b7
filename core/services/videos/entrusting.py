"""Entrusting: a recording is heard by a service elsewhere: handed over once, waited for over restarts, and deleted there."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from core.errors import EarshotError, Invalid, Missing, Transient
from core.model.job import Job
from core.model.recording import Recorded, Remote, placed, segments_of
from core.model.transcript import SAMPLE_RATE, Segment, Span
from core.ports.clock import Clock
from core.ports.speech import Hook, RecordingToText, SpeechToText
from core.ports.store import Storage
from core.services.enduring import enduring
from core.services.pausing import Pause
from core.services.videos.patience import insisting

log = logging.getLogger(__name__)
EVERY, EVERY_CALLED = 3.0, 15.0
"""Seconds between two looks whether it is heard: Tiknote's; and where the service calls, in case its call is lost."""

PATIENCE = timedelta(minutes=10)  # an hour of sound is heard in two
SWEEP = 60.0  # seconds between two looks for what has to be deleted elsewhere
AT_ONCE = 200
KEPT = timedelta(days=1)  # how long somebody may still come back for what was not waited for
UNSURE = timedelta(minutes=5)  # what was handed over, but perhaps not begun, is not looked for any longer
GIVEN_UP = timedelta(days=30)  # what could not be deleted for so long, by a key that is gone, is left to the service
AT_THE_END = 3.0  # real seconds a program that ends takes to have deleted what is over


@dataclass
class Entrusting:
    """Recordings at services elsewhere. `hook` is the address where they may call, empty where they cannot."""

    storage: Storage
    clock: Clock
    engines: Sequence[SpeechToText]
    hook: str = ""
    _waiting: dict[str, Pause] = field(default_factory=dict)
    _pause: Pause = field(init=False)

    def __post_init__(self) -> None:
        self._pause = Pause(self.clock)

    # ------------------------------------------------------------------ heard

    async def begun_first(self, job: Job, engines: Sequence[SpeechToText]) -> list[SpeechToText]:
        """`engines`, those first to which this was handed over before: what they hear is paid for already."""
        async with self.storage.reading() as work:
            begun = [each.name for each in engines if await work.remotes.waiting(job.key, each.name)]
        return sorted(engines, key=lambda each: each.name not in begun)

    async def hear(
        self,
        job: Job,
        engine: RecordingToText,
        spans: AsyncIterator[Span],
        path: Path,
        language: str,
        *,
        speakers: bool,
    ) -> tuple[Segment, ...]:
        """What is said, for `job`: what was handed over for it before is waited for, else `spans` are, packed into `path`.

        Raises what the engine and `spans` raise, Invalid ENGINE_SLOW (engine, n): it can be asked for again.
        """
        async with self.storage.reading() as work:
            begun = await work.remotes.waiting(job.key, engine.name)
        remote = begun or await self._hand_over(job, engine, spans, path)
        if remote is None:
            return ()
        if not remote.external:
            external = await self._submit(engine, remote, language, speakers=speakers, perhaps=begun is not None)
            async with self.storage.work() as work:
                await work.remotes.submitted(remote.id, external)
            remote = replace(remote, external=external)
        recorded = await self._result(engine, remote)
        if not recorded.said:
            await self._let_go(remote)
        return segments_of(placed(recorded.said, remote.pieces), recorded.language or language, engine.name)

    async def _hand_over(
        self, job: Job, engine: RecordingToText, spans: AsyncIterator[Span], path: Path
    ) -> Remote | None:
        """Only speech goes up, each second of it once; None when there is none."""
        pieces: list[tuple[float, float]] = []

        async def spoken() -> AsyncIterator[bytes]:
            async for span in spans:
                pcm = span.pcm[2 * round(span.overlap * SAMPLE_RATE) :]
                start = span.start + span.overlap
                pieces.append((start, start + len(pcm) / 2 / SAMPLE_RATE))
                yield pcm

        await engine.pack(spoken(), path)
        if not pieces:
            return None
        upload = await insisting(self.clock, engine.name, lambda: engine.upload(path))
        secret = secrets.token_urlsafe(32) if self.hook else ""
        async with self.storage.work() as work:
            lost = bool(await work.jobs.lost((job,)))  # cancelled meanwhile: nobody else would have it deleted
            entrusted = Remote(
                0, job.key, job.place, engine.name, upload, tuple(pieces), self.clock.now(), "", secret, lost
            )
            remote = await work.remotes.add(entrusted)
        if lost:
            raise Transient("ENGINE_DOWN", engine=engine.name)
        return remote

    async def _submit(
        self, engine: RecordingToText, remote: Remote, language: str, *, speakers: bool, perhaps: bool
    ) -> str:
        """`perhaps`: it was asked for before, and the answer was lost: nothing is asked for, and paid for, twice."""
        hook = Hook(self.hook, remote.secret) if self.hook and remote.secret else None

        async def submitted() -> str:
            nonlocal perhaps
            found = await engine.submitted(remote.upload) if perhaps else ""
            perhaps = True
            return found or await engine.submit(remote.upload, language, speakers, hook)

        try:
            return await insisting(self.clock, engine.name, submitted)
        except Invalid:
            await self._let_go(remote)
            raise

    async def _result(self, engine: RecordingToText, remote: Remote) -> Recorded:
        pause = self._waiting[remote.external] = Pause(self.clock)
        until = self.clock.now() + PATIENCE
        try:
            while True:
                wait, trouble = EVERY_CALLED if remote.secret else EVERY, None
                try:
                    recorded = await engine.result(remote.external)
                except Transient as error:
                    wait, trouble = max(wait, error.retry_after or 0.0), error
                else:
                    if recorded is not None:
                        return recorded
                if self.clock.now() + timedelta(seconds=wait) > until:
                    raise trouble or Invalid("ENGINE_SLOW", engine=engine.name, n=round(PATIENCE.total_seconds() / 60))
                await pause.rest(wait)
        except Missing as error:  # somebody deleted it there: it has to be handed over anew
            await self._let_go(remote)
            raise Transient("ENGINE_DOWN", engine=engine.name) from error
        except Invalid as error:
            if error.code != "ENGINE_SLOW":
                await self._let_go(remote)
            raise
        finally:
            del self._waiting[remote.external]

    async def _let_go(self, remote: Remote) -> None:
        async with self.storage.work() as work:
            await work.remotes.over(remote.key)
        self.soon()

    # ------------------------------------------------------------------ called

    async def called(self, external: str, secret: str) -> bool:
        """A service says that it is done with a recording: whoever waits looks at once. False: it is none of ours, or what it
        shows is not what it was given. Nothing else that was said is believed."""
        async with self.storage.reading() as work:
            known = [remote.secret for remote in await work.remotes.of_number(external) if remote.secret]
        shown = secret.encode(errors="replace")
        if not any(hmac.compare_digest(each.encode(), shown) for each in known):
            return False
        if external in self._waiting:
            self._waiting[external].soon()
        return True

    # ------------------------------------------------------------------ deleted there

    def soon(self) -> None:
        """Something is over: have it deleted at once."""
        self._pause.soon()

    async def run(self) -> None:
        """Have deleted what is over, until cancelled."""
        while True:
            with enduring("deleting recordings elsewhere"):
                await self.round()
            await self._pause.rest(SWEEP)

    async def settle(self) -> None:
        """The same once, for a program that ends."""
        with suppress(TimeoutError), enduring("deleting recordings elsewhere"):
            async with asyncio.timeout(AT_THE_END):
                await self.round()

    async def round(self) -> None:
        """Ask once for each recording that has to go. What cannot be deleted now is asked for in the next round."""
        now = self.clock.now()
        async with self.storage.reading() as work:
            left = await work.remotes.left(now - KEPT, AT_ONCE)
        for remote in left:
            gone = await self._deleted(remote)
            if not gone and now - remote.since > GIVEN_UP:
                log.warning("%s could not be asked to delete %s", remote.engine, remote.external)
                gone = True
            if gone:
                async with self.storage.work() as work:
                    await work.remotes.remove(remote.id)

    async def _deleted(self, remote: Remote) -> bool:
        """Whether nothing of it lies there any more."""
        engine = next((one for one in self.engines if one.name == remote.engine), None)
        if not isinstance(engine, RecordingToText) or not engine.readiness().ready:
            return False
        try:
            external = remote.external or await engine.submitted(remote.upload)
            if not external:
                return self.clock.now() - remote.since > UNSURE
            await engine.forget(external)
        except Missing:
            return True
        except EarshotError as error:
            log.info("deleting a recording elsewhere: %s", error)
            return False
        return True
