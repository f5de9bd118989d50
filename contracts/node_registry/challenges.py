"""Challenges of one account: issued, used once, restored only when the verifier gave no answer.

Pure: an entry is (challenge, expires_at_ms, number), `number` 0 or that of the change in flight
that uses it. A used challenge keeps its place, so that restoring it needs no room.
"""

from common.errors import require
from sealwright_protocol.borsh import pack

from node_registry.errors import CHALLENGE_UNKNOWN, TOO_MANY_CHALLENGES

MAX_CHALLENGES = 4
"""Challenges of one account that may be alive at a time."""
CHALLENGE_LIFE_MS = 600_000
"""A quote and its collateral are fetched within seconds; ten minutes leave room for retries."""
DOMAIN = "sealwright:challenge:v1"

Entry = tuple[bytes, int, int]


def preimage(random_seed: bytes, account_id: str, number: int) -> bytes:
    """What is hashed into a challenge: unpredictable, bound to the account, never the same twice."""
    return pack("sbsQ", (DOMAIN, random_seed, account_id, number))


def alive(entries: list[Entry], now_ms: int) -> list[Entry]:
    """The entries that have not expired."""
    return [entry for entry in entries if entry[1] > now_ms]


def issue(entries: list[Entry], challenge: bytes, now_ms: int) -> list[Entry]:
    """The entries with a new challenge. Fails TOO_MANY_CHALLENGES."""
    require(len(entries) < MAX_CHALLENGES, TOO_MANY_CHALLENGES)
    return entries + [(challenge, now_ms + CHALLENGE_LIFE_MS, 0)]  # noqa: RUF005  MicroPython


def use(entries: list[Entry], challenge: bytes, number: int, now_ms: int) -> list[Entry]:
    """The entries with this challenge used by change `number`. Fails CHALLENGE_UNKNOWN."""
    found = False
    after = []
    for entry in entries:
        if entry[0] == challenge and entry[1] > now_ms and entry[2] == 0:
            entry = (challenge, entry[1], number)
            found = True
        after.append(entry)
    require(found, CHALLENGE_UNKNOWN)
    return after


def restore(entries: list[Entry], number: int) -> list[Entry]:
    """The entries with the challenge that change `number` used ready for use again."""
    return [(entry[0], entry[1], 0) if entry[2] == number else entry for entry in entries]


def spend(entries: list[Entry], number: int) -> list[Entry]:
    """The entries without the challenge that change `number` used."""
    return [entry for entry in entries if entry[2] != number]
