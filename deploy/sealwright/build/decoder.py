"""Writes a contract's entry module: one function a method, which decodes, guards, calls, encodes.

    def claim_task():
        guards.non_payable()
        runtime.initialised()
        a = runtime.arguments("(task_id:Q,node_id:n)")
        contract.claim_task(a[0], a[1])

A method pays only for what it declares. The same text runs in unit tests
(`common.shim.harness`) and, lowered by `sealwright.build.lowering`, in the contract.
"""

from __future__ import annotations

import json
from typing import Any

from sealwright.build.interface import Interface, Method

METADATA = "contract_source_metadata"


def exports(interface: Interface) -> list[str]:
    """Every function that the wasm must export, in the order of the source."""
    return [*(method.name for method in interface.methods), METADATA]


def write(interface: Interface, metadata: dict[str, Any] | None = None) -> str:
    """Source of the entry module. `metadata` is the NEP-330 record, fixed at build time."""
    functions = [_function(method, interface) for method in interface.methods]
    functions.append(_metadata(metadata or {}))
    header = [
        f'"""Entry module of {interface.package}: written by `sealwright build`, not by hand."""',
        "",
        "from common import guards, runtime",
        "from common.shim import _host",
        f"from {interface.package} import contract",
    ]
    return "\n".join(header) + "\n\n\n" + "\n\n\n".join(functions) + "\n"


def _function(method: Method, interface: Interface) -> str:
    lines = [f"def {method.name}():", *_guards(method, interface)]
    values = []
    if method.codec == "borsh":
        values = ["_host.input()"]
    else:
        # A method without arguments reads its input, too: an unknown argument is refused.
        lines.append(f"{'a = ' if method.arguments else ''}runtime.arguments({method.form!r})")
        for index, argument in enumerate(method.arguments):
            default = method.defaults.get(argument.name)
            given = f"a[{index}]"
            values.append(given if default is None else f"{default!r} if {given} is None else {given}")
    call = f"contract.{method.name}({', '.join(values)})"
    if method.returns_bytes:
        call = f"_host.value_return({call})"
    elif method.result is not None:
        call = f"runtime.answer({method.result.form!r}, {call})"
    return "\n    ".join([*lines, call])


def _guards(method: Method, interface: Interface) -> list[str]:
    if method.kind == "view":
        # A view can be sent as a transaction, too: a deposit must go back. Its caller it may not look at.
        return ["guards.non_payable()"]
    lines = []
    if method.min_gas:
        lines.append(f"guards.min_gas({method.min_gas})")
    if method.kind == "callback":
        plain = method.results is None
        lines.append("guards.self_only()" if plain else f"runtime.answers({method.results})")
    elif method.owner:
        lines += ["guards.owner()", "guards.one_yocto()"]
    elif method.one_yocto:
        lines.append("guards.one_yocto()")
    elif not method.payable:
        lines.append("guards.non_payable()")
    if method.kind == "init":
        lines.append("runtime.initialise()")
    elif method.kind == "call" and interface.has_init and not method.owner:
        lines.append("runtime.initialised()")
    return lines


def _metadata(metadata: dict[str, Any]) -> str:
    text = json.dumps(metadata, separators=(",", ":"), sort_keys=True)
    return f"def {METADATA}():\n    guards.non_payable()\n    _host.value_return({text.encode()!r})"
