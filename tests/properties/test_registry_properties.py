"""Every guarantee of the registry, on the VM."""

import pytest

from tests.properties import registry_guarantees
from tests.properties.registry_world import RegistryWorld, sound_registry, verifier_stub


@pytest.fixture(scope="module")
def registry_world() -> RegistryWorld:
    return RegistryWorld(sound_registry(), verifier_stub())


@pytest.mark.parametrize("identifier", registry_guarantees.GUARANTEES.ids)
def test_registry__keeps(identifier: str, registry_world: RegistryWorld) -> None:
    registry_guarantees.GUARANTEES.check(identifier, registry_world)
