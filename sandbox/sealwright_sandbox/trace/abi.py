"""What a contract's methods take and return: NEAR ABI (near-abi's JSON, version 0.3 and 0.4)."""

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Self

from sealwright_sandbox.trace import borsh
from sealwright_sandbox.trace.values import Value, guess, value

RAW_BYTES = "raw bytes"
"""How `sealwright build` declares arguments that are bytes in a form of the contract's own."""


class Abi:
    """A contract's ABI."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Read an ABI document. Raises ValueError where it is none."""
        try:
            functions = document["body"]["functions"]
            self.functions: dict[str, dict[str, Any]] = {one["name"]: one for one in functions}
        except (KeyError, TypeError) as missing:
            raise ValueError(f"not a NEAR ABI: {missing} is missing") from None
        self.document = document

    @classmethod
    def of(cls, given: "Abi | Mapping[str, Any] | Path | str") -> Self | "Abi":
        """An ABI, its document, or the path of its file. Raises ValueError, OSError."""
        if isinstance(given, Abi):
            return given
        if isinstance(given, Mapping):
            return cls(given)
        return cls(json.loads(Path(given).read_text()))

    def args(self, method: str, raw: bytes) -> Value:
        """The arguments of a method; what the ABI cannot read is guessed."""
        params = self.functions.get(method, {}).get("params") or {}
        if params.get("serialization_type") == "borsh":
            return _read(raw, lambda: _arguments(raw, params["args"]))
        return _json(raw) if params else guess(raw)

    def result(self, method: str, raw: bytes) -> Value:
        """What a method returned; what the ABI cannot read is guessed."""
        result = self.functions.get(method, {}).get("result") or {}
        if result.get("serialization_type") == "borsh":
            return _read(raw, lambda: _one(raw, result["type_schema"]))
        return _json(raw) if result else guess(raw)


class Abis(MutableMapping[str, Abi]):
    """ABIs by account; what is put in may be an ABI, its document, or its file."""

    def __init__(
        self,
        given: Mapping[str, Any] | None = None,
        find: Callable[[str], Abi | None] = lambda account_id: None,
    ) -> None:
        """`find` is asked once for an account that is not known."""
        self._known: dict[str, Abi] = {}
        self._find = find
        self._asked: set[str] = set()
        self.update(given or {})

    def plus(self, added: Mapping[str, Any] | None) -> "Abis":
        """These and others, which come first."""
        both = Abis(self._known, self._find)
        both.update(added or {})
        return both

    def __getitem__(self, account_id: str) -> Abi:
        if account_id not in self._known and account_id not in self._asked:
            self._asked.add(account_id)
            found = self._find(account_id)
            if found is not None:
                self._known[account_id] = found
        return self._known[account_id]

    def __setitem__(self, account_id: str, given: Any) -> None:
        self._known[account_id] = Abi.of(given)

    def __delitem__(self, account_id: str) -> None:
        del self._known[account_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def args(self, account_id: str, method: str, raw: bytes) -> Value:
        """The arguments of an account's method."""
        abi = self.get(account_id)
        return guess(raw) if abi is None else abi.args(method, raw)

    def result(self, account_id: str, method: str | None, raw: bytes) -> Value:
        """What an account's method returned."""
        abi = self.get(account_id)
        return guess(raw) if abi is None or method is None else abi.result(method, raw)


def _json(raw: bytes) -> Value:
    found = guess(raw)
    return {**found, "abi": found["encoding"] in ("json", "empty")}


def _read(raw: bytes, decode: Callable[[], Any]) -> Value:
    try:
        return value(raw, "borsh", decode(), abi=True)
    except (borsh.NotBorsh, KeyError, TypeError):
        return guess(raw)


def _arguments(raw: bytes, params: list[dict[str, Any]]) -> Any:
    """Borsh arguments are a tuple: each follows the last, without a length."""
    if len(params) == 1 and params[0]["type_schema"]["declaration"] == RAW_BYTES:
        return {params[0]["name"]: _raw(raw)}
    definitions: dict[str, Any] = {}
    for param in params:
        definitions |= param["type_schema"].get("definitions") or {}
    fields = [[param["name"], param["type_schema"]["declaration"]] for param in params]
    name = "the arguments"
    definitions[name] = {"Struct": fields}
    return borsh.decode(raw, {"declaration": name, "definitions": definitions})


def _one(raw: bytes, schema: Mapping[str, Any]) -> Any:
    return _raw(raw) if schema["declaration"] == RAW_BYTES else borsh.decode(raw, schema)


def _raw(raw: bytes) -> str:
    return "0x" + raw.hex()
