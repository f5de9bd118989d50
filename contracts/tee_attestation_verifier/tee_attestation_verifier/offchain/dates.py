"""Unix seconds as people read them."""

from datetime import UTC, datetime


def date(seconds: int) -> str:
    """`2026-06-15 00:00:00 UTC`; a number that is no date stays one."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s"
