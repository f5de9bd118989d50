"""A request's life, without the chain: what it costs, when it is open, what is signed for it.

OPEN -> RESUMED -> settled (gone)
OPEN -> timed out (gone)
"""

from common.stake import MAX_ACCOUNT_ID_BYTES, entry_bytes, storage_cost
from sealwright_protocol.records import Record
from sealwright_protocol.registry import MAX_LABEL_LENGTH
from sealwright_protocol.types import Yocto
from sealwright_protocol.wire import ResultReceipt

from agent_gateway.limits import (
    MAX_MEASUREMENTS,
    MAX_SERVICE_BYTES,
    RESPOND_CLOSES_BLOCKS,
    RESUME_CLOSES_BLOCKS,
    SETTLE_MARGIN_BLOCKS,
    YIELD_TIMEOUT_BLOCKS,
)

MAX_NODE_ID_BYTES = MAX_LABEL_LENGTH + 1 + MAX_ACCOUNT_ID_BYTES
MAX_ID_DIGITS = 16
ATTEMPT = 1
"""A request has one life, so its receipts always say the first attempt."""


class Config(Record):
    """`instance` was drawn at `new`: a gateway made again under the same name takes no old receipt."""

    FIELDS = ("registry_id", "instance")
    FORMAT = "s32x"

    registry_id: str
    instance: bytes


class Counter(Record):
    """The id that the next request gets."""

    FIELDS = ("next",)
    FORMAT = "Q"

    next: int


class Request(Record):
    """An open request. `answered_by` is empty until a confirmed answer resumed it.

    reward, storage     yoctoNEAR locked, and held for its records
    data_id             what its yielded callback waits for
    """

    FIELDS = (
        "requester_id",
        "service",
        "input_hash",
        "max_output_bytes",
        "measurement_ids",
        "reward",
        "storage",
        "created_height",
        "data_id",
        "answered_by",
    )
    FORMAT = "ss32xI[32x]UUQ32xs"

    requester_id: str
    service: str
    input_hash: bytes
    max_output_bytes: int
    measurement_ids: list[bytes]
    reward: int
    storage: int
    created_height: int
    data_id: bytes
    answered_by: str

    def timeout_height(self) -> int:
        """When the protocol ends the yield."""
        return self.created_height + YIELD_TIMEOUT_BLOCKS

    def respond_before_height(self) -> int:
        """The first height at which `respond` is refused."""
        return self.timeout_height() - RESPOND_CLOSES_BLOCKS

    def settle_from_height(self) -> int:
        """From when on anyone may settle a request whose callback died."""
        return self.timeout_height() + SETTLE_MARGIN_BLOCKS

    def takes_answers(self, height: int) -> bool:
        """Whether an answer may arrive at this height."""
        return not self.answered_by and height < self.respond_before_height()

    def may_resume(self, height: int) -> bool:
        """Whether a confirmed answer may still resume at this height."""
        return not self.answered_by and height < self.timeout_height() - RESUME_CLOSES_BLOCKS

    def accepts_measurement(self, measurement_id: bytes) -> bool:
        """Whether the requester allows code with this measurement; naming none allows any."""
        return not self.measurement_ids or measurement_id in self.measurement_ids


class Check(Record):
    """What `on_node_checked` needs of a response; `output` is None when it is stored."""

    FIELDS = ("request_id", "node_id", "signing_key", "measurement_id", "output_hash", "output")
    FORMAT = "Qs32x32x32x<b>"

    request_id: int
    node_id: str
    signing_key: bytes
    measurement_id: bytes
    output_hash: bytes
    output: "bytes | None"


class Payload(Record):
    """What resumes a request, at most 1,024 bytes; `output` is None when it is stored."""

    FIELDS = ("node_id", "output_hash", "output")
    FORMAT = "s32x<b>"

    node_id: str
    output_hash: bytes
    output: "bytes | None"


class Ticket(Record):
    """What `on_resolved` is told: which request it settles."""

    FIELDS = ("request_id",)
    FORMAT = "Q"

    request_id: int


_RECORD = entry_bytes(
    1 + 8,
    4 + MAX_ACCOUNT_ID_BYTES + 4 + MAX_SERVICE_BYTES + 32 + 4 + 4 + 16 + 16 + 8 + 32 + 4 + MAX_NODE_ID_BYTES,
)
_LISTED = 2 * entry_bytes(2 + MAX_ID_DIGITS, MAX_ID_DIGITS)


def storage_price(input_bytes: int, measurements: int) -> Yocto:
    """What a request's records cost while it is open."""
    stored_input = entry_bytes(1 + 8, input_bytes) if input_bytes else 0
    return Yocto(storage_cost(_RECORD + _LISTED + 32 * min(measurements, MAX_MEASUREMENTS) + stored_input))


def output_price(output_bytes: int) -> Yocto:
    """What a stored output costs while it is there."""
    return Yocto(storage_cost(entry_bytes(1 + 1 + 8 + MAX_NODE_ID_BYTES, output_bytes)))


def receipt(
    request: Request,
    request_id: int,
    node_id: str,
    measurement_id: bytes,
    output_hash: bytes,
    network: str,
    contract_id: str,
    instance: bytes,
) -> ResultReceipt:
    """The sentence that the enclave must have signed for this answer."""
    return ResultReceipt(
        network,
        contract_id,
        instance,
        request_id,
        ATTEMPT,
        request.input_hash,
        output_hash,
        measurement_id,
        node_id,
    )
