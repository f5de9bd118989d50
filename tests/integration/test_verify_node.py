"""`sealwright verify node` against a sandbox's RPC: a registered dstack guest, and nodes that are not what they say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sandboxes = pytest.importorskip("sealwright_sandbox", reason="the sandbox's native module is not built")

from sealwright.cli import app  # noqa: E402
from sealwright.places import RELEASE  # noqa: E402
from sealwright.verify.node import NODE_CLAIMS  # noqa: E402
from sealwright_agents.simulated import SimulatedGuest, SimulatedTee  # noqa: E402
from sealwright_protocol import wire  # noqa: E402
from sealwright_protocol.registry import RegisterNodeArgs  # noqa: E402
from sealwright_protocol.verdict import Collateral, encode_verify_args  # noqa: E402
from tee_attestation_verifier.offchain.bundle_file import Bundle, Expected, KeyProvider, write_bundle  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

pytestmark = pytest.mark.skipif(not (RELEASE / "node_registry.wasm").exists(), reason="no released contracts")

NOW = 1_781_481_600
TGAS = 10**12
NODE, REGISTRY, VERIFIER = "desk.operator.near", "registry.near", "verifier.near"
COMPOSE = '{"manifest_version": 2, "runner": "docker-compose", "docker_compose_file": "services: {}"}'
GUEST = SimulatedGuest(COMPOSE)
KEYS = (b"\1" * 32, b"\2" * 32, bytes(32))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class World:
    """A verifier under a throw-away root, a registry, and one registered guest; its RPC url and its bundle."""

    def __init__(self, sandbox: Any, folder: Path) -> None:
        self.sandbox, self.folder, self.url = sandbox, folder, ""
        self.tee = SimulatedTee(b"node", NOW)
        self.owner, self.operator = (sandbox.create_account(name) for name in ("owner", "operator"))
        root = base64.b64encode(self.tee.root_der).decode()
        self.deploy("verifier", "attestation_verifier", {"root": root})
        config = {"verifier_method": "verify_quote_with_validity", "verifier_gas_tgas": 60}
        terms = {"owner_id": "owner.near", "verifier_id": VERIFIER, **config}
        self.deploy("registry", "node_registry", terms)
        approved = {"measurement_ids": [self.measurement_id().hex()], "label": "agent 1.0"}
        self.owner.call(REGISTRY, "approve_measurements", approved, deposit=1)
        self.operator.call(REGISTRY, "deposit", {}, deposit=10**24)
        (folder / "root.der").write_bytes(self.tee.root_der)
        self.quote = self.register()
        self.bundle = self.write_bundle("node.json", self.quote)

    def deploy(self, name: str, contract: str, terms: dict[str, Any]) -> None:
        account = self.sandbox.create_account(name, balance=50 * 10**24)
        wasm = (RELEASE / f"{contract}.wasm").read_bytes()
        account.batch().deploy(wasm).function_call("new", terms, gas=50 * TGAS).send()

    def measurement_id(self) -> bytes:
        rtmr = GUEST.measurements().rtmr
        return wire.measurement_id(wire.Measurement(bytes(48), *rtmr[:3], GUEST.compose_hash), sha256)

    def register(self) -> bytes:
        challenge = bytes.fromhex(self.operator.call(REGISTRY, "request_challenge", {}).value["challenge"])
        binding = wire.NodeBinding(self.sandbox.chain_id, REGISTRY, NODE, *KEYS)
        quote = self.tee.quote(
            wire.report_data(binding, challenge, sha256), measurements=GUEST.measurements()
        )
        verify_args = encode_verify_args(quote, Collateral(**vars(self.tee.collateral())))
        args = RegisterNodeArgs(NODE, *KEYS, challenge, "https://desk.example", "eu-west", [], verify_args)
        done = self.operator.call(REGISTRY, "register_node", args.to_borsh(), gas=300 * TGAS)
        assert done.value["outcome"] == "registered", done.value
        return quote

    def write_bundle(self, name: str, quote: bytes, tee: SimulatedTee | None = None) -> Path:
        made = Bundle(
            NOW,
            quote,
            (tee or self.tee).collateral(),
            self.tee.root_der,
            list(GUEST.event_log()),
            GUEST.app_compose,
            expected=Expected(registers={"mr_td": bytes(48)}, key_provider=KeyProvider("local-sgx", "00")),
        )
        path = self.folder / name
        path.write_text(write_bundle(made))
        return path

    def judge(self, *options: str, node: str = NODE, root: bool = True) -> tuple[int, dict[str, Any]]:
        anchor = ("--root", str(self.folder / "root.der")) if root else ()
        command = ["verify", "node", REGISTRY, node, "--rpc", self.url, "--json", *anchor, *options]
        done = CliRunner().invoke(app, command)
        assert done.exit_code != 2, done.stderr
        return done.exit_code, json.loads(done.stdout)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with sandboxes.Sandbox(seed=b"verify node", genesis_time_ms=NOW * 1000) as sandbox:
        made = World(sandbox, tmp_path_factory.mktemp("node"))
        with sandbox.serve() as rpc:
            made.url = rpc.url
            yield made


def results(document: dict[str, Any], result: str) -> list[str]:
    return [each["claim"] for each in document["claims"] if each["result"] == result]


def test_verify_node__proves_every_claim_with_the_nodes_bundle(world: World) -> None:
    code, document = world.judge("--bundle", str(world.bundle))
    assert (code, document["verdict"]) == (0, "proven"), document
    assert len(document["claims"]) == 22
    assert document["facts"]["network"] == world.sandbox.chain_id


def test_specification__lists_the_nodes_claims_in_their_order() -> None:
    text = (Path(__file__).parents[2] / "docs" / "spec" / "attestation-bundle.md").read_text()
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text[text.index("**`verify node`**") :], re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(rows)) == [claim for claim, _ in NODE_CLAIMS]


def test_verify_node__without_a_bundle_has_the_registrys_word_alone(world: World) -> None:
    code, document = world.judge()
    assert (code, document["verdict"]) == (3, "open")
    assert results(document, "unproven") == ["binding", "measurement", "machine"]
    assert results(document, "fail") == []


def test_verify_node__refutes_the_bundle_of_another_machine(world: World) -> None:
    other = SimulatedTee(b"other machine", NOW, root_seed=b"node")
    quote = other.quote(bytes(64), measurements=GUEST.measurements())
    _, document = world.judge("--bundle", str(world.write_bundle("other.json", quote, other)))
    assert results(document, "fail") == ["binding", "machine"]


def test_verify_node__refutes_the_bundle_of_other_software(world: World) -> None:
    guest = SimulatedGuest(COMPOSE.replace("{}", "{a: {image: b}}"))
    quote = world.tee.quote(world.quote[568:632], measurements=guest.measurements())
    _, document = world.judge("--bundle", str(world.write_bundle("software.json", quote)))
    assert {"event_log", "measurement"} <= set(results(document, "fail") + results(document, "unproven"))
    assert "binding" in results(document, "pass")


def test_verify_node__refutes_a_verifier_of_another_root(world: World) -> None:
    code, document = world.judge(root=False)
    assert (code, results(document, "fail")) == (1, ["verifier_root"])


def test_verify_node__refutes_a_node_that_nobody_registered(world: World) -> None:
    code, document = world.judge("--bundle", str(world.bundle), node="ghost.operator.near")
    assert code == 1
    assert results(document, "fail") == ["registered", "valid"]
    assert results(document, "unproven") == ["approved", "binding", "measurement", "machine"]


def test_verify_node__refutes_what_the_registry_no_longer_holds_for_valid(world: World) -> None:
    before = world.sandbox.snapshot()
    world.operator.call(REGISTRY, "deactivate_node", {"node_id": NODE, "revoke_key": True})
    _, document = world.judge("--bundle", str(world.bundle))
    world.sandbox.rollback(before)
    assert results(document, "fail") == ["valid"]
    (claim,) = (each for each in document["claims"] if each["claim"] == "valid")
    assert claim["code"] in claim["detail"]


def test_verify_node__refutes_a_measurement_that_was_removed(world: World) -> None:
    before = world.sandbox.snapshot()
    removed = {"measurement_ids": [world.measurement_id().hex()]}
    world.owner.call(REGISTRY, "remove_measurements", removed, deposit=1)
    in_grace = results(world.judge("--bundle", str(world.bundle))[1], "fail")
    world.sandbox.set_time((NOW + 2 * 86_400) * 1000)
    world.sandbox.produce_blocks(1)
    after_it = results(world.judge("--bundle", str(world.bundle))[1], "fail")
    world.sandbox.rollback(before)
    assert (in_grace, after_it) == ([], ["valid", "approved"])


def test_verify_node__refutes_a_verifier_without_code(world: World) -> None:
    before = world.sandbox.snapshot()
    config = {"verifier_id": "owner.near", "verifier_method": "verify_quote", "verifier_gas_tgas": 60}
    world.owner.call(REGISTRY, "set_verifier", config, deposit=1)
    _, document = world.judge("--bundle", str(world.bundle))
    world.sandbox.rollback(before)
    assert results(document, "fail") == ["verifier_code"]


def test_verify_node__leaves_the_software_open_without_a_compose_hash(world: World) -> None:
    unbound = replace(GUEST.measurements(), mr_config_id=bytes(48))
    made = Bundle(
        NOW, world.tee.quote(bytes(64), measurements=unbound), world.tee.collateral(), world.tee.root_der
    )
    path = world.folder / "unbound.json"
    path.write_text(write_bundle(made))
    assert "measurement" in results(world.judge("--bundle", str(path))[1], "unproven")


def test_verify_node__leaves_open_what_other_code_does(world: World) -> None:
    before = world.sandbox.snapshot()
    wasm = (RELEASE / "task_market.wasm").read_bytes()
    world.sandbox.account(VERIFIER).batch().deploy(wasm).send()
    _, document = world.judge()
    world.sandbox.rollback(before)
    assert "verifier_code" in results(document, "unproven")
    assert "verifier_root" in results(document, "unproven")


def test_verify_node__exits_with_two_when_the_chain_cannot_be_asked(world: World) -> None:
    for registry, url in ((REGISTRY, "http://127.0.0.1:9"), ("nobody.near", world.url)):
        done = CliRunner().invoke(app, ["verify", "node", registry, NODE, "--rpc", url])
        assert (done.exit_code, done.stdout) == (2, "")
        assert "sealwright verify:" in done.stderr
