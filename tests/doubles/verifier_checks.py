"""Every check of the attestation verifier, found in its sources, each of which can be disabled.

A check is an operand of a condition that refuses (raises, skips a level or answers False), a condition that
finds a serial, a call that does nothing but check, or the comparison that a function of a module answers (`-> bool`).
Disabled means: that operand never refuses, that call is not made. Only `verify` and the anchor count, not
policy nor what stays off chain.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tee_attestation_verifier

PACKAGE = Path(tee_attestation_verifier.__file__).parent
CHECKING_CALL = re.compile(r"_?(check|require|refuse)(_\w+)?|iso_time")
# Steps of steps: they find what later ones need, and the checks inside are counted.
COMPOSED = ("check_pck_chain", "check_issuers", "check_root_list", "check_pck_list", "check_documents")
# What refuses nothing that the plain forms accept (cpython) counts as them.
# Nor do what a policy reads, and what replaces what where collateral is put (ATTEST-5).
NOT_VERIFYING = (
    "__init__",
    "scan",
    "cpython",
    "intel.policy",
    "intel.pck_configuration",
    "intel.claims",
    "intel.kept",
)


@dataclass
class Check:
    """One check: where it stands and what it says, and the statement to put in the place of another.

    name    module, function and the source of the check: stable while lines move
    lines   a refusal by this check passes through one of these lines of the module
    raises  whether it refuses by raising; otherwise it answers False or passes over a level
    """

    name: str
    module: str
    lines: tuple[int, ...]
    raises: bool
    holder: list[ast.stmt]
    position: int
    disabled: ast.stmt


@cache
def sources() -> dict[str, ast.Module]:
    """The syntax trees of the modules that verify, by dotted name below the package."""
    found = {}
    for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("intel/*.py")]:
        found[".".join(path.relative_to(PACKAGE).with_suffix("").parts)] = ast.parse(path.read_text())
    return found


@cache
def checks() -> dict[str, Check]:
    """Every check by its name; checks of one wording in one function are numbered."""
    found: dict[str, Check] = {}
    for module, tree in sorted(sources().items()):
        if module.rpartition(".")[2] == "__init__" or module in NOT_VERIFYING:
            continue
        for check in _in_body(module, "", tree.body, "None"):
            number = 2
            while check.name in found:
                check.name = f"{check.name.partition(' #')[0]} #{number}"
                number += 1
            found[check.name] = check
    return found


def _in_body(module: str, function: str, body: list[ast.stmt], returns: str) -> Iterator[Check]:
    for position, statement in enumerate(body):
        where = f"{module}.{function}".rstrip(".")
        lines = tuple(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
        for text, disabled in _disabled(statement, returns):
            yield Check(f"{where}: {text}", module, lines, _raises(statement), body, position, disabled)
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            inner = f"{function}.{statement.name}".lstrip(".")
            answer = None if function else getattr(statement, "returns", None)
            yield from _in_body(module, inner, statement.body, ast.unparse(answer) if answer else "None")
            continue
        for part in _blocks(statement):
            yield from _in_body(module, function, part, returns)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks inside a statement. Handlers only translate what a check has raised."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list):
            yield block


def _disabled(statement: ast.stmt, returns: str) -> Iterator[tuple[str, ast.stmt]]:
    """The checks that a statement makes: their source, and the statement without them."""
    if isinstance(statement, ast.If) and _refuses_or_finds(statement.body):
        for text, test in _loosened(statement.test):
            without = copy.copy(statement)
            without.test = test
            yield text, without
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = ast.unparse(statement.value.func).rpartition(".")[2]
        if CHECKING_CALL.fullmatch(called) and called not in COMPOSED:
            yield ast.unparse(statement), ast.copy_location(ast.Pass(), statement)
    elif isinstance(statement, ast.Return) and isinstance(statement.value, ast.Compare) and returns == "bool":
        true = ast.copy_location(ast.Constant(value=True), statement)
        yield ast.unparse(statement.value), ast.copy_location(ast.Return(value=true), statement)


def _raises(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return isinstance(statement.body[0], ast.Raise)
    return isinstance(statement, ast.Expr)


def _refuses_or_finds(body: list[ast.stmt]) -> bool:
    if len(body) != 1:
        return False
    only = body[0]
    if isinstance(only, (ast.Return, ast.Assign)):
        answer = isinstance(only, ast.Assign)  # found = True
        return isinstance(only.value, ast.Constant) and only.value.value is answer
    return isinstance(only, (ast.Raise, ast.Continue))


def _loosened(test: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each operand by which a condition can hold, and the condition without that operand."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for index, operand in enumerate(test.values):
            for text, looser in _loosened(operand):
                yield text, _with(test, index, looser)
    elif isinstance(test, ast.BoolOp) and any(_is_or(operand) for operand in test.values):
        for index, operand in enumerate(test.values):
            if _is_or(operand):
                for text, looser in _loosened(operand):
                    yield text, _with(test, index, looser)
    elif (
        isinstance(test, ast.UnaryOp) and isinstance(test.operand, ast.Compare) and len(test.operand.ops) > 1
    ):
        yield from _half_open(test, test.operand)
    else:
        yield ast.unparse(test), ast.copy_location(ast.Constant(value=False), test)


def _is_or(test: ast.expr) -> bool:
    return isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or)


def _with(test: ast.BoolOp, index: int, operand: ast.expr) -> ast.BoolOp:
    values = [*test.values[:index], operand, *test.values[index + 1 :]]
    return ast.copy_location(ast.BoolOp(op=test.op, values=values), test)


def _half_open(test: ast.UnaryOp, chain: ast.Compare) -> Iterator[tuple[str, ast.expr]]:
    """`not a <= b <= c` without one of its comparisons."""
    terms = [chain.left, *chain.comparators]
    pairs = [
        ast.Compare(left, [op], [right]) for left, op, right in zip(terms, chain.ops, terms[1:], strict=False)
    ]
    for index, pair in enumerate(pairs):
        others = [each for each in pairs if each is not pairs[index]]
        rest = others[0] if len(others) == 1 else ast.BoolOp(op=ast.And(), values=list(others))
        looser = ast.UnaryOp(op=ast.Not(), operand=rest)
        yield f"not {ast.unparse(pair)}", ast.fix_missing_locations(ast.copy_location(looser, test))
