"""Every guarantee of the market and of its ledger, on the VM."""

import pytest

from tests.properties import ledger_guarantees, market_guarantees
from tests.properties.market_world import MarketWorld, registry_stub, sound_market


@pytest.fixture(scope="module")
def market_world() -> MarketWorld:
    return MarketWorld(sound_market(), registry_stub())


@pytest.mark.parametrize("identifier", market_guarantees.GUARANTEES.ids)
def test_market__keeps(identifier: str, market_world: MarketWorld) -> None:
    market_guarantees.GUARANTEES.check(identifier, market_world)


@pytest.mark.parametrize("identifier", ledger_guarantees.GUARANTEES.ids)
def test_ledger__keeps(identifier: str, market_world: MarketWorld) -> None:
    ledger_guarantees.GUARANTEES.check(identifier, market_world)
