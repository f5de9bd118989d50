"""Windows, caps and gas of the gateway, each with its reason. Heights are blocks."""

YIELD_TIMEOUT_BLOCKS = 200
"""The protocol's own timeout of a yield; its callback runs one block later."""
RESPOND_CLOSES_BLOCKS = 10
"""Before the timeout, no answers are taken: a check takes about three blocks, and an output is
public once it is sent, so it must not be given away for nothing."""
RESUME_CLOSES_BLOCKS = 3
"""Before the timeout, no confirmed answer resumes any more: it could lose against the timeout."""
SETTLE_MARGIN_BLOCKS = 100
"""After the timeout, how long the yield callback has before anyone may settle in its place."""

MAX_INPUT_BYTES = 8_192
MAX_OUTPUT_BYTES = 16_384
INLINE_OUTPUT_BYTES = 880
"""Longer outputs are stored first: a resume payload has 1,024 bytes, node id and hash included."""
MAX_SERVICE_BYTES = 32
MAX_MEASUREMENTS = 8
MAX_RECORDS = 64
"""Open requests and stored outputs of one account."""
MAX_PAGE = 50

GAS_FOR_REQUEST_TGAS = 15
GAS_FOR_SETTLEMENT_TGAS = 15
"""The yield callback with the smallest output."""
GAS_FOR_REGISTRY_TGAS = 15
GAS_FOR_CHECK_TGAS = 15
"""`on_node_checked`, which reads the verdict, writes one record and resumes."""
GAS_FOR_RESPOND_TGAS = 20
KIB = 1024


def started_kib(size_bytes: int) -> int:
    """Size in KiB, rounded up: what gas is counted by."""
    return (size_bytes + KIB - 1) // KIB


def callback_gas_tgas(max_output_bytes: int) -> int:
    """Gas of the yield callback: fixed with the request, so no output can starve it."""
    return GAS_FOR_SETTLEMENT_TGAS + started_kib(max_output_bytes)


def request_gas_tgas(input_bytes: int, max_output_bytes: int) -> int:
    """The least gas of `request`."""
    return GAS_FOR_REQUEST_TGAS + started_kib(input_bytes) + callback_gas_tgas(max_output_bytes)


def respond_gas_tgas(max_output_bytes: int) -> int:
    """The least gas of `respond`."""
    fixed = GAS_FOR_RESPOND_TGAS + GAS_FOR_REGISTRY_TGAS + GAS_FOR_CHECK_TGAS
    return fixed + 2 * started_kib(max_output_bytes)
