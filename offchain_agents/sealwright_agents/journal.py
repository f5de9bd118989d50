"""The agent's memory: what it found, did, signed and sent, so that a kill at any moment loses nothing.

States and their order: `items`. Two rules make a restart safe:
1. What a handler returned is on disk before anything is done with it: no paid work is done twice.
2. A signed transaction is on disk before its first byte leaves: after a restart *the same bytes* are
   looked up or sent again, and a chain runs one transaction once, however often it is sent.

SQLite in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut. One process
a journal, kept by a lock. Exact bytes of inputs, outputs and evidence stay, so that anyone can
recompute the hashes in a receipt.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from sealwright_agents.errors import JournalError
from sealwright_agents.items import COMPUTED, FOUND, OPEN_STATES, SUBMITTING, Item

FILE_NAME = "agent.sqlite3"
SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('task', 'request')),
    contract_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    service TEXT NOT NULL,
    input BLOB NOT NULL,
    output BLOB,
    receipt BLOB,
    signature BLOB,
    tries INTEGER NOT NULL DEFAULT 0,
    detail TEXT NOT NULL DEFAULT '',
    found_height INTEGER NOT NULL,
    UNIQUE (kind, contract_id, number, attempt)
) STRICT;
CREATE INDEX IF NOT EXISTS items_by_state ON items (state);
CREATE TABLE IF NOT EXISTS transactions (
    hash TEXT PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES items (id),
    step TEXT NOT NULL,
    signed TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS transactions_by_item ON transactions (item, step);
CREATE TABLE IF NOT EXISTS evidence (
    item INTEGER NOT NULL REFERENCES items (id),
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (item, name)
) STRICT;
"""


_COLUMNS = ", ".join(Item.__dataclass_fields__)


