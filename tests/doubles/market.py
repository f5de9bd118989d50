"""A broken market for each guarantee of docs/spec/task-market.md and docs/spec/ledger.md."""

from __future__ import annotations

from tests.doubles.double import Double, Edit


def _market(identifier: str, breaks: str, *edits: tuple[str, str, str]) -> Double:
    return Double(identifier, "task_market", breaks, tuple([Edit(*edit) for edit in edits]))


MARKET_DOUBLES = (
    _market(
        "MARKET-1",
        "a task that ends without a result keeps its reward",
        ("task_market/outcomes.py", "    settlement.refund(books, task)\n", ""),
    ),
    _market(
        "MARKET-2",
        "a paid task can still be cancelled",
        (
            "task_market/tasks.py",
            "    _expect(task, OPEN)\n    end(task, CANCELLED",
            "    _expect(task, OPEN, PAID)\n    end(task, CANCELLED",
        ),
    ),
    _market(
        "MARKET-3",
        "the signature is verified and the verdict ignored",
        (
            "task_market/contract.py",
            "require(env.ed25519_verify(signature, signed, signing_key), errors.BAD_SIGNATURE)",
            "env.ed25519_verify(signature, signed, signing_key)",
        ),
    ),
    _market(
        "MARKET-4",
        "an answer is taken for whatever check is under way",
        (
            "task_market/tasks.py",
            "return task.state == state and task.check == check",
            "return task.state == state",
        ),
    ),
    _market(
        "MARKET-5",
        "a registry that does not answer counts as a refusal",
        (
            "task_market/verdicts.py",
            "UNANSWERED = Verdict(NO_ANSWER, [])",
            "UNANSWERED = Verdict(REFUSED, [])",
        ),
    ),
    _market(
        "MARKET-6",
        "the measurement in the registry's answer is not compared with the receipt's",
        ("task_market/verdicts.py", " and recorded == task.measurement_id", ""),
    ),
    _market(
        "MARKET-7",
        "a result may come after the work window",
        (
            "task_market/tasks.py",
            "    require(now_ms <= task.work_ends_at_ms, errors.WORK_WINDOW_CLOSED)\n",
            "",
        ),
    ),
    _market(
        "MARKET-8",
        "who lapsed or released may claim again",
        ("task_market/tasks.py", "    require(caller_id not in task.barred, errors.CLAIM_BARRED)\n", ""),
    ),
    _market(
        "MARKET-9",
        "a slashed bond goes to the client",
        (
            "task_market/settlement.py",
            "books.slash(task.account_id(), treasury_id, task.bond)",
            "books.slash(task.account_id(), task.client_id, task.bond)",
        ),
    ),
    _market(
        "MARKET-10",
        "the fee is today's",
        (
            "task_market/outcomes.py",
            "    fee = settlement.pay(",
            "    task.fee_bps = CONFIG.get().fee_bps\n    fee = settlement.pay(",
        ),
    ),
    _market(
        "MARKET-11",
        "a submission without an answer waits for ever",
        (
            "task_market/tasks.py",
            "if task.state == UNVERIFIED and _waited_too_long(task, now_ms):",
            "if False:",
        ),
    ),
    _market(
        "MARKET-12",
        "a removed task keeps its storage price",
        ("task_market/settlement.py", "    books.return_storage(task.client_id, task.storage)\n", ""),
    ),
)

LEDGER_DOUBLES = (
    _market(
        "LEDGER-1",
        "the totals forget what leaves a pot",
        (
            "common/ledger.py",
            "setattr(self.totals, pot, getattr(self.totals, pot) + amount)",
            "setattr(self.totals, pot, getattr(self.totals, pot) + max(0, amount))",
        ),
    ),
    _market(
        "LEDGER-2",
        "a pot gives what it does not hold",
        ("common/ledger.py", "if not 0 <= amount <= held:", "if amount < 0:"),
        (
            "common/ledger.py",
            "setattr(page, pot, getattr(page, pot) + amount)",
            "setattr(page, pot, max(0, getattr(page, pot) + amount))",
        ),
        (
            "common/ledger.py",
            "setattr(self.totals, pot, getattr(self.totals, pot) + amount)",
            "setattr(self.totals, pot, max(0, getattr(self.totals, pot) + amount))",
        ),
    ),
    _market(
        "LEDGER-3",
        "a withdrawal that bounces is booked as gone",
        ("common/ledger.py", "        if not arrived:\n            self._take_back(page, amount)\n", ""),
    ),
    _market(
        "LEDGER-4",
        "what is owed goes to whoever asks",
        (
            "common/cashier.py",
            "promise(account_id).transfer(amount)",
            "promise(env.predecessor()).transfer(amount)",
        ),
    ),
    _market(
        "LEDGER-5",
        "the cover of storage is not checked",
        ("common/ledger.py", "        if free < needed:\n", "        if False:\n"),
    ),
    _market(
        "LEDGER-6",
        "an account closes whatever depends on it",
        ("common/ledger.py", "        require(not busy, ACCOUNT_IN_USE, account_id)\n", ""),
    ),
)
