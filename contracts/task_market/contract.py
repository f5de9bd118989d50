"""Task market: clients lock rewards, attested nodes earn them.

    OPEN -> CLAIMING -> CLAIMED -> VERIFYING -> SUBMITTED -> PAID
    OPEN -> CANCELLED | EXPIRED                 (ways back: docs/spec/task-market.md)

Trusts   node_registry, fixed at `new`, for who may claim and whose signature counts.
Holds    prepaid balances, rewards and bonds; no access keys.
Owner    sets the fee for tasks created afterwards, capped; nothing else.

Guarantees (docs/spec/task-market.md, docs/spec/ledger.md, tests/properties/PROPERTIES.md)
    MARKET-1 to MARKET-12, LEDGER-1 to LEDGER-6: enforced.
    The registry tells the truth; the deployer pays for code and reserve: assumed.

Every method reads: guard, load, decide (`tasks`), book (`settlement`), write, emit, promise.
"""

from typing import Annotated, Any

from common import env, guards, ledger_shapes
from common.cashier import MIN_GAS_TGAS, MIN_GAS_WITHDRAW_TGAS, Cashier, require_covered
from common.entry import call, callback, init, view
from common.errors import refuse, require
from common.ledger import ACCOUNT_COST
from common.promises import result
from sealwright_protocol.types import (
    U32,
    U64,
    AccountId,
    Base64,
    BasisPoints,
    DurationMs,
    Max,
    NodeId,
    PublicKey,
    Sha256,
    Signature,
    Yocto,
)
from sealwright_protocol.wire import ResultReceipt

from task_market import (
    creation,
    errors,
    events,
    limits,
    outcomes,
    pricing,
    registry,
    settlement,
    shapes,
    tasks,
    verdicts,
    views,
)
from task_market.registry import MIN_GAS_ASK_TGAS, MIN_GAS_SUBMIT_TGAS
from task_market.state import CONFIG, INPUTS, LEDGER, OUTPUTS, TASKS, Config
from task_market.tasks import Task

CASHIER = Cashier(LEDGER, events.emit)


@init(min_gas=MIN_GAS_TGAS)
def new(owner_id: AccountId, registry_id: AccountId, treasury_id: AccountId, fee_bps: BasisPoints) -> None:
    """Set the market up, once, in the transaction that deploys it.

    Fails   FEE_TOO_HIGH, STORAGE_NOT_COVERED.
    """
    require(fee_bps <= limits.MAX_FEE_BPS, errors.FEE_TOO_HIGH)
    guards.set_owner(owner_id)
    # Drawn, not derived: a market deleted and made again accepts no receipt of the old one.
    CONFIG.put(Config(registry_id, treasury_id, fee_bps, Sha256(env.random_seed()), U64(0)))
    books = LEDGER.open()
    books.sponsor(treasury_id)
    books.save()
    require_covered(books)


# The client's side


@call(payable=True, min_gas=MIN_GAS_TGAS)
def create_task(
    reward: Yocto,
    bond: Yocto,
    input_hash: Sha256,
    max_output_bytes: U32,
    claim_window_ms: DurationMs,
    work_window_ms: DurationMs,
    review_window_ms: DurationMs,
    service: Annotated[str, Max(32)] | None = None,
    measurement_ids: Annotated[list[Sha256], Max(8)] | None = None,
    input: Base64 | None = None,
    input_reference: str | None = None,
    schema_hash: Sha256 | None = None,
) -> U64:
    """Lock a reward for work that a node in an accepted enclave does. Returns the task's id.

    Caller  the client; reward and storage come from its prepaid balance, which the attached
            deposit is first added to.
    Emits   task_created.
    Fails   REWARD_TOO_SMALL, BOND_TOO_SMALL, NO_REQUIREMENT, INPUT_AMBIGUOUS, INPUT_TOO_LARGE,
            INPUT_HASH_MISMATCH, OUTPUT_LIMIT, WINDOW_OUT_OF_RANGE, DEPOSIT_TOO_SMALL,
            INSUFFICIENT_BALANCE, TOO_MANY_RECORDS, STORAGE_NOT_COVERED.
    Keeps   MARKET-1, MARKET-10, MARKET-12, LEDGER-5.
    """
    config = CONFIG.get()
    now_ms = env.block_ms()
    stored = creation.stored_input(input, input_reference)
    require(input is None or env.sha256(input) == input_hash, errors.INPUT_HASH_MISMATCH)
    task = tasks.open_task(
        client_id=env.predecessor(),
        reward=reward,
        bond=bond,
        fee_bps=config.fee_bps,
        storage=0,
        service=service or "",
        measurement_ids=measurement_ids or [],
        input_hash=input_hash,
        input_inline=input is not None,
        schema_hash=schema_hash,
        max_output_bytes=max_output_bytes,
        created_at_ms=now_ms,
        claim_ends_at_ms=now_ms + claim_window_ms,
        work_window_ms=work_window_ms,
        review_window_ms=review_window_ms,
    )
    creation.check_terms(task)
    task.storage = pricing.price_of(task, len(stored))

    books = LEDGER.open()
    books.deposit(task.client_id, env.deposit())
    settlement.fund(books, task)

    task_id = config.next_task_id
    config.next_task_id = U64(task_id + 1)
    CONFIG.put(config)
    TASKS.put(task_id, task)
    INPUTS.put(task_id, stored)
    books.save()
    require_covered(books)
    events.of_task(
        "task_created",
        task_id,
        client_id=task.client_id,
        reward=str(reward),
        bond=str(bond),
        service=service,
        input_hash=input_hash.hex(),
    )
    return task_id


