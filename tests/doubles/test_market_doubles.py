"""Each broken market is caught by the test of the guarantee it breaks, and fits the sources."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from sealwright_sandbox import SandboxError

from tests.doubles.built import build_doubles
from tests.doubles.double import Double
from tests.doubles.market import LEDGER_DOUBLES, MARKET_DOUBLES
from tests.properties import ledger_guarantees, market_guarantees
from tests.properties.guarantees import Guarantees
from tests.properties.market_world import MarketWorld, registry_stub

DOUBLES = [(double, market_guarantees.GUARANTEES) for double in MARKET_DOUBLES]
DOUBLES += [(double, ledger_guarantees.GUARANTEES) for double in LEDGER_DOUBLES]


@pytest.fixture(scope="module")
def broken() -> dict[str, bytes]:
    """Every broken market by the guarantee it breaks."""
    return build_doubles([*MARKET_DOUBLES, *LEDGER_DOUBLES])


@pytest.fixture
def ci_profile() -> Iterator[None]:
    """The `ci` profile without shrinking: a double only has to be caught."""
    current = settings.get_current_profile_name()
    settings.load_profile("doubles")
    yield
    settings.load_profile(current)


def test_doubles__one_for_every_guarantee() -> None:
    for doubles, guarantees in ((MARKET_DOUBLES, market_guarantees), (LEDGER_DOUBLES, ledger_guarantees)):
        assert sorted(each.identifier for each in doubles) == sorted(guarantees.GUARANTEES.ids)


@pytest.mark.slow
@pytest.mark.usefixtures("ci_profile")
@pytest.mark.parametrize(("double", "guarantees"), DOUBLES, ids=[each.identifier for each, _ in DOUBLES])
def test_double__is_caught(double: Double, guarantees: Guarantees, broken: dict[str, bytes]) -> None:
    world = MarketWorld(broken[double.identifier], registry_stub())
    with pytest.raises((AssertionError, SandboxError)):
        guarantees.check(double.identifier, world)
