"""A short process for what would stop the loop or fill the memory: it is given a document and answers with bytes."""

import asyncio
import sys


class ChildFailed(Exception):
    """It failed or took too long; the text says which, in the last words it said."""


async def answer_of(module: str, *arguments: str, given: bytes, deadline: float) -> bytes:
    """What `module`, run by itself, writes to its standard output when it reads `given`. Raises ChildFailed, also after `deadline`
    seconds; the process is gone when this returns."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(deadline):
            answer, said = await child.communicate(given)
    except TimeoutError as error:
        raise ChildFailed("it took too long") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise ChildFailed(last[0] if last else f"exit {child.returncode}")
    return answer
