"""Every check of the verifier's C scanners, found in their sources, and one contract in which any can be disabled.

A check is an operand by which `if (...)` refuses, one without which `return a && b` does, or the finding of a
serial; calls of other scanner functions are no checks of their own, since the checks inside them count. All stand
in one wasm, each beside a comparison with a number in memory: a double is that wasm with another number.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sealwright.build import image, interpreter, link, staging
from sealwright.build.interpreter import C_MODULES, Interpreter
from sealwright.places import CONTRACTS

SOURCES = C_MODULES / "attestation"
REFUSAL = re.compile(r"\s*\{\s*return (false|-1|MP_OBJ_NULL|scan_refuse\()")
COMPARISON = re.compile(r"&&|==|<=| < ")
CALL = re.compile(r"!?[a-z_]+\(.*\)", re.DOTALL)
MARK, NONE = bytes.fromhex("b979379e157c4a7f"), 0xFFFFFFFF
DECLARED = "#include <stdint.h>\nextern volatile uint32_t attestation_double[3];\n"
DEFINED = (
    "#include <stdint.h>\nvolatile uint32_t attestation_double[3] = { 0x9e3779b9, 0x7f4a7c15, 0xffffffff };\n"
)


@dataclass(frozen=True)
class CCheck:
    """One check: `name` is file and source, `number` what disables it, `span` its place in the file's text."""

    name: str
    file: str
    number: int
    span: tuple[int, int]
    refuses: bool

    def switched(self, operand: str) -> str:
        """The operand, which never refuses when this check is disabled."""
        on = f"attestation_double[2] {'!=' if self.refuses else '=='} {self.number}u"
        return f"(({operand}) && {on})" if self.refuses else f"(({operand}) || {on})"


@dataclass(frozen=True)
class Switched(Interpreter):
    """The interpreter with other objects in the place of some of its own."""

    replaced: tuple[tuple[str, Path], ...]

    @property
    def objects(self) -> list[Path]:
        """Every object to link."""
        others = dict(self.replaced)
        return [
            others.get(each.name, each) if each.parent.name == SOURCES.name else each
            for each in super().objects
        ]


def checks() -> list[CCheck]:
    """Every check, numbered through; one wording in one file is counted as often as it stands there."""
    found: list[CCheck] = []
    for path in sorted(SOURCES.glob("*.c")):
        text = path.read_text()
        names: set[str] = set()
        for start, end, refuses in sorted([*_refusing(text), *_answering(text)]):
            name = f"{path.name}: {' '.join(text[start:end].split())}"
            while name in names:
                name += "'"
            names.add(name)
            found.append(CCheck(name, path.name, len(found), (start, end), refuses))
    return found


def _refusing(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in re.finditer(r"\bif \(", text):
        end = _closing(text, match.end())
        if REFUSAL.match(text, end + 1):
            yield from _operands(text, match.end(), end, "||", refuses=True)


def _answering(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in re.finditer(r"\b(return|found \|=) ", text):
        end = text.index(";", match.end())
        answer = text[match.end() : end]
        if match[1] != "return":
            yield match.end(), end, True  # a serial is found: disabled, it never is
        elif COMPARISON.search(answer) and "?" not in answer:
            yield from _operands(text, match.end(), end, "&&", refuses=False)


def _closing(text: str, at: int) -> int:
    """Where the parenthesis that was opened before `at` closes."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at - 1


def _operands(
    text: str, start: int, end: int, operator: str, *, refuses: bool
) -> Iterator[tuple[int, int, bool]]:
    """The operands of one operator between two places, white space left out, calls left out."""
    depth, begins, at = 0, start, start
    while at <= end:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if at == end or (depth == 0 and text.startswith(operator, at)):
            operand = text[begins:at]
            first = begins + len(operand) - len(operand.lstrip())
            last = begins + len(operand.rstrip())
            whole = text[first:last]
            if not CALL.fullmatch(whole):
                yield first, last, refuses
            begins = at + len(operator)
        at += 1


def build() -> bytes:
    """The verifier contract in which each check has its switch; none is disabled."""
    base = interpreter.get()
    with tempfile.TemporaryDirectory(prefix="sealwright-switched-") as name:
        folder = Path(name)
        (folder / "scan.h").write_text((SOURCES / "scan.h").read_text())
        for path in SOURCES.glob("*.c"):
            (folder / path.name).write_text(_switched(path))
        objects = [(f"{each.stem}.o", link.compile_c(base, each)) for each in sorted(folder.glob("*.c"))]
        staged = staging.stage(CONTRACTS / "attestation_verifier")
        engine = Switched(base.folder, base.mpy_cross, tuple(objects))
        return image.prepare(link.link(engine, staged.modules, staged.exports), staged.exports)


def _switched(path: Path) -> str:
    text = path.read_text()
    for check in reversed([each for each in checks() if each.file == path.name]):
        start, end = check.span
        text = text[:start] + check.switched(text[start:end]) + text[end:]
    return (DEFINED if path.name == "attestation.c" else DECLARED) + text


def double(switched: bytes, check: CCheck) -> bytes:
    """The wasm without a check."""
    usual = MARK + NONE.to_bytes(4, "little")
    if switched.count(usual) != 1:
        raise ValueError("the contract does not have its switch")
    return switched.replace(usual, MARK + check.number.to_bytes(4, "little"))
