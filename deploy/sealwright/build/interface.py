"""Reads what a contract offers from its source text: methods, guards, types, documentation.

Nothing is imported or executed. The entry module `contract.py` is the whole interface;
types are followed into the modules they are imported from.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sealwright.build.annotations import MAX_FIELDS, InterfaceError, Scope
from sealwright.build.semantic import Field, Type, form_of_fields

KINDS = ("init", "view", "call", "callback")
OPTIONS: dict[str, dict[str, type]] = {
    "init": {"codec": str, "min_gas": int},
    "view": {"codec": str},
    "call": {"payable": bool, "one_yocto": bool, "owner": bool, "min_gas": int, "codec": str},
    "callback": {"results": int, "codec": str},
}
RESERVED = ("contract_source_metadata", "contract_prepare", "main", "memory")


@dataclass(frozen=True)
class Method:
    """One exported method.

    arguments      in order; empty with codec "borsh", whose input is raw
    defaults       values of the arguments that may be left out
    result         what the call returns as JSON; None for raw bytes or nothing
    returns_bytes  whether the result is raw bytes
    resolves       what the promise that the call returns resolves to
    """

    name: str
    kind: str
    arguments: tuple[Field, ...]
    defaults: dict[str, Any]
    result: Type | None
    returns_bytes: bool
    resolves: Type | None
    doc: str
    codec: str = "json"
    payable: bool = False
    one_yocto: bool = False
    owner: bool = False
    min_gas: int = 0
    results: int | None = None

    @property
    def form(self) -> str:
        """The form string of its arguments."""
        return "(" + form_of_fields(self.arguments) + ")"


@dataclass(frozen=True)
class Interface:
    """A contract's methods, in the order of its source."""

    package: str
    path: Path
    doc: str
    methods: tuple[Method, ...]

    @property
    def has_init(self) -> bool:
        """Whether the contract must be initialised before it takes calls."""
        return any(method.kind == "init" for method in self.methods)

    def method(self, name: str) -> Method:
        """The method of that name. KeyError when there is none."""
        for method in self.methods:
            if method.name == name:
                return method
        raise KeyError(name)


def read(path: Path) -> Interface:
    """The interface of the contract in folder `path` (or of its `contract.py`).

    InterfaceError names file and line of what cannot be offered.
    """
    source = path if path.suffix == ".py" else path / "contract.py"
    scope = Scope.of_file(source)
    methods = []
    for node in scope.tree.body:
        if isinstance(node, ast.FunctionDef):
            decorator = _decorator(node, scope)
            if decorator is not None:
                methods.append(_method(node, decorator, scope))
    names = [method.name for method in methods]
    for name in names:
        if names.count(name) > 1 or name in RESERVED:
            raise InterfaceError(source, 1, f"the name {name} is taken")
    return Interface(source.parent.name, source, ast.get_docstring(scope.tree) or "", tuple(methods))


def _decorator(node: ast.FunctionDef, scope: Scope) -> tuple[str, dict[str, Any]] | None:
    """(kind, options) of an exported method; None for a plain function."""
    for each in node.decorator_list:
        name = each.func if isinstance(each, ast.Call) else each
        if not isinstance(name, ast.Name) or name.id not in KINDS:
            continue
        if len(node.decorator_list) > 1:
            raise scope.error(node, "a method has one decorator")
        options: dict[str, Any] = {}
        if isinstance(each, ast.Call):
            if each.args:
                raise scope.error(each, "options are given by name")
            for keyword in each.keywords:
                options[keyword.arg or ""] = _option(name.id, keyword, scope)
        return name.id, options
    return None


def _option(kind: str, keyword: ast.keyword, scope: Scope) -> Any:
    if kind == "call" and keyword.arg == "resolves":
        return scope.type_of(keyword.value)
    expected = OPTIONS[kind].get(keyword.arg or "")
    if expected is None:
        raise scope.error(keyword.value, f"@{kind} has no option {keyword.arg}")
    value = scope.constant(keyword.value)
    if type(value) is not expected or (keyword.arg == "codec" and value not in ("json", "borsh")):
        raise scope.error(keyword.value, f"{keyword.arg} takes another value")
    return value


def _method(node: ast.FunctionDef, decorator: tuple[str, dict[str, Any]], scope: Scope) -> Method:
    kind, options = decorator
    resolves = options.pop("resolves", None)
    arguments, defaults = _arguments(node, scope)
    if options.get("codec") == "borsh":
        if [each.name for each in arguments] != ["data"] or arguments[0].type.kind != "bytes":
            raise scope.error(node, 'a method with codec="borsh" takes one argument, data: bytes')
        arguments = ()
    if len(arguments) > MAX_FIELDS:
        raise scope.error(node, f"a method takes at most {MAX_FIELDS} arguments")
    for each in arguments:
        scope.check_argument(node, each)
        if not each.required and each.type.kind == "optional" and defaults[each.name] is not None:
            raise scope.error(node, f"{each.name}: what may be null has the default None")
    result, returns_bytes = _result(node, scope)
    if kind == "init" and (result or returns_bytes):
        raise scope.error(node, "@init returns nothing")
    doc = ast.get_docstring(node) or ""
    return Method(node.name, kind, arguments, defaults, result, returns_bytes, resolves, doc, **options)


def _arguments(node: ast.FunctionDef, scope: Scope) -> tuple[tuple[Field, ...], dict[str, Any]]:
    given = node.args
    if given.vararg or given.kwarg or given.posonlyargs or given.kwonlyargs:
        raise scope.error(node, "arguments are plain: no * and no /")
    first_default = len(given.args) - len(given.defaults)
    fields = []
    defaults = {}
    for index, argument in enumerate(given.args):
        if argument.annotation is None:
            raise scope.error(argument, f"{argument.arg} has no annotation")
        required = index < first_default
        fields.append(Field(argument.arg, scope.type_of(argument.annotation), required))
        if not required:
            defaults[argument.arg] = scope.constant(given.defaults[index - first_default])
    return tuple(fields), defaults


def _result(node: ast.FunctionDef, scope: Scope) -> tuple[Type | None, bool]:
    """(type of a JSON result, whether the result is raw bytes)."""
    returns = node.returns
    if returns is None:
        raise scope.error(node, f"{node.name} has no result annotation (None for nothing)")
    if isinstance(returns, ast.Constant) and returns.value is None:
        return None, False
    found = scope.type_of(returns)
    if found.kind == "bytes":
        return None, True
    scope.check_json(node, found)
    return found, False
