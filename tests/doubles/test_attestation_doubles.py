"""Each broken verifier is caught by the test of the guarantee it breaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from sealwright_sandbox import SandboxError

from tests.doubles.attestation import ATTESTATION_DOUBLES
from tests.doubles.built import build_doubles
from tests.doubles.double import Double
from tests.properties import kept_guarantees
from tests.properties.attestation_guarantees import GUARANTEES
from tests.properties.kept_world import KeptWorld


@pytest.fixture(scope="module")
def broken() -> dict[str, bytes]:
    """Every broken verifier by the guarantee it breaks."""
    return build_doubles(ATTESTATION_DOUBLES)


@pytest.fixture
def ci_profile() -> Iterator[None]:
    """The `ci` profile without shrinking: a double only has to be caught."""
    current = settings.get_current_profile_name()
    settings.load_profile("doubles")
    yield
    settings.load_profile(current)


def test_doubles__one_for_every_guarantee() -> None:
    identifiers = [double.identifier for double in ATTESTATION_DOUBLES]
    assert identifiers == [*GUARANTEES, *kept_guarantees.GUARANTEES.ids]


@pytest.mark.slow
@pytest.mark.usefixtures("ci_profile")
@pytest.mark.parametrize("double", ATTESTATION_DOUBLES, ids=lambda double: double.identifier)
def test_verifier_double__is_caught(double: Double, broken: dict[str, bytes]) -> None:
    with pytest.raises((AssertionError, SandboxError)):
        check(double.identifier, broken[double.identifier])


def check(identifier: str, wasm: bytes) -> None:
    """Run the properties of an ID against this verifier."""
    if identifier in GUARANTEES:
        GUARANTEES[identifier](wasm)
    else:
        kept_guarantees.GUARANTEES.check(identifier, KeptWorld(wasm))