@call(one_yocto=True, min_gas=MIN_GAS_TGAS)
def approve_result(task_id: U64) -> None:
    """Accept a submitted result before the review window ends.

    Caller  the task's client, with one yoctoNEAR.
    Emits   task_paid.
    Fails   TASK_UNKNOWN, NOT_CLIENT, WRONG_STATE.
    Keeps   MARKET-2, MARKET-3, MARKET-10.
    """
    task = _load(task_id)
    tasks.approve(task, env.predecessor(), env.block_ms())
    outcomes.paid(task_id, task)


@call(min_gas=MIN_GAS_TGAS)
def settle(task_id: U64) -> None:
    """Pay for a result that the client did not react to within the review window.

    Caller  anyone.
    Emits   task_paid.
    Fails   TASK_UNKNOWN, WRONG_STATE, REVIEW_OPEN.
    Keeps   MARKET-2, MARKET-3, MARKET-10, MARKET-11.
    """
    task = _load(task_id)
    tasks.settle(task, env.block_ms())
    outcomes.paid(task_id, task)


@call(one_yocto=True, min_gas=MIN_GAS_TGAS)
def cancel_task(task_id: U64) -> None:
    """Withdraw an open task; the reward becomes owed to the client.

    Caller  the task's client, with one yoctoNEAR.
    Emits   task_cancelled.
    Fails   TASK_UNKNOWN, NOT_CLIENT, WRONG_STATE.
    Keeps   MARKET-1, MARKET-2, MARKET-4.
    """
    task = _load(task_id)
    tasks.cancel(task, env.predecessor(), env.block_ms())
    outcomes.ended(task_id, task, "task_cancelled", LEDGER.open())


@call(min_gas=MIN_GAS_TGAS)
def remove_task(task_id: U64) -> None:
    """Delete an ended task with its input and output; its storage price becomes owed to the client.

    Caller  the task's client, anyone 30 days after the end.
    Emits   task_removed.
    Fails   TASK_UNKNOWN, WRONG_STATE, NOT_CLIENT.
    Keeps   MARKET-12.
    """
    task = _load(task_id)
    tasks.check_removable(task, env.predecessor(), env.block_ms())
    books = LEDGER.open()
    settlement.remove(books, task)
    TASKS.remove(task_id)
    INPUTS.remove(task_id)
    OUTPUTS.remove(task_id)
    books.save()
    events.of_task("task_removed", task_id, client_id=task.client_id, storage=str(task.storage))


# The node's side: no deposits, so a function-call key can do all of it


@call(min_gas=MIN_GAS_ASK_TGAS, resolves=bool)
def claim_task(task_id: U64, node_id: NodeId) -> None:
    """Put the bond at stake and ask the registry; resolves to whether the task is claimed.

    Caller  the account in `node_id`, with a prepaid balance.
    Emits   claim_requested, later task_claimed, claim_refused or claim_unanswered.
    Fails   TASK_UNKNOWN, WRONG_STATE, NOT_NODE_ACCOUNT, CLAIM_WINDOW_CLOSED, CLAIM_BARRED,
            ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE, STORAGE_NOT_COVERED.
    Keeps   MARKET-4, MARKET-8.
    """
    task = _load(task_id)
    tasks.claim(task, node_id, env.predecessor(), env.block_ms())
    books = LEDGER.open()
    settlement.bond(books, task)
    TASKS.put(task_id, task)
    books.save()
    require_covered(books)
    events.of_task("claim_requested", task_id, node_id=node_id, attempt=task.attempt, check=task.check)
    registry.ask_about_claim(CONFIG.get().registry_id, task_id, task)


