"""What a record costs: the protocol stakes NEAR for every byte of state."""

STORAGE_PRICE = 10**19
"""YoctoNEAR staked for one byte of state (1 NEAR per 100 kB); no host function tells it."""
ENTRY_OVERHEAD_BYTES = 40
"""Bytes that the protocol adds to the key and the value of each storage entry."""
MAX_ACCOUNT_ID_BYTES = 64
"""The longest account id that NEAR allows."""


def entry_bytes(key_bytes: int, value_bytes: int) -> int:
    """Bytes of state that one storage entry uses, the protocol's overhead included."""
    return ENTRY_OVERHEAD_BYTES + key_bytes + value_bytes


def storage_cost(size_bytes: int) -> int:
    """YoctoNEAR staked for `size_bytes` of state."""
    return size_bytes * STORAGE_PRICE
