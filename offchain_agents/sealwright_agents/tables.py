"""TOML tables that know their name and which of their entries somebody asked for."""

from decimal import Decimal, InvalidOperation
from typing import Any

from sealwright_agents.errors import ConfigError

YOCTO_PER_NEAR = 10**24


def yocto(text: str) -> int:
    """YoctoNEAR from NEAR as decimal text, "0.1". Raises ValueError."""
    try:
        amount = Decimal(text) * YOCTO_PER_NEAR
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise ValueError(f"{text!r} is no amount of NEAR")
    return int(amount)


class Table:
    """A TOML table that knows its name and which entries were asked for."""

    def __init__(self, name: str, content: object) -> None:
        if not isinstance(content, dict):
            raise ConfigError(f"[{name}]: expected a table")
        self._name, self._content = name, dict(content)

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        """Remove and return an entry of the given type. Raises ConfigError naming the entry."""
        value = self._content.pop(key, default)
        if value is ...:
            raise ConfigError(f"{self._name}.{key} is missing")
        if kind is float and type(value) is int:
            value = float(value)
        if value is not default and type(value) is not kind:
            raise ConfigError(
                f"{self._name}.{key}: expected {kind.__name__}, found {type(value).__name__} {value!r}"
            )
        return value

    def take_amount(self, key: str, default: int) -> int:
        """An amount in yoctoNEAR; the file says NEAR as decimal text, "0.1"."""
        text = self.take(key, str, None)
        if text is None:
            return default
        try:
            return yocto(text)
        except ValueError as wrong:
            raise ConfigError(f"{self._name}.{key}: {wrong}") from None

    def take_table(self, key: str) -> "Table":
        """A table inside this one, empty when absent."""
        return Table(f"{self._name}.{key}".lstrip("."), self._content.pop(key, {}))

    def tables(self) -> dict[str, "Table"]:
        """All remaining entries, each of which must be a table."""
        found = {key: Table(f"{self._name}.{key}", value) for key, value in self._content.items()}
        self._content.clear()
        return found

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        if self._content:
            raise ConfigError(f"{self._name}.{min(self._content)} is unknown".lstrip("."))
