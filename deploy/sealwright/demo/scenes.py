"""The demo's scenes: each does one thing for real, checks it and tells it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from sealwright_agents.quotes.collateral import read_collateral
from sealwright_protocol.client.attestation_verifier import AttestationVerifier
from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.verdict import (
    Rejected,
    VerifiedReport,
    decode_verification_result,
    encode_verify_args,
)
from sealwright_sandbox import NEAR, TGAS, Outcome

from sealwright.demo.nodes import Node
from sealwright.demo.report import Report, near, tgas
from sealwright.samples import GenuinePair
from sealwright.stage import CONTRACTS, Stage

QUESTION = (
    "Devices register themselves on chain with their vendor's certificates. "
    "Agents run in enclaves and sign what they produce. Contracts hire them and pay from escrow."
)
REWARD = NEAR // 2
MINUTE_MS = 60_000


class Broken(RuntimeError):
    """Something that must hold does not."""


def check(holds: bool, what: str) -> None:
    """Raise Broken unless `holds`."""
    if not holds:
        raise Broken(what)


def deploy(stage: Stage, report: Report, rpc_url: str) -> None:
    """Accounts, contracts, two verifiers with two roots."""
    report.scene("A NEAR node in this process, the suite deployed on it")
    with report.waiting("deploying"):
        stage.set_up()
    report.step(f"nearcore's VM at protocol {stage.sandbox.protocol_version}, JSON-RPC on {rpc_url}")
    report.step(f"{len(CONTRACTS)} contracts deployed, each initialised in its deploying transaction")
    for name in ("intel-verifier", "demo-verifier"):
        root = stage.ask(AttestationVerifier(f"{name}.near").get_trusted_root())
        whose = "Intel's root" if root["is_intel"] else "a THROW-AWAY root for the simulated TEE"
        report.step(f"{name}.near trusts {whose} ({root['sha256'].hex()[:16]}…)", is_intel=root["is_intel"])


def judge_genuine_quote(stage: Stage, report: Report, genuine: GenuinePair) -> None:
    """A quote of a real Intel machine, judged by the Python contract at the quote's own date."""
    report.scene("A genuine Intel TDX quote, judged on chain")
    when = datetime.fromtimestamp(stage.sandbox.block_time_ms / 1000, UTC)
    collateral = read_collateral(genuine.collateral_file)
    outcome = _verify(stage, encode_verify_args(genuine.quote, collateral))
    verdict = decode_verification_result(outcome.raw)
    check(isinstance(verdict, VerifiedReport), f"the genuine quote was rejected: {verdict}")
    assert isinstance(verdict, VerifiedReport)
    report.step(f"{len(genuine.quote):,} bytes from a real machine, block time {when:%Y-%m-%d %H:%M} UTC")
    report.step(
        f"Verified, status {verdict.status}: {tgas(outcome.gas_burnt)} Tgas for nine signatures and every rule",
        status=verdict.status,
        gas=outcome.gas_burnt,
    )
    tampered = bytearray(genuine.quote)
    tampered[48 + 520] ^= 1  # the first bit of report_data
    refused = decode_verification_result(_verify(stage, encode_verify_args(bytes(tampered), collateral)).raw)
    check(isinstance(refused, Rejected), "a tampered quote was accepted")
    assert isinstance(refused, Rejected)
    report.step(f"the same quote with one bit of report_data flipped: Rejected, {refused.reason}")


def register(stage: Stage, report: Report, node: Node, rpc_url: str) -> None:
    """The owner approves a measurement; a node proves itself."""
    report.scene("A node proves itself")
    approve = stage.registry.approve_measurements(measurement_ids=[stage.measurement_id], label="demo agent")
    stage.send("owner", approve)
    report.step(f"the registry's owner approved the measurement {stage.measurement_id.hex()[:16]}…")
    with report.waiting("the agent starts, quotes, registers"):
        keys = node.prepare(rpc_url)
        record = node.start()
    report.step(
        f"{node.account.account_id} gave its agent {len(keys)} function-call keys: none can move money"
    )
    report.step(
        f"{node.node_id} is registered: its signing key {record['signing_key'].hex()[:16]}… is bound to"
    )
    report.note(
        "account, network, registry and a fresh challenge by a quote (simulated TEE: format real, root not)"
    )


def answer_a_contract(stage: Stage, report: Report, node: Node) -> None:
    """A contract asks; its callback receives the verified answer in the same transaction."""
    report.scene("A contract asks an agent, and its callback gets the signed answer")
    args = json.dumps({"question": QUESTION, "reward": str(REWARD)})
    pending = stage.accounts["reader"].submit(
        "newsroom.near", "ask", args.encode(), deposit=NEAR, gas=250 * TGAS
    )
    with report.waiting("the agent answers"):
        node.wait_for("the answer", lambda: pending.outcome() is not None)
    outcome = pending.outcome()
    assert outcome is not None
    outcome.raise_on_failure()
    stage.note_gas("newsroom.near", "ask", outcome)
    kept = outcome.value
    check(kept["status"] == "answered" and kept["node_id"] == node.node_id, f"no answer: {kept}")
    report.step(f"asked: {QUESTION[:70]}…")
    report.step(f"answered by {kept['node_id']}: {kept['answer']}", answer=kept["answer"])
    report.tree(outcome.tree())


