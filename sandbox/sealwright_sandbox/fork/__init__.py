"""Accounts of a live network in a sandbox, as they were at one block.

    sandbox.import_account("token.near", rpc_url="https://...", block=120_000_000)

    with Sandbox(fork=Fork("https://...", block=120_000_000)) as sandbox:
        sandbox.view("token.near", "ft_metadata")       # imported when it is first touched

| module | concern |
|---|---|
| `transport` | JSON-RPC over HTTP: retries, errors |
| `cache` | answers on disk, by block |
| `remote` | accounts, code and storage of a network at a block |
| `importing` | their records, and how a sandbox gets them |

docs/spec/sandbox-import.md specifies it.
"""

from sealwright_sandbox.fork.importing import Fork
from sealwright_sandbox.fork.remote import RemoteState

__all__ = ["Fork", "RemoteState"]
