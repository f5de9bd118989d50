"""Collateral brought to the released verifier contract, in process and over JSON-RPC, by the command too."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("sealwright_sandbox", reason="the sandbox's native module is not built")

from sealwright.collateral.cli import app
from sealwright.collateral.publishing import ALREADY_KEPT, KEPT, PublishFailed, publish
from sealwright.transports import RpcTransport, SandboxTransport, Transport
from sealwright_agents.simulated import SimulatedTee
from sealwright_protocol.client.attestation_verifier import AttestationVerifier
from sealwright_protocol.verdict import VerifiedReport, decode_verification_with_validity
from sealwright_sandbox import Sandbox
from tee_attestation_verifier.offchain.collateral_file import write_collateral
from typer.testing import CliRunner

from tests.collateral.imitation import Imitation, Reply
from tests.collateral.shapes import Holdings, PccsShape
from tests.collateral.tls import Tls
from tests.collateral.world import DAY, NOW

NEAR, TGAS = 10**24, 10**12
CONTRACT = "verifier.near"
PREPAID = NEAR // 5


class Chain:
    """A sandbox at NOW with the released verifier under the simulated root, and somebody who pays."""

    def __init__(self, sandbox: Sandbox, wasm: bytes, root_der: bytes) -> None:
        self.sandbox = sandbox
        contract = sandbox.create_account(CONTRACT.removesuffix(".near"), 20 * NEAR)
        arguments = {"root": base64.b64encode(root_der).decode()}
        contract.batch().deploy(wasm).function_call("new", arguments, gas=30 * TGAS).send()
        self.payer = sandbox.create_account("publisher", 20 * NEAR)
        sandbox.set_time(NOW * 1000)

    def verify(self, quote: bytes) -> VerifiedReport | object:
        """The verdict by what is kept."""
        arguments = len(quote).to_bytes(4, "little") + quote + bytes(4)
        raw = self.sandbox.view_raw(CONTRACT, "verify_quote_stored", arguments)
        return decode_verification_with_validity(raw)[0]

    def prepaid(self) -> int:
        """What the payer has left with the contract, in yoctoNEAR."""
        account = SandboxTransport(self.payer).view(
            AttestationVerifier(CONTRACT).get_account(account_id=self.payer.account_id)
        )
        return 0 if account is None else account["prepaid"]


@pytest.fixture
def chain(release: Path, tee: SimulatedTee) -> Iterator[Chain]:
    with Sandbox(genesis_time_ms=1_000) as sandbox:
        yield Chain(sandbox, (release / "attestation_verifier.wasm").read_bytes(), tee.root_der)


@pytest.fixture(params=["sandbox", "rpc"])
def transport(request: pytest.FixtureRequest, chain: Chain) -> Iterator[Transport]:
    if request.param == "sandbox":
        yield SandboxTransport(chain.payer)
        return
    with (
        chain.sandbox.serve() as rpc,
        closing(RpcTransport(rpc.url, chain.payer.account_id, chain.payer.secret_key)) as over_rpc,
    ):
        yield over_rpc


def test_publish__lets_the_contract_judge_quotes_without_collateral(
    chain: Chain, transport: Transport, tee: SimulatedTee
) -> None:
    assert publish(transport, CONTRACT, tee.collateral(), PREPAID) == KEPT
    verdict = chain.verify(tee.quote(bytes(64)))
    assert isinstance(verdict, VerifiedReport)
    assert verdict.status == "UpToDate"


def test_publish__sends_nothing_that_is_kept_already(chain: Chain, tee: SimulatedTee) -> None:
    transport = SandboxTransport(chain.payer)
    assert publish(transport, CONTRACT, tee.collateral(), PREPAID) == KEPT
    balance = chain.payer.balance
    assert publish(transport, CONTRACT, tee.collateral(), PREPAID) == ALREADY_KEPT
    older = tee.collateral(NOW - DAY // 2)
    assert publish(transport, CONTRACT, older, PREPAID) == ALREADY_KEPT
    assert chain.payer.balance == balance
    chain.sandbox.set_time((NOW + DAY) * 1000)
    assert publish(transport, CONTRACT, tee.collateral(NOW + DAY), PREPAID) == KEPT


def test_publish__looks_at_each_part(chain: Chain, tee: SimulatedTee) -> None:
    transport, first, second = SandboxTransport(chain.payer), tee.collateral(), tee.collateral(NOW + DAY)
    publish(transport, CONTRACT, first, PREPAID)
    chain.sandbox.set_time((NOW + DAY) * 1000)
    for names in (
        ["root_ca_crl"],
        ["pck_crl"],
        ["tcb_info", "tcb_info_signature"],
        ["qe_identity", "qe_identity_signature"],
    ):
        for name in names:
            setattr(first, name, getattr(second, name))
        assert publish(transport, CONTRACT, first, PREPAID) == KEPT
        assert publish(transport, CONTRACT, first, PREPAID) == ALREADY_KEPT


def test_publish__fills_the_prepaid_balance_up_and_no_further(chain: Chain, tee: SimulatedTee) -> None:
    transport = SandboxTransport(chain.payer)
    publish(transport, CONTRACT, tee.collateral(), PREPAID)
    left = chain.prepaid()
    assert 0 < left < PREPAID
    chain.sandbox.set_time((NOW + DAY) * 1000)
    before = chain.payer.balance
    publish(transport, CONTRACT, tee.collateral(NOW + DAY), PREPAID)
    assert before - chain.payer.balance < PREPAID - left + NEAR // 100  # what lacked, and gas
    chain.sandbox.set_time((NOW + 2 * DAY) * 1000)
    before = chain.payer.balance
    publish(transport, CONTRACT, tee.collateral(NOW + 2 * DAY), 0)
    assert before - chain.payer.balance < NEAR // 100  # gas alone


def test_publish__fetches_what_superseded_parts_gave_back(chain: Chain, tee: SimulatedTee) -> None:
    """Renewed daily for a month: no more than the prepaid balance and as much owed is ever tied up."""
    transport, least = SandboxTransport(chain.payer), chain.payer.balance
    for day in range(30):
        chain.sandbox.set_time((NOW + day * DAY) * 1000)
        assert publish(transport, CONTRACT, tee.collateral(NOW + day * DAY), NEAR // 20) == KEPT
        least = min(least, chain.payer.balance)
    assert 20 * NEAR - least < NEAR // 4


def test_publish__gives_the_contracts_reason(chain: Chain, transport: Transport, tee: SimulatedTee) -> None:
    with pytest.raises(PublishFailed) as poor:
        publish(transport, CONTRACT, tee.collateral(), 0)
    assert poor.value.code in ("DEPOSIT_TOO_SMALL", "ACCOUNT_UNKNOWN", "INSUFFICIENT_BALANCE")
    forged = tee.collateral()
    forged.qe_identity_signature = bytes(64)
    with pytest.raises(PublishFailed, match="QE_IDENTITY_SIGNATURE") as refused:
        publish(transport, CONTRACT, forged, PREPAID)
    assert refused.value.code == "COLLATERAL_REJECTED"


def test_publish__tells_a_node_that_is_away_from_a_refusal(tee: SimulatedTee, chain: Chain) -> None:
    with closing(RpcTransport("http://127.0.0.1:9", "publisher.near", chain.payer.secret_key)) as nowhere:
        with pytest.raises(PublishFailed) as failure:
            publish(nowhere, CONTRACT, tee.collateral(), PREPAID)
        assert failure.value.code is None
    with (
        chain.sandbox.serve() as rpc,
        closing(RpcTransport(rpc.url, chain.payer.account_id, chain.payer.secret_key)) as transport,
        pytest.raises(PublishFailed, match=r"nobody\.near") as failure,
    ):
        publish(transport, "nobody.near", tee.collateral(), PREPAID)
    assert failure.value.code is None


@pytest.fixture
def key_file(chain: Chain, tmp_path: Path) -> Path:
    """The payer's key, as near-cli writes it."""
    path = tmp_path / "key.json"
    key = {"account_id": chain.payer.account_id, "private_key": chain.payer.secret_key}
    path.write_text(json.dumps(key))
    path.chmod(0o600)
    return path


