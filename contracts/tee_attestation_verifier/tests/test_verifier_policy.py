"""Policy: each rule refuses with its code, and a policy file says exactly what the policy does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sealwright_agents.simulated import Bends, Platform, SimulatedTee, TdMeasurements
from sealwright_agents.simulated.pki import CertificateSpec
from sealwright_agents.simulated.quotes import SGX
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel import policy as policy_module
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.policy import Policy, Software, validate
from tee_attestation_verifier.intel.trust import INTEL_ROOT, root_from_der
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.catalogue import POLICY_CODES
from tee_attestation_verifier.offchain.collateral_file import read_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.policy_file import policy_members, read_policy, write_policy

NOW = 1_781_481_600
DAY = 86_400
CRYPTO = OpenSslCrypto()
SCHEMA = Path(policy_module.__file__).parents[1] / "offchain" / "schemas" / "policy.schema.json"
MEASURED = TdMeasurements(mrtd=b"\1" * 48, rtmr=(b"\2" * 48, b"\3" * 48, b"\4" * 48, b"\5" * 48))


def claimed(platform: Platform | None = None, **settings: Any) -> Claims:
    levels = SimulatedTee(b"policy", NOW).levels
    tee = SimulatedTee(b"policy", NOW, platform=platform or Platform(), levels=levels, **settings)
    quote = tee.quote(bytes(64), measurements=MEASURED)
    return verify(quote, tee.collateral(), NOW, root_from_der(tee.root_der, CRYPTO), CRYPTO)


def refused(claims: Claims, policy: Policy, now: int = NOW, compose_hash: bytes | None = None) -> str:
    with pytest.raises(Rejection) as rejection:
        validate(claims, policy, now, compose_hash)
    return rejection.value.code


def test_policy__accepts_up_to_date_alone_unless_told_otherwise() -> None:
    validate(claimed(), Policy(), NOW)
    outdated = claimed(Platform(pce_svn=10))
    assert refused(outdated, Policy()) == "POLICY_STATUS"
    validate(outdated, Policy(statuses=("UpToDate", "OutOfDate")), NOW)
    grace = Policy(advisory_grace={"INTEL-SA-00960": NOW + 1})
    validate(outdated, grace, NOW)
    assert refused(outdated, grace, NOW + 1) == "POLICY_STATUS"
    assert refused(outdated, Policy(advisory_grace={"INTEL-SA-00001": NOW + 1})) == "POLICY_STATUS"


def test_policy__leaves_the_attribute_gate_to_its_own_step() -> None:
    tee = SimulatedTee(b"policy", NOW)
    debug = TdMeasurements(td_attributes=bytes.fromhex("0100001000000000"))
    quote = tee.quote(bytes(64), measurements=debug)
    validate(verify(quote, tee.collateral(), NOW, root_from_der(tee.root_der, CRYPTO), CRYPTO), Policy(), NOW)


def test_policy__takes_listed_machines_alone() -> None:
    claims = claimed(Platform(ppid=bytes(16)))
    validate(claims, Policy(ppids=(b"\1" * 16, bytes(16))), NOW)
    assert refused(claims, Policy(ppids=())) == "POLICY_PLATFORM"


def test_policy__asks_for_a_recent_evaluation_of_both_documents() -> None:
    validate(claimed(), Policy(min_evaluation=18), NOW)
    assert refused(claimed(), Policy(min_evaluation=19)) == "POLICY_EVALUATION"
    rolled_back = Bends(qe_identity=lambda identity: identity.update(tcbEvaluationDataNumber=17))
    assert refused(claimed(bends=rolled_back), Policy(min_evaluation=18)) == "POLICY_EVALUATION"


def test_policy__bounds_ages() -> None:
    claims = claimed()  # collateral of a day before, levels of 2023-02-15 at the oldest
    assert (claims.collateral_issued, claims.verified_at) == (NOW - DAY, NOW)
    validate(claims, Policy(max_collateral_age_s=DAY), NOW)
    assert refused(claims, Policy(max_collateral_age_s=DAY), NOW + 1) == "POLICY_COLLATERAL_AGE"
    validate(claims, Policy(max_verification_age_s=60), NOW + 60)
    assert refused(claims, Policy(max_verification_age_s=60), NOW + 61) == "POLICY_VERIFICATION_AGE"
    age = NOW - claims.tcb_date
    validate(claims, Policy(max_tcb_age_s=age), NOW)
    assert refused(claims, Policy(max_tcb_age_s=age - 1)) == "POLICY_TCB_AGE"
    older = Bends(qe_identity=lambda identity: identity.update(issueDate="2026-05-01T00:00:00Z"))
    assert refused(claimed(bends=older), Policy(max_collateral_age_s=DAY)) == "POLICY_COLLATERAL_AGE"


def test_policy__takes_listed_software_alone() -> None:
    claims, compose_hash = claimed(), bytes(range(32))
    fields = {"mr_td": b"\1" * 48, "rt_mr0": b"\2" * 48, "rt_mr1": b"\3" * 48, "rt_mr2": b"\4" * 48}
    validate(claims, Policy(software=(Software({"mr_td": bytes(48)}), Software(fields))), NOW)
    validate(claims, Policy(software=(Software(fields, compose_hash),)), NOW, compose_hash)
    for wrong in (
        (),
        (Software({**fields, "rt_mr2": bytes(48)}),),
        (Software({"mr_signer": bytes(32)}),),
        (Software({}, min_isv_svn=1),),
        (Software(fields, compose_hash),),
    ):
        assert refused(claims, Policy(software=wrong)) == "POLICY_MEASUREMENT"
    assert (
        refused(claims, Policy(software=(Software(fields, compose_hash),)), NOW, bytes(32))
        == "POLICY_MEASUREMENT"
    )


def test_policy__takes_listed_enclaves_of_a_maker_by_product_and_version() -> None:
    claims = claimed(kind=SGX)
    signer = claims.report.field("mr_signer")
    validate(claims, Policy(software=(Software({"mr_signer": signer}, isv_prod_id=1, min_isv_svn=1),)), NOW)
    for wrong in (
        Software({"mr_signer": signer}, isv_prod_id=2),
        Software({"mr_signer": signer}, min_isv_svn=2),
        Software({"mr_enclave": bytes(32)}),
    ):
        assert refused(claims, Policy(software=(wrong,))) == "POLICY_MEASUREMENT"


def configured(**flags: bytes | None) -> Claims:
    """A machine whose PCK certificate has these values in its configuration, or none of it."""

    def bend(role: str, spec: CertificateSpec) -> CertificateSpec:
        extension = spec.sgx_extension
        if extension is None:
            return spec
        for number, value in zip(
            (1, 2, 3), (flags.get("dynamic"), flags.get("cached"), flags.get("smt")), strict=True
        ):
            arc = bytes.fromhex("060b2a864886f84d010d0107") + bytes((number,)) + b"\x01\x01"
            start = extension.index(arc) + len(arc)
            extension = extension[:start] + (value or b"\0") + extension[start + 1 :]
        return replace(spec, sgx_extension=extension)

    return claimed(bends=Bends(certificate=bend))


def test_policy__asks_for_a_static_platform_without_cached_keys_and_smt() -> None:
    strict = {
        "dynamic": (Policy(allow_dynamic_platform=False), "POLICY_DYNAMIC_PLATFORM"),
        "cached": (Policy(allow_cached_keys=False), "POLICY_CACHED_KEYS"),
        "smt": (Policy(allow_smt=False), "POLICY_SMT"),
    }
    for name, (policy, code) in strict.items():
        claims = configured(**{name: b"\xff"})
        validate(claims, Policy(), NOW)
        assert refused(claims, policy) == code
        for other, (other_policy, _) in strict.items():
            if other != name:
                validate(claims, other_policy, NOW)
    assert refused(configured(smt=b"\1"), Policy(allow_smt=False)) == "PCK_EXTENSION_MALFORMED"


def test_policy__refuses_machines_that_do_not_say_how_they_are_configured(samples: Path) -> None:
    for name, code in (("01_sgx_v3_config_swh", "POLICY_SMT"), ("02_tdx_v4_uptodate", None)):
        folder = samples / "real" / name
        collateral = read_collateral((folder / "collateral.json").read_text())
        now = json.loads((folder / "expected.json").read_text())["now"]
        claims = verify((folder / "quote.bin").read_bytes(), collateral, now, INTEL_ROOT, CRYPTO)
        policy = Policy(statuses=(claims.status,), allow_smt=False)
        if code:
            assert refused(claims, policy, now) == code
        else:
            assert refused(claims, policy, now) == "POLICY_SMT"
            assert refused(claims, Policy(allow_dynamic_platform=False), now) == "POLICY_DYNAMIC_PLATFORM"


FULL: dict[str, Any] = {
    "statuses": ["UpToDate", "TDRelaunchAdvised"],
    "advisory_grace": {"INTEL-SA-00960": NOW},
    "ppids": ["00" * 16],
    "software": [
        {"mr_td": "01" * 48, "rt_mr0": "02" * 48, "compose_hash": "03" * 32},
        {"mr_signer": "04" * 32, "isv_prod_id": 1, "min_isv_svn": 2},
    ],
    "min_evaluation": 18,
    "max_collateral_age_s": DAY,
    "max_tcb_age_s": None,
    "max_verification_age_s": 0,
    "allow_dynamic_platform": False,
    "allow_cached_keys": True,
    "allow_smt": False,
}


def test_policy_file__reads_what_it_writes() -> None:
    assert policy_members(read_policy(json.dumps(FULL))) == FULL
    assert json.loads(write_policy(read_policy(json.dumps(FULL)))) == FULL
    assert policy_members(read_policy("{}")) == policy_members(Policy())


@pytest.mark.parametrize(
    "members",
    [
        {"status": ["UpToDate"]},
        {"statuses": "UpToDate"},
        {"statuses": ["Revoked"]},
        {"statuses": [[]]},
        {"advisory_grace": ["INTEL-SA-00960"]},
        {"advisory_grace": {"INTEL-SA-00960": "2026-01-01"}},
        {"ppids": ["00"]},
        {"ppids": ["zz" * 16]},
        {"software": [{}]},
        {"software": [{"mr_td": "00" * 32}]},
        {"software": [{"mrtd": "00" * 48}]},
        {"software": [{"isv_prod_id": 65_536}]},
        {"min_evaluation": True},
        {"max_tcb_age_s": -1},
        {"max_tcb_age_s": 1.5},
        {"allow_smt": None},
    ],
)
def test_policy_file__refuses_what_its_schema_refuses(members: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(members)).split()[0]):
        read_policy(json.dumps(members))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(members, json.loads(SCHEMA.read_text()))


def test_policy_file__follows_its_schema() -> None:
    schema = json.loads(SCHEMA.read_text())
    for policy in (FULL, policy_members(Policy()), {}):
        jsonschema.validate(policy, schema)
    assert set(schema["properties"]) == set(vars(Policy()))
    for text in ("[]", '{"allow_smt": true, "allow_smt": false}', '{"min_evaluation": NaN}'):
        with pytest.raises(ValueError, match=r"JSON"):
            read_policy(text)


def test_specification__shows_every_member_and_code() -> None:
    text = (Path(__file__).parents[3] / "docs" / "spec" / "attestation-bundle.md").read_text()
    policies = text[text.index("## Policies") : text.index("## Explanations")]
    assert [name for name in (*vars(Policy()), *POLICY_CODES) if f"`{name}`" not in policies] == []


def test_policy_codes__are_those_of_the_source_and_all_tested() -> None:
    source = Path(policy_module.__file__).read_text()
    assert [code for code in POLICY_CODES if source.count(f'"{code}"') != 1] == []
    assert source.count('"POLICY_') == len(POLICY_CODES)
    tests = Path(__file__).read_text()
    assert [code for code in POLICY_CODES if f'"{code}"' not in tests] == []
