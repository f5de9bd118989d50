"""Arguments of contract methods: a JSON value, or bytes that go as they are."""

import json
from typing import Any

Arguments = dict[str, Any] | list[Any] | bytes | None


def encode(args: Arguments) -> bytes:
    """The bytes a contract reads; None means no arguments, `{}`."""
    if isinstance(args, bytes):
        return args
    return json.dumps({} if args is None else args, separators=(",", ":")).encode()
