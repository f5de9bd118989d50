"""Attestation verifier: is this quote genuine, current, and what it claims to be?

    quote + collateral        -> verify (15 steps) -> attribute gate (16) -> Verified(report) | Rejected(reason)
    collateral                -> check (2 to 4), once -> kept until it expires or something newer comes
    quote + kept collateral   -> verify with three signatures instead of nine

Trusts   one root certificate, fixed at `new`: Intel's, or a test root that `get_trusted_root` shows;
         the block's time; the host's SHA-256 and P-256.
Holds    checked collateral, which anyone may add because it proves itself, and the storage price of each part,
         which returns to whoever paid when the part goes. No owner, no keys.

A rejection is an answer, a value that the caller can tell from "could not be judged", which is a failed call. Any
TCB status but Revoked is Verified: whether it is good enough is the caller's policy.

Guarantees (docs/spec/attestation-contract.md, docs/spec/ledger.md, tests/properties/PROPERTIES.md)
    ATTEST-1 enforced  a quote is Verified only if every step holds under the root fixed at `new`.
    ATTEST-2 enforced  the same bytes at the same block time, and by the same kept collateral, give the same answer,
                       whoever asks.
    ATTEST-3 enforced  nothing that a caller sends makes `verify_quote` fail, once it decodes, but lack of gas.
    ATTEST-4 enforced  only collateral that proves itself under the root is kept, and none is used when it has
                       expired or when the root list kept now revokes its signer.
    ATTEST-5 enforced  nothing kept goes back: an older list or issue never replaces a newer one, and no evaluation
                       takes another one's place while there is room.
    ATTEST-6 enforced  whoever pays for a part gets exactly that price back when the part goes: owed, or prepaid
                       where the payer itself makes it go.
    LEDGER-1 to LEDGER-6 enforced; the deployer pays for code and reserve: assumed.
"""

from common import ledger_shapes
from common.cashier import MIN_GAS_TGAS, MIN_GAS_WITHDRAW_TGAS
from common.entry import call, callback, init, view
from sealwright_protocol.types import U32, U64, AccountId, Base64, Sha256, Yocto

from attestation_verifier import judgement, keeping, roots, views
from attestation_verifier.roots import TrustedRootView
from attestation_verifier.shapes import KeptCollateralView
from attestation_verifier.state import CASHIER


@init
def new(root: Base64 | None = None) -> None:
    """Fix the trust anchor: Intel's SGX root, or `root`, the DER certificate of a test root.

    Caller  anyone, once; deploy and `new` belong into one transaction.
    Fails   ROOT_REFUSED, ALREADY_INITIALISED, BAD_ARGUMENT.
    """
    roots.fix(root)


# Judging


@view
def get_trusted_root() -> TrustedRootView:
    """Which root this contract trusts: SHA-256 of its DER, and whether that is Intel's."""
    return roots.shown()


@view(codec="borsh")
def verify_quote(data: bytes) -> bytes:
    """Judge a quote at the block's time.

    Takes   Borsh `(Vec<u8>, Collateral)`.  Returns  Borsh `VerificationResult`.
    Caller  anyone; give it 60 Tgas.
    Fails   BAD_ARGUMENT when the bytes are not such a pair.
    Keeps   ATTEST-1, ATTEST-2, ATTEST-3.
    """
    verdict, _ = judgement.judge(data)
    return verdict


@view(codec="borsh")
def verify_quote_with_validity(data: bytes) -> bytes:
    """Judge a quote, and say until when the verdict's evidence is valid.

    Takes   Borsh `(Vec<u8>, Collateral)`.
    Returns Borsh `(VerificationResult, u64)`: Unix ms, exclusive; 0 with a rejection.
    Caller  anyone; give it 60 Tgas.
    Fails   BAD_ARGUMENT when the bytes are not such a pair.
    Keeps   ATTEST-1, ATTEST-2, ATTEST-3.
    """
    verdict, valid_until_ms = judgement.judge(data)
    return verdict + valid_until_ms.to_bytes(8, "little")


@view(codec="borsh")
def verify_quote_stored(data: bytes) -> bytes:
    """Judge a quote by kept collateral, and say until when the verdict's evidence is valid.

    Of the evaluations kept side by side the lowest is used that has not expired and is at least the given
    tcbEvaluationDataNumber; revocation is asked of the lists kept now.

    Takes   Borsh `(Vec<u8>, u32)`: quote, least evaluation (0 for any).
    Returns Borsh `(VerificationResult, u64)`: Unix ms, exclusive; 0 with a rejection.
    Caller  anyone; give it 30 Tgas.
    Fails   COLLATERAL_MISSING when nothing current is kept for this quote, which says nothing about the quote;
            BAD_ARGUMENT when the bytes are not such a pair.
    Keeps   ATTEST-1, ATTEST-2, ATTEST-4.
    """
    verdict, valid_until_ms = judgement.judge_by_kept(data)
    return verdict + valid_until_ms.to_bytes(8, "little")


