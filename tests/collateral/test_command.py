"""`sealwright collateral fetch|show|check|outlook`: exit codes, JSON documents, what people see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sealwright.collateral.cli import app
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.offchain.collateral_file import read_collateral, write_collateral
from typer.testing import CliRunner

from tests.collateral.imitation import Imitation, Reply
from tests.collateral.shapes import Holdings, PccsShape
from tests.collateral.tls import Tls
from tests.collateral.world import DAY, NOW, contents, genuine

DONE, REFUSED, USAGE, ENDING, UNREACHABLE = 0, 1, 2, 3, 4


class Desk:
    """A PCCS with a simulated machine's collateral, the files that an operator has, and the command."""

    def __init__(self, folder: Path, tls: Tls, service: Imitation, tee: SimulatedTee) -> None:
        self.service, self.folder, self.file = service, folder, folder / "collateral.json"
        self.quote, self.root, self.cache = folder / "quote.bin", folder / "root.der", folder / "cache"
        self.quote.write_bytes(tee.quote(bytes(64)))
        self.root.write_bytes(tee.root_der)
        self.client = ["--service", service.url, "--ca-file", str(tls.ca_file), "--cache", str(self.cache)]

    def run(self, *arguments: str | Path) -> Any:
        """The command's result."""
        return CliRunner().invoke(app, [str(each) for each in arguments])

    def fetch(self, *options: str) -> Any:
        """Fetch for the quote, at NOW."""
        quote = [] if "--fmspc" in options else ["--quote", str(self.quote)]
        return self.run("fetch", "--out", self.file, *quote, *self.client, "--at", str(NOW), *options)

    def check(self, *options: str, at: int = NOW) -> Any:
        """Check the file under the simulated root."""
        return self.run("check", self.file, "--root", self.root, "--at", str(at), *options)

    def write(self, collateral: Collateral) -> None:
        """Put other collateral into the file."""
        self.file.write_text(write_collateral(collateral))


@pytest.fixture
def desk(tmp_path: Path, tls: Tls, holdings: Holdings, tee: SimulatedTee) -> Iterator[Desk]:
    with Imitation(tls, PccsShape(holdings)) as imitation:
        yield Desk(tmp_path, tls, imitation, tee)


def test_fetch__writes_collateral_for_a_quote_or_a_platform(desk: Desk, holdings: Holdings) -> None:
    assert desk.fetch().exit_code == DONE
    assert contents(read_collateral(desk.file.read_bytes())) == contents(holdings.standard)
    desk.file.unlink()
    assert desk.fetch("--fmspc", holdings.fmspc).exit_code == DONE
    assert contents(read_collateral(desk.file.read_bytes())) == contents(holdings.standard)
    asked = len(desk.service.asked)
    assert asked == len(list(desk.cache.iterdir())) == 4
    assert desk.fetch("--no-cache").exit_code == DONE
    assert len(desk.service.asked) == 2 * asked


def test_fetch__tells_a_refusal_from_a_service_that_is_away(desk: Desk) -> None:
    unknown = desk.fetch("--fmspc", "000000000000")
    assert (unknown.exit_code, "PCS_UNKNOWN" in unknown.stderr) == (REFUSED, True)
    desk.service.fail("tcb", Reply(status=503, headers={"Retry-After": "3600"}))
    away = desk.fetch("--no-cache")
    assert (away.exit_code, "PCS_UNREACHABLE" in away.stderr) == (UNREACHABLE, True)
    assert not desk.file.exists()
    desk.quote.write_bytes(b"no quote")
    assert (desk.fetch().exit_code, "QUOTE_MALFORMED" in desk.fetch().stderr) == (REFUSED, True)


@pytest.mark.parametrize(
    "options",
    [
        ["--fmspc", "00"],
        ["--fmspc", "000000000000", "--ca", "intel"],
        ["--fmspc", "000000000000", "--tee", "sev"],
        ["--evaluation", "next"],
        ["--service", "nobody"],
        ["--service", "http://127.0.0.1"],
        ["--ca-file", "/nowhere"],
        ["--at", "soon"],
        ["--out", "/nowhere/collateral.json"],
        ["--quote", "/nowhere"],
    ],
)
def test_fetch__exits_with_two_for_wrong_usage(desk: Desk, options: list[str]) -> None:
    done = desk.fetch(*options)
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert done.stderr.startswith("sealwright collateral: ")


def test_fetch__wants_a_quote_or_a_platform_and_not_both(desk: Desk) -> None:
    assert desk.run("fetch", "--out", desk.file, *desk.client).exit_code == USAGE
    both = ["--quote", str(desk.quote), "--fmspc", "000000000000"]
    assert desk.run("fetch", "--out", desk.file, *desk.client, *both).exit_code == USAGE


def test_show__lists_every_part(desk: Desk) -> None:
    desk.fetch()
    done = desk.run("show", desk.file, "--at", str(NOW), "--json")
    document = json.loads(done.stdout)
    assert document["at"] == NOW
    items = {item["name"]: item for item in document["items"]}
    assert len(document["items"]) == len(items)  # a certificate in two chains is one part
    assert list(items)[:4] == ["root CRL", "PCK CRL", "TCB info", "QE identity"]
    assert sorted(list(items)[4:]) == [
        "certificate Simulated SGX PCK Platform CA",
        "certificate Simulated SGX Root CA",
        "certificate Simulated SGX TCB Signing",
    ]
    assert items["TCB info"] == {
        "name": "TCB info",
        "signed_by": "Simulated SGX TCB Signing",
        "valid_from": NOW - DAY,
        "valid_until": NOW + 30 * DAY,
        "tee": "TDX",
        "fmspc": "b0c06f000000",
        "pceid": "0000",
        "evaluation": 18,
        "levels": 2,
    }
    assert (items["PCK CRL"]["number"], items["PCK CRL"]["revoked"]) == (1, 0)
    text = desk.run("show", desk.file, "--at", str(NOW))
    assert (text.exit_code, text.stdout.count("30.0")) == (DONE, 4)


