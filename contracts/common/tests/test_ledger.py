"""The ledger alone: pots, withdrawals, storage cover. Guarantee ids are those of docs/spec/ledger.md."""

import pytest
from common.ledger import ACCOUNT_COST, POTS, RECOVERY_MS, RESERVE, Account, Books, Ledger, Totals
from common.shim.chain import Panic, chain
from common.stake import STORAGE_PRICE, entry_bytes
from common.store import Cell, Map
from hypothesis import given
from hypothesis import strategies as st

CLIENT, NODE, TREASURY, STRANGER = "client.near", "node.near", "treasury.near", "stranger.near"
NEAR = 10**24
NOW = 1_000_000


@pytest.fixture
def ledger() -> Ledger:
    return fresh_ledger()


def fresh_ledger() -> Ledger:
    chain.reset()
    return Ledger(Map(b"a", Account, key="s"), Cell(b"b", Totals))


def funded(ledger: Ledger, *account_ids: str) -> Books:
    """Books in which each account has exactly one NEAR prepaid."""
    books = ledger.open()
    for account_id in account_ids:
        books.deposit(account_id, NEAR + ACCOUNT_COST)
    return books


def pots_of(books: Books, account_id: str) -> dict[str, int]:
    page = books.account(account_id)
    return {pot: getattr(page, pot) for pot in POTS if getattr(page, pot)}


def assert_totals_match(ledger: Ledger) -> None:
    """LEDGER-1: every total is the sum of its pot over the stored accounts."""
    pages = [Account.from_borsh(value) for key, value in chain.storage.items() if key.startswith(b"a")]
    totals = ledger.open().totals
    for pot in POTS:
        assert getattr(totals, pot) == sum(getattr(page, pot) for page in pages), pot


def test_deposit__pays_for_the_record_first(ledger: Ledger) -> None:
    books = funded(ledger, CLIENT)
    assert pots_of(books, CLIENT) == {"prepaid": NEAR, "storage": ACCOUNT_COST}
    books.deposit(CLIENT, 5)
    assert pots_of(books, CLIENT) == {"prepaid": NEAR + 5, "storage": ACCOUNT_COST}


def test_deposit__too_small_for_a_new_account_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Panic, match="DEPOSIT_TOO_SMALL"):
        ledger.open().deposit(CLIENT, ACCOUNT_COST - 1)


def test_account_cost__covers_the_longest_record(ledger: Ledger) -> None:
    account_id = "a" * 64
    books = ledger.open()
    books.deposit(account_id, ACCOUNT_COST)
    books.save()
    ((key, value),) = [entry for entry in chain.storage.items() if entry[0].startswith(b"a")]
    assert entry_bytes(len(key), len(value)) * STORAGE_PRICE == ACCOUNT_COST


def test_move__refuses_what_the_pot_does_not_hold(ledger: Ledger) -> None:
    books = funded(ledger, CLIENT)
    for amount in (NEAR + 1, -1):
        with pytest.raises(Panic, match="INSUFFICIENT_BALANCE"):
            books.lock(CLIENT, amount)
    with pytest.raises(Panic, match="ACCOUNT_UNKNOWN"):
        books.pay(CLIENT, STRANGER, 0)


def test_reward__is_paid_or_refunded_as_owed(ledger: Ledger) -> None:
    books = funded(ledger, CLIENT, NODE)
    books.lock(CLIENT, 100)
    books.pay(CLIENT, NODE, 60)
    books.refund(CLIENT, 40)
    assert pots_of(books, CLIENT)["owed"] == 40
    assert pots_of(books, NODE)["owed"] == 60
    assert books.account(CLIENT).locked == 0


def test_bond__returns_as_prepaid_or_goes_to_the_treasury(ledger: Ledger) -> None:
    books = funded(ledger, NODE)
    books.sponsor(TREASURY)
    books.bond(NODE, 100)
    books.slash(NODE, TREASURY, 30)
    books.free_bond(NODE, 70)
    assert pots_of(books, NODE) == {"prepaid": NEAR - 30, "storage": ACCOUNT_COST}
    assert pots_of(books, TREASURY) == {"owed": 30}


def test_records__are_capped_and_keep_the_account_open(ledger: Ledger) -> None:
    books = funded(ledger, CLIENT)
    books.attach(CLIENT, 1)
    with pytest.raises(Panic, match="TOO_MANY_RECORDS"):
        books.attach(CLIENT, 1)
    with pytest.raises(Panic, match="ACCOUNT_IN_USE"):
        books.send_all(CLIENT, NOW)
    books.detach(CLIENT)
    assert books.send_all(CLIENT, NOW) == NEAR + ACCOUNT_COST


@pytest.mark.parametrize("pot", ["locked", "bonded"])
def test_close__is_refused_while_money_depends_on_the_account(ledger: Ledger, pot: str) -> None:
    books = funded(ledger, CLIENT)
    books.move(1, CLIENT, "prepaid", CLIENT, pot)
    with pytest.raises(Panic, match="ACCOUNT_IN_USE"):
        books.send_all(CLIENT, NOW)


