"""A service that is slow, broken, wrong or hostile: each cause has its code, and none gets past its bound."""

from __future__ import annotations

import ast
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sealwright_agents.simulated import Platform, SimulatedTee
from tee_attestation_verifier.intel.collateral import as_bytes
from tee_attestation_verifier.offchain import pcs
from tee_attestation_verifier.offchain.pcs import IntelPcs, PcsError
from tee_attestation_verifier.offchain.pcs.errors import CODES

from tests.collateral.imitation import Imitation, Reply
from tests.collateral.shapes import IntelShape
from tests.collateral.tls import Tls, mint
from tests.collateral.world import DAY, NOW, client_of, holdings_of, intel_at

PROJECT = Path(__file__).resolve().parents[2]
TCB, IDENTITY, LIST, ROOT = "/tdx/certification/v4/tcb", "qe/identity", "pckcrl", "IntelSGXRootCA.der"


class Desk:
    """A client of the imitation, and the pauses that it made."""

    def __init__(self, service: Imitation, tls: Tls, tee: SimulatedTee) -> None:
        self.service, self.quote, self.pauses = service, tee.quote(bytes(64)), list[float]()
        self.client = client_of(intel_at(service), tls, pauses=self.pauses)

    def failure(self, now: int = NOW) -> PcsError:
        """Why fetching fails."""
        with pytest.raises(PcsError) as failure:
            self.client.for_quote(self.quote, now)
        assert failure.value.code in str(failure.value)
        return failure.value

    def good(self, part: str) -> Reply:
        """What the service would say."""
        path, query = {
            TCB: (TCB, {"fmspc": "b0c06f000000"}),
            IDENTITY: ("/tdx/certification/v4/qe/identity", {}),
            LIST: ("/sgx/certification/v4/pckcrl", {"ca": "platform", "encoding": "der"}),
        }[part]
        return self.service.shape(path, dict(query))


@pytest.fixture
def desk(service: Imitation, tls: Tls, tee: SimulatedTee) -> Desk:
    return Desk(service, tls, tee)


def test_unknown_platform__is_told_at_once(desk: Desk) -> None:
    desk.service.fail(TCB, Reply(status=404))
    failure = desk.failure()
    assert (failure.code, failure.detail, desk.pauses) == ("PCS_UNKNOWN", "status 404", [])
    assert TCB in failure.url


def test_busy_service__is_asked_again_after_the_pause_that_it_wants(desk: Desk) -> None:
    desk.service.fail(TCB, Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503))
    desk.client.for_quote(desk.quote, NOW)
    assert desk.pauses == [7.0, 2.0]


def test_busy_service__that_wants_too_long_a_pause_is_left_alone(desk: Desk) -> None:
    desk.service.fail(TCB, Reply(status=503, headers={"Retry-After": "3600"}))
    failure = desk.failure()
    assert (failure.code, failure.retry_after_s, failure.is_temporary) == ("PCS_UNREACHABLE", 3600.0, True)
    assert desk.pauses == []


def test_busy_service__is_given_up_after_the_last_attempt(desk: Desk) -> None:
    desk.service.fail(TCB, *[Reply(status=500)] * 3)
    assert desk.failure().code == "PCS_UNREACHABLE"
    assert desk.pauses == [1.0, 2.0]
    assert len([each for each in desk.service.asked if TCB in each]) == 3


def test_truncated_answer__is_asked_for_again(desk: Desk) -> None:
    good = desk.good(TCB)
    half = replace(good, body=good.body[:100], promised=len(good.body))
    desk.service.fail(TCB, half)
    assert as_bytes(desk.client.for_quote(desk.quote, NOW).tcb_info) in good.body
    desk.service.fail(TCB, half, half, half)
    assert desk.failure().code == "PCS_UNREACHABLE"


@pytest.mark.parametrize(("silence_s", "drip_s"), [(1.0, 0.0), (0.0, 0.02)])
def test_slow_service__does_not_hold_the_client(desk: Desk, silence_s: float, drip_s: float) -> None:
    desk.service.fail(TCB, *[replace(desk.good(TCB), silence_s=silence_s, drip_s=drip_s)] * 3)
    begin = time.monotonic()
    assert desk.failure().code == "PCS_UNREACHABLE"
    assert time.monotonic() - begin < 4.0


def test_refusals__are_final(desk: Desk) -> None:
    for status in (400, 401, 403, 418):
        desk.service.fail(LIST, Reply(status=status))
        assert (desk.failure().code, desk.pauses) == ("PCS_REFUSED", [])


def test_redirects__are_followed_over_https_and_no_further(desk: Desk) -> None:
    address = f"{desk.service.url}/elsewhere"
    desk.service.fail(TCB, Reply(status=302, headers={"Location": "/elsewhere?of=tcb"}))
    desk.service.fail("/elsewhere", desk.good(TCB))
    desk.client.for_quote(desk.quote, NOW)
    plain = address.replace("https://", "http://")
    for target in (plain, "ftp://127.0.0.1/tcb", "http:", "https://[", "https://a..b/"):
        desk.service.fail(TCB, Reply(status=307, headers={"Location": target}))
        assert (desk.failure().code, desk.pauses) == ("PCS_REFUSED", [])
    desk.service.fail(TCB, Reply(status=302, headers={"Location": address}))
    desk.service.fail("/elsewhere", *[Reply(status=302, headers={"Location": address})] * 4)
    assert desk.failure().detail == "more than 3 redirects"


