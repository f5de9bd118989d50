"""Traces: everything a transaction did, as JSON and for people.

| module | concern |
|---|---|
| `abi`, `borsh` | what a contract's methods take and return |
| `values` | bytes as JSON, Borsh, text or hex |
| `source` | what a trace is made from: nearcore's outcome, the engine's facts |
| `remote` | the same over JSON-RPC |
| `build`, `receipt`, `changes` | the trace's JSON, see `schema.json` |
| `text`, `lines` | the tree for people |

docs/spec/sandbox-traces.md specifies the JSON.
"""

from sealwright_sandbox.trace.abi import Abi, Abis
from sealwright_sandbox.trace.trace import Trace, read_schema

__all__ = ["Abi", "Abis", "Trace", "read_schema"]
