"""Evidence that must be verified: each format, each status, and what looks odd but is allowed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sealwright_agents.simulated import Platform, SimulatedTee, TcbLevel, TdMeasurements
from sealwright_agents.simulated.quotes import SGX, SGX_V4, SGX_V5, TD10_V5, TD15, TD15_EX
from sealwright_agents.simulated.tee import DAY
from tee_attestation_verifier.intel.collateral import Collateral

from tests.attestation_cases.case import NOW, SEED, Case, verified
from tests.attestation_cases.chains import QE_CHAIN, TCB_CHAIN, quote_chain
from tests.attestation_cases.documents import Json, level, module, more_module
from tests.attestation_cases.edits import in_text, members, put, replaced, revocation
from tests.attestation_cases.lists import pck_serial, renewed_authority, renewed_qe_signer
from tests.attestation_cases.platforms import CPU_SVN, LEVELS, NEW, OLD, svn
from tests.attestation_cases.quotes import padded

PLATFORM_ADVISORY, MODULE_ADVISORY, QE_ADVISORY = "INTEL-SA-00960", "INTEL-SA-01036", "INTEL-SA-00615"
OLD_QE, OLD_MODULE = {"qe_isv_svn": 3}, {"tee_tcb_svn": bytes((5, 1, 3)) + bytes(13)}
END = NOW + 30 * DAY


def of_another_machine(collateral: Collateral) -> None:
    """What was fetched for another machine of this kind, under the same root."""
    other = SimulatedTee(b"another machine", NOW, root_seed=SEED).collateral()
    for name in Collateral.FIELDS:
        setattr(collateral, name, getattr(other, name))


def spaced(artefact: str, text: str) -> str:
    """The same JSON with white space."""
    return json.dumps(json.loads(text), separators=(" ,\t", "\r\n:"))


def reversed_levels(info: Json) -> None:
    """TCB info's and the module's levels from the lowest to the highest."""
    info["tcbLevels"].reverse()
    info["tdxModuleIdentities"][0]["tcbLevels"].reverse()


def lower_case(info: Json) -> None:
    """All hexadecimal and the module's id in lower case."""
    info["fmspc"] = info["fmspc"].lower()
    info["tdxModuleIdentities"][0]["id"] = "tdx_01"


def status(name: str, of_level: str, want: str, advisories: tuple[str, ...] = (), **platform: Any) -> Case:
    """A platform at a level of that status, with a current or an outdated module and quoting enclave."""
    return verified(
        f"status_{name}", want, advisories, machine=svn(**platform), tcb_info=level(tcbStatus=of_level)
    )


