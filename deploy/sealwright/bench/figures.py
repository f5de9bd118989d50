"""A figure and where figures are collected."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Figure:
    """One measured value; `better` says which way is progress."""

    value: float
    unit: str
    better: Better


class Figures:
    """Figures by their stable names."""

    def __init__(self) -> None:
        self._figures: dict[str, Figure] = {}

    def add(self, name: str, value: float, unit: str, better: Better = "lower") -> None:
        """Note a figure under a new name."""
        self._figures[name] = Figure(round(value, 4), unit, better)

    def items(self) -> list[tuple[str, Figure]]:
        """All figures, by name."""
        return sorted(self._figures.items())

    def document(self) -> dict[str, dict[str, Any]]:
        """As JSON: name -> {value, unit, better}."""
        return {name: asdict(figure) for name, figure in self.items()}
