"""Where a test runs: on the embedded sandbox, on a node behind JSON-RPC, on a public network.

    Backend            what a test may use (seam.py)
    ├── Sandbox            embedded
    └── RemoteSandbox      rpc, testnet, mainnet
        └── LaunchedSandbox    binary: a node of its own

docs/spec/sandbox-pytest.md specifies them.
"""

from sealwright_sandbox.backends.binary import LaunchedSandbox, NodeProcess
from sealwright_sandbox.backends.client import RpcClient
from sealwright_sandbox.backends.networks import BACKENDS, choose, open_backend
from sealwright_sandbox.backends.remote import RemoteSandbox
from sealwright_sandbox.seam import (
    ALL_CAPABILITIES,
    JUMP,
    LIST_ACCOUNTS,
    PATCH_STATE,
    ROLL_BACK,
    SET_CLOCK,
    Backend,
)

__all__ = [
    "ALL_CAPABILITIES",
    "BACKENDS",
    "JUMP",
    "LIST_ACCOUNTS",
    "PATCH_STATE",
    "ROLL_BACK",
    "SET_CLOCK",
    "Backend",
    "LaunchedSandbox",
    "NodeProcess",
    "RemoteSandbox",
    "RpcClient",
    "choose",
    "open_backend",
]
