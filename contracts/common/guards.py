"""Who may call, and with what. The decorators' options use these; contracts may, too."""

from sealwright_protocol.types import AccountId

from common.errors import (
    NOT_ENOUGH_GAS,
    NOT_INITIALISED,
    NOT_OWNER,
    NOT_PAYABLE,
    ONE_YOCTO,
    SELF_ONLY,
    refuse,
    require,
)
from common.shim import _host

# The kit's own storage keys start with a zero byte.
KEY_INITIALISED = b"\x00i"
KEY_OWNER = b"\x00o"

TERA = 10**12


def non_payable() -> None:
    """Refuse any deposit: NOT_PAYABLE."""
    require(not _host.deposit(), NOT_PAYABLE)


def one_yocto() -> None:
    """Ask for exactly one yoctoNEAR, which no function-call key can attach: ONE_YOCTO."""
    require(_host.deposit() == 1, ONE_YOCTO)


def self_only() -> None:
    """Refuse everybody but this contract: SELF_ONLY."""
    require(_host.predecessor() == _host.current_account(), SELF_ONLY)


def min_gas(tgas: int) -> None:
    """Refuse a call that was given less gas: NOT_ENOUGH_GAS."""
    if _host.prepaid_gas() < tgas * TERA:
        refuse(NOT_ENOUGH_GAS, f"at least {tgas} Tgas")


def owner_id() -> AccountId | None:
    """The owner that `set_owner` stored, or None: then nobody passes as owner."""
    stored = _host.storage_read(KEY_OWNER)
    return None if stored is None else AccountId(stored.decode())


def set_owner(account_id: AccountId) -> None:
    """Name the owner. A contract does so in its `new`, and to hand itself over."""
    _host.storage_write(KEY_OWNER, account_id.encode())


def owner() -> None:
    """Refuse everybody but the owner: NOT_OWNER."""
    stored = owner_id()
    require(stored is not None, NOT_INITIALISED)
    require(stored == _host.predecessor(), NOT_OWNER)