# Kept collateral


@call(payable=True, codec="borsh", min_gas=40)
def put_collateral(data: bytes) -> None:
    """Check collateral and keep every part of it that is newer than what is kept.

    Takes   Borsh `Collateral`, as in `verify_quote`; a PCK chain in it is not looked at.
    Caller  anyone. The price of what is kept comes from the caller's prepaid balance, which the attached deposit
            is first added to.
    Emits   collateral_kept.
    Fails   COLLATERAL_REJECTED with the failed check's code, COLLATERAL_NOT_NEWER, DEPOSIT_TOO_SMALL,
            ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE, TOO_MANY_RECORDS, STORAGE_NOT_COVERED, BAD_ARGUMENT,
            NOT_ENOUGH_GAS.
    Keeps   ATTEST-4, ATTEST-5, ATTEST-6, LEDGER-5.
    """
    keeping.put_collateral(data)


@call(min_gas=MIN_GAS_TGAS)
def prune_collateral(tee: str, fmspc: str | None = None) -> U32:
    """Drop the expired evaluations of TCB info for a processor family, or of the QE identity without one.

    Caller  anyone; what was paid for them goes back to whoever paid. Returns how many went.
    Emits   collateral_pruned.
    Fails   BAD_ARGUMENT.
    Keeps   ATTEST-6.
    """
    return U32(keeping.prune(views.qe_place(tee) if fmspc is None else views.tcb_place(tee, fmspc)))


@view
def get_collateral(tee: str, fmspc: str, authority: Sha256 | None = None) -> KeptCollateralView:
    """What is kept for a kind ("SGX", "TDX") and processor family (12 hexadecimal digits).

    `authority` is the SHA-256 of the PCK CA's DER subject and key X‖Y, for its revocation list.
    Fails   BAD_ARGUMENT.
    """
    return views.collateral(tee, fmspc, authority)


# Money: what storage costs, and what is owed back


@call(payable=True, min_gas=MIN_GAS_TGAS)
def deposit(account_id: AccountId | None = None) -> Yocto:
    """Add the deposit to a prepaid balance; see cashier.deposit.

    Fails   DEPOSIT_TOO_SMALL, STORAGE_NOT_COVERED.  Keeps  LEDGER-1, LEDGER-5.
    """
    return Yocto(CASHIER.deposit(account_id))


@call(min_gas=MIN_GAS_WITHDRAW_TGAS)
def withdraw(account_id: AccountId) -> None:
    """Send all that is owed to its owner; anyone may ask. See cashier.withdraw.

    Fails   ACCOUNT_UNKNOWN, NOTHING_OWED, WITHDRAWAL_IN_FLIGHT.  Keeps  LEDGER-1, LEDGER-3, LEDGER-4.
    """
    CASHIER.withdraw(account_id)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS)
def withdraw_prepaid(amount: Yocto | None = None) -> None:
    """Send the caller's prepaid balance back, or part of it; see cashier.withdraw_prepaid.

    Fails   ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE, WITHDRAWAL_IN_FLIGHT.  Keeps  LEDGER-1, LEDGER-3, LEDGER-4.
    """
    CASHIER.withdraw_prepaid(amount)


@call(one_yocto=True, min_gas=MIN_GAS_WITHDRAW_TGAS)
def close_account() -> None:
    """Send the caller all it has, its record's price included; see cashier.close_account.

    Fails   ACCOUNT_UNKNOWN, ACCOUNT_IN_USE, WITHDRAWAL_IN_FLIGHT.  Keeps  LEDGER-3, LEDGER-6.
    """
    CASHIER.close_account()


@call(min_gas=MIN_GAS_TGAS)
def recover_withdrawal(account_id: AccountId) -> None:
    """Book as owed again a withdrawal whose callback never came; see cashier.recover_withdrawal.

    Fails   ACCOUNT_UNKNOWN, NO_WITHDRAWAL, STORAGE_NOT_COVERED.  Keeps  LEDGER-3, LEDGER-5.
    """
    CASHIER.recover_withdrawal(account_id)


@view
def get_account(account_id: AccountId) -> ledger_shapes.Account | None:
    """Every pot of one account; null when it has none."""
    return CASHIER.account(account_id)


@view
def get_totals() -> ledger_shapes.Totals:
    """Every pot's sum, the contract's balance and the bytes it stores."""
    return CASHIER.totals()


@callback(results=1)
def resolve_withdraw(account_id: AccountId, number: U64) -> Yocto:
    """How a withdrawal ended; see cashier.resolve_withdraw. Returns what arrived."""
    return Yocto(CASHIER.resolve_withdraw(account_id, number))
