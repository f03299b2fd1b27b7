"""A real OBS Studio on a virtual screen, with a replay buffer and its WebSocket server on loopback.

Debian: apt-get install -y --no-install-recommends obs-studio xvfb libgl1-mesa-dri. No graphics card and no sound server is needed.
"""

import asyncio
import json
import os
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import listening

PASSWORD = "earshot-tests-only"
SECONDS, FPS = 12, 10  # of the replay buffer; of the picture, which is drawn without a graphics card
GLOBAL = """\
[General]
FirstRun=true
EnableAutoUpdates=false
ConfirmOnExit=false
LastVersion=486539265
Language=en-US
[Basic]
Profile=Tests
ProfileDir=Tests
SceneCollection=Tests
SceneCollectionFile=Tests
ConfigOnNewProfile=false
[BasicWindow]
SysTrayEnabled=false
[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort={port}
AlertsEnabled=false
AuthRequired=true
ServerPassword={password}
"""
PROFILE = """\
[General]
Name=Tests
[Video]
BaseCX=640
BaseCY=360
OutputCX=640
OutputCY=360
FPSType=0
FPSCommon={fps}
[Output]
Mode=Simple
FilenameFormatting=%CCYY-%MM-%DD %hh-%mm-%ss
[SimpleOutput]
FilePath={record}
RecFormat={form}
RecFormat2={form}
RecQuality=Stream
StreamEncoder=x264
VBitrate=800
ABitrate=96
Preset=ultrafast
UseAdvanced=true
x264Settings=keyint=20
RecRB=true
RecRBTime={seconds}
RecRBSize=128
RecRBPrefix=Replay
[Audio]
SampleRate=44100
ChannelSetup=Stereo
"""
PLACE = {"x": 0.0, "y": 0.0}
SCENE = {
    "name": "Tests",
    "current_scene": "Kitchen",
    "current_program_scene": "Kitchen",
    "scene_order": [{"name": "Kitchen"}],
    "sources": [
        {
            "id": "scene",
            "name": "Kitchen",
            "versioned_id": "scene",
            "settings": {
                "id_counter": 1,
                "custom_size": False,
                "items": [{"name": "Colour", "id": 1, "visible": True, "pos": PLACE, "scale": {"x": 1.0, "y": 1.0}}],
            },
        },
        {
            "id": "color_source",
            "name": "Colour",
            "versioned_id": "color_source_v3",
            "settings": {"color": 4278255360, "width": 640, "height": 360},
        },
    ],
}


@dataclass
class Studio:
    """One OBS with its own settings in `folder`, recording as `form`. `start` and `kill` it as often as you like."""

    folder: Path
    form: str = "mp4"
    port: int = 0
    _running: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        """What OBS_URL is then."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def record(self) -> Path:
        """Where replays go."""
        return self.folder / "rec"

    async def start(self) -> None:
        """Returns when the WebSocket server takes connections."""
        self.port = self.port or _free_port()
        self._write()
        display = await self._screen()
        surroundings = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "house"),
            "XDG_CONFIG_HOME": str(self.folder / "house" / ".config"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LP_NUM_THREADS": "1",
            "LC_ALL": "C.UTF-8",
        }
        words = "--multi --minimize-to-tray --disable-missing-files-check --collection Tests --profile Tests".split()
        process = await self._spawn("obs", *words, "--startreplaybuffer", surroundings=surroundings)
        listens = asyncio.create_task(listening(self.port))
        ends = asyncio.create_task(process.wait())
        await asyncio.wait((listens, ends), return_when=asyncio.FIRST_COMPLETED)
        ends.cancel()
        assert process.returncode is None, (self.folder / "obs.log").read_text(errors="replace")[-2000:]
        await listens

    async def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End OBS and its screen, the last that was started first."""
        for process in reversed(self._running):
            if process.returncode is None:
                process.send_signal(how)
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()
            how = signal.SIGTERM
        self._running.clear()

    def _write(self) -> None:
        config = self.folder / "house" / ".config" / "obs-studio"
        profile, plugin = config / "basic" / "profiles" / "Tests", config / "plugin_config" / "obs-websocket"
        for folder in (profile, plugin, config / "basic" / "scenes", self.record, self.folder / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "run").chmod(0o700)
        said = GLOBAL.format(port=self.port, password=PASSWORD)
        (config / "global.ini").write_text(said)
        (config / "user.ini").write_text(said)  # OBS 31 and later read this one
        server = {"first_load": False, "server_enabled": True, "server_port": self.port, "alerts_enabled": False}
        (plugin / "config.json").write_text(json.dumps({**server, "auth_required": True, "server_password": PASSWORD}))
        made = PROFILE.format(record=self.record, form=self.form, seconds=SECONDS, fps=FPS)
        (profile / "basic.ini").write_text(made)
        (config / "basic" / "scenes" / "Tests.json").write_text(json.dumps(SCENE))

    async def _screen(self) -> str:
        """A virtual screen; Xvfb picks its number and writes it."""
        reading, writing = os.pipe()
        size = ("-screen", "0", "800x600x24", "+extension", "GLX", "-nolisten", "tcp")
        await self._spawn("Xvfb", "-displayfd", str(writing), *size, passed=(writing,))
        os.close(writing)
        with os.fdopen(reading) as said:  # to the end of the line: it comes in pieces
            number = await asyncio.wait_for(asyncio.to_thread(said.readline), 20)
        return f":{number.strip()}"

    async def _spawn(
        self, *words: str, surroundings: dict[str, str] | None = None, passed: tuple[int, ...] = ()
    ) -> asyncio.subprocess.Process:
        log = (self.folder / f"{words[0]}.log").open("ab")
        with log:
            process = await asyncio.create_subprocess_exec(
                *words, env=surroundings, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=passed
            )
        self._running.append(process)
        return process


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
