"""pytest for NEAR contracts: a chain a session, every test on its own state.

```python
def test_greeting(account, contract):
    book = contract("guestbook.wasm", init="new")
    account.call(book.account_id, "sign", {"text": "hello"})
    assert book.view(book.account_id, "count") == 1
```

| module | concern |
|---|---|
| `options` | the command line |
| `session` | the hooks, and the chain of the session |
| `fixtures` | sandbox, account, contract, rpc_url |
| `isolation` | tests and fixtures leave the chain as they found it |
| `examples` | so do Hypothesis' examples and state machines |
| `recorder` | transactions, read before they are rolled back |
| `gas`, `tables` | the gas report |

docs/spec/sandbox-pytest.md specifies it.
"""

import pytest

from sealwright_sandbox.pytest_plugin import options
from sealwright_sandbox.pytest_plugin.fixtures import account, contract, rpc_url, sandbox, sandbox_settings
from sealwright_sandbox.pytest_plugin.isolation import SHARED
from sealwright_sandbox.pytest_plugin.session import SESSION, NearSession

__all__ = [
    "account",
    "contract",
    "pytest_addoption",
    "pytest_configure",
    "rpc_url",
    "sandbox",
    "sandbox_settings",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options."""
    options.add(parser)


# Before Hypothesis' own plugin, which reads the seed that --near-seed sets.
@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the plugin's session."""
    marker = f"{SHARED}: what the test does to the chain stays for the tests after it"
    config.addinivalue_line("markers", marker)
    session = NearSession(config, options.read(config))
    config.stash[SESSION] = session
    config.pluginmanager.register(session, "near-session")
