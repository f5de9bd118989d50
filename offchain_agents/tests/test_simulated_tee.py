"""The simulated TEE: deterministic, accepted by an independent verifier, and nobody's but its own root's."""

from __future__ import annotations

import dcap_qvl  # type: ignore[import-untyped]
import pytest
from sealwright_agents.simulated import SimulatedTee, TcbLevel, TdMeasurements
from sealwright_agents.simulated.quotes import SGX, TD10, TD10_V5, TD15, TD15_EX, BodyKind
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.quote import parse_quote

NOW = 1_781_481_600


def judged(tee: SimulatedTee, quote: bytes, collateral: Collateral, now: int = NOW) -> str:
    fields = [getattr(collateral, name) for name in Collateral.FIELDS[:9]]
    return str(
        dcap_qvl.verify_with_root_ca(quote, dcap_qvl.QuoteCollateralV3(*fields), tee.root_der, now).status
    )


@pytest.mark.parametrize("kind", [SGX, TD10, TD10_V5, TD15, TD15_EX])
def test_quote__is_accepted_by_dcap_qvl(kind: BodyKind) -> None:
    tee = SimulatedTee(b"seed", NOW, kind=kind)
    assert judged(tee, tee.quote(bytes(64)), tee.collateral()) == "UpToDate"


def test_everything__follows_from_the_seed() -> None:
    first, again, other = (SimulatedTee(seed, NOW) for seed in (b"one", b"one", b"two"))
    assert first.quote(bytes(64)) == again.quote(bytes(64))
    assert vars(first.collateral()) == vars(again.collateral())
    assert first.root_der != other.root_der
    assert first.ppid != other.ppid


def test_quote__carries_what_it_was_given() -> None:
    rtmr = (b"\x01" * 48, b"\x02" * 48, b"\x03" * 48, b"\x04" * 48)
    quote = SimulatedTee(b"seed", NOW).quote(
        bytes(range(64)), mrtd=b"\x05" * 48, rtmr=rtmr, mr_config_id=b"\x06" * 48
    )
    report = parse_quote(quote).report
    assert report.field("report_data") == bytes(range(64))
    assert (report.field("mr_td"), report.field("mr_config_id")) == (b"\x05" * 48, b"\x06" * 48)
    assert tuple(report.field(f"rt_mr{index}") for index in range(4)) == rtmr


def test_quote__takes_the_rest_from_the_measurements() -> None:
    owned = TdMeasurements(mr_owner=b"\x07" * 48, mrtd=b"\x08" * 48)
    report = parse_quote(SimulatedTee(b"seed", NOW).quote(bytes(64), measurements=owned)).report
    assert (report.field("mr_owner"), report.field("mr_td")) == (b"\x07" * 48, b"\x08" * 48)


def test_quote__refuses_report_data_of_another_length() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        SimulatedTee(b"seed", NOW).quote(b"short")


def test_collateral__is_issued_anew_for_a_later_time() -> None:
    tee = SimulatedTee(b"seed", NOW)
    quote, later = tee.quote(bytes(64)), NOW + 365 * 86_400
    with pytest.raises(ValueError, match="xpired"):
        judged(tee, quote, tee.collateral(), later)
    assert judged(tee, quote, tee.collateral(now=later), later) == "UpToDate"


def test_levels__decide_the_status() -> None:
    platform = SimulatedTee(b"seed", NOW).platform
    level = TcbLevel(platform.cpu_svn, 11, platform.tee_tcb_svn, "ConfigurationNeeded")
    tee = SimulatedTee(b"seed", NOW, levels=(level,))
    assert judged(tee, tee.quote(bytes(64)), tee.collateral()) == "ConfigurationNeeded"


def test_machines__share_the_root_of_a_root_seed() -> None:
    first, second = SimulatedTee(b"a", NOW), SimulatedTee(b"b", NOW, root_seed=b"a")
    assert first.root_der == second.root_der
    assert judged(first, second.quote(bytes(64)), first.collateral()) == "UpToDate"
