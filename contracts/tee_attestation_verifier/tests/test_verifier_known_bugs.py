"""Bugs that were found in other verifiers of Intel's quotes: none of them is one of this verifier's.

Minted cases by name; the samples of the same bug too, where they stand beside the project.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.policy import Policy, validate
from tee_attestation_verifier.offchain.collateral_file import read_collateral

from tests.attestation_cases.case import Evidence
from tests.attestation_cases.catalogue import CASES
from tests.attestation_cases.judged import PACKAGE, judge


def codes(*names: str) -> list[str]:
    """The codes by which minted cases are refused; empty where one is verified."""
    return [judge(CASES[name].evidence).code for name in names]


def sample_codes(samples: Path, *names: str) -> list[str]:
    """The same for synthetic samples."""
    root = (samples / "synthetic" / "root.der").read_bytes()
    return [judge(sample(samples / "synthetic" / name, root)).code for name in names]


def sample(folder: Path, root: bytes) -> Evidence:
    collateral = read_collateral((folder / "collateral.json").read_text())
    now = json.loads((folder / "expected.json").read_text())["now"]
    return Evidence((folder / "quote.bin").read_bytes(), collateral, now, root)


class TestKnownVerifierBugs:
    """One test a bug, named after it."""

    def test_cve_2026_22696__qe_identity_was_not_checked(self) -> None:
        """GHSA-796p-j2gh-9m2q, dcap-qvl before 0.3.9: signature, chain and policy of QE identity."""
        forged = (
            "qe_identity_signed_by_another",
            "qe_identity_signed_by_the_pck",
            "qe_identity_under_another_root",
        )
        assert codes(*forged) == ["QE_IDENTITY_SIGNATURE", "QE_IDENTITY_SIGNATURE", "ROOT_NOT_TRUSTED"]
        assert codes("qe_signer", "qe_product") == ["QE_MRSIGNER", "QE_ISVPRODID"]

    def test_cve_2026_22696__samples(self, samples: Path) -> None:
        names = ("qe_identity_bad_sig", "qe_mrsigner_bad", "qe_prodid_bad")
        assert sample_codes(samples, *names) == ["QE_IDENTITY_SIGNATURE", "QE_MRSIGNER", "QE_ISVPRODID"]

    def test_dcap_qvl_124__module_identity_was_ignored(self) -> None:
        names = (
            "module_signer_in_the_report",
            "module_attributes_in_the_report",
            "module_of_an_unknown_version",
        )
        assert codes(*names) == ["TDX_MODULE_SIGNER", "TDX_MODULE_ATTRIBUTES", "TDX_MODULE_UNKNOWN"]
        assert judge(CASES["status_old_module"].evidence).status == "OutOfDate"

    def test_dcap_qvl_124__samples(self, samples: Path) -> None:
        names = (
            "mod_mrsigner_bad",
            "mod_seamattr_bad",
            "mod_missing_identity",
            "mod_revoked",
            "mod_out_of_date",
        )
        wanted = ["TDX_MODULE_SIGNER", "TDX_MODULE_ATTRIBUTES", "TDX_MODULE_UNKNOWN", "TCB_REVOKED", ""]
        assert sample_codes(samples, *names) == wanted

    def test_dcap_qvl_126__levels_were_taken_for_sorted(self) -> None:
        assert judge(CASES["levels_in_any_order"].evidence).status == "UpToDate"

    def test_dcap_qvl_127__vendor_id_was_not_checked(self) -> None:
        assert codes("quote_vendor_unknown", "quote_vendor_last_byte") == ["QUOTE_VENDOR_UNKNOWN"] * 2

    def test_dcap_qvl_127__samples(self, samples: Path) -> None:
        assert sample_codes(samples, "hdr_vendor") == ["QUOTE_VENDOR_UNKNOWN"]

    def test_dcap_qvl_pr_164__short_component_lists_were_accepted(self) -> None:
        names = ("tcb_info_sgx_components_15", "tcb_info_tdx_components_15")
        assert codes(*names) == ["TCB_INFO_MALFORMED"] * 2

    def test_automata_pr_155__revoked_counted_only_if_everything_was(self) -> None:
        names = (
            "platform_revoked",
            "sgx_platform_revoked",
            "qe_revoked",
            "module_revoked",
            "current_module_revoked",
        )
        assert codes(*names) == ["TCB_REVOKED"] * 5

    def test_automata_pr_155__samples(self, samples: Path) -> None:
        assert sample_codes(samples, "st_revoked", "qe_revoked", "mod_revoked") == ["TCB_REVOKED"] * 3

    def test_automata_crl__one_list_passed_for_the_other_and_past_its_end(self) -> None:
        assert codes("root_crl_as_pck_crl") == ["CRL_ISSUER_MISMATCH"]
        assert codes("root_crl_expired", "pck_crl_expired") == ["CRL_EXPIRED"] * 2  # at next update exactly

    def test_automata_crl__samples(self, samples: Path) -> None:
        assert sample_codes(samples, "crl_expired", "root_crl_expired") == ["CRL_EXPIRED"] * 2

    def test_dstack_ra_tls__status_was_ignored(self) -> None:
        """Bluethroat's finding 2: a verified quote of any status was good enough. Here a policy says which is."""
        case = CASES["status_out_of_date"]
        with pytest.raises(Rejection, match="POLICY_STATUS"):
            validate(PACKAGE.claims(case.evidence), Policy(), case.now)

    def test_go_tdx_guest_37__svn_indices_of_tdx_1_5(self) -> None:
        assert judge(CASES["first_tdx_components_are_the_modules"].evidence).status == "UpToDate"
        assert codes("tdx_svn_of_an_old_module", "tdx_svn_third_below") == ["TCB_NOT_SUPPORTED"] * 2

    def test_intel_qvl_2026_06__nested_json_exhausted_the_stack(self) -> None:
        """CWE-674."""
        assert codes("json_eleven_levels", "json_a_thousand_levels") == ["TCB_INFO_MALFORMED"] * 2

    def test_intel_qvl_2026_06__the_last_component_was_left_out(self) -> None:
        assert codes("cpu_svn_sixteenth_below", "tdx_svn_sixteenth_below") == ["TCB_NOT_SUPPORTED"] * 2

    def test_intel_qvl_2026_06__the_first_byte_of_a_key_was_not_checked(self) -> None:
        assert codes("certificate_key_compressed") == ["CERT_MALFORMED"]

    def test_hardening__beyond_the_libraries(self) -> None:
        names = (
            "tcb_info_signed_by_the_pck",
            "tcb_info_pceid",
            "quote_outer_type_5",
            "quote_outer_type_high_byte",
        )
        unsupported = "QUOTE_CERTIFICATION_UNSUPPORTED"
        assert codes(*names) == ["TCB_INFO_SIGNATURE", "TCB_INFO_PCEID", unsupported, unsupported]
