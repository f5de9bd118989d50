"""Early warning: one quote under every evaluation that a service offers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sealwright_agents.simulated import Bends, SimulatedTee, TcbLevel
from sealwright_agents.simulated.levels import default_levels
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import INTEL_ROOT, root_from_der
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.pcs import Pccs, PcsError
from tee_attestation_verifier.offchain.pcs.outlook import Prospect, outlook

from tests.collateral.imitation import Imitation, Reply
from tests.collateral.shapes import Holdings, IntelShape, PccsShape
from tests.collateral.tls import Tls
from tests.collateral.world import DAY, NOW, client_of, genuine, holdings_of, intel_at

CRYPTO = OpenSslCrypto()
EVENTS = ((19, "2026-05-12T00:00:00Z"), (18, "2025-11-11T00:00:00Z"), (17, "2025-05-13T00:00:00Z"))
EVENT_TIMES = {19: 1_778_544_000, 18: 1_762_819_200, 17: 1_747_094_400}
ADVISORY = "INTEL-SA-01079"


def edition(number: int, status: str = "UpToDate", advisories: tuple[str, ...] = ()) -> Collateral:
    """The simulated Intel's evaluation of that number, with that to say of the machine's level."""

    def numbered(document: dict[str, object]) -> None:
        document["tcbEvaluationDataNumber"] = number

    tee = SimulatedTee(b"collateral", NOW)
    first, *rest = default_levels(tee.platform)
    levels: tuple[TcbLevel, ...] = (replace(first, status=status, advisory_ids=advisories), *rest)
    bends = Bends(tcb_info=numbered, qe_identity=numbered)
    return SimulatedTee(b"collateral", NOW, levels=levels, bends=bends).collateral()


@pytest.fixture
def offered(holdings: Holdings) -> Holdings:
    """Evaluation 18 is the standard, 19 the early one; 17 is still to be had."""
    old, standard, early = edition(17), edition(18), edition(19, "OutOfDate", (ADVISORY,))
    holdings.editions = {"standard": standard, "early": early, 17: old, 18: standard, 19: early}
    holdings.numbers = EVENTS
    return holdings


def test_outlook__tells_the_status_under_each_evaluation(
    service: Imitation, tls: Tls, tee: SimulatedTee, offered: Holdings
) -> None:
    service.shape = IntelShape(offered)
    with client_of(intel_at(service), tls) as client:
        found = outlook(client, tee.quote(bytes(64)), NOW, root_from_der(tee.root_der, CRYPTO), CRYPTO)
    assert [(each.evaluation, each.updates, each.recovery_event) for each in found] == [
        (17, (), EVENT_TIMES[17]),
        (18, ("standard",), EVENT_TIMES[18]),
        (19, ("early",), EVENT_TIMES[19]),
    ]
    assert [each.status for each in found] == ["UpToDate", "UpToDate", "OutOfDate"]
    assert found[2].advisory_ids == (ADVISORY,)
    assert found[2].code is None


def test_outlook__tells_a_refusal_to_come_by_its_code(
    service: Imitation, tls: Tls, tee: SimulatedTee, offered: Holdings
) -> None:
    offered.editions["early"] = offered.editions[19] = edition(19, "Revoked")
    service.shape = IntelShape(offered)
    with client_of(intel_at(service), tls) as client:
        found = outlook(client, tee.quote(bytes(64)), NOW, root_from_der(tee.root_der, CRYPTO), CRYPTO)
    assert found[2] == Prospect(19, ("early",), EVENT_TIMES[19], code="TCB_REVOKED")


def test_outlook__passes_over_an_evaluation_that_is_gone(
    service: Imitation, tls: Tls, tee: SimulatedTee, offered: Holdings
) -> None:
    del offered.editions[17]
    service.shape = IntelShape(offered)
    with client_of(intel_at(service), tls) as client:
        found = outlook(client, tee.quote(bytes(64)), NOW, root_from_der(tee.root_der, CRYPTO), CRYPTO)
    assert [each.evaluation for each in found] == [18, 19]


def test_outlook__needs_the_standard_evaluation_and_a_service_that_answers(
    service: Imitation, tls: Tls, tee: SimulatedTee, offered: Holdings
) -> None:
    service.shape = IntelShape(offered)
    root = root_from_der(tee.root_der, CRYPTO)
    with client_of(intel_at(service), tls) as client:
        service.fail("update=standard", Reply(status=404))
        with pytest.raises(PcsError, match="PCS_UNKNOWN"):
            outlook(client, tee.quote(bytes(64)), NOW, root, CRYPTO)
        for part in ("tcbevaluationdatanumbers", "update=early"):
            service.fail(part, *[Reply(status=503)] * 3)
            with pytest.raises(PcsError, match="PCS_UNREACHABLE"):
                outlook(client, tee.quote(bytes(64)), NOW, root, CRYPTO)


def test_evaluation_numbers__are_those_of_the_tee(service: Imitation, tls: Tls, offered: Holdings) -> None:
    service.shape = IntelShape(offered)
    with client_of(intel_at(service), tls) as client:
        assert [each.number for each in client.evaluation_numbers("TDX", NOW).numbers] == [19, 18, 17]
        listed = service.shape("/tdx/certification/v4/tcbevaluationdatanumbers", {})
        service.fail("numbers", replace(listed, body=listed.body.replace(b'"TDX"', b'"SGX"')))
        with pytest.raises(PcsError, match="PCS_MISMATCH: for SGX"):
            client.evaluation_numbers("TDX", NOW)
        service.fail("numbers", replace(listed, body=listed.body.replace(b"tcbEvalNumbers", b"tcbNumbers")))
        with pytest.raises(PcsError, match="PCS_MALFORMED: tcbEvalNumbers is missing"):
            client.evaluation_numbers("TDX", NOW)
        with pytest.raises(PcsError, match="PCS_OUT_OF_WINDOW"):
            client.evaluation_numbers("TDX", NOW + 90 * DAY)


def test_outlook__of_one_evaluation_that_is_standard_and_early(tls: Tls, tee: SimulatedTee) -> None:
    with (
        Imitation(tls, PccsShape(holdings_of(tee))) as imitation,
        client_of(Pccs(imitation.url), tls) as client,
    ):
        (only,) = outlook(client, tee.quote(bytes(64)), NOW, root_from_der(tee.root_der, CRYPTO), CRYPTO)
    assert (only.evaluation, only.updates, only.recovery_event) == (18, ("standard", "early"), None)


def test_outlook__of_a_genuine_quote_changes_with_the_evaluation(attestation_samples: Path, tls: Tls) -> None:
    """Two genuine evaluations of one processor family, 19 and 20, that hold at the same time."""
    quote, _ = genuine(attestation_samples / "real" / "07_tdx_v4_near_mpc_832c32113")
    _, standard = genuine(attestation_samples / "real" / "27_tdx_v4_outlayer_mainnet")
    _, early = genuine(attestation_samples / "real" / "05_tdx_v4_near_mpc_2026_08")
    holdings = Holdings("tdx", "b0c06f000000", "platform", {"standard": standard, "early": early})
    with Imitation(tls, PccsShape(holdings)) as imitation, client_of(Pccs(imitation.url), tls) as client:
        found = outlook(client, quote, 1_787_616_698, INTEL_ROOT, CRYPTO)
    assert [(each.evaluation, each.updates, each.status) for each in found] == [
        (19, ("standard",), "UpToDate"),
        (20, ("early",), "OutOfDate"),
    ]
