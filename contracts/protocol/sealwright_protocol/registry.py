"""Raw arguments of node_registry: Borsh, because they carry a quote and its collateral.

Both end with `verify_args`, the Borsh argument of `verify_quote(quote, collateral)`
(`wire.encode_verify_args`), which the registry hands on without reading it.
"""

from sealwright_protocol.records import Record

LABEL_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
MAX_LABEL_LENGTH = 32


class RegisterNodeArgs(Record):
    """Argument of `register_node`.

    node_id         `label.account_id`
    signing_key     32 bytes, Ed25519; encryption_key 32 bytes, X25519
    tls_spki_hash   32 bytes, SHA-256 of the TLS key's SPKI, or zeros
    challenge       32 bytes, from `request_challenge`
    services        list of (name, price in yoctoNEAR)
    """

    FIELDS = (
        "node_id",
        "signing_key",
        "encryption_key",
        "tls_spki_hash",
        "challenge",
        "endpoint",
        "region",
        "services",
        "verify_args",
    )
    FORMAT = "s32x32x32x32xss[(sU)]b"

    node_id: str
    signing_key: bytes
    encryption_key: bytes
    tls_spki_hash: bytes
    challenge: bytes
    endpoint: str
    region: str
    services: list[tuple[str, int]]
    verify_args: bytes


class RenewAttestationArgs(Record):
    """Argument of `renew_attestation`: a new quote over the keys that are registered."""

    FIELDS = ("node_id", "challenge", "verify_args")
    FORMAT = "s32xb"

    node_id: str
    challenge: bytes
    verify_args: bytes


def account_of(node_id: str) -> str:
    """The account a node id names: what follows its first dot. Empty when the label is malformed."""
    label, _, account_id = node_id.partition(".")
    if not 1 <= len(label) <= MAX_LABEL_LENGTH:
        return ""
    for character in label:
        if character not in LABEL_CHARACTERS:
            return ""
    return account_id
