"""What the registry's records cost: the stake of their maximum size, held from prepaid balances."""

from common.stake import MAX_ACCOUNT_ID_BYTES, entry_bytes, storage_cost
from sealwright_protocol.registry import MAX_LABEL_LENGTH
from sealwright_protocol.types import Yocto

from node_registry.offers import MAX_ENDPOINT_BYTES, MAX_REGION_LENGTH, MAX_SERVICE_LENGTH, MAX_SERVICES
from node_registry.policy import MAX_ADVISORIES, MAX_ADVISORY_BYTES

NODE_ID_BYTES = MAX_LABEL_LENGTH + 1 + MAX_ACCOUNT_ID_BYTES
LENGTH_PREFIX = 4
MAX_STATUS_BYTES = 40

_ID_KEY = 1 + LENGTH_PREFIX + NODE_ID_BYTES
_SERVICE = LENGTH_PREFIX + MAX_SERVICE_LENGTH + 16
_OFFER = 3 * LENGTH_PREFIX + MAX_ENDPOINT_BYTES + MAX_REGION_LENGTH + MAX_SERVICES * _SERVICE
_NODE = entry_bytes(_ID_KEY, 8 + 1 + 3 * 32 + _OFFER + 8 + 8 + 33)
_LISTED = 2 * entry_bytes(_ID_KEY, _ID_KEY)
_MARK = entry_bytes(_ID_KEY, 8 + 8 + 8 + 32 + 2)
_ADVISORIES = LENGTH_PREFIX + MAX_ADVISORIES * (LENGTH_PREFIX + MAX_ADVISORY_BYTES)
_KEY_VALUE = LENGTH_PREFIX + NODE_ID_BYTES + 64 + LENGTH_PREFIX + MAX_STATUS_BYTES + _ADVISORIES + 41

NODE_PRICE = Yocto(storage_cost(_NODE + _LISTED + _MARK))
"""A node's record, its place in the list, and the mark of a change in flight."""
KEY_PRICE = Yocto(storage_cost(entry_bytes(1 + 32, _KEY_VALUE)))
"""A signing key with its attestation; a node keeps two, and every revoked one."""
CHALLENGE_PRICE = Yocto(
    storage_cost(entry_bytes(1 + LENGTH_PREFIX + MAX_ACCOUNT_ID_BYTES, LENGTH_PREFIX + 48))
)
"""A challenge; it returns when the challenge is spent or has expired."""
