"""One place counts money: every amount a contract holds stands in one pot of one account.

    deposit -> prepaid -> locked -> owed -> in_flight -> gone
                      |-> bonded -> prepaid | owed          (a bounced one returns to owed)
                      `-> storage -> owed

Pure: nothing here reads the chain or sends anything, `common.cashier` does. A call opens the
books, moves amounts between pots, and saves each touched page once:

    books = ledger.open()
    books.lock(client_id, reward)
    books.save()

All amounts are yoctoNEAR. Guarantees (docs/spec/ledger.md, tests/properties/PROPERTIES.md):

    LEDGER-1 enforced  each total is the sum of its pot over all accounts, and only a deposit
                       and an arrived withdrawal change the sum of all pots.
    LEDGER-2 enforced  what a pot does not hold cannot leave it.
    LEDGER-3 enforced  a withdrawal is booked before it leaves and ends once: gone, or owed again.
    LEDGER-4 enforced  what is owed goes to its owner alone; prepaid leaves by its owner's word.
    LEDGER-5 enforced  escrow never serves as storage stake.
    LEDGER-6 enforced  an account closes only when no money and no record depends on it.
"""

from sealwright_protocol.records import Record

from common.errors import INSUFFICIENT_BALANCE, STORAGE_NOT_COVERED, Refusal, refuse, require
from common.stake import MAX_ACCOUNT_ID_BYTES, entry_bytes, storage_cost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from common.store import Cell, Map

POTS = ("prepaid", "owed", "locked", "bonded", "storage", "in_flight")
RESERVE = 10**23
"""YoctoNEAR (0.1 NEAR) that stay free beyond the storage stake and all that is booked."""
RECOVERY_MS = 24 * 60 * 60 * 1000
"""A withdrawal whose callback never came can be recovered after this time (one day)."""

ACCOUNT_UNKNOWN = Refusal("ACCOUNT_UNKNOWN", "this account has no balance here: deposit first")
DEPOSIT_TOO_SMALL = Refusal("DEPOSIT_TOO_SMALL", "the deposit does not pay for the account's record")
NOTHING_OWED = Refusal("NOTHING_OWED", "nothing is owed to this account")
WITHDRAWAL_IN_FLIGHT = Refusal("WITHDRAWAL_IN_FLIGHT", "a withdrawal of this account is under way")
NO_WITHDRAWAL = Refusal("NO_WITHDRAWAL", "no withdrawal of this account waits for recovery")
ACCOUNT_IN_USE = Refusal("ACCOUNT_IN_USE", "money or records still depend on this account")
TOO_MANY_RECORDS = Refusal("TOO_MANY_RECORDS", "this account has reached its cap of records")


class Account(Record):
    """The money of one account, by pot.

    prepaid    at its owner's disposal: bonds, rewards, storage come from here
    owed       earned or refunded; anyone may have it sent to the owner
    locked     rewards promised to others
    bonded     bonds at stake
    storage    pays for this record and for the records the account created
    in_flight  sent, not yet confirmed, by withdrawal number `withdrawal` at `sent_at_ms`
    records    how many records name this account and keep it from being closed
    """

    FIELDS = POTS + ("records", "withdrawal", "sent_at_ms")  # noqa: RUF005  MicroPython
    FORMAT = "UUUUUUIQQ"

    prepaid: int
    owed: int
    locked: int
    bonded: int
    storage: int
    in_flight: int
    records: int
    withdrawal: int
    sent_at_ms: int

    def is_empty(self) -> bool:
        """Whether nothing at all is left, so that the record itself may go."""
        held = self.prepaid + self.owed + self.locked + self.bonded + self.storage + self.in_flight
        return held == 0 and self.records == 0


class Totals(Record):
    """The sum of each pot over all accounts, and how many withdrawals there have been."""

    FIELDS = POTS + ("withdrawals",)  # noqa: RUF005
    FORMAT = "UUUUUUQ"

    prepaid: int
    owed: int
    locked: int
    bonded: int
    storage: int
    in_flight: int
    withdrawals: int

    def escrow(self) -> int:
        """What must be there for others: neither storage's own money nor what already left."""
        return self.prepaid + self.owed + self.locked + self.bonded


ACCOUNT_COST = storage_cost(entry_bytes(1 + MAX_ACCOUNT_ID_BYTES, 6 * 16 + 4 + 8 + 8))
"""YoctoNEAR held for an account's own record: prefix, longest account id, fixed-size value."""


