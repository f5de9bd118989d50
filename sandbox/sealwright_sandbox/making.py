"""How `create_account` makes an account: who pays, who signs."""

from typing import TYPE_CHECKING

from sealwright_sandbox import genesis
from sealwright_sandbox.errors import AccountUnknown
from sealwright_sandbox.units import NEAR

if TYPE_CHECKING:
    from sealwright_sandbox.account import Account
    from sealwright_sandbox.seam import Backend

DEFAULT_BALANCE = 100 * NEAR


def create(backend: "Backend", account_id: str, balance: int) -> "Account":
    """Make an account that its parent signs for, with the key `backend.account` gives it.

    The treasury pays: a parent that is another account gets what it is about to spend. A missing
    top-level parent is made by the registrar. Raises CallFailed where the account exists,
    AccountUnknown where its parent does not.
    """
    label, _, parent_id = account_id.partition(".")
    parent = backend.account(parent_id)
    if parent_id != backend.treasury.account_id:
        _fund_parent(backend, parent, balance)
    return parent.create_account(label, balance)


def _fund_parent(backend: "Backend", parent: "Account", amount: int) -> None:
    if parent.exists:
        backend.treasury.transfer(parent.account_id, amount + NEAR)
        return
    if "." in parent.account_id:
        raise AccountUnknown(parent.account_id)
    registrar = backend.account(genesis.REGISTRAR)
    batch = registrar.batch(parent.account_id).create_account()
    batch.transfer(amount + NEAR).add_key(parent.public_key).send()
