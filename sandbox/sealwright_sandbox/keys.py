"""Keys that anyone can derive: for tests and sandboxes, never for a network with value."""

import hashlib

from sealwright_sandbox._engine import Key
from sealwright_sandbox.native import translated

TEST_KEY_PREFIX = "sealwright-test-key:"


def test_key(seed: str) -> Key:
    """The Ed25519 key whose 32 secret bytes are sha256("sealwright-test-key:" + seed).

    An account's own key has the account's id as its seed.
    """
    return Key.from_seed(hashlib.sha256((TEST_KEY_PREFIX + seed).encode()).digest())


# pytest takes imported functions of this name for tests.
test_key.__test__ = False  # type: ignore[attr-defined]


def parse_key(text: str) -> Key:
    """A secret key from `ed25519:<base58>` or `secp256k1:<base58>`. Raises SandboxMisused."""
    with translated():
        return Key(text)


def padded_key(seed: str) -> Key:
    """The Ed25519 key whose secret bytes are the seed, padded with spaces to 32 bytes.

    neard derives keys of test accounts like this.
    """
    return Key.from_seed(seed.encode().ljust(32))
