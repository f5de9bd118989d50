"""A contract of one method for tests of the interpreter: it calls a C function by name and tells what came."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from sealwright.build import release, toolchain
from sealwright.build.link import ENTRY_FILE
from sealwright_protocol import borsh
from sealwright_sandbox import Account, Sandbox

SOURCE = '''
import _borsh
import _host

EXTRA


def invoke():
    name, form, args = _borsh.unpack("ssb", _host.input())
    module, function = name.split(".")
    target = getattr({"host": _host, "borsh": _borsh, "more": More}[module], function)
    try:
        result = ("value", target(*_borsh.unpack(form, args)))
    except (TypeError, ValueError) as error:
        result = ("raised", type(error).__name__)
    if result[1] != "a promise is the result":
        _host.value_return(repr(result))


def cross():
    """borsh.pack(target form, borsh.unpack(source form, data)): any value against any form."""
    source, target, data = _borsh.unpack("ssb", _host.input())
    values = _borsh.unpack(source, data)
    try:
        result = _borsh.pack(target, values)
    except ValueError:
        result = None
    _host.value_return(repr(result))


def resumed():
    _host.value_return(repr([_host.promise_result(i) for i in range(_host.promise_results_count())]))
'''
EMPTY = "class More:\n    pass"


def compile_probe(extra: str = EMPTY, exports: tuple[str, ...] = ()) -> bytes:
    """The probe with more static functions in a class `More`. Skips where contracts cannot be built."""
    if toolchain.emscripten_version() is None:
        pytest.skip(toolchain.INSTALL_HINT)
    names = ["invoke", "cross", "resumed", *exports]
    return release.compile_modules({ENTRY_FILE: SOURCE.replace("EXTRA", extra)}, names)


class Probe:
    """The probe contract on a chain, called like a library."""

    def __init__(self, wasm: bytes) -> None:
        self.sandbox = Sandbox()
        self.contract: Account = self.sandbox.create_account("probe")
        self.contract.deploy(wasm)
        self.caller = self.sandbox.create_account("caller")

    def call(self, name: str, form: str = "", *values: Any, **options: Any) -> Any:
        """What `name(*values)` returns in a transaction; raises the probe's TypeError or ValueError."""
        out = self.caller.call("probe.near", "invoke", _arguments(name, form, values), **options)
        return _result(out.raw)

    def view(self, name: str, form: str = "", *values: Any) -> Any:
        """The same in a view."""
        return _result(self.sandbox.view_raw("probe.near", "invoke", _arguments(name, form, values)))

    def cross(self, source: str, target: str, data: bytes) -> bytes | None:
        """Values read by one form and written by another; None when they do not fit it."""
        raw = self.sandbox.view_raw("probe.near", "cross", borsh.pack("ssb", (source, target, data)))
        found: bytes | None = ast.literal_eval(raw.decode())
        return found


def _arguments(name: str, form: str, values: tuple[Any, ...]) -> bytes:
    return borsh.pack("ssb", (name, form, borsh.pack(form, values)))


def _result(raw: bytes) -> Any:
    kind, value = ast.literal_eval(raw.decode())
    if kind == "raised":
        raise {"TypeError": TypeError, "ValueError": ValueError}.get(value, ValueError)(value)
    return value
