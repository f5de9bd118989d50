"""A failing property prints the transactions of its failing life.

Hypothesis runs the smallest failing example last, and each example begins with a rollback, so what was sent since the
last rollback is the sequence that breaks the guarantee.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sealwright_sandbox import NEAR, TGAS, Account, Sandbox

LONGEST_ARGUMENTS = 160
sent: list[str] = []


@pytest.fixture(autouse=True)
def transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note every call, every jump in time and every rollback of the sandboxes of this test."""
    sent.clear()
    _note_calls(monkeypatch)
    _note_time(monkeypatch)
    rollback = Sandbox.rollback

    def noted_rollback(sandbox: Sandbox, snapshot: Any) -> None:
        sent.clear()
        rollback(sandbox, snapshot)

    monkeypatch.setattr(Sandbox, "rollback", noted_rollback)


def _note_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("call", "submit"):
        original: Callable[..., Any] = getattr(Account, name)

        def noted(
            account: Account,
            contract_id: str,
            method: str,
            args: Any = None,
            *,
            _run: Any = original,
            **options: Any,
        ) -> Any:
            sent.append(_line(account, contract_id, method, args, options))
            return _run(account, contract_id, method, args, **options)

        monkeypatch.setattr(Account, name, noted)


def _note_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("set_time", "produce_blocks", "fast_forward"):
        original: Callable[..., Any] = getattr(Sandbox, name)

        def noted(sandbox: Sandbox, *args: Any, _name: str = name, _run: Any = original) -> None:
            sent.append(f"{_name}({', '.join(map(str, args))})")
            _run(sandbox, *args)

        monkeypatch.setattr(Sandbox, name, noted)


def _line(account: Account, contract_id: str, method: str, args: Any, options: dict[str, Any]) -> str:
    text = repr(args)
    shown = text if len(text) <= LONGEST_ARGUMENTS else text[:LONGEST_ARGUMENTS] + "..."
    deposit, gas = options.get("deposit", 0), options.get("gas")
    money = f" + {deposit / NEAR:g} NEAR" if deposit > 1_000 else f" + {deposit} yocto" if deposit else ""
    limit = f" ({gas // TGAS} Tgas)" if gas else ""
    return f"{account.account_id} -> {contract_id}.{method}({shown}){money}{limit}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Add the transactions to the report of a failed property."""
    report = yield
    if call.when == "call" and report.failed and sent:
        numbered = "\n".join(f"{number:3}. {line}" for number, line in enumerate(sent, 1))
        report.sections.append(("transactions of the failing life", numbered))
    return report
