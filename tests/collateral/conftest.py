"""A simulated machine, a service that has its collateral, and a client that trusts the service's certificate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sealwright_agents.simulated import SimulatedTee

from tests.collateral.imitation import Imitation
from tests.collateral.shapes import Holdings, IntelShape
from tests.collateral.tls import Tls, mint
from tests.collateral.world import NOW, holdings_of


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """Certificates for 127.0.0.1."""
    return mint(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tee() -> SimulatedTee:
    """A TDX machine whose evidence is good at NOW."""
    return SimulatedTee(b"collateral", NOW)


@pytest.fixture
def holdings(tee: SimulatedTee) -> Holdings:
    """Its collateral, as the standard and as the early evaluation."""
    return holdings_of(tee)


@pytest.fixture
def service(tls: Tls, holdings: Holdings) -> Iterator[Imitation]:
    """Intel's PCS with these holdings."""
    with Imitation(tls, IntelShape(holdings)) as imitation:
        yield imitation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for the cache."""
    return tmp_path / "cache"
