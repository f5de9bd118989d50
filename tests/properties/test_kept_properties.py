"""Every guarantee of kept collateral, on the VM."""

import pytest

from tests.properties import kept_guarantees
from tests.properties.kept_world import KeptWorld, sound_verifier


@pytest.fixture(scope="module")
def kept_world() -> KeptWorld:
    return KeptWorld(sound_verifier())


@pytest.mark.parametrize("identifier", kept_guarantees.GUARANTEES.ids)
def test_kept_collateral__keeps(identifier: str, kept_world: KeptWorld) -> None:
    kept_guarantees.GUARANTEES.check(identifier, kept_world)
