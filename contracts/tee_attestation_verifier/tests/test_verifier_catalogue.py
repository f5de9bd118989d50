"""The catalogue of codes is complete, every code is tested, and policy and files do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.intel.verify import STEPS
from tee_attestation_verifier.offchain.catalogue import CODES, ROOT_CODES, step_titles
from tee_attestation_verifier.offchain.collateral_file import read_collateral, write_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "tee_attestation_verifier"
NOW = 1_781_481_600
CRYPTO = OpenSslCrypto()


def codes_in_sources() -> set[str]:
    found: set[str] = set()
    for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("intel/*.py")]:
        source = path.read_text()
        found.update(re.findall(r'Rejection\(\s*"([A-Z0-9_]+)"', source))
        found.update(re.findall(r'"([A-Z0-9_]+_(?:SIGNATURE|INVALID|NOT_SUPPORTED|REVOKED))"', source))
        for prefix in re.findall(r'require_window\([^)]*?"([A-Z_]+)"', source):
            found.update((prefix + "_NOT_YET_VALID", prefix + "_EXPIRED"))
    return {code for code in found if not code.startswith("POLICY_")}


def test_catalogue__lists_exactly_the_codes_of_the_sources() -> None:
    assert codes_in_sources() == set(CODES) | set(ROOT_CODES)


def test_catalogue__every_step_has_a_number_and_a_title() -> None:
    titles = step_titles()
    assert [number for number, _ in titles] == list(range(1, len(STEPS) + 2))
    assert all(title.endswith(".") for _, title in titles)


def test_specification__shows_every_code() -> None:
    specification = (HERE.parents[2] / "docs" / "spec" / "attestation.md").read_text()
    for code, (step, meaning) in CODES.items():
        assert f"| {step} | `{code}` | {meaning} |" in specification, code


def test_collateral_file__reads_what_it_writes() -> None:
    collateral = SimulatedTee(b"file", NOW).collateral()
    assert vars(read_collateral(write_collateral(collateral))) == vars(collateral)
    for text in ("[]", "{}", write_collateral(collateral).replace('"root_ca_crl": "3', '"root_ca_crl": "x')):
        with pytest.raises(ValueError, match="collateral"):
            read_collateral(text)
