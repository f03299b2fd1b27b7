"""Draws counts as bars in a PNG: `python -m core.adapters.plots.counts PATH` reads them as JSON from standard input."""

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from core.adapters.plots.draw import DARK, LIGHT, printable

HEIGHT, EACH = 1.3, 0.45  # inches of the frame, and of one row


def draw(bars: dict[str, Any], path: Path) -> None:
    """One row for each name, its three counts behind each other; the first row is on top."""
    colours = DARK if bars["dark"] else LIGHT
    rows = bars["rows"]
    figure = Figure(
        figsize=(8, HEIGHT + EACH * max(1, len(rows))), dpi=120, facecolor=colours.paper, layout="constrained"
    )
    axes = figure.subplots()
    left = [0] * len(rows)
    shown = (colours.viewers, colours.risk, colours.hits)
    for at, (name, colour) in enumerate(zip(bars["legend"], shown, strict=True), 1):
        counts = [row[at] for row in rows]
        axes.barh(range(len(rows)), counts, left=left, color=colour, label=printable(name), height=0.6)
        left = [before + count for before, count in zip(left, counts, strict=True)]
    axes.set_yticks(range(len(rows)), [printable(row[0]) for row in rows])
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_facecolor(colours.paper)
    axes.tick_params(colors=colours.ink, labelsize=9)
    axes.spines[:].set_color(colours.frame)
    legend = {"facecolor": colours.paper, "edgecolor": colours.frame, "labelcolor": colours.ink, "fontsize": 9}
    figure.legend(loc="outside lower left", ncols=len(shown), **legend)
    axes.set_title(printable(bars["title"]), color=colours.ink, fontsize=11, loc="left", parse_math=False)
    beside = path.with_suffix(".new.png")
    figure.savefig(beside, facecolor=colours.paper)
    beside.replace(path)


if __name__ == "__main__":
    draw(json.load(sys.stdin), Path(sys.argv[1]))