def test_show__needs_collateral_that_can_be_read(desk: Desk) -> None:
    desk.file.write_text("{}")
    assert desk.run("show", desk.file).exit_code == USAGE
    collateral = SimulatedTee(b"collateral", NOW).collateral()
    collateral.pck_crl = b"\x30\x00"
    desk.write(collateral)
    done = desk.run("show", desk.file)
    assert (done.exit_code, "CRL_MALFORMED" in done.stderr) == (REFUSED, True)


def test_check__says_how_long_it_is_good(desk: Desk) -> None:
    desk.fetch()
    document = json.loads(desk.check("--json").stdout)
    assert (document["verdict"], document["code"]) == ("good", None)
    assert document["valid_until"] == NOW + 30 * DAY
    assert desk.check().exit_code == DONE
    assert desk.check(at=NOW + 23 * DAY - 1).exit_code == DONE
    ending = desk.check(at=NOW + 23 * DAY)
    assert (ending.exit_code, "ENDING" in ending.stdout) == (ENDING, True)
    assert desk.check("--margin", "1h", at=NOW + 23 * DAY).exit_code == DONE
    over = desk.check(at=NOW + 30 * DAY)
    assert (over.exit_code, "REFUSED CRL_EXPIRED" in over.stdout) == (REFUSED, True)


def test_check__judges_a_quote_by_it(desk: Desk) -> None:
    desk.fetch()
    document = json.loads(desk.check("--json", "--quote", str(desk.quote)).stdout)
    assert (document["verdict"], document["status"]) == ("good", "UpToDate")
    assert "UpToDate" in desk.check("--quote", str(desk.quote)).stdout
    desk.quote.write_bytes(SimulatedTee(b"stranger", NOW).quote(bytes(64)))
    document = json.loads(desk.check("--json", "--quote", str(desk.quote)).stdout)
    assert (document["verdict"], document["code"], document["step"]) == ("refused", "ROOT_NOT_TRUSTED", 2)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("tcb_info_signature", "TCB_INFO_SIGNATURE"),
        ("qe_identity_signature", "QE_IDENTITY_SIGNATURE"),
    ],
)
def test_check__verifies_signatures(desk: Desk, tee: SimulatedTee, name: str, code: str) -> None:
    collateral = tee.collateral()
    signature = bytearray(getattr(collateral, name))
    signature[5] ^= 1
    setattr(collateral, name, bytes(signature))
    desk.write(collateral)
    document = json.loads(desk.check("--json").stdout)
    assert (document["verdict"], document["code"], document["step"]) == ("refused", code, 4)


def test_check__trusts_intel_unless_told_otherwise(desk: Desk, attestation_samples: Path) -> None:
    desk.fetch()
    done = desk.run("check", desk.file, "--at", str(NOW), "--json")
    assert (done.exit_code, json.loads(done.stdout)["code"]) == (REFUSED, "ROOT_NOT_TRUSTED")
    quote, published = genuine(attestation_samples / "real" / "02_tdx_v4_uptodate")
    desk.quote.write_bytes(quote)
    desk.write(published)
    done = desk.run("check", desk.file, "--at", "1751624191", "--quote", desk.quote, "--json")
    assert (done.exit_code, json.loads(done.stdout)["status"]) == (DONE, "UpToDate")
    assert json.loads(done.stdout)["valid_until"] == 1_752_919_235


@pytest.mark.parametrize("margin", ["7", "d", "7w", "-1d", ""])
def test_check__exits_with_two_for_a_margin_that_is_none(desk: Desk, margin: str) -> None:
    desk.fetch()
    assert desk.check("--margin", margin).exit_code == USAGE


def test_outlook__warns_of_a_status_to_come(desk: Desk, attestation_samples: Path) -> None:
    quote, _ = genuine(attestation_samples / "real" / "07_tdx_v4_near_mpc_832c32113")
    _, standard = genuine(attestation_samples / "real" / "27_tdx_v4_outlayer_mainnet")
    _, early = genuine(attestation_samples / "real" / "05_tdx_v4_near_mpc_2026_08")
    desk.quote.write_bytes(quote)
    editions: dict[str | int, Collateral] = {"standard": standard, "early": early}
    desk.service.shape = PccsShape(Holdings("tdx", "b0c06f000000", "platform", editions))
    command: list[str | Path] = ["outlook", desk.quote, *desk.client, "--at", "1787616698"]
    done = desk.run(*command, "--json")
    found = json.loads(done.stdout)["evaluations"]
    assert done.exit_code == ENDING
    assert [(each["evaluation"], each["status"]) for each in found] == [(19, "UpToDate"), (20, "OutOfDate")]
    assert "INTEL-SA-01192" in desk.run(*command).stdout
    desk.service.shape = PccsShape(
        Holdings("tdx", "b0c06f000000", "platform", {**editions, "early": standard})
    )
    assert desk.run(*command, "--no-cache").exit_code == DONE


def test_help__names_the_commands_and_exit_codes() -> None:
    text = CliRunner().invoke(app, ["--help"]).stdout
    for name in ("fetch", "show", "check", "outlook", "publish", "watch", "Exit codes"):
        assert name in text