@call(min_gas=MIN_GAS_TGAS)
def release_claim(task_id: U64) -> None:
    """Give a claim up within a minute, for a share of the bond.

    Caller  the account of the node that holds the task.
    Emits   claim_released, then task_reopened or task_expired.
    Fails   TASK_UNKNOWN, WRONG_STATE, NOT_NODE_ACCOUNT, GRACE_OVER.
    Keeps   MARKET-4, MARKET-8, MARKET-9.
    """
    task = _load(task_id)
    tasks.check_release(task, env.predecessor(), env.block_ms())
    books = LEDGER.open()
    forfeited = settlement.forfeit_share(books, task, CONFIG.get().treasury_id)
    events.of_task("claim_released", task_id, node_id=task.node_id, forfeited=str(forfeited))
    tasks.bar(task)
    outcomes.reopened(task_id, task, books)


@call(min_gas=MIN_GAS_SUBMIT_TGAS, resolves=str)
def submit_result(
    task_id: U64, output: Base64, measurement_id: Sha256, signing_key: PublicKey, signature: Signature
) -> None:
    """Deliver the output with the enclave's signature; resolves to the state that follows.

    Caller  the account of the node that holds the task.
    Emits   result_submitted, later result_verified, result_refused or result_unanswered.
    Fails   TASK_UNKNOWN, WRONG_STATE, NOT_NODE_ACCOUNT, WORK_WINDOW_CLOSED, OUTPUT_TOO_LARGE,
            MEASUREMENT_NOT_ACCEPTED, BAD_SIGNATURE, STORAGE_NOT_COVERED.
    Keeps   MARKET-3, MARKET-4, MARKET-6, MARKET-7.
    """
    task = _load(task_id)
    config = CONFIG.get()
    now_ms = env.block_ms()
    tasks.check_submission(task, env.predecessor(), len(output), measurement_id, now_ms)
    tasks.submit(task, env.sha256(output), measurement_id, signing_key, now_ms)
    signed = _receipt(task_id, task, config.instance).to_borsh()
    require(env.ed25519_verify(signature, signed, signing_key), errors.BAD_SIGNATURE)
    TASKS.put(task_id, task)
    OUTPUTS.put(task_id, output)
    require_covered(LEDGER.open())
    digest = task.output_hash.hex()
    events.of_task(
        "result_submitted",
        task_id,
        node_id=task.node_id,
        attempt=task.attempt,
        check=task.check,
        output_hash=digest,
    )
    registry.ask_about_result(config.registry_id, task_id, task)


# Anybody's: what keeps every task moving


@call(min_gas=MIN_GAS_ASK_TGAS, resolves=str)
def retry_verification(task_id: U64) -> None:
    """Ask the registry again about a submission it did not answer for; resolves as `submit_result`.

    Caller  anyone.
    Emits   verification_retried, later result_verified, result_refused or result_unanswered.
    Fails   TASK_UNKNOWN, WRONG_STATE, CHECK_PENDING, TOO_LATE.
    Keeps   MARKET-4, MARKET-5, MARKET-7.
    """
    task = _load(task_id)
    tasks.retry(task, env.block_ms())
    TASKS.put(task_id, task)
    events.of_task("verification_retried", task_id, check=task.check)
    registry.ask_about_result(CONFIG.get().registry_id, task_id, task)


@call(min_gas=MIN_GAS_TGAS)
def expire_task(task_id: U64) -> str:
    """Do what time has made due: reopen, refund, return or slash. Returns the new state.

    Caller  anyone.
    Emits   claim_unanswered; bond_slashed or bond_returned; task_reopened or task_expired.
    Fails   TASK_UNKNOWN, WRONG_STATE, NOT_DUE.
    Keeps   MARKET-1, MARKET-2, MARKET-4, MARKET-5, MARKET-9, MARKET-11.
    """
    task = _load(task_id)
    now_ms = env.block_ms()
    found = tasks.due(task, now_ms)
    if found == tasks.CLAIM_DEAD:
        return outcomes.claim_dropped(task_id, task, verdicts.UNANSWERED)
    books = LEDGER.open()
    if found == tasks.LAPSED:
        return outcomes.lapsed(task_id, task, books)
    if found == tasks.UNANSWERED:
        outcomes.bond_returned(task_id, task, books)
    tasks.end(task, tasks.EXPIRED, now_ms)
    return outcomes.ended(task_id, task, "task_expired", books)


