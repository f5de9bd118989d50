"""Every guarantee of the gateway, on the VM."""

import pytest

from tests.properties import gateway_guarantees
from tests.properties.gateway_world import GatewayWorld, registry_stub, sound_gateway


@pytest.fixture(scope="module")
def gateway_world() -> GatewayWorld:
    return GatewayWorld(sound_gateway(), registry_stub())


@pytest.mark.parametrize("identifier", gateway_guarantees.GUARANTEES.ids)
def test_gateway__keeps(identifier: str, gateway_world: GatewayWorld) -> None:
    gateway_guarantees.GUARANTEES.check(identifier, gateway_world)
