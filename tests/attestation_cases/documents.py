"""Steps 4 to 6 and 9: what TCB info and QE identity say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sealwright_agents.simulated import Bends, SimulatedTee
from sealwright_agents.simulated.quotes import SGX
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import NOW, SEED, Case, refused
from tests.attestation_cases.edits import members

Json = dict[str, Any]
NOW_TEXT, TOMORROW = "2026-06-15T00:00:00Z", "2026-06-15T00:00:01Z"


def level(**values: Any) -> Callable[[Json], None]:
    """Set members of TCB info's first level."""
    return lambda info: info["tcbLevels"][0].update(values)


def tcb(**values: Any) -> Callable[[Json], None]:
    """Set members of the SVNs of TCB info's first level."""
    return lambda info: info["tcbLevels"][0]["tcb"].update(values)


def module(**values: Any) -> Callable[[Json], None]:
    """Set members of the TDX module's identity."""
    return lambda info: info["tdxModuleIdentities"][0].update(values)


def more_module(**values: Any) -> Callable[[Json], None]:
    """One more identity, of a module that does not run here."""

    def edit(info: Json) -> None:
        info["tdxModuleIdentities"].append({**info["tdxModuleIdentities"][0], "id": "TDX_03", **values})

    return edit


def without(name: str) -> Callable[[Json], None]:
    """Remove a member."""

    def edit(target: Json) -> None:
        del target[name]

    return edit


def component(kind: str, svn: Any) -> Callable[[Json], None]:
    """Another first component of the first level."""
    return lambda info: info["tcbLevels"][0]["tcb"][kind].__setitem__(0, {"svn": svn})


def shorter(kind: str) -> Callable[[Json], None]:
    """One component less in the first level."""
    return lambda info: info["tcbLevels"][0]["tcb"][kind].pop()


def longer(kind: str) -> Callable[[Json], None]:
    """One component more in the first level."""
    return lambda info: info["tcbLevels"][0]["tcb"][kind].append({"svn": 0})


def malformed(name: str, change: Callable[[Json], Any], **more: Any) -> Case:
    """TCB info that says something of a wrong form."""
    return refused(f"tcb_info_{name}", "TCB_INFO_MALFORMED", tcb_info=change, **more)


def many_levels(info: Json) -> None:
    """65 levels of the module."""
    info["tdxModuleIdentities"][0]["tcbLevels"] = (info["tdxModuleIdentities"][0]["tcbLevels"] * 22)[:65]


def of_tdx(collateral: Collateral) -> None:
    """TCB info and QE identity for TDX, in the collateral of an SGX quote whose quoting enclave fits."""
    other = SimulatedTee(SEED, NOW, bends=Bends(qe_identity=members(isvprodid=1))).collateral()
    for field in ("tcb_info", "tcb_info_signature", "qe_identity", "qe_identity_signature"):
        setattr(collateral, field, getattr(other, field))


