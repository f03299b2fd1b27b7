"""What kills leave behind on a platform: what is lost, what is there twice, and of what nobody knows."""

from collections.abc import Mapping


def judge(platform: str, kills: int, states: Mapping[str, str], posted: Mapping[str, int]) -> None:
    """Print the counts, and fail when a notice was lost or doubled. `states` of the deliveries and how often each was `posted`,
    by their notices' keys. Only Telegram may leave something unknown: it recognises no repeats."""
    doubled = [key for key in states if posted[key] > 1]
    lost = [key for key, state in states.items() if state == "sent" and not posted[key]]
    unknown = [key for key, state in states.items() if state == "unknown"]
    arrived = sum(bool(posted[key]) for key in unknown)
    print(
        f"\n{platform}: {kills} kills, {len(states)} notices, {len(lost)} lost, {len(doubled)} doubled,"
        f" {len(unknown)} unknown ({arrived} of them posted)"
    )
    assert (lost, doubled) == ([], [])
    assert set(states.values()) <= ({"sent"} if platform == "discord" else {"sent", "unknown"}), states
