"""Draws one live as a PNG: `python -m core.adapters.plots.draw PATH` reads the timeline as JSON from standard input."""

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from core.model.transcript import clock_text

INK, PAPER, VIEWERS, CHATS, HITS, RISK = "#dfe3ea", "#1e2127", "#6ea8fe", "#4b5563", "#f5c451", "#f26d6d"
BARS = 60


def draw(timeline: dict[str, Any], path: Path) -> None:
    """Viewers as a line, chat as bars, hits and risk as marks, over the seconds of the live."""
    figure = Figure(figsize=(8, 4), dpi=120, facecolor=PAPER, layout="constrained")
    viewers, risk = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    seconds = max(1.0, float(timeline["seconds"]))
    _viewers(viewers, timeline, seconds)
    _risk(risk, timeline)
    for axes in (viewers, risk):
        axes.set_facecolor(PAPER)
        axes.tick_params(colors=INK, labelsize=9)
        axes.spines[:].set_color("#3a3f4a")
    risk.set_xlim(0, seconds)
    risk.xaxis.set_major_formatter(FuncFormatter(lambda second, _: clock_text(second)))
    viewers.set_title(_printable(timeline["title"]), color=INK, fontsize=11, loc="left", parse_math=False)
    beside = path.with_suffix(".new.png")
    figure.savefig(beside, facecolor=PAPER)
    beside.replace(path)


def _viewers(axes: Any, timeline: dict[str, Any], seconds: float) -> None:
    chat = axes.twinx()
    chat.hist(timeline["chats"], bins=BARS, range=(0, seconds), color=CHATS, alpha=0.7)
    chat.set_ylabel("chat lines", color=INK, fontsize=9)
    chat.tick_params(colors=INK, labelsize=9)
    chat.spines[:].set_color("#3a3f4a")
    chat.set_facecolor(PAPER)
    chat.yaxis.get_major_locator().set_params(integer=True)
    axes.set_zorder(chat.get_zorder() + 1)
    axes.patch.set_visible(False)
    if timeline["viewers"]:
        at, counts = zip(*timeline["viewers"], strict=True)
        axes.plot(at, counts, color=VIEWERS, linewidth=2)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("viewers", color=INK, fontsize=9)
    top = axes.get_ylim()[1]
    for second, word in timeline["hits"]:
        second = min(
            max(second, 0.0), seconds
        )  # a word outside the axes would be drawn, and the picture made to hold it
        axes.axvline(second, color=HITS, linewidth=1, linestyle=":")
        axes.text(second, top * 0.97, " " + _printable(word), color=HITS, fontsize=8, va="top", parse_math=False)


def _risk(axes: Any, timeline: dict[str, Any]) -> None:
    for second, score in timeline["risks"]:
        axes.vlines(second, 0, score, color=RISK, linewidth=3)
    axes.set_ylim(0, 1)
    axes.set_ylabel("risk", color=INK, fontsize=9)


def _printable(text: str) -> str:
    """Only characters the shipped font has; others would be drawn as empty boxes with a warning each."""
    shown = "".join(c if c.isprintable() and ord(c) < 0x2E80 else " " for c in text)
    return " ".join(shown.split())[:60]


if __name__ == "__main__":
    draw(json.load(sys.stdin), Path(sys.argv[1]))
