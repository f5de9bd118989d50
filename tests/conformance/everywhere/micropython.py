"""The verifier on a 64-bit MicroPython: the interpreter is built once a machine, the sources lowered as a contract's.

    with VerifierOnMicroPython() as verifier:
        verifier.judged(quote, collateral, now, root)   # the text of answers.judged
        verifier.scanned("json", b"[1]")                # the text of answers.scanned

The interpreter comes from nearc's sources and has the contract's configuration (`port/mpconfigport.h`). Digests and
signatures are asked of this process.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from sealwright.build import interpreter, lowering, toolchain
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

HERE = Path(__file__).parent
PORT = HERE / "port"
VERIFIER = interpreter.PROJECT / "contracts" / "tee_attestation_verifier"
TESTS = interpreter.PROJECT
ENTRY = "tests.conformance.everywhere.answering"
CRYPTO = OpenSslCrypto()


def program() -> Path:
    """The interpreter, compiled the first time (about 15 seconds)."""
    tools = toolchain.find()
    cache = toolchain.cache_folder()
    target = cache / f"micropython64-{tools.nearc_version}-{_key()}"
    with interpreter.lock(cache):
        interpreter.once(target, lambda folder: _make(tools.micropython, folder))
    return target / "micropython64"


def _make(micropython: Path, target: Path) -> None:
    command = ["make", interpreter.jobs(), "-C", str(PORT), f"PYTHON={toolchain.python()}"]
    toolchain.run([*command, f"TOP={micropython}", f"BUILD={target}"])


def _key() -> str:
    digest = hashlib.sha256()
    shared = interpreter.C_MODULES / "port" / "mpconfigport.h"
    for path in (shared, *sorted(each for each in PORT.rglob("*") if each.is_file())):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _stage(folder: Path) -> None:
    """The verifier without what CPython alone runs, and the module that answers."""
    package = VERIFIER / "tee_attestation_verifier"
    for root, sources in ((VERIFIER, package.rglob("*.py")), (TESTS, HERE.glob("answer*.py"))):
        for source in sources:
            path = source.relative_to(root)
            if "offchain" not in path.parts and path.name != "cpython.py":
                staged = folder / path
                staged.parent.mkdir(parents=True, exist_ok=True)
                staged.write_text(lowering.lower(source.read_text()))


class VerifierOnMicroPython:
    """A running interpreter; ends with the `with` block."""

    def __init__(self) -> None:
        """Build what is missing, and start."""
        self._folder = tempfile.TemporaryDirectory()
        _stage(Path(self._folder.name))
        command = [str(program()), self._folder.name, ENTRY]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> VerifierOnMicroPython:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def judged(self, quote: bytes, collateral: Collateral, now: int, root: TrustedRoot) -> str:
        """What `answers.judged` says there."""
        given = [getattr(collateral, name) for name in Collateral.FIELDS]
        parts = [root.fingerprint, root.subject, root.public_key, root.serial]
        times = [each.to_bytes(8, "little") for each in (now, root.not_before, root.not_after)]
        fields = [as_bytes(each) for each in given if each is not None]
        return self._ask([b"verify", quote, times[0], *parts, *times[1:], *fields])

    def scanned(
        self, scanner: str, data: bytes, start: int = 0, end: int | None = None, last: bytes = b""
    ) -> str:
        """What `answers.scanned` says there; `end` is that of the data unless given."""
        limits = [each.to_bytes(4, "little") for each in (start, len(data) if end is None else end)]
        return self._ask([b"scan", scanner.encode(), data, *limits, last])

    def _ask(self, request: list[bytes]) -> str:
        self._send(request)
        while True:
            kind, *fields = self._receive()
            if kind == b"answer":
                return fields[0].decode()
            if kind == b"sha256":
                self._send([CRYPTO.sha256(fields[0])])
            else:
                self._send([b"1" if CRYPTO.p256_verify(*fields) else b""])

    def _send(self, fields: list[bytes]) -> None:
        stream = self._process.stdin
        assert stream is not None
        stream.write(_octets(len(fields)) + b"".join(_octets(len(each)) + each for each in fields))
        stream.flush()

    def _receive(self) -> list[bytes]:
        return [self._read(self._number()) for _ in range(self._number())]

    def _number(self) -> int:
        return int.from_bytes(self._read(4), "little")

    def _read(self, size: int) -> bytes:
        stream = self._process.stdout
        assert stream is not None
        data = stream.read(size)
        if len(data) < size:
            raise EOFError("MicroPython has ended; what it printed says why")
        return data


def _octets(number: int) -> bytes:
    return number.to_bytes(4, "little")
