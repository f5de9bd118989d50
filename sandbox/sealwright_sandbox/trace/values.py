"""Bytes as what they mean: by the ABI where it says, else as JSON, text or hex."""

import base64
import json
from typing import Any, Literal, TypedDict

Encoding = Literal["json", "borsh", "text", "hex", "empty"]


class Value(TypedDict):
    """Bytes and what they mean; `decoded` is None where they are empty, `abi` says who knew."""

    encoding: Encoding
    decoded: Any
    base64: str
    size: int
    abi: bool


def value(raw: bytes, encoding: Encoding, decoded: Any, *, abi: bool = False) -> Value:
    """A value that is already decoded."""
    return {
        "encoding": encoding,
        "decoded": decoded,
        "base64": base64.b64encode(raw).decode(),
        "size": len(raw),
        "abi": abi,
    }


def guess(raw: bytes) -> Value:
    """What bytes look like: JSON, printable text, else hex."""
    if not raw:
        return value(raw, "empty", None)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return value(raw, "hex", raw.hex())
    try:
        return value(raw, "json", json.loads(text))
    except ValueError:
        pass
    if text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable():
        return value(raw, "text", text)
    return value(raw, "hex", raw.hex())


def guess_base64(text: str) -> Value:
    """The same for bytes in base64."""
    return guess(base64.b64decode(text))


def shown(found: Value) -> str:
    """A value on one line."""
    if found["encoding"] == "empty":
        return "nothing"
    if found["encoding"] == "hex":
        return f"0x{found['decoded']}"
    if found["encoding"] == "text":
        return " ".join(str(found["decoded"]).split())
    return json.dumps(found["decoded"], ensure_ascii=False, separators=(", ", ": "))
