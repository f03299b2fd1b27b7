"""TikTok's official side as Earshot needs it: sign-in by the person, and the person's own profile and videos."""

from collections.abc import Sequence
from typing import Protocol

from core.model.link import Grant, OwnProfile, OwnVideo, VideoPage


class Official(Protocol):
    """One app registered at TikTok. Tokens go in and come out sealed.

    Every method that asks TikTok raises Transient TIKTOK_DOWN and TIKTOK_LIMIT (`retry_after`), Denied OAUTH_SETUP (our key
    or secret is wrong) and LINK_SEALED (no key of ours opens the token); those that take an access token Denied
    LINK_REFUSED (TikTok does not take it: refresh it), LINK_SCOPE (the person did not allow this) and OWN_PRIVATE (n).
    """

    def authorise(self, state: str) -> tuple[str, bytes]:
        """(the address where the person says yes, the sealed verifier that belongs to the code it ends in)."""
        ...

    async def exchange(self, code: str, verifier: bytes) -> Grant:
        """Tokens for the code of a sign-in; a code works once. Raises Denied LINK_OVER for one that does not."""
        ...

    async def refresh(self, refresh: bytes) -> Grant:
        """New tokens; the old refresh token is used up. Raises Denied LINK_OVER when TikTok honours it no longer."""
        ...

    async def revoke(self, access: bytes) -> None:
        """Take the rights back. A token that TikTok does not know any more is one it took back already."""
        ...

    async def profile(self, access: bytes, scopes: frozenset[str]) -> OwnProfile:
        """What the person allowed us to see of themselves."""
        ...

    async def videos(self, access: bytes, cursor: int = 0) -> VideoPage:
        """Videos older than `cursor` (milliseconds since 1970; 0: from the newest on)."""
        ...

    async def videos_of(self, access: bytes, ids: Sequence[str]) -> list[OwnVideo]:
        """Those of up to 20 videos that are the person's own."""
        ...

    def renewed(self, sealed: bytes) -> bytes:
        """The token sealed with the newest key; the same bytes where it is already, or where no key of ours opens it."""
        ...
