"""What a bot did that the real service would refuse, or that its documents do not allow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass
class Violation:
    """One, and where it was done. `kind` is what a test may leave out."""

    what: str
    where: str
    kind: str

    def __str__(self) -> str:
        return f"[{self.kind}] {self.where}: {self.what}"


def assert_none(service: str, found: Sequence[Violation], own: Sequence[str], ignore: Collection[str] = ()) -> None:
    """Fail when a bot broke a rule of `service`, or the loopback's answers break its documents (`own`)."""
    bad = [str(one) for one in found if one.kind not in ignore] + [f"[fake] {one}" for one in own]
    if bad:
        raise AssertionError(f"{service} rules broken:\n" + "\n".join(bad))
