"""Every sample gets the verdict that Intel's rules and then the attribute gate give it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.attributes import check_attributes
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.trust import INTEL_ROOT, TrustedRoot, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.pem import read_chain

CRYPTO = OpenSslCrypto()

# What the gate refuses, and the one sample whose collateral is of a deprecated version.
REAL_REFUSED = {
    "18_tdx_v4_not_supported_2023": "TCB_NOT_SUPPORTED",
    "20_tdx_v4_debug_td": "TD_DEBUG",
    "21_sgx_v3_debug_enclave": "SGX_DEBUG",
    "22_tdx_v4_no_sept_ve_disable": "TD_SEPT_VE_ENABLED",
    "24_tdx_v5td15_service_td_utd": "TD_SERVICE_TD",
    "30_tdx_v4_dstack_example_unsupported": "TCB_NOT_SUPPORTED",
    "32_sgx_v3_tcbinfo_v2": "TCB_INFO_VERSION",
}
SYNTHETIC_REFUSED = {
    "ca_revoked": "CA_REVOKED",
    "crl_bad_sig": "CRL_SIGNATURE",
    "crl_expired": "CRL_EXPIRED",
    "hdr_akt3": "QUOTE_KEY_TYPE_UNSUPPORTED",
    "hdr_tee_type_bad": "QUOTE_TEE_TYPE_UNSUPPORTED",
    "hdr_vendor": "QUOTE_VENDOR_UNKNOWN",
    "hdr_ver6": "QUOTE_VERSION_UNSUPPORTED",
    "mod_missing_identity": "TDX_MODULE_UNKNOWN",
    "mod_mrsigner_bad": "TDX_MODULE_SIGNER",
    "mod_revoked": "TCB_REVOKED",
    "mod_seamattr_bad": "TDX_MODULE_ATTRIBUTES",
    "pck_chain_no_root": "CERT_CHAIN_LENGTH",
    "pck_expired": "CERT_EXPIRED",
    "pck_not_yet": "CERT_NOT_YET_VALID",
    "pck_revoked": "PCK_REVOKED",
    "qe_debug": "QE_ATTRIBUTES",
    "qe_expired": "QE_IDENTITY_EXPIRED",
    "qe_identity_bad_sig": "QE_IDENTITY_SIGNATURE",
    "qe_identity_wrong_kind": "QE_IDENTITY_KIND",
    "qe_misc_bad": "QE_MISCSELECT",
    "qe_mrsigner_bad": "QE_MRSIGNER",
    "qe_not_supported": "QE_NOT_SUPPORTED",
    "qe_prodid_bad": "QE_ISVPRODID",
    "qe_report_data_bad": "QE_REPORT_DATA",
    "qe_report_sig_bad": "QE_REPORT_SIGNATURE",
    "qe_revoked": "TCB_REVOKED",
    "quote_body_flip": "QUOTE_SIGNATURE",
    "quote_sig_bad": "QUOTE_SIGNATURE",
    "root_crl_expired": "CRL_EXPIRED",
    "sgx_debug": "SGX_DEBUG",
    "st_not_supported": "TCB_NOT_SUPPORTED",
    "st_revoked": "TCB_REVOKED",
    "st_unknown_status": "TCB_INFO_MALFORMED",
    "tcb_body_edit": "TCB_INFO_SIGNATURE",
    "tcb_expired": "TCB_INFO_EXPIRED",
    "tcb_fmspc_mismatch": "TCB_INFO_FMSPC",
    "tcb_rogue_root": "ROOT_NOT_TRUSTED",
    "tcb_sgx_for_tdx": "TCB_INFO_KIND",
    "tcb_sig_bad": "TCB_INFO_SIGNATURE",
    "tcb_signed_by_ca": "CERT_NAME",
    "tcb_signer_revoked": "TCB_SIGNER_REVOKED",
    "td_debug": "TD_DEBUG",
    "td_no_sept_ve": "TD_SEPT_VE_ENABLED",
    "td_tud_reserved": "TD_ATTRIBUTES_RESERVED",
    "truncated": "QUOTE_MALFORMED",
    "v5_body_size_bad": "QUOTE_MALFORMED",
}


def judged(folder: Path, root: TrustedRoot, now: int | None = None) -> Claims:
    """Verify a sample at its own date (or `now`) and apply the attribute gate."""
    collateral = read_collateral((folder / "collateral.json").read_text())
    at = expected(folder)["now"] if now is None else now
    claims = verify((folder / "quote.bin").read_bytes(), collateral, at, root, CRYPTO)
    check_attributes(claims.report)
    return claims


def expected(folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    return answer


def folders(parent: Path) -> list[Path]:
    return sorted(each for each in parent.iterdir() if each.is_dir())


def test_verify__judges_every_real_pair_at_its_date(samples: Path) -> None:
    for folder in folders(samples / "real"):
        want = expected(folder)
        if folder.name in REAL_REFUSED:
            with pytest.raises(Rejection) as refused:
                judged(folder, INTEL_ROOT)
            assert refused.value.code == REAL_REFUSED[folder.name], folder.name
            continue
        claims = judged(folder, INTEL_ROOT)
        assert claims.status == want["intel_rule_status"], folder.name
        assert claims.advisory_ids == want["advisory_ids"], folder.name
        assert claims.tcb_evaluation_number == want["tcb_evaluation_data_number"]
        assert (claims.valid_from, claims.valid_until) == (want["valid_from"], want["valid_to"])
        fields = want["fields"]
        assert claims.fmspc.hex() == fields["fmspc"]
        assert claims.cpu_svn.hex() == fields["pck_cpusvn"]
        assert claims.ppid.hex() == fields["ppid"]
        for name in claims.report.layout.names():
            assert claims.report.field(name).hex() == fields.get(name, claims.report.field(name).hex())


def test_verify__holds_from_valid_from_until_before_valid_to(samples: Path) -> None:
    for folder in folders(samples / "real"):
        if folder.name in REAL_REFUSED:
            continue
        want = expected(folder)
        judged(folder, INTEL_ROOT, want["valid_from"])
        judged(folder, INTEL_ROOT, want["valid_to"] - 1)
        for now, ending in ((want["valid_from"] - 1, "_NOT_YET_VALID"), (want["valid_to"], "_EXPIRED")):
            with pytest.raises(Rejection) as refused:
                judged(folder, INTEL_ROOT, now)
            assert refused.value.code.endswith(ending), folder.name


def test_verify__judges_every_synthetic_case(samples: Path) -> None:
    root = root_from_der((samples / "synthetic" / "root.der").read_bytes(), CRYPTO)
    for folder in folders(samples / "synthetic"):
        if folder.name in SYNTHETIC_REFUSED:
            with pytest.raises(Rejection) as refused:
                judged(folder, root)
            assert refused.value.code == SYNTHETIC_REFUSED[folder.name], folder.name
        else:
            assert judged(folder, root).status == expected(folder)["intel_qvl_rule"], folder.name


def test_verify__refuses_a_genuine_quote_under_another_root(samples: Path) -> None:
    root = root_from_der((samples / "synthetic" / "root.der").read_bytes(), CRYPTO)
    with pytest.raises(Rejection, match="ROOT_NOT_TRUSTED"):
        judged(samples / "real" / "02_tdx_v4_uptodate", root)


def test_intel_root__is_the_root_of_a_genuine_chain(samples: Path) -> None:
    text = (samples / "real" / "02_tdx_v4_uptodate" / "collateral.json").read_text()
    chain = read_collateral(text).tcb_info_issuer_chain.encode()
    encoding = read_chain(chain, 2, "chain")[1]
    assert hashlib.sha256(encoding).digest() == INTEL_ROOT.fingerprint
    assert vars(root_from_der(encoding, CRYPTO)) == vars(INTEL_ROOT)
    assert INTEL_ROOT.is_intel()
