"""Lowers Python source to what the contract interpreter runs, keeping every line where it is.

Types are erased (annotations, typing imports, `TYPE_CHECKING` blocks, TypedDicts, casts like
`Yocto(x)`), the kit's decorators are taken out (the entry module does their work), and pure
Python modules that have a C twin are replaced by it. Line numbers stay, so that what a
contract reports at run time points into the real source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Names that only mypy and the build look at.
TYPE_MODULES = ("typing", "typing_extensions", "collections.abc", "sealwright_protocol.types", "__future__")
# The decorators' own module: the entry module does what they declare.
DECLARATIONS = "common.entry"
DECORATORS = ("init", "view", "call", "callback", "overload")
TYPE_MAKERS = ("TypeVar", "NewType", "ParamSpec")
GENERICS = ("tuple", "list", "dict", "set", "frozenset", "type")

# Pure Python specification -> C module of the contract. Neither the specifications nor what
# only they import is staged.
TWINS = {
    "common.shim._host": "_host",
    "sealwright_protocol.borsh": "_borsh",
    "sealwright_protocol.json_codec": "_json_codec",
    "sealwright_protocol.fields": "_fields",
}
NOT_STAGED = (
    "common/entry.py",
    "common/shim/",
    "sealwright_protocol/types.py",
    "sealwright_protocol/borsh.py",
    "sealwright_protocol/json_codec.py",
    "sealwright_protocol/fields.py",
    "sealwright_protocol/json_text.py",
    "sealwright_protocol/scalars.py",
    "sealwright_protocol/client/",
    # The scanners of other interpreters: `scan.py` chooses their twin `_attestation`.
    "tee_attestation_verifier/plain.py",
    "tee_attestation_verifier/plain_json.py",
    "tee_attestation_verifier/cpython.py",
    "tee_attestation_verifier/offchain/",
)

Edit = tuple[int, int, bytes]


def is_staged(path: str) -> bool:
    """Whether a source file, by its path from the import root, belongs into a contract."""
    return not path.startswith(NOT_STAGED)


def lower(source: str) -> str:
    """The same module without types and declarations. SyntaxError as Python has it."""
    return _Lowering(_Lowering(source).run()).drop_unused()


class _Lowering:
    def __init__(self, source: str) -> None:
        self.data = source.encode()
        self.tree = ast.parse(source)
        self.edits: list[Edit] = []
        self.types: set[str] = set()  # local names that are only types
        self.line_starts = [0]
        for line in self.data.splitlines(keepends=True):
            self.line_starts.append(self.line_starts[-1] + len(line))

    def run(self) -> str:
        nodes = list(ast.walk(self.tree))
        for node in nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node)
        for node in nodes:
            self._visit(node)
        return self._edited()

    def drop_unused(self) -> str:
        """The module without imported names that nothing uses at run time."""
        used = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}
        used |= {str(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Constant)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                kept = [alias for alias in node.names if alias.asname == alias.name or _bound(alias) in used]
                if not kept:
                    self._drop(node)
                elif len(kept) < len(node.names):
                    names = ", ".join(ast.unparse(alias) for alias in kept)
                    self._replace(node, f"from {node.module} import {names}")
        return self._edited()

    def _edited(self) -> str:
        """The source with every edit made; one inside another goes with the outer one."""
        out = bytearray()
        done = 0
        for start, stop, text in sorted(self.edits, key=lambda edit: (edit[0], -edit[1])):
            if start >= done:
                out += self.data[done:start] + _with_lines(text, self.data[start:stop])
                done = stop
        return bytes(out + self.data[done:]).decode()

    def _visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef):
            self._function(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.AnnAssign):
            self._annotated(node)
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            self._drop(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Name) and node.value.func.id in TYPE_MAKERS:
                self._drop(node)
        elif isinstance(node, ast.Assign) and _is_generic(node.value):
            self._drop(node)
        elif isinstance(node, ast.Call):
            self._cast(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.ImportFrom) and (node.module in TYPE_MODULES or node.module == DECLARATIONS):
            self.types.update(_bound(alias) for alias in node.names)
            self._drop(node)
            return
        lines = list(_lowered_imports(node))
        if lines != [ast.unparse(node)]:
            self._replace(node, "; ".join(lines))

    def _function(self, node: ast.FunctionDef) -> None:
        names = [
            ast.unparse(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list
        ]
        if "overload" in names:
            first = node.decorator_list[0]
            self.edits.append((self._at(first) - 1, self._end(node), b"pass"))
            return
        for decorator, name in zip(node.decorator_list, names, strict=True):
            if name in DECORATORS:
                self.edits.append((self._at(decorator) - 1, self._end(decorator), b""))
        given = node.args
        for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
            if each is not None and each.annotation is not None:
                start = self._at(each) + len(each.arg.encode())
                self.edits.append((start, self._end(each.annotation), b""))
        if node.returns is not None:
            arrow = self.data.rindex(b"->", 0, self._at(node.returns))
            start = len(self.data[:arrow].rstrip(b" "))
            self.edits.append((start, self._end(node.returns), b""))

    def _class(self, node: ast.ClassDef) -> None:
        bases = [ast.unparse(base) for base in node.bases]
        if any(base.rpartition(".")[2] == "TypedDict" for base in bases):
            self._drop(node)
            return
        for base, name in zip(node.bases, bases, strict=True):
            if name.startswith(("Generic[", "Protocol")):
                if len(bases) > 1:
                    raise SyntaxError(f"line {node.lineno}: a generic class has no other base")
                self._replace(base, "")

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is None or ast.unparse(node.annotation).endswith("TypeAlias"):
            self._drop(node)
        else:
            self.edits.append((self._end(node.target), self._end(node.annotation), b""))

    def _cast(self, node: ast.Call) -> None:
        if not isinstance(node.func, ast.Name) or node.func.id not in self.types or node.keywords:
            return
        if node.func.id == "cast" and len(node.args) == 2:
            self.edits.append((self._at(node), self._at(node.args[1]), b"("))
        elif len(node.args) == 1:
            self._replace(node.func, "")

    def _drop(self, node: ast.stmt) -> None:
        self._replace(node, "pass")

    def _replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        self.edits.append((self._at(node), self._end(node), text.encode()))

    def _at(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        return self.line_starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt) -> int:
        return self.line_starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)


def _is_generic(value: ast.expr) -> bool:
    """Whether this is an alias like `tuple[bytes, int]`, which only a type checker reads."""
    return (
        isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) and value.value.id in GENERICS
    )


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name


def _with_lines(text: bytes, replaced: bytes) -> bytes:
    """`text` with the line breaks of what it replaces."""
    return text + b"\n" * replaced.count(b"\n")


def _lowered_imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The statements that an import becomes, one a name where a twin is involved."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            twin = TWINS.get(alias.name)
            plain = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            yield f"import {twin} as {_bound(alias)}" if twin else plain
        return
    module = node.module or ""
    if module in TWINS:
        yield f"from {TWINS[module]} import {', '.join(ast.unparse(alias) for alias in node.names)}"
        return
    rest = [alias for alias in node.names if f"{module}.{alias.name}" not in TWINS]
    for alias in node.names:
        twin = TWINS.get(f"{module}.{alias.name}")
        if twin:
            yield (f"import {twin}" if _bound(alias) == twin else (f"import {twin} as {_bound(alias)}"))
    if rest:
        yield f"from {module} import {', '.join(ast.unparse(alias) for alias in rest)}"
