"""One success path through every method of every contract, whole receipt trees weighed by `Stage.note_gas`.

Each function leaves behind what the next one needs. The set of methods covered is compared with the contracts'
interfaces by `contract_group`, so a new method without a figure is noticed.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sealwright_protocol.client.calls import Call
from sealwright_sandbox import NEAR, TGAS, Outcome, Pending

from sealwright.bench.enclave import Enclave
from sealwright.stage import Stage

INPUT = b"The quick brown fox jumps over the lazy dog. " * 4
OUTPUT = b"A fox jumps."
INPUT_HASH = hashlib.sha256(INPUT).digest()
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
RESPOND_GAS = 150 * TGAS
MOST_BLOCKS = 100


def registry_life(stage: Stage) -> Enclave:
    """Deposits, measurements, a node from registration to removal; returns a registered node."""
    registry, send = stage.registry, stage.send
    send("owner", registry.approve_measurements(measurement_ids=[stage.measurement_id], label="bench"))
    for name in ("operator", "idler", "reader"):
        send(name, registry.deposit(deposit=2 * NEAR))
    node = Enclave(stage, "operator", "desk-1")
    expect(node.register()["outcome"], "registered")
    expect(node.renew()["outcome"], "renewed")
    send(
        "operator",
        registry.update_node(
            node_id=node.node_id,
            endpoint="https://desk.example",
            region="eu-2",
            services=[{"name": "summarise", "price": NEAR}, {"name": "translate", "price": NEAR}],
        ),
    )
    view_as_call(stage, registry.is_node_valid(node_id=node.node_id, service="summarise"))
    platform = hashlib.sha256(b"some platform").digest()
    send("owner", registry.allow_platforms(ppid_hashes=[platform]))
    send("owner", registry.disallow_platforms(ppid_hashes=[platform]))
    other = hashlib.sha256(b"some measurement").digest()
    send("owner", registry.approve_measurements(measurement_ids=[other], label="other"))
    send("owner", registry.remove_measurements(measurement_ids=[other]))
    send(
        "owner",
        registry.set_policy(
            accepted_statuses=["UpToDate"],
            advisory_grace=[],
            platform_list=False,
            max_age_ms=30 * DAY_MS,
            removal_grace_ms=DAY_MS,
        ),
    )
    return node


def registry_end(stage: Stage) -> None:
    """What ends things in the registry; days pass."""
    registry, send = stage.registry, stage.send
    leaver = Enclave(stage, "idler", "leaver")
    leaver.register()
    send("idler", registry.deactivate_node(node_id=leaver.node_id, revoke_key=True))
    leaver.challenge()
    stage.sandbox.set_time(stage.sandbox.block_time_ms + 8 * DAY_MS)
    send("idler", registry.remove_node(node_id=leaver.node_id))
    send("reader", registry.clear_expired_challenges(account_id="idler.near"))
    send("reader", registry.withdraw_prepaid(amount=NEAR))
    send("reader", registry.close_account())
    set_verifier = registry.set_verifier(
        verifier_id="demo-verifier.near", verifier_method="verify_quote", verifier_gas_tgas=70
    )
    send("owner", set_verifier)
    send("owner", registry.set_owner(owner_id="owner.near"))


def market_life(stage: Stage, node: Enclave) -> None:
    """Tasks that are paid, settled, cancelled, released, lapsed."""
    market, send = stage.market, stage.send
    send("operator", market.deposit(deposit=2 * NEAR))
    paid = work(stage, node)
    send("publisher", market.approve_result(task_id=paid))
    settled = work(stage, node)
    stage.sandbox.set_time(stage.sandbox.block_time_ms + 2 * MINUTE_MS)
    send("reader", market.settle(task_id=settled))
    send("publisher", market.remove_task(task_id=paid))
    cancelled = create_task(stage)
    send("publisher", market.cancel_task(task_id=cancelled))
    released = create_task(stage)
    send("operator", market.claim_task(task_id=released, node_id=node.node_id))
    send("operator", market.release_claim(task_id=released))
    lapsed = create_task(stage)
    send("operator", market.claim_task(task_id=lapsed, node_id=node.node_id))
    stage.sandbox.set_time(stage.sandbox.block_time_ms + 3 * MINUTE_MS)
    send("reader", market.expire_task(task_id=lapsed))
    send("reader", market.withdraw(account_id="publisher.near"))
    send("publisher", market.withdraw_prepaid())
    send("owner", market.set_fee(fee_bps=200))
    send("reader", market.deposit(deposit=NEAR))
    send("reader", market.close_account())


def work(stage: Stage, node: Enclave) -> int:
    """A task created, claimed, submitted; its id."""
    market = stage.market
    task_id = create_task(stage)
    expect(stage.result(node.name, market.claim_task(task_id=task_id, node_id=node.node_id)), True)
    config = stage.ask(market.get_config())
    signature = node.sign_result(market.contract_id, config["instance"], task_id, 1, INPUT_HASH, OUTPUT)
    state = stage.result(
        node.name,
        market.submit_result(
            task_id=task_id,
            output=OUTPUT,
            measurement_id=stage.measurement_id,
            signing_key=node.signer.signing_key,
            signature=signature,
        ),
    )
    expect(state, "SUBMITTED")
    return task_id


def create_task(stage: Stage, name: str = "publisher") -> int:
    """A task with an inline input of 180 bytes."""
    call = stage.market.create_task(
        reward=NEAR // 10,
        bond=NEAR // 20,
        input_hash=INPUT_HASH,
        max_output_bytes=500,
        claim_window_ms=2 * MINUTE_MS,
        work_window_ms=MINUTE_MS,
        review_window_ms=MINUTE_MS,
        service="summarise",
        input=INPUT,
        deposit=NEAR // 2,
    )
    return stage.result(name, call)


def gateway_life(stage: Stage, node: Enclave) -> None:
    """A request answered at once, one with a stored output, one that nobody answers."""
    gateway, send = stage.gateway, stage.send
    send("operator", gateway.deposit(deposit=2 * NEAR))
    answer(stage, node, OUTPUT)
    answer(stage, node, b"long " * 300)
    pending = submit_request(stage)
    stage.sandbox.produce_blocks(2)
    stage.sandbox.fast_forward(320)
    expect(finish(stage, pending).value["status"], "timed_out")
    send("publisher", gateway.withdraw(account_id="operator.near"))
    send("operator", gateway.withdraw_prepaid())
    send("reader", gateway.deposit(deposit=NEAR))
    send("reader", gateway.close_account())


def submit_request(stage: Stage, name: str = "publisher") -> Pending:
    """A request in the pool; returns the pending transaction."""
    call = stage.gateway.request(
        service="summarise",
        input=INPUT,
        max_output_bytes=2_000,
        measurement_ids=[],
        reward=NEAR // 10,
        deposit=NEAR // 2,
    )
    return stage.accounts[name].submit(
        call.contract_id, call.method, call.args, deposit=call.deposit, gas=200 * TGAS
    )


def answer(stage: Stage, node: Enclave, output: bytes) -> None:
    """A request and its answer; both trees are weighed."""
    gateway = stage.gateway
    config = stage.ask(gateway.get_config())
    number = config["next_request_id"]
    pending = submit_request(stage)
    stage.sandbox.produce_blocks(2)
    signature = node.sign_result(gateway.contract_id, config["instance"], number, 1, INPUT_HASH, output)
    call = gateway.respond(
        request_id=number,
        node_id=node.node_id,
        output=output,
        measurement_id=stage.measurement_id,
        signing_key=node.signer.signing_key,
        signature=signature,
        gas=RESPOND_GAS,
    )
    expect(stage.result(node.name, call)["outcome"], "accepted")
    outcome = finish(stage, pending)
    expect(outcome.value["status"], "answered")
    stage.note_gas(gateway.contract_id, "request", outcome)


def finish(stage: Stage, pending: Pending) -> Outcome:
    """Make blocks until a pending transaction has ended; thousands of due timeouts need several."""
    for _ in range(MOST_BLOCKS):
        outcome = pending.outcome()
        if outcome is not None:
            return outcome
        stage.sandbox.produce_blocks(1)
    raise RuntimeError(f"{pending.hash} did not end within {MOST_BLOCKS} blocks")


def view_as_call(stage: Stage, view: Any) -> None:
    """A view method called by a transaction, so that its gas is known."""
    call = Call(view.contract_id, view.method, view.args, 0, 100 * TGAS, view.decode)
    stage.send("reader", call)


def expect(found: Any, wanted: Any) -> None:
    """A measurement of something else than the success path is worthless: RuntimeError."""
    if found != wanted:
        raise RuntimeError(f"expected {wanted!r}, found {found!r}")
