"""What every plotter promises: a picture of any live, however strange, drawn while the loop goes on."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest

from core.adapters.plots.child import ChildPlotter
from core.errors import Transient
from core.ports.plotter import Bars, Plotter, Timeline
from tests.waiting import Standstill

PLOTTERS: dict[str, Callable[[], Plotter]] = {"child": ChildPlotter}
LIVE = Timeline(
    "@maria · Sunday kitchen",
    3600.0,
    [(0.0, 100), (1800.0, 1204), (3600.0, 20)],
    [float(n % 3600) for n in range(0, 7200, 7)],
    [(18.2, "giveaway"), (1800.0, "go")],
    [(0.0, 0.0), (42.0, 0.9), (60.0, 0.8), (3600.0, 0.2)],
    alerts=[(42.0, 0.9), (-5.0, 1.0), (1e9, 1.0)],
)
ROWS = [("hate", 3, 1, 0), ("harassment", 0, 2, 1)]
NOTHING = Timeline("", 0.0, [], [], [], [])
STRANGE = replace(LIVE, title="$\\frac{1}{0}$ <b>🍅</b> 台所 \u202e\x00\n" * 5, hits=[(-5.0, "$x^"), (1e9, "w" * 500)])


@pytest.fixture(params=PLOTTERS)
def plotter(request: pytest.FixtureRequest) -> Plotter:
    return PLOTTERS[request.param]()


class TestPlotter:
    @pytest.mark.parametrize("live", [LIVE, NOTHING, STRANGE], ids=["live", "nothing", "strange"])
    async def test_any_live_becomes_a_picture_and_the_loop_goes_on_meanwhile(
        self, plotter: Plotter, tmp_path: Path, live: Timeline
    ):
        longest = 0.0

        async def beat() -> None:
            nonlocal longest
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.005)
                longest = max(longest, time.monotonic() - before)

        beating = asyncio.create_task(beat())
        with Standstill() as still:
            await plotter.draw(live, tmp_path / "plot.png")
        beating.cancel()
        assert longest < 0.5 + still.seconds
        assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        with av.open(str(tmp_path / "plot.png")) as picture:
            frame = next(picture.decode(video=0))
        assert frame.width >= 600
        assert [one.name for one in tmp_path.iterdir()] == ["plot.png"]

    @pytest.mark.parametrize("dark", [True, False])
    async def test_a_dark_picture_is_dark_and_a_light_one_light(self, plotter: Plotter, tmp_path: Path, dark: bool):
        await plotter.draw(replace(LIVE, dark=dark), tmp_path / "plot.png")
        with av.open(str(tmp_path / "plot.png")) as picture:
            grey = next(picture.decode(video=0)).to_ndarray(format="gray")
        assert (grey.mean() < 100, (grey > 200).sum() < grey.size / 4) == (dark, dark)

    @pytest.mark.parametrize(
        "rows", [ROWS, [], [("$x^ 🍅 \u202e" * 20, 10**6, 0, 1)] * 12], ids=["usual", "none", "strange"]
    )
    async def test_any_counts_become_a_picture(self, plotter: Plotter, tmp_path: Path, rows: list):
        await plotter.bars(Bars("The judge and people", rows, ("both", "judge", "people")), tmp_path / "plot.png")
        with av.open(str(tmp_path / "plot.png")) as picture:
            assert next(picture.decode(video=0)).width >= 600
        assert [one.name for one in tmp_path.iterdir()] == ["plot.png"]

    async def test_where_it_cannot_draw_it_says_so_and_leaves_nothing(self, plotter: Plotter, tmp_path: Path):
        with pytest.raises(Transient) as raised:
            await plotter.draw(LIVE, tmp_path / "nowhere" / "plot.png")
        assert raised.value.code == "PLOT"
        assert list(tmp_path.iterdir()) == []
