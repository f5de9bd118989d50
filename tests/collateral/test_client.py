"""The client against services in their documented shapes: what comes out is what Intel signed, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sealwright_agents.simulated import SimulatedTee
from sealwright_agents.simulated.quotes import SGX as SGX_KIND
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.trust import INTEL_ROOT, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.pcs import (
    EARLY,
    AzureThim,
    IntelPcs,
    Pccs,
    PcsClient,
    PcsError,
    PlatformId,
    Service,
    platform_of_quote,
    service_named,
)

from tests.collateral.imitation import Imitation, Shape
from tests.collateral.shapes import AzureShape, Holdings, IntelShape, PccsShape
from tests.collateral.tls import Tls
from tests.collateral.world import NOW, client_of, contents, genuine, holdings_of, intel_at

CRYPTO = OpenSslCrypto()
# Genuine pairs: SGX v3 with the processor CA, TDX v4, TDX v5 with report 1.5.
GENUINE = [
    ("01_sgx_v3_config_swh", 1_751_624_924),
    ("02_tdx_v4_uptodate", 1_751_624_191),
    ("13_tdx_v5td15_uptodate", 1_772_707_803),
]


def azure_at(imitation: Imitation) -> AzureThim:
    """Azure's service, both of its places at the imitation's address."""
    return AzureThim(sgx_url=imitation.url, tdx_url=imitation.url)


@dataclass(frozen=True)
class Kind:
    """A kind of service: how its imitation answers, and our description of it at the imitation's address."""

    shape: Callable[[Holdings], Shape]
    at: Callable[[Imitation], Service]

    @contextmanager
    def client(self, tls: Tls, holdings: Holdings) -> Iterator[PcsClient]:
        """A client of an imitation that has these holdings."""
        with Imitation(tls, self.shape(holdings)) as imitation, client_of(self.at(imitation), tls) as client:
            yield client


