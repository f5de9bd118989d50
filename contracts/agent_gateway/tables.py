"""Where agent_gateway keeps its records. Prefixes are append-only: a retired one is never reused."""

from common.cashier import Cashier
from common.ledger import Account, Ledger, Totals
from common.store import Blobs, Cell, Listing, Map

from agent_gateway import events
from agent_gateway.requests import Config, Counter, Request

CONFIG = Cell(b"c", Config)
COUNTER = Cell(b"n", Counter)
REQUESTS = Map(b"r", Request, key="Q")
LISTED = Listing(b"L")
INPUTS = Blobs(b"i", key="Q")
OUTPUTS = Blobs(b"o", key="Qs")
LEDGER = Ledger(Map(b"a", Account, key="s"), Cell(b"t", Totals))
CASHIER = Cashier(LEDGER, events.write)
