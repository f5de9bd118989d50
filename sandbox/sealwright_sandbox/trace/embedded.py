"""ABIs that contracts carry themselves: near-sdk's `__contract_abi`, JSON packed with zstd."""

import importlib
import json
from typing import Any

from sealwright_sandbox.trace.abi import Abi

METHOD = "__contract_abi"


def is_embedded(code: bytes) -> bool:
    """Whether a contract may have the method."""
    return METHOD.encode() in code


def unpack(packed: bytes) -> Abi | None:
    """The ABI in what the method returns; None where it is none, or nothing here reads zstd."""
    raw = packed if packed.startswith(b"{") else _decompress(packed)
    try:
        return None if raw is None else Abi(json.loads(raw))
    except ValueError:
        return None


def _decompress(packed: bytes) -> bytes | None:
    """By Python 3.14's own module or the distribution zstandard; neither is required."""
    for name in ("compression.zstd", "zstandard"):
        try:
            module: Any = importlib.import_module(name)
        except ImportError:
            continue
        try:
            return bytes(module.decompress(packed))
        except Exception:  # each module has its own error for bytes that are no zstd
            return None
    return None