def test_close__deletes_the_record_once_the_money_arrived(ledger: Ledger) -> None:
    books = funded(ledger, CLIENT)
    books.send_all(CLIENT, NOW)
    number = books.account(CLIENT).withdrawal
    books.save()
    books = ledger.open()
    books.resolve(CLIENT, number, arrived=True)
    books.save()
    assert ledger.open().find(CLIENT) is None
    assert_totals_match(ledger)


def test_close__that_bounces_pays_for_the_record_again(ledger: Ledger) -> None:
    books = funded(ledger, CLIENT)
    books.send_all(CLIENT, NOW)
    books.resolve(CLIENT, books.account(CLIENT).withdrawal, arrived=False)
    assert pots_of(books, CLIENT) == {"owed": NEAR, "storage": ACCOUNT_COST}


def test_treasury__never_closes(ledger: Ledger) -> None:
    books = ledger.open()
    books.sponsor(TREASURY)
    with pytest.raises(Panic, match="ACCOUNT_IN_USE"):
        books.send_all(TREASURY, NOW)


def owing(ledger: Ledger, amount: int) -> Books:
    books = funded(ledger, CLIENT)
    books.lock(CLIENT, amount)
    books.refund(CLIENT, amount)
    return books


def test_withdrawal__sends_all_that_is_owed_once(ledger: Ledger) -> None:
    books = owing(ledger, 100)
    assert books.send_owed(CLIENT, NOW) == 100
    with pytest.raises(Panic, match="NOTHING_OWED"):
        books.send_owed(CLIENT, NOW)
    assert books.totals.escrow() == NEAR - 100


def test_withdrawal__is_one_at_a_time(ledger: Ledger) -> None:
    books = owing(ledger, 100)
    books.send_owed(CLIENT, NOW)
    with pytest.raises(Panic, match="WITHDRAWAL_IN_FLIGHT"):
        books.send_prepaid(CLIENT, 1, NOW)


def test_withdrawal__that_bounces_is_owed_again(ledger: Ledger) -> None:
    books = owing(ledger, 100)
    books.send_owed(CLIENT, NOW)
    number = books.account(CLIENT).withdrawal
    assert books.resolve(CLIENT, number, arrived=False) == 100
    assert books.account(CLIENT).owed == 100
    assert books.resolve(CLIENT, number, arrived=False) == 0, "a callback counts once"
    assert books.account(CLIENT).owed == 100


def test_withdrawal__ignores_the_callback_of_another_number(ledger: Ledger) -> None:
    books = owing(ledger, 100)
    books.send_owed(CLIENT, NOW)
    assert books.resolve(CLIENT, books.account(CLIENT).withdrawal + 1, arrived=True) == 0
    assert books.resolve(STRANGER, 1, arrived=True) == 0
    assert books.account(CLIENT).in_flight == 100


def test_recovery__waits_a_day_and_then_books_as_owed(ledger: Ledger) -> None:
    books = owing(ledger, 100)
    with pytest.raises(Panic, match="NO_WITHDRAWAL"):
        books.recover(CLIENT, NOW + RECOVERY_MS)
    books.send_owed(CLIENT, NOW)
    with pytest.raises(Panic, match="NO_WITHDRAWAL"):
        books.recover(CLIENT, NOW + RECOVERY_MS - 1)
    assert books.recover(CLIENT, NOW + RECOVERY_MS) == 100
    assert books.account(CLIENT).owed == 100


def test_require_covered__keeps_escrow_out_of_the_stake(ledger: Ledger) -> None:
    books = funded(ledger, CLIENT)
    needed = NEAR + 1_000 * STORAGE_PRICE + RESERVE
    books.require_covered(balance=needed, storage_usage=1_000)
    with pytest.raises(Panic, match="STORAGE_NOT_COVERED"):
        books.require_covered(balance=needed - 1, storage_usage=1_000)


MOVES = st.lists(
    st.tuples(
        st.sampled_from([CLIENT, NODE, TREASURY]),
        st.sampled_from(POTS[:5]),
        st.sampled_from([CLIENT, NODE, TREASURY]),
        st.sampled_from(POTS[:5]),
        st.integers(-1, 2 * NEAR),
    )
)


@given(MOVES)
def test_moves__conserve_every_yocto(moves: list[tuple[str, str, str, str, int]]) -> None:
    ledger = fresh_ledger()
    books = funded(ledger, CLIENT, NODE, TREASURY)
    for giver_id, giver_pot, taker_id, taker_pot, amount in moves:
        held = getattr(books.account(giver_id), giver_pot)
        if 0 <= amount <= held:
            books.move(amount, giver_id, giver_pot, taker_id, taker_pot)
        else:
            with pytest.raises(Panic, match="INSUFFICIENT_BALANCE"):
                books.move(amount, giver_id, giver_pot, taker_id, taker_pot)
    books.save()
    assert_totals_match(ledger)
    assert sum(getattr(books.totals, pot) for pot in POTS) == 3 * (NEAR + ACCOUNT_COST)
