"""The digests that dstack and its users are built on, behind one interface.

NEAR's host has SHA-256 and Keccak-256, SHA3-384 from protocol 87 on, and no SHA-384: a contract brings that
itself. Off chain `offchain/digests.py` has them all.
"""


class Hashes:
    """A backend. Inputs and outputs are bytes; SHA-2 as in FIPS 180-4, SHA-3 as in FIPS 202."""

    def sha256(self, data: bytes) -> bytes:
        """32 bytes: compose hash, instance id, configuration document."""
        raise NotImplementedError

    def sha384(self, data: bytes) -> bytes:
        """48 bytes: events and measurement registers."""
        raise NotImplementedError

    def sha3_384(self, data: bytes) -> bytes:
        """48 bytes: near/mpc's report data."""
        raise NotImplementedError

    def keccak256(self, data: bytes) -> bytes:
        """32 bytes, with the padding that Ethereum kept: mr_config_id version 2."""
        raise NotImplementedError
