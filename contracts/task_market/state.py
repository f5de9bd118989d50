"""What the market stores. Prefixes are never reused; retired ones stay listed."""

from common.ledger import Account, Ledger, Totals
from common.store import Blobs, Cell, Map
from sealwright_protocol.records import Record
from sealwright_protocol.types import U64, AccountId, BasisPoints, Sha256

from task_market.tasks import Task


class Config(Record):
    """What `new` fixed, the fee for new tasks, and the next task's id."""

    FIELDS = ("registry_id", "treasury_id", "fee_bps", "instance", "next_task_id")
    FORMAT = "ssH32xQ"

    registry_id: AccountId
    treasury_id: AccountId
    fee_bps: BasisPoints
    instance: Sha256
    next_task_id: U64


CONFIG = Cell(b"c", Config)
TASKS = Map(b"t", Task, key="Q")
INPUTS = Blobs(b"i", key="Q")  # the input, or the UTF-8 of the reference to it
OUTPUTS = Blobs(b"o", key="Q")
LEDGER = Ledger(Map(b"a", Account, key="s"), Cell(b"b", Totals))
