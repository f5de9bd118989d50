"""The package alone: its public names, its README's examples, and a wheel that needs nothing but cryptography."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from tee_attestation_verifier import offchain
from tee_attestation_verifier.offchain import (
    INTEL_ROOT,
    Rejection,
    judge_quote,
    read_collateral,
    root_from_der,
)

PROJECT = Path(__file__).resolve().parents[1]
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path[:0] = {paths!r}
import tee_attestation_verifier as package
names = [each.name for each in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
names = [each for each in names if ".pcs" not in each]  # the client needs the extra [http]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_public_api__names_what_it_has_and_documents_it() -> None:
    assert len(set(offchain.__all__)) == len(offchain.__all__)
    for name in offchain.__all__:
        value = getattr(offchain, name)
        if callable(value):
            assert value.__doc__, name


def readme_examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)


def test_readme__examples_run_one_after_the_other(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    node = samples / "dstack" / "near-mpc"
    (tmp_path / "quote.bin").write_bytes(bytes(json.loads((node / "quote.json").read_text())))
    for name in ("collateral.json", "tcb_info.json"):
        (tmp_path / name).write_bytes((node / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    now = json.loads((samples / "real" / "05_tdx_v4_near_mpc_2026_08" / "expected.json").read_text())["now"]
    names: dict[str, Any] = {"now": now}
    examples = readme_examples()
    assert len(examples) == 5
    for example in examples:
        exec(example, names)
    shown = capsys.readouterr().out.splitlines()
    assert names["kept_claims"].report.data == names["claims"].report.data
    assert shown[0].startswith("TDX UpToDate ")
    assert shown[1].endswith(" local-sgx")
    assert shown[2] == "pass anchor Intel SGX Root CA"
    assert len(shown) == 2 + 14


def test_readme__example_explains_a_rejection(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = samples / "synthetic" / "qe_mrsigner_bad"
    for name in ("quote.bin", "collateral.json"):
        (tmp_path / name).write_bytes((case / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(readme_examples()[0], {"now": 1_781_481_600})
    assert capsys.readouterr().out.startswith("ROOT_NOT_TRUSTED PCK chain\nrule ")


def test_judge_quote__asks_all_three_questions(samples: Path) -> None:
    root = root_from_der((samples / "synthetic" / "root.der").read_bytes(), offchain.OpenSslCrypto())
    refused = {"quote_sig_bad": "QUOTE_SIGNATURE", "td_debug": "TD_DEBUG", "st_out_of_date": "POLICY_STATUS"}
    for name, code in refused.items():
        case = samples / "synthetic" / name
        quote, collateral = (
            (case / "quote.bin").read_bytes(),
            read_collateral((case / "collateral.json").read_text()),
        )
        with pytest.raises(Rejection) as rejection:
            judge_quote(quote, collateral, 1_781_481_600, root=root)
        assert rejection.value.code == code
    assert INTEL_ROOT.is_intel()


def site_with_cryptography(folder: Path) -> Path:
    """A folder that has cryptography and what it requires, and nothing else of this environment."""
    todo, done = ["cryptography"], set[str]()
    while todo:
        name = todo.pop()
        done.add(name)
        distribution = metadata.distribution(name)
        for path in {Path(str(each)).parts[0] for each in distribution.files or []} - {".."}:
            target = folder / path
            if not target.exists():
                target.symlink_to(Path(str(distribution.locate_file(path))).resolve())
        for requirement in distribution.requires or []:
            required = re.split(r"[^A-Za-z0-9_.-]", requirement)[0]
            if "extra ==" not in requirement and required not in done and _is_installed(required):
                todo.append(required)
    return folder


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def test_wheel__imports_with_cryptography_alone(tmp_path: Path) -> None:
    build = f"import hatchling.build; hatchling.build.build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "wheel")
    unpacked = tmp_path / "wheel" / "tee_attestation_verifier"
    assert (unpacked / "py.typed").is_file()
    schemas = {path.name for path in (unpacked / "offchain" / "schemas").iterdir()}
    assert schemas == {"bundle.schema.json", "compose-policy.schema.json", "policy.schema.json"}
    (tmp_path / "site").mkdir()
    paths = [str(unpacked.parent), str(site_with_cryptography(tmp_path / "site"))]
    script = IMPORT_ALL.format(paths=paths)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], check=True, capture_output=True, text=True
    )
    found = (PROJECT / "tee_attestation_verifier").rglob("*.py")
    modules = [each for each in found if "pcs" not in each.parts]
    assert int(done.stdout) == len(modules) - 1
