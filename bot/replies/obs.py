"""Replies about OBS."""

from dataclasses import dataclass

from core.ports.replays import ReplayState
from core.services.clipping.serving import Mode


@dataclass(frozen=True)
class ObsShown:
    """How OBS is, for a place it serves in `mode`. `running`: a process is there that keeps it connected. `places` are the names of
    all it serves, for the owner only."""

    state: ReplayState
    mode: Mode
    running: bool
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObsElsewhere:
    """OBS does not serve this place. `may`: the asker could have it do so."""

    may: bool


@dataclass(frozen=True)
class ObsConnected:
    """OBS answers, and serves this place from now on."""

    state: ReplayState
    mode: Mode


@dataclass(frozen=True)
class ObsTrying:
    """It is being asked; that takes longer than usual."""
