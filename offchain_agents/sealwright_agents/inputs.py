"""Inputs by reference: fetched and matched with their hash before a task is claimed.

A client chooses the address, so the operator chooses which addresses are asked at all
(`agent.input_sources`, a list of prefixes); redirects are not followed.
"""

from collections.abc import Sequence

import aiohttp

from sealwright_agents.errors import InputRefused
from sealwright_agents.signer import sha256

TIMEOUT_S = 30.0


async def fetch_input(reference: str, sources: Sequence[str], max_bytes: int) -> bytes:
    """The bytes behind a reference. Raises InputRefused when it is not allowed, not there or too large."""
    if not any(reference.startswith(prefix) for prefix in sources):
        raise InputRefused(f"{reference!r} is no allowed source of inputs")
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(reference, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise InputRefused(f"{reference!r} answered {response.status}")
            content = await response.content.read(max_bytes + 1)
            while len(content) <= max_bytes and (more := await response.content.read(max_bytes + 1)):
                content += more
    except (aiohttp.ClientError, TimeoutError, ValueError) as failure:
        raise InputRefused(f"{reference!r}: {type(failure).__name__}: {failure}") from failure
    if len(content) > max_bytes:
        raise InputRefused(f"{reference!r} has more than {max_bytes} bytes")
    return content


def check_input(content: bytes, input_hash: bytes, max_bytes: int) -> None:
    """Raises InputRefused unless `content` has this SHA-256 and at most `max_bytes`."""
    if len(content) > max_bytes:
        raise InputRefused(f"{len(content)} bytes of input, taken are {max_bytes}")
    if sha256(content) != input_hash:
        raise InputRefused("the input does not match its hash")