TCB_INFO: tuple[Case, ...] = (
    malformed("issue_date_no_day", members(issueDate="2026-05-32T00:00:00Z")),
    malformed("issue_date_31_june", members(issueDate="2025-06-31T00:00:00Z")),
    malformed("issue_date_29_february", members(issueDate="2026-02-29T00:00:00Z")),
    malformed("issue_date_day_0", members(issueDate="2026-06-00T00:00:00Z")),
    malformed("issue_date_month_0", members(issueDate="2026-00-14T00:00:00Z")),
    malformed("issue_date_month_13", members(issueDate="2025-13-14T00:00:00Z")),
    malformed("issue_date_hour_24", members(issueDate="2026-06-13T24:00:00Z")),
    malformed("issue_date_minute_60", members(issueDate="2026-06-13T00:60:00Z")),
    malformed("issue_date_second_60", members(issueDate="2026-06-13T00:00:60Z")),
    malformed("issue_date_1969", members(issueDate="1969-06-14T00:00:00Z")),
    malformed("issue_date_no_digit", members(issueDate="2026-06-1xT00:00:00Z")),
    malformed("issue_date_underscore", members(issueDate="20_6-06-14T00:00:00Z")),
    malformed("issue_date_longer", members(issueDate="2026-06-14T00:00:00Zx")),
    malformed("issue_date_shorter", members(issueDate="2026-06-14")),
    malformed("issue_date_space", members(issueDate="2026-06-14 00:00:00Z")),
    malformed("issue_date_slash", members(issueDate="2026/06-14T00:00:00Z")),
    malformed("issue_date_second_slash", members(issueDate="2026-06/14T00:00:00Z")),
    malformed("issue_date_point", members(issueDate="2026-06-14T00.00:00Z")),
    malformed("issue_date_second_point", members(issueDate="2026-06-14T00:00.00Z")),
    malformed("issue_date_without_zone", members(issueDate="2026-06-14T00:00:000")),
    malformed("issue_date_number", members(issueDate=1781395200)),
    malformed("without_id", without("id")),
    malformed("without_version", without("version")),
    malformed("without_levels", without("tcbLevels")),
    malformed("without_module", without("tdxModule")),
    malformed("id_number", members(id=3)),
    malformed("version_text", members(version="3")),
    malformed("tcb_type_1", members(tcbType=1)),
    malformed("evaluation_true", members(tcbEvaluationDataNumber=True)),
    malformed("evaluation_false", members(tcbEvaluationDataNumber=False)),
    malformed("evaluation_negative", members(tcbEvaluationDataNumber=-1)),
    malformed("evaluation_of_33_bits", members(tcbEvaluationDataNumber=1 << 32)),
    malformed("evaluation_text", members(tcbEvaluationDataNumber="18")),
    malformed("fmspc_short", members(fmspc="b0c06f0000")),
    malformed("fmspc_no_hexadecimal", members(fmspc="b0c06f00000g")),
    malformed("levels_object", members(tcbLevels={})),
    malformed("levels_65", many_levels),
    malformed("level_text", lambda info: info["tcbLevels"].append("x")),
    malformed("level_number", lambda info: info["tcbLevels"].append(1)),
    malformed("level_without_status", lambda info: info["tcbLevels"][1].pop("tcbStatus")),
    malformed("status_unknown", level(tcbStatus="Fine")),
    malformed("status_of_a_relaunch", level(tcbStatus="TDRelaunchAdvised")),
    malformed("status_other_case", level(tcbStatus="uptodate")),
    malformed("level_date_malformed", level(tcbDate="2024-11-31T00:00:00Z")),
    malformed("advisories_text", level(advisoryIDs="")),
    malformed("advisories_object", level(advisoryIDs={})),
    malformed("advisories_65", level(advisoryIDs=["A"] * 65)),
    malformed("advisory_number", level(advisoryIDs=[1])),
    malformed("sgx_components_15", shorter("sgxtcbcomponents")),
    malformed("sgx_components_17", longer("sgxtcbcomponents")),
    malformed("tdx_components_15", shorter("tdxtcbcomponents")),
    malformed("tdx_components_17", longer("tdxtcbcomponents")),
    malformed("component_text", component("sgxtcbcomponents", "4")),
    malformed("component_true", component("sgxtcbcomponents", True)),
    malformed("component_false", component("tdxtcbcomponents", False)),
    malformed("component_negative", component("sgxtcbcomponents", -1)),
    malformed("component_256", component("tdxtcbcomponents", 256)),
    malformed(
        "component_without_svn",
        lambda info: info["tcbLevels"][0]["tcb"]["sgxtcbcomponents"].__setitem__(0, {"more": 4}),
    ),
    malformed("component_null", component("sgxtcbcomponents", None)),
    malformed(
        "component_no_object", lambda info: info["tcbLevels"][0]["tcb"]["sgxtcbcomponents"].__setitem__(0, 4)
    ),
    malformed("without_tdx_components", lambda info: info["tcbLevels"][0]["tcb"].pop("tdxtcbcomponents")),
    malformed("pcesvn_of_17_bits", tcb(pcesvn=1 << 16)),
    malformed(
        "module_twice", lambda info: info["tdxModuleIdentities"].append(info["tdxModuleIdentities"][0])
    ),
    malformed("module_twice_in_other_case", more_module(id="tdx_01")),
    malformed("module_signer_short", more_module(mrsigner="00" * 47)),
    malformed(
        "module_status_hardening",
        lambda info: info["tdxModuleIdentities"][0]["tcbLevels"][2].update(tcbStatus="SWHardeningNeeded"),
    ),
    malformed(
        "modules_33",
        lambda info: [more_module(id=f"TDX_{each}", tcbLevels=[])(info) for each in range(10, 42)],
    ),
    refused("tcb_info_version_2", "TCB_INFO_VERSION", tcb_info=members(version=2)),
    refused("tcb_info_version_4", "TCB_INFO_VERSION", tcb_info=members(version=4)),
    refused("tcb_info_expired", "TCB_INFO_EXPIRED", tcb_info=members(nextUpdate=NOW_TEXT)),
    refused("tcb_info_not_yet_valid", "TCB_INFO_NOT_YET_VALID", tcb_info=members(issueDate=TOMORROW)),
    refused("tcb_info_of_the_other_tee", "TCB_INFO_KIND", tcb_info=members(id="SGX")),
    refused("tcb_info_of_an_unknown_tee", "TCB_INFO_KIND", kind=SGX, tcb_info=members(id="QE")),
    refused("documents_of_the_other_tee", "TCB_INFO_KIND", kind=SGX, collateral=of_tdx),
    refused("tcb_info_fmspc", "TCB_INFO_FMSPC", tcb_info=members(fmspc="b0c06f000001")),
    refused("tcb_info_pceid", "TCB_INFO_PCEID", tcb_info=members(pceId="0001")),
    refused("module_identities_missing", "TDX_MODULE_UNKNOWN", tcb_info=without("tdxModuleIdentities")),
    refused("module_identities_empty", "TDX_MODULE_UNKNOWN", tcb_info=members(tdxModuleIdentities=[])),
    refused("module_signer", "TDX_MODULE_SIGNER", tcb_info=module(mrsigner="01" * 48)),
    refused(
        "module_attributes_expected", "TDX_MODULE_ATTRIBUTES", tcb_info=module(attributes="01" + "00" * 7)
    ),
)


