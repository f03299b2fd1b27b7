"""Every command on Discord is acknowledged within a second, whatever hangs outside and whatever is being worked at."""

from pathlib import Path

from tests.journeys.acknowledging import acknowledged


async def test_every_command_is_acknowledged_while_transcriptions_run_and_the_outside_hangs(tmp_path: Path):
    found = await acknowledged(tmp_path / "data")
    print(f"\np95 {found.p95:.3f} s, slowest {max(found.seconds.items(), key=lambda one: one[1])}")
    assert found.under_way == 20
    assert found.violations == []
    assert found.p95 <= 1.0, found.seconds
    assert max(found.seconds.values()) < 3.0
