"""Makes every line of Python show in its bytecode, for instrumented builds.

MicroPython leaves no code for some lines and puts some code on its neighbour's line. Each edit here keeps the
meaning and the lines of the source:

    pass                  no code                                  []
    elif ready:           a bare name keeps the line before        elif (ready,)[0]:
    except KeyError:      the same                                 except (KeyError,)[0]:
    except:               the same                                 except (BaseException,)[0]:
    for i in range(n):    the test is at the loop's end            for i in iter(range(n)):

The test of a `while` loop stands at the end of its code, too, and shows as the loop's last line: readers of
lines put it right (`sealwright_sandbox.observe.branches`).
"""

from __future__ import annotations

import ast

Edit = tuple[int, int, bytes]


def traceable(source: str) -> str:
    """The same module, for the interpreter to run with lines reported. SyntaxError as Python has it."""
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def around(node: ast.expr, before: bytes, after: bytes) -> None:
        start = starts[node.lineno - 1] + node.col_offset
        stop = starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
        start, stop = _with_parentheses(data, start, stop)
        edits.extend([(start, start, before), (stop, stop, after)])

    edits: list[Edit] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Pass):
            at = starts[node.lineno - 1] + node.col_offset
            edits.append((at, at + len("pass"), b"[]"))
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            around(node.type, b"(", b",)[0]")
        elif isinstance(node, ast.ExceptHandler):
            at = starts[node.lineno - 1] + node.col_offset + len("except")
            edits.append((at, at, b" (BaseException,)[0]"))
        elif isinstance(node, ast.For) and _is_range(node.iter):
            around(node.iter, b"iter(", b")")
        elif isinstance(node, ast.If) and _is_elif(node, data, starts):
            around(node.test, b"(", b",)[0]")
    return _edited(data, edits)


def _is_range(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _is_elif(node: ast.If, data: bytes, starts: list[int]) -> bool:
    at = starts[node.lineno - 1] + node.col_offset
    return data.startswith(b"elif", at) and not isinstance(node.test, ast.Constant)


def _with_parentheses(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """The same stretch with the parentheses around it, which a syntax tree leaves out."""
    while True:
        left = len(data[:start].rstrip()) - 1
        right = stop + len(data[stop:]) - len(data[stop:].lstrip())
        if data[left : left + 1] != b"(" or data[right : right + 1] != b")":
            return start, stop
        start, stop = left, right + 1


def _edited(data: bytes, edits: list[Edit]) -> str:
    for start, stop, text in sorted(edits, reverse=True):
        data = data[:start] + text + data[stop:]
    return data.decode()


def erased_lines(source: str, lowered: str) -> dict[int, int]:
    """Lines without code of their own -> the line that each belongs to, 0 for the module.

    Statements and decorators that only the source has belong to the nearest statement around them that is still
    there; a text that stands alone (documentation of a constant) belongs to the statement before it.
    """
    kept = {node.lineno for node in ast.walk(ast.parse(lowered)) if isinstance(node, ast.stmt)}
    found: dict[int, int] = {}

    def look(node: ast.AST, anchor: int) -> None:
        before = anchor
        for child in ast.iter_child_nodes(node):
            inner = anchor
            if isinstance(child, ast.stmt):
                inner = child.lineno if child.lineno in kept else anchor
                decorators = child.decorator_list if isinstance(child, ast.FunctionDef | ast.ClassDef) else []
                erased = [child.lineno, *(each.lineno for each in decorators)]
                found.update({line: inner for line in erased if line not in kept})
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    found[child.lineno] = before
                before = inner
            look(child, inner)

    look(ast.parse(source), 0)
    return found
