"""The released verifier keeps its guarantees."""

from pathlib import Path

import pytest

from tests.properties.attestation_guarantees import GUARANTEES


@pytest.mark.parametrize("identifier", GUARANTEES)
def test_verifier__keeps(identifier: str, release: Path) -> None:
    GUARANTEES[identifier]((release / "attestation_verifier.wasm").read_bytes())