# Balances (docs/spec/ledger.md)


@call(payable=True, min_gas=MIN_GAS_TGAS)
def deposit(account_id: AccountId | None = None) -> Yocto:
    """Add the attached deposit to a prepaid balance, the caller's own by default; returns it.

    Caller  anyone.
    Emits   deposited.
    Fails   DEPOSIT_TOO_SMALL, STORAGE_NOT_COVERED.
    Keeps   LEDGER-1, LEDGER-5.
    """
    return Yocto(CASHIER.deposit(account_id))


@call(min_gas=MIN_GAS_WITHDRAW_TGAS, resolves=Yocto)
def withdraw(account_id: AccountId) -> None:
    """Send all that is owed to its owner; resolves to the amount that arrived.

    Caller  anyone.
    Emits   withdrawal_sent, later withdrawn or withdrawal_bounced.
    Fails   ACCOUNT_UNKNOWN, NOTHING_OWED, WITHDRAWAL_IN_FLIGHT.
    Keeps   LEDGER-1, LEDGER-3, LEDGER-4.
    """
    CASHIER.withdraw(account_id)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS, resolves=Yocto)
def withdraw_prepaid(amount: Yocto | None = None) -> None:
    """Send the caller's prepaid balance back, or part of it; resolves to what arrived.

    Caller  the balance's owner, with one yoctoNEAR.
    Emits   withdrawal_sent, later withdrawn or withdrawal_bounced.
    Fails   ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE, WITHDRAWAL_IN_FLIGHT.
    Keeps   LEDGER-1, LEDGER-3, LEDGER-4.
    """
    CASHIER.withdraw_prepaid(amount)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS, resolves=Yocto)
def close_account() -> None:
    """Send the caller everything it has here and delete its record; resolves to what arrived.

    Caller  the account's owner, with one yoctoNEAR.
    Emits   withdrawal_sent, later withdrawn or withdrawal_bounced.
    Fails   ACCOUNT_UNKNOWN, ACCOUNT_IN_USE, WITHDRAWAL_IN_FLIGHT.
    Keeps   LEDGER-3, LEDGER-6.
    """
    CASHIER.close_account()


@call(min_gas=MIN_GAS_TGAS)
def recover_withdrawal(account_id: AccountId) -> None:
    """Book as owed again what is in flight since a day without an answer.

    Caller  anyone.
    Emits   withdrawal_bounced.
    Fails   ACCOUNT_UNKNOWN, NO_WITHDRAWAL, STORAGE_NOT_COVERED.
    Keeps   LEDGER-3, LEDGER-5.
    """
    CASHIER.recover_withdrawal(account_id)


# The owner


@call(owner=True, min_gas=MIN_GAS_TGAS)
def set_fee(fee_bps: BasisPoints) -> None:
    """Set the fee of tasks that are created from now on.

    Caller  the owner, with one yoctoNEAR.
    Emits   fee_changed.
    Fails   FEE_TOO_HIGH.
    Keeps   MARKET-10.
    """
    require(fee_bps <= limits.MAX_FEE_BPS, errors.FEE_TOO_HIGH)
    config = CONFIG.get()
    config.fee_bps = fee_bps
    CONFIG.put(config)
    events.emit("fee_changed", {"fee_bps": fee_bps})


# Callbacks: they repair and never raise


@callback(results=1)
def on_claim_checked(task_id: U64, check: U32) -> bool:
    """The registry's answer about a claim; whether the task is claimed by it.

    Emits   task_claimed, claim_refused or claim_unanswered.
    Keeps   MARKET-4, MARKET-8, MARKET-9.
    """
    task = TASKS.get(task_id)
    if task is None or not tasks.waits_for(task, tasks.CLAIMING, check):
        return False
    verdict = verdicts.judge_claim(result(0), task)
    if verdict.kind == verdicts.CONFIRMED:
        if tasks.confirm_claim(task, env.block_ms()):
            outcomes.claim_confirmed(task_id, task)
            return True
        verdict = verdicts.CAME_TOO_LATE
    outcomes.claim_dropped(task_id, task, verdict)
    return False


