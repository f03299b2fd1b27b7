"""Silero's voice detector: how likely every 32 ms of sound are speech, fed as a stream."""

import os
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.adapters.media.sound import Samples
from core.errors import Bug

if TYPE_CHECKING:
    import onnxruntime

Floats = NDArray[np.float32]

WINDOW = 512
"""Samples of one judgement: 32 ms at 16 kHz."""

CONTEXT = 64
"""Samples before a window that the model wants to see with it."""

MODEL = Path("assets", "silero_vad_v6.onnx")
"""Inside faster-whisper's wheel (1.2 MB, MIT)."""


class Detector:
    """The model, one for all lives: its session is thread-safe, the state is each stream's own.

    Loaded by the first thread that judges (0.3 s with its library), never by the event loop.
    """

    def __init__(self) -> None:
        self._session: onnxruntime.InferenceSession | None = None
        self._loading = threading.Lock()

    def stream(self) -> "Listener":
        """A new stream's ear, which has heard nothing."""
        return Listener(self)

    def session(self) -> "onnxruntime.InferenceSession":
        """The loaded model. Raises Bug VAD_MODEL when it is not installed."""
        with self._loading:
            if self._session is None:
                self._session = _load(model_path())
            return self._session


class Listener:
    """The detector's memory of one stream."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._h: Floats = np.zeros((1, 1, 128), np.float32)
        self._c: Floats = np.zeros((1, 1, 128), np.float32)
        self._context: Floats = np.zeros(CONTEXT, np.float32)

    def forget(self) -> None:
        """Begin anew: after a gap what came before says nothing."""
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def judge(self, samples: Samples) -> Floats:
        """The probability of speech in each window of `samples`, a whole number of windows."""
        windows = samples.reshape(-1, WINDOW).astype(np.float32) / np.float32(32768)
        batch = np.empty((len(windows), CONTEXT + WINDOW), np.float32)
        batch[:, CONTEXT:] = windows
        batch[1:, :CONTEXT] = windows[:-1, -CONTEXT:]
        batch[0, :CONTEXT] = self._context
        self._context = windows[-1, -CONTEXT:].copy()
        found, self._h, self._c = self._detector.session().run(None, {"input": batch, "h": self._h, "c": self._c})
        return np.asarray(found, np.float32).reshape(-1)


def model_path() -> Path:
    """Where the model lies. Finds the package without importing it: that would load a translation engine of 146 MB."""
    spec = find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / MODEL).is_file():
            return path
    raise Bug("VAD_MODEL", x=str(MODEL))


def _load(path: Path) -> "onnxruntime.InferenceSession":
    os.environ["ORT_DISABLE_TELEMETRY"] = (
        "1"  # 1.31 reports its use to its maker, from Linux too; it reads this when it loads
    )
    import onnxruntime  # 0.2 s that a start without a live does not need

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
