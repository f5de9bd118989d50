"""Pauses between two attempts, by the chain's clock or the machine's, whichever says first that they are over.

What is due is decided by block time alone. A pause only spaces attempts, and a sandbox's chain may
stand still (no transaction, no block) or jump.
"""

import time

from sealwright_agents.chain import Block


class Pause:
    """A span of time that begins at a block."""

    def __init__(self, head: Block, length_ms: int) -> None:
        self._until_ms = head.time_ms + length_ms
        self._end_s = time.monotonic() + length_ms / 1_000

    def is_over(self, head: Block) -> bool:
        """Whether one of the clocks shows its end."""
        return head.time_ms >= self._until_ms or time.monotonic() >= self._end_s