@callback(results=1)
def on_result_checked(task_id: U64, check: U32) -> str:
    """The registry's answer about a submission; the state that follows.

    Emits   result_verified, result_refused or result_unanswered; when policy excuses the
            node also bond_returned, and task_reopened or task_expired.
    Keeps   MARKET-3, MARKET-4, MARKET-5, MARKET-6, MARKET-7, MARKET-9.
    """
    task = TASKS.get(task_id)
    if task is None:
        return ""
    if not tasks.waits_for(task, tasks.VERIFYING, check):
        return tasks.STATE_NAMES[task.state]
    return outcomes.result_judged(task_id, task, verdicts.judge_result(result(0), task))


@callback(results=1)
def resolve_withdraw(account_id: AccountId, number: U64) -> Yocto:
    """The end of a withdrawal; what arrived.

    Emits   withdrawn or withdrawal_bounced.
    Keeps   LEDGER-3.
    """
    return Yocto(CASHIER.resolve_withdraw(account_id, number))


# Views


@view
def get_task(task_id: U64) -> shapes.Task | None:
    """One task, null when there is none with this id."""
    task = TASKS.get(task_id)
    return None if task is None else _view(task_id, task)


@view
def get_tasks(
    from_index: U64,
    limit: U32,
    state: str | None = None,
    client_id: AccountId | None = None,
    service: str | None = None,
) -> shapes.TaskPage:
    """Tasks by ascending id from `from_index`, filtered: {tasks, next_index}; null at the end.

    At most `limit` (up to 50) are returned and 100 ids looked at: go on from `next_index`.
    """
    last_id = CONFIG.get().next_task_id
    task_id = from_index
    stop_id = min(last_id, from_index + limits.MAX_SCANNED_IDS)
    found: list[shapes.Task] = []
    while task_id < stop_id and len(found) < min(limit, limits.MAX_PAGE):
        task = TASKS.get(task_id)
        if task is not None and views.matches(task, state, client_id, service):
            found.append(_view(task_id, task))
        task_id = U64(task_id + 1)
    return {"tasks": found, "next_index": task_id if task_id < last_id else None}


@view
def get_input(task_id: U64) -> Base64 | None:
    """The inline input, null when it is kept elsewhere or the task is unknown."""
    task = TASKS.get(task_id)
    stored = INPUTS.get(task_id)
    return Base64(stored) if task is not None and stored is not None and task.input_inline else None


@view
def get_output(task_id: U64) -> Base64 | None:
    """The output last submitted, null when there is none. It counts when the task says SUBMITTED or PAID."""
    stored = OUTPUTS.get(task_id)
    return None if stored is None else Base64(stored)


@view
def get_task_cost(service_bytes: U32, measurements: U32, input_bytes: U32, max_output_bytes: U32) -> Yocto:
    """The storage price of such a task; `input_bytes` of the input, or of the reference to it."""
    return Yocto(pricing.task_price(service_bytes, measurements, input_bytes, max_output_bytes))


@view
def get_account(account_id: AccountId) -> ledger_shapes.Account | None:
    """Every pot of one account, null when it has no record here."""
    return CASHIER.account(account_id)


@view
def get_totals() -> ledger_shapes.Totals:
    """Everything booked, held for storage and in flight, beside balance and storage used."""
    return CASHIER.totals()


@view
def get_config() -> shapes.MarketConfig:
    """What `new` fixed, today's fee, and the next task's id."""
    config = CONFIG.get()
    return {
        "owner_id": guards.owner_id(),
        "registry_id": config.registry_id,
        "treasury_id": config.treasury_id,
        "fee_bps": config.fee_bps,
        "network": env.chain_id(),
        "instance": config.instance,
        "next_task_id": config.next_task_id,
        "account_cost": Yocto(ACCOUNT_COST),
    }


# Helpers


def _load(task_id: U64) -> Task:
    task = TASKS.get(task_id)
    if task is None:
        refuse(errors.TASK_UNKNOWN, task_id)
    return task


def _receipt(task_id: U64, task: Task, instance: bytes) -> ResultReceipt:
    """What the enclave must have signed: exactly this task, attempt, input and output."""
    return ResultReceipt(
        network=env.chain_id(),
        contract=env.current_account(),
        instance=instance,
        task_id=task_id,
        attempt=task.attempt,
        input_hash=task.input_hash,
        output_hash=task.output_hash,
        measurement_id=task.measurement_id,
        node_id=task.node_id,
    )


def _view(task_id: U64, task: Task) -> Any:
    reference = None
    if not task.input_inline:
        reference = (INPUTS.get(task_id) or b"").decode()
    return views.task_view(task_id, task, reference)
