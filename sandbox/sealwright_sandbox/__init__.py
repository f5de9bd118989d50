"""A NEAR node in your Python process.

```python
from sealwright_sandbox import NEAR, Sandbox

with Sandbox() as sandbox:
    author = sandbox.create_account("author", balance=10 * NEAR)
    contract = sandbox.create_account("guestbook")
    contract.deploy(wasm)
    outcome = author.call("guestbook.near", "sign", {"text": "hello"}, deposit=NEAR)
    print(outcome.tree())
```

docs/spec/sandbox.md specifies all of it.
"""

from sealwright_sandbox.account import Account
from sealwright_sandbox.batch import Batch
from sealwright_sandbox.errors import (
    AccountUnknown,
    CallFailed,
    ExecutionFailed,
    ImportFailed,
    NotFinished,
    NotSupported,
    QueryFailed,
    SandboxError,
    SandboxMisused,
    TransactionRefused,
    TranscriptUnreadable,
    ViewFailed,
)
from sealwright_sandbox.failures import Failure
from sealwright_sandbox.faults import FaultPlan, Rule
from sealwright_sandbox.fork import Fork
from sealwright_sandbox.mocks import Mock, MockContext, MockFailed
from sealwright_sandbox.observe import Observer
from sealwright_sandbox.outcome import Outcome, Pending
from sealwright_sandbox.receipts import Receipt
from sealwright_sandbox.rpc import Rpc
from sealwright_sandbox.sandbox import Sandbox, SupplyCheck
from sealwright_sandbox.snapshots import Snapshot, Snapshots
from sealwright_sandbox.trace import Abi, Trace
from sealwright_sandbox.units import GGAS, MAX_GAS, MILLINEAR, NEAR, TGAS, YOCTO, near

__all__ = [
    "GGAS",
    "MAX_GAS",
    "MILLINEAR",
    "NEAR",
    "TGAS",
    "YOCTO",
    "Abi",
    "Account",
    "AccountUnknown",
    "Batch",
    "CallFailed",
    "ExecutionFailed",
    "Failure",
    "FaultPlan",
    "Fork",
    "ImportFailed",
    "Mock",
    "MockContext",
    "MockFailed",
    "NotFinished",
    "NotSupported",
    "Observer",
    "Outcome",
    "Pending",
    "QueryFailed",
    "Receipt",
    "Rpc",
    "Rule",
    "Sandbox",
    "SandboxError",
    "SandboxMisused",
    "Snapshot",
    "Snapshots",
    "SupplyCheck",
    "Trace",
    "TransactionRefused",
    "TranscriptUnreadable",
    "ViewFailed",
    "near",
]
