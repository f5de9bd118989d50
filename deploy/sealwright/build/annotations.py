"""Annotations to semantic types, followed through imports, aliases and records by source text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sealwright.build.semantic import BOUNDED, SCALARS, Field, Type

TYPES_MODULE = "sealwright_protocol.types"
TYPING = ("typing", "typing_extensions")
MAX_FIELDS = 32  # of one object: what the decoder in C has room for
RAW = "bytes"  # only as a whole: `data: bytes`, `-> bytes`


class InterfaceError(Exception):
    """The source asks for something that a contract cannot offer."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")


class Scope:
    """The top-level names of one source file."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.path = path
        self.tree = tree
        self.imports: dict[str, tuple[str, str]] = {}
        self.modules: dict[str, str] = {}
        self.values: dict[str, ast.expr] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self._collect(tree.body)

    @classmethod
    def of_file(cls, path: Path) -> Scope:
        """The scope of a source file. OSError and SyntaxError as they come."""
        return cls(path, ast.parse(path.read_text(encoding="utf-8"), str(path)))

    def error(self, node: ast.AST, why: str) -> InterfaceError:
        """An error at that place of this file."""
        return InterfaceError(self.path, getattr(node, "lineno", 1), why)

    def type_of(self, node: ast.expr) -> Type:
        """The type that an annotation means. InterfaceError when it means none."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.type_of(ast.parse(node.value, mode="eval").body)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._optional(node)
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Name):
            return self._named(node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = self.modules.get(node.value.id)
            if module:
                return self._elsewhere(module, node.attr, node)
        raise self.error(node, f"{ast.unparse(node)} is not a type of the wire")

    def constant(self, node: ast.expr) -> Any:
        """The value of a literal or of a named constant."""
        if isinstance(node, ast.Name) and node.id in self.values:
            return self.constant(self.values[node.id])
        if isinstance(node, ast.Name) and node.id in self.imports:
            module, name = self.imports[node.id]
            return self._follow(module, node).constant(ast.copy_location(ast.Name(name), node))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = self.modules.get(node.value.id, "")
            return self._follow(module, node).constant(ast.copy_location(ast.Name(node.attr), node))
        if isinstance(node, ast.BinOp):
            left, right = self.constant(node.left), self.constant(node.right)
            for operator, compute in _ARITHMETIC.items():
                if isinstance(node.op, operator):
                    return compute(left, right)
        try:
            return ast.literal_eval(node)
        except ValueError:
            raise self.error(node, f"{ast.unparse(node)} is not a constant") from None

    def check_json(self, node: ast.AST, found: Type) -> None:
        """Raw bytes never stand inside JSON."""
        if found.kind == RAW:
            raise self.error(node, "bytes are Base64 or Sha256 in JSON")
        if len(found.fields) > MAX_FIELDS:
            raise self.error(node, f"{found.name} has more than {MAX_FIELDS} fields")
        if found.inner is not None:
            self.check_json(node, found.inner)
        for each in found.fields:
            self.check_json(node, each.type)

    def check_argument(self, node: ast.AST, argument: Field) -> None:
        """What the outside sends must be bounded."""
        self.check_json(node, argument.type)
        self._check_bounded(node, argument.name, argument.type)

    def _check_bounded(self, node: ast.AST, name: str, found: Type) -> None:
        if found.kind == "list" and not found.most:
            raise self.error(node, f"{name}: a list has a bound, Annotated[list[T], Max(8)]")
        if found.inner is not None:
            self._check_bounded(node, name, found.inner)
        for each in found.fields:
            self._check_bounded(node, f"{name}.{each.name}", each.type)

    def _collect(self, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    bound = alias.asname or alias.name
                    self.imports[bound] = (node.module, alias.name)
                    self.modules[bound] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    self.modules[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.values[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self.values[node.target.id] = node.value
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
                self._collect(node.body)

    def _optional(self, node: ast.BinOp) -> Type:
        sides = [node.left, node.right]
        rest = [side for side in sides if not (isinstance(side, ast.Constant) and side.value is None)]
        if len(rest) != 1:
            raise self.error(node, "the only union is `T | None`")
        return Type("optional", inner=self.type_of(rest[0]))

    def _subscript(self, node: ast.Subscript) -> Type:
        outer = ast.unparse(node.value).rpartition(".")[2]
        if outer == "list":
            return Type("list", inner=self.type_of(node.slice))
        if outer == "dict":
            return Type("Any")
        if outer in ("NotRequired", "Required", "Optional"):
            inner = self.type_of(node.slice)
            return Type("optional", inner=inner) if outer == "Optional" else inner
        if outer == "Annotated" and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
            return self._bounded(node, *node.slice.elts)
        raise self.error(node, f"{ast.unparse(node)} is not a type of the wire")

    def _bounded(self, node: ast.AST, inner: ast.expr, bound: ast.expr) -> Type:
        found = self.type_of(inner)
        if not isinstance(bound, ast.Call) or ast.unparse(bound.func).rpartition(".")[2] != "Max":
            raise self.error(node, "the only bound is Max(n)")
        most = self.constant(bound.args[0])
        if found.kind not in (*BOUNDED, "list") or type(most) is not int or most < 1:
            raise self.error(node, "Max(n) bounds a list, a str or Base64")
        return Type(found.kind, most, found.inner)

    def _named(self, node: ast.Name) -> Type:
        name = node.id
        if name in self.classes:
            return self._record(self.classes[name])
        if name in self.values:
            return self.type_of(self.values[name])
        if name in self.imports:
            return self._elsewhere(*self.imports[name], node)
        if name in ("str", "bool"):
            return Type(name)
        if name == RAW:
            return Type(RAW)
        if name in ("dict", "object"):
            return Type("Any")
        hint = ": say U8, U16, U32, U64, ..." if name == "int" else ""
        raise self.error(node, f"{name} is not a type of the wire{hint}")

    def _elsewhere(self, module: str, name: str, node: ast.AST) -> Type:
        if module == TYPES_MODULE and name in SCALARS:
            return Type(name)
        if module in TYPING and name == "Any":
            return Type("Any")
        target = ast.copy_location(ast.Name(name), node)
        return self._follow(module, node).type_of(target)

    def _follow(self, module: str, node: ast.AST) -> Scope:
        """The scope of an imported module: beside the contract's package, or of the protocol."""
        contracts = self.path.resolve().parent.parent
        for root in (contracts, contracts / "protocol", contracts.parent):
            path = root.joinpath(*module.split(".")).with_suffix(".py")
            if path.is_file():
                return Scope.of_file(path)
        raise self.error(node, f"{module} is not found")

    def _record(self, node: ast.ClassDef) -> Type:
        if not any(ast.unparse(base).rpartition(".")[2] == "TypedDict" for base in node.bases):
            raise self.error(node, f"{node.name} is not a TypedDict")
        total = not any(each.arg == "total" and ast.unparse(each.value) == "False" for each in node.keywords)
        fields = []
        for each in node.body:
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                marked = ast.unparse(each.annotation).rpartition("NotRequired[")[1]
                fields.append(Field(each.target.id, self.type_of(each.annotation), total and not marked))
        return Type("record", name=node.name, fields=tuple(fields))


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda left, right: left + right,
    ast.Mult: lambda left, right: left * right,
    ast.Sub: lambda left, right: left - right,
    ast.Pow: lambda left, right: left**right,
}
