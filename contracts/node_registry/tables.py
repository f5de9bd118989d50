"""Where node_registry keeps its records. Prefixes are append-only: a retired one is never reused."""

from common.cashier import Cashier
from common.ledger import Account, Ledger, Totals
from common.store import Cell, Listing, Map

from node_registry import events
from node_registry.state import Challenges, Config, Counter, Key, Mark, Measurement, Node, Platform, Policy

CONFIG = Cell(b"c", Config)
POLICY = Cell(b"p", Policy)
COUNTER = Cell(b"n", Counter)
NODES = Map(b"N", Node, key="s")
LISTED = Listing(b"L")
KEYS = Map(b"K", Key, key="32x")
MARKS = Map(b"M", Mark, key="s")
CHALLENGES = Map(b"C", Challenges, key="s")
MEASUREMENTS = Map(b"m", Measurement, key="32x")
PLATFORMS = Map(b"P", Platform, key="32x")
LEDGER = Ledger(Map(b"a", Account, key="s"), Cell(b"t", Totals))
CASHIER = Cashier(LEDGER, events.write)

MAX_RECORDS = 4096
"""Records of one account: nodes, challenges, revoked keys, measurements."""
