"""The journal: what is on disk when a call returned, and who may use the file."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sealwright_agents.errors import JournalError
from sealwright_agents.items import CLAIMED, COMPUTED, FOUND, REQUEST, SETTLED, SUBMITTING, TASK, Item
from sealwright_agents.journal import Journal, JournalReader


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path) as opened:
        yield opened


def add_task(journal: Journal, number: int = 7, attempt: int = 1) -> Item:
    return journal.add(
        TASK, "market.near", number, attempt, service="summarise", input=b"text", found_height=10
    )


def test_add__stores_once(journal: Journal) -> None:
    first = add_task(journal)
    assert first.state == FOUND
    moved = journal.move(first, CLAIMED)
    assert add_task(journal) == moved
    assert add_task(journal, attempt=2).state == FOUND
    assert journal.counts() == {CLAIMED: 1, FOUND: 1}


def test_record_output__keeps_the_exact_bytes(journal: Journal) -> None:
    item = add_task(journal)
    output = bytes(range(256))
    computed = journal.record_output(item, output, {"request": b"\x00\xff"})
    assert (computed.state, computed.output) == (COMPUTED, output)
    signed = journal.record_receipt(item, b"receipt", b"signature")
    assert (signed.state, signed.receipt, signed.signature) == (SUBMITTING, b"receipt", b"signature")
    assert journal.evidence(item) == {"request": b"\x00\xff"}


def test_open_items__leaves_out_what_ended_and_other_contracts(journal: Journal) -> None:
    first, second = add_task(journal, 1), add_task(journal, 2)
    journal.add(REQUEST, "gateway.near", 1, 1, service="summarise", input=b"", found_height=1)
    journal.move(first, SETTLED)
    assert journal.open_items(TASK, "market.near") == [second]


def test_transaction__is_remembered_until_it_ended(journal: Journal) -> None:
    item = add_task(journal)
    assert journal.last_transaction(item, "submit") is None
    journal.record_transaction(item, "submit", "hash-1", "{}")
    assert journal.last_transaction(item, "submit") == ("{}", None)
    journal.end_transaction("hash-1", {"value": None})
    assert journal.last_transaction(item, "submit") == ("{}", {"value": None})
    assert journal.last_transaction(item, "claim") is None
    assert [each["hash"] for each in journal.transactions(item)] == ["hash-1"]


def test_journal__survives_a_process_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import os, signal, sys
from pathlib import Path
from sealwright_agents.journal import Journal
from sealwright_agents.items import TASK
journal = Journal(Path({str(tmp_path)!r}))
item = journal.add(TASK, "market.near", 7, 1, service="s", input=b"in", found_height=1)
journal.record_output(item, b"out", {{}})
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    with Journal(tmp_path) as journal:
        found = journal.find(TASK, "market.near", 7, 1)
        assert found is not None
        assert (found.state, found.output) == (COMPUTED, b"out")


def test_journal__belongs_to_one_process(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(JournalError, match="in use"):
        Journal(tmp_path)


def test_journal__refuses_a_file_of_another_version(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "agent.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(JournalError, match="version 99"):
        Journal(tmp_path)


def test_journal__refuses_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "agent.sqlite3").write_bytes(b"not a database, but long enough to look at" * 20)
    with pytest.raises(JournalError, match="cannot be used"):
        Journal(tmp_path)


def test_open_read_only__reads_beside_a_running_agent(tmp_path: Path, journal: Journal) -> None:
    add_task(journal)
    with JournalReader(tmp_path) as reader:
        assert reader.counts() == {FOUND: 1}
        newest = reader.newest(TASK, 7, None)
        assert newest is not None
        assert newest.attempt == 1
    with pytest.raises(JournalError, match="has not run"):
        JournalReader(tmp_path / "elsewhere")
