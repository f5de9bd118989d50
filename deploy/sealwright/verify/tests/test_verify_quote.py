"""`sealwright verify quote`: exit codes, the JSON document, what people see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sealwright.verify.cli import app
from sealwright_agents.simulated import Bends, Platform, SimulatedTee, TdMeasurements
from tee_attestation_verifier.offchain.collateral_file import write_collateral
from typer.testing import CliRunner

NOW = 1_781_481_600
DEBUG = TdMeasurements(td_attributes=bytes.fromhex("0100001000000000"))


class Desk:
    """Files of one simulated machine, and the command to judge them."""

    def __init__(self, folder: Path, tee: SimulatedTee, measurements: TdMeasurements | None = None) -> None:
        self.quote, self.collateral = folder / "quote.bin", folder / "collateral.json"
        self.root = folder / "root.der"
        self.quote.write_bytes(tee.quote(bytes(64), measurements=measurements))
        self.collateral.write_text(write_collateral(tee.collateral()))
        self.root.write_bytes(tee.root_der)

    def run(self, *options: str, at: str = str(NOW), root: bool = True) -> Any:
        arguments = ["quote", str(self.quote), "--collateral", str(self.collateral), "--at", at, *options]
        return CliRunner().invoke(app, [*arguments, *(["--root", str(self.root)] if root else [])])

    def document(self, *options: str, **settings: Any) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.run("--json", *options, **settings).stdout)
        return answer


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, SimulatedTee(b"desk", NOW))


def test_verify_quote__shows_a_verdict_step_by_step(desk: Desk) -> None:
    done = desk.run()
    assert done.exit_code == 0
    assert done.stdout.count("PASS") == 16
    assert "VERIFIED UpToDate" in done.stdout
    assert "NOT INTEL'S ROOT" in done.stdout


def test_verify_quote__prints_one_document_for_machines(desk: Desk) -> None:
    document = desk.document()
    assert (document["verdict"], document["status"], document["code"]) == ("verified", "UpToDate", None)
    assert document["advisory_ids"] == []
    assert document["root"]["is_intel"] is False
    assert [step["result"] for step in document["steps"]] == ["pass"] * 16
    assert "gas" not in document


def test_verify_quote__shows_status_and_advisories_that_are_not_up_to_date(tmp_path: Path) -> None:
    levels = SimulatedTee(b"desk", NOW).levels
    desk = Desk(tmp_path, SimulatedTee(b"desk", NOW, platform=Platform(pce_svn=10), levels=levels))
    document = desk.document()
    assert (document["verdict"], document["status"]) == ("verified", "OutOfDate")
    assert document["advisory_ids"] == ["INTEL-SA-00960"]


def test_verify_quote__rejects_with_code_and_step(desk: Desk, tmp_path: Path) -> None:
    desk.quote.write_bytes(desk.quote.read_bytes()[:-200])
    done = desk.run()
    assert (done.exit_code, done.stdout.count("FAIL")) == (1, 1)
    assert "REJECTED QUOTE_MALFORMED" in done.stdout
    document = desk.document()
    assert (document["verdict"], document["status"], document["code"]) == (
        "rejected",
        None,
        "QUOTE_MALFORMED",
    )
    assert [step["result"] for step in document["steps"]] == ["fail"] + ["unproven"] * 15


def test_verify_quote__rejects_in_the_gate_and_still_names_the_status(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SimulatedTee(b"desk", NOW), DEBUG)
    assert desk.run().exit_code == 1
    document = desk.document()
    assert (document["verdict"], document["status"], document["code"]) == ("rejected", "UpToDate", "TD_DEBUG")
    assert document["steps"][-1] == {**document["steps"][-1], "step": 16, "result": "fail"}


def test_verify_quote__rejects_a_revoked_level(tmp_path: Path) -> None:
    bends = Bends(tcb_info=lambda info: info["tcbLevels"][0].update(tcbStatus="Revoked"))
    document = Desk(tmp_path, SimulatedTee(b"desk", NOW, bends=bends)).document()
    assert (document["verdict"], document["status"], document["code"]) == (
        "rejected",
        "Revoked",
        "TCB_REVOKED",
    )


def test_verify_quote__explains_a_rejection(desk: Desk) -> None:
    quote = bytearray(desk.quote.read_bytes())
    quote[48 + 520] ^= 1
    desk.quote.write_bytes(quote)
    document = desk.document()
    assert document["code"] == "QUOTE_SIGNATURE"
    assert document["explanation"]["quote_bytes"][0] == {"name": "signature", "start": 636, "end": 700}
    assert "bytes 636 to 700 of the quote: signature" in desk.run().stdout
    late = desk.run(at="2027-01-01")
    assert "collateral member root_ca_crl" in late.stdout
    assert desk.document(at="2027-01-01")["explanation"]["certificate"] is None


def test_verify_quote__applies_a_policy_after_the_steps(desk: Desk, tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text('{"min_evaluation": 18}')
    assert desk.document()["policy"] is None
    assert desk.document("--policy", str(policy))["policy"] == "pass"
    policy.write_text('{"min_evaluation": 19}')
    document = desk.document("--policy", str(policy))
    assert (document["verdict"], document["policy"]) == ("rejected", "fail")
    assert (document["code"], document["steps"][-1]["result"]) == ("POLICY_EVALUATION", "pass")
    done = desk.run("--policy", str(policy))
    assert (done.exit_code, "by the policy" in done.stdout) == (1, True)
    assert desk.run("--policy", str(policy), "--on-chain").exit_code == 2
    policy.write_text("{}}")
    assert desk.run("--policy", str(policy)).exit_code == 2
    desk.quote.write_bytes(b"\0")
    policy.write_text("{}")
    assert desk.document("--policy", str(policy))["policy"] == "unproven"


def test_verify_quote__takes_the_compose_hash_from_the_configuration_id(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"software": [{"compose_hash": "07" * 32}]}))
    tee = SimulatedTee(b"desk", NOW)
    for config_id, result in (
        (b"\1" + b"\7" * 32 + bytes(15), "pass"),
        (b"\2" * 48, "fail"),
        (bytes(48), "fail"),
    ):
        desk = Desk(tmp_path, tee, TdMeasurements(mr_config_id=config_id))
        assert desk.document("--policy", str(policy))["policy"] == result


def test_verify_quote__takes_dates_roots_and_quotes_in_their_usual_forms(desk: Desk) -> None:
    for moment in ("2026-06-15T00:00:00Z", "2026-06-15", "2026-06-15T02:00:00+02:00"):
        assert desk.document(at=moment)["at"] == NOW
    certificate = x509.load_der_x509_certificate(desk.root.read_bytes())
    desk.root.write_bytes(certificate.public_bytes(Encoding.PEM))
    desk.quote.write_text(desk.quote.read_bytes().hex() + "\n")
    assert desk.run().exit_code == 0
    desk.quote.write_text(json.dumps({"quote": desk.quote.read_text().strip(), "event_log": "[]"}))
    assert desk.run().exit_code == 0
    desk.quote.write_text('{"event_log": []}')
    assert desk.run().exit_code == 2


def test_verify_quote__trusts_intel_unless_told_otherwise(desk: Desk) -> None:
    document = desk.document(root=False)
    assert (document["code"], document["root"]["is_intel"]) == ("ROOT_NOT_TRUSTED", True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("collateral", b"not JSON"),
        ("collateral", b"{}"),
        ("collateral", None),
        ("quote", None),
        ("root", b"x"),
    ],
)
def test_verify_quote__exits_with_two_for_unreadable_input(
    desk: Desk, name: str, content: bytes | None
) -> None:
    path: Path = getattr(desk, name)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    done = desk.run()
    assert (done.exit_code, done.stdout) == (2, "")
    assert "sealwright verify:" in done.stderr


def test_verify_quote__exits_with_two_for_wrong_usage(desk: Desk) -> None:
    assert desk.run(at="soon").exit_code == 2
    assert desk.run("--no-such-option").exit_code == 2
    assert CliRunner().invoke(app, ["quote", str(desk.quote)]).exit_code == 2
