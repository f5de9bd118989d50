"""Each broken registry and gateway is caught by the test of the guarantee it breaks."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from sealwright_sandbox import SandboxError

from tests.doubles.built import build_doubles
from tests.doubles.double import Double
from tests.doubles.gateway import GATEWAY_DOUBLES
from tests.doubles.registry import REGISTRY_DOUBLES
from tests.properties import gateway_guarantees, gateway_world, registry_guarantees, registry_world


@pytest.fixture(scope="module")
def broken() -> dict[str, bytes]:
    """Every broken contract by the guarantee it breaks."""
    return build_doubles([*GATEWAY_DOUBLES, *REGISTRY_DOUBLES])


@pytest.fixture
def ci_profile() -> Iterator[None]:
    """The `ci` profile without shrinking: a double only has to be caught."""
    current = settings.get_current_profile_name()
    settings.load_profile("doubles")
    yield
    settings.load_profile(current)


def test_doubles__one_for_every_guarantee() -> None:
    gateway, registry = gateway_guarantees.GUARANTEES.ids, registry_guarantees.GUARANTEES.ids
    assert sorted(each.identifier for each in GATEWAY_DOUBLES) == sorted(gateway)
    assert sorted(each.identifier for each in REGISTRY_DOUBLES) == sorted(registry)


@pytest.mark.slow
@pytest.mark.usefixtures("ci_profile")
@pytest.mark.parametrize("double", GATEWAY_DOUBLES, ids=lambda double: double.identifier)
def test_gateway_double__is_caught(double: Double, broken: dict[str, bytes]) -> None:
    world = gateway_world.GatewayWorld(broken[double.identifier], gateway_world.registry_stub())
    with pytest.raises((AssertionError, SandboxError)):
        gateway_guarantees.GUARANTEES.check(double.identifier, world)


@pytest.mark.slow
@pytest.mark.usefixtures("ci_profile")
@pytest.mark.parametrize("double", REGISTRY_DOUBLES, ids=lambda double: double.identifier)
def test_registry_double__is_caught(double: Double, broken: dict[str, bytes]) -> None:
    world = registry_world.RegistryWorld(broken[double.identifier], registry_world.verifier_stub())
    with pytest.raises((AssertionError, SandboxError)):
        registry_guarantees.GUARANTEES.check(double.identifier, world)
