"""A contract's interface for other tools: NEAR ABI 0.4 and JSON Schema."""

from __future__ import annotations

from typing import Any

from sealwright.build.interface import Interface, Method
from sealwright.build.semantic import Field, Type, schema_of_fields

SCHEMA_VERSION = "0.4.0"
DRAFT = "http://json-schema.org/draft-07/schema#"
RAW = {"declaration": "raw bytes", "definitions": {}}


def write(interface: Interface, version: str = "0.1.0", wasm_sha256: str = "") -> dict[str, Any]:
    """The NEAR ABI of a contract. `wasm_sha256` is hex and left out when empty."""
    definitions: dict[str, Any] = {}
    functions = [_function(method, definitions) for method in interface.methods]
    functions.append(_metadata_function())
    metadata: dict[str, Any] = {
        "name": interface.package,
        "version": version,
        "build": {"builder": "sealwright"},
    }
    if wasm_sha256:
        metadata["wasm_hash"] = wasm_sha256
    root = {"$schema": DRAFT, "title": "String", "type": "string", "definitions": definitions}
    return {
        "schema_version": SCHEMA_VERSION,
        "metadata": metadata,
        "body": {"functions": functions, "root_schema": root},
    }


def schema(interface: Interface) -> dict[str, Any]:
    """JSON Schema of every method's arguments and result, as `definitions` named `method.arguments`."""
    definitions: dict[str, Any] = {}
    for method in interface.methods:
        if method.codec == "json":
            definitions[f"{method.name}.arguments"] = _arguments_schema(method, definitions)
        result = method.resolves or method.result
        if result is not None:
            definitions[f"{method.name}.result"] = result.schema(definitions)
    return {"$schema": DRAFT, "title": interface.package, "definitions": definitions}


def _function(method: Method, definitions: dict[str, Any]) -> dict[str, Any]:
    function: dict[str, Any] = {"name": method.name}
    if method.doc:
        function["doc"] = method.doc
    function["kind"] = "view" if method.kind == "view" else "call"
    modifiers = _modifiers(method)
    if modifiers:
        function["modifiers"] = modifiers
    if method.codec == "borsh":
        args: list[dict[str, Any]] = [{"name": "data", "type_schema": RAW}]
        function["params"] = {"serialization_type": "borsh", "args": args}
    elif method.arguments:
        args = [_parameter(method, each, definitions) for each in method.arguments]
        function["params"] = {"serialization_type": "json", "args": args}
    result = _result(method, definitions)
    if result:
        function["result"] = result
    return function


def _modifiers(method: Method) -> list[str]:
    found = {"init": method.kind == "init", "private": method.kind == "callback"}
    found["payable"] = method.payable or method.one_yocto or method.owner
    return [name for name, holds in found.items() if holds]


def _parameter(method: Method, argument: Field, definitions: dict[str, Any]) -> dict[str, Any]:
    return {"name": argument.name, "type_schema": _with_default(method, argument, definitions)}


def _with_default(method: Method, argument: Field, definitions: dict[str, Any]) -> dict[str, Any]:
    described = argument.type.schema(definitions)
    if argument.required:
        return described
    if "$ref" in described:  # draft 7 ignores what stands beside a reference
        described = {"allOf": [described]}
    return {**described, "default": json_value(argument.type, method.defaults[argument.name])}


def _arguments_schema(method: Method, definitions: dict[str, Any]) -> dict[str, Any]:
    described = schema_of_fields(method.arguments, definitions)
    for argument in method.arguments:
        described["properties"][argument.name] = _with_default(method, argument, definitions)
    return described


def _result(method: Method, definitions: dict[str, Any]) -> dict[str, Any] | None:
    if method.returns_bytes:
        return {"serialization_type": "borsh", "type_schema": RAW}
    result = method.resolves or method.result
    if result is None:
        return None
    return {"serialization_type": "json", "type_schema": result.schema(definitions)}


def json_value(found: Type, value: Any) -> Any:
    """A default as it stands in JSON."""
    return str(value) if found.kind == "Yocto" else value


def _metadata_function() -> dict[str, Any]:
    result = {"serialization_type": "json", "type_schema": {"type": "object"}}
    return {"name": "contract_source_metadata", "doc": "NEP-330.", "kind": "view", "result": result}