def test_command__watches_a_service_for_a_contract(
    chain: Chain,
    tls: Tls,
    tee: SimulatedTee,
    holdings: Holdings,
    key_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time", lambda: float(NOW))
    root, quote = tmp_path / "root.der", tmp_path / "quote.bin"
    root.write_bytes(tee.root_der)
    quote.write_bytes(tee.quote(bytes(64)))
    with Imitation(tls, PccsShape(holdings)) as service, chain.sandbox.serve() as rpc:
        command = ["watch", "--once", "--json", "--out", str(tmp_path / "collateral.json")]
        command += ["--quote", str(quote), "--root", str(root), "--service", service.url]
        command += ["--ca-file", str(tls.ca_file), "--publish", CONTRACT, "--rpc", rpc.url]
        command += ["--key-file", str(key_file)]
        first, second = (CliRunner().invoke(app, command) for _ in range(2))
        service.fail("/", Reply(status=503, headers={"Retry-After": "999"}))
        away = CliRunner().invoke(app, command)
    assert (first.exit_code, json.loads(first.stdout)["published"]) == (0, KEPT)
    assert (second.exit_code, json.loads(second.stdout)["published"]) == (0, ALREADY_KEPT)
    assert isinstance(chain.verify(quote.read_bytes()), VerifiedReport)
    assert (away.exit_code, json.loads(away.stdout)["valid_until"]) == (4, NOW + 30 * DAY)


def test_command__publishes_a_file(chain: Chain, tee: SimulatedTee, key_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "collateral.json"
    file.write_text(write_collateral(tee.collateral()))
    key_file.chmod(0o644)
    command = ["publish", str(file), CONTRACT, "--key-file", str(key_file)]
    with chain.sandbox.serve() as rpc:
        assert CliRunner().invoke(app, [*command, "--rpc", rpc.url]).exit_code == 2  # the key is not private
        key_file.chmod(0o600)
        done = CliRunner().invoke(app, [*command, "--rpc", rpc.url])
        assert (done.exit_code, done.stdout) == (0, f"{CONTRACT}: kept\n")
        again = CliRunner().invoke(app, [*command, "--rpc", rpc.url])
        assert again.stdout == f"{CONTRACT}: already kept\n"
        file.write_text(write_collateral(SimulatedTee(b"stranger", NOW).collateral()))
        refused = CliRunner().invoke(app, [*command, "--rpc", rpc.url])
        assert (refused.exit_code, "COLLATERAL_REJECTED" in refused.stderr) == (1, True)
        for wrong in (["--prepaid", "much"], ["--key-file", "/nowhere"]):
            assert CliRunner().invoke(app, [*command, "--rpc", rpc.url, *wrong]).exit_code == 2
    assert CliRunner().invoke(app, [*command, "--rpc", "http://127.0.0.1:9"]).exit_code == 4
    assert CliRunner().invoke(app, command).exit_code == 2
