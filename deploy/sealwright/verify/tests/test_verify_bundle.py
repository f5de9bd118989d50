"""`sealwright verify pack` and `verify bundle`, and policies drafted from a bundle."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sealwright.cli import app
from sealwright.verify.on_record import sha256
from sealwright_agents.simulated import Platform, SimulatedGuest, SimulatedTee
from sealwright_protocol import wire
from tee_attestation_verifier.offchain.bundle_file import read_bundle
from tee_attestation_verifier.offchain.collateral_file import write_collateral
from typer.testing import CliRunner

NOW = 1_781_481_600
COMPOSE = '{"manifest_version": 2, "runner": "docker-compose", "docker_compose_file": "services: {}"}'
GUEST = SimulatedGuest(COMPOSE)
PROVIDER = {"name": "local-sgx", "id": "00"}
SAID = {"form": "raw", "value": "07" * 64}


class Desk:
    """The files of one simulated guest, and the commands."""

    def __init__(self, folder: Path, guest: SimulatedGuest = GUEST, platform: Platform | None = None) -> None:
        self.folder = folder
        levels = SimulatedTee(b"bundle", NOW).levels
        tee = SimulatedTee(b"bundle", NOW, platform=platform, levels=levels)
        quote = tee.quote(b"\7" * 64, measurements=guest.measurements())
        registers = {"mr_td": "00" * 48, "rt_mr0": guest.measurements().rtmr[0].hex()}
        self.write("answer.json", {"quote": quote.hex(), "event_log": json.dumps(guest.event_log())})
        self.write("info.json", {"event_log": guest.event_log(), "app_compose": guest.app_compose})
        self.write(
            "expected.json",
            {"image": "simulated", "registers": registers, "report_data": SAID, "key_provider": PROVIDER},
        )
        (folder / "quote.bin").write_bytes(quote)
        (folder / "collateral.json").write_text(write_collateral(tee.collateral()))
        (folder / "root.der").write_bytes(tee.root_der)
        self.bundle = folder / "node.bundle.json"

    def write(self, name: str, value: object) -> Path:
        path = self.folder / name
        path.write_text(json.dumps(value))
        return path

    def run(self, *arguments: str) -> Any:
        return CliRunner().invoke(app, [each.replace("@", f"{self.folder}/") for each in arguments])

    def pack(self, *options: str) -> Any:
        fixed = ("--out", str(self.bundle), "--collateral", "@collateral.json", "--at", str(NOW))
        return self.run("verify", "pack", *fixed, *options)

    def packed(self) -> Desk:
        files = ("--evidence", "@answer.json", "--evidence", "@info.json")
        done = self.pack(*files, "--expected", "@expected.json", "--root", "@root.der")
        assert done.exit_code == 0, done.stderr
        return self

    def judge(self, *options: str, root: bool = True) -> tuple[int, dict[str, Any]]:
        anchor = ("--root", "@root.der") if root else ()
        done = self.run("verify", "bundle", str(self.bundle), "--json", *anchor, *options)
        return done.exit_code, json.loads(done.stdout)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).packed()


def results(document: dict[str, Any]) -> dict[str, str]:
    return {each["claim"]: each["result"] for each in document["claims"]}


def test_bundle__proves_every_claim(desk: Desk) -> None:
    code, document = desk.judge()
    assert (code, document["verdict"], document["at"]) == (0, "proven", NOW)
    assert set(results(document).values()) == {"pass"}
    done = desk.run("verify", "bundle", str(desk.bundle), "--root", "@root.der")
    assert (done.exit_code, done.stdout.count("PASS")) == (0, 14)
    assert "PROVEN 14 proven, 0 refuted, 0 open" in done.stdout
    assert "NOT INTEL'S ROOT" in done.stdout


def test_bundle__with_a_root_that_the_judge_did_not_name_is_refuted(desk: Desk) -> None:
    code, document = desk.judge(root=False)
    assert (code, document["verdict"]) == (1, "refuted")
    assert {claim for claim, result in results(document).items() if result != "pass"} == {"anchor"}


def test_bundle__is_judged_at_another_time_only_when_asked(desk: Desk) -> None:
    code, document = desk.judge("--at", "2030-01-01")
    assert (code, document["claims"][1]["code"]) == (1, "CRL_EXPIRED")
    explanation = document["claims"][1]["explanation"]
    assert explanation["document"] == "root_ca_crl"
    assert "judged at 2030-01-01" in explanation["found"]
    shown = desk.run("verify", "bundle", str(desk.bundle), "--root", "@root.der", "--at", "2030-01-01")
    assert "where     collateral member root_ca_crl" in shown.stdout


def test_bundle__leaves_open_what_it_has_no_evidence_for(desk: Desk) -> None:
    assert desk.pack("--quote", "@quote.bin", "--root", "@root.der").exit_code == 0
    code, document = desk.judge()
    assert (code, document["verdict"]) == (3, "open")
    assert results(document)["event_log"] == "unproven"
    assert "UNPROVEN" in desk.run("verify", "bundle", str(desk.bundle), "--root", "@root.der").stdout


def test_bundle__follows_the_judges_own_policies_and_expectations(desk: Desk) -> None:
    policy = desk.write("policy.json", {"min_evaluation": 19})
    code, document = desk.judge("--policy", str(policy))
    assert (code, document["claims"][-1]["code"]) == (1, "POLICY_EVALUATION")
    rules = desk.write("rules.json", {"known": ["runner"], "required": {}, "forbidden": []})
    assert results(desk.judge("--compose-policy", str(rules))[1])["compose_policy"] == "fail"
    assert results(desk.judge("--compose-policy", "near-mpc")[1])["compose_policy"] == "fail"
    mine = desk.write("mine.json", {"registers": {"mr_td": "01" * 48}})
    assert results(desk.judge("--expected", str(mine))[1])["image"] == "fail"


def test_pack__takes_quotes_and_evidence_in_every_form(desk: Desk) -> None:
    whole = read_bundle(desk.bundle.read_bytes())
    assert whole.app_compose == COMPOSE
    (desk.folder / "compose.json").write_text(COMPOSE)
    desk.write("log.json", GUEST.event_log())
    desk.write("bytes.json", list(whole.quote))
    for quote in ("@quote.bin", "@answer.json", "@bytes.json"):
        assert (
            desk.pack("--quote", quote, "--evidence", "@log.json", "--app-compose", "@compose.json").exit_code
            == 0
        )
        assert read_bundle(desk.bundle.read_bytes()).quote == whole.quote
        assert read_bundle(desk.bundle.read_bytes()).event_log == whole.event_log
    preimage = desk.write("preimage.json", {"version": 3, "document": "{}"})
    done = desk.pack("--quote", "@quote.bin", "--preimage", str(preimage), "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {
            "bundle": str(desk.bundle),
            "recorded_at": NOW,
            "parts": ["quote", "collateral", "config_preimage"],
        },
    )
    assert read_bundle(desk.bundle.read_bytes()).config_preimage is not None


@pytest.mark.parametrize(
    "options",
    [
        ("--evidence", "@info.json"),
        ("--quote", "@info.json"),
        ("--quote", "@missing.bin"),
        ("--quote", "@quote.bin", "--evidence", "@collateral.json"),
        ("--quote", "@quote.bin", "--evidence", "@info.json", "--evidence", "@other.json"),
        ("--quote", "@quote.bin", "--preimage", "@info.json"),
        ("--quote", "@quote.bin", "--expected", "@info.json"),
    ],
)
def test_pack__refuses_what_it_cannot_put_together(desk: Desk, options: tuple[str, ...]) -> None:
    other = replace(GUEST, application_events=(("extra", b""),))
    desk.write("other.json", other.event_log())
    desk.bundle.unlink()
    done = desk.pack(*options)
    assert (done.exit_code, desk.bundle.exists()) == (2, False)
    assert "sealwright verify:" in done.stderr


def test_commands__refuse_unreadable_input_with_two(desk: Desk) -> None:
    runs = [
        desk.run("verify", "bundle", "@missing.json"),
        desk.run("verify", "bundle", "@collateral.json"),
        desk.run("verify", "bundle", str(desk.bundle), "--policy", "@collateral.json"),
        desk.run("verify", "bundle", str(desk.bundle), "--compose-policy", "lax"),
        desk.run("policy", "from-bundle", "@missing.json"),
        desk.run("verify", "pack", "--out", "@x.json", "--quote", "@quote.bin"),
    ]
    assert [done.exit_code for done in runs] == [2] * len(runs)
    broken = json.loads(desk.bundle.read_text())
    desk.write("broken.json", {**broken, "root": "00"})
    done = desk.run("verify", "bundle", "@broken.json")
    assert (done.exit_code, "no usable root" in done.stderr) == (2, True)


def test_policy_from_bundle__drafts_what_the_bundle_proves(desk: Desk) -> None:
    done = desk.run(
        "policy",
        "from-bundle",
        str(desk.bundle),
        "--root",
        "@root.der",
        "--label",
        "agent 1.0",
        "--platform-list",
    )
    document = json.loads(done.stdout)
    measured = GUEST.measurements()
    measurement = wire.Measurement(bytes(48), *measured.rtmr[:3], GUEST.compose_hash)
    assert document["measurement_id"] == wire.measurement_id(measurement, sha256).hex()
    methods = [call["method"] for call in document["registry_calls"]]
    assert (done.exit_code, methods) == (0, ["approve_measurements", "allow_platforms", "set_policy"])
    assert document["registry_calls"][0]["args"] == {
        "measurement_ids": [document["measurement_id"]],
        "label": "agent 1.0",
    }
    assert document["registry_calls"][2]["args"]["accepted_statuses"] == ["UpToDate"]
    assert len(document["warnings"]) == 1
    policy = desk.write("policy.json", document["policy"])
    assert desk.judge("--policy", str(policy))[0] == 0


def test_policy_from_bundle__gives_grace_only_when_asked(tmp_path: Path) -> None:
    desk = Desk(tmp_path, platform=Platform(pce_svn=10)).packed()
    command = ("policy", "from-bundle", str(desk.bundle), "--root", "@root.der")
    document = json.loads(desk.run(*command).stdout)
    assert document["registry_calls"][1]["args"]["advisory_grace"] == []
    assert any("OutOfDate" in warning for warning in document["warnings"])
    document = json.loads(desk.run(*command, "--grace-days", "2").stdout)
    until_ms = (NOW + 2 * 86_400) * 1000
    assert document["registry_calls"][1]["args"]["advisory_grace"] == [
        {"advisory_id": "INTEL-SA-00960", "until_ms": until_ms}
    ]
    assert document["policy"]["advisory_grace"] == {"INTEL-SA-00960": until_ms // 1000}


def test_policy_from_bundle__drafts_nothing_from_what_is_not_proven(desk: Desk) -> None:
    done = desk.run("policy", "from-bundle", str(desk.bundle))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "anchor" in done.stderr
    assert desk.pack("--quote", "@quote.bin", "--root", "@root.der").exit_code == 0
    assert desk.run("policy", "from-bundle", str(desk.bundle), "--root", "@root.der").exit_code == 1