FORMATS: tuple[Case, ...] = (
    verified("tdx_v4"),
    verified("sgx_v3", kind=SGX),
    verified("sgx_v4", kind=SGX_V4),
    verified("sgx_v5", kind=SGX_V5),
    verified("tdx_v5_td10", kind=TD10_V5),
    verified("tdx_v5_td15", kind=TD15),
    verified("tdx_v5_td15_ex", kind=TD15_EX),
    verified("quote_with_padding", quote=padded(3000)),
    verified("qe_data_empty", quoting={"qe_auth": b""}),
    verified("qe_data_of_64_bytes", quoting={"qe_auth": bytes(64)}),
    verified("qe_data_of_1000_bytes", quoting={"qe_auth": bytes(1000)}),
    verified("chain_with_white_space", collateral=in_text(TCB_CHAIN, "-----B", "\0 \r\n\t-----B")),
    verified("chain_in_short_lines", collateral=in_text(QE_CHAIN, "MII", "M\r\nI\nI")),
    verified("quote_chain_without_zero", quote=quote_chain(lambda text: text.rstrip("\n"))),
    verified("collateral_of_another_machine", collateral=of_another_machine),
    verified("crl_with_entries", crl=revocation("pck_ca", revoked=(pck_serial() >> 8, pck_serial() << 1, 9))),
    verified("crl_of_a_renewed_authority", collateral=renewed_authority),
    verified("two_tcb_signers", collateral=renewed_qe_signer),
    verified("json_with_white_space", json_text=spaced),
    verified(
        "json_with_unknown_members",
        tcb_info=members(more=[{"a": None, "b": [True, False, -999999999999999]}]),
    ),
    verified(
        "json_ten_levels", json_text=replaced("tcb_info", '{"id"', '{"more":' + "[" * 9 + "]" * 9 + ',"id"')
    ),
    verified("hexadecimal_in_lower_case", tcb_info=lower_case),
    verified("more_modules", tcb_info=more_module()),
    verified("at_its_first_second", now=NOW - DAY),
    verified("at_its_last_second", now=END - 1),
    verified(
        "measurements_of_any_kind",
        quoting={
            "measurements": TdMeasurements(
                mrtd=b"\1" * 48,
                rtmr=(b"\2" * 48,) * 4,
                mr_config_id=b"\3" * 48,
                mr_owner=b"\4" * 48,
                mr_owner_config=b"\5" * 48,
                xfam=b"\xff" * 8,
            )
        },
    ),
    verified(
        "td_attributes_that_may_be_set",
        quoting={"measurements": TdMeasurements(td_attributes=bytes.fromhex("000000d8000000c0"))},
    ),
    verified("module_of_version_0", machine={"platform": Platform(tee_tcb_svn=bytes((5, 0, 3)) + bytes(13))}),
    verified("qe_attributes_outside_the_mask", qe_report=put(48, b"\x15")),
)

STATUSES: tuple[Case, ...] = (
    status("out_of_date", "UpToDate", "OutOfDate", (PLATFORM_ADVISORY,), pce_svn=10),
    status("hardening", "SWHardeningNeeded", "SWHardeningNeeded"),
    status("configuration", "ConfigurationNeeded", "ConfigurationNeeded"),
    status(
        "configuration_and_hardening",
        "ConfigurationAndSWHardeningNeeded",
        "ConfigurationAndSWHardeningNeeded",
    ),
    status("out_of_date_configuration", "OutOfDateConfigurationNeeded", "OutOfDateConfigurationNeeded"),
    status("old_qe", "UpToDate", "OutOfDate", (QE_ADVISORY,), **OLD_QE),
    status("old_qe_hardening", "SWHardeningNeeded", "OutOfDate", (QE_ADVISORY,), **OLD_QE),
    status(
        "old_qe_configuration",
        "ConfigurationNeeded",
        "OutOfDateConfigurationNeeded",
        (QE_ADVISORY,),
        **OLD_QE,
    ),
    status(
        "old_qe_configuration_and_hardening",
        "ConfigurationAndSWHardeningNeeded",
        "OutOfDateConfigurationNeeded",
        (QE_ADVISORY,),
        **OLD_QE,
    ),
    status(
        "old_qe_out_of_date_configuration",
        "OutOfDateConfigurationNeeded",
        "OutOfDateConfigurationNeeded",
        (QE_ADVISORY,),
        **OLD_QE,
    ),
    status("old_module", "UpToDate", "OutOfDate", (MODULE_ADVISORY,), **OLD_MODULE),
    status(
        "old_module_configuration",
        "ConfigurationNeeded",
        "OutOfDateConfigurationNeeded",
        (MODULE_ADVISORY,),
        **OLD_MODULE,
    ),
    status(
        "all_old",
        "UpToDate",
        "OutOfDate",
        (PLATFORM_ADVISORY, QE_ADVISORY, MODULE_ADVISORY),
        pce_svn=10,
        **OLD_QE,
        **OLD_MODULE,
    ),
    verified(
        "up_to_date_with_advisories",
        advisory_ids=("INTEL-DOC-10000",),
        tcb_info=level(advisoryIDs=["INTEL-DOC-10000"]),
    ),
    verified(
        "advisories_each_once",
        "OutOfDate",
        ("A", QE_ADVISORY),
        machine=svn(**OLD_QE),
        tcb_info=level(advisoryIDs=["A", QE_ADVISORY, "A"]),
    ),
    verified(
        "levels_in_any_order", tcb_info=reversed_levels, qe_identity=lambda each: each["tcbLevels"].reverse()
    ),
    verified(
        "levels_equal_first_counts",
        tcb_info=lambda info: info["tcbLevels"].append({**info["tcbLevels"][0], "tcbStatus": "OutOfDate"}),
    ),
    verified(
        "first_tdx_components_are_the_modules",
        machine={"levels": (TcbLevel(CPU_SVN, 11, bytes((9, 9, 3)) + bytes(13), "UpToDate"),)},
    ),
    verified("module_by_its_own_version", tcb_info=more_module(tcbLevels=[])),
    verified(
        "module_svn_far_above",
        machine={"platform": Platform(tee_tcb_svn=bytes((200, 1, 3)) + bytes(13)), "levels": LEVELS},
    ),
    verified("module_never_listed_twice", tcb_info=module(more=1)),
)