def work_for_the_market(stage: Stage, report: Report, node: Node) -> None:
    """create, claim, submit, pay."""
    report.scene("A task on the market: create, claim, submit, pay")
    task_id = _create_task(stage, "summarise", "The market pays for delivered work. Nobody else is paid.")
    report.step(f"publisher.near locked {near(REWARD)} for task {task_id}")
    with report.waiting("the agent claims, works, submits"):
        node.wait_for("the result", lambda: _state(stage, task_id) == "SUBMITTED")
    output = stage.ask(stage.market.get_output(task_id=task_id)) or b""
    report.step(f"{node.node_id} claimed it with a bond and submitted: {output.decode()}")
    stage.send("publisher", stage.market.approve_result(task_id=task_id))
    state = _state(stage, task_id)
    check(state == "PAID", f"the task ended otherwise: {state}")
    report.step("the publisher approved: the reward is owed to the node, the bond is its own again")


def punish_a_lazy_node(stage: Stage, report: Report, idler: Node, rpc_url: str) -> None:
    """A node claims and does nothing: its bond goes to the treasury, the reward back."""
    report.scene("A lazy node loses its bond, the client gets the reward back")
    with report.waiting("a second node registers"):
        idler.prepare(rpc_url)
        idler.start()
        idler.stop()
    task_id = _create_task(stage, "translate", "Nobody will translate this.")
    claimed = stage.result("idler", stage.market.claim_task(task_id=task_id, node_id=idler.node_id))
    check(claimed, "the registry did not confirm the claim")
    report.step(f"{idler.node_id} claimed task {task_id} and went to sleep")
    stage.sandbox.set_time(stage.sandbox.block_time_ms + 3 * MINUTE_MS)
    state = stage.result("reader", stage.market.expire_task(task_id=task_id))
    check(state == "EXPIRED", f"the task became {state}")
    report.step("its work window passed; anyone may say so: bond to the treasury, reward owed to the client")


def withdraw(stage: Stage, report: Report) -> None:
    """Everybody takes out what is theirs."""
    report.scene("Everyone withdraws")
    for contract in (stage.registry, stage.market, stage.gateway):
        for name in ("operator", "idler", "publisher", "treasury-box", "newsroom"):
            account_id = stage.accounts[name].account_id
            account = stage.ask(contract.get_account(account_id=account_id))
            if account is None:
                continue
            if account["owed"]:
                stage.send("reader", contract.withdraw(account_id=account_id))
                report.step(f"{account_id} received {near(account['owed'])} from {contract.contract_id}")
            if account["prepaid"] and name != "newsroom":
                stage.send(name, contract.withdraw_prepaid())
                report.step(
                    f"{account_id} took back {near(account['prepaid'])} it had prepaid at {contract.contract_id}"
                )


def count(stage: Stage, report: Report, before: dict[str, int]) -> None:
    """Balances, gas, and that no token was made or lost."""
    report.scene("The books")
    for contract in (stage.registry, stage.market, stage.gateway):
        totals = stage.ask(contract.get_totals())
        left = sum(totals[pot] for pot in ("prepaid", "owed", "locked", "bonded", "in_flight"))
        check(left == 0, f"{contract.contract_id} still holds {left} yoctoNEAR for somebody")
    report.step("no contract holds anybody's money: what went in came out, or was earned")
    stage.sandbox.total_supply_check()
    report.step("conservation: not one yoctoNEAR was created or lost on the chain")
    after = stage.balances()
    rows = [
        (name, near(before[name]), near(after[name]), near(after[name] - before[name])) for name in before
    ]
    report.table("Balances", ("account", "before", "after", "difference"), rows)
    gas = sorted(stage.gas.items(), key=lambda item: -item[1])
    report.table(
        "Gas, whole receipt trees (Tgas)", ("call", "Tgas"), [(name, tgas(used)) for name, used in gas]
    )


def _verify(stage: Stage, args: bytes) -> Outcome:
    outcome = stage.accounts["reader"].call("intel-verifier.near", "verify_quote", args, gas=100 * TGAS)
    stage.note_gas("intel-verifier.near", "verify_quote", outcome)
    return outcome


def _state(stage: Stage, task_id: int) -> str | None:
    task = stage.ask(stage.market.get_task(task_id=task_id))
    return task["state"] if task else None


def _create_task(stage: Stage, service: str, text: str) -> int:
    body = text.encode()
    call = stage.market.create_task(
        reward=REWARD,
        bond=REWARD // 5,
        input_hash=hashlib.sha256(body).digest(),
        max_output_bytes=1_000,
        claim_window_ms=2 * MINUTE_MS,
        work_window_ms=2 * MINUTE_MS,
        review_window_ms=5 * MINUTE_MS,
        service=service,
        measurement_ids=[stage.measurement_id],
        input=body,
        deposit=NEAR,
    )
    try:
        return stage.result("publisher", call)
    except ContractError as refusal:
        raise Broken(f"the task was refused: {refusal}") from refusal