def identity_malformed(name: str, change: Callable[[Json], Any]) -> Case:
    """QE identity that says something of a wrong form."""
    return refused(f"qe_identity_{name}", "QE_IDENTITY_MALFORMED", qe_identity=change)


QE_IDENTITY: tuple[Case, ...] = (
    identity_malformed("without_version", without("version")),
    identity_malformed("id_number", members(id=2)),
    identity_malformed("issue_date_malformed", members(issueDate="2026-06-14")),
    identity_malformed("signer_short", members(mrsigner="00")),
    identity_malformed("mask_no_hexadecimal", members(miscselectMask="xFFFFFFF")),
    identity_malformed("product_of_17_bits", members(isvprodid=1 << 16)),
    identity_malformed("levels_object", members(tcbLevels={})),
    identity_malformed(
        "level_status_hardening", lambda each: each["tcbLevels"][2].update(tcbStatus="SWHardeningNeeded")
    ),
    identity_malformed(
        "level_date_malformed", lambda each: each["tcbLevels"][0].update(tcbDate="2023-02-30T00:00:00Z")
    ),
    refused("qe_identity_version_1", "QE_IDENTITY_VERSION", qe_identity=members(version=1)),
    refused("qe_identity_version_3", "QE_IDENTITY_VERSION", qe_identity=members(version=3)),
    refused("qe_identity_expired", "QE_IDENTITY_EXPIRED", qe_identity=members(nextUpdate=NOW_TEXT)),
    refused(
        "qe_identity_not_yet_valid", "QE_IDENTITY_NOT_YET_VALID", qe_identity=members(issueDate=TOMORROW)
    ),
    refused("qe_identity_of_the_other_tee", "QE_IDENTITY_KIND", qe_identity=members(id="QE")),
    refused(
        "qe_identity_of_the_other_tee_sgx", "QE_IDENTITY_KIND", kind=SGX, qe_identity=members(id="TD_QE")
    ),
    refused("qe_identity_miscselect", "QE_MISCSELECT", qe_identity=members(miscselect="00000001")),
    refused("qe_identity_attributes", "QE_ATTRIBUTES", qe_identity=members(attributes="13" + "00" * 15)),
    refused(
        "qe_identity_attributes_outside_the_mask",
        "QE_ATTRIBUTES",
        qe_identity=members(attributes="15" + "00" * 15),
    ),
    refused("qe_identity_signer", "QE_MRSIGNER", qe_identity=members(mrsigner="66" * 32)),
    refused("qe_identity_product", "QE_ISVPRODID", qe_identity=members(isvprodid=9)),
    refused("qe_identity_without_levels", "QE_NOT_SUPPORTED", qe_identity=members(tcbLevels=[])),
)