def old_module_date(info: Json) -> None:
    """The module's level is of 2015."""
    info["tdxModuleIdentities"][0]["tcbLevels"][0]["tcbDate"] = "2015-01-01T00:00:00Z"


# The oldest date of the three levels counts; by default that is the quoting enclave's.
DATES: tuple[Case, ...] = (
    verified("tcb_date_of_the_qe", tcb_date=1_676_419_200),
    verified(
        "tcb_date_of_an_old_qe", "OutOfDate", (QE_ADVISORY,), tcb_date=1_636_502_400, machine=svn(**OLD_QE)
    ),
    verified(
        "tcb_date_of_the_platform", tcb_date=1_420_070_400, tcb_info=level(tcbDate="2015-01-01T00:00:00Z")
    ),
    verified("tcb_date_of_the_module", tcb_date=1_420_070_400, tcb_info=old_module_date),
)


def relaunched(
    name: str,
    want: str,
    launch: bytes,
    current: bytes,
    first: str = "UpToDate",
    second: str = "OutOfDate",
    kind: Any = TD15,
) -> Case:
    """A 1.5 TD launched under one TCB that now runs under another; two levels of these statuses."""
    levels = (replace(LEVELS[0], status=first), replace(LEVELS[1], status=second))
    machine = {"platform": Platform(tee_tcb_svn=launch, tee_tcb_svn2=current), "levels": levels}
    return verified(f"relaunch_{name}", want, kind=kind, machine=machine)


RELAUNCHES: tuple[Case, ...] = (
    relaunched("not_needed", "UpToDate", NEW, NEW),
    relaunched("cures", "TDRelaunchAdvised", OLD, NEW),
    relaunched("cures_ex", "TDRelaunchAdvised", OLD, NEW, kind=TD15_EX),
    relaunched("cures_hardening", "TDRelaunchAdvised", OLD, NEW, "SWHardeningNeeded"),
    relaunched(
        "cures_to_configuration", "TDRelaunchAdvisedConfigurationNeeded", OLD, NEW, "ConfigurationNeeded"
    ),
    relaunched(
        "cures_to_configuration_and_hardening",
        "TDRelaunchAdvisedConfigurationNeeded",
        OLD,
        NEW,
        "ConfigurationAndSWHardeningNeeded",
    ),
    relaunched(
        "cures_from_configuration",
        "TDRelaunchAdvisedConfigurationNeeded",
        OLD,
        NEW,
        second="OutOfDateConfigurationNeeded",
    ),
    relaunched("does_not_cure", "OutOfDate", OLD, OLD),
    relaunched("does_not_cure_configuration", "OutOfDate", OLD, NEW, "OutOfDateConfigurationNeeded"),
    relaunched("after_a_downgrade", "UpToDate", NEW, OLD),
    relaunched("of_a_hardening_launch", "SWHardeningNeeded", OLD, NEW, second="SWHardeningNeeded"),
)