class JournalReader:
    """Reads the journal in `folder`, also beside a running agent; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Raises JournalError when no agent has run here."""
        path = folder / FILE_NAME
        if not path.exists():
            raise JournalError(f"no journal in {folder}: the agent has not run here")
        self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def find(self, kind: str, contract_id: str, number: int, attempt: int) -> Item | None:
        """The item with this identity, or None."""
        where = "kind = ? AND contract_id = ? AND number = ? AND attempt = ?"
        return self._one(where, (kind, contract_id, number, attempt))

    def newest(self, kind: str, number: int, attempt: int | None) -> Item | None:
        """The item with this number, in this attempt or in its last one, or None."""
        where = "kind = ? AND number = ? AND attempt = coalesce(?, attempt) ORDER BY attempt DESC, id DESC"
        return self._one(where, (kind, number, attempt))

    def get(self, item_id: int) -> Item:
        """The item as it is now. Raises KeyError for an unknown one."""
        item = self._one("id = ?", (item_id,))
        if item is None:
            raise KeyError(item_id)
        return item

    def open_items(self, kind: str, contract_id: str) -> list[Item]:
        """Everything unfinished of one contract, oldest first: where a restart goes on."""
        marks = ", ".join("?" * len(OPEN_STATES))
        where = f"kind = ? AND contract_id = ? AND state IN ({marks}) ORDER BY id"
        return self._many(where, (kind, contract_id, *OPEN_STATES))

    def latest(self, limit: int) -> list[Item]:
        """The newest `limit` items, newest first."""
        return self._many("1 ORDER BY id DESC LIMIT ?", (limit,))

    def counts(self) -> dict[str, int]:
        """How many items are in each state."""
        return dict(
            self._db.execute("SELECT state, COUNT(*) FROM items GROUP BY state ORDER BY state").fetchall()
        )

    def evidence(self, item: Item) -> dict[str, bytes]:
        """The bytes that the handler asked to keep, by name."""
        rows = self._db.execute("SELECT name, content FROM evidence WHERE item = ? ORDER BY name", (item.id,))
        return {name: bytes(content) for name, content in rows}

    def last_transaction(self, item: Item, step: str) -> tuple[str, dict[str, Any] | None] | None:
        """The newest transaction of a step: its JSON form, and how it ended (None: may be under way)."""
        row = self._db.execute(
            "SELECT signed, answer FROM transactions WHERE item = ? AND step = ? ORDER BY rowid DESC",
            (item.id, step),
        ).fetchone()
        return None if row is None else (str(row[0]), json.loads(row[1] or "null"))

    def transactions(self, item: Item) -> list[dict[str, Any]]:
        """What was sent for an item: `{hash, step, answer}`, oldest first."""
        rows = self._db.execute(
            "SELECT hash, step, answer FROM transactions WHERE item = ? ORDER BY rowid", (item.id,)
        )
        return [
            {"hash": hash_, "step": step, "answer": json.loads(answer or "null")}
            for hash_, step, answer in rows
        ]

    def _one(self, where: str, values: Iterable[Any]) -> Item | None:
        found = self._many(where + ("" if "ORDER" in where else " ORDER BY id") + " LIMIT 1", values)
        return found[0] if found else None

    def _many(self, where: str, values: Iterable[Any]) -> list[Item]:
        """Items for a condition; `where` is text of this module, never input."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM items WHERE {where}", tuple(values))  # noqa: S608
        return [Item(*row) for row in rows]


class Journal(JournalReader):
    """The journal of one agent process, which alone writes to it."""

    def __init__(self, folder: Path) -> None:
        """Open or create. Raises JournalError when another process has it or it is not ours."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "agent.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            self._lock.close()
            raise JournalError(f"{folder} is in use by another agent: one journal a process") from taken
        try:
            self._db = _open(folder / FILE_NAME)
        except JournalError:
            self._lock.close()
            raise

    def close(self) -> None:
        """Close the file and let another process have it."""
        self._db.close()
        self._lock.close()

    def add(
        self,
        kind: str,
        contract_id: str,
        number: int,
        attempt: int,
        *,
        service: str,
        input: bytes,
        found_height: int,
    ) -> Item:
        """Remember new work, in state FOUND. Returns what is stored when it is known already."""
        with self._db:
            self._db.execute(
                "INSERT INTO items (kind, contract_id, number, attempt, state, service, input, found_height)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (kind, contract_id, number, attempt, FOUND, service, input, found_height),
            )
        item = self.find(kind, contract_id, number, attempt)
        if item is None:
            raise JournalError(f"{kind} {number}/{attempt} was not stored")
        return item

    def move(self, item: Item, state: str, detail: str = "", *, try_again: bool = False) -> Item:
        """Put the item into `state`; on disk when this returns. `try_again` counts one more try."""
        with self._db:
            self._db.execute(
                "UPDATE items SET state = ?, detail = ?, tries = tries + ? WHERE id = ?",
                (state, detail, try_again, item.id),
            )
        return self.get(item.id)

    def record_output(self, item: Item, output: bytes, evidence: dict[str, bytes]) -> Item:
        """Keep what the handler returned and asked to keep, and move to COMPUTED, all at once."""
        with self._db:
            self._db.execute(
                "UPDATE items SET state = ?, output = ? WHERE id = ?", (COMPUTED, output, item.id)
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO evidence (item, name, content) VALUES (?, ?, ?)",
                [(item.id, name, content) for name, content in evidence.items()],
            )
        return self.get(item.id)

    def record_receipt(self, item: Item, receipt: bytes, signature: bytes) -> Item:
        """Keep the receipt's exact bytes and their signature, and move to SUBMITTING, all at once."""
        with self._db:
            self._db.execute(
                "UPDATE items SET state = ?, receipt = ?, signature = ? WHERE id = ?",
                (SUBMITTING, receipt, signature, item.id),
            )
        return self.get(item.id)

    def record_transaction(self, item: Item, step: str, transaction_hash: str, signed: str) -> None:
        """Keep a signed transaction (`signed`: its JSON form) before it is sent."""
        with self._db:
            self._db.execute(
                "INSERT INTO transactions (hash, item, step, signed) VALUES (?, ?, ?, ?)",
                (transaction_hash, item.id, step, signed),
            )

    def end_transaction(self, transaction_hash: str, answer: dict[str, Any]) -> None:
        """Note how a transaction ended, so that it is never looked at again."""
        with self._db:
            self._db.execute(
                "UPDATE transactions SET answer = ? WHERE hash = ?",
                (json.dumps(answer), transaction_hash),
            )


def _open(path: Path) -> sqlite3.Connection:
    """Open with durable settings and check that the file is a journal of this version."""
    db = sqlite3.connect(path)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            raise JournalError(f"{path} is a journal of version {version}, this agent reads {SCHEMA_VERSION}")
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except sqlite3.DatabaseError as damaged:
        db.close()
        raise JournalError(f"{path} cannot be used as a journal: {damaged}") from damaged
    except JournalError:
        db.close()
        raise
    return db
