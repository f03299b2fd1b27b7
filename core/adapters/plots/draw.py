"""Draws one live as a PNG: `python -m core.adapters.plots.draw PATH` reads the timeline as JSON from standard input."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from core.model.transcript import clock_text

BARS = 60


@dataclass(frozen=True)
class Colours:
    """What a plot is drawn in. Words and lines have a contrast of at least 4.5 on its paper; bars of chat stand behind them."""

    ink: str
    paper: str
    frame: str
    viewers: str
    chats: str
    hits: str
    risk: str


DARK = Colours("#dfe3ea", "#1e2127", "#3a3f4a", "#6ea8fe", "#4b5563", "#f5c451", "#f26d6d")
LIGHT = Colours("#24292f", "#ffffff", "#c4c9d1", "#1f5fd0", "#b8c1cd", "#7a4f00", "#c62828")


def draw(timeline: dict[str, Any], path: Path) -> None:
    """Viewers and risk as lines, chat as bars, hits and alerts as marks, over the seconds of the live."""
    colours = DARK if timeline["dark"] else LIGHT
    figure = Figure(figsize=(8, 4), dpi=120, facecolor=colours.paper, layout="constrained")
    viewers, risk = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    seconds = max(1.0, float(timeline["seconds"]))
    _viewers(viewers, timeline, seconds, colours)
    _risk(risk, timeline, seconds, colours)
    for axes in (viewers, risk):
        axes.set_facecolor(colours.paper)
        axes.tick_params(colors=colours.ink, labelsize=9)
        axes.spines[:].set_color(colours.frame)
    risk.set_xlim(0, seconds)
    risk.xaxis.set_major_formatter(FuncFormatter(lambda second, _: clock_text(second)))
    viewers.set_title(printable(timeline["title"]), color=colours.ink, fontsize=11, loc="left", parse_math=False)
    beside = path.with_suffix(".new.png")
    figure.savefig(beside, facecolor=colours.paper)
    beside.replace(path)


def _viewers(axes: Any, timeline: dict[str, Any], seconds: float, colours: Colours) -> None:
    chat = axes.twinx()
    chat.hist(timeline["chats"], bins=BARS, range=(0, seconds), color=colours.chats, alpha=0.7)
    chat.set_ylabel("chat lines", color=colours.ink, fontsize=9)
    chat.tick_params(colors=colours.ink, labelsize=9)
    chat.spines[:].set_color(colours.frame)
    chat.set_facecolor(colours.paper)
    chat.yaxis.get_major_locator().set_params(integer=True)
    axes.set_zorder(chat.get_zorder() + 1)
    axes.patch.set_visible(False)
    if timeline["viewers"]:
        at, counts = zip(*timeline["viewers"], strict=True)
        axes.plot(at, counts, color=colours.viewers, linewidth=2)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("viewers", color=colours.ink, fontsize=9)
    top = axes.get_ylim()[1]
    for second, word in timeline["hits"]:
        second = min(
            max(second, 0.0), seconds
        )  # a word outside the axes would be drawn, and the picture made to hold it
        axes.axvline(second, color=colours.hits, linewidth=1, linestyle=":")
        axes.text(second, top * 0.97, " " + printable(word), color=colours.hits, fontsize=8, va="top", parse_math=False)


def _risk(axes: Any, timeline: dict[str, Any], seconds: float, colours: Colours) -> None:
    if timeline["risks"]:
        at, risk = zip(*timeline["risks"], strict=True)
        axes.plot(at, risk, color=colours.risk, linewidth=1.5)
        axes.fill_between(at, risk, color=colours.risk, alpha=0.2, linewidth=0)
    for second, score in timeline["alerts"]:
        axes.plot(
            [min(max(second, 0.0), seconds)], [score], marker="v", color=colours.risk, markersize=7, clip_on=False
        )
    axes.set_ylim(0, 1)
    axes.set_ylabel("risk", color=colours.ink, fontsize=9)


def printable(text: str) -> str:
    """Only characters the shipped font has; others would be drawn as empty boxes with a warning each."""
    shown = "".join(c if c.isprintable() and ord(c) < 0x2E80 else " " for c in text)
    return " ".join(shown.split())[:60]


if __name__ == "__main__":
    draw(json.load(sys.stdin), Path(sys.argv[1]))