def test_plain_http__is_never_spoken(tls: Tls, tee: SimulatedTee) -> None:
    with (
        client_of(IntelPcs(root_crl_url="http://127.0.0.1:9/root"), tls) as client,
        pytest.raises(PcsError) as why,
    ):
        client.for_quote(tee.quote(bytes(64)), NOW)
    assert why.value.code == "PCS_REFUSED"


def test_certificates__of_another_authority_are_not_trusted(
    service: Imitation, tee: SimulatedTee, tmp_path: Path
) -> None:
    pauses: list[float] = []
    with (
        client_of(intel_at(service), mint(tmp_path), pauses=pauses) as client,
        pytest.raises(PcsError) as failure,
    ):
        client.for_quote(tee.quote(bytes(64)), NOW)
    assert (failure.value.code, pauses) == ("PCS_UNTRUSTED", [])


def test_closed_port__is_unreachable(service: Imitation, tls: Tls, tee: SimulatedTee) -> None:
    gone = IntelPcs("https://127.0.0.1:9", "https://127.0.0.1:9/root")
    with client_of(gone, tls) as client, pytest.raises(PcsError, match="PCS_UNREACHABLE"):
        client.for_quote(tee.quote(bytes(64)), NOW)


@pytest.mark.parametrize(
    ("part", "most"), [(TCB, 65_512), (IDENTITY, 16_896), (LIST, 130_000), (ROOT, 130_000)]
)
def test_oversized_answer__is_cut_off(desk: Desk, part: str, most: int) -> None:
    headers = dict.fromkeys(("TCB-Info-Issuer-Chain", "SGX-PCK-CRL-Issuer-Chain"), "x")
    desk.service.fail(part, Reply(b" " * (most + 1), headers=headers))
    failure = desk.failure()
    assert (failure.code, failure.detail, desk.pauses) == ("PCS_TOO_LARGE", f"more than {most} bytes", [])


@pytest.mark.parametrize("part", [TCB, IDENTITY, LIST])
def test_missing_header__is_named(desk: Desk, part: str) -> None:
    desk.service.fail(part, replace(desk.good(part), headers={}))
    failure = desk.failure()
    assert failure.code == "PCS_MALFORMED"
    assert failure.detail.startswith("no header ")


@pytest.mark.parametrize("part", [TCB, IDENTITY, LIST])
def test_issuer_chain__must_be_two_certificates(desk: Desk, part: str) -> None:
    good = desk.good(part)
    (name, chain), *_ = good.headers.items()
    for wrong in ("", "nonsense", chain * 2, chain[: len(chain) // 2]):
        desk.service.fail(part, replace(good, headers={name: wrong}))
        assert desk.failure().code == "PCS_MALFORMED"


@pytest.mark.parametrize("part", [TCB, IDENTITY, LIST, ROOT])
@pytest.mark.parametrize(
    "body", [b"", b"<html>busy</html>", b"{}", b'{"tcbInfo":{"id"', b"\x30\x03\x02\x01\x01", b"3003020101"]
)
def test_wrong_content__is_malformed(desk: Desk, part: str, body: bytes) -> None:
    headers = {} if part == ROOT else desk.good(part).headers
    desk.service.fail(part, Reply(body, headers=headers))
    assert (desk.failure().code, desk.pauses) == ("PCS_MALFORMED", [])


def test_other_collateral__is_a_mismatch(desk: Desk, tee: SimulatedTee) -> None:
    other = SimulatedTee(b"collateral", NOW, platform=Platform(fmspc=bytes(6)))
    desk.service.fail(TCB, IntelShape(holdings_of(other))(TCB, {"fmspc": "000000000000"}))
    assert str(desk.failure()).startswith("PCS_MISMATCH: for FMSPC 000000000000")
    info, identity = desk.good(TCB), desk.good(IDENTITY)
    desk.service.fail(TCB, replace(info, body=info.body.replace(b'"id":"TDX",', b'"id":"SGX",')))
    assert str(desk.failure()).startswith("PCS_MISMATCH: for SGX")
    desk.service.fail(IDENTITY, replace(identity, body=identity.body.replace(b"TD_QE", b"QE")))
    assert str(desk.failure()).startswith("PCS_MISMATCH: for enclave QE")
    root_list = Reply(tee.collateral().root_ca_crl, headers=desk.good(LIST).headers)
    desk.service.fail(LIST, root_list)
    assert str(desk.failure()).startswith("PCS_MISMATCH: the list is that of Simulated SGX Root CA")


def test_out_of_window__is_refused_whichever_item_it_is(desk: Desk) -> None:
    for now in (NOW - DAY - 1, NOW + 30 * DAY):
        assert desk.failure(now).code == "PCS_OUT_OF_WINDOW"
    stale = IntelShape(holdings_of(SimulatedTee(b"collateral", NOW), NOW - 60 * DAY))
    desk.service.fail(TCB, stale(TCB, {"fmspc": "b0c06f000000"}))
    assert (desk.failure().code, desk.pauses) == ("PCS_OUT_OF_WINDOW", [])


def test_codes__are_those_of_the_sources() -> None:
    raised = set()
    for path in Path(pcs.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PcsError":
                raised.add(ast.literal_eval(node.args[0]))
    assert raised == set(CODES)
    specification = (PROJECT / "docs" / "spec" / "collateral.md").read_text()
    assert set(re.findall(r"^\| `(PCS_[A-Z_]+)` \|", specification, re.M)) == set(CODES)
