"""Structured log: one JSON object a line, on standard error.

Every line has `time` (RFC 3339, UTC, of this machine; for people only, the agent itself reads time
from blocks), `level`, `event` (a fixed word that tools may match) and the fields of the event.
Secrets never reach a log line: callers pass public values only.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import IO, Any

LOGGER_NAME = "sealwright_agents"
LEVELS = ("debug", "info", "warning", "error")

_logger = logging.getLogger(LOGGER_NAME)


class JsonLines(logging.Formatter):
    """Formats a record that `event` made as one line of JSON; any other record as its text."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=_plain, ensure_ascii=False)


def event(name: str, level: str = "info", *, exc_info: bool = False, **fields: Any) -> None:
    """Write one line. `name` is snake_case and stable; `fields` are JSON values, bytes or errors."""
    _logger.log(logging.getLevelName(level.upper()), name, extra={"fields": fields}, exc_info=exc_info)


def start(level: str = "info", stream: IO[str] | None = None) -> None:
    """Send log lines of at least `level` to `stream` (standard error) as JSON; safe to call twice."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    _logger.handlers[:] = [handler]
    _logger.setLevel(level.upper())
    _logger.propagate = False
    silence_py_near()


def silence_py_near() -> None:
    """Keep py-near's own log (loguru, free text) out of ours: each failure is reported by us, once."""
    from loguru import logger as py_near_logger

    py_near_logger.disable("py_near")


def _plain(value: object) -> str:
    """Bytes as hex, anything else (errors, paths) as text."""
    return value.hex() if isinstance(value, bytes) else str(value)
