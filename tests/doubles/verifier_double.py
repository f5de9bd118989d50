"""Doubles of the attestation verifier: copies of the package under another name, with a check disabled.

A double always takes the scanners' specification (`plain`, `plain_json`), whatever `scan` prefers here.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Sequence
from functools import cache
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

from cryptography.hazmat.primitives.asymmetric import ec
from tee_attestation_verifier import plain, scan
from tee_attestation_verifier.offchain import openssl
from tee_attestation_verifier.p256 import compress

from tests.attestation_cases.judged import Verifier
from tests.doubles.verifier_checks import Check, sources

ORIGINAL, NAME = "tee_attestation_verifier", "verifier_double"
VERIFIER_MODULES = (
    "errors",
    "intel.trust",
    "intel.verify",
    "intel.attributes",
    "intel.stored",
    "intel.kept",
)
PACKAGES = (NAME, f"{NAME}.intel")


class HostKeys(openssl.OpenSslCrypto):
    """P-256 as NEAR's host has it: it is given compressed keys, so of Y it sees the parity alone."""

    def p256_verify(self, signature: bytes, digest: bytes, public_key: bytes) -> bool:
        """Check under the point that the compressed form of X‖Y names."""
        try:
            named = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), compress(public_key))
        except ValueError:
            return False
        numbers = named.public_numbers()
        point = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        return super().p256_verify(signature, digest, point)


HOST_KEYS = HostKeys()


class _Renamed(ast.NodeTransformer):
    """Imports of the package become imports of its double."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        if node.module is not None and node.module.split(".")[0] == ORIGINAL:
            node.module = node.module.replace(ORIGINAL, NAME, 1)
        return node


@cache
def _trees() -> dict[str, ast.Module]:
    for tree in sources().values():
        _Renamed().visit(tree)
    return sources()


@cache
def _code(module: str) -> CodeType:
    if module == "scan":
        homes = [("plain" if hasattr(plain, each) else "plain_json", each) for each in scan.__all__]
        return compile("\n".join(f"from {NAME}.{home} import {each}" for home, each in homes), module, "exec")
    return compile(_trees()[module], module, "exec")


class _Importer(MetaPathFinder, InspectLoader):
    def __init__(self, changed: dict[str, CodeType]) -> None:
        self._changed = changed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.split(".")[0] != NAME:
            return None
        return ModuleSpec(fullname, self, is_package=fullname in PACKAGES)

    def get_code(self, fullname: str) -> CodeType:
        module = fullname.removeprefix(NAME).lstrip(".")
        if fullname in PACKAGES:
            return compile("", module, "exec")
        return self._changed.get(module) or _code(module)

    def get_source(self, fullname: str) -> str | None:
        return None


def double(check: Check | None = None) -> Verifier:
    """The verifier without a check; the same as the package when there is none to leave out."""
    if check is None:
        return loaded({})
    trees = _trees()
    kept = check.holder[check.position]
    check.holder[check.position] = check.disabled
    try:
        return loaded({check.module: compile(trees[check.module], check.module, "exec")})
    finally:
        check.holder[check.position] = kept


def rewritten(module: str, source: str) -> Verifier:
    """The verifier with another source of a module."""
    tree = _Renamed().visit(ast.parse(source))
    return loaded({module: compile(tree, module, "exec")})


def loaded(changed: dict[str, CodeType]) -> Verifier:
    """A fresh copy of the package in which some modules run other code."""
    importer = _Importer(changed)
    sys.meta_path.insert(0, importer)
    try:
        errors, trust, verify, attributes, stored, kept = (
            importlib.import_module(f"{NAME}.{each}") for each in VERIFIER_MODULES
        )
    finally:
        sys.meta_path.remove(importer)
        for each in [each for each in sys.modules if each.split(".")[0] == NAME]:
            del sys.modules[each]
    return Verifier(errors, trust, verify, attributes, stored, kept, HOST_KEYS)
