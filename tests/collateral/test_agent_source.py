"""An agent that asks the service itself: its evidence is judged by the same verifier as everybody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from sealwright_agents.errors import QuoteFailed
from sealwright_agents.quotes import provider_for
from sealwright_agents.quotes.choice import QuoteSettings
from sealwright_agents.quotes.configfs_tsm import ConfigfsQuotes
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

from tests.collateral.imitation import Imitation, Reply
from tests.collateral.shapes import Holdings, PccsShape
from tests.collateral.tls import Tls
from tests.collateral.world import NOW

REPORT_DATA = bytes(range(64))


def test_evidence__has_the_collateral_of_its_own_platform(
    tmp_path: Path, tls: Tls, tee: SimulatedTee, holdings: Holdings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConfigfsQuotes, "_quote", lambda self, report_data: tee.quote(report_data))
    with Imitation(tls, PccsShape(holdings)) as service:
        settings = QuoteSettings(
            "configfs-tsm",
            collateral_service=service.url,
            collateral_ca_file=tls.ca_file,
            collateral_cache=tmp_path / "cache",
        )
        provider = provider_for(settings, "mainnet")
        evidence = provider.evidence(REPORT_DATA, NOW * 1000)
        assert provider.evidence(REPORT_DATA, NOW * 1000 + 1).collateral == evidence.collateral
        assert len(service.asked) == 4
        service.fail("/", *[Reply(status=404)] * 4)
        with pytest.raises(QuoteFailed, match="PCS_UNKNOWN"):
            provider.evidence(REPORT_DATA, (NOW + 90 * 86_400) * 1000)
    root = root_from_der(tee.root_der, OpenSslCrypto())
    fields = [getattr(evidence.collateral, name) for name in Collateral.FIELDS]
    claims = verify(evidence.quote, Collateral(*fields), NOW, root, OpenSslCrypto())
    assert claims.report.field("report_data") == REPORT_DATA
