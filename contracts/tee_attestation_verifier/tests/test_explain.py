"""A rejected quote is explained: the bytes, the certificate or document, what was found, what was expected."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealwright_agents.simulated import Bends, SimulatedTee, TdMeasurements
from sealwright_agents.simulated.pki import CertificateSpec, CrlSpec
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.policy import Policy, validate
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.catalogue import CODES
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.explain import Explanation, explain
from tee_attestation_verifier.offchain.fields_by_code import DOCUMENTS, QUOTE_FIELDS
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.quote_map import quote_spans

NOW = 1_781_481_600
CRYPTO = OpenSslCrypto()
TEE = SimulatedTee(b"explain", NOW)


def explained(
    quote: bytes,
    collateral: Collateral,
    now: int = NOW,
    root: TrustedRoot | None = None,
    policy: Policy | None = None,
) -> Explanation:
    anchor = root_from_der(TEE.root_der, CRYPTO) if root is None else root
    try:
        claims = verify(quote, collateral, now, anchor, CRYPTO)
        check_attributes(claims.report)
        validate(claims, policy or Policy(), now)
    except Rejection as rejection:
        return explain(rejection, quote, collateral, now, anchor)
    pytest.fail("was accepted")


def bent(now: int = NOW, **bends: Any) -> Explanation:
    tee = SimulatedTee(b"explain", NOW, bends=Bends(**bends))
    return explained(tee.quote(bytes(64)), tee.collateral(), now)


def test_quote_map__agrees_with_the_parser_on_every_genuine_quote(samples: Path) -> None:
    for path in sorted((samples / "real").glob("*/quote.bin")):
        data = path.read_bytes()
        spans, quote = quote_spans(data), parse_quote(data)
        for name in (
            "signed",
            "signature",
            "attestation_key",
            "qe_report_signature",
            "qe_auth",
            "certification_data",
        ):
            span = spans[name]
            assert data[span.start : span.end] == getattr(quote, name), (path, name)
        for prefix, report in (("report", quote.report), ("qe_report", quote.qe_report)):
            for field in report.layout.names():
                span = spans[f"{prefix}.{field}"]
                assert data[span.start : span.end] == report.field(field), (path, field)


def test_explanation__names_the_bytes_of_the_quote_and_both_values() -> None:
    quote = bytearray(TEE.quote(bytes(64)))
    quote[12] ^= 1
    found = explained(bytes(quote), TEE.collateral())
    assert (found.code, found.step) == ("QUOTE_VENDOR_UNKNOWN", 1)
    assert [(span.name, span.start, span.end) for span in found.spans] == [("qe_vendor_id", 12, 28)]
    assert found.found.startswith("929a7233f79c4ca9940a0db3957f0607")
    found = bent(qe_report=lambda report: report.__setitem__(slice(256, 258), b"\7\0"))
    assert (found.code, found.document) == ("QE_ISVPRODID", "qe_identity")
    assert found.expected.endswith(": 2")
    assert found.found.startswith("0700")


def test_explanation__of_a_truncated_quote_says_where_it_ends() -> None:
    quote = TEE.quote(bytes(64))[:1000]
    found = explained(quote, TEE.collateral())
    assert found.code == "QUOTE_MALFORMED"
    assert [(span.start, span.end) for span in found.spans] == [(636, 1000)]


def test_explanation__names_the_certificate() -> None:
    def expired(role: str, spec: CertificateSpec) -> CertificateSpec:
        return replace(spec, not_after=NOW - 1) if role == "pck" else spec

    found = bent(certificate=expired)
    assert found.code == "CERT_EXPIRED"
    assert found.certificate is not None
    assert (found.certificate.chain, found.certificate.index) == ("PCK chain", 0)
    assert "until 2026-06-14 23:59:59 UTC, judged at 2026-06-15 00:00:00 UTC" in found.found
    assert any("Simulated SGX PCK Certificate" in line for line in found.lines())


def test_explanation__names_the_revocation_list_and_who_is_on_it() -> None:
    def lists(issuer: str, spec: CrlSpec) -> CrlSpec:
        return replace(spec, revoked=(2,)) if issuer == "root" else spec

    found = bent(crl=lists)
    assert (found.code, found.document) == ("CA_REVOKED", "root_ca_crl")
    assert found.certificate is not None
    assert found.certificate.index == 1
    expired = bent(now=NOW + 40 * 86_400)
    assert (expired.code, expired.document) == ("CRL_EXPIRED", "root_ca_crl")
    assert "until 2026-07-15" in expired.found


def test_explanation__names_the_document_and_both_platforms() -> None:
    found = bent(tcb_info=lambda info: info.update(fmspc="00" * 6))
    assert (found.code, found.document) == ("TCB_INFO_FMSPC", "tcb_info")
    assert found.expected.endswith(": b0c06f000000")
    assert found.found == "TCB info for 000000000000"


def test_explanation__of_another_root_shows_the_chain_and_the_anchor() -> None:
    found = explained(TEE.quote(bytes(64)), TEE.collateral(), root=INTEL_ROOT)
    assert found.code == "ROOT_NOT_TRUSTED"
    assert INTEL_ROOT.fingerprint.hex() in found.found
    assert found.certificate is not None
    assert (found.certificate.chain, found.certificate.index) == ("PCK chain", 2)


def test_explanation__covers_the_gate_and_the_policy() -> None:
    debug = TdMeasurements(td_attributes=bytes.fromhex("0100001000000000"))
    found = explained(TEE.quote(bytes(64), measurements=debug), TEE.collateral())
    assert (found.code, found.step, [span.name for span in found.spans]) == (
        "TD_DEBUG",
        16,
        ["report.td_attributes"],
    )
    found = explained(TEE.quote(bytes(64)), TEE.collateral(), policy=Policy(min_evaluation=19))
    assert (found.code, found.found) == ("POLICY_EVALUATION", "18")
    assert "least evaluation number" in found.expected


def test_explanation__is_complete_for_every_rejected_sample(samples: Path) -> None:
    root = root_from_der((samples / "synthetic" / "root.der").read_bytes(), CRYPTO)
    seen = set()
    for kind, anchor in (("synthetic", root), ("real", INTEL_ROOT)):
        for folder in sorted((samples / kind).iterdir()):
            if not folder.is_dir():
                continue
            now = json.loads((folder / "expected.json").read_text())["now"]
            quote, collateral = (
                (folder / "quote.bin").read_bytes(),
                read_collateral((folder / "collateral.json").read_text()),
            )
            try:
                check_attributes(verify(quote, collateral, now, anchor, CRYPTO).report)
            except Rejection as rejection:
                found = explain(rejection, quote, collateral, now, anchor)
                assert found.rule, folder.name
                assert found.expected, folder.name
                assert found.found, folder.name
                assert found.spans or found.certificate or found.document, (folder.name, found)
                json.dumps(found.members())
                seen.add(found.code)
    assert len(seen) >= 40


def test_explanation__speaks_of_codes_and_fields_that_exist() -> None:
    spans = set(quote_spans(TEE.quote(bytes(64)))) | {
        "body_type",
        "report.attributes",
        "report.mr_service_td",
    }
    for code, fields in QUOTE_FIELDS.items():
        assert code in CODES
        assert set(fields) <= spans, code
    assert set(DOCUMENTS) <= set(CODES)


COLLATERAL = TEE.collateral()


@given(st.data())
def test_explanation__never_fails(data: st.DataObject) -> None:
    quote = bytearray(TEE.quote(bytes(64)))
    del quote[data.draw(st.integers(0, len(quote))) :]
    for place in data.draw(st.lists(st.integers(0, max(0, len(quote) - 1)), max_size=4)):
        quote[place : place + 1] = data.draw(st.binary(max_size=3))
    name = data.draw(st.sampled_from(Collateral.FIELDS[:-1]))
    value = getattr(COLLATERAL, name)
    cut = value[: data.draw(st.integers(0, len(value)))]
    collateral = Collateral(**{**vars(COLLATERAL), name: cut})
    code = data.draw(st.sampled_from(sorted(CODES)))
    detail = data.draw(
        st.sampled_from(["PCK", "PCK CA: x", "root", "root CRL", "TCB info chain", "truncated at byte 9999"])
    )
    found = explain(Rejection(code, detail), bytes(quote), collateral, NOW)
    assert found.code == code
    assert found.lines()
