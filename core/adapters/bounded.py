"""Answers of services over httpx that cannot fill the memory: read as they come, and given up when they grow too long."""

from collections.abc import AsyncIterator

import httpx


class Bounded(httpx.AsyncByteStream):
    """`inner`, given up with httpx.ReadError after `most` bytes."""

    def __init__(self, inner: httpx.AsyncByteStream, most: int) -> None:
        self._inner, self._most = inner, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most
        async for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise httpx.ReadError(f"the answer is longer than {self._most} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


async def bound(response: httpx.Response, most: int) -> None:
    """Hold an answer that has not been read to `most` bytes. Raises httpx.DecodingError for one that is packed: nobody knows how
    long it becomes, and whoever asks says that it takes none (`Accept-Encoding: identity`)."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise httpx.DecodingError("the answer is packed", request=response.request)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    response.stream = Bounded(response.stream, most)
