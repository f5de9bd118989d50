"""Money in and out of a contract: the ledger's shell, shared by every contract that holds money.

A contract makes one cashier and exports thin methods that forward to it, so that market,
gateway and registry take and pay money in one way (docs/spec/ledger.md):

    CASHIER = Cashier(LEDGER, events.emit)

    @call(payable=True)
    def deposit(account_id: AccountId | None = None) -> Yocto:
        return CASHIER.deposit(account_id)

It must export `resolve_withdraw(account_id, number)` as a callback with one result.
"""

from sealwright_protocol import json_codec

from common import env
from common.ledger import POTS, Account, Books, Ledger, Totals
from common.promises import promise, result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from common import ledger_shapes

MIN_GAS_TGAS = 10
"""What a method that only books must bring."""
MIN_GAS_WITHDRAW_TGAS = 20
"""What a withdrawal must bring: its own work, the transfer, and `resolve_withdraw`."""
GAS_FOR_RESOLVE_TGAS = 8
"""Reserved for `resolve_withdraw`, which reads and writes one page and the totals."""


class Cashier:
    """Takes deposits and pays out.

    ledger  where the contract keeps its accounts
    emit    the contract's event writer: emit(event, data)
    """

    def __init__(self, ledger: Ledger, emit: "Callable[[str, dict[str, object]], None]") -> None:
        self.ledger = ledger
        self.emit = emit

    def deposit(self, account_id: "str | None") -> int:
        """Book the attached deposit as prepaid, for the caller or the named account.

        Emits   deposited.  Fails  DEPOSIT_TOO_SMALL, STORAGE_NOT_COVERED.
        Keeps   LEDGER-1, LEDGER-5.  Returns the account's prepaid balance.
        """
        owner_id = account_id or env.predecessor()
        amount = env.deposit()
        books = self.ledger.open()
        books.deposit(owner_id, amount)
        books.save()
        require_covered(books)
        self.emit("deposited", {"account_id": owner_id, "amount": str(amount)})
        return books.account(owner_id).prepaid

    def withdraw(self, account_id: str) -> None:
        """Send all that is owed to its owner. Anyone may ask for it.

        Emits   withdrawal_sent, later withdrawn or withdrawal_bounced.
        Fails   ACCOUNT_UNKNOWN, NOTHING_OWED, WITHDRAWAL_IN_FLIGHT.
        Keeps   LEDGER-1, LEDGER-3, LEDGER-4.
        """
        books = self.ledger.open()
        amount = books.send_owed(account_id, env.block_ms())
        self._send(books, account_id, amount)

    def withdraw_prepaid(self, amount: "int | None") -> None:
        """Send the caller's prepaid balance back, or part of it; the method asks for one yocto.

        Emits   withdrawal_sent, later withdrawn or withdrawal_bounced.
        Fails   ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE, WITHDRAWAL_IN_FLIGHT.
        Keeps   LEDGER-1, LEDGER-3, LEDGER-4.
        """
        books = self.ledger.open()
        owner_id = env.predecessor()
        wanted = books.account(owner_id).prepaid if amount is None else amount
        self._send(books, owner_id, books.send_prepaid(owner_id, wanted, env.block_ms()))

    def close_account(self) -> None:
        """Send the caller all it has, the price of its record included; one yocto as well.

        Emits   withdrawal_sent, later withdrawn or withdrawal_bounced.
        Fails   ACCOUNT_UNKNOWN, ACCOUNT_IN_USE, WITHDRAWAL_IN_FLIGHT.
        Keeps   LEDGER-3, LEDGER-6.
        """
        books = self.ledger.open()
        owner_id = env.predecessor()
        self._send(books, owner_id, books.send_all(owner_id, env.block_ms()))

    def _send(self, books: Books, account_id: str, amount: int) -> None:
        # Booked before it leaves: the transfer runs in a later receipt and may fail.
        number = books.account(account_id).withdrawal
        books.save()
        self.emit("withdrawal_sent", _entry(account_id, number, amount))
        arguments = json_codec.pack("(account_id:a,number:Q)", [account_id, number])
        sent = promise(account_id).transfer(amount)
        sent.then("resolve_withdraw", arguments, gas_tgas=GAS_FOR_RESOLVE_TGAS).as_return()

    def resolve_withdraw(self, account_id: str, number: int) -> int:
        """The callback of a withdrawal: books it as gone, or as owed again. Never raises.

        Emits   withdrawn or withdrawal_bounced.
        Keeps   LEDGER-3.  Returns the amount that arrived.
        """
        arrived = result(0) is not None
        books = self.ledger.open()
        amount = books.resolve(account_id, number, arrived)
        if amount == 0:
            return 0
        books.save()
        self.emit("withdrawn" if arrived else "withdrawal_bounced", _entry(account_id, number, amount))
        return amount if arrived else 0

    def recover_withdrawal(self, account_id: str) -> None:
        """Book as owed again what is in flight since a day without an answer. Anyone may ask.

        Only money that is really here beyond everything else booked can be owed again, so a
        transfer that did arrive is not paid twice out of what belongs to others.

        Emits   withdrawal_bounced.
        Fails   ACCOUNT_UNKNOWN, NO_WITHDRAWAL, STORAGE_NOT_COVERED.
        Keeps   LEDGER-3, LEDGER-5.
        """
        books = self.ledger.open()
        amount = books.recover(account_id, env.block_ms())
        books.save()
        require_covered(books)
        self.emit("withdrawal_bounced", _entry(account_id, books.account(account_id).withdrawal, amount))

    def account(self, account_id: str) -> "ledger_shapes.Account | None":
        """Every pot of one account; None when it has no record."""
        page = self.ledger.open().find(account_id)
        if page is None:
            return None
        view = _pots(page)
        view["records"] = page.records
        return view  # type: ignore[no-any-return]  # the pots are the shape's fields

    def totals(self) -> "ledger_shapes.Totals":
        """Every pot's sum, the contract's balance and the bytes it stores."""
        totals = self.ledger.open().totals
        view = _pots(totals)
        view["escrow"] = totals.escrow()
        view["balance"] = env.balance()
        view["storage_usage_bytes"] = env.storage_usage()
        return view  # type: ignore[no-any-return]  # the pots are the shape's fields


def require_covered(books: Books) -> None:
    """Check LEDGER-5 after the writes of a call that may grow storage. Callbacks never do."""
    books.require_covered(env.balance(), env.storage_usage())


def _entry(account_id: str, number: int, amount: int) -> "dict[str, object]":
    return {"account_id": account_id, "number": number, "amount": str(amount)}


def _pots(page: "Account | Totals") -> "Any":
    return {pot: getattr(page, pot) for pot in POTS}
