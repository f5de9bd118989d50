"""Genuine Intel quotes with their collateral, for the demo, the benchmarks and the tests.

The source distribution of ``dcap-qvl`` (MIT licence) carries them in its ``sample/`` folder. It is fetched once by
name, version and SHA-256 into the user's cache; nothing of it is part of this project.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sealwright.places import cache_folder

_REQUIREMENT = (
    "dcap-qvl==0.7.0 --hash=sha256:f1c442dc494a6a3ccfff587dfa22ea3a7459c90d940a3dd20d234332a025ed03\n"
)
_ARCHIVE = "dcap_qvl-0.7.0.tar.gz"
TDX = 0x81


class SamplesUnavailable(RuntimeError):
    """The source distribution is neither cached nor to be had from the package index."""


@dataclass(frozen=True)
class GenuinePair:
    """A quote, its collateral and a moment (Unix seconds) at which both are valid."""

    name: str
    quote_file: Path
    collateral_file: Path
    at: int

    @property
    def quote(self) -> bytes:
        """The raw quote, as the enclave gave it out."""
        return self.quote_file.read_bytes()

    @property
    def tee(self) -> str:
        """ "tdx" or "sgx", by the quote's TEE type (byte 4 of its header)."""
        return "tdx" if self.quote[4] == TDX else "sgx"

    @property
    def collateral(self) -> dict[str, str]:
        """The collateral's fields; CRLs and signatures in hex."""
        fields: dict[str, str] = json.loads(self.collateral_file.read_text())
        return fields


def genuine_pairs() -> dict[str, GenuinePair]:
    """The TDX v4 pairs by name: ``tdx_quote`` (UpToDate). The other samples there are of other kinds.

    Raises SamplesUnavailable when they are not cached and the package index cannot be reached.
    """
    folder = _sample_folder()
    moments = {"tdx_quote": 1_751_624_191}
    return {
        name: GenuinePair(name, folder / name, folder / f"{name}_collateral.json", at)
        for name, at in moments.items()
    }


def _sample_folder() -> Path:
    folder = cache_folder() / "samples" / _ARCHIVE.removesuffix(".tar.gz")
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            _unpack(_download(Path(scratch)), Path(scratch) / "sample")
            try:
                (Path(scratch) / "sample").rename(folder)
            except OSError:
                if not folder.exists():  # else another process was first: its copy is as good
                    raise
    return folder


def _download(scratch: Path) -> Path:
    requirements = scratch / "requirements.txt"
    requirements.write_text(_REQUIREMENT)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    command += ["--no-build-isolation", "--require-hashes", "-r", str(requirements), "-d", str(scratch)]
    # pip asks the archive's build backend for metadata: maturin, from the same environment.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path})  # noqa: S603
    if done.returncode != 0:
        raise SamplesUnavailable(f"genuine quotes could not be fetched: {done.stderr.strip()[-400:]}")
    return scratch / _ARCHIVE


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir()
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            parts = Path(member.name).parts
            if member.isfile() and len(parts) == 3 and parts[1] == "sample":
                source = tar.extractfile(member)
                if source is not None:
                    (folder / parts[2]).write_bytes(source.read())