class Ledger:
    """Where a contract keeps its accounts and totals.

    accounts  Map(prefix, Account, key="s"); totals  Cell(prefix, Totals).
    """

    def __init__(self, accounts: "Map[Account]", totals: "Cell[Totals]") -> None:
        self.accounts = accounts
        self.totals = totals

    def open(self) -> "Books":
        """The books for this call. Open them once, save them before any promise leaves."""
        return Books(self.accounts, self.totals)


class Books:
    """The pages of the ledger that one call touches; `save` writes each of them once."""

    def __init__(self, accounts: "Map[Account]", totals: "Cell[Totals]") -> None:
        self._accounts = accounts
        self._totals = totals
        self._pages: dict[str, Account] = {}
        self.totals = totals.find() or Totals(0, 0, 0, 0, 0, 0, 0)

    # Accounts

    def find(self, account_id: str) -> "Account | None":
        """The account's page, None when it has none."""
        page = self._pages.get(account_id)
        if page is None:
            page = self._accounts.get(account_id)
            if page is not None:
                self._pages[account_id] = page
        return page

    def account(self, account_id: str) -> Account:
        """The account's page; ACCOUNT_UNKNOWN when it has none."""
        page = self.find(account_id)
        if page is None:
            refuse(ACCOUNT_UNKNOWN, account_id)
        return page

    def sponsor(self, account_id: str) -> None:
        """Open a page at the contract's own expense that never closes (a treasury, at `new`)."""
        page = self.find(account_id) or self._blank(account_id)
        page.records += 1

    def attach(self, account_id: str, cap: int) -> None:
        """Note one more record of this account; TOO_MANY_RECORDS beyond `cap`."""
        page = self.account(account_id)
        require(page.records < cap, TOO_MANY_RECORDS, account_id)
        page.records += 1

    def detach(self, account_id: str) -> None:
        """Note that a record of this account is gone."""
        self.account(account_id).records -= 1

    def _blank(self, account_id: str) -> Account:
        page = Account(0, 0, 0, 0, 0, 0, 0, 0, 0)
        self._pages[account_id] = page
        return page

    # Moves between pots

    def move(self, amount: int, giver_id: str, giver_pot: str, taker_id: str, taker_pot: str) -> None:
        """Move money from one pot to another: the only way a pot shrinks or grows from within.

        Fails ACCOUNT_UNKNOWN, INSUFFICIENT_BALANCE.
        """
        giver = self.account(giver_id)
        taker = self.account(taker_id)
        held = getattr(giver, giver_pot)
        if not 0 <= amount <= held:
            refuse(INSUFFICIENT_BALANCE, f"{giver_pot} {held}, needed {amount}")
        self._add(giver, giver_pot, -amount)
        self._add(taker, taker_pot, amount)

    def _add(self, page: Account, pot: str, amount: int) -> None:
        setattr(page, pot, getattr(page, pot) + amount)
        setattr(self.totals, pot, getattr(self.totals, pot) + amount)

    def deposit(self, account_id: str, amount: int) -> None:
        """Book money that came in as prepaid, less what the account's own record costs.

        Fails DEPOSIT_TOO_SMALL when a new account cannot pay for its record.
        """
        page = self.find(account_id) or self._blank(account_id)
        missing = self._uncovered(page)
        if amount < missing:
            refuse(DEPOSIT_TOO_SMALL, f"needed {missing}")
        self._add(page, "storage", missing)
        self._add(page, "prepaid", amount - missing)

    def _uncovered(self, page: Account) -> int:
        """What the page's own storage still lacks. A page with records is covered or sponsored."""
        if page.records or page.storage >= ACCOUNT_COST:
            return 0
        return ACCOUNT_COST - page.storage

    def hold_storage(self, account_id: str, amount: int) -> None:
        """Set aside the price of a record that this account creates."""
        self.move(amount, account_id, "prepaid", account_id, "storage")

    def return_storage(self, account_id: str, amount: int) -> None:
        """Give back the price of a record that is deleted, as owed: its creator may be unable to ask."""
        self.move(amount, account_id, "storage", account_id, "owed")

    def lock(self, account_id: str, amount: int) -> None:
        """Promise a reward."""
        self.move(amount, account_id, "prepaid", account_id, "locked")

    def refund(self, account_id: str, amount: int) -> None:
        """Give a promised reward back, as owed."""
        self.move(amount, account_id, "locked", account_id, "owed")

    def pay(self, payer_id: str, payee_id: str, amount: int) -> None:
        """Turn a promised reward into what is owed to the payee."""
        self.move(amount, payer_id, "locked", payee_id, "owed")

    def bond(self, account_id: str, amount: int) -> None:
        """Put a bond at stake."""
        self.move(amount, account_id, "prepaid", account_id, "bonded")

    def free_bond(self, account_id: str, amount: int) -> None:
        """Give a bond back, as prepaid: it serves for the next claim."""
        self.move(amount, account_id, "bonded", account_id, "prepaid")

    def slash(self, account_id: str, treasury_id: str, amount: int) -> None:
        """Take a bond for the treasury."""
        self.move(amount, account_id, "bonded", treasury_id, "owed")

    def charge(self, account_id: str, payee_id: str, amount: int) -> None:
        """Pay a price from the prepaid balance to somebody else."""
        self.move(amount, account_id, "prepaid", payee_id, "owed")

    # Withdrawals: one in flight per account, each with its number

    def send_owed(self, account_id: str, now_ms: int) -> int:
        """Put all that is owed in flight; returns the amount to transfer."""
        page = self.account(account_id)
        require(page.owed > 0, NOTHING_OWED, account_id)
        return self._send(page, ((page.owed, "owed"),), account_id, now_ms)

    def send_prepaid(self, account_id: str, amount: int, now_ms: int) -> int:
        """Put part of the prepaid balance in flight; the caller made sure the owner asked."""
        page = self.account(account_id)
        require(amount > 0, INSUFFICIENT_BALANCE, "nothing to withdraw")
        return self._send(page, ((amount, "prepaid"),), account_id, now_ms)

    def send_all(self, account_id: str, now_ms: int) -> int:
        """Put everything in flight, the storage price included; the page goes when it arrived."""
        page = self.account(account_id)
        busy = page.locked or page.bonded or page.records
        require(not busy, ACCOUNT_IN_USE, account_id)
        parts = ((page.prepaid, "prepaid"), (page.owed, "owed"), (page.storage, "storage"))
        return self._send(page, parts, account_id, now_ms)

    def _send(self, page: Account, parts: "tuple[tuple[int, str], ...]", account_id: str, now_ms: int) -> int:
        require(page.in_flight == 0, WITHDRAWAL_IN_FLIGHT, account_id)
        for amount, pot in parts:
            self.move(amount, account_id, pot, account_id, "in_flight")
        self.totals.withdrawals += 1
        page.withdrawal = self.totals.withdrawals
        page.sent_at_ms = now_ms
        return page.in_flight

    def resolve(self, account_id: str, number: int, arrived: bool) -> int:
        """End withdrawal `number`: gone when it arrived, else owed again; returns what it moved.

        Never refuses: a withdrawal that has ended otherwise moves nothing.
        """
        page = self.find(account_id)
        if page is None or page.withdrawal != number:
            return 0
        amount = page.in_flight
        self._add(page, "in_flight", -amount)
        if not arrived:
            self._take_back(page, amount)
        return amount

    def recover(self, account_id: str, now_ms: int) -> int:
        """Book a withdrawal as owed again whose callback never came; returns the amount.

        Nobody can know here whether the transfer arrived, so the caller must check
        `require_covered` afterwards: only money that is really there may be owed again.
        """
        page = self.account(account_id)
        waits = page.in_flight > 0 and now_ms >= page.sent_at_ms + RECOVERY_MS
        require(waits, NO_WITHDRAWAL, account_id)
        return self.resolve(account_id, page.withdrawal, False)

    def _take_back(self, page: Account, amount: int) -> None:
        """Owed again; a page that was closing first pays for its own record again."""
        for_storage = min(amount, self._uncovered(page))
        self._add(page, "storage", for_storage)
        self._add(page, "owed", amount - for_storage)

    # Storage

    def require_covered(self, balance: int, storage_usage: int) -> None:
        """Refuse a call that would let escrow serve as storage stake.

        balance        the contract's balance now, without what it has sent in this call
        storage_usage  bytes of state now, after this call's writes
        """
        free = balance - self.totals.escrow()
        needed = storage_cost(storage_usage) + RESERVE
        if free < needed:
            refuse(STORAGE_NOT_COVERED, f"free {free}, needed {needed}")

    def save(self) -> None:
        """Write the totals and every touched page; pages with nothing left are deleted."""
        for account_id, page in self._pages.items():
            if page.is_empty():
                self._accounts.remove(account_id)
            else:
                self._accounts.put(account_id, page)
        self._totals.put(self.totals)