KINDS = {
    "intel": Kind(IntelShape, intel_at),
    "pccs": Kind(PccsShape, lambda imitation: Pccs(imitation.url)),
    "azure": Kind(AzureShape, azure_at),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of service in turn."""
    return KINDS[request.param]


@pytest.mark.parametrize(("name", "now"), GENUINE)
def test_for_quote__gives_genuine_collateral_byte_for_byte(
    kind: Kind, tls: Tls, attestation_samples: Path, name: str, now: int
) -> None:
    quote, published = genuine(attestation_samples / "real" / name)
    platform = platform_of_quote(quote)
    holdings = Holdings(platform.tee.lower(), platform.fmspc.hex(), platform.ca, {"standard": published})
    with kind.client(tls, holdings) as client:
        fetched = client.for_quote(quote, now)
    assert contents(fetched) == contents(published)
    assert verify(quote, fetched, now, INTEL_ROOT, CRYPTO).fmspc == platform.fmspc


def test_for_quote__gives_collateral_of_a_simulated_machine(
    kind: Kind, tls: Tls, tee: SimulatedTee, holdings: Holdings
) -> None:
    with kind.client(tls, holdings) as client:
        fetched = client.for_quote(tee.quote(bytes(64)), NOW)
    root = root_from_der(tee.root_der, CRYPTO)
    assert verify(tee.quote(bytes(64)), fetched, NOW, root, CRYPTO).status == "UpToDate"


def test_collateral__asks_for_the_evaluation_that_is_wanted(
    service: Imitation, tls: Tls, holdings: Holdings
) -> None:
    platform = PlatformId(bytes.fromhex(holdings.fmspc), holdings.ca, "TDX")
    with client_of(intel_at(service), tls) as client:
        client.collateral(platform, NOW, EARLY)
        with pytest.raises(PcsError, match="PCS_UNKNOWN: status 410"):
            client.collateral(platform, NOW, 17)
    assert [each for each in service.asked if "update=early" in each and "/tdx/certification/v4/" in each]
    assert [each for each in service.asked if each.endswith("tcbEvaluationDataNumber=17")]


def test_collateral__refuses_another_evaluation_than_the_number_asked_for(
    tls: Tls, tee: SimulatedTee, holdings: Holdings
) -> None:
    # The reference cache does not know the parameter and answers with its standard evaluation, 18.
    with Imitation(tls, PccsShape(holdings)) as imitation, client_of(Pccs(imitation.url), tls) as client:
        assert client.for_quote(tee.quote(bytes(64)), NOW, 18).tcb_info == holdings.standard.tcb_info
        with pytest.raises(PcsError, match="PCS_MISMATCH: evaluation 18 instead of 17"):
            client.for_quote(tee.quote(bytes(64)), NOW, 17)


def test_for_quote__fetches_a_pck_chain_that_the_quote_only_names(tls: Tls, tee: SimulatedTee) -> None:
    svn, pce = tee.platform.cpu_svn, tee.platform.pce_svn.to_bytes(2, "little") + tee.platform.pce_id
    ppid = bytes(range(256)) + bytes(128)
    quote = tee.quote(bytes(64), certification=(3, ppid + svn + pce))
    query = {"qeid": "00" * 16, "encrypted_ppid": ppid.hex().upper(), "cpusvn": svn.hex().upper()}
    query |= {"pcesvn": "0B00", "pceid": "0000"}
    shape = PccsShape(holdings_of(tee), pck=(query, tee.pck_chain))
    with Imitation(tls, shape) as imitation, client_of(Pccs(imitation.url), tls) as client:
        fetched = client.for_quote(quote, NOW)
        claims = verify(quote, fetched, NOW, root_from_der(tee.root_der, CRYPTO), CRYPTO)
        assert claims.ppid == tee.ppid
        unknown = tee.quote(bytes(64), certification=(3, bytes(384) + svn + pce))
        with pytest.raises(PcsError, match="PCS_UNKNOWN: status 461"):
            client.for_quote(unknown, NOW)


def test_for_quote__completes_the_chain_of_a_lone_pck_certificate(
    service: Imitation, tls: Tls, tee: SimulatedTee
) -> None:
    leaf = tee.pck_chain.partition("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n"
    quote = tee.quote(bytes(64), certification=(4, leaf.encode() + b"\0"))
    with client_of(intel_at(service), tls) as client:
        fetched = client.for_quote(quote, NOW)
    root = root_from_der(tee.root_der, CRYPTO)
    assert verify(quote, fetched, NOW, root, CRYPTO).status == "UpToDate"


def test_services__say_what_they_do_not_offer(tls: Tls, tee: SimulatedTee) -> None:
    clear = tee.quote(bytes(64), certification=(1, bytes(36)))
    quote = tee.quote(bytes(64))
    for service, given, evaluation in (
        (IntelPcs(), clear, "standard"),
        (AzureThim("westeurope"), clear, "standard"),
        (AzureThim(), quote, "standard"),
    ):
        with client_of(service, tls) as client, pytest.raises(PcsError) as failure:
            client.for_quote(given, NOW, evaluation)
        assert (failure.value.code, failure.value.url) == ("PCS_UNSUPPORTED", "")
    with pytest.raises(PcsError, match="PCS_UNSUPPORTED"):
        AzureThim("westeurope").tcb_info(platform_of_quote(quote), EARLY)
    with pytest.raises(PcsError, match="PCS_UNSUPPORTED"):
        AzureThim("westeurope").evaluation_numbers("TDX")


def test_service_named__knows_the_public_ones_and_takes_addresses() -> None:
    platform = PlatformId(bytes.fromhex("b0c06f000000"), "platform", "TDX")
    tcb = "/tdx/certification/v4/tcb?fmspc="
    for text, url in (
        ("intel", f"https://api.trustedservices.intel.com{tcb}B0C06F000000&update=standard"),
        ("phala", f"https://pccs.phala.network{tcb}B0C06F000000&update=standard"),
        ("https://pccs.example:8081/sgx/certification/v4/", f"https://pccs.example:8081{tcb}B0C06F000000"),
        ("azure:westeurope", f"https://westeurope.thim.azure.net{tcb}b0c06f000000&clientid="),
    ):
        assert service_named(text).tcb_info(platform, "standard").url.startswith(url)
    for text in ("http://pccs.example", "azure:west.example/", "google", ""):
        with pytest.raises(ValueError, match="neither intel"):
            service_named(text)


def test_platform_of_quote__tells_processor_family_authority_and_tee(
    attestation_samples: Path, tee: SimulatedTee
) -> None:
    quote, _ = genuine(attestation_samples / "real" / "01_sgx_v3_config_swh")
    assert platform_of_quote(quote) == PlatformId(bytes.fromhex("00a067110000"), "processor", "SGX")
    assert platform_of_quote(tee.quote(bytes(64))) == PlatformId(tee.platform.fmspc, "platform", "TDX")
    sgx = SimulatedTee(b"sgx", NOW, kind=SGX_KIND)
    assert platform_of_quote(sgx.quote(bytes(64))).tee == "SGX"
    with pytest.raises(Rejection, match="PCK_CHAIN_MISSING"):
        platform_of_quote(tee.quote(bytes(64), certification=(1, bytes(36))))
    with pytest.raises(ValueError, match="no platform"):
        PlatformId(bytes(5), "platform", "TDX")
