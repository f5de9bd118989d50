"""What the verifier keeps: the trust anchor (roots.py), checked collateral, and who paid for its storage.

Prefixes are append-only: a retired one is never reused (`r` is the anchor's). A document's place is its kind and
processor family (7 bytes: one of KINDS, then the FMSPC, zeros for a QE identity), and its tcbEvaluationDataNumber.
Times are unix seconds, amounts yoctoNEAR.
"""

from common.cashier import Cashier
from common.ledger import Account, Ledger, Totals
from common.store import Cell, Map
from sealwright_protocol.records import Record

from attestation_verifier import events

SGX_TCB, TDX_TCB, SGX_QE, TDX_QE = b"\x00", b"\x01", b"\x02", b"\x03"
NO_FMSPC = bytes(6)


class CrlRecord(Record):
    """A revocation list as kept. `number` is big-endian.

    Of its issuer: the DER name, X‖Y, the serial, the common name; all empty for the root's list.
    """

    FIELDS = (
        "payer_id",
        "price",
        "number",
        "this_update",
        "valid_from",
        "valid_until",
        "entries",
        "subject",
        "public_key",
        "serial",
        "common_name",
    )
    FORMAT = "sU20xQQQbbbbs"

    payer_id: str
    price: int
    number: bytes
    this_update: int
    valid_from: int
    valid_until: int
    entries: bytes
    subject: bytes
    public_key: bytes
    serial: bytes
    common_name: str


class Issuer(Record):
    """Which certificate issued the list that is kept for a PCK CA: the SHA-256 of its DER."""

    FIELDS = ("digest",)
    FORMAT = "32x"

    digest: bytes


class DocumentRecord(Record):
    """TCB info or a QE identity as kept: `form` is what forms.py makes of it."""

    FIELDS = ("payer_id", "price", "signer_serial", "valid_from", "valid_until", "issued", "form")
    FORMAT = "sUbQQQb"

    payer_id: str
    price: int
    signer_serial: bytes
    valid_from: int
    valid_until: int
    issued: int
    form: bytes


class Shelf(Record):
    """The evaluations kept side by side for one place, by rising number: rows of (number, valid_until)."""

    FIELDS = ("rows",)
    FORMAT = "[(IQ)]"

    rows: list[list[int]]


ROOT_CRL = Cell(b"R", CrlRecord)
PCK_CRLS = Map(b"p", CrlRecord, key="32x")  # by the digest of the issuing certificate
ISSUERS = Map(b"i", Issuer, key="32x")  # by the SHA-256 of a PCK CA's subject and key
SHELVES = Map(b"s", Shelf, key="7x")
DOCUMENTS = Map(b"d", DocumentRecord, key="7xQ")
LEDGER = Ledger(Map(b"a", Account, key="s"), Cell(b"t", Totals))
CASHIER = Cashier(LEDGER, events.emit)
